/** A module that never returns holds the thread that would notice. Another thread does: it ends the process, and says where it stood. */
import { Worker } from "node:worker_threads";

/** Seconds without a case before that: patience, however busy the machine is. */
const PATIENCE = 300;

const CODE = `
const { workerData: { shared, patience, what } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const at = new Int32Array(shared);
let seen = -1, since = Date.now();
setInterval(() => {
  if (at[0] !== seen) [seen, since] = [at[0], Date.now()];
  else if (Date.now() - since > 1000 * patience) {
    writeSync(2, what + ", case " + at[1] + ": the module has not returned for " + patience + " s\\n");
    process.kill(process.pid, "SIGKILL");
  }
}, 50 * Math.min(20, patience));
`;

/** Watches this process. Call the result whenever something has been done, with the number of the case. */
export function watchdog(what: string, patience = PATIENCE): (done: number) => void {
  const shared = new SharedArrayBuffer(8);
  const at = new Int32Array(shared);
  new Worker(CODE, { eval: true, execArgv: [], workerData: { shared, patience, what } }).unref();
  return (done) => {
    Atomics.add(at, 0, 1);
    Atomics.store(at, 1, done);
  };
}
