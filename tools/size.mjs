// `npm run size [-- NAME ...]`: what a board's firmware takes, by part, beside its budget (boards/NAME/board.json). Status
// 1 over budget.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { boardNamed, boards, firmware } from "./firmware.mjs";
import { setup } from "./setup.mjs";

/** Which part an object of the linker's map belongs to. */
function partOf(object) {
  if (/wasm_interp_fast|interpreter\/wasm_(loader|runtime)/.test(object)) return "fast interpreter";
  if (/\/core\/iwasm\/aot\//.test(object)) return "AOT loader";
  if (/\/core\//.test(object)) return "runtime";
  if (/boards\/.*drivers\/|firmware\.elf\.dir\/drivers\//.test(object)) return "drivers";
  if (/firmware\.elf\.dir\/mcu\//.test(object)) return "core start-up";
  if (/firmware\.elf\.dir/.test(object)) return "C host";
  return "C library";
}

/**
 * Reads the linker's map: { parts: { name: { text, data, bss } }, sections }. Text includes constants; the two forms of the
 * module, the stack and the module's memory are parts of their own.
 */
export function measure(map) {
  const parts = {};
  const add = (part, kind, size) => {
    const row = (parts[part] ??= { text: 0, data: 0, bss: 0 });
    row[kind] += size;
  };
  let out = "";
  let pending = "";
  const body = map.slice(map.indexOf("Linker script and memory map"));
  for (const line of body.split("\n")) {
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
    const size = parseInt(row[2], 16);
    const kind = [".text", ".rodata", ".ARM.exidx"].includes(out) ? "text" : [".data", ".tdata"].includes(out) ? "data" : [".bss", ".dma", ".noinit", ".tbss"].includes(out) ? "bss" : undefined;
    if (!kind) continue;
    add(out === ".dma" ? "DMA rings" : name === ".bss.pool" ? "runtime's pool" : partOf(row[3]), kind, size);
  }
  const symbol = (text) => parseInt(new RegExp(`0x([0-9a-f]+)\\s+${text}( =|$)`, "m").exec(body)?.[1] ?? "0", 16);
  return { parts, symbol };
}

const kB = (n) => `${(n / 1024).toFixed(1)} kB`.padStart(12);

/** Prints the table. Returns whether everything is within budget. */
export async function report(name, log = (line) => console.log(line)) {
  const board = boardNamed(name);
  const elf = await firmware(name);
  const folder = dirname(elf);
  const { parts } = measure(readFileSync(join(folder, "objects/firmware.map"), "utf8"));
  const symbols = new Map(
    spawnSync(`${board.toolchain}nm`, [elf], { encoding: "utf8", maxBuffer: 1 << 26 })
      .stdout.split("\n")
      .map((line) => line.split(" "))
      .map(([value, , symbol]) => [symbol, parseInt(value, 16)]),
  );
  const span = (from, to) => symbols.get(to) - symbols.get(from);
  parts["module, AOT"] = { text: 0, data: span("blob_aot", "blob_aot_end"), bss: 0 };
  parts["module, wasm"] = { text: 0, data: span("blob_wasm", "blob_wasm_end"), bss: 0 };
  parts.stack = { text: 0, data: 0, bss: span("stack_bottom", "stack_top") };
  parts["module's memory"] = { text: 0, data: 0, bss: span("arena", "arena_end") };
  log(`\n${name}`);
  log(`${"part".padEnd(18)}${"text".padStart(12)}${"data".padStart(12)}${"bss".padStart(12)}`);
  let image = 0;
  let ram = 0;
  for (const [part, { text, data, bss }] of Object.entries(parts).sort((a, b) => b[1].text + b[1].data + b[1].bss - a[1].text - a[1].data - a[1].bss)) {
    log(`${part.padEnd(18)}${kB(text)}${kB(data)}${kB(bss)}`);
    image += text + data;
    ram += bss;
  }
  const budget = board.budget;
  const check = (what, is, allowed) => {
    log(`${what.padEnd(18)}${kB(is)} of ${kB(allowed).trim()}${is > allowed ? "   OVER BUDGET" : ""}`);
    return is <= allowed;
  };
  const imageFits = check("image", image, budget.image);
  return check("memory beside it", ram, budget.ram) && imageFits;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setup();
  try {
    const names = process.argv.slice(2);
    for (const name of names.length > 0 ? names : Object.keys(boards)) if (!(await report(name))) process.exitCode = 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
