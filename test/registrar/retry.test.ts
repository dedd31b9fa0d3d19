import { RegistrarFailure, type Meaning } from "../../provider/registrar/failure";
import { retried } from "../../provider/registrar/retry";
import { patience, rejection, settled } from "./bed";
import { heldClock, leapingClock } from "./clocks";

const failure = (disposition: Meaning["disposition"], message = "No.") =>
  new RegistrarFailure(
    "REGISTRAR_UNAVAILABLE",
    message,
    { disposition, effect: "none" },
    { apiCode: "Busy" },
  );

/** A reading that fails so and so, and then comes to "read". */
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

/** The numbers of chance, and the waits between tries. */
const waits: [number, number[]][] = [
  [0.5, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]],
  [0, [400, 800, 1600, 3200, 6400, 12800, 16000, 16000]],
  [0.999999, [600, 1200, 2400, 4800, 9600, 19200, 24000, 24000]],
];

test.each(waits)("random %d", async (random, expected) => {
  const clock = leapingClock();
  const read = reading(...expected.map(() => again));
  await expect(retried("Reading", read, patience(), { clock, random: () => random })).resolves.toBe("read");
  expect(clock.sleeps).toEqual(expected);
  expect(read).toHaveBeenCalledTimes(expected.length + 1);
});

const pacing = (clock = leapingClock()) => ({ clock, random: () => 0.5 });

test("a domain that another task holds is read again later", async () => {
  await expect(retried("Reading", reading(failure("wait")), patience(), pacing())).resolves.toBe("read");
});

test("what is final is thrown at once, as an error of its own", async () => {
  const clock = leapingClock();
  const final = failure("fatal");
  const error = await rejection(retried("Reading", reading(final), patience(), pacing(clock)));
  expect(error).toMatchObject({
    message: "No.",
    code: final.code,
    details: final.details,
    disposition: "fatal",
  });
  expect(error).not.toBe(final);
  expect(clock.sleeps).toEqual([]);
});

/** For how long there is patience, how often it is tried, and what the last failure then says. */
const limits: [number, number, string][] = [
  [-1, 1, "No."],
  [499, 1, "No."],
  [500, 2, "No. Tried 2 times."],
  [1499, 2, "No. Tried 2 times."],
  [1500, 3, "No. Tried 3 times."],
];

test.each(limits)("with %d ms, %d tries", async (ms, tries, message) => {
  const clock = leapingClock();
  const read = reading(again, again, again, again);
  const error = await rejection(
    retried("Reading", read, patience({ until: clock.now() + ms }), pacing(clock)),
  );
  expect(error).toBeInstanceOf(RegistrarFailure);
  expect(error).toMatchObject({ message, code: "REGISTRAR_UNAVAILABLE", details: { apiCode: "Busy" } });
  expect(read).toHaveBeenCalledTimes(tries);
});

test("the last failure counts", async () => {
  const failures = [again, failure("retry", "Not now."), failure("fatal", "Never.")];
  const error = await rejection(retried("Reading", reading(...failures), patience(), pacing()));
  expect(error.message).toBe("Never. Tried 3 times.");
});

const orphaned = {
  code: "PROCESS_ORPHANED",
  message: "Reading was given up: the Pulumi CLI that asked for it has ended. Run it again.",
};

test("an aborted signal ends the wait at once", async () => {
  const clock = heldClock();
  const controller = new AbortController();
  const read = reading(again, again);
  const result = rejection(
    retried("Reading", read, patience({ signal: controller.signal }), { clock, random: () => 0.5 }),
  );
  await settled();
  expect(clock.sleeping()).toEqual([500]);
  controller.abort(new Error("The end."));
  expect(await result).toMatchObject(orphaned);
  expect(read).toHaveBeenCalledTimes(1);
});

test("an aborted signal lets nothing begin", async () => {
  const read = reading();
  const result = retried("Reading", read, patience({ signal: AbortSignal.abort() }), pacing());
  expect(await rejection(result)).toMatchObject(orphaned);
  expect(read).not.toHaveBeenCalled();
});

test("an answer that is there when the signal is aborted is given", async () => {
  const controller = new AbortController();
  const read = () => {
    controller.abort();
    return Promise.resolve("read");
  };
  await expect(retried("Reading", read, patience({ signal: controller.signal }), pacing())).resolves.toBe(
    "read",
  );
});

test("a mistake of ours is not tried again", async () => {
  const mistake = new TypeError("undefined is not a function");
  const read = reading(mistake);
  expect(await rejection(retried("Reading", read, patience(), pacing()))).toBe(mistake);
  expect(read).toHaveBeenCalledTimes(1);
});
