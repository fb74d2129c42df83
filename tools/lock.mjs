// One process at a time builds a thing: test files that run side by side meet in the same build folder.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/**
 * Runs `act`, which must not be asynchronous, while no other process is inside the lock `name`. A lock whose process is gone
 * is taken over. Locks are taken in this order: firmware, linux, wamrc, wamr.
 */
export function locked(name, act) {
  const folder = join(root, "build");
  const lock = join(folder, `.lock-${name}`);
  const own = join(folder, `.lock-${name}.${process.pid}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, String(process.pid));
  try {
    for (;;) {
      try {
        linkSync(own, lock);
        break;
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      try {
        if (!alive(Number(readFileSync(lock, "utf8")))) {
          // Moved aside, not removed: of two processes that find it only one gets it.
          renameSync(lock, `${own}.stale`);
          rmSync(`${own}.stale`);
        }
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
    try {
      return act();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}
