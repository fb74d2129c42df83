/** The crypto core as it is built, instrumented; and the test that it takes one path under every secret. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Primitives, primitivesBinary } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";
import { Trace, instrument } from "./instrument.ts";

const { binary, sites } = instrument(primitivesBinary());
const trace = new Trace(sites);
export const p = await Primitives.load((out) => new Random(1).fill(out).length, binary, { trace: trace.imports });
const random = new Random(2026);

/** Secrets at the edges, then random ones. */
export function secret(run: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  if (run === 0) return out;
  if (run === 1) return out.fill(255);
  if (run === 2) return (out[length - 1] = 1), out;
  return random.fill(out);
}

/** `arrange` places the secrets of a run; only what `act` does is traced. */
export function constant(name: string, runs: number, arrange: (run: number) => void, act: () => void): void {
  test(`${name}: one path over one set of addresses under ${runs} secrets`, (t) => {
    // Once untraced: what happens on a first call alone (a pool's peak is noted) is no secret.
    arrange(0);
    act();
    let first: Int32Array | undefined;
    for (let run = 0; run < runs; run++) {
      arrange(run);
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

/** An address in the arena. */
export const at = (offset: number): number => p.base + offset;
