/** Diffie-Hellman on the curves: a shared secret, with the check of the peer's value where the contender has one. */
import { createECDH } from "node:crypto";
import { x25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { octets } from "../inputs.ts";
import { local, measure } from "../measure.ts";
import { ours } from "../ours.ts";
import { onlyX64, openSsl } from "../peers/openssl.ts";
import { work, type Task } from "../peers/tasks.ts";
import type { Bench } from "../suite.ts";

const NIST = [
  { group: 19, name: "P-256", bits: 256, bytes: 32, curve: "prime256v1", noble: p256 },
  { group: 20, name: "P-384", bits: 384, bytes: 48, curve: "secp384r1", noble: p384 },
  { group: 21, name: "P-521", bits: 521, bytes: 66, curve: "secp521r1", noble: p521 },
];

/** A scalar below every order of its curve. */
function scalar(bytes: number, words: string): Buffer {
  const made = octets(bytes, words);
  made[0] = bytes === 66 ? 0 : made[0]! & 0x7f;
  return made;
}

export const curves: Bench = async (effort, done) => {
  const rows = [];
  const secretOf = (group: number, value: Uint8Array, secret: Uint8Array, bytes: number) =>
    ours((core) => {
      const [at, x, out] = [core.lay("data", value), core.lay("key", secret), core.at("out")];
      const run = core.fn("ecAll");
      const call = (): void => void run(group, at, value.length, x, secret.length, out);
      return { call, result: () => (call(), core.take("out", bytes)) };
    });
  for (const { group, name, bits, bytes, curve, noble } of NIST) {
    const [secret, other] = [scalar(bytes, "secret"), scalar(bytes, "peer")];
    const peer = createECDH(curve);
    peer.setPrivateKey(other);
    const value = peer.getPublicKey();
    const task: Task = { kind: "ecdh", curve, secret: secret.toString("hex"), value: value.toString("hex") };
    const pure = (): Uint8Array => noble.getSharedSecret(secret, value).subarray(1, 1 + bytes);
    const row = await measure(
      { group: name, size: bits, expected: work(task).result(), contenders: [...(await secretOf(group, value.subarray(1), secret, bytes)), ...openSsl(task, "OpenSSL", "OpenSSL without AVX"), local("@noble/curves", () => void pure(), pure)] },
      effort,
    );
    rows.push(row);
    done(row);
  }
  const [secret, other] = [octets(32, "secret"), octets(32, "peer")];
  const value = x25519.getPublicKey(other);
  const task: Task = { kind: "x25519", secret: secret.toString("hex"), value: Buffer.from(value).toString("hex") };
  const pure = (): Uint8Array => x25519.getSharedSecret(secret, value);
  const row = await measure(
    { group: "X25519", size: 255, expected: work(task).result(), contenders: [...(await secretOf(31, value, secret, 32)), ...openSsl(task, "OpenSSL", "OpenSSL without AVX"), local("@noble/curves", () => void pure(), pure)] },
    effort,
  );
  rows.push(row);
  done(row);
  return { name: "curves", about: "shared secrets on the curves", unit: "ms", axis: "curve", rows, missing: onlyX64 ? [onlyX64] : [], notes: [] };
};
