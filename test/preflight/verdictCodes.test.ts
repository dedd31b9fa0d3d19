import { readFileSync } from "node:fs";
import path from "node:path";
import { verdictCodes } from "../../provider/preflight/verdictCodes";
import { repositoryRoot } from "../harness/environment";

const read = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");

/** Codes of failed observations, in addition to those of the judge. */
const problemCodes = ["NOT_DELEGATED", "SERVERS_NOT_FOUND", "ADDRESSES_NOT_FOUND"];

test("docs/guides/safety.md has every code, in its order, and what it means", () => {
  const [, table = ""] = /<!-- begin of the codes -->(.*)<!-- end of the codes -->/s.exec(
    read("docs/guides/safety.md"),
  ) ?? ["", ""];
  const rows = [...table.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const judged = Object.entries(verdictCodes).map(([code, meaning]) => [code, capital(meaning)]);
  expect(rows.slice(0, judged.length)).toEqual(judged);
  expect(rows.slice(judged.length).map(([code]) => code)).toEqual(problemCodes);
});

test.each(problemCodes)("the problem code %s exists", (code) => {
  expect(read("provider/dns/nameServers.ts")).toContain(`"${code}"`);
});
