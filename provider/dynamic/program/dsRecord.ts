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

/**
 * Frozen, because they form the type in every state:
 * `pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord`.
 */
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

/**
 * Outputs without values: Pulumi makes outputs only of the properties that it is given, and a `get`
 * gives none.
 */
const withoutValues: pulumi.Inputs = Object.fromEntries(outputNames.map((name) => [name, undefined]));

/**
 * The arguments of a `DsRecord`. They declare the record in one of three forms, or in several that
 * agree. The forms are the four fields `keyTag`, `algorithm`, `digestType` and `digest`; or `ds`;
 * or `dnskey`.
 *
 * All inputs take plain values, promises and outputs, secret ones too. `pulumi preview` validates
 * them, reports all mistakes at once, by property, and sends nothing to the registrar. Choices that
 * work but are not recommended (SHA-1, old algorithms) give a warning on the record's row.
 */
export interface DsRecordArgs {
  /**
   * The domain as it is registered: two or more labels of letters of any script, digits and
   * hyphens, in any case, with or without the trailing dot. The state has it as lower-case A-labels
   * (`例子.cn` as `xn--fsqu00a.cn`). Another domain replaces the record.
   *
   * @example "example.com"
   * @see RFC 5890 section 2.3.1; DomainName of SaveSingleTaskForAddingDSRecord,
   *   https://www.alibabacloud.com/help/doc-detail/121637.html
   */
  domainName: pulumi.Input<string>;
  /**
   * The key tag, 0 to 65535, also as decimal text. The registrar identifies a record of a domain
   * only by its key tag, so a domain cannot have two records with the same one. Another key tag
   * replaces the record, and the new record comes first.
   *
   * @example 2371
   * @see RFC 4034 section 5.1.1 and appendix B
   */
  keyTag?: pulumi.Input<number | string | undefined>;
  /**
   * The DNSSEC algorithm of the key: its number, 1 to 255, or its mnemonic in any case. The state
   * has the number. A change modifies the record in place.
   *
   * @example 13
   * @example "ECDSAP256SHA256"
   * @see RFC 4034 section 5.1.2; https://www.iana.org/assignments/dns-sec-alg-numbers
   */
  algorithm?: pulumi.Input<number | string | undefined>;
  /**
   * The type of the digest: its number, 1 to 255, or its name in any case, with or without hyphen.
   * The state has the number. 2 is SHA-256, 4 is SHA-384; 1 (SHA-1) must not be used for new
   * records. With `dnskey` alone it selects the digest to compute: 1, 2, 4 or, where Node's OpenSSL
   * has it, 6. A change modifies the record in place.
   *
   * @example 2
   * @example "SHA-256"
   * @default 2 with `dnskey`, or the type in `ds` if both are given; required with the other three
   *   fields
   * @see RFC 4034 section 5.1.3; RFC 9905 section 5; https://www.iana.org/assignments/ds-rr-types
   */
  digestType?: pulumi.Input<number | string | undefined>;
  /**
   * The digest of the key in hexadecimal of either case, blanks allowed: 64 digits for type 2, 96
   * for type 4, 40 for type 1. The state has it in lower case without blanks. A change modifies the
   * record in place.
   *
   * @see RFC 4034 section 5.1.4; RFC 4509 section 2
   */
  digest?: pulumi.Input<string | undefined>;
  /**
   * The whole record in one text, as registrars and signers print it (`dnssec-dsfromkey`): key tag,
   * algorithm, digest type and digest, or a full line of a zone file whose owner is the domain.
   * Parentheses and comments are allowed. The state has its shortest form.
   *
   * @example "2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A"
   * @example "example.com. 3600 IN DS 2371 13 2 C988EC42…"
   * @see RFC 4034 section 5.3
   */
  ds?: pulumi.Input<string | undefined>;
  /**
   * The key from which to compute the record: flags, protocol, algorithm and public key in base64,
   * or a full line of a zone file (`K*.key` of BIND) whose owner is the domain. The key must have
   * the Zone bit, must not be revoked, and its protocol must be 3.
   *
   * @example "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="
   * @see RFC 4034 sections 2.2 and 5.2; RFC 5011 section 2.1
   */
  dnskey?: pulumi.Input<string | undefined>;
  /**
   * What a creation does when the registrar has other data under this key tag. `"fail"` names both
   * and changes nothing; `"replace"` modifies the record. A record with the same data is adopted in
   * either case, without a task.
   *
   * @default "fail"
   */
  onConflict?: pulumi.Input<"fail" | "replace" | undefined>;
  /**
   * Whether a change that would take the domain off the internet for validating resolvers is
   * refused. Before a task is submitted, every name server of the domain's zone is asked for its
   * keys, and the DS set that would result is judged.
   *
   * - `"enforce"` waits for a key that is still being published, as long as `keyWait` allows, and
   *   then refuses a DS set that is proven bogus. If the result is unknown, it warns.
   * - `"strict"` also refuses an unknown result, and a zone with a server that does not answer.
   * - `"warn"` refuses nothing and waits for nothing.
   * - `"off"` asks no server, not even in a preview.
   *
   * Three changes are never refused: the removal of the last record, a removal from a set that
   * leads to no published key before it either, and an adoption. `alicloud-dnssec:preflight`, or
   * `ALICLOUD_DNSSEC_PREFLIGHT` for one command, replaces this option, for deletions too.
   *
   * @default "enforce"
   * @see RFC 10026 section 4.2.1
   */
  preflight?: pulumi.Input<PreflightMode | undefined>;
  /**
   * The name servers to ask for the domain's keys instead of those in its delegation: one or more
   * IPv4 or IPv6 addresses, with a port where it is not 53. Useful for a hidden primary, a split
   * horizon or a test.
   *
   * @example ["192.0.2.1", "127.0.0.1:5301", "2001:db8::1", "[2001:db8::1]:5301"]
   */
  nameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * The name servers to ask for the domain's published DS records and its delegation instead of
   * those of its parent zone. Written like `nameServers`.
   */
  parentNameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /**
   * Maximum wait of a change for a key that its zone does not publish or sign with yet, in the
   * syntax of `customTimeouts`; `"0s"` does not wait. The wait never exceeds the remaining time of
   * the operation, and does not reduce it. A record with the digest of another key is refused at
   * once, because waiting cannot help. `alicloud-dnssec:keyWait`, or `ALICLOUD_DNSSEC_KEY_WAIT` for
   * one command, replaces this option.
   *
   * @default the smaller of "2m" and half of the remaining time
   * @example "10m"
   */
  keyWait?: pulumi.Input<string | undefined>;
  /**
   * Whether a change ends only when all name servers of the parent zone answer with it. A boolean,
   * not text. If the time runs out first, the state has the record as unfinished, and the next
   * `pulumi up` continues to wait without a new task. A deletion is done when the registrar has
   * done it, and then warns if the parent zone still has the record.
   *
   * @default false
   */
  waitForPublication?: pulumi.Input<boolean | undefined>;
}

/**
 * A DS record of a domain that is registered at Alibaba Cloud. It links the parent zone to the key
 * that signs the domain's zone.
 *
 * A creation adopts an existing record with the same data. A change of `domainName` or `keyTag`
 * replaces the record, and the new record comes first. A change of `algorithm`, `digestType` or
 * `digest` modifies the record in place. The id is the domain and the key tag, such as
 * `example.com/2371`.
 *
 * `customTimeouts` limit each operation, by default to 15 minutes, from the start of the domain's
 * turn. The constructor reads them and `ignoreChanges`, so it does not see values that a transform
 * adds later, nor time-outs that a component passes on.
 *
 * @example
 * new DsRecord("ksk-2026", { domainName: "example.com", dnskey: "257 3 13 mdsswUyr3DPW…" });
 * @example
 * new DsRecord("ksk-2026", {
 *   domainName: "example.com",
 *   ds: "2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
 * }, { customTimeouts: { create: "30m" } });
 * @see RFC 4034 section 5; SaveSingleTaskForAddingDSRecord,
 *   https://www.alibabacloud.com/help/doc-detail/121637.html
 */
export class DsRecord extends pulumi.dynamic.Resource {
  // `declare`, because a real field would overwrite the output that Pulumi sets.
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
  /**
   * The record in one text, `2371 13 2 c988ec42…`. Not known in a preview, unless it is an input.
   */
  declare public readonly ds: pulumi.Output<string>;
  /** Number of the registrar's last task for this record; undefined if the record was adopted. */
  declare public readonly taskNo: pulumi.Output<string | undefined>;
  /**
   * TTL of the domain's DS set at the parent, in seconds: the longest that resolvers keep it after
   * a change. Only with `waitForPublication`.
   *
   * @see RFC 7583 section 3.3
   */
  declare public readonly parentTtl: pulumi.Output<number | undefined>;

  /**
   * @param name The name of the resource, unique in the program.
   * @param args See {@link DsRecordArgs}.
   * @param opts Pulumi's options; `provider` takes an `AlicloudDnssecProvider`, another account.
   * @throws {pulumi.RunError} for the option `import`, which dynamic providers cannot have, because
   *   an existing record is adopted anyway; for a program that runs in Bun; and for a program whose
   *   folder does not lead to this package.
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
   * Reads an existing record without managing it: it is never changed or deleted. A missing record
   * is an error, even in a preview.
   *
   * @param name The name of the resource, unique in the program.
   * @param id The domain and the key tag.
   * @example const ds = DsRecord.get("ksk-2025", "example.com/2371").ds;
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): DsRecord {
    return new DsRecord(name, {} as DsRecordArgs, { ...opts, id });
  }
}

/** Returns an error that Pulumi shows without a stack. */
function importRefused(name: string, id: string): Error {
  return new pulumi.RunError(
    `DsRecord ${quoted(name)}: the option import (${quoted(id)}) does not work with dynamic providers. Remove the option. ` +
      "A DsRecord that declares what the registrar has already adopts that record, without a task.",
  );
}

/**
 * Returns what Pulumi does not tell the provider process: the URN, the time-outs, and that this is
 * a `get`.
 */
function hiddenInputs(name: string, opts: pulumi.CustomResourceOptions = {}): pulumi.Inputs {
  const timeouts = Object.entries(opts.customTimeouts ?? {}).filter(([, timeout]) => timeout !== undefined);
  return {
    __urn: urnOf(name, opts.parent),
    ...(timeouts.length > 0 && { __timeouts: Object.fromEntries(timeouts) }),
    ...(opts.id && { __get: true }),
  };
}

/**
 * Returns the URN that the resource will have. It is a promise, because an output depends on the
 * parent, and for Pulumi on all children of a component: two records in one component would wait
 * for each other forever.
 */
function urnOf(name: string, parent: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => {
    pulumi.createUrn(name, typeToken, parent).apply(resolve);
  });
}
