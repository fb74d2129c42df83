/** Constant time of whole ESP packets, sealed and opened: as trace.test.ts, with every way of encrypting and authenticating. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Esp, espBinary } from "../support/primitives/esp.ts";
import { bare, keymatLength, sealWithNode, suites, type Suite } from "../support/second/esp.ts";
import { Random } from "../support/world/random.ts";
import { Trace, instrument } from "./instrument.ts";

const { binary, sites } = instrument(await espBinary());
const trace = new Trace(sites);
const entropy = new Random(3);
const esp = await Esp.load((out) => entropy.fill(out), binary, { trace: trace.imports });
const random = new Random(2027);

/** Keys and texts at the edges, then random ones. */
function secret(run: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  return run === 0 ? out : run === 1 ? out.fill(255) : random.fill(out);
}

/** One path over one set of addresses under six secrets. */
function constant(name: string, arrange: (run: number) => () => void): void {
  test(`${name}: one path over one set of addresses under 6 secrets`, (t) => {
    arrange(0)();
    let first: Int32Array | undefined;
    for (let run = 0; run < 6; run++) {
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

const WANTED = ["3des/sha1", "null/sha256", "aes-256/sha512", "aes-128/aes-xcbc", "ctr-192/sha1", "ctr-256/aes-xcbc", "gcm-128/8", "gcm-192/12", "gcm-256/16"];

for (const esn of [false, true])
  for (const suite of [...suites.filter(({ name }) => WANTED.includes(name)), ...(esn ? [] : [bare("aes-128")])] as Suite[])
    for (const length of [40, 333]) {
      const what = `${suite.auth || suite.icv ? suite.name : "aes-128 alone"}${esn ? ", extended numbers" : ""}, ${length} octets`;
      const keyed = (run: number): Uint8Array => {
        const keymat = secret(run, keymatLength(suite));
        esp.key(suite, keymat, 64, esn);
        return keymat;
      };
      constant(`${what}, sealed`, (run) => {
        keyed(run);
        const payload = secret((run * 5) % 6, length);
        return () => assert.equal(esp.seal(payload).reason, 0);
      });
      if (!suite.icv) continue;
      for (const right of [true, false])
        constant(`${what}, opened, ICV ${right ? "right" : "wrong"}`, (run) => {
          const keymat = keyed(run);
          const packet = sealWithNode(suite, keymat, esp.spi, { sequence: 1, esn }, secret((run * 5) % 6, length));
          // That it is wrong is no secret; where it is wrong is one.
          if (!right) packet[packet.length - 1 - run]! ^= 1 << run;
          return () => assert.equal(esp.open(packet).reason === 0, right);
        });
    }
