/** The crypto core as it is built, instrumented; and the test that it takes one path under every secret. */
import { Primitives, primitivesBinary } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";
import { Trace, instrument } from "./instrument.ts";
import { onePath, secretsOf } from "./one_path.ts";

const { binary, sites } = instrument(primitivesBinary());
const trace = new Trace(sites);
export const p = await Primitives.load((out) => new Random(1).fill(out).length, binary, { trace: trace.imports });

/** Secrets at the edges, then random ones. */
export const secret = secretsOf(new Random(2026));

/** `arrange` places the secrets of a run; only what `act` does is traced. */
export function constant(name: string, runs: number, arrange: (run: number) => void, act: () => void): void {
  onePath(trace, name, runs, (run) => (arrange(run), act));
}

/** An address in the arena. */
export const at = (offset: number): number => p.base + offset;
