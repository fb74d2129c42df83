/** Faults are the same for the same seed, and about as many as was asked for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Faults, faulty, parseFault, type FaultSpec } from "../../host/node/link/fault.ts";
import { memoryWire } from "../../host/node/link/memory.ts";
import { turns } from "../support/world/until.ts";

const spec = (text: string) => parseFault(text) as FaultSpec;
const frame = (n: number) => Uint8Array.from({ length: 60 }, (_, i) => (i * 3 + n) & 255);

test("the same seed, the same wire; another port, direction or seed, another wire", () => {
  const s = spec("loss=0.3,dup=0.2,reorder=0.2,corrupt=0.2,delay=5,seed=7");
  const trace = (f: Faults) => JSON.stringify(Array.from({ length: 200 }, (_, n) => f.apply(frame(n)).map((x) => [x.delay, Buffer.from(x.frame).toString("hex")])));
  const first = trace(new Faults(s, 1, 0));
  assert.equal(trace(new Faults({ ...s }, 1, 0)), first);
  assert.notEqual(trace(new Faults(s, 1, 1)), first);
  assert.notEqual(trace(new Faults(s, 0, 0)), first);
  assert.notEqual(trace(new Faults({ ...s, seed: 8 }, 1, 0)), first);
});

test("as many as was asked for, one bit, behind the Ethernet header", () => {
  const faults = new Faults(spec("loss=0.3,dup=0.2,corrupt=0.1,seed=3"), 0, 0);
  let lost = 0;
  let doubled = 0;
  let corrupted = 0;
  for (let n = 0; n < 5000; n++) {
    const out = faults.apply(frame(n));
    if (out.length === 0) lost++;
    if (out.length === 2) doubled++;
    const bits = out[0] ? out[0].frame.reduce((sum, b, i) => sum + (b ^ frame(n)[i]!).toString(2).replaceAll("0", "").length, 0) : 0;
    assert.ok(bits <= 1);
    corrupted += bits;
    if (out[0]) assert.deepEqual(out[0].frame.subarray(0, 14), frame(n).subarray(0, 14));
  }
  assert.ok(Math.abs(lost / 5000 - 0.3) < 0.03 && Math.abs(doubled / 5000 - 0.14) < 0.03 && Math.abs(corrupted / 5000 - 0.07) < 0.02, `${lost} ${doubled} ${corrupted}`);
});

test("both directions of a link, delays through the timer that is given", async () => {
  const [x, y] = memoryWire("x", "y");
  const later: (() => void)[] = [];
  const a = faulty(x, spec("delay=20"), 0, (ms, act) => {
    assert.equal(ms, 20);
    later.push(act);
  });
  const got: [string, number][] = [];
  await a.open((f) => got.push(["a", f[0]!]), () => {});
  await y.open((f) => got.push(["y", f[0]!]));
  a.send(frame(1));
  y.send(frame(2));
  await turns();
  assert.deepEqual(got, []);
  for (const act of later.splice(0)) act();
  await turns();
  assert.deepEqual(got, [["a", 2], ["y", 1]]);
});

test("a bad specification: one sentence", () => {
  const allowed = "; allowed are loss, dup, reorder and corrupt (0 to 1), delay (0 to 10000 ms), seed (0 to 4294967295), as in loss=0.3,seed=7";
  const cases: [string, string][] = [
    ["loss=1.5", `--fault "loss=1.5": "1.5" is not for "loss"${allowed}`],
    ["loss=", `--fault "loss=": "" is not for "loss"${allowed}`],
    ["los=1", `--fault "los=1": "los=1" is no fault${allowed}`],
    ["seed=1.5", `--fault "seed=1.5": "1.5" is not for "seed"${allowed}`],
    ["toString=1", `--fault "toString=1": "toString=1" is no fault${allowed}`],
    ["", `--fault "": "" is no fault${allowed}`],
  ];
  for (const [text, sentence] of cases) assert.equal(parseFault(text), sentence);
});
