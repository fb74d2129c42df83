/**
 * `--fault loss=0.3,dup=0.1,reorder=0.1,delay=20,corrupt=0.01,seed=7`: a bad wire, the same one for the same seed. Each
 * direction of each port has a stream of chances of its own, so what happens to the Nth frame of a direction depends
 * on the seed and on N alone. A frame in doubt is lost, or corrupted, doubled, delayed.
 */
import type { Link } from "./link.ts";

export interface FaultSpec {
  /** Probabilities, 0 to 1. */
  loss: number;
  dup: number;
  /** A frame waits 10 to 50 ms more than those behind it. */
  reorder: number;
  /** One bit behind the Ethernet header is inverted. */
  corrupt: number;
  /** Milliseconds that each frame waits. */
  delay: number;
  seed: number;
}

export const FAULTS_ALLOWED = "loss, dup, reorder and corrupt (0 to 1), delay (0 to 10000 ms), seed (0 to 4294967295)";

/** Parses `key=value,...`; a string is the sentence that says what is wrong. */
export function parseFault(text: string): FaultSpec | string {
  const spec: FaultSpec = { loss: 0, dup: 0, reorder: 0, corrupt: 0, delay: 0, seed: 1 };
  for (const word of text.split(",")) {
    const [key = "", value = "", ...more] = word.split("=");
    const bad = (why: string) => `--fault "${text}": ${why}; allowed are ${FAULTS_ALLOWED}, as in loss=0.3,seed=7`;
    if (!Object.hasOwn(spec, key)) return bad(`"${word}" is no fault`);
    const number = Number(value);
    const most = key === "delay" ? 10000 : key === "seed" ? 0xffffffff : 1;
    if (value.trim() === "" || more.length > 0 || !(number >= 0 && number <= most) || (key === "seed" && !Number.isInteger(number))) return bad(`"${value}" is not for "${key}"`);
    spec[key as keyof FaultSpec] = number;
  }
  return spec;
}

/** SplitMix32: enough for faults, and of 32 bits everywhere. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The faults of one direction: a frame becomes none, one or two, each with its delay in ms. */
export class Faults {
  private readonly next: () => number;

  constructor(
    private readonly spec: FaultSpec,
    port: number,
    direction: 0 | 1,
  ) {
    const mix = chances(spec.seed);
    for (let i = 0; i < port * 2 + direction; i++) mix();
    this.next = chances(Math.floor(mix() * 2 ** 32));
  }

  apply(frame: Uint8Array): { frame: Uint8Array; delay: number }[] {
    const { loss, dup, reorder, corrupt, delay } = this.spec;
    // As many draws for each frame whatever becomes of it: one frame's fate does not shift another's.
    const [lost, hit, where, doubled, late, lateBy, later] = [this.next(), this.next(), this.next(), this.next(), this.next(), this.next(), this.next()];
    if (lost < loss) return [];
    let out = frame;
    if (hit < corrupt && frame.length > 14) {
      out = frame.slice();
      const bit = Math.floor(where * (frame.length - 14) * 8);
      out[14 + (bit >> 3)]! ^= 1 << (bit & 7);
    }
    const first = { frame: out, delay: delay + (late < reorder ? 10 + Math.floor(lateBy * 40) : 0) };
    return doubled < dup ? [first, { frame: out.slice(), delay: delay + Math.floor(later * 20) }] : [first];
  }
}

/** A link with faults in both directions. `after` runs its argument some milliseconds later. */
export function faulty(
  link: Link,
  spec: FaultSpec,
  port: number,
  after: (ms: number, act: () => void) => void = (ms, act) => void setTimeout(act, ms).unref(),
): Link {
  const outward = new Faults(spec, port, 0);
  const inward = new Faults(spec, port, 1);
  let open = true;
  const pass = (faults: Faults, frame: Uint8Array, act: (frame: Uint8Array) => void) => {
    for (const one of faults.apply(frame)) {
      if (one.delay === 0) act(one.frame);
      else after(one.delay, () => open && act(one.frame));
    }
  };
  return {
    name: link.name,
    counters: link.counters,
    open: (receive, report, state) => link.open((frame) => pass(inward, frame, receive), report, state),
    send: (frame) => pass(outward, frame, (one) => link.send(one)),
    close: () => {
      open = false;
      return link.close();
    },
  };
}
