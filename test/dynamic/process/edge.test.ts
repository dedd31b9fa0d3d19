import { createEdge } from "../../../provider/dynamic/process/edge";
import type { Life } from "../../../provider/dynamic/process/processLifetime";
import { DsRecordError } from "../../../provider/errors";
import { rejection } from "../../rejection";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** An edge whose messages arrive when they are told to. */
function bed() {
  const underWay = { count: 0 };
  const life: Life = {
    async during(call) {
      underWay.count += 1;
      try {
        return await call();
      } finally {
        underWay.count -= 1;
      }
    },
  };
  let arrive = (): void => undefined;
  const arrival = () => new Promise<void>((resolve) => (arrive = resolve));
  return { edge: createEdge(life, { arrival }), underWay, arrive: () => arrive() };
}

test("an operation is under way until its messages have arrived, so its process does not end before", async () => {
  const { edge, underWay, arrive } = bed();
  const result = edge(() => Promise.resolve({ a: 1, b: undefined }));
  await settled();
  expect(underWay.count).toBe(1);
  arrive();
  expect(Object.keys(await result)).toEqual(["a"]);
  expect(underWay.count).toBe(0);
});

test("so is one that fails, whose error has its code and no stack", async () => {
  const { edge, underWay, arrive } = bed();
  const refused = rejection(edge(() => Promise.reject(new DsRecordError("DS_CONFLICT", "It is there."))));
  await settled();
  expect(underWay.count).toBe(1);
  arrive();
  expect(await refused).toMatchObject({ message: "It is there. [DS_CONFLICT]", stack: "" });
});
