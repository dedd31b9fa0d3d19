import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const script = path.resolve(__dirname, "../.ci/pulumi-cli/obtain.mjs");
const pinned = /pkg\/v3 (v\S+)/.exec(
  readFileSync(path.resolve(__dirname, "../.ci/pulumi-cli/engine/go.mod"), "utf8"),
)?.[1] as string;
const archivePath = `/releases/sdk/pulumi-${pinned}-${process.platform}-${process.arch}.tar.gz`;
const helpers = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

let directory: string;
let site: Server;
let siteAnswers: Record<string, Buffer>;
let requests: string[];

function inside(...names: string[]): string {
  return path.join(directory, ...names);
}

function addExecutable(folder: string, name: string, text = ""): void {
  mkdirSync(inside(folder), { recursive: true });
  writeFileSync(inside(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function addCli(folder: string, version: string, companions = helpers): void {
  addExecutable(folder, "pulumi", `echo ${version}`);
  for (const name of companions) addExecutable(folder, name);
}

/** A release, which is one folder `pulumi` with everything in it. */
function releaseArchive(version: string): Buffer {
  addCli("release/pulumi", version);
  return execFileSync("tar", ["-czf", "-", "-C", inside("release"), "pulumi"]);
}

function linkTool(name: string): void {
  const tool = execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
  symlinkSync(tool, inside("tools", name));
}

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

function obtain(folders: string[], additions: Record<string, string> = {}): Promise<Outcome> {
  const { port } = site.address() as AddressInfo;
  const env = {
    HOME: inside("home"),
    XDG_CACHE_HOME: inside("cache"),
    PATH: [...folders, "tools"].map((folder) => inside(folder)).join(path.delimiter),
    PULUMI_INSTALLER_SITE: `http://127.0.0.1:${port}`,
    ...additions,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout: stdout.trim(), stderr }),
    );
  });
}

function storedNames(): string[] {
  const cache = inside("cache/pulumi-alicloud-dnssec");
  return existsSync(cache) ? readdirSync(cache) : [];
}

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "obtain-test-"));
  mkdirSync(inside("tools"));
  for (const tool of ["tar", "gzip"]) linkTool(tool);
  siteAnswers = {};
  requests = [];
  site = createServer((request, response) => {
    requests.push(request.url ?? "");
    const body = siteAnswers[request.url ?? ""];
    response.writeHead(body ? 200 : 404).end(body);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

describe("a CLI on PATH", () => {
  test.each(["v3.216.0", "v3.1000.1", "v4.0.0"])(
    "%s is taken as it is, without a look at the site",
    async (version) => {
      addCli("bin", version);
      expect(await obtain(["bin"])).toEqual({ code: 0, stdout: inside("bin"), stderr: "" });
      expect(requests).toEqual([]);
    },
  );

  test("is used if its plugins are elsewhere on PATH", async () => {
    addCli("bin", "v3.259.0", []);
    for (const name of helpers) addExecutable("plugins", name);
    expect(await obtain(["bin", "plugins"])).toMatchObject({ code: 0, stdout: inside("bin") });
  });

  test("is used if it is a link and its plugins are next to the file", async () => {
    addCli("installed", "v3.259.0");
    mkdirSync(inside("bin"));
    symlinkSync(inside("installed/pulumi"), inside("bin/pulumi"));
    expect(await obtain(["bin"])).toMatchObject({ code: 0, stdout: inside("bin") });
  });

  test.each([
    ["too old", "echo v3.215.9", helpers, "is v3.215.9, and 3.216 is the lowest that works"],
    ["of an older major version", "echo v2.300.0", helpers, "is v2.300.0"],
    ["of an unreadable version", "echo unknown", helpers, "is unknown"],
    ["broken", "exit 1", helpers, "does not run"],
    ["without plugins", "echo v3.259.0", [], `has no ${helpers.join(" and ")} beside it`],
    [
      "without language host",
      "echo v3.259.0",
      ["pulumi-resource-pulumi-nodejs"],
      "has no pulumi-language-nodejs beside it",
    ],
    [
      "without the launcher of dynamic providers",
      "echo v3.259.0",
      ["pulumi-language-nodejs"],
      "has no pulumi-resource-pulumi-nodejs beside it",
    ],
  ])("is passed over when it is %s", async (_, text, companions, reason) => {
    addCli("bin", "", companions);
    addExecutable("bin", "pulumi", text);
    const { code, stderr } = await obtain(["bin"]);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });
});

describe("no CLI on PATH", () => {
  test("the release is downloaded once, then taken from the cache", async () => {
    siteAnswers[archivePath] = releaseArchive(pinned);
    const first = await obtain([]);
    expect(first).toMatchObject({ code: 0, stderr: `Downloading the Pulumi CLI ${pinned}, once.\n` });
    expect(storedNames()).toEqual([path.basename(first.stdout)]);
    expect(readdirSync(first.stdout).sort()).toEqual(["pulumi", ...helpers]);

    expect(await obtain([])).toEqual({ code: 0, stdout: first.stdout, stderr: "" });
    expect(requests).toEqual([archivePath]);
  });

  test("two at once download once", async () => {
    siteAnswers[archivePath] = releaseArchive(pinned);
    const [first, second] = await Promise.all([obtain([]), obtain([])]);
    expect(first).toMatchObject({ code: 0, stdout: second.stdout });
    expect(requests).toEqual([archivePath]);
  });

  test("the lock and leftovers of a dead process stop no other", async () => {
    siteAnswers[archivePath] = releaseArchive(pinned);
    const { stdout } = await obtain([]);
    rmSync(stdout, { recursive: true });
    const pidOfNobody = "999999999";
    writeFileSync(`${stdout}.lock`, pidOfNobody);
    mkdirSync(`${stdout}.part-${pidOfNobody}`);
    expect(await obtain([])).toMatchObject({ code: 0, stdout });
    expect(storedNames()).toEqual([path.basename(stdout)]);
  });

  test("a damaged cache is filled again", async () => {
    siteAnswers[archivePath] = releaseArchive(pinned);
    const { stdout } = await obtain([]);
    writeFileSync(path.join(stdout, "pulumi"), "#!/bin/sh\nexit 1\n");
    expect(await obtain([])).toMatchObject({ code: 0, stdout });
    expect(requests).toHaveLength(2);
  });

  test("a broken archive is reported and leaves nothing", async () => {
    siteAnswers[archivePath] = Buffer.from("<html>maintenance</html>");
    const { code, stderr } = await obtain([]);
    expect(code).toBe(1);
    expect(stderr).toContain("the download failed");
    expect(storedNames()).toEqual([]);
  });

  test("if nothing works, every reason is reported, with advice", async () => {
    const { code, stdout, stderr } = await obtain([]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("there is no `pulumi` on PATH");
    expect(stderr).toContain(`${archivePath} answers 404`);
    expect(stderr).toContain("`go`, which could build it from its modules, is not installed");
    expect(stderr).toContain("https://www.pulumi.com/docs/install/");
    expect(storedNames()).toEqual([]);
  });

  test("an unreachable site is reported", async () => {
    const { stderr } = await obtain([], { PULUMI_INSTALLER_SITE: "http://127.0.0.1:1" });
    expect(stderr).toContain("is out of reach");
  });

  test("a failed build shows the compiler's output", async () => {
    addExecutable("bin", "go", '[ "$1" = version ] || { echo "no such module" >&2; exit 1; }');
    const { code, stderr } = await obtain(["bin"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Building the Pulumi CLI ${pinned} from its Go modules, once`);
    expect(stderr).toContain("no such module");
    expect(storedNames()).toEqual([]);
  });
});
