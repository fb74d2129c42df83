/** What the documents say of the figures: docs/BENCHMARKS.md, docs/benchmarks.svg, and the README's part between its marks. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result, Results } from "../results.ts";
import { picture, type Bar } from "./plots.ts";
import { cells, groups } from "./table.ts";

const BEGIN = "<!-- bench: written by `npm run bench -- --docs` -->";
const END = "<!-- bench: end -->";

/** What the picture shows: benchmark, group, size, and whom against. */
const PICTURE: [string, string, number, string, string][] = [
  ["cipher", "aes-128-gcm seal", 1408, "OpenSSL without AES, PCLMUL, SHA", "AES-128-GCM, 1408 octets"],
  ["cipher", "aes-128-gcm seal", 1408, "@noble/ciphers", "AES-128-GCM, 1408 octets"],
  ["cipher", "aes-128-ctr", 1408, "OpenSSL without AES, PCLMUL, SHA", "AES-128-CTR, 1408 octets"],
  ["cipher", "aes-128-cbc decrypt", 1408, "OpenSSL without AES, PCLMUL, SHA", "AES-128-CBC decryption, 1408 octets"],
  ["cipher", "aes-128-cbc encrypt", 1408, "OpenSSL without AES, PCLMUL, SHA", "AES-128-CBC encryption, 1408 octets"],
  ["cipher", "aes-128-cbc encrypt, four packets at once", 1408, "OpenSSL without AES, PCLMUL, SHA", "AES-128-CBC encryption, four packets at once"],
  ["cipher", "chacha20-poly1305 seal", 1408, "@noble/ciphers", "ChaCha20-Poly1305, 1408 octets"],
  ["cipher", "3des-cbc decrypt", 1408, "OpenSSL", "3DES-CBC decryption, 1408 octets"],
  ["hash", "hmac-sha256", 1400, "OpenSSL without AES, PCLMUL, SHA", "HMAC-SHA-256, 1400 octets"],
  ["hash", "hmac-sha256, four messages at once", 1400, "OpenSSL without AES, PCLMUL, SHA", "HMAC-SHA-256, four messages at once"],
  ["hash", "hmac-sha256", 1400, "hash-wasm", "HMAC-SHA-256, 1400 octets"],
  ["hash", "hmac-sha1", 1400, "hash-wasm", "HMAC-SHA-1, 1400 octets"],
  ["modexp", "y^x", 2048, "OpenSSL without AVX", "MODP 2048, 256-bit exponent"],
  ["modexp", "y^x", 2048, "gmp-wasm", "MODP 2048, 256-bit exponent"],
  ["modexp", "y^x", 2048, "BigInt", "MODP 2048, 256-bit exponent"],
  ["curves", "P-256", 256, "@noble/curves", "P-256"],
  ["curves", "X25519", 255, "@noble/curves", "X25519"],
  ["signatures", "RSA, sign", 2048, "OpenSSL without AVX", "RSA-2048, sign"],
  ["signatures", "RSA, sign", 2048, "node-forge", "RSA-2048, sign"],
  ["signatures", "ECDSA on P-256, sign", 256, "@noble/curves", "ECDSA on P-256, sign"],
  ["path", "AES-128-GCM, out (sealed)", 1400, "charon, libipsec", "postern-linux, AES-128-GCM out"],
  ["path", "AES-128-GCM, out (sealed)", 1400, "charon, libipsec, without AES, PCLMUL, SHA", "postern-linux, AES-128-GCM out"],
  ["path", "AES-128-CBC + SHA-256, out (sealed)", 1400, "charon, libipsec", "postern-linux, AES-128-CBC + SHA-256 out"],
  ["handshake", "responder", 14, "charon", "postern-linux, handshake, group 14, responder"],
  ["core", "AES-128-CBC encrypt", 1408, "BearSSL, constant time", "Cortex-A7, AES-128-CBC encryption"],
  ["core", "AES-128-GCM, sealed", 1408, "BearSSL, constant time", "Cortex-A7, AES-128-GCM"],
  ["core", "HMAC-SHA-1", 1408, "BearSSL, constant time", "Cortex-A7, HMAC-SHA-1"],
  ["core-power", "MODP 2048, 256-bit exponent", 2048, "BearSSL, constant time", "Cortex-A7, MODP 2048"],
];

function bars({ results }: Results): Bar[] {
  return PICTURE.flatMap(([bench, group, size, against, what]) => {
    const row = results.find(({ name }) => name === bench)?.rows.find((one) => one.group === group && one.size === size);
    const found = row?.contenders.find(({ name }) => name === against);
    return found ? [{ what, against, ratio: found.ratio.median }] : [];
  });
}

function section(result: Result): string {
  const { machine } = result;
  let text = `## ${result.name}: ${result.about}\n\n\`${result.command}\`: ${machine.processor}, ${machine.system}, Node ${machine.node}, Postern ${machine.postern}. ${result.unit === "MB/s" ? "Figures in MB/s, more is better" : `Figures in ${result.unit}, less is better`}; by ${result.axis}.\n\n`;
  for (const sentence of [...result.notes, ...result.missing]) text += `${sentence}\n\n`;
  for (const [group, rows] of groups(result.rows)) {
    const { head, lines } = cells(result, rows);
    text += `| ${group} | ${head.slice(1).join(" | ")} |\n|${head.map(() => "---|").join("")}\n${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n\n`;
  }
  return text;
}

function document(all: Results): string {
  const machine = all.results[0]!.machine;
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`).join(", ");
  return `# Benchmarks

Written by \`npm run bench -- --docs\` from \`build/bench/bench.json\`. \`npm run bench\` measures everything, \`npm run bench -- NAME ...\` a part
(\`--list\` names them); it prints these tables and writes \`build/bench/index.html\`, one page with the plots.

**How.** All contenders of a table take turns in one process's run, a few milliseconds each, again and again, after each was warmed up and
its result was found to be the right one. What counts is processor time: a busy machine disturbs all alike. Figures are medians of
the rounds. **A ratio is the first line's speed in times of the line's own**, the median of the rounds' ratios, with its quartiles behind it: above 1 the
first line is faster. "OpenSSL without ..." is the same OpenSSL in a process that is told, by OPENSSL_ia32cap, of a processor
without those instructions, which WebAssembly does not have either.

Contenders: OpenSSL ${machine.openssl} (Node's), ${packages}.

![Our speed in times of others'](benchmarks.svg)

${all.results.map(section).join("\n")}`.trimEnd() + "\n";
}

function readme(all: Results): string {
  const { machine } = all.results[0]!;
  return `![Our speed in times of others'](docs/benchmarks.svg)\n\nMedians in one run on ${machine.processor}, Node ${machine.node}: \`npm run bench\`; all of it in [docs/BENCHMARKS.md](docs/BENCHMARKS.md).`;
}

/** Writes the documents. Returns their names; none where there is nothing to say. */
export function writeDocs(all: Results, root: string): string[] {
  if (all.results.length === 0) return [];
  writeFileSync(join(root, "docs/BENCHMARKS.md"), document(all));
  writeFileSync(join(root, "docs/benchmarks.svg"), picture(bars(all)));
  const path = join(root, "README.md");
  const text = readFileSync(path, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) return ["docs/BENCHMARKS.md", "docs/benchmarks.svg"];
  writeFileSync(path, `${text.slice(0, from + BEGIN.length)}\n${readme(all)}\n${text.slice(to)}`);
  return ["docs/BENCHMARKS.md", "docs/benchmarks.svg", "README.md"];
}
