// Builds a board's firmware: build/boards/NAME/firmware.elf. What is stale is built again.
//   node tools/board/firmware.mjs NAME ...
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { reckon } from "./arena.mjs";
import { boardNamed, boards } from "../boards.mjs";
import { check } from "./budget.mjs";
import { locked } from "../lock.mjs";
import { pack } from "./pack.mjs";
import { root, setup } from "../setup.mjs";

export { boardNamed, boards };

function files(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Packs a file for the image; returns the packed file's path. */
function packed(file, to, core) {
  writeFileSync(to, pack(readFileSync(file), core));
  return to;
}

/**
 * Builds the firmware of a board. `module`: another wasm file, for tests, for both engines, compiled for `target` (one of tools/build/aot.mjs; the
 * board's core); `suffix` then names the folder. Returns the ELF's path and the sizes of its arena. Throws with one sentence,
 * or the compiler's words.
 */
async function make(name, { module, target, suffix = "", log = (line) => console.error(line) }) {
  const board = boardNamed(name);
  const { aot, demand, moduleOf, step } = await import("../build/aot.mjs");
  const { wamr } = await import("../package/wamr.mjs");
  const { build } = await import("../build/build.mjs");
  demand([...board.needs, "xz"], log);
  if (!module) await build({ only: ["postern", "postern.simd"], log });
  // Nothing waits from here on.
  return locked(`firmware-${name}`, () => linked(board, { module, target: target ?? `bare-${board.core}`, suffix, log, aot, moduleOf, step, wamr }));
}

function linked(board, { module, target, suffix, log, aot, moduleOf, step, wamr }) {
  const { name } = board;
  const folder = join(root, "build/boards", name + suffix);
  mkdirSync(folder, { recursive: true });
  const wasm = module ?? join(root, "build/postern.wasm");
  const compiled = aot(target, { log, ...(module && { module, out: join(folder, "module.aot") }) });
  const source = wamr({ log });
  const elf = join(folder, "firmware.elf");
  const state = createHash("sha256");
  for (const file of [...files("boards"), ...files("host/baremetal"), ...files("host/wamr")].filter((f) => /\.(c|h|S|ld|cmake|json|txt|ios)$/.test(f)).sort()) state.update(file).update(readFileSync(join(root, file)));
  for (const file of [wasm, compiled, join(root, "tools/board/pack.mjs"), join(source, ".postern-edits")]) state.update(readFileSync(file));
  const sizes = reckon({ wasm: readFileSync(wasm), compiled: readFileSync(module ?? moduleOf(target)), aot: readFileSync(compiled) }, board);
  state.update(JSON.stringify(sizes));
  const stamp = state.digest("hex");
  const stampFile = join(folder, ".stamp");
  if (existsSync(elf) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return { elf, sizes };
  log(`postern: building the firmware of ${name} ...`);
  const started = Date.now();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // A test's module takes the same objects: only the last link differs.
  const objects = join(root, "build/boards", name, "objects");
  const given = {
    BOARD: name, BOARD_ARCH: board.core, BOARD_DRIVERS: board.drivers.join(";"), PORT_NAMES: (board.ports ?? []).join(","), STACK_SIZE: board.ram.stack, WASM_STACK: board.ram.wasm_stack, CONFIG_MAX: board.ram.configuration,
    ARENA_SIZE: sizes.arena, SPARE_SIZE: sizes.further, AOT_POOL: sizes.pool, INTERPRETER_POOL: sizes.interpreterPool,
    WAMR_SOURCE: source, WASM_FILE: packed(wasm, join(folder, "wasm.z"), board.core), AOT_FILE: packed(compiled, join(folder, "aot.z"), board.core), CONFIG_FILE: join(root, "boards/default.ios"), FIRMWARE_VERSION: version, FIRMWARE: elf,
  };
  step("cmake", ["-G", "Ninja", "-S", "boards", "-B", objects, ...Object.entries(given).map(([key, value]) => `-D${key}=${value}`)]);
  step("ninja", ["-C", objects]);
  writeFileSync(stampFile, stamp);
  log(`postern: ${elf.slice(root.length + 1)}, in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return { elf, sizes };
}

/**
 * Builds the firmware of a board as `make` does, and returns the ELF's path. Throws with one sentence for what is over the
 * board's budget, too; `check: false` leaves that to the caller, who gets `{ elf, sizes }`.
 */
export async function firmware(name, options = {}) {
  const made = await make(name, options);
  return options.check === false ? made : check(boardNamed(name), made.elf, made.sizes);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setup();
  try {
    for (const name of process.argv.slice(2)) await firmware(name);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
