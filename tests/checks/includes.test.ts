/** The C rooms include downwards only: boards and host/linux stand on host/wamr, that on host/baremetal. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Each room, and the rooms whose headers it may have. */
const ROOMS: Record<string, string[]> = {
  "host/baremetal": [],
  "host/wamr": ["host/baremetal"],
  "host/linux": ["host/wamr", "host/baremetal"],
  boards: ["host/wamr", "host/baremetal"],
};

const files = Object.keys(ROOMS).flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[chS]$/.test(name))
    .map((name) => ({ room, path: join(room, name) })),
);
const includes = (path: string): string[] => [...readFileSync(join(root, path), "utf8").matchAll(/^\s*#\s*include "([^"]+)"/gm)].map((match) => basename(match[1]!));

it("no C file includes a header of a room above it", () => {
  const headers = new Map<string, { room: string; path: string }[]>();
  for (const file of files) if (file.path.endsWith(".h")) headers.set(basename(file.path), [...(headers.get(basename(file.path)) ?? []), file]);
  assert.ok(headers.size > 20);
  for (const { room, path } of files)
    for (const name of includes(path)) {
      // Headers of WAMR are none of these.
      const found = headers.get(name);
      if (found) assert.ok(found.some((header) => header.room === room || ROOMS[room]!.includes(header.room)), `${path} includes ${name} of ${dirname(found[0]!.path)}`);
    }
});

it("no symbol of a room above is declared where it is used", () => {
  for (const { room, path } of files) if (room !== "boards" && path.endsWith(".c")) assert.doesNotMatch(readFileSync(join(root, path), "utf8"), /^extern [^;]*\(/m, path);
});
