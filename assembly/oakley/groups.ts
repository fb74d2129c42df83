/**
 * The groups by their Group Description: numbers, names, the curves' own (number/curve/curves.ts), and the MODP groups (RFC 2409,
 * 6.1 and 6.2; RFC 3526). Of these all are safe primes of one form, generator 2 (RFC 2412, appendix E):
 *
 *     p = 2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) pi] + c)
 *
 * so that a prime is 64 ones, the digits of pi with c - 1 added, 64 ones; one table of pi's digits serves them all.
 */
import {
  Curve, EC2N_155, EC2N_163, EC2N_185, ECP_256, ECP_384, ECP_521, X25519,
} from "../number/curve/curves";
import { piDigits } from "./pi";

export class Group {
  constructor(
    /** Group Description attribute. */
    readonly id: u32,
    /** Bits of the prime. */
    readonly bits: u32,
    /** What is added to the digits of pi. */
    readonly c: u32,
    /**
     * Bits of a private value: at least twice the group's strength, RFC 3526, 8 (its first estimate) and RFC 7919,
     * appendix A; an exponent that long is as hard to find as the group is to break.
     */
    readonly exponentBits: u32,
  ) {}

  /** Octets of the prime, of every public value and of every shared secret. */
  get bytes(): u32 {
    return this.bits >> 3;
  }

  get exponentBytes(): u32 {
    return this.exponentBits >> 3;
  }

  /** Writes the prime, big-endian, `bytes` octets. */
  prime(out: usize): void {
    const n = this.bytes;
    memory.fill(out, 0xff, <usize>n);
    const middle = n - 16;
    piDigits(out + 8, middle);
    // Adds c - 1 at the low end of the digits. Public numbers: the carry may stop early.
    let carry = this.c - 1;
    for (let i = middle; carry && i > 0; i--) {
      const v = carry + <u32>load<u8>(out + 7 + i);
      store<u8>(out + 7 + i, <u8>v);
      carry = v >>> 8;
    }
  }
}

export const MODP_768 = new Group(1, 768, 149686, 256);
export const MODP_1024 = new Group(2, 1024, 129093, 256);
export const MODP_1536 = new Group(5, 1536, 741804, 256);
export const MODP_2048 = new Group(14, 2048, 124476, 256);
export const MODP_3072 = new Group(15, 3072, 1690314, 320);
export const MODP_4096 = new Group(16, 4096, 240904, 352);
export const MODP_6144 = new Group(17, 6144, 929484, 400);
export const MODP_8192 = new Group(18, 8192, 4743158, 448);

/** Octets of the largest group's values. */
export const GROUP_BYTES_MAX: u32 = 1024;
export const EXPONENT_BYTES_MAX: u32 = 56;

/** The group with this Group Description, or null. */
export function groupById(id: u32): Group | null {
  switch (id) {
    case 1: return MODP_768;
    case 2: return MODP_1024;
    case 5: return MODP_1536;
    case 14: return MODP_2048;
    case 15: return MODP_3072;
    case 16: return MODP_4096;
    case 17: return MODP_6144;
    case 18: return MODP_8192;
    default: return null;
  }
}

/** The curve with this Group Description, or null. */
export function curveById(id: u32): Curve | null {
  switch (id) {
    case 3: return EC2N_155;
    case 4: return EC2N_185;
    case 7: return EC2N_163;
    case 19: return ECP_256;
    case 20: return ECP_384;
    case 21: return ECP_521;
    case 31: return X25519;
    default: return null;
  }
}

/** Group Descriptions from here on are private use (RFC 2409, appendix A). */
export const PRIVATE_MIN: u32 = 32768;

/** A group's name as people write it. */
export function groupName(id: u32): string {
  switch (id) {
    case 1: return "group 1 (MODP 768)";
    case 2: return "group 2 (MODP 1024)";
    case 3: return "group 3 (EC2N 155)";
    case 4: return "group 4 (EC2N 185)";
    case 5: return "group 5 (MODP 1536)";
    case 7: return "group 7 (EC2N 163)";
    case 14: return "group 14 (MODP 2048)";
    case 15: return "group 15 (MODP 3072)";
    case 16: return "group 16 (MODP 4096)";
    case 17: return "group 17 (MODP 6144)";
    case 18: return "group 18 (MODP 8192)";
    case 19: return "group 19 (ECP 256)";
    case 20: return "group 20 (ECP 384)";
    case 21: return "group 21 (ECP 521)";
    case 31: return "group 31 (Curve25519)";
    default: return id >= PRIVATE_MIN && id <= 65535 ? "a private group" : "unknown group";
  }
}
