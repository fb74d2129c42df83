// Builds a board's firmware: build/boards/NAME/firmware.elf. What is stale is built again.
//   node tools/firmware.mjs NAME ...
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";
import { locked } from "./lock.mjs";
import { root, setup } from "./setup.mjs";

/** The boards there are, by name: each folder's board.json. */
export const boards = Object.fromEntries(
  JSON.parse(readFileSync(join(root, "boards/list.json"), "utf8")).map((name) => [name, { name, ...JSON.parse(readFileSync(join(root, "boards", name, "board.json"), "utf8")) }]),
);

/** The board's data; throws the list for a name that is none. */
export function boardNamed(name) {
  if (Object.hasOwn(boards, name)) return boards[name];
  const rows = Object.values(boards).map((board) => `  ${board.name.padEnd(12)}${board.what}`);
  throw new Error(`postern: ${name === undefined ? "a board must be named" : `there is no board "${name}"`}; there are:\n${rows.join("\n")}`);
}

function files(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** A file packed for the image: its length, then DEFLATE. Returns the packed file's path. */
function packed(file, to) {
  const bytes = readFileSync(file);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(bytes.length);
  writeFileSync(to, Buffer.concat([head, deflateRawSync(bytes, { level: 9, memLevel: 9 })]));
  return to;
}

/**
 * Builds the firmware of a board and returns the ELF's path. `module`: another wasm file, for tests, compiled for `target`
 * (the board); `suffix` then names the folder. Throws with one sentence, or the compiler's words.
 */
export async function firmware(name, { module, target = name, suffix = "", log = (line) => console.error(line) } = {}) {
  const board = boardNamed(name);
  const { aot, demand, step } = await import("./aot.mjs");
  const { wamr } = await import("./wamr.mjs");
  const { build } = await import("./build.mjs");
  demand(board.needs, log);
  if (!module) await build({ only: ["postern"], log });
  // Nothing waits from here on.
  return locked(`firmware-${name}`, () => linked(board, { module, target, suffix, log, aot, step, wamr }));
}

function linked(board, { module, target, suffix, log, aot, step, wamr }) {
  const { name } = board;
  const folder = join(root, "build/boards", name + suffix);
  mkdirSync(folder, { recursive: true });
  const wasm = module ?? join(root, "build/postern.wasm");
  const compiled = aot(target, { log, ...(module && { module, out: join(folder, "module.aot") }) });
  const source = wamr({ log });
  const elf = join(folder, "firmware.elf");
  const state = createHash("sha256");
  for (const file of [...files("boards"), ...files("host/baremetal"), ...files("host/wamr")].filter((f) => /\.(c|h|S|ld|cmake|txt|ios)$/.test(f)).sort()) state.update(file).update(readFileSync(join(root, file)));
  for (const file of [wasm, compiled, join(source, ".postern-lock")]) state.update(readFileSync(file));
  state.update("packed");
  const stamp = state.digest("hex");
  const stampFile = join(folder, ".stamp");
  if (existsSync(elf) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return elf;
  log(`postern: building the firmware of ${name} ...`);
  const started = Date.now();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // A test's module takes the same objects: only the last link differs.
  const objects = join(root, "build/boards", name, "objects");
  step("cmake", ["-G", "Ninja", "-S", "boards", "-B", objects, `-DBOARD=${name}`, `-DWAMR_SOURCE=${source}`, `-DWASM_FILE=${packed(wasm, join(folder, "wasm.z"))}`, `-DAOT_FILE=${packed(compiled, join(folder, "aot.z"))}`, `-DCONFIG_FILE=${join(root, "boards/default.ios")}`, `-DFIRMWARE_VERSION=${version}`, `-DFIRMWARE=${elf}`]);
  step("ninja", ["-C", objects]);
  writeFileSync(stampFile, stamp);
  log(`postern: ${elf.slice(root.length + 1)}, in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return elf;
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
