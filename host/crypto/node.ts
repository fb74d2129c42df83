/** "postern/crypto" in Node: the core is read from its file. POSTERN_BUILD=scalar takes the build without SIMD. */
import { readFile } from "node:fs/promises";
import { bestBuild, start } from "./core.ts";

const FILES = {
  simd: new URL("../../build/primitives.simd.wasm", import.meta.url),
  scalar: new URL("../../build/primitives.wasm", import.meta.url),
};

await start(process.env.POSTERN_BUILD === "scalar" ? "scalar" : bestBuild(), async (build) => new Uint8Array(await readFile(FILES[build])));

export * from "./library.ts";
