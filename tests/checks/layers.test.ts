/** Imports go down only: the rooms of assembly/ and what each may look into (docs/DESIGN.md, "Rooms and layers"). */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../assembly/", import.meta.url));

const below: Record<string, string[]> = {
  util: [],
  wire: ["util"],
  crypto: ["util"],
  lists: ["sadb", "util"],
  number: ["crypto", "util"],
  oakley: ["number", "crypto", "wire", "util"],
  pki: ["number", "crypto", "wire", "util"],
  sadb: ["lists", "crypto", "util"],
  net: ["wire", "util"],
  ipsec: ["wire", "crypto", "sadb", "util"],
  ike: ["wire", "crypto", "number", "oakley", "pki", "sadb", "lists", "util"],
  cli: ["ike", "ipsec", "sadb", "lists", "net", "util"],
  device: ["cli", "ike", "ipsec", "net", "sadb", "lists", "number", "oakley", "crypto", "wire", "util"],
  index: ["device"],
  primitives: ["number", "oakley", "crypto", "wire", "util"],
  limits: [],
};

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** `crypto/aes.ts` is in the room crypto; a file at the top is a room of its own. */
function roomOf(path: string): string {
  const [first = ""] = relative(root, path).split(/[/\\]/);
  return first.replace(/\.ts$/, "");
}

const sources = files(root).map((path) => ({ path, room: roomOf(path), text: readFileSync(path, "utf8") }));

test("every import goes down", () => {
  const wrong: string[] = [];
  for (const { path, room, text } of sources) {
    assert.ok(below[room], `room ${room} has no line in the table of layers`);
    for (const [, from = ""] of text.matchAll(/^\s*(?:import|export)\b[^;]*?from\s+"([^"]+)"/gms)) {
      const target = roomOf(join(dirname(path), from) + ".ts");
      if (target !== room && target !== "limits" && !below[room]!.includes(target)) wrong.push(`${relative(root, path)} imports ${from}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("only util/host.ts names an import of the host", () => {
  const users = sources.filter(({ text }) => /@external/.test(text)).map(({ path }) => relative(root, path));
  assert.deepEqual(users, [join("util", "host.ts")]);
});

test("ike and ipsec meet only in sadb", () => {
  for (const { path, room, text } of sources) {
    if (room === "ike") assert.doesNotMatch(text, /from "\.\.\/ipsec\//, path);
    if (room === "ipsec") assert.doesNotMatch(text, /from "\.\.\/ike\//, path);
  }
});
