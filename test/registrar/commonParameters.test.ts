import { createRegistrar } from "../../provider/registrar/client";
import { connectDomainApi } from "../../provider/registrar/domainApi";
import {
  addition,
  adding,
  closeAll,
  domain,
  emulated,
  deadline,
  rawServer,
  reading,
  rejection,
  settingsOf,
} from "../alicloud/bed";
import { leapingClock } from "../harness/clocks";

afterEach(closeAll);

test("every call carries the language and the user's address", async () => {
  const emulator = await emulated({ taskDurationMs: 0 });
  const settings = { ...settingsOf(emulator), lang: "zh", userClientIp: "2001:db8::1" } as const;
  const registrar = createRegistrar({ settings, clock: leapingClock(), random: () => 0.5 });
  await registrar.list(domain, deadline());
  await registrar.submit(domain, addition, deadline());
  await registrar.taskStatus(domain, emulator.tasks()[0]?.taskNo ?? "", deadline());
  await registrar.runningTask(domain, deadline());
  const calls = emulator
    .calls()
    .map(({ action, params: { Lang, UserClientIp } }) => [action, Lang, UserClientIp]);
  expect(calls).toEqual(
    ["QueryDSRecord", adding.action, "QueryTaskDetailList", "QueryTaskList"].map((action) => [
      action,
      "zh",
      "2001:db8::1",
    ]),
  );
});

test.each(["lang", "UserClientIp"])("%s cannot be set by a call", async (name) => {
  const settings = { ...settingsOf(await emulated()), userClientIp: "192.0.2.1" };
  const transport = connectDomainApi(settings);
  const call = { ...reading, params: { ...reading.params, [name]: "mine" } };
  expect(await rejection(transport.send(call))).toBeInstanceOf(TypeError);
});

/** Codes, and the reasons in the requested language, which the gateway ignores. */
const reasons: [code: string, lang: "en" | "zh", words: string][] = [
  ["DomainNotExist", "zh", "DomainNotExist: 域名不存在 (HTTP 400"],
  ["DomainNotExist", "en", "DomainNotExist: The domain name does not exist (HTTP 400"],
  ["TaskIsBeingProcessed", "zh", "TaskIsBeingProcessed: 有操作正在处理中，请稍后再试 (HTTP 400"],
  ["Forbidden", "zh", "Forbidden: You are not authorized to perform this operation (HTTP 403"],
];

test.each(reasons)("%s in %s", async (code, lang, words) => {
  const emulator = await emulated({ faults: [{ fault: { kind: "error", code } }] });
  const transport = connectDomainApi({ ...settingsOf(emulator), lang });
  expect((await rejection(transport.send(reading))).message).toContain(words);
});

const reason = "该域名已被注册局锁定，无法更新𠮷";

test("a Chinese reason is complete, wherever the network splits it", async () => {
  const body = Buffer.from(JSON.stringify({ RequestId: "R-1", Code: "Odd", Message: reason }));
  const server = await rawServer((response) => {
    response.writeHead(400, { "content-length": body.length });
    const octets = [...body];
    const next = () => {
      const octet = octets.shift();
      if (octet === undefined) response.end();
      else response.write(Buffer.of(octet), () => setImmediate(next));
    };
    next();
  });
  const error = await rejection(connectDomainApi(settingsOf(server)).send(reading));
  expect(error.message).toContain(`Odd: ${reason} (HTTP 400`);
});

test("a task's Chinese reason is complete", async () => {
  const emulator = await emulated({ taskDurationMs: 0, faults: [{ fault: { kind: "taskFails" } }] });
  const settings = { ...settingsOf(emulator), lang: "zh" } as const;
  const registrar = createRegistrar({ settings, clock: leapingClock(), random: () => 0.5 });
  await registrar.submit(domain, addition, deadline());
  const status = await registrar.taskStatus(domain, emulator.tasks()[0]?.taskNo ?? "", deadline());
  expect(status).toMatchObject({ state: "failed", reason: "注册局拒绝了该操作。" });
});
