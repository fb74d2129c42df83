/** "postern/crypto" in a browser, and wherever else modules have `fetch`: the core is fetched from beside this file. */
import { bestBuild, start } from "./core.ts";

// Whole, so that bundlers find them.
const FILES = {
  simd: new URL("../../build/primitives.simd.wasm", import.meta.url),
  scalar: new URL("../../build/primitives.wasm", import.meta.url),
};

await start(bestBuild(), async (build) => {
  const answer = await fetch(FILES[build]);
  if (!answer.ok) throw new Error(`the crypto core ${FILES[build].href} can't be fetched: status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
});

export * from "./library.ts";
