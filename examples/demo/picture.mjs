#!/usr/bin/env node
/**
 * `npm run picture` runs the demo, draws docs/images/refused-preview.svg from its output, and puts
 * its messages into docs/guides/safety.md. With `--check`, it reads the demo's output from stdin
 * instead, and fails if one of the files is not current.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { promisify } from "node:util";

const repositoryRoot = path.resolve(import.meta.dirname, "../..");
const picture = "docs/images/refused-preview.svg";
const guide = "docs/guides/safety.md";
const read = (file) => readFileSync(path.join(repositoryRoot, file), "utf8");

/** The commands in the picture: the demo's step, and the diagnostics to show, in this order. */
const scenes = [
  { step: "1. ", command: "$ pulumi preview", shown: [/^warning: .*\b10771\b/, /^DNSSEC preflight /] },
  { step: "2. ", command: "$ pulumi up", shown: [/^error: .*\b10771\b/] },
];

const columns = 88;
const sizes = { character: 8.4, font: 14, line: 21, margin: 24, bar: 34 };

/** Returns the text of the picture, as lines of any width. */
function excerptOf(output) {
  return scenes.flatMap(({ step, command, shown }, index) => {
    const scene = output.split(`\n${step}`)[1]?.split("\n") ?? [];
    const diagnostics = scene.slice(scene.indexOf("Diagnostics:"));
    const lines = [
      scene.find((line) => line.startsWith(command)),
      ...shown.map((pattern) => diagnostics.map((line) => line.trim()).find((line) => pattern.test(line))),
    ];
    if (lines.includes(undefined))
      throw new Error(`Step ${step}of the demo does not print what the picture shows.`);
    return [...(index > 0 ? [""] : []), ...lines.map(normalized)];
  });
}

/** Ports differ from run to run. */
function normalized(line) {
  return line.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:53");
}

const indent = 2;

/** Breaks a line between its words. All rows but the first are indented. */
function wrapped(line) {
  const rows = [{ text: "", indent: 0 }];
  for (const word of line.split(" ")) {
    const row = rows.at(-1);
    if (row.text === "") row.text = word;
    else if (row.indent + row.text.length + 1 + word.length <= columns) row.text += ` ${word}`;
    else rows.push({ text: word, indent });
  }
  return rows;
}

function escaped(line) {
  return line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Returns the parts of a row that have a colour of their own, and the rest. */
function partsOf(row) {
  const [, lead = "", body = "", code = ""] = /^(\$ .*|warning:|error:)?(.*?)(\[[A-Z_]+\])?$/.exec(row);
  const name = lead.startsWith("$") ? "command" : lead.replace(":", "");
  return [
    { name, at: 0, text: lead },
    { name: "plain", at: lead.length, text: body },
    { name: "code", at: lead.length + body.length, text: code },
  ];
}

/** Returns a row as text elements of a set width, since fonts differ in it. */
function drawn(row, column, y) {
  return partsOf(row).flatMap(({ name, at, text }) => {
    const trimmed = text.trim();
    if (trimmed === "") return [];
    const start = column + at + text.indexOf(trimmed);
    const x = (sizes.margin + start * sizes.character).toFixed(1);
    const length = (trimmed.length * sizes.character).toFixed(1);
    const attributes = `class="${name}" x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
    return [`<text ${attributes}>${escaped(trimmed)}</text>`];
  });
}

/** A terminal of its own colours, so that it is legible on a light and on a dark page. */
function pictureOf(excerpt) {
  const rows = excerpt.flatMap(wrapped);
  const width = Math.ceil(columns * sizes.character + 2 * sizes.margin);
  const height = sizes.bar + rows.length * sizes.line + sizes.margin;
  const texts = rows.flatMap(({ text, indent }, index) =>
    drawn(text, indent, sizes.bar + (index + 1) * sizes.line - 5),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">A preview that warns of a wrong DS record, and an update that is refused</title>
<desc id="desc">${escaped(excerpt.filter((line) => line !== "").join(" "))}</desc>
<style>
text { font: ${sizes.font}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: #d1d7e0 }
.command { fill: #ffffff; font-weight: bold }
.warning { fill: #f0c14b; font-weight: bold }
.error { fill: #ff8580; font-weight: bold }
.code { fill: #ff8580 }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#1c2128" stroke="#6e7681"/>
<g fill="#6e7681"><circle cx="24" cy="19" r="5"/><circle cx="42" cy="19" r="5"/><circle cx="60" cy="19" r="5"/></g>
${texts.join("\n")}
</svg>
`;
}

/** Returns the guide with the demo's messages, as a real delegation would have them. */
function guideWith(excerpt) {
  const samples = excerpt
    .filter((line) => /^(?:warning|error): /.test(line))
    .map((line) => line.replace("127.0.0.1:53", "ns1.example.net (192.0.2.1)"))
    .map((line) => line.replace(/("\d+ \d+ \d+ \w{8})\w+"/, '$1…"'));
  return samples.reduce((text, sample) => {
    const [start] = sample.split(" ", 1);
    const block = new RegExp(`(?<=^\`\`\`\\n)${start} .*?(?=\\n\`\`\`$)`, "ms");
    if (!block.test(text)) throw new Error(`${guide} has no sample that begins with "${start}".`);
    const rows = wrapped(sample).map((row) => row.text);
    return text.replace(block, () => rows.join("\n"));
  }, read(guide));
}

async function demoOutput() {
  const demo = path.join(repositoryRoot, "examples/demo.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [demo], { maxBuffer: 2 ** 24 });
  return stdout;
}

/** Returns the current text of each file. */
function filesOf(output) {
  const excerpt = excerptOf(output);
  return new Map([
    [picture, pictureOf(excerpt)],
    [guide, guideWith(excerpt)],
  ]);
}

if (process.argv.includes("--check")) {
  for (const [file, text] of filesOf(await textOf(process.stdin))) {
    const current = text.split("\n");
    const stale = read(file)
      .split("\n")
      .find((line, index) => line !== current[index]);
    if (stale === undefined) continue;
    console.error(`${file} is not what the demo prints: ${stale}\nWrite it again: npm run picture`);
    process.exitCode = 1;
  }
} else {
  for (const [file, text] of filesOf(await demoOutput())) {
    writeFileSync(path.join(repositoryRoot, file), text);
    console.log(`${file} is current.`);
  }
}
