// `npm run image -- NAME`: what is flashed: build/boards/NAME/ with the ELF, a raw binary, the module's AOT file, an SD card
// image where the board has a slot, checksums, and a bill of materials.
import { createHash } from "node:crypto";
import { closeSync, copyFileSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { boardNamed, firmware } from "./firmware.mjs";
import { root, setup } from "../setup.mjs";
import { FIRMWARE_AT, makeStore } from "./store.mjs";

const versionOf = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));

/** The version of the C library: what its own header says. */
function libraryVersion({ toolchain, cpu: { library } }, step) {
  const defined = step(`${toolchain}gcc`, [...library.flags, "-E", "-dM", "-x", "c", "-"], { input: `#include <${library.header}>\n` });
  return new RegExp(`#define ${library.version} "(.+)"`).exec(defined)?.[1] ?? "unknown";
}

/** What is in the image: each part with version, licence and place of origin. */
function bill(board, step) {
  const own = versionOf("package.json");
  const compiler = step(`${board.toolchain}gcc`, ["--version"]).split("\n")[0];
  const { library } = board.cpu;
  return {
    board: board.name,
    parts: [
      { name: "Postern: module, C host, drivers", version: own.version, licence: own.license ?? "Apache-2.0" },
      { name: "WebAssembly Micro Runtime", version: "2.4.3", licence: "Apache-2.0 WITH LLVM-exception", from: "crate wamrx-sys 0.3.0" },
      { name: library.name, version: libraryVersion(board, step), licence: library.licence },
      { name: "libgcc", version: compiler, licence: "GPL-3.0 with the GCC runtime library exception" },
    ],
    tools: [compiler, `AssemblyScript ${versionOf("node_modules/assemblyscript/package.json").version}`, "LLVM 19 (wamrc)"],
  };
}

/** Makes what is flashed, and says what it has made. Returns the folder. */
export async function image(name, log = (line) => console.log(line)) {
  const board = boardNamed(name);
  const elf = await firmware(name);
  const { step } = await import("../build/aot.mjs");
  const folder = dirname(elf);
  const made = [elf];
  const binary = join(folder, "postern.bin");
  step(`${board.toolchain}objcopy`, ["-O", "binary", elf, binary]);
  copyFileSync(join(root, "build/aot", `bare-${board.core}.aot`), join(folder, "postern.aot"));
  made.push(binary, join(folder, "postern.aot"));
  if (board.image.sd) {
    const card = join(folder, "sdcard.img");
    rmSync(card, { force: true });
    makeStore(card, board);
    const fd = openSync(card, "r+");
    writeSync(fd, readFileSync(binary), 0, undefined, FIRMWARE_AT);
    closeSync(fd);
    made.push(card);
  }
  const parts = join(folder, "bill-of-materials.json");
  writeFileSync(parts, `${JSON.stringify(bill(board, step), null, 2)}\n`);
  made.push(parts);
  const sums = made.map((file) => `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${basename(file)}`);
  writeFileSync(join(folder, "SHA256SUMS"), `${sums.join("\n")}\n`);
  for (const file of [...made, join(folder, "SHA256SUMS")]) log(`${String(statSync(file).size).padStart(10)}  ${file.slice(root.length + 1)}`);
  if (existsSync(join(folder, "sdcard.img"))) log("The card's image holds a seed of its own: make a new image for each board, and give none away.");
  log(`How to flash it: boards/${name}/README.md`);
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setup();
  try {
    await image(process.argv[2]);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
