// Diffie-Hellman in every MODP group: milliseconds for a public value and for a shared secret, against node:crypto
// (OpenSSL, the same private value) and BigInt in the same run.
//   npm run bench -- modexp [--seconds S]
import { createDiffieHellman, randomBytes } from "node:crypto";
import { Oakley } from "../tests/support/primitives/oakley.ts";
import { cpuMs, milliseconds } from "./clock.ts";

const groups = [1, 2, 5, 14, 15, 16, 17, 18];

const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

/** Runs the table and prints it. */
export async function benchModexp(seconds = 0.4): Promise<void> {
  const p = await Oakley.load();
  const time = (call: () => void): number => milliseconds(call, seconds / 4);
  console.log("group bits/exponent   2^x ms   y^x ms   OpenSSL y^x   BigInt y^x   ours/OpenSSL  ours/BigInt  slices  longest slice ms");
  for (const group of groups) {
    const prime = p.prime(group);
    const exponent = randomBytes(p.call("groupExponentBytes", group));
    const theirs = createDiffieHellman(prime, 2);
    theirs.setPrivateKey(exponent);
    const peer = p.modexp(group, undefined, randomBytes(exponent.length));
    const [x, y, modulus] = [number(exponent), number(peer), number(prime)];
    if (number(p.modexp(group, peer, exponent)) !== power(y, x, modulus)) throw new Error(`group ${group}: not the same power`);
    const generator = time(() => void p.modexp(group, undefined, exponent));
    const ours = time(() => void p.modexp(group, peer, exponent));
    const openssl = time(() => void theirs.computeSecret(peer));
    const big = time(() => void power(y, x, modulus));
    let slices = 0;
    let longest = 0;
    p.run("modexpStart", group, peer, peer.length, exponent, exponent.length);
    for (let done = 0; !done; slices++) {
      const start = cpuMs();
      done = p.call("modexpStep");
      longest = Math.max(longest, cpuMs() - start);
    }
    p.call("modexpResult", p.base);
    const cells = [
      `${group}`.padStart(5),
      `${prime.length * 8}/${exponent.length * 8}`.padStart(13),
      generator.toFixed(3).padStart(11),
      ours.toFixed(3).padStart(8),
      openssl.toFixed(3).padStart(13),
      big.toFixed(3).padStart(12),
      (ours / openssl).toFixed(2).padStart(14),
      (ours / big).toFixed(2).padStart(12),
      `${slices}`.padStart(7),
      longest.toFixed(3).padStart(17),
    ];
    console.log(cells.join(" "));
  }
}
