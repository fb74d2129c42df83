/**
 * Diffie-Hellman in the MODP groups: private values and the check of public ones (RFC 2409, 5; RFC 2631, 2.1.5). The
 * powers themselves are modexp.ts's.
 */
import * as drbg from "../crypto/drbg";
import * as ct from "../util/ct";
import { Group, GROUP_BYTES_MAX } from "./groups";

const prime: usize = memory.data(1024, 8);

/** Draws a private value of group.exponentBytes octets. False, and nothing but zeros written, without entropy. */
export function dhPrivate(group: Group, out: usize): bool {
  const n = group.exponentBytes;
  if (drbg.fill(out, n)) return true;
  ct.wipe(out, n);
  return false;
}

/**
 * Whether a peer's public value is to be used: exactly group.bytes octets (RFC 2409, 5: zeros are prepended), and
 * 2 <= y <= p - 2, which leaves out 0, 1 and p - 1, whose powers an onlooker knows. In a safe prime's group no other
 * small subgroup exists. Public values only: takes what time it takes.
 */
export function dhCheckPublic(group: Group, y: usize, len: u32): bool {
  const n = group.bytes;
  if (len != n || n > GROUP_BYTES_MAX) return false;
  group.prime(prime);
  // p - 2: p is odd and ends in ones, so nothing is borrowed.
  store<u8>(prime + n - 1, load<u8>(prime + n - 1) - 2);
  if (memory.compare(y, prime, <usize>n) > 0) return false;
  let high: u32 = 0;
  for (let i: u32 = 0; i < n - 1; i++) high |= <u32>load<u8>(y + i);
  return high != 0 || load<u8>(y + n - 1) >= 2;
}
