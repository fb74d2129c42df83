// The generator under the spec host's entropy (as-pect.config.js: a counter). Answers: tests/vectors/drbg.test.ts.
import * as drbg from "../../../assembly/crypto/drbg";
import { DRBG_RESEED_INTERVAL } from "../../../assembly/limits";
import { toHex } from "./bytes";

const out: usize = memory.data(128, 8);

describe("the DRBG", () => {
  beforeEach(() => {
    drbg.init();
  });
  test("gives nothing before it is seeded, and zeros the buffer", () => {
    memory.fill(out, 0xa5, 16);
    expect(drbg.ready()).toBe(false);
    expect(drbg.fill(out, 16)).toBe(false);
    expect(toHex(out, 16)).toBe("00000000000000000000000000000000");
  });
  test("repeats exactly from its seed", () => {
    expect(drbg.seed()).toBe(true);
    expect(drbg.fill(out, 40)).toBe(true);
    const first = toHex(out, 40);
    drbg.wipe();
    expect(drbg.ready()).toBe(false);
    drbg.seed();
    drbg.fill(out, 40);
    expect(toHex(out, 40)).toBe(first);
    drbg.fill(out, 40);
    expect(toHex(out, 40) == first).toBe(false);
  });
  test("reseeds by itself when its interval is over", () => {
    drbg.seed();
    for (let i: u32 = 0; i < DRBG_RESEED_INTERVAL + 2; i++) {
      if (!drbg.fill(out, 1)) expect(i).toBe(0, "a request failed");
    }
    expect(drbg.ready()).toBe(true);
  });
});
