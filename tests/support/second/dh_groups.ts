/**
 * Diffie-Hellman of the second implementation: every Oakley group on BigInt or on Node's crypto, sharing nothing with the
 * module. Octets as they stand in KE payloads (RFC 2409, 5; RFC 5903, 7; RFC 8031, 3.1).
 */
import { createDiffieHellman, createECDH, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { binaryCurves } from "./ec2n_reference.ts";

export interface OakleyGroup {
  /** Octets of a public value, of a private one, of the shared secret. */
  octets: number;
  privateOctets: number;
  publicOf(own: Uint8Array): Uint8Array;
  shared(theirs: Uint8Array, own: Uint8Array): Uint8Array;
}

const toBytes = (n: bigint, length: number): Uint8Array => new Uint8Array(Buffer.from(n.toString(16).padStart(length * 2, "0"), "hex"));
const toNumber = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString("hex")}`);

/** floor(2^bits * pi) with Machin's formula on integers. */
function piTimes2(bits: bigint): bigint {
  const guard = 64n;
  const one = 1n << (bits + guard);
  const arctan = (x: bigint) => {
    let term = one / x;
    let sum = term;
    for (let n = 3n, sign = -1n; term > 0n; n += 2n, sign = -sign) {
      term /= x * x;
      sum += (sign * term) / n;
    }
    return sum;
  };
  return (4n * (4n * arctan(5n) - arctan(239n))) >> guard;
}

/** RFC 2409's primes of 768 (group 1) and 1024 bits (group 2), RFC 3526's of 1536, 2048 and 4096, by RFC 2412's formula. */
const MODP: Record<number, [bits: number, add: bigint]> = { 1: [768, 149686n], 2: [1024, 129093n], 5: [1536, 741804n], 14: [2048, 124476n], 16: [4096, 240904n] };

export function prime(group: number): bigint {
  const [bits, add] = MODP[group]!;
  const n = BigInt(bits);
  return (1n << n) - (1n << (n - 64n)) - 1n + (1n << 64n) * (piTimes2(n - 130n) + add);
}

/** Any group of powers modulo a prime; its public values have the prime's length. */
export function modp(p: bigint, generator = 2n): OakleyGroup {
  const octets = (p.toString(2).length + 7) >> 3;
  // Making it proves the prime, which takes longer than all that is computed with it.
  let made: ReturnType<typeof createDiffieHellman> | undefined;
  const dh = (own: Uint8Array) => {
    made ??= createDiffieHellman(Buffer.from(toBytes(p, octets)), Buffer.from(toBytes(generator, (generator.toString(2).length + 7) >> 3)));
    made.setPrivateKey(own);
    return made;
  };
  return {
    octets,
    privateOctets: 32,
    publicOf(own) {
      const one = dh(own);
      one.generateKeys();
      return toBytes(toNumber(one.getPublicKey()), octets);
    },
    shared: (theirs, own) => toBytes(toNumber(dh(own).computeSecret(theirs)), octets),
  };
}

/** RFC 2409, 6.3: KE and secret are the x of a point; the private value is below the order. */
function ec2n(id: number): OakleyGroup {
  const curve = binaryCurves[id]!;
  const scalar = (own: Uint8Array) => (toNumber(own) % (curve.order / curve.cofactor - 1n)) + 1n;
  const times = (x: bigint, own: Uint8Array): Uint8Array => {
    const point = curve.lift(x);
    const product = point && curve.times(scalar(own), point);
    if (!product) throw new Error("no such point");
    return new Uint8Array(curve.encode(product.x));
  };
  return { octets: curve.octets, privateOctets: 20, publicOf: (own) => times(curve.gx, own), shared: (theirs, own) => times(toNumber(theirs), own) };
}

/** RFC 5903, 7: KE is x and y, the secret x alone. */
function ecp(name: string, coordinate: number): OakleyGroup {
  const ecdh = (own: Uint8Array) => {
    const one = createECDH(name);
    one.setPrivateKey(own);
    return one;
  };
  return {
    octets: 2 * coordinate,
    // Of some bits less than the order: every such number is one that may be.
    privateOctets: coordinate - 2,
    publicOf: (own) => new Uint8Array(ecdh(own).getPublicKey().subarray(1)),
    shared: (theirs, own) => new Uint8Array(ecdh(own).computeSecret(Buffer.concat([Buffer.from([4]), theirs]))),
  };
}

const X25519_PRIVATE = Buffer.from("302e020100300506032b656e04220420", "hex");
const X25519_PUBLIC = Buffer.from("302a300506032b656e032100", "hex");

/** RFC 8031, 3.1. */
const x25519: OakleyGroup = {
  octets: 32,
  privateOctets: 32,
  publicOf: (own) => new Uint8Array(createPublicKey(x25519Key(own)).export({ format: "der", type: "spki" }).subarray(-32)),
  shared: (theirs, own) => new Uint8Array(diffieHellman({ privateKey: x25519Key(own), publicKey: createPublicKey({ key: Buffer.concat([X25519_PUBLIC, theirs]), format: "der", type: "spki" }) })),
};

function x25519Key(own: Uint8Array) {
  return createPrivateKey({ key: Buffer.concat([X25519_PRIVATE, own]), format: "der", type: "pkcs8" });
}

const made = new Map<number, OakleyGroup>();

/** A group by RFC 2409's Group Description. */
export function oakleyGroup(id: number): OakleyGroup {
  let group = made.get(id);
  if (!group) {
    group = MODP[id] ? modp(prime(id)) : binaryCurves[id] ? ec2n(id) : id === 19 ? ecp("prime256v1", 32) : id === 20 ? ecp("secp384r1", 48) : id === 21 ? ecp("secp521r1", 66) : id === 31 ? x25519 : undefined;
    if (!group) throw new Error(`no group ${id}`);
    made.set(id, group);
  }
  return group;
}
