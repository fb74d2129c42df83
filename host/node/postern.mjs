#!/usr/bin/env node
// The `postern` command. In a clone packages that are missing are installed, a stale module is built, and then
// host/node/cli/main.ts runs in this process; an installed package has everything built in build/dist.
import { existsSync } from "node:fs";

/** npm packs no package-lock.json: where there is one is a clone. */
const clone = existsSync(new URL("../../package-lock.json", import.meta.url));

/** Sets up, builds, and runs a program of the host with `args`; sets the exit status. */
export async function launch(load, args) {
  const { setup } = await import("../../tools/setup.mjs");
  setup();
  try {
    const { build } = await import("../../tools/build/build.mjs");
    await build({ only: ["postern.simd"] });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
    return;
  }
  const { register } = await import("tsx/esm/api");
  register();
  const { main } = await load();
  process.exitCode = await main(args);
}

const args = process.argv.slice(2);
const invoked = process.argv[1] ?? "";
if (!clone) {
  const { main } = await import("../../build/dist/host/node/cli/main.js");
  process.exitCode = await main(args);
} else if (!invoked.endsWith("start.mjs")) await launch(() => import("./cli/main.ts"), args);
