/**
 * Everything that a run leaves behind if nobody clears up: children, directories, namespaces. One list, undone in
 * reverse order at the end, on a failure and on Ctrl-C.
 */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from "node:child_process";
import { mkdtempSync, rmSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Undo = () => void;
const undos = new Set<Undo>();

/** Registers something to undo at the end of the run; the result removes and runs it now. Must be synchronous. */
export function onExit(undo: Undo): Undo {
  undos.add(undo);
  return () => { if (undos.delete(undo)) undo(); };
}

/** Undoes everything that is still registered, newest first. */
export function cleanUp(): void {
  for (const undo of [...undos].reverse()) {
    undos.delete(undo);
    try { undo(); } catch { /* the next ones still have to run */ }
  }
}

process.on("exit", cleanUp);
for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  process.on(signal, () => process.exit(status));
}

/** A private directory below the system's temporary one. It goes away with the run. */
export function workDirectory(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `postern-${name}-`));
  onExit(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Starts a child in a process group of its own; the whole group is killed at the end. */
export function start(command: string, args: string[], options: SpawnOptions = {}): ChildProcess & { stop: Undo } {
  const child = spawn(command, args, { ...options, detached: true });
  child.on("error", () => { /* seen by whoever waits for it */ });
  const stop = onExit(() => {
    if (child.pid === undefined) return;
    try { process.kill(-child.pid, "SIGKILL"); } catch { /* gone already */ }
  });
  child.on("exit", stop);
  return Object.assign(child, { stop });
}

/** Runs a command to its end and returns its output; a status other than 0 throws, with what it said. */
export function run(command: string, args: string[], options: { env?: NodeJS.ProcessEnv; seconds?: number } = {}): string {
  const done = spawnSync(command, args, {
    encoding: "utf8", maxBuffer: 1 << 26, timeout: (options.seconds ?? 60) * 1000, env: options.env ?? process.env,
  });
  if (done.status !== 0) {
    throw new Error(`${command} ${args.join(" ")}: ${(done.stderr || done.error?.message || `status ${done.status}`).trim()}`);
  }
  return done.stdout;
}

/** The exit of a child, its status or signal. */
export function exited(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? child.signalCode ?? 0);
  return new Promise((resolve) => child.once("exit", (status, signal) => resolve(status ?? signal ?? 0)));
}

export const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Asks until the answer is true, or throws with `what` after `seconds`: first every `every` milliseconds, then ever more
 * seldom, for what takes long is asked of guests, to whom a question costs much.
 */
export async function until(what: string, seconds: number, ask: () => boolean | Promise<boolean>, every = 100): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (let pause = every; ; pause = Math.min(pause * 1.25, Math.max(every, 1000))) {
    if (await ask()) return;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(pause);
  }
}

/** A text file, or nothing while it does not exist. */
export function readText(path: string): string {
  try { return readFileSync(path, "utf8"); } catch { return ""; }
}
