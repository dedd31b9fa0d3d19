import { inOrder } from "../../../provider/dynamic/process/engineLog";

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a row's status waits for the messages that came before it, and for no others", async () => {
  const sent: string[] = [];
  const answers = new Map<string, () => void>();
  const send = inOrder<string>((text, answered) => {
    sent.push(text);
    answers.set(text, answered);
  });
  send("status 1", "a", true);
  send("message 1", "a", false);
  send("message 2", "a", false);
  send("status 2", "a", true);
  send("status 3", "a", true);
  send("other row", "b", true);
  await settled();
  expect(sent).toEqual(["status 1", "message 1", "message 2", "other row"]);
  answers.get("message 2")?.();
  await settled();
  expect(sent.slice(4)).toEqual(["status 2", "status 3"]);
  send("status 4", "a", true);
  expect(sent.slice(6)).toEqual(["status 4"]);
});
