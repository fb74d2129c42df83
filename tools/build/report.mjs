// Where the module's octets are: code size by room and by function, read through binaryen.
// node tools/build/report.mjs [--functions N]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, setup } from "../setup.mjs";
import { shape } from "./segments.mjs";

setup();
const { default: binaryen } = await import("binaryen");
const { default: asc } = await import("assemblyscript/asc");

const shown = Number(process.argv[process.argv.indexOf("--functions") + 1]) || 30;
const folder = mkdtempSync(join(tmpdir(), "postern-report-"));
try {
  // The shipped module has no names; the same compilation with them has the same code.
  const named = join(folder, "named.wasm");
  const { error, stderr } = await asc.main(["assembly/index.ts", "--config", "asconfig.json", "--target", "release", "--debug", "--outFile", named, "--baseDir", root], {});
  if (error) throw new Error(stderr.toString());
  const bytes = readFileSync(named);
  const sizes = bodySizes(bytes);
  const module = binaryen.readBinary(bytes);
  const rows = [];
  let imported = 0;
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (info.module) imported++;
    else rows.push({ name: info.name, size: sizes[rows.length] ?? 0 });
  }
  const rooms = new Map();
  for (const { name, size } of rows) {
    const room = /^assembly\/([^/]+)/.exec(name)?.[1] ?? "runtime";
    const entry = rooms.get(room) ?? { functions: 0, size: 0 };
    rooms.set(room, { functions: entry.functions + 1, size: entry.size + size });
  }
  console.log(`${"room".padEnd(12)}${"functions".padStart(10)}${"code".padStart(10)}`);
  for (const [room, { functions, size }] of [...rooms].sort((a, b) => b[1].size - a[1].size)) console.log(`${room.padEnd(12)}${String(functions).padStart(10)}${String(size).padStart(10)}`);
  console.log(`\n${"size".padStart(8)}  function (the ${shown} largest of ${rows.length}; ${imported} imports)`);
  for (const { name, size } of rows.sort((a, b) => b.size - a.size).slice(0, shown)) console.log(`${String(size).padStart(8)}  ${name}`);
  const shipped = readFileSync(join(root, "build/postern.wasm"));
  console.log(`\nbuild/postern.wasm as shipped: ${shipped.length} octets; memory ${shape(shipped).memory / 1024} kB`);
  module.dispose();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Octets of each function's body, in order: the code section's own length fields. */
function bodySizes(bytes) {
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const b = bytes[at++];
      value |= (b & 127) << shift;
      if (b < 128) return value >>> 0;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = leb() + at;
    if (id === 10) {
      const sizes = [];
      for (let n = leb(); n > 0; n--) {
        const size = leb();
        sizes.push(size);
        at += size;
      }
      return sizes;
    }
    at = end;
  }
  return [];
}
