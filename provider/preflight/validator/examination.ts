import { dsFromDnskey } from "../../dnssec/dnskey";
import type { Ds } from "../../dnssec/ds";
import type { Keys } from "../../dns/answers";
import { isBy } from "./dataTries";
import type { Finding } from "./findings";
import { isSecureEntryPoint, isZoneKey, loadKey, type LoadedKey, type PublishedKey } from "./publishedKey";
import { readSignedKeys, type SignedKeys } from "./dnskeyRrset";
import { signingOf, type Signing } from "./keySignature";
import type { Work } from "./work";
import { examineData, type DataExamination } from "./zoneData";

/** Keys whose signatures are verified, of each server, whatever the DS sets are (CVE-2023-50387). */
export const maxSigningKeys = 16;

/** What comes out of one answer of a server without a DS set: all of its signatures. Each is verified once. */
export class Examination {
  /** What the server's answer holds, or that it cannot be read. */
  readonly zone: SignedKeys | Finding;
  readonly #answer: Keys;
  readonly #now: number;
  readonly #work: Work;
  readonly #loaded = new Map<PublishedKey, LoadedKey>();
  readonly #signings = new Map<PublishedKey, Signing>();
  readonly #ds = new Map<PublishedKey, Map<number, Ds>>();
  #data: DataExamination | undefined;

  constructor(domainName: string, answer: Keys, now: number, work: Work) {
    this.zone = readSignedKeys(domainName, answer);
    this.#answer = answer;
    this.#now = now;
    this.#work = work;
  }

  /** Returns the key, ready for verifying. */
  readonly load = (key: PublishedKey): LoadedKey => {
    const loaded = this.#loaded.get(key) ?? this.#counted(loadKey(key));
    this.#loaded.set(key, loaded);
    return loaded;
  };

  /** Returns whether a key signs the keys; undefined where the domain has taken too much work before. */
  signing(key: PublishedKey, zone: SignedKeys): Signing | undefined {
    const known = this.#signings.get(key);
    if (known !== undefined || this.#work.isExhausted) return known;
    const signing = signingOf(key, zone, this.#now, this.load);
    this.#signings.set(key, signing);
    return signing;
  }

  /** Returns how the zone's data is signed; undefined where the domain has taken too much work before. */
  data(zone: SignedKeys): DataExamination | undefined {
    if (this.#data === undefined && !this.#work.isExhausted) {
      this.#data = examineData(zone, this.#answer.data, this.#now, this.load);
    }
    return this.#data;
  }

  /** Returns the DS of a key. */
  dsOf(key: PublishedKey, digestType: number, zone: SignedKeys): Ds {
    const ofKey = this.#ds.get(key) ?? new Map<number, Ds>();
    const ds = ofKey.get(digestType) ?? dsFromDnskey(zone.domainName, key, digestType);
    this.#ds.set(key, ofKey.set(digestType, ds));
    return ds;
  }

  /** Returns steps that verify what a DS set is most likely to lead to. */
  steps(): readonly (() => void)[] {
    const { zone } = this;
    if ("code" in zone) return [];
    const signers = zone.keys.filter(
      (key) => isZoneKey(key) && zone.signatures.some((one) => isBy(one, key)),
    );
    const inOrder = signers.sort((a, b) => Number(isSecureEntryPoint(b)) - Number(isSecureEntryPoint(a)));
    const ofKeys = inOrder.slice(0, maxSigningKeys).map((key) => () => this.signing(key, zone));
    return [...ofKeys, () => this.data(zone)];
  }

  #counted(key: LoadedKey): LoadedKey {
    if ("fault" in key) return key;
    return {
      verifies: (data, signature) => {
        this.#work.verifying();
        return key.verifies(data, signature);
      },
    };
  }
}
