import * as pulumi from "@pulumi/pulumi";
import { DsRecord } from "pulumi-alicloud-dnssec";

const config = new pulumi.Config();

const record = new DsRecord("ksk", {
  domainName: config.require("domainName"),
  // The public key that signs the zone's keys, flags 257: `dig example.com DNSKEY +short`
  dnskey: config.require("dnskey"),
});

export const ds = record.ds;
