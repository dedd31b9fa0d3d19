import { deadlineIn, leftOf } from "../../provider/concurrency/deadline";
import { leapingClock } from "../harness/clocks";

const { signal } = new AbortController();

test("a deadline does not move", async () => {
  const clock = leapingClock();
  const deadline = deadlineIn(1_000, { clock, signal });
  expect(deadline).toEqual({ until: clock.now() + 1_000, signal });
  await clock.sleep(1_500);
  expect(leftOf(deadline, clock)).toBe(-500);
  expect(Object.isFrozen(deadline)).toBe(true);
});

test("a deadline passes troubles on", () => {
  const onTrouble = jest.fn();
  const deadline = deadlineIn(1_000, { clock: leapingClock(), signal }, onTrouble);
  deadline.onTrouble?.({ cause: "ECONNREFUSED", leftMs: 500 });
  expect(onTrouble).toHaveBeenCalledWith({ cause: "ECONNREFUSED", leftMs: 500 });
});
