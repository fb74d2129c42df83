/** The test that code takes one path over one set of addresses, whatever the secrets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../support/world/random.ts";
import type { Trace } from "./instrument.ts";

/** Secrets at the edges, then random ones. */
export const secretsOf = (random: Random) => (run: number, length: number): Uint8Array => {
  const out = new Uint8Array(length);
  if (run === 0) return out;
  if (run === 1) return out.fill(255);
  if (run === 2) return (out[length - 1] = 1), out;
  return random.fill(out);
};

/** `arrange` places the secrets of a run; only what it returns is traced. */
export function onePath(trace: Trace, name: string, runs: number, arrange: (run: number) => () => void): void {
  test(`${name}: one path over one set of addresses under ${runs} secrets`, (t) => {
    // Once untraced: what happens on a first call alone (a pool's peak is noted) is no secret.
    arrange(0)();
    let first: Int32Array | undefined;
    for (let run = 0; run < runs; run++) {
      const act = arrange(run);
      trace.start();
      act();
      const taken = trace.take();
      first ??= taken;
      assert.deepEqual(trace.difference(first, taken), [], `run ${run}`);
    }
    assert.ok(trace.reports > 0);
    t.diagnostic(`${trace.reports} reports a run`);
  });
}
