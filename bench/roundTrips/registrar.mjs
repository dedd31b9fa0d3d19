import { performance } from "node:perf_hooks";
import { checkDelegation } from "pulumi-alicloud-dnssec";
import { startEmulator } from "pulumi-alicloud-dnssec/emulator";
import * as provider from "pulumi-alicloud-dnssec/provider";
import { systemClock } from "../../dist/provider/concurrency/clock.js";
import { systemDelegations } from "../../dist/provider/preflight/delegations.js";
import { createDelegationClient } from "../../dist/provider/dns/delegationClient.js";
import { PreviewedDelegations } from "../../dist/provider/preflight/previewVerdicts.js";
import { parseServerAddress } from "../../dist/provider/dns/serverAddress.js";

/**
 * The emulator, whose DNS answers late, with one domain for every measurement; each method does something that has a
 * preflight, and returns what that took in milliseconds and how many questions it asked.
 */
export class Registrar {
  #emulator;

  /** @param answerDelayMs How late every answer of the DNS is. */
  static async start(answerDelayMs) {
    const emulator = await startEmulator({ domains: [], taskDurationMs: 10, dns: { answerDelayMs } });
    Object.assign(process.env, emulator.env, { ALICLOUD_DNSSEC_PREFLIGHT: "enforce" });
    // Each record names its own.
    delete process.env.ALICLOUD_DNSSEC_NAME_SERVERS;
    return new Registrar(emulator);
  }

  constructor(emulator) {
    this.#emulator = emulator;
  }

  async add(domain, zone = {}) {
    this.#emulator.addDomain(domain);
    await this.#emulator.dns.addZone({ name: domain, ...zone });
  }

  async check(domain) {
    return this.#timed(async () => {
      const { status } = await checkDelegation({
        ...this.#servers(domain),
        domainName: domain,
        ds: this.#ds(domain),
      });
      return status;
    });
  }

  async preview(domain) {
    const previewed = new PreviewedDelegations(systemDelegations());
    const declared = { domainName: domain, ds: this.#ds(domain), servers: this.#servers(domain) };
    return this.#timed(async () => (await previewed.verdictOn(declared)).status);
  }

  async create(domain) {
    const inputs = await this.#inputs(domain);
    return this.#untilSubmitted("Adding", () => provider.create(inputs));
  }

  async update(domain) {
    const { id, outs } = await provider.create(await this.#inputs(domain));
    const inputs = await this.#inputs(domain, 4);
    return this.#untilSubmitted("Modifying", () => provider.update(id, outs, inputs));
  }

  async remove(domain) {
    const { id, outs } = await provider.create(await this.#inputs(domain));
    return this.#untilSubmitted("Deleting", () => provider.delete(id, outs));
  }

  /** Where the servers are not known: the parent's one names them. @param times How often, one after the other; the last counts. */
  async find(domain, times = 1) {
    const { dns } = this.#emulator;
    const [, port] = dns.zonesServer.split(":");
    const options = {
      resolvers: () => [],
      clock: systemClock,
      randomId: () => Math.floor(Math.random() * 65536),
    };
    const observer = createDelegationClient({ ...options, port: Number(port) });
    const parentNameServers = dns.parentServers.map(parseServerAddress);
    const find = async () => {
      const { answers } = await observer.keys(domain, { parentNameServers });
      return answers.every(({ outcome }) => outcome === "answered") ? "secure" : "unknown";
    };
    for (let time = 1; time < times; time += 1) await find();
    return this.#timed(find);
  }

  async close() {
    await this.#emulator.close();
  }

  async #timed(judge) {
    this.#emulator.dns.clearJournal();
    const startedAt = performance.now();
    const status = await judge();
    const ms = performance.now() - startedAt;
    if (status !== "secure") throw new Error(`A healthy record was ${status}.`);
    return { ms, questions: this.#emulator.dns.journal.length };
  }

  /** From the first question until the registrar gets the task: what the preflight of a change takes. */
  async #untilSubmitted(kind, change) {
    this.#emulator.dns.clearJournal();
    this.#emulator.clearJournal();
    await change();
    const [{ at: submittedAt }] = this.#emulator.calls(`SaveSingleTaskFor${kind}DSRecord`);
    const questions = this.#emulator.dns.journal.filter(({ at }) => at <= submittedAt);
    return { ms: submittedAt - Math.min(...questions.map(({ at }) => at)), questions: questions.length };
  }

  #ds(domain, digestType) {
    return this.#emulator.dns.zone(domain).dsRecord(digestType);
  }

  #servers(domain) {
    const { dns } = this.#emulator;
    return { nameServers: dns.servers(domain), parentNameServers: dns.parentServers };
  }

  async #inputs(domain, digestType) {
    const news = { domainName: domain, ...this.#ds(domain, digestType), ...this.#servers(domain) };
    return (await provider.check({}, news)).inputs;
  }
}
