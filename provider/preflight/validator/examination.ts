import { dsFromDnskey } from "../../dnssec/dnskey";
import type { Ds } from "../../dnssec/ds";
import type { ApexAnswer } from "../../dns/answers";
import { isBy } from "./dataTries";
import type { ServerFinding } from "./findings";
import { isSecureEntryPoint } from "../../dnssec/dnskeyFlags";
import { isZoneKey, loadKey, type LoadedKey, type PublishedKey } from "./publishedKey";
import { readDnskeyRrset, type DnskeyRrset } from "./dnskeyRrset";
import { findKeySignature, type KeySignature } from "./keySignature";
import type { Work } from "./work";
import { examineData, type DataExamination } from "./zoneData";

/**
 * Maximum number of keys whose signatures are verified for each server, for all DS sets
 * (CVE-2023-50387).
 */
export const maxSigningKeys = 16;

/**
 * The examination of one server's answer, as far as no DS set is needed. Verifies each signature
 * once.
 */
export class Examination {
  /** The DNSKEY RRset in the answer, or the reason why it is unreadable. */
  readonly zone: DnskeyRrset | ServerFinding;
  readonly #answer: ApexAnswer;
  readonly #now: number;
  readonly #work: Work;
  readonly #loaded = new Map<PublishedKey, LoadedKey>();
  readonly #keySignatures = new Map<PublishedKey, KeySignature>();
  readonly #ds = new Map<PublishedKey, Map<number, Ds>>();
  #data: DataExamination | undefined;

  constructor(domainName: string, answer: ApexAnswer, now: number, work: Work) {
    this.zone = readDnskeyRrset(domainName, answer);
    this.#answer = answer;
    this.#now = now;
    this.#work = work;
  }

  /** Returns the key ready for verification. */
  readonly load = (key: PublishedKey): LoadedKey => {
    const loaded = this.#loaded.get(key) ?? this.#counted(loadKey(key));
    this.#loaded.set(key, loaded);
    return loaded;
  };

  /**
   * Returns a key's signature over the keys. Undefined if the domain took too much work already.
   */
  keySignature(key: PublishedKey, zone: DnskeyRrset): KeySignature | undefined {
    const known = this.#keySignatures.get(key);
    if (known !== undefined || this.#work.isExhausted) return known;
    const signature = findKeySignature(key, zone, this.#now, this.load);
    this.#keySignatures.set(key, signature);
    return signature;
  }

  /** Examines the zone's data. Undefined if the domain took too much work already. */
  data(zone: DnskeyRrset): DataExamination | undefined {
    if (this.#data === undefined && !this.#work.isExhausted) {
      this.#data = examineData(zone, this.#answer.data, this.#now, this.load);
    }
    return this.#data;
  }

  /** Computes the DS of a key. */
  dsOf(key: PublishedKey, digestType: number, zone: DnskeyRrset): Ds {
    const ofKey = this.#ds.get(key) ?? new Map<number, Ds>();
    const ds = ofKey.get(digestType) ?? dsFromDnskey(zone.domainName, key, digestType);
    this.#ds.set(key, ofKey.set(digestType, ds));
    return ds;
  }

  /** Returns steps that verify the signatures to which a DS set most likely leads. */
  steps(): readonly (() => void)[] {
    const { zone } = this;
    if ("code" in zone) return [];
    const signers = zone.keys.filter(
      (key) => isZoneKey(key) && zone.signatures.some((one) => isBy(one, key)),
    );
    const inOrder = signers.sort((a, b) => Number(isSecureEntryPoint(b)) - Number(isSecureEntryPoint(a)));
    const ofKeys = inOrder.slice(0, maxSigningKeys).map((key) => () => this.keySignature(key, zone));
    return [...ofKeys, () => this.data(zone)];
  }

  #counted(key: LoadedKey): LoadedKey {
    if ("fault" in key) return key;
    return {
      verifies: (data, signature) => {
        this.#work.countVerification();
        return key.verifies(data, signature);
      },
    };
  }
}
