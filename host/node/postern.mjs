#!/usr/bin/env node
// The `postern` command. It works on a fresh clone: packages that are missing are installed, a stale module is built,
// then host/node/cli/main.ts runs in this process.
import { setup } from "../../tools/setup.mjs";

/** Sets up, builds, and runs a program of the host with `args`; sets the exit status. */
export async function launch(load, args) {
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

const invoked = process.argv[1] ?? "";
if (!invoked.endsWith("start.mjs")) await launch(() => import("./cli/main.ts"), process.argv.slice(2));
