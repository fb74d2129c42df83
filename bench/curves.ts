// Diffie-Hellman in every group on a curve: milliseconds for a public value and for a shared secret (with the check of the
// peer's value), against node:crypto (OpenSSL) where it has the curve.
//   npm run bench -- curves [--seconds S]
import { createDiffieHellman, createECDH, diffieHellman, generateKeyPairSync, randomBytes } from "node:crypto";
import { Curves } from "../tests/support/primitives/curves.ts";
import { Primitives } from "../tests/support/primitives/primitives.ts";
import { cpuMs, milliseconds } from "./clock.ts";

const groups = [
  { group: 19, name: "ECP 256", curve: "prime256v1" },
  { group: 20, name: "ECP 384", curve: "secp384r1" },
  { group: 21, name: "ECP 521", curve: "secp521r1" },
  { group: 31, name: "Curve25519", curve: "x25519" },
  { group: 3, name: "EC2N 155", curve: undefined },
  { group: 4, name: "EC2N 185", curve: undefined },
  { group: 7, name: "EC2N 163", curve: "sect163k1" },
];

/** One shared secret of OpenSSL's. */
function theirs(curve: string): () => void {
  if (curve === "x25519") {
    const [mine, peer] = [generateKeyPairSync("x25519"), generateKeyPairSync("x25519")];
    return () => void diffieHellman({ privateKey: mine.privateKey, publicKey: peer.publicKey });
  }
  const [mine, peer] = [createECDH(curve), createECDH(curve)];
  mine.generateKeys();
  const value = peer.generateKeys();
  return () => void mine.computeSecret(value);
}

/** Runs the table and prints it. */
export async function benchCurves(seconds = 0.4): Promise<void> {
  const p = new Curves((await Primitives.load((bytes) => (bytes.set(randomBytes(bytes.length)), bytes.length))).exports);
  console.log("group                 public ms  secret ms  OpenSSL secret   ratio  slices  longest slice ms");
  for (const { group, name, curve } of groups) {
    const bytes = p.call("curvePublicBytes", group);
    const scalar = randomBytes(bytes > 32 && group > 7 ? bytes / 2 : bytes);
    if (group === 21) scalar[0]! &= 1;
    const value = p.publicValue(group, Buffer.from(scalar).fill(3, 1, 9))!;
    const open = milliseconds(() => void p.publicValue(group, scalar), seconds / 3);
    const secret = milliseconds(() => void p.shared(group, value, scalar), seconds / 3);
    const other = curve === undefined ? undefined : milliseconds(theirs(curve), seconds / 3);
    let slices = 0;
    let longest = 0;
    const begun = cpuMs();
    p.run("ecStart", group, value, value.length, scalar, scalar.length);
    longest = cpuMs() - begun;
    for (let done = 0; !done; slices++) {
      const start = cpuMs();
      done = p.call("ecStep");
      longest = Math.max(longest, cpuMs() - start);
    }
    p.call("ecResult", p.base);
    const cells = [`${group}`.padStart(5), name.padEnd(14), open.toFixed(3).padStart(11), secret.toFixed(3).padStart(10)];
    cells.push((other?.toFixed(3) ?? "-").padStart(15), (other ? (secret / other).toFixed(2) : "-").padStart(7), `${slices}`.padStart(7), longest.toFixed(3).padStart(17));
    console.log(cells.join(" "));
  }
  // The known primes stand for offered ones: a validation, and a power with a private value's length.
  console.log("\nnew group   validation ms  slices  longest slice ms  power ms  OpenSSL power   ratio");
  p.call("drbgSeed");
  for (const group of [2, 5, 14, 15]) {
    const prime = p.prime(group);
    const exponent = randomBytes(p.call("groupExponentBytes", group));
    const begun = cpuMs();
    p.run("newGroupStart", prime, prime.length, Buffer.of(2), 1, 0, 0);
    let longest = cpuMs() - begun;
    let slices = 0;
    for (let done = 0; !done; slices++) {
      const start = cpuMs();
      done = p.call("newGroupStep");
      longest = Math.max(longest, cpuMs() - start);
    }
    const whole = cpuMs() - begun;
    if (p.call("newGroupResult") !== 0) throw new Error(`group ${group} is refused`);
    const peer = createDiffieHellman(prime, 2);
    const value = peer.generateKeys();
    const ours = milliseconds(() => void p.derive("oddPowerAll", prime, prime.length, value, value.length, exponent, exponent.length, 0), seconds / 3);
    peer.setPrivateKey(exponent);
    const other = milliseconds(() => void peer.computeSecret(value), seconds / 3);
    const cells = [`MODP ${prime.length * 8}`.padEnd(11), whole.toFixed(0).padStart(13), `${slices}`.padStart(7), longest.toFixed(3).padStart(17)];
    cells.push(ours.toFixed(3).padStart(9), other.toFixed(3).padStart(14), (ours / other).toFixed(2).padStart(7));
    console.log(cells.join(" "));
  }
}
