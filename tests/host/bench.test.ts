/** `npm run bench -- --quick`: every contender is there and gives the right results, the file is good, the page has its plots. No time is judged. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { arch } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { flight } from "../../bench/gateways/flight.ts";
import { measure, QUICK, spread, type Contender } from "../../bench/measure.ts";
import { picture } from "../../bench/report/plots.ts";
import { page } from "../../bench/report/page.ts";
import { groups, table } from "../../bench/report/table.ts";
import { fault, type Results } from "../../bench/results.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bench = (...args: string[]) => spawnSync(process.execPath, ["--import", "tsx", "bench/main.ts", ...args], { cwd: root, encoding: "utf8" });

/** Contenders by benchmark; OpenSSL without instructions is for x86-64. */
const x64 = (...names: string[]): string[] => (arch() === "x64" ? names : []);
const BUILDS = ["Postern, SIMD", "Postern, scalar"];
const CONTENDERS: Record<string, string[]> = {
  hash: [...BUILDS, "OpenSSL", ...x64("OpenSSL without AES, PCLMUL, SHA", "OpenSSL without any of them"), "hash-wasm", "@noble/hashes"],
  cipher: [...BUILDS, "OpenSSL", ...x64("OpenSSL without AES, PCLMUL, SHA", "OpenSSL without any of them", "OpenSSL without AVX"), "@noble/ciphers"],
  modexp: [...BUILDS, "OpenSSL", ...x64("OpenSSL without AVX"), "gmp-wasm", "BigInt"],
  curves: [...BUILDS, "OpenSSL", ...x64("OpenSSL without AVX"), "@noble/curves"],
  esp: [...BUILDS, "OpenSSL", ...x64("OpenSSL without AES, PCLMUL, SHA", "OpenSSL without any of them")],
  scale: ["one tunnel", "20 SAs"],
};

test("a trial of the benchmarks: contenders, file, page, tables", () => {
  for (const name of ["quick.json", "quick.html"]) rmSync(`${root}build/bench/${name}`, { force: true });
  const { status, stdout, stderr } = bench("--quick", ...Object.keys(CONTENDERS));
  assert.equal(status, 0, stderr);
  const results = JSON.parse(readFileSync(`${root}build/bench/quick.json`, "utf8")) as Results;
  assert.equal(fault(results), undefined);
  assert.deepEqual(results.results.map(({ name }) => name), Object.keys(CONTENDERS));
  for (const { name, rows, quick } of results.results) {
    assert.equal(quick, true);
    assert.deepEqual(new Set(rows.flatMap(({ contenders }) => contenders.map((one) => one.name))), new Set(CONTENDERS[name]));
  }
  const html = readFileSync(`${root}build/bench/quick.html`, "utf8");
  const count = results.results.reduce((sum, { rows }) => sum + groups(rows).length, 0);
  assert.equal(html.match(/<svg /g)!.length, count);
  // One file: no script, and nothing that a browser would fetch.
  assert.doesNotMatch(html, /<script|<link|<img|src=|url\(|@import/);
  for (const { rows } of results.results) for (const { group } of rows) assert.ok(stdout.includes(`\n${group} (by `), group);
});

test("handshakes in flight: a wait alone and with them, a turn, a poll", async () => {
  const { rows } = await flight(QUICK, () => {});
  const words = ["median", "99 %", "longest"];
  assert.deepEqual(rows.map(({ group, contenders }) => [group, contenders.map(({ name }) => name)]), [
    ["a packet's wait and its own work", [...words.map((word) => `alone: ${word}`), ...words.map((word) => `4 handshakes in flight: ${word}`)]],
    ["a turn: the frames that came, and poll", words],
    ["poll", words],
  ]);
  for (const { contenders } of rows) for (const { cost } of contenders) assert.ok(cost.median > 0);
});

test("arguments that are none: a sentence, the benchmarks' names, status 2", () => {
  for (const args of [["hush"], ["--quickly"]]) {
    const { status, stderr } = bench(...args);
    assert.equal(status, 2);
    assert.match(stderr, /^bench: .*(hush|--quickly)/);
    assert.match(stderr, /handshake/);
  }
});

const contender = (name: string, result: string, us: number): Contender => ({ name, result: () => Buffer.from(result), run: (n) => n * us });

test("a wrong result is refused before anything is timed", async () => {
  const wrong = { ...contender("b", "no", 1), run: () => assert.fail("it was timed") };
  await assert.rejects(measure({ group: "g", size: 1, expected: Buffer.from("yes"), contenders: [contender("a", "yes", 1), wrong] }, QUICK), /g, 1: b gives 6e6f and not 796573/);
});

test("costs, ratios and quartiles", async () => {
  assert.deepEqual(spread([5, 1, 3, 2, 4]), { q1: 2, median: 3, q3: 4 });
  assert.deepEqual(spread([1, 2]), { q1: 1.25, median: 1.5, q3: 1.75 });
  const row = await measure({ group: "g", size: 1000, expected: Buffer.from("yes"), contenders: [contender("a", "yes", 2), contender("b", "yes", 3)] }, QUICK);
  const flat = (n: number) => ({ q1: n, median: n, q3: n });
  assert.deepEqual(row.contenders, [{ name: "a", cost: flat(2), ratio: flat(1) }, { name: "b", cost: flat(3), ratio: flat(1.5) }]);
  assert.equal(table({ unit: "MB/s", axis: "octets" }, "g", [row]), "g (by octets)\n   1000: ratio  MB/s\na            1   500\nb         1.50   333");
});

test("a plot has a line a contender over sizes, and bars where there is one size; the picture has its bars", () => {
  const flat = (n: number) => ({ q1: n * 0.9, median: n, q3: n * 1.1 });
  const row = (size: number) => ({ group: "g", size, contenders: ["a", "b", "c"].map((name, i) => ({ name, cost: flat(i + 1), ratio: flat(i + 1) })) });
  const result = (rows: ReturnType<typeof row>[]): Results => ({
    version: 1,
    results: [{ name: "n", about: "what & why", unit: "MB/s", axis: "octets", rows, missing: ["A gap."], notes: [], machine: { processor: "p", cores: 1, system: "s", node: "v", v8: "v", openssl: "o", packages: {}, postern: "0" }, command: "npm run bench -- n", quick: false, seconds: 1 }],
  });
  const lines = page(result([row(64), row(1400)]));
  assert.match(lines, /what &#38; why/);
  assert.match(lines, /A gap\./);
  const group = /<g [^>]*aria-label="line">(.*?)<\/g>/.exec(lines);
  assert.equal(group![1]!.match(/<path /g)!.length, 3);
  const bars = /<g [^>]*aria-label="bar">(.*?)<\/g>/.exec(page(result([row(64)])));
  assert.equal(bars![1]!.match(/<rect /g)!.length, 3);
  assert.equal(/<g aria-label="bar">(.*?)<\/g>/.exec(picture([{ what: "w", against: "x", ratio: 2 }, { what: "v", against: "x", ratio: 0.5 }]))![1]!.match(/<rect /g)!.length, 2);
});
