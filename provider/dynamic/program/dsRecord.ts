import * as pulumi from "@pulumi/pulumi";
import { quoted } from "../../dnssec/quoted";
import type { PreflightMode } from "../../preflight/settings";
import { AlicloudDnssecProvider } from "./alicloudDnssecProvider";
import { dsRecordProvider } from "./closure";
import { ignoredInputs } from "./ignoreChanges";
import { showVerdict } from "./preview";
import { checkServingPackage } from "./servingPackage";
import { showUnchanged } from "./unchanged";
import { warnOfUnknownSettings } from "./unknownSettings";

/** Both are frozen: together they are the type in every state, `pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord`. */
const typeModule = "alicloud-dnssec";
const typeName = "DsRecord";
const typeToken = `pulumi-nodejs:dynamic/${typeModule}:${typeName}`;

const outputNames = [
  "domainName",
  "keyTag",
  "algorithm",
  "digestType",
  "digest",
  "ds",
  "taskNo",
  "parentTtl",
];

/** Pulumi makes outputs of the properties that it is given, be they undefined; after a `get` there would be none. */
const withoutValues: pulumi.Inputs = Object.fromEntries(outputNames.map((name) => [name, undefined]));

/**
 * What a `DsRecord` is to be. The record is declared in one of three forms, or in several that agree: the four fields
 * `keyTag`, `algorithm`, `digestType` and `digest`; or `ds`; or `dnskey`.
 *
 * All inputs take plain values, promises and outputs, secret ones too. They are validated in `pulumi preview`: what is
 * wrong is reported by property, all of it at once, and nothing is sent to the registrar. What works but is advised
 * against (SHA-1, old algorithms) is a warning on the record's row.
 */
export interface DsRecordArgs {
  /**
   * The domain as it is registered: two or more labels of letters of any script, digits and hyphens, in any case, with
   * or without the trailing dot. It is kept as lower-case A-labels (`例子.cn` as `xn--fsqu00a.cn`). Another domain is
   * another record, and replaces this one.
   *
   * @example "example.com"
   * @see RFC 5890 section 2.3.1; DomainName of SaveSingleTaskForAddingDSRecord,
   *   https://www.alibabacloud.com/help/doc-detail/121637.html
   */
  domainName: pulumi.Input<string>;
  /**
   * The key tag, 0 to 65535, also as decimal text. The registrar tells the records of a domain apart by it alone: a
   * domain cannot have two records with one key tag. Another key tag is another record, and replaces this one, the new
   * one first.
   *
   * @example 2371
   * @see RFC 4034 section 5.1.1 and appendix B
   */
  keyTag?: pulumi.Input<number | string | undefined>;
  /**
   * The DNSSEC algorithm of the key: its number, 1 to 255, or its mnemonic in any case. It is kept as the number. A
   * change modifies the record in place.
   *
   * @example 13
   * @example "ECDSAP256SHA256"
   * @see RFC 4034 section 5.1.2; https://www.iana.org/assignments/dns-sec-alg-numbers
   */
  algorithm?: pulumi.Input<number | string | undefined>;
  /**
   * The type of the digest: its number, 1 to 255, or its name in any case, with or without hyphen. It is kept as the
   * number. 2 is SHA-256, 4 is SHA-384; 1 (SHA-1) must not be used for new records. With `dnskey` alone it says which digest is computed, 1, 2, 4 or, where Node's OpenSSL has it, 6.
   * A change modifies the record in place.
   *
   * @example 2
   * @example "SHA-256"
   * @default 2 with `dnskey`, or what `ds` says where both are given; needed with the other three fields
   * @see RFC 4034 section 5.1.3; RFC 9905 section 5; https://www.iana.org/assignments/ds-rr-types
   */
  digestType?: pulumi.Input<number | string | undefined>;
  /**
   * The digest of the key in hexadecimal of either case, blanks allowed: 64 digits for type 2, 96 for type 4, 40 for
   * type 1. It is kept in lower case without blanks. A change modifies the record in place.
   *
   * @see RFC 4034 section 5.1.4; RFC 4509 section 2
   */
  digest?: pulumi.Input<string | undefined>;
  /**
   * The whole record in one text, as registrars and signers print it (`dnssec-dsfromkey`): key tag, algorithm, digest
   * type and digest, or a full line of a zone file, whose owner must be the domain. Parentheses and comments are
   * allowed. It is kept in its shortest form.
   *
   * @example "2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A"
   * @example "example.com. 3600 IN DS 2371 13 2 C988EC42…"
   * @see RFC 4034 section 5.3
   */
  ds?: pulumi.Input<string | undefined>;
  /**
   * The key that the record is for, from which the record is computed: flags, protocol, algorithm and public key in
   * base64, or a full line of a zone file (`K*.key` of BIND), whose owner must be the domain. The key must have the Zone
   * bit, must not be revoked, and its protocol must be 3.
   *
   * @example "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="
   * @see RFC 4034 sections 2.2 and 5.2; RFC 5011 section 2.1
   */
  dnskey?: pulumi.Input<string | undefined>;
  /**
   * What to do in a creation when the registrar has other data under this key tag: `"fail"` names both and changes
   * nothing; `"replace"` modifies the record. The same data is adopted in either case, without a task.
   *
   * @default "fail"
   */
  onConflict?: pulumi.Input<"fail" | "replace" | undefined>;
  /**
   * Whether a change that would take the domain off the internet for validating resolvers is refused. Before a task is
   * submitted, every name server of the domain's zone is asked for its keys, and the DS set that would result is judged.
   *
   * - `"enforce"` waits for a key that is still being published, as long as `keyWait` says; then it refuses what is proven to
   *   be bogus. What nobody can tell is a warning.
   * - `"strict"` refuses that too, and a zone of which not every server answers.
   * - `"warn"` refuses nothing, and waits for nothing.
   * - `"off"` asks nobody, in a preview neither.
   *
   * A removal from a set that leads to no key anyway is never refused, nor is an adoption, nor the removal of the last
   * record. `alicloud-dnssec:preflight`, or `ALICLOUD_DNSSEC_PREFLIGHT` for one command, counts in its place, for deletions too.
   *
   * @default "enforce"
   * @see RFC 10026 section 4.2.1
   */
  preflight?: pulumi.Input<PreflightMode | undefined>;
  /**
   * The name servers to ask for the domain's keys, in place of those that its delegation names: IPv4 or IPv6 addresses,
   * with a port where it is not 53. At least one. For a hidden primary, a split horizon, a test.
   *
   * @example ["192.0.2.1", "127.0.0.1:5301", "2001:db8::1", "[2001:db8::1]:5301"]
   */
  nameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * The name servers to ask for the domain's published DS records and for its delegation, in place of those of its parent
   * zone, written like `nameServers`.
   */
  parentNameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * How long a change waits for a key that its zone does not publish or sign with yet, in the syntax of `customTimeouts`;
   * `"0s"` does not wait. The wait never exceeds the remaining time of the operation, and is not charged to it. A record
   * that no wait can help, with the digest of another key, is refused at once. `alicloud-dnssec:keyWait`, or
   * `ALICLOUD_DNSSEC_KEY_WAIT` for one command, counts in its place.
   *
   * @default the smaller of "2m" and half of the remaining time
   * @example "10m"
   */
  keyWait?: pulumi.Input<string | undefined>;
  /**
   * Whether a change ends only when all name servers of the parent zone answer with it. A boolean, not text. Where the time
   * runs out before that, the record is in the state as unfinished, and the next `pulumi up` goes on waiting, without a new
   * task; a deletion is done when the registrar has it, and says so.
   *
   * @default false
   */
  waitForPublication?: pulumi.Input<boolean | undefined>;
}

/**
 * A DS record of a domain that is registered at Alibaba Cloud: the link from the parent zone to the key that signs the
 * domain's zone.
 *
 * A creation adopts a record that is there already with the same data. `domainName` or `keyTag` changed is a
 * replacement, the new record first; `algorithm`, `digestType` or `digest` changed modifies the record in place. The id
 * is domain and key tag, `example.com/2371`.
 *
 * `customTimeouts` bound each operation, 15 minutes by default, from the start of the domain's turn. They and
 * `ignoreChanges` are read in this constructor: what a transform adds later is not seen, nor are time-outs inherited from
 * a component.
 *
 * @example
 * new DsRecord("ksk-2026", { domainName: "example.com", dnskey: "257 3 13 mdsswUyr3DPW…" });
 * @example
 * new DsRecord("ksk-2026", {
 *   domainName: "example.com",
 *   ds: "2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
 * }, { customTimeouts: { create: "30m" } });
 * @see RFC 4034 section 5; SaveSingleTaskForAddingDSRecord, https://www.alibabacloud.com/help/doc-detail/121637.html
 */
export class DsRecord extends pulumi.dynamic.Resource {
  // A field that was not only declared would overwrite the output that Pulumi has put there.
  /** The domain in lower-case A-labels, without trailing dot. */
  declare public readonly domainName: pulumi.Output<string>;
  /** 0 to 65535. */
  declare public readonly keyTag: pulumi.Output<number>;
  /** 1 to 255. */
  declare public readonly algorithm: pulumi.Output<number>;
  /** 1 to 255. */
  declare public readonly digestType: pulumi.Output<number>;
  /** Lower-case hexadecimal. */
  declare public readonly digest: pulumi.Output<string>;
  /** The record in one text, `2371 13 2 c988ec42…`. Not known in a preview, unless it is an input. */
  declare public readonly ds: pulumi.Output<string>;
  /** The number of the registrar's last task for this record; undefined where it was adopted. */
  declare public readonly taskNo: pulumi.Output<string | undefined>;
  /**
   * The TTL of the domain's DS set at the parent, in seconds: how long resolvers keep it at the most after a change. With
   * `waitForPublication` only.
   *
   * @see RFC 7583 section 3.3
   */
  declare public readonly parentTtl: pulumi.Output<number | undefined>;

  /**
   * @param name The name of the resource, unique in the program.
   * @param args See {@link DsRecordArgs}.
   * @param opts Pulumi's options; `provider` takes an `AlicloudDnssecProvider`, another account.
   * @throws {pulumi.RunError} for the option `import`, which dynamic providers cannot have: a record that is there already
   *   is adopted. For a program that runs in Bun, and for one from whose folder this package cannot be loaded.
   */
  constructor(name: string, args: DsRecordArgs, opts?: pulumi.CustomResourceOptions) {
    if (opts?.import) throw importRefused(name, opts.import);
    checkServingPackage();
    // A fresh object, since Pulumi adds to it.
    const ignored = opts?.id ? {} : ignoredInputs(args, opts?.ignoreChanges);
    const props = { ...withoutValues, ...args, ...hiddenInputs(name, opts), ...ignored };
    super(dsRecordProvider, name, props, opts, typeModule, typeName);
    warnOfUnknownSettings();
    const { preflight, nameServers, parentNameServers } = args;
    const own = { preflight, nameServers, parentNameServers };
    // A provider may also come from the parent.
    const provider = opts?.provider ?? this.getProvider(typeToken);
    if (opts?.id) return;
    const ofProvider = AlicloudDnssecProvider.dnsOf(provider);
    showVerdict(this, own, ofProvider);
    showUnchanged(this, args.domainName, own, ofProvider);
  }

  /**
   * Reads a record that exists, without managing it: it is never changed nor deleted. One that does not exist is an
   * error, in a preview too.
   *
   * @param name The name of the resource, unique in the program.
   * @param id Domain and key tag.
   * @example const ds = DsRecord.get("ksk-2025", "example.com/2371").ds;
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): DsRecord {
    return new DsRecord(name, {} as DsRecordArgs, { ...opts, id });
  }
}

/** Pulumi shows such an error without a stack. */
function importRefused(name: string, id: string): Error {
  return new pulumi.RunError(
    `DsRecord ${quoted(name)}: the option import (${quoted(id)}) does not work with dynamic providers. Remove the option. ` +
      "A DsRecord that declares what the registrar has already adopts that record, without a task.",
  );
}

/** What the provider process is not told by Pulumi: where to report, how long it may take, and that this is a `get`. */
function hiddenInputs(name: string, opts: pulumi.CustomResourceOptions = {}): pulumi.Inputs {
  const timeouts = Object.entries(opts.customTimeouts ?? {}).filter(([, timeout]) => timeout !== undefined);
  return {
    __urn: urnOf(name, opts.parent),
    ...(timeouts.length > 0 && { __timeouts: Object.fromEntries(timeouts) }),
    ...(opts.id && { __get: true }),
  };
}

/**
 * The URN that the resource is going to have. As an output it would carry a dependency on the parent, which for Pulumi
 * is one on all children of a component: two records in one component would wait for each other for ever.
 */
function urnOf(name: string, parent: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => {
    pulumi.createUrn(name, typeToken, parent).apply(resolve);
  });
}
