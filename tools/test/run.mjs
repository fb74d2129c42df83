// Runs one of the project's TypeScript programs after setting up and building what is stale:
// node tools/test/run.mjs PROGRAM.ts [ARGUMENT ...]
import { spawn } from "node:child_process";
import { setup, root } from "../setup.mjs";

export async function run(program, args) {
  setup();
  const { build } = await import("../build/build.mjs");
  await build();
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], { cwd: root, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ? 1 : code)));
}

if (process.argv[1]?.endsWith("run.mjs")) {
  try {
    process.exitCode = await run(process.argv[2], process.argv.slice(3));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
