// What a firmware takes, by part, and the board's budget (boards/NAME/board.json). A build that is over it fails.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Which part an object of the linker's map belongs to. */
function partOf(object) {
  if (/wasm_interp_fast|interpreter\/wasm_(loader|runtime)/.test(object)) return "fast interpreter";
  if (/\/core\/iwasm\/aot\//.test(object)) return "AOT loader";
  if (/\/core\//.test(object)) return "runtime";
  if (/firmware\.elf\.dir\/drivers\//.test(object)) return "drivers";
  if (/firmware\.elf\.dir\/mcu\//.test(object)) return "core start-up";
  if (/firmware\.elf\.dir/.test(object)) return "C host";
  return "C library";
}

const IMAGE = [".text", ".rodata", ".ARM.exidx", ".data", ".tdata"];
const RAM = [".bss", ".dma", ".tbss"];

/** Reads the linker's map: octets of each part in the image and beside it, as add(part, "image" or "ram", octets). */
function readMap(map, add) {
  let out = "";
  let pending = "";
  for (const line of map.slice(map.indexOf("Linker script and memory map")).split("\n")) {
    const section = /^(\.\w[\w.]*)/.exec(line)?.[1];
    if (section) out = section;
    const named = /^ (\.\S+)$/.exec(line);
    if (named) {
      pending = named[1];
      continue;
    }
    const row = /^ (\.\S+|COMMON|\*fill\*)?\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S.*)$/.exec(line);
    const name = row?.[1] ?? pending;
    pending = "";
    if (!row || !name || row[1] === "*fill*") continue;
    const where = IMAGE.includes(out) ? "image" : RAM.includes(out) ? "ram" : undefined;
    if (where) add(out === ".dma" ? "DMA rings" : partOf(row[3]), where, parseInt(row[2], 16));
  }
}

/**
 * Measures the firmware at `elf`, whose arena is as `sizes` (tools/board/arena.mjs) says. Returns `parts` by name, each with `image`
 * and `ram` (all that is beside the image) in octets, the two sums, and `further`: what only the interpreter takes.
 */
export function measure(board, elf, sizes) {
  const parts = {};
  const add = (part, where, size) => void ((parts[part] ??= { image: 0, ram: 0 })[where] += size);
  readMap(readFileSync(`${elf}.map`, "utf8"), add);
  const listed = spawnSync(`${board.toolchain}nm`, [elf], { encoding: "utf8", maxBuffer: 1 << 26 });
  const symbols = new Map(listed.stdout.split("\n").map((line) => line.split(" ")).map(([value, , symbol]) => [symbol, parseInt(value, 16)]));
  const span = (from, to) => symbols.get(to) - symbols.get(from);
  const packed = (file) => statSync(join(dirname(elf), file)).size;
  add("AOT code", "image", packed("aot.z"));
  add("AOT code", "ram", sizes.code);
  add("module, wasm", "image", packed("wasm.z"));
  add("module's memory", "ram", sizes.memory);
  add("runtime", "ram", sizes.pool);
  add("stack", "ram", span("guard_start", "stack_top"));
  // The page that outlives a reset stands behind everything.
  const image = span("image_start", "data_end");
  const ram = span("data_end", "arena_end") + 4096;
  const sum = (where) => Object.values(parts).reduce((total, part) => total + part[where], 0);
  add("alignment", "image", image - sum("image"));
  add("alignment", "ram", ram - sum("ram"));
  return { parts, image, ram, further: sizes.further };
}

/** What is over the budget: a row each of part, what it is, and what is allowed. */
export function excesses(budget, { parts, image, ram, further }) {
  const rows = [];
  const look = (what, is, allowed) => {
    if (allowed !== undefined && is > allowed) rows.push({ what, is, allowed });
  };
  for (const [name, part] of Object.entries(parts)) {
    look(`${name}, in the image`, part.image, budget.parts?.[name]?.[0]);
    look(`${name}, in RAM`, part.ram, budget.parts?.[name]?.[1]);
  }
  look("the image", image, budget.image);
  look("the memory beside the image", ram, budget.ram);
  look("the interpreter's further memory", further, budget.further);
  return rows;
}

/** Throws with one sentence when the firmware is over its board's budget. Returns `elf`. */
export function check(board, elf, sizes) {
  const rows = excesses(board.budget, measure(board, elf, sizes));
  if (rows.length === 0) return elf;
  const kB = (n) => `${(n / 1024).toFixed(1)} kB`;
  throw new Error(`postern: the firmware of ${board.name} is over its budget (boards/${board.name}/board.json): ${rows.map(({ what, is, allowed }) => `${what} is ${kB(is)}, allowed are ${kB(allowed)}`).join("; ")}`);
}
