import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { findForeignWords, foreignWords } from "./vocabulary";
import { repositoryRoot } from "../harness/environment";

const textOf = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");

test.each(Object.keys(foreignWords))("%s has only words that it knows", (folder) => {
  const files = readdirSync(path.join(repositoryRoot, folder), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(4);
  expect(files.flatMap((file) => findForeignWords(file, textOf(file)))).toEqual([]);
});

test("provider/alicloud may name no action of the Domain API", () => {
  const actions = [...textOf("provider/registrar/requests.ts").matchAll(/action: "(\w+)"/g)];
  expect(actions.length).toBeGreaterThan(3);
  for (const [, action] of actions)
    expect(findForeignWords("provider/alicloud/a.ts", `"${action}"`)).not.toEqual([]);
});

test.each<[string, string, number]>([
  ["provider/alicloud/a.ts", "An account's calls, and a DsRecordError.", 0],
  ["provider/alicloud/a.ts", 'action: "QueryDSRecord"', 2],
  ["provider/alicloud/credentials/a.ts", "the task's number", 1],
  ["provider/alicloud/a.ts", "const taskNo = 1;", 1],
  ["provider/alicloud/a.ts", "a DS record of a domain", 2],
  ["provider/concurrency/a.ts", "as Pulumi does", 1],
  ["provider/concurrency/a.ts", "several tasks", 0],
  ["provider/lifecycle/record/a.ts", 'inputs["__urn"]', 1],
  ["provider/registrar/a.ts", 'inputs["__urn"]', 1],
  ["provider/registrar/a.ts", "a task", 0],
  ["provider/dynamic/process/a.ts", 'inputs["__urn"]', 0],
])("foreign words of %s: %j", (file, text, count) => {
  expect(findForeignWords(file, text)).toHaveLength(count);
});
