/** `postern run` on a terminal of the system's: how to leave is named, and `reload` leaves a clean line. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../support/world/until.ts";

const skip = existsSync("/usr/bin/script") ? false : "script, of util-linux, is not there";
const command = fileURLToPath(new URL("../../host/node/postern.mjs", import.meta.url));
const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** The rows that a terminal shows in the end. */
const rows = (text: string): string[] => text.split("\r\n").map((row) => row.split("\r\x1b[J").at(-1)!.replace(/\r(\x1b\[\d+C)?/g, ""));

function terminal(...args: string[]) {
  // `script` runs the program on a pseudo terminal, and hands on what it is given itself.
  const child = spawn("script", ["-qfec", [process.execPath, command, "run", ...args].join(" "), "/dev/null"], { stdio: "pipe" });
  children.add(child);
  const seen = { text: "" };
  child.stdout.on("data", (chunk: Buffer) => (seen.text = (seen.text + chunk.toString()).replace(/\r+\n/g, "\r\n")));
  const exit = new Promise<number | null>((resolve) => child.once("exit", (status) => resolve(status)));
  const last = () => rows(seen.text).at(-1);
  return { seen, exit, last, type: (text: string) => child.stdin.write(text) };
}

test("a terminal is told how to leave; reload leaves a clean line; Ctrl-D ends the router", { skip }, async () => {
  const t = terminal();
  await until("a prompt", () => t.last() === "Router#");
  assert.match(t.seen.text, /postern: Ctrl-D on an empty line ends the router, Ctrl-C a command that runs; \? lists what may be typed\r\n/);
  t.type("reload\r");
  await until("the fresh instance's prompt", () => /% Reload:[^]*Router#/.test(t.seen.text) && t.last() === "Router#");
  const shown = rows(t.seen.text);
  const at = shown.findIndex((row) => row.startsWith("% Reload: a fresh instance starts with the startup configuration."));
  assert.ok(at > 0, t.seen.text);
  assert.equal(shown[at - 1], "Router#reload");
  assert.deepEqual(shown.slice(at + 1), ["Router#"]);
  t.type("show clock\r");
  await until("an answer", () => /Router#show clock/.test(rows(t.seen.text).join("\n")) && t.last() === "Router#");
  t.type("\x04");
  assert.equal(await t.exit, 0);
  assert.deepEqual(rows(t.seen.text).slice(-2), ["Router#", ""]);
});

test("what a password's prompt is answered with is shown nowhere, nor in the history", { skip }, async () => {
  const t = terminal();
  const asked = () => /^Password: *(\x1b\[8m)?/.test(t.last()!);
  await until("a prompt", () => t.last() === "Router#");
  t.type("configure terminal\renable secret Sword-fish7\rend\r");
  await until("the prompt behind it", () => /\n\S*\(config\)#end[^]*Router#$/.test(rows(t.seen.text).join("\n")));
  t.type("disable\r");
  await until("the user's prompt", () => t.last() === "Router>");
  const from = t.seen.text.length;
  t.type("enable\r");
  await until("a question", asked);
  t.type("Wrong-word1\r");
  await until("another question", () => t.seen.text.slice(from).includes("\x1b[28mPassword:") && asked());
  t.type("Sword-fish7\r");
  await until("the prompt of who may all", () => t.last() === "Router#");
  // The line before is what the key for it brings back.
  t.type("\x1b[A");
  await until("the line before", () => t.last() === "Router#enable");
  assert.doesNotMatch(t.seen.text.slice(from), /Wrong|word1|Sword|fish7/);
  t.type("\x15\x04");
  assert.equal(await t.exit, 0);
});
