/**
 * Signatures as IKE has them: RSA-2048 over the bare hash (RFC 2409, 5.1), ECDSA on P-256 (RFC 4754). Ours and OpenSSL's are blinded, and ours of RSA is checked against
 * faults before it leaves; ECDSA's k is RFC 6979's with fresh randomness here, RFC 6979's alone with @noble/curves, and random with OpenSSL.
 */
import { createPublicKey, generateKeyPairSync, privateEncrypt, verify, type JsonWebKey, type KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import { p256 } from "@noble/curves/nist.js";
import { BARE } from "../../tests/support/primitives/signatures.ts";
import { local, measure, type Contender, type Row } from "../measure.ts";
import { ours, type Core } from "../ours.ts";
import { onlyX64, openSsl, type Processor } from "../peers/openssl.ts";
import { HASH, HASHED } from "../peers/tasks.ts";
import type { Bench } from "../suite.ts";

const PROCESSORS: Processor[] = ["OpenSSL", "OpenSSL without AVX"];
const BITS = 2048;
/** Where a key lies in the arena, and the number of SHA-256. */
const KEY = 131072, SHA256 = 4, P256 = 19;
/** What a signature is good for comes out, where the signature itself is another one each time. */
const GOOD = Buffer.of(1);
const good = (is: boolean): Buffer => Buffer.of(Number(is));

/** What of node-forge is used; it comes without types. */
interface Forge {
  pki: {
    privateKeyFromPem(pem: string): { sign(hash: string, scheme: "NONE"): string };
    publicKeyFromPem(pem: string): { verify(hash: string, signature: string, scheme: "NONE"): boolean };
  };
}
const forge = createRequire(import.meta.url)("node-forge") as Forge;
const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const number = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");

/** Lays an RSA key out in the core; its address. */
function rsaKey(core: Core, jwk: JsonWebKey): number {
  const at = core.base + KEY;
  const [n, e] = [number(jwk.n), number(jwk.e)];
  if (core.run("rsaPublicKey", at, n, n.length, e, e.length)) throw new Error("the key is refused");
  [jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].forEach((part, i) => core.run("rsaSetPart", at, i, number(part), number(part).length));
  core.call("drbgSeed");
  return at;
}

async function rsa(): Promise<{ sign: Contender[]; verify: Contender[]; expected: Buffer }> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: BITS });
  const jwk = privateKey.export({ format: "jwk" });
  const pem = (key: KeyObject, type: "pkcs8" | "spki"): string => key.export({ type, format: "pem" } as never).toString();
  const signature = privateEncrypt(privateKey, HASH);
  const [own, theirs] = [forge.pki.privateKeyFromPem(pem(privateKey, "pkcs8")), forge.pki.publicKeyFromPem(pem(publicKey, "spki"))];
  const [hash, signed] = [binary(HASH), binary(signature)];
  const sign = await ours((core) => {
    const [key, h, out] = [rsaKey(core, jwk), core.lay("data", HASH), core.at("out")];
    const run = core.fn("rsaSignAll");
    const call = (): void => void run(key, BARE, 0, h, HASH.length, out);
    return { call, result: () => (call(), core.take("out", BITS / 8)) };
  });
  const check = await ours((core) => {
    const [key, h, sig] = [rsaKey(core, jwk), core.lay("data", HASH), core.lay("state", signature)];
    const run = core.fn("rsaVerifyAll");
    const call = (): number => run(key, BARE, 0, 0, 0, h, HASH.length, sig, signature.length);
    return { call: () => void call(), result: () => good(call() === 1) };
  });
  const pkcs8 = pem(privateKey, "pkcs8");
  return {
    expected: signature,
    sign: [...sign, ...openSsl({ kind: "rsa-sign", key: pkcs8 }, ...PROCESSORS), local("node-forge", () => void own.sign(hash, "NONE"), () => Buffer.from(own.sign(hash, "NONE"), "latin1"))],
    verify: [...check, ...openSsl({ kind: "rsa-verify", key: pkcs8 }, ...PROCESSORS), local("node-forge", () => void theirs.verify(hash, signed, "NONE"), () => good(theirs.verify(hash, signed, "NONE")))],
  };
}

async function ecdsa(): Promise<{ sign: Contender[]; verify: Contender[] }> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = privateKey.export({ format: "jwk" });
  const [d, point] = [number(jwk.d), Buffer.concat([number(jwk.x), number(jwk.y)])];
  const key = createPublicKey(privateKey);
  const isGood = (signature: Uint8Array): Buffer => good(verify("sha256", HASHED, { key, dsaEncoding: "ieee-p1363" }, signature));
  const pure = (): Uint8Array => p256.sign(HASH, d, { prehash: false });
  const signature = pure();
  const sign = await ours((core) => {
    const [at, h, out] = [core.lay("key", d), core.lay("data", HASH), core.at("out")];
    core.call("drbgSeed");
    const run = core.fn("ecdsaSignAll");
    const call = (): void => void run(P256, SHA256, at, h, HASH.length, 0, out);
    return { call, result: () => (call(), isGood(core.take("out", 64))) };
  });
  const check = await ours((core) => {
    const [q, h, sig] = [core.lay("key", point), core.lay("data", HASH), core.lay("state", signature)];
    const run = core.fn("ecdsaVerifyAll");
    const call = (): number => run(P256, q, point.length, h, HASH.length, sig, 64);
    return { call: () => void call(), result: () => good(call() === 1) };
  });
  const whole = Buffer.concat([Buffer.of(4), point]);
  const pureCheck = (): boolean => p256.verify(signature, HASH, whole, { prehash: false, lowS: false });
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return {
    sign: [...sign, ...openSsl({ kind: "ecdsa-sign", key: pkcs8 }, ...PROCESSORS), local("@noble/curves", () => void pure(), () => isGood(pure()))],
    verify: [...check, ...openSsl({ kind: "ecdsa-verify", key: pkcs8 }, ...PROCESSORS), local("@noble/curves", () => void pureCheck(), () => good(pureCheck()))],
  };
}

export const signatures: Bench = async (effort, done) => {
  const rows: Row[] = [];
  const row = async (group: string, size: number, expected: Uint8Array, contenders: Contender[]): Promise<void> => {
    const one = await measure({ group, size, expected, contenders }, effort);
    rows.push(one);
    done(one);
  };
  const [r, e] = [await rsa(), await ecdsa()];
  await row("RSA, sign", BITS, r.expected, r.sign);
  await row("RSA, verify", BITS, GOOD, r.verify);
  await row("ECDSA on P-256, sign", 256, GOOD, e.sign);
  await row("ECDSA on P-256, verify", 256, GOOD, e.verify);
  return {
    name: "signatures",
    about: "signatures over a hash",
    unit: "ms",
    axis: "bits of the key",
    rows,
    missing: onlyX64 ? [onlyX64] : [],
    notes: [
      "RSA: PKCS#1 type 1 around the bare hash. Ours is blinded afresh each time, in constant time, and raised to e before it leaves; node-forge's is neither blinded afresh nor constant in time.",
      "What bounds ours: for each prime of 1024 bits some 1024 squarings and 526 multiplications of 40 limbs of 28 bits, of which blinding by a second base is 290 and the check 4 % of all; a multiplication is 1600 vector products of two limbs each, near one a cycle. OpenSSL multiplies 64 bits at a time, and with AVX-512 eight of 52.",
      "ECDSA: OpenSSL hashes 32 octets as well, and draws k; @noble/curves makes k by RFC 6979 alone. Both of the pure JavaScript ones are not constant in time.",
    ],
  };
};
