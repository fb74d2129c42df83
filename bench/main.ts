// `npm run bench [-- NAME ...] [--quick] [--docs]`: benchmarks by name, all without one. Every comparison is made in one run.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FULL, QUICK } from "./measure.ts";
import { machine } from "./machine.ts";
import { endOpenSsl } from "./peers/openssl.ts";
import { writeDocs } from "./report/docs.ts";
import { page } from "./report/page.ts";
import { groups, table } from "./report/table.ts";
import { load, store, type Result } from "./results.ts";
import type { Bench } from "./suite.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

const benches: Record<string, { what: string; load: () => Promise<Bench> }> = {
  hash: { what: "hashes and HMAC", load: async () => (await import("./primitives/hash.ts")).hash },
  cipher: { what: "ciphers on packets", load: async () => (await import("./primitives/cipher.ts")).cipher },
  modexp: { what: "powers in the MODP groups", load: async () => (await import("./primitives/modexp.ts")).modexp },
  curves: { what: "Diffie-Hellman on the curves", load: async () => (await import("./primitives/curves.ts")).curves },
  signatures: { what: "signatures of RSA-2048 and ECDSA on P-256", load: async () => (await import("./primitives/signatures.ts")).signatures },
  esp: { what: "whole ESP packets by suite and length", load: async () => (await import("./primitives/esp.ts")).esp },
  path: { what: "the whole way of a packet: postern-linux and charon with kernel-libipsec (Linux, root)", load: async () => (await import("./gateways/path.ts")).path },
  handshake: { what: "handshakes of postern-linux and charon (Linux, root)", load: async () => (await import("./gateways/handshake.ts")).handshake },
  board: { what: "the emulated boards, and the crypto core on the i.MX6UL's core against BearSSL and OpenSSL, in guest instructions", load: async () => (await import("./board.ts")).board },
  scale: { what: "a packet's cost with many tunnels and flows", load: async () => (await import("./scale.ts")).scale },
};

const usage = `npm run bench [-- NAME ...] [--quick] [--docs] [--list]

${Object.entries(benches).map(([name, { what }]) => `  ${name.padEnd(11)}${what}`).join("\n")}

  --quick    a trial of everything in a few seconds: its figures mean nothing, and go to build/bench/quick.*
  --docs     writes docs/BENCHMARKS.md, docs/benchmarks.svg and the README's figures from build/bench/bench.json
             (with names: after measuring those; without: measures nothing)
  --list     these lines

Results: the terminal, build/bench/bench.json, build/bench/index.html.`;

function given(): { names: string[]; quick: boolean; docs: boolean; list: boolean } {
  try {
    const { values, positionals } = parseArgs({ options: { quick: { type: "boolean", default: false }, docs: { type: "boolean", default: false }, list: { type: "boolean", default: false } }, allowPositionals: true });
    const unknown = positionals.filter((name) => !benches[name]);
    if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(", ")}`);
    return { names: positionals, ...values };
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

const { names, quick, docs, list } = given();
if (list) {
  console.log(usage);
  process.exit(0);
}
const folder = join(root, "build/bench");
const file = join(folder, quick ? "quick.json" : "bench.json");
mkdirSync(folder, { recursive: true });

const chosen = names.length > 0 ? names : docs ? [] : Object.keys(benches);
const effort = quick ? QUICK : FULL;
const fresh: Result[] = [];
let failed = false;
for (const name of chosen) {
  const started = Date.now();
  if (process.stderr.isTTY) process.stderr.write(`${name}: ${benches[name]!.what} ...\n`);
  try {
    const run = await benches[name]!.load();
    const made = await run(effort, (row) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${row.group}, ${row.size}\u001b[K`);
    });
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    for (const suite of [made].flat()) {
      const result: Result = { ...suite, machine: machine(), command: `npm run bench -- ${name}${quick ? " --quick" : ""}`, quick, seconds: Math.round((Date.now() - started) / 1000) };
      fresh.push(result);
      print(result);
    }
  } catch (error) {
    console.error(`bench: ${name}: ${(error as Error).message}`);
    failed = true;
  }
}
endOpenSsl();

function print(result: Result): void {
  console.log(`\n${result.name}: ${result.about}; ${result.unit}, by ${result.axis}. A ratio is the first line's speed in times of a line's, with its quartiles.`);
  for (const [group, rows] of groups(result.rows)) console.log(`\n${table(result, group, rows)}`);
  for (const sentence of [...result.notes, ...result.missing]) console.log(`\n${sentence}`);
}

if (chosen.length > 0) {
  const all = store(file, fresh, Object.keys(benches));
  writeFileSync(join(folder, quick ? "quick.html" : "index.html"), page(all));
  console.log(`\nbuild/bench/${quick ? "quick" : "bench"}.json, build/bench/${quick ? "quick" : "index"}.html`);
}
if (docs) {
  const written = writeDocs(load(file), root);
  console.log(written.length > 0 ? written.join("\n") : "bench: build/bench/bench.json has no results: measure first");
  if (written.length === 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
