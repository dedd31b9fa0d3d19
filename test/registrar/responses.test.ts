import {
  dsRecordsOf,
  namedTaskStatusOf,
  taskListOf,
  taskNoOf,
  taskStatusOf,
} from "../../provider/registrar/responses";
import type { Answer } from "../../provider/alicloud/answers";
import { connectDomainApi } from "../../provider/registrar/domainApi";
import { answering, closeAll, domain, reading, rejection, settingsOf } from "../alicloud/bed";

afterEach(closeAll);

/** Returns an answer as the vendor's client parses it: no prototypes, large numbers as objects. */
async function answerWith(members: string): Promise<Answer> {
  return connectDomainApi(settingsOf(await answering(`{"RequestId":"R-1"${members}}`))).send(reading);
}

const digest = "ab".repeat(32);
const entry = (changes: string) => {
  const members = { KeyTag: "2371", Algorithm: "13", DigestType: "2", Digest: `"${digest}"` };
  const changed = {
    ...members,
    ...Object.fromEntries((changes === "" ? [] : changes.split(";")).map((text) => text.split("=", 2))),
  };
  const text = Object.entries(changed).flatMap(([name, value]) =>
    value === "" ? [] : [`"${name}":${value}`],
  );
  return `{${text.join(",")}}`;
};
const ds = { keyTag: 2371, algorithm: 13, digestType: 2, digest };

/** Lists, and the records in them. */
const lists: [string, string, unknown][] = [
  ["empty", "[]", []],
  ["one", `[${entry("")}]`, [ds]],
  [
    "order and duplicates are kept",
    `[${entry("KeyTag=2")},${entry("KeyTag=1")},${entry("KeyTag=2")}]`,
    [2, 1, 2].map((keyTag) => ({ ...ds, keyTag })),
  ],
  [
    "numbers as text",
    `[${entry('KeyTag="0";Algorithm="255";DigestType="4"')}]`,
    [{ ...ds, keyTag: 0, algorithm: 255, digestType: 4 }],
  ],
  ["the largest key tag", `[${entry("KeyTag=65535")}]`, [{ ...ds, keyTag: 65535 }]],
  ["digest in upper case", `[${entry(`Digest="${digest.toUpperCase()}"`)}]`, [ds]],
  ["a digest of the wrong length for its type", `[${entry('Digest="AB"')}]`, [{ ...ds, digest: "ab" }]],
  ["unknown members", `[${entry('Status="OK";Odd={"a":[]}')}]`, [ds]],
  ["null", "null", undefined],
];

test.each(lists)("a list: %s", async (_, list, records) => {
  expect(dsRecordsOf(await answerWith(`,"DSRecordList":${list}`))).toEqual(records);
});

test("no list", async () => {
  expect(dsRecordsOf(await answerWith(""))).toBeUndefined();
});

/** Values that are not lists of DS records, with the reason in the message. */
const noLists: [string, string][] = [
  ["{}", "its DSRecordList is an object"],
  [`{"DSRecord":[${entry("")}]}`, "its DSRecordList is an object"],
  ['""', 'its DSRecordList is ""'],
  ["false", "its DSRecordList is false"],
  ["12345678901234567890", "its DSRecordList is an object"],
  [`[${entry("")},null]`, "entry 2 of its DSRecordList is null"],
  ["[[]]", "entry 1 of its DSRecordList is a list"],
  ["[12345678901234567890]", "entry 1 of its DSRecordList is an object"],
  [`[${entry("KeyTag=")}]`, "entry 1 of its DSRecordList has the KeyTag undefined"],
  [`[${entry("KeyTag=null")}]`, "entry 1 of its DSRecordList has the KeyTag null"],
  [`[${entry("KeyTag=65536")}]`, "entry 1 of its DSRecordList has the KeyTag 65536"],
  [`[${entry("KeyTag=-1")}]`, "has the KeyTag -1"],
  [`[${entry("KeyTag=1.5")}]`, "has the KeyTag 1.5"],
  [`[${entry("KeyTag=12345678901234567890")}]`, "has the KeyTag an object"],
  [`[${entry('KeyTag="02371"')}]`, 'has the KeyTag "02371"'],
  [`[${entry('KeyTag=" 1"')}]`, 'has the KeyTag " 1"'],
  [`[${entry('KeyTag="1e3"')}]`, 'has the KeyTag "1e3"'],
  [`[${entry('KeyTag=""')}]`, 'has the KeyTag ""'],
  [`[${entry("KeyTag=true")}]`, "has the KeyTag true"],
  [`[${entry("Algorithm=256")}]`, "has the Algorithm 256"],
  [`[${entry('DigestType="SHA256"')}]`, 'has the DigestType "SHA256"'],
  [`[${entry('Digest=""')}]`, 'has the Digest ""'],
  [`[${entry('Digest="abc"')}]`, 'has the Digest "abc"'],
  [`[${entry('Digest="zz"')}]`, 'has the Digest "zz"'],
  [`[${entry("Digest=11")}]`, "has the Digest 11"],
];

test.each(noLists)("not a list of DS records: %s", async (list, why) => {
  const answer = await answerWith(`,"DSRecordList":${list}`);
  const error = await rejection((async () => dsRecordsOf(await Promise.resolve(answer)))());
  expect(error).toMatchObject({
    code: "REGISTRAR_ANSWER_INVALID",
    disposition: "fatal",
    details: { requestId: "R-1" },
  });
  expect(error.message).toContain(`${why} (HTTP 200, RequestId R-1).`);
});

test("the number of a task", async () => {
  expect(taskNoOf(await answerWith(',"TaskNo":"e89-1"'))).toBe("e89-1");
  for (const odd of [
    "",
    ',"TaskNo":""',
    ',"TaskNo":null',
    ',"TaskNo":12345678901234567890',
    ',"TaskNo":["e89"]',
  ]) {
    const answer = await answerWith(odd);
    expect(() => taskNoOf(answer)).toThrow(expect.objectContaining({ effect: "possible" }) as Error);
  }
});

const requestId = "R-1";
const mine = '"TaskNo":"T-1"';

/** `Data`, and the status of task T-1 of example.com. */
const details: [string, string, object][] = [
  [
    "waiting",
    `{"TaskDetail":[{${mine},"TaskStatus":"WAITING_EXECUTE","TaskStatusCode":0}]}`,
    { state: "running", status: "WAITING_EXECUTE" },
  ],
  [
    "executing",
    `{"TaskDetail":[{${mine},"TaskStatus":"EXECUTING"}]}`,
    { state: "running", status: "EXECUTING" },
  ],
  [
    "success, whatever the message",
    `{"TaskDetail":[{${mine},"TaskStatus":"EXECUTE_SUCCESS","ErrorMsg":"The operation is successful.","FailReason":""}]}`,
    { state: "succeeded" },
  ],
  [
    "the name counts, not the code",
    `{"TaskDetail":[{${mine},"TaskStatus":"EXECUTING","TaskStatusCode":3}]}`,
    { state: "running", status: "EXECUTING" },
  ],
  [
    "an unknown status counts as running",
    `{"TaskDetail":[{${mine},"TaskStatus":"NEW the-test-key-secret\\n"}]}`,
    { state: "running", status: "NEW *** " },
  ],
  [
    "failure",
    `{"TaskDetail":[{${mine},"TaskStatus":"EXECUTE_FAILURE","FailReason":"a the-test-key-secret","ErrorMsg":"b","TryCount":5}]}`,
    { state: "failed", reason: "a ***", tries: 5, requestId },
  ],
  [
    "failure without FailReason",
    `{"TaskDetail":[{${mine},"TaskStatus":"EXECUTE_FAILURE","FailReason":" ","ErrorMsg":"b","TryCount":"2"}]}`,
    { state: "failed", reason: "b", tries: 2, requestId },
  ],
  [
    "failure without a reason",
    `{"TaskDetail":[{${mine},"TaskStatus":"EXECUTE_FAILURE","FailReason":null,"ErrorMsg":7,"TryCount":null}]}`,
    { state: "failed", reason: "the registrar gives no reason", requestId },
  ],
  [
    "an object for a list of one",
    `{"TaskDetail":{${mine},"TaskStatus":"EXECUTE_SUCCESS"}}`,
    { state: "succeeded" },
  ],
  [
    "one of several",
    `{"TaskDetail":[{"TaskNo":"T-2","TaskStatus":"EXECUTING"},{${mine},"TaskStatus":"EXECUTE_SUCCESS"}]}`,
    { state: "succeeded" },
  ],
  [
    "of this domain",
    `{"TaskDetail":[{${mine},"DomainName":"Example.COM","TaskStatus":"EXECUTE_SUCCESS"}]}`,
    { state: "succeeded" },
  ],
  [
    "of no domain",
    `{"TaskDetail":[{${mine},"DomainName":"","TaskStatus":"EXECUTE_SUCCESS"}]}`,
    { state: "succeeded" },
  ],
  [
    "of another domain",
    `{"TaskDetail":[{${mine},"DomainName":"example.net","TaskStatus":"EXECUTE_SUCCESS"}]}`,
    { state: "invisible" },
  ],
  [
    "of an invalid domain",
    `{"TaskDetail":[{${mine},"DomainName":"a..b","TaskStatus":"EXECUTE_SUCCESS"}]}`,
    { state: "invisible" },
  ],
  [
    "another task",
    `{"TaskDetail":[{"TaskNo":"T-10","TaskStatus":"EXECUTE_SUCCESS"}]}`,
    { state: "invisible" },
  ],
  ["an empty list", '{"TaskDetail":[]}', { state: "invisible" }],
  ["no list", "{}", { state: "invisible" }],
  ["a list that is null", '{"TaskDetail":null}', { state: "invisible" }],
  ["no data", "null", { state: "invisible" }],
];

test.each(details)("details: %s", async (_, data, status) => {
  expect(taskStatusOf(await answerWith(`,"Data":${data}`), domain, "T-1")).toEqual(status);
});

test("details name an IDN in Unicode", async () => {
  const answer = await answerWith(
    `,"Data":{"TaskDetail":[{${mine},"DomainName":"例子.cn","TaskStatus":"EXECUTING"}]}`,
  );
  expect(taskStatusOf(answer, "xn--fsqu00a.cn", "T-1")).toMatchObject({ state: "running" });
});

const noDetails: [string, string][] = [
  ["[]", "its Data is a list"],
  ['"x"', 'its Data is "x"'],
  ['{"TaskDetail":"x"}', "its TaskDetail has an entry that is not an object"],
  [
    `{"TaskDetail":[{${mine},"TaskStatus":"EXECUTING"},1]}`,
    "its TaskDetail has an entry that is not an object",
  ],
  [`{"TaskDetail":[{${mine},"TaskStatusCode":2}]}`, "its TaskStatus is undefined"],
  [`{"TaskDetail":[{${mine},"TaskStatus":2}]}`, "its TaskStatus is 2"],
];

test.each(noDetails)("not details: %s", async (data, why) => {
  const answer = await answerWith(`,"Data":${data}`);
  expect(() => taskStatusOf(answer, domain, "T-1")).toThrow(`${why} (HTTP 200, RequestId R-1)`);
});

/** Statuses of two details of task T-1, and the resulting status. */
const several: [string, string, string, string][] = [
  ["success, then running", '"EXECUTE_SUCCESS"', '"EXECUTING"', "running"],
  ["running, then failure", '"WAITING_EXECUTE"', '"EXECUTE_FAILURE"', "running"],
  ["success, then failure", '"EXECUTE_SUCCESS"', '"EXECUTE_FAILURE"', "succeeded"],
];

test.each(several)("two details of one task: %s", async (_, first, second, state) => {
  const detail = (status: string) => `{${mine},"DomainName":"${domain}","TaskStatus":${status}}`;
  const answer = await answerWith(`,"Data":{"TaskDetail":[${detail(first)},${detail(second)}]}`);
  expect(taskStatusOf(answer, domain, "T-1")).toMatchObject({ state });
  expect(namedTaskStatusOf(answer, domain, "T-1")).toMatchObject({ state });
});

/** Domains in the details of one task, and the status of that task for this domain. */
const named: [string, string[], string][] = [
  ["this one", ["Example.COM"], "running"],
  ["this one, and another one", ["example.net", domain], "running"],
  ["another one", ["example.net"], "elsewhere"],
  ["another one, and none", ["example.net", ""], "invisible"],
  ["none", [""], "invisible"],
  ["no details", [], "invisible"],
];

test.each(named)("a task whose domain is known only from its details: %s", async (_, names, state) => {
  const list = names.map((name) => `{${mine},"DomainName":"${name}","TaskStatus":"EXECUTING"}`).join(",");
  const answer = await answerWith(`,"Data":{"TaskDetail":[${list}]}`);
  expect(namedTaskStatusOf(answer, domain, "T-1")).toMatchObject({ state });
});

/** Days of the tasks in a list, `NextPage`, and whether the list has the newest tasks. */
const pages: [string[], string, boolean][] = [
  [["02", "01"], "false", true],
  [["01", "02"], "false", true],
  [["02", "01"], "true", true],
  [["02", "02", "01"], "true", true],
  [["01", "02"], "true", false],
  [["02", ""], "true", false],
  [["02"], "true", false],
  [[], "false", true],
  [["01", "02"], "null", false],
];

test.each(pages)("a page of tasks of the days %j, next page: %s", async (days, next, hasNewest) => {
  const tasks = days.map((day, index) => {
    const date = day === "" ? "" : `,"CreateTime":"2026-01-${day} 03:04:05"`;
    return `{"TaskNo":"T-${index}","TaskStatus":"COMPLETE"${date}}`;
  });
  const answer = await answerWith(`,"NextPage":${next},"Data":{"TaskInfo":[${tasks.join(",")}]}`);
  expect(taskListOf(answer)).toMatchObject({ hasNewest });
});

test("the list of tasks has statuses by number", async () => {
  const list = `{"TaskInfo":[{${mine},"TaskStatus":"COMPLETE","TaskStatusCode":3},{"TaskNo":"T-2","TaskStatus":"EXECUTING"}]}`;
  const { statuses } = taskListOf(await answerWith(`,"Data":${list}`));
  expect([...statuses]).toEqual([
    ["T-1", "COMPLETE"],
    ["T-2", "EXECUTING"],
  ]);
});
