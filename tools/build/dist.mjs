// What `npm pack` packs beside the documents: build/dist, the host's TypeScript compiled, at the same places as in a clone,
// with the built modules. Runs as `prepack`.
//   node tools/build/dist.mjs
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, setup } from "../setup.mjs";

const dist = join(root, "build", "dist");
const MODULES = ["postern.wasm", "postern.simd.wasm", "primitives.wasm", "primitives.simd.wasm"];

setup();
try {
  const { build } = await import("./build.mjs");
  await build();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.package.json")], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
if (status !== 0) process.exit(1);
const copies = [
  ...MODULES.map((name) => `build/${name}`),
  ...readdirSync(join(root, "demo")).filter((name) => name.endsWith(".ios")).map((name) => `demo/${name}`),
  "package.json",
];
for (const path of copies) {
  mkdirSync(join(dist, path, ".."), { recursive: true });
  copyFileSync(join(root, path), join(dist, path));
}
