/** Imports go down only, and in no circle: the rooms of assembly/ and what each may look into (docs/DESIGN.md, "Rooms and layers"). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { circles, graphOf, sources as sourcesOf } from "./circles.ts";

const root = fileURLToPath(new URL("../../assembly/", import.meta.url));

/** What lies below ike's lowest room: ike and the data path meet in sadb, and nowhere else. */
const belowIke = ["sadb", "lists", "oakley", "pki", "number", "crypto", "wire", "util"];
/** What lies below the data path. */
const belowSadb = ["lists", "crypto", "util"];

/** A room and what it may import, lower rooms first; `sadb` and `ike` stand for every room of theirs. */
const below: Record<string, string[]> = {
  limits: [],
  util: [],
  wire: ["util"],
  crypto: ["util"],
  lists: ["util"],
  number: ["crypto", "util"],
  oakley: ["number", "crypto", "wire", "util"],
  pki: ["number", "crypto", "wire", "util"],

  "sadb/terms": belowSadb,
  "sadb/work": belowSadb,
  "sadb/settings": ["sadb/terms", ...belowSadb],
  "sadb/sas": ["sadb/terms", "sadb/settings", "sadb/work", ...belowSadb],
  "sadb/policies": ["sadb/terms", "sadb/settings", "sadb/work", "sadb/sas", ...belowSadb],
  "sadb/sadb": ["sadb/terms", "sadb/settings", "sadb/work", "sadb/sas", "sadb/policies", ...belowSadb],

  net: ["lists", "wire", "util"],
  services: ["net", "lists", "crypto", "wire", "util"],
  ipsec: ["sadb", "wire", "crypto", "util"],

  "ike/settings": belowIke,
  "ike/offer": ["ike/settings", ...belowIke],
  "ike/state": ["ike/settings", "ike/offer", ...belowIke],
  "ike/report": ["ike/settings", "ike/offer", "ike/state", ...belowIke],
  // Messages say nothing of how one proves who one is, nor proofs how messages are sent.
  "ike/message": ["ike/settings", "ike/offer", "ike/state", "ike/report", ...belowIke],
  "ike/proof": ["ike/settings", "ike/offer", "ike/state", "ike/report", ...belowIke],
  "ike/modes": ["ike/settings", "ike/offer", "ike/state", "ike/report", "ike/message", "ike/proof", ...belowIke],
  "ike/engine": ["ike/settings", "ike/offer", "ike/state", "ike/report", "ike/message", "ike/proof", "ike/modes", ...belowIke],
  "ike/upkeep": ["ike/settings", "ike/offer", "ike/state", "ike/report", "ike/message", "ike/proof", "ike/modes", "ike/engine", ...belowIke],
  "ike/ike": ["ike"],

  access: ["pki", "number", "crypto", "util"],
  filter: ["sadb", "lists", "net", "wire", "util"],
  cli: ["access", "filter", "ike", "ipsec", "sadb", "services", "lists", "net", "pki", "util"],
  device: ["cli", "access", "filter", "services", "ike", "ipsec", "net", "sadb", "lists", "oakley", "pki", "number", "crypto", "wire", "util"],
  index: ["device"],
  primitives: ["oakley", "number", "sadb/terms", "crypto", "wire", "util"],
};
below["ike/ike"]!.push(...belowIke);

/**
 * The one circle that is allowed: an exchange is under an ISAKMP SA, and while phase 1 runs the SA has its exchange. Both are types alone
 * there; neither file calls the other.
 */
const allowed = [["ike/state/exchange.ts", "ike/state/isakmp_sa.ts"]];

/** `crypto/aes.ts` is in the room crypto, `ike/modes/table.ts` in ike/modes, `sadb/sadb.ts` is a room of its own; so is a file at the top. */
function roomOf(path: string): string {
  const parts = path.replace(/\.ts$/, "").split("/");
  return parts[0] === "sadb" || parts[0] === "ike" ? parts.slice(0, 2).join("/") : parts[0]!;
}

/** Whether a room's list lets it look into another. */
function mayImport(room: string, other: string): boolean {
  return other === room || other === "limits" || (below[room] ?? []).some((name) => other === name || other.startsWith(`${name}/`));
}

/** Every import from a room that its importer may not look into, as a sentence. */
function upward(graph: Map<string, Set<string>>): string[] {
  return [...graph].flatMap(([file, imported]) =>
    [...imported].filter((other) => !mayImport(roomOf(file), roomOf(other))).map((other) => `${file} imports ${other}`),
  );
}

const paths = sourcesOf(root);
const short = (path: string) => relative(root, path).replaceAll("\\", "/");
const graph = new Map([...graphOf(paths)].map(([file, imported]) => [short(file), new Set([...imported].map(short))]));
const sources = paths.map((path) => ({ path, room: roomOf(short(path)), text: readFileSync(path, "utf8") }));

test("every room has a line in the table of layers", () => {
  assert.deepEqual([...new Set(sources.map(({ room }) => room))].filter((room) => !below[room]), []);
});

test("every import goes down", () => {
  assert.deepEqual(upward(graph), []);
});

test("no circle of files, but for the one that is named", () => {
  assert.deepEqual(circles(graph), allowed);
});

test("the check sees an import that goes up, and a circle", () => {
  const planted = (file: string, other: string) => new Map([...graph, [file, new Set([...(graph.get(file) ?? []), other])]]);
  assert.equal(upward(planted("ike/modes/informational.ts", "ike/upkeep/wanted.ts")).length, 1);
  assert.equal(upward(planted("number/modexp.ts", "oakley/groups.ts")).length, 1);
  assert.equal(upward(planted("sadb/sas/sad.ts", "sadb/policies/spd.ts")).length, 1);
  assert.equal(upward(planted("ike/message/message.ts", "ike/proof/authenticate.ts")).length, 1);
  assert.equal(upward(planted("ipsec/inbound.ts", "ike/state/pairs.ts")).length, 1);
  assert.equal(circles(planted("ike/engine/retransmit.ts", "ike/engine/engine.ts")).length, allowed.length + 1);
  assert.equal(circles(planted("util/pool.ts", "util/packet.ts")).length, allowed.length + 1);
});

test("only util/host.ts names an import of the host", () => {
  const users = sources.filter(({ text }) => /@external/.test(text)).map(({ path }) => relative(root, path));
  assert.deepEqual(users, [join("util", "host.ts")]);
});
