import { execFile } from "node:child_process";
import { createWriteStream, rmSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { pinnedVersion } from "./store.mjs";

const run = promisify(execFile);
const answerMs = 3_000;
const transferMs = 10 * 60_000;

function archiveUrl(env) {
  const site = env.PULUMI_INSTALLER_SITE || "https://get.pulumi.com";
  return `${site}/releases/sdk/pulumi-${pinnedVersion()}-${process.platform}-${process.arch}.tar.gz`;
}

/** Returns the site's answer, or the reason why there is none, within three seconds. */
export async function openArchive(env) {
  const url = archiveUrl(env);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error("no answer in 3 s")), answerMs);
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (response.ok) return { body: response.body, abort: () => controller.abort() };
    await response.body?.cancel();
    return { reason: `${url} answers ${response.status}` };
  } catch (error) {
    return { reason: `${url} is out of reach (${error.cause?.code ?? error.message})` };
  } finally {
    clearTimeout(timer);
  }
}

/** Unpacks an opened archive into `directory`. */
export async function download(archive, directory, env) {
  const file = path.join(directory, "archive.tar.gz");
  const timer = setTimeout(archive.abort, transferMs);
  try {
    await pipeline(Readable.fromWeb(archive.body), createWriteStream(file));
  } finally {
    clearTimeout(timer);
  }
  await run("tar", ["-xzf", file, "-C", directory, "--strip-components=1"], { env });
  rmSync(file);
}
