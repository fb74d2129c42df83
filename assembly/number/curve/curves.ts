/**
 * The elliptic curves: P-256, P-384, P-521 (ECP groups 19, 20, 21, RFC 5903), Curve25519 (group 31, RFC 8031), and those over
 * GF(2^m) of the EC2N groups 3 and 4 (RFC 2409, 6.3 and 6.4) and 7 (K-163, which Cisco's clients for small devices used). Their
 * public values and shared secrets as KE payloads carry them:
 *
 *     ECP      x | y of the public value; the shared secret is x (RFC 5903, 7)
 *     X25519   the u coordinate, little-endian; so is the shared secret (RFC 7748, 6.1)
 *     EC2N     x, zeros prepended to the field's octets; the shared secret is x (RFC 2409, 6.3)
 *
 * Groups 3, 4 and 7 give less than 80 bits of strength: for peers that have nothing else.
 */
import {
  C25519_G, C25519_P, EC155_B, EC155_G, EC185_B, EC185_G, K163_B, K163_G, P256_B, P256_G, P256_ORDER, P256_P, P384_B, P384_G,
  P384_ORDER, P384_P, P521_B, P521_G, P521_ORDER, P521_P,
} from "./curve_constants";
import { BinaryField } from "./gf2";

export const enum CurveKind { ECP = 1, X25519 = 2, EC2N = 3 }

export class Curve {
  constructor(
    readonly kind: CurveKind,
    /** Bits of a field element. */
    readonly bits: u32,
    /** Octets of a public value, and of a shared secret. */
    readonly publicBytes: u32,
    readonly secretBytes: u32,
    /** Bits of a private value that is drawn. */
    readonly scalarBits: u32,
    /** Limbs and bits of a limb (modulus.ts); 0 for EC2N. */
    readonly limbs: u32,
    readonly limbBits: u32,
    /** Octets: the prime, the coefficient b, the generator as the KE payload has it, the order (ECP). */
    readonly p: usize,
    readonly b: usize,
    readonly G: usize,
    readonly order: usize,
    /** EC2N: the field, the coefficient a, and the cofactor. */
    readonly field: BinaryField | null,
    readonly a: u32,
    readonly cofactor: u32,
  ) {}

  /** Octets of a field element. */
  get fieldBytes(): u32 {
    return (this.bits + 7) >> 3;
  }

  /** Octets of a private value that is drawn. */
  get scalarBytes(): u32 {
    return (this.scalarBits + 7) >> 3;
  }
}

export const ECP_256 = new Curve(CurveKind.ECP, 256, 64, 32, 256, 10, 28, P256_P, P256_B, P256_G, P256_ORDER, null, 0, 1);
export const ECP_384 = new Curve(CurveKind.ECP, 384, 96, 48, 384, 16, 29, P384_P, P384_B, P384_G, P384_ORDER, null, 0, 1);
export const ECP_521 = new Curve(CurveKind.ECP, 521, 132, 66, 521, 20, 28, P521_P, P521_B, P521_G, P521_ORDER, null, 0, 1);
export const X25519 = new Curve(CurveKind.X25519, 255, 32, 32, 256, 12, 28, C25519_P, 0, C25519_G, 0, null, 0, 8);
/** Order 12 * 3805993847215893016155463826195386266397436443 (RFC 2412, E.3). */
export const EC2N_155 = new Curve(CurveKind.EC2N, 155, 20, 20, 155, 0, 0, 0, EC155_B, EC155_G, 0, new BinaryField(155, 62, 0, 0), 0, 12);
/** Order 4 * 12259964326927110866866776214413170562013096250261263279 (RFC 2412, E.4). */
export const EC2N_185 = new Curve(CurveKind.EC2N, 185, 24, 24, 185, 0, 0, 0, EC185_B, EC185_G, 0, new BinaryField(185, 69, 0, 0), 0, 4);
export const EC2N_163 = new Curve(CurveKind.EC2N, 163, 21, 21, 162, 0, 0, 0, K163_B, K163_G, 0, new BinaryField(163, 7, 6, 3), 1, 2);

/** Octets of the longest public value, shared secret and private value. */
export const CURVE_PUBLIC_MAX: u32 = 132;
export const CURVE_SECRET_MAX: u32 = 66;
export const CURVE_SCALAR_MAX: u32 = 66;
