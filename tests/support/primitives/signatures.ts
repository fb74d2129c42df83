/** Signatures and RSA's encryption (build/primitives.wasm), with keys as node:crypto exports them. */
import type { JsonWebKey } from "node:crypto";
import { Random } from "../world/random.ts";
import { Oakley } from "./oakley.ts";
import { Primitives } from "./primitives.ts";

export const BARE = 1;
export const PKCS1 = 2;
export const PSS = 3;

/** Where a key lies in the arena. */
const KEY = 131072;

const octets = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");

export class Signatures extends Oakley {
  static override async load(binary?: Uint8Array, imports?: WebAssembly.Imports): Promise<Signatures> {
    const random = new Random(77);
    const made = new Signatures((await Primitives.load((out) => random.fill(out).length, binary, imports)).exports);
    made.call("drbgSeed");
    return made;
  }

  get key(): number {
    return this.base + KEY;
  }

  /** Lays a public key out; the fault's number. */
  publicKey(n: Uint8Array, e: Uint8Array): number {
    return this.run("rsaPublicKey", this.key, n, n.length, e, e.length);
  }

  /** Lays a key out, with its private half where the JWK has it. */
  takeKey(jwk: JsonWebKey): void {
    const fault = this.publicKey(octets(jwk.n), octets(jwk.e));
    if (fault) throw new Error(`the key is refused: ${fault}`);
    if (jwk.p === undefined) return;
    [jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].forEach((part, i) => {
      if (!this.run("rsaSetPart", this.key, i, octets(part), octets(part).length)) throw new Error(`part ${i} is refused`);
    });
  }

  /** The numbers of the key as a JWK has them. */
  giveKey(): JsonWebKey {
    const memory = new Uint8Array(this.exports.memory.buffer);
    const at = (offset: number, length: number): string => Buffer.from(memory.slice(this.key + offset, this.key + offset + length)).toString("base64url");
    const n = memory[this.key]! | (memory[this.key + 1]! << 8);
    const half = (n + 1) >> 1;
    const [p, q, dp, dq, qi] = [0, 1, 2, 3, 4].map((i) => at(12 + n + i * half, half));
    const d = this.derive("rsaPrivateExponent", this.key).toString("base64url");
    return { kty: "RSA", n: at(12, n), e: at(4, memory[this.key + 2]!), d, p: p!, q: q!, dp: dp!, dq: dq!, qi: qi! };
  }

  /** Makes a key; the slices it took. */
  generate(bits: number): number {
    if (!this.run("rsaGenerateStart", bits, this.key)) throw new Error("no key begins");
    let slices = 1;
    while (!this.call("rsaGenerateStep")) slices++;
    if (!this.call("rsaGenerateResult")) throw new Error("no key came");
    return slices;
  }

  verify(scheme: number, alg: number, hash: Uint8Array, sig: Uint8Array, maskAlg = 0, saltLen = 0): boolean {
    return this.run("rsaVerifyAll", this.key, scheme, alg, maskAlg, saltLen, hash, hash.length, sig, sig.length) === 1;
  }

  sign(scheme: number, alg: number, hash: Uint8Array): Buffer {
    return this.derive("rsaSignAll", this.key, scheme, alg, hash, hash.length);
  }

  encrypt(message: Uint8Array): Buffer {
    return this.derive("rsaEncryptAll", this.key, message, message.length);
  }

  /** What comes out, message or replacement. */
  decrypt(ciphertext: Uint8Array, min: number, other: Uint8Array, otherLen = other.length): Buffer {
    return this.derive("rsaDecryptAll", this.key, ciphertext, ciphertext.length, min, other.length, other, otherLen);
  }

  /** r | s; `plain`: by RFC 6979 alone. */
  ecdsaSign(group: number, alg: number, d: Uint8Array, hash: Uint8Array, plain = false): Buffer {
    return this.derive("ecdsaSignAll", group, alg, d, hash, hash.length, plain ? 1 : 0);
  }

  ecdsaVerify(group: number, point: Uint8Array, hash: Uint8Array, sig: Uint8Array): boolean {
    return this.run("ecdsaVerifyAll", group, point, point.length, hash, hash.length, sig, sig.length) === 1;
  }

  toDer(raw: Uint8Array): Buffer {
    return this.derive("ecdsaToDer", raw, raw.length / 2);
  }

  /** r | s, or nothing. */
  fromDer(der: Uint8Array, length: number): Buffer {
    return this.derive("ecdsaFromDer", der, der.length, length);
  }

  ed25519(key: Uint8Array, message: Uint8Array, sig: Uint8Array): boolean {
    return this.run("ed25519VerifyAll", key, message, message.length, sig) === 1;
  }
}
