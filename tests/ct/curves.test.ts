// Constant time of the groups on curves: as trace.test.ts. Scalars are secrets, points are public. Short scalars stand for
// long ones where each of their windows does the same.
import assert from "node:assert/strict";
import { at, constant, p, secret } from "./constant.ts";

const [SCALAR, VALUE, OUT] = [0, 1024, 4096];

for (const { group, length, runs } of [
  { group: 19, length: 32, runs: 6 },
  { group: 20, length: 2, runs: 6 },
  { group: 21, length: 2, runs: 6 },
  { group: 31, length: 32, runs: 6 },
  { group: 3, length: 20, runs: 6 },
  { group: 4, length: 24, runs: 6 },
  { group: 7, length: 21, runs: 6 },
]) {
  const bytes = p.call("curvePublicBytes", group);
  const other = p.put(VALUE, new Uint8Array(length).fill(7));
  p.call("ecAll", group, 0, 0, other, length, at(OUT));
  const value = p.get(OUT, bytes);
  const arrange = (run: number): void => {
    p.put(VALUE, value);
    // Never 0, whose multiple is no point: that shows, and ends an exchange.
    p.put(SCALAR, secret(run, length).fill(run === 0 ? 1 : 3, length - 1));
  };
  const times = (base: number) => (): void => void assert.notEqual(p.call("ecAll", group, base, base ? bytes : 0, at(SCALAR), length, at(OUT)), 0);
  constant(`group ${group}, the generator`, runs, arrange, times(0));
  constant(`group ${group}, a given point`, runs, arrange, times(at(VALUE)));
}

// Powers modulo an odd number: one that a peer brought, whose base is public, but not what it leaves on its way; and one that
// is a secret, as a factor of an RSA modulus is.
for (const { bytes, exponent, hidden } of [
  { bytes: 17, exponent: 12, hidden: false },
  { bytes: 128, exponent: 3, hidden: false },
  { bytes: 17, exponent: 12, hidden: true },
  { bytes: 128, exponent: 3, hidden: true },
]) {
  constant(
    `a power modulo ${hidden ? "a secret" : "an odd number"} of ${bytes} bytes`,
    6,
    (run) => {
      p.put(SCALAR, secret(run, exponent));
      p.put(VALUE, secret((run * 3) % 5, bytes).fill(0, 0, 1));
      const modulus = hidden ? secret(run, bytes) : Uint8Array.from({ length: bytes }, (_, i) => 255 - 2 * i);
      // Its size is public, and odd it must be.
      modulus[0] = modulus[0]! | 0x80;
      modulus[bytes - 1] = modulus[bytes - 1]! | 1;
      p.put(VALUE + 512, modulus);
    },
    () => assert.equal(p.call("oddPowerAll", at(VALUE + 512), bytes, at(VALUE), bytes, at(SCALAR), exponent, hidden ? 1 : 0, at(OUT)), bytes),
  );
}
