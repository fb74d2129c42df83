/**
 * Diffie-Hellman in the MODP groups: private values, the check of public ones (RFC 2409, 5; RFC 2631, 2.1.5), and the
 * beginning of a power, which modexp.ts computes.
 */
import * as drbg from "../crypto/drbg";
import { Power } from "../number/modexp";
import * as ct from "../util/ct";
import { Group, GROUP_BYTES_MAX } from "./groups";

const prime: usize = memory.data(1024, 8);

/** Draws a private value of group.exponentBytes octets. False, and nothing but zeros written, without entropy. */
export function dhPrivate(group: Group, out: usize): bool {
  return drawPrivate(out, group.exponentBytes);
}

/** Draws a private value of `len` octets. False, and nothing but zeros written, without entropy. */
export function drawPrivate(out: usize, len: u32): bool {
  if (drbg.fill(out, len)) return true;
  ct.wipe(out, len);
  return false;
}

/** Whether a peer's public value is to be used: exactly group.bytes octets (RFC 2409, 5: zeros are prepended), and in range. */
export function dhCheckPublic(group: Group, y: usize, len: u32): bool {
  const n = group.bytes;
  if (len != n || n > GROUP_BYTES_MAX) return false;
  group.prime(prime);
  return publicInRange(prime, n, y, len);
}

/**
 * Whether y is as long as p, the `pLen` octets of a safe prime, and 2 <= y <= p - 2, which leaves out 0, 1 and p - 1, whose
 * powers an onlooker knows. In a safe prime's group no other small subgroup exists. Public values only: takes what time it takes.
 */
export function publicInRange(p: usize, pLen: u32, y: usize, len: u32): bool {
  if (len != pLen || !pLen) return false;
  let high: u32 = 0;
  for (let i: u32 = 0; i < len - 1; i++) high |= <u32>load<u8>(y + i);
  if (!high && load<u8>(y + len - 1) < 2) return false;
  const difference = memory.compare(y, p, <usize>len - 1);
  // p is odd: y <= p - 2 is y < p - 1.
  return difference < 0 || (difference == 0 && load<u8>(y + len - 1) < load<u8>(p + len - 1) - 1);
}

/**
 * Begins base^exp in the group; base 0 is the generator, any other a value that dhCheckPublic took. False while another job runs,
 * and for lengths of more than the prime's octets.
 */
export function dhPower(power: Power, group: Group, base: usize, baseLen: u32, exp: usize, expLen: u32): bool {
  if (expLen > group.bytes) return false;
  group.prime(prime);
  return power.start(prime, group.bytes, base, baseLen, exp, expLen, false);
}
