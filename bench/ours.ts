/** The crypto core's two builds (build/primitives*.wasm) as contenders: whatever they export is taken as it is. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Curves } from "../tests/support/primitives/curves.ts";
import { Primitives } from "../tests/support/primitives/primitives.ts";
import { cpu, type Contender } from "./measure.ts";

export const BUILDS = { "Postern, SIMD": "primitives.simd", "Postern, scalar": "primitives" } as const;

/** Places in the arena, as offsets. Whatever form a kernel wants its keys in, there is room for it. */
export const AT = { ctx: 0, state: 16384, key: 32768, iv: 36864, aad: 40960, icv: 45056, out: 49152, data: 65536 };

export class Core extends Curves {
  /** A function of the module's, called without a copy of its arguments. */
  fn(name: string): (...args: number[]) => number {
    return this.exports[name] as (...args: number[]) => number;
  }

  at(place: keyof typeof AT): number {
    return this.base + AT[place];
  }

  /** Puts octets into a place; returns its address. */
  lay(place: keyof typeof AT, octets: Uint8Array): number {
    return this.put(AT[place], octets);
  }

  take(place: keyof typeof AT, length: number): Buffer {
    return this.get(AT[place], length);
  }
}

const cores = new Map<string, Promise<Core>>();

async function load(file: string): Promise<Core> {
  const random = (bytes: Uint8Array): number => (bytes.set(randomBytes(bytes.length)), bytes.length);
  const { exports } = await Primitives.load(random, readFileSync(fileURLToPath(new URL(`../build/${file}.wasm`, import.meta.url))));
  return new Core(exports);
}

/** Work of the core's. `batch`: pieces that one call does, 1 when left out. */
export interface Work {
  call: () => void;
  result: () => Uint8Array;
  batch?: number;
}

/**
 * Both builds as contenders, SIMD first. `make` lays out its inputs and gives the work and its result, nothing where the core has no
 * such function; it is called again before each of the two is used, since all work lies in the same places.
 */
export async function ours(make: (core: Core) => Work | undefined): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const [name, file] of Object.entries(BUILDS)) {
    let core = cores.get(file);
    if (!core) cores.set(file, (core = load(file)));
    const one = await core;
    if (!make(one)) continue;
    contenders.push({
      name,
      result: () => make(one)!.result(),
      run: (n) => {
        const { call, batch = 1 } = make(one)!;
        const calls = Math.ceil(n / batch);
        const start = cpu();
        for (let i = 0; i < calls; i++) call();
        return ((cpu() - start) * n) / (calls * batch);
      },
    });
  }
  return contenders;
}
