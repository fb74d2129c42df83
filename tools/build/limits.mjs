// Profiles of size (assembly/limits/): which the module is compiled with, and how much memory it then has.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "../setup.mjs";
import { memorySize } from "./segments.mjs";

/** The profile of build/postern.wasm. */
export const STANDARD = "board";

const folder = join(root, "assembly/limits");
const chosen = join(folder, "chosen.ts");
const common = join(root, "assembly/limits.ts");

/** The names of all profiles. */
export const profiles = () => readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "chosen.ts").map((name) => name.slice(0, -3));

/** The profile's source. Throws with one sentence where there is none of that name. */
export function sourceOf(profile) {
  const path = join(folder, `${profile}.ts`);
  if (!/^\w+$/.test(profile) || profile === "chosen" || !existsSync(path)) throw new Error(`postern: no profile "${profile}"; there are: ${profiles().join(", ")}`);
  return readFileSync(path, "utf8");
}

/** What all profiles have in common, as it stands. */
export const commonSource = () => readFileSync(common, "utf8");

/** The numbers of a profile by their names. */
export const numbersOf = (source) => Object.fromEntries([...source.matchAll(/^export const (\w+): u(?:32|64) = (\d+);$/gm)].map(([, name, number]) => [name, Number(number)]));

/** A profile's text with some numbers changed. */
export function withNumbers(source, changes) {
  for (const [name, number] of Object.entries(changes)) {
    const changed = source.replace(new RegExp(`^(export const ${name}: u(?:32|64) = )\\d+;$`, "m"), `$1${number};`);
    if (changed === source && numbersOf(source)[name] !== number) throw new Error(`postern: a profile has no number ${name}`);
    source = changed;
  }
  return source;
}

/**
 * The compiler's `readFile`, in which assembly/limits/chosen.ts is this profile: its numbers are constants like all others.
 * @param source a profile's text @param others what stands in the place of assembly/limits.ts
 */
export const readFileWith = (source, others = commonSource()) => (name, base) => {
  const path = resolve(base, name);
  if (path === chosen) return source;
  if (path === common) return others;
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
};

/** Whether `init` finds memory enough in so many pages. */
function starts(wasm, pages) {
  const module = new WebAssembly.Module(memorySize(wasm, pages));
  try {
    const instance = new WebAssembly.Instance(module, {
      host: {
        random(pointer, length) {
          new Uint8Array(instance.exports.memory.buffer, pointer, length).fill(165);
          return length;
        },
        send_frame() {},
        write() {},
        read_startup() {
          return 0;
        },
        halt() {
          throw new WebAssembly.RuntimeError("halted");
        },
      },
    });
    instance.exports.init(0, 0, 0);
    return true;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return false;
    throw error;
  }
}

/**
 * The module with as many pages of memory as it takes: nothing is allocated after `init`, and it takes the same at every start, so
 * that the least number that `init` is content with is all it ever needs. It can't grow.
 * @param most pages that the compiler has given it
 */
export function fitMemory(wasm, most) {
  if (!starts(wasm, most)) throw new Error(`postern: the module does not start in ${most} pages of memory`);
  let low = 1;
  let high = most;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts(wasm, middle)) high = middle;
    else low = middle + 1;
  }
  return { wasm: memorySize(wasm, low), pages: low };
}
