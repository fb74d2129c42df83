/**
 * Lifetimes: when the renewal of a lifetime begins, and the times of an ISAKMP SA that follow from what was agreed on.
 */
import * as drbg from "../../crypto/drbg";
import { RENEWAL_FROM, RENEWAL_FROM_RESPONDER, RENEWAL_SPREAD, RENEWAL_SPREAD_RESPONDER } from "../../limits";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { IsakmpSa, Phase } from "./isakmp_sa";
import * as isakmpSa from "./isakmp_sa";

/** No lifetime is counted longer than this many seconds (24 days: 31 bits of milliseconds). */
const LIFETIME_MAX: u32 = 2000000;

const random: usize = memory.data(4, 4);

/** After which part of a lifetime its renewal begins, in 4096ths. */
export function softPart(initiator: bool): u64 {
  drbg.fill(random, 4);
  const jitter = load<u32>(random) & 0xfff;
  return <u64>(initiator ? RENEWAL_FROM + ((jitter * RENEWAL_SPREAD) >>> 12) : RENEWAL_FROM_RESPONDER + ((jitter * RENEWAL_SPREAD_RESPONDER) >>> 12));
}

/** When the renewal of a lifetime of `seconds` begins, in milliseconds after its start; 0 for no lifetime. */
export function softMilliseconds(seconds: u32, initiator: bool): u32 {
  return <u32>((<u64>min(seconds, LIFETIME_MAX) * 1000 * softPart(initiator)) >> 12);
}

/** After how many octets the renewal of a lifetime of `kilobytes` begins. */
export function softOctets(kilobytes: u32, initiator: bool): u64 {
  return ((<u64>kilobytes << 10) * softPart(initiator)) >> 12;
}

/** A spent one after this: rekey.ts's DELETE_DELAY and a little. */
const SPENT_DELAY: u64 = 12000;

/** Sets when an SA is renegotiated and when it ends, by what was agreed on. */
export function setLifetimes(sa: IsakmpSa): void {
  const start = sa.establishedAt;
  sa.expiresAt = start + <u64>sa.lifetimeSeconds * 1000;
  if (sa.phase == Phase.ESTABLISHED) sa.softAt = start + <u64>softMilliseconds(sa.lifetimeSeconds, sa.initiator);
  isakmpSa.arm(sa, min(sa.softAt, sa.expiresAt));
  const kilobytes = sa.lifetimeKilobytes;
  if (!kilobytes) return;
  sa.hardOctets = <u64>kilobytes << 10;
  sa.softOctets = softOctets(kilobytes, sa.initiator);
}

/** The responder's lifetimes are shorter than what it was offered (RFC 2407, 4.5.4): RESPONDER-LIFETIME, protected. 0: not said. */
export function shorten(sa: IsakmpSa, seconds: u32, kilobytes: u32): void {
  if (seconds) sa.lifetimeSeconds = min(sa.lifetimeSeconds, seconds);
  if (kilobytes) sa.lifetimeKilobytes = sa.lifetimeKilobytes ? min(sa.lifetimeKilobytes, kilobytes) : kilobytes;
  if (sa.phase != Phase.NEGOTIATING) setLifetimes(sa);
}

/**
 * An SA serves no further Quick Mode: what is under way under it is let finish, then it is deleted (RFC 2409, 8). It stays
 * for long enough that the pair which its Quick Mode renewed can be deleted under it.
 */
export function lastQuick(sa: IsakmpSa): void {
  sa.spent = true;
  sa.softAt = sa.dpdAt = NEVER;
  sa.softOctets = sa.hardOctets;
  sa.deleteAt = clock.now() + SPENT_DELAY + (sa.initiator ? 0 : SPENT_DELAY);
  isakmpSa.arm(sa, sa.deleteAt);
}
