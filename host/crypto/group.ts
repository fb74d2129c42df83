/**
 * Diffie-Hellman: the MODP groups of IKE (RFC 2409, 6; RFC 3526), the curves P-256, P-384 and P-521 (RFC 5903) and X25519
 * (RFC 7748), and powers modulo any odd number. All secrets are worked on in constant time; lengths are public.
 */
import { octets, oneOf } from "./check.ts";
import { seed, within } from "./core.ts";

/** A group for a Diffie-Hellman exchange. */
export interface Group {
  /** What people call it. */
  readonly name: string;
  /** IKE's Group Description. */
  readonly id: number;
  /** Octets of a private key that `privateKey` draws; for a MODP group others are taken too, up to `publicLength`. */
  readonly privateLength: number;
  /** Octets of a public key. Of a curve with two coordinates: x and y, big-endian, with no octet before them. */
  readonly publicLength: number;
  /** Octets of a shared secret; of a curve with two coordinates: x. */
  readonly secretLength: number;
  /** Draws a private key. */
  privateKey(): Uint8Array<ArrayBuffer>;
  /** The public key of a private key. */
  publicKey(privateKey: Uint8Array): Uint8Array<ArrayBuffer>;
  /**
   * The shared secret of a private key and the peer's public key. Throws a RangeError for a public key that must not be
   * used: one out of range, no point of the curve, or of small order.
   */
  sharedSecret(privateKey: Uint8Array, peersPublicKey: Uint8Array): Uint8Array<ArrayBuffer>;
}

interface Kind {
  /** The core's functions: draws a key, computes a power, checks a value. */
  readonly draw: string;
  readonly power: string;
  readonly check: string;
  /** Octets of a private key at least and at most. */
  readonly least: number;
  readonly most: number;
}

function group(name: string, id: number, privateLength: number, publicLength: number, secretLength: number, kind: Kind): Group {
  const checkPrivate = (key: unknown): void => octets("the private key", key, kind.least, kind.most);
  const power = (key: Uint8Array, value?: Uint8Array): Uint8Array<ArrayBuffer> | undefined =>
    within((room) => {
      const base = value ? room.put(value) : 0;
      const out = room.take(Math.max(publicLength, 16));
      const length = room.call(kind.power, id, base, value?.length ?? 0, room.put(key), key.length, out);
      return length === 0 ? undefined : room.get(out, length);
    });
  return {
    name, id, privateLength, publicLength, secretLength,
    privateKey: () =>
      within((room) => {
        seed(room);
        const out = room.take(privateLength);
        if (room.call(kind.draw, id, out) !== privateLength) throw new Error("the crypto core got no entropy");
        return room.get(out, privateLength);
      }),
    publicKey(privateKey) {
      checkPrivate(privateKey);
      const value = power(privateKey);
      if (!value) throw new RangeError(`the private key is none of ${name}: it gives no point`);
      return value;
    },
    sharedSecret(privateKey, peersPublicKey) {
      checkPrivate(privateKey);
      oneOf("the public key", peersPublicKey, publicLength);
      if (within((room) => room.call(kind.check, id, room.put(peersPublicKey), peersPublicKey.length)) !== 1)
        throw new RangeError(`the public key must not be used in ${name}: it is out of range, no point of the curve or of small order`);
      const secret = power(privateKey, peersPublicKey);
      if (!secret) throw new RangeError(`the keys give no shared secret in ${name}`);
      return secret;
    },
  };
}

const modp = (id: number, bits: number, exponentBits: number): Group =>
  group(`MODP ${bits}`, id, exponentBits / 8, bits / 8, bits / 8, { draw: "dhPrivate", power: "modexpAll", check: "dhCheckPublic", least: 1, most: bits / 8 });

const curve = (name: string, id: number, octets: number, coordinates: number): Group =>
  group(name, id, octets, octets * coordinates, octets, { draw: "ecPrivate", power: "ecAll", check: "ecCheckPublic", least: octets, most: octets });

/** P-256 (ECP 256, group 19). */
export const p256: Group = curve("P-256", 19, 32, 2);
/** P-384 (ECP 384, group 20). */
export const p384: Group = curve("P-384", 20, 48, 2);
/** P-521 (ECP 521, group 21). */
export const p521: Group = curve("P-521", 21, 66, 2);
/** X25519 (group 31). */
export const x25519: Group = curve("X25519", 31, 32, 1);

const GROUPS: readonly Group[] = [
  // Bits of the prime, and of the private keys: twice the group's strength (RFC 3526, 8; RFC 7919, appendix A).
  modp(1, 768, 256), modp(2, 1024, 256), modp(5, 1536, 256), modp(14, 2048, 256), modp(15, 3072, 320), modp(16, 4096, 352), modp(17, 6144, 400), modp(18, 8192, 448),
  p256, p384, p521, x25519,
];

/** The group with a Group Description: 1, 2, 5 and 14 to 18 (MODP), 19 to 21 (P-256, P-384, P-521), 31 (X25519). */
export function oakleyGroup(id: number): Group {
  if (typeof id !== "number") throw new TypeError(`the group is of type ${typeof id}; allowed is a number`);
  const found = GROUPS.find((one) => one.id === id);
  if (!found) throw new RangeError(`there is no group ${id}; allowed are ${GROUPS.map((one) => one.id).join(", ")}`);
  return found;
}

/** Octets of a modulus. */
const MODULUS_MIN = 16;
const MODULUS_MAX = 1024;

/**
 * base^exponent modulo an odd number, all big-endian; the result is as long as the modulus without its leading zeros. Base
 * and exponent are secrets, the modulus is not.
 * @param base at most as many octets as the modulus
 * @param exponent 1 to 1024 octets
 * @param modulus odd, 16 to 1024 octets
 */
export function modexp(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array<ArrayBuffer> {
  octets("the modulus", modulus);
  const first = modulus.findIndex((octet) => octet !== 0);
  const odd = first < 0 ? new Uint8Array() : modulus.subarray(first);
  octets("the modulus without its leading zeros", odd, MODULUS_MIN, MODULUS_MAX);
  if ((odd.at(-1)! & 1) === 0) throw new RangeError("the modulus is even; allowed are odd ones");
  octets("the base", base, 1, odd.length);
  octets("the exponent", exponent, 1, MODULUS_MAX);
  return within((room) => {
    const out = room.take(odd.length);
    const length = room.call("oddPowerAll", room.put(odd), odd.length, room.put(base), base.length, room.put(exponent), exponent.length, 0, out);
    if (length === 0) throw new RangeError(`the modulus of ${odd.length} octets can't be used`);
    return room.get(out, length);
  });
}
