import { readFileSync } from "node:fs";
import path from "node:path";
import type { Trouble } from "../../provider/concurrency/deadline";
import { ApiFailure, noAnswerError, type Meaning } from "../../provider/alicloud/errors";
import { retry } from "../../provider/alicloud/retry";
import { domainApi } from "../../provider/registrar/domainApi";
import { connectionErrors } from "../../provider/alicloud/connectionErrors";
import { repositoryRoot } from "../harness/environment";
import { deadline, rejection, settled } from "./bed";
import { heldClock, leapingClock } from "../harness/clocks";

const failure = (disposition: Meaning["disposition"], message = "No.") =>
  new ApiFailure("REGISTRAR_UNAVAILABLE", message, { disposition, effect: "none" }, { apiCode: "Busy" });

/** Returns a function that rejects with each failure in turn, and then resolves with "read". */
function reading(...failures: readonly Error[]) {
  const left = [...failures];
  const read = jest.fn(async () => {
    const next = left.shift();
    if (next) throw next;
    return Promise.resolve("read");
  });
  return read;
}

const again = failure("retry");

/** Random numbers, and the waits between tries. */
const waits: [number, number[]][] = [
  [0.5, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]],
  [0, [400, 800, 1600, 3200, 6400, 12800, 16000, 16000]],
  [0.999999, [600, 1200, 2400, 4800, 9600, 19200, 24000, 24000]],
];

test.each(waits)("random %d", async (random, expected) => {
  const clock = leapingClock();
  const read = reading(...expected.map(() => again));
  await expect(retry("Reading", read, deadline(), { clock, random: () => random })).resolves.toBe("read");
  expect(clock.sleeps).toEqual(expected);
  expect(read).toHaveBeenCalledTimes(expected.length + 1);
});

const pacing = (clock = leapingClock()) => ({ clock, random: () => 0.5 });

test("a domain that another task holds is read again later", async () => {
  await expect(retry("Reading", reading(failure("wait")), deadline(), pacing())).resolves.toBe("read");
});

test("a final failure is thrown at once, as a copy", async () => {
  const clock = leapingClock();
  const final = failure("fatal");
  const error = await rejection(retry("Reading", reading(final), deadline(), pacing(clock)));
  expect(error).toMatchObject({
    message: "No.",
    code: final.code,
    details: final.details,
    disposition: "fatal",
  });
  expect(error).not.toBe(final);
  expect(clock.sleeps).toEqual([]);
});

/** Times in ms, with the number of tries and the message of the last failure. */
const limits: [number, number, string][] = [
  [-1, 1, "No."],
  [499, 1, "No."],
  [500, 2, "No. Tried 2 times in 1 s."],
  [1499, 2, "No. Tried 2 times in 1 s."],
  [1500, 3, "No. Tried 3 times in 2 s."],
];

test.each(limits)("with %d ms, %d tries", async (ms, tries, message) => {
  const clock = leapingClock();
  const read = reading(again, again, again, again);
  const error = await rejection(retry("Reading", read, deadline({ until: clock.now() + ms }), pacing(clock)));
  expect(error).toBeInstanceOf(ApiFailure);
  expect(error).toMatchObject({ message, code: "REGISTRAR_UNAVAILABLE", details: { apiCode: "Busy" } });
  expect(read).toHaveBeenCalledTimes(tries);
});

const asked = {
  api: domainApi,
  action: "QueryDSRecord",
  what: "Reading",
  host: "domain.aliyuncs.com",
  key: "the key",
  writes: false,
};

/** Node's codes for calls without a connection, with the time of the tries in s. */
const unreachable: [code: string, seconds: number, words: string][] = [
  ["ENOTFOUND", 30, "its name does not exist"],
  ["ECONNREFUSED", 30, "it refused the connection"],
  ["EACCES", 30, "this system does not allow the connection"],
  ["EPERM", 30, "this system does not allow the connection"],
  ["EAI_AGAIN", 60, "its name could not be resolved"],
  ["EAI_FAIL", 60, "its name could not be resolved"],
  ["EHOSTUNREACH", 60, "there is no route to it"],
  ["EHOSTDOWN", 60, "there is no route to it"],
  ["ENETUNREACH", 60, "there is no route to it"],
  ["ENETDOWN", 60, "there is no route to it"],
  ["EADDRNOTAVAIL", 60, "there is no route to it"],
  ["ETIMEDOUT", 120, "it did not respond in time"],
  ["ECONNRESET", 120, "the connection was reset"],
  ["ECONNABORTED", 120, "the connection was reset"],
  ["EPIPE", 120, "the connection was reset"],
  ["UNKNOWN", 120, "the request failed"],
  ["HPE_INVALID_CONSTANT", 120, "the response is not HTTP"],
  ["EMFILE", 120, "the connection failed"],
  // Certificates and handshakes that would fail again.
  ["CERT_HAS_EXPIRED", 0, "no trustworthy TLS connection could be made"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", 0, "no trustworthy TLS connection could be made"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", 0, "no trustworthy TLS connection could be made"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", 0, "no trustworthy TLS connection could be made"],
  ["INVALID_CA", 0, "no trustworthy TLS connection could be made"],
  ["INVALID_PURPOSE", 0, "no trustworthy TLS connection could be made"],
  ["PATH_LENGTH_EXCEEDED", 0, "no trustworthy TLS connection could be made"],
  ["CRL_HAS_EXPIRED", 0, "no trustworthy TLS connection could be made"],
  ["ERROR_IN_CERT_NOT_AFTER_FIELD", 0, "no trustworthy TLS connection could be made"],
  ["UNSPECIFIED", 0, "no trustworthy TLS connection could be made"],
  ["EPROTO", 0, "no trustworthy TLS connection could be made"],
];

test.each(unreachable)("%s without a connection is tried for %d s", async (code, seconds, words) => {
  const clock = leapingClock();
  const told: Trouble[] = [];
  const read = () => Promise.reject(noAnswerError(asked, code, false));
  const until = clock.now() + 900_000;
  const error = await rejection(
    retry("Reading", read, deadline({ until, onTrouble: (trouble) => told.push(trouble) }), pacing(clock)),
  );
  expect(clock.now() - clock.start).toBe(seconds * 1000);
  expect(error.message).toContain(
    `got no answer from domain.aliyuncs.com: ${words} (${code}). Nothing was sent.`,
  );
  if (seconds === 0) return expect(told).toEqual([]);
  expect(told[0]).toEqual({ cause: code, leftMs: seconds * 1000 });
  expect(error.message).toMatch(
    new RegExp(`Tried \\d+ times in ${seconds} s, the limit for this failure\\.$`),
  );
});

test("docs/errors.md has the table of these codes", () => {
  const page = readFileSync(path.join(repositoryRoot, "docs/errors.md"), "utf8");
  const rows = [...page.matchAll(/^ *\| ((?:`E\w+`(?:, )?)+)[^|]*\| (\d+) s +\|$/gm)];
  const documented = rows.flatMap(([, codes = "", seconds]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => [code, Number(seconds) * 1000]),
  );
  const known = Object.entries(connectionErrors).filter(([code]) => code !== "UNKNOWN");
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries(known.map(([code, { maxRetryMs }]) => [code, maxRetryMs])),
  );
});

test("a call that had a connection is tried until the deadline", async () => {
  const clock = leapingClock();
  const read = () => Promise.reject(noAnswerError(asked, "ECONNRESET", true));
  const error = await rejection(
    retry("Reading", read, deadline({ until: clock.now() + 900_000 }), pacing(clock)),
  );
  expect(clock.now() - clock.start).toBeGreaterThan(860_000);
  expect(error.message).not.toContain("limit");
});

test("throttling, 5xx and a busy domain are tried until the deadline", async () => {
  const clock = leapingClock();
  const read = () => Promise.reject(again);
  await rejection(retry("Reading", read, deadline({ until: clock.now() + 900_000 }), pacing(clock)));
  expect(clock.now() - clock.start).toBeGreaterThan(860_000);
});

test("the time for a refused connection starts again after an answer, but not after another failure to connect", async () => {
  const clock = leapingClock();
  const refused = noAnswerError(asked, "ECONNREFUSED", false);
  const unknown = noAnswerError(asked, "ENOTFOUND", false);
  const left: number[] = [];
  const read = reading(refused, unknown, refused, again, refused);
  const onTrouble = ({ leftMs }: Trouble) => left.push(leftMs);
  await retry("Reading", read, deadline({ until: clock.now() + 900_000, onTrouble }), pacing(clock));
  expect(left).toEqual([30_000, 29_500, 28_500, 896_500, 30_000]);
});

test("the caller's remaining time is reported, if that is shorter", async () => {
  const clock = leapingClock();
  const left: number[] = [];
  const onTrouble = ({ leftMs }: Trouble) => left.push(leftMs);
  const read = reading(noAnswerError(asked, "ECONNREFUSED", false));
  await retry("Reading", read, deadline({ until: clock.now() + 4_000, onTrouble }), pacing(clock));
  expect(left).toEqual([4_000]);
});

test("the last failure is thrown", async () => {
  const failures = [again, failure("retry", "Not now."), failure("fatal", "Never.")];
  const error = await rejection(retry("Reading", reading(...failures), deadline(), pacing()));
  expect(error.message).toBe("Never. Tried 3 times in 2 s.");
});

const orphaned = {
  code: "PROCESS_ORPHANED",
  message: "Reading was given up, because the Pulumi CLI that asked for it has ended. Run it again.",
};

test("an aborted signal ends the wait at once", async () => {
  const clock = heldClock();
  const controller = new AbortController();
  const read = reading(again, again);
  const result = rejection(
    retry("Reading", read, deadline({ signal: controller.signal }), { clock, random: () => 0.5 }),
  );
  await settled();
  expect(clock.sleeping()).toEqual([500]);
  controller.abort(new Error("The end."));
  expect(await result).toMatchObject(orphaned);
  expect(read).toHaveBeenCalledTimes(1);
});

test("nothing starts once the signal is aborted", async () => {
  const read = reading();
  const result = retry("Reading", read, deadline({ signal: AbortSignal.abort() }), pacing());
  expect(await rejection(result)).toMatchObject(orphaned);
  expect(read).not.toHaveBeenCalled();
});

test("an answer that has arrived is returned, although the signal is aborted", async () => {
  const controller = new AbortController();
  const read = () => {
    controller.abort();
    return Promise.resolve("read");
  };
  await expect(retry("Reading", read, deadline({ signal: controller.signal }), pacing())).resolves.toBe(
    "read",
  );
});

test("a mistake in this package is not tried again", async () => {
  const mistake = new TypeError("undefined is not a function");
  const read = reading(mistake);
  expect(await rejection(retry("Reading", read, deadline(), pacing()))).toBe(mistake);
  expect(read).toHaveBeenCalledTimes(1);
});
