// Every primitive on packets of 1408 octets as compiled ahead of time for ARM, in guest instructions an octet, counted by a
// plugin of QEMU's (tests/boards/machine/watch.c): exact, and the same on every machine. The two builds side by side.
//   npm run bench -- guest
//   node --import tsx bench/guest.ts [--processor thumbv7|armv7|aarch64] FILE.wasm CALL ...
// prices calls of any module's exports, each a word like "kernel 4096 1408" and called twice: instructions of the second, with some 220 of the host's.
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Caller, type Processor } from "../tests/boards/machine/caller.ts";
import { AES, DES3, hashes, Primitives } from "../tests/support/primitives/primitives.ts";

const LENGTH = 1408;
const PROCESSORS = ["thumbv7", "aarch64"] as const satisfies readonly Processor[];
const BUILDS = { SIMD: "primitives.simd.wasm", scalar: "primitives.wasm" };

interface Row {
  name: string;
  /** What is called before, for a key. */
  key: string[];
  calls: string[];
  /** Octets of one run; a power or a multiple has none, and is counted in thousands. */
  octets?: number;
}

function rows(base: number): Row[] {
  const [ctx, iv, key, state, aad, icv, out, data] = [0, 1024, 1536, 2048, 3072, 3584, 4096, 8192].map((offset) => base + offset) as [number, number, number, number, number, number, number, number];
  const octets = LENGTH;
  const block = (name: string, id: number, length: number): Row[] =>
    (["Encrypt", "Decrypt"] as const).map((way) => ({ name: `${name} ${way.toLowerCase()}`, key: [`cipherSetKey ${id} ${ctx} ${key} ${length}`], calls: [`cbc${way} ${id} ${ctx} ${iv} ${data} ${LENGTH}`], octets }));
  return [
    ...block("aes-128-cbc", AES, 16),
    ...block("aes-256-cbc", AES, 32),
    ...block("3des-cbc", DES3, 24),
    { name: "aes-128-ctr", key: [`ctrKey ${ctx} ${key} 16`], calls: [`ctrEsp ${ctx} ${iv} ${iv + 4} ${data} ${LENGTH}`], octets },
    { name: "aes-128-gcm seal", key: [`gcmKey ${ctx} ${key} 16`], calls: [`gcmSeal ${ctx} ${iv} ${aad} 8 ${data} ${LENGTH} ${icv} 16`], octets },
    ...hashes.map(({ id, name }): Row => ({ name: `hmac-${name}`, key: [`hmacKey ${id} ${state} ${key} 20`], calls: [`hmacStart ${id} ${state} ${ctx}`, `hashUpdate ${id} ${ctx} ${data} ${LENGTH}`, `hmacFinal ${id} ${state} ${ctx} ${out}`], octets })),
    { name: "modexp 2048/256", key: [], calls: [`modexpAll 14 ${data} 256 ${key} 32 ${out}`] },
    { name: "p-256, generator", key: [], calls: [`ecAll 19 0 0 ${key} 32 ${out}`] },
    { name: "x25519", key: [], calls: [`ecAll 31 0 0 ${key} 32 ${out}`] },
  ];
}

/** Instructions of each call, less what any call costs. `nothing` is an export that does next to nothing. */
function price(caller: Caller, file: string, calls: readonly string[], nothing?: string): number[] {
  const watched = caller.watch(file, nothing === undefined ? calls : [nothing, nothing, ...calls]).map(({ instructions }) => instructions);
  return nothing === undefined ? watched : watched.slice(2).map((count) => count - watched[1]!);
}

/** Prices the primitives and prints the table. */
export async function benchGuest(): Promise<void> {
  const modules = Object.values(BUILDS).map((name) => readFileSync(fileURLToPath(new URL(`../build/${name}`, import.meta.url))));
  const columns: Map<string, string>[] = [];
  const heads: string[] = [];
  let names: string[] = [];
  for (const processor of PROCESSORS) {
    const caller = new Caller(processor);
    for (const [i, build] of Object.keys(BUILDS).entries()) {
      const { base } = await Primitives.load(undefined, modules[i]!);
      const file = caller.compile(build, modules[i]!);
      const column = new Map<string, string>();
      for (const { name, key, calls, octets } of rows(base)) {
        const counts = price(caller, file, [`fill ${base} 16384 99`, ...key, ...calls, ...calls], "scratch").slice(key.length + calls.length);
        const sum = counts.reduce((total, count) => total + count, 0);
        column.set(name, octets ? (sum / octets).toFixed(1) : `${(sum / 1000).toFixed(0)}k`);
      }
      names = [...column.keys()];
      columns.push(column);
      heads.push(`${processor} ${build}`);
    }
    caller.close();
  }
  const line = (name: string, cells: string[]): void => console.log(`${name.padEnd(22)}${cells.map((cell) => cell.padStart(16)).join("")}`);
  line("instructions an octet", heads);
  for (const name of names) line(name, columns.map((column) => column.get(name)!));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values, positionals } = parseArgs({ options: { processor: { type: "string", default: "thumbv7" } }, allowPositionals: true });
  const [file, ...calls] = positionals;
  if (file === undefined) await benchGuest();
  else {
    const caller = new Caller(values.processor as Processor);
    const counts = price(caller, caller.compile("given", readFileSync(file)), calls.flatMap((call) => [call, call]));
    for (const [i, call] of calls.entries()) console.log(`${counts[2 * i + 1]} ${call}`);
    caller.close();
  }
}
