/**
 * The end of pairs: by time and by octets, softly (Work.REKEY) and hard (Work.EXPIRED). `scan` looks at the lifetimes; the
 * data path says with `wantRekey` and `usedUp` what it met. What a changed configuration ends is policies/policy_gone.ts's.
 */
import * as clock from "../../util/clock";
import * as lifetime from "../settings/lifetime";
import { Work } from "../work";
import * as acquire from "../work";
import { SA, SaChain, State } from "./sa";
import { arm, firstOf, remove } from "./sad";
import * as sad from "./sad";

/** Work.REKEY is posted again after so many milliseconds, as long as no newer pair has come. */
const REKEY_AGAIN: u64 = 120000;
/** The ring of work was full: another try so many milliseconds later. */
const RETRY: u64 = 1000;

/** Both directions of a pair end sooner than agreed; 0: this unit is as before. @param softMilliseconds after its beginning */
export function shorten(inbound: SA, seconds: u32, softMilliseconds: u32, kilobytes: u32): void {
  const outbound = inbound.pair;
  if (!outbound) return;
  if (seconds && seconds < inbound.lifetimeSeconds) {
    inbound.lifetimeSeconds = outbound.lifetimeSeconds = seconds;
    inbound.hard = inbound.born + <u64>seconds * 1000;
    if (!inbound.retired) inbound.soft = inbound.born + <u64>softMilliseconds;
    arm(inbound, inbound.born);
  }
  if (!kilobytes || (inbound.lifetimeKilobytes && kilobytes >= inbound.lifetimeKilobytes)) return;
  inbound.lifetimeKilobytes = outbound.lifetimeKilobytes = kilobytes;
  inbound.softBytes = outbound.softBytes = lifetime.softBytes(<u32>inbound.transform, kilobytes, 0);
  inbound.hardBytes = outbound.hardBytes = lifetime.hardBytes(<u32>inbound.transform, kilobytes);
}

/** The data path met a soft bound (octets, sequence number) on either direction: Work.REKEY with the next poll. */
export function wantRekey(any: SA): void {
  const sa = firstOf(any);
  const inbound = sa.inbound ? sa : sa.pair;
  if (!inbound || inbound.retired || inbound.state != <u8>State.MATURE) return;
  inbound.soft = clock.now();
  arm(inbound, inbound.soft);
}

/** There is no room for the pair that would renew this one: it is asked again soon. */
export function postpone(inbound: SA): void {
  inbound.soft = clock.now() + RETRY;
  arm(inbound, inbound.soft);
}

/** The data path met a hard bound on either direction: the pair ends with the next poll. */
export function usedUp(any: SA): void {
  const sa = firstOf(any);
  const inbound = sa.inbound ? sa : sa.pair;
  if (!inbound || !inbound.pair) return;
  inbound.hard = clock.now();
  arm(inbound, inbound.hard);
}

/** Reports a pair to IKE as gone and removes it. False, and it stays, when the ring of work is full. */
export function expire(inbound: SA, reason: string): bool {
  const item = acquire.post(Work.EXPIRED);
  if (!item) return false;
  const outbound = inbound.pair;
  item.spi = inbound.spi;
  item.peerSpi = outbound ? outbound.spi : 0;
  item.ike = inbound.ike;
  item.address = inbound.peerAddress;
  item.port = inbound.peerPort;
  remove(inbound, reason);
  return true;
}

/** Looks at the pairs whose time has come. */
export function scan(): void {
  for (let slot = sad.alarms.next(); slot >= 0; slot = sad.alarms.next()) {
    const sa = sad.at(slot);
    if (sa && sa.inbound && !sa.inner) look(sa);
  }
}

/** Whether a pair has carried nothing for its policy's time, and has gone for it. It is looked at four times in that time. */
function wentIdle(sa: SA, outbound: SA, now: u64): bool {
  const policy = sa.policy;
  if (!policy || !policy.idle || sa.retired) return false;
  const after = <u64>policy.idle * 1000;
  const seen = <u32>(sa.packets + outbound.packets);
  if (!sa.idleSince || seen != sa.idlePackets) {
    sa.idlePackets = seen;
    sa.idleSince = now;
  } else if (now - sa.idleSince >= after) {
    if (expire(sa, "idle")) {
      policy.idled = true;
      return true;
    }
    arm(sa, now + RETRY);
    return false;
  }
  arm(sa, min(now + (after >> 2), sa.idleSince + after));
  return false;
}

/** The time without traffic has been set, or is another: a policy's pairs are looked at. */
export function watchIdle(policy: SaChain): void {
  let sa = policy.newest;
  while (sa) {
    const inbound = sa.pair;
    if (inbound) {
      inbound.idleSince = 0;
      arm(inbound, clock.now());
    }
    sa = sa.older;
  }
}

function look(sa: SA): void {
  const outbound = sa.pair;
  if (!outbound) return;
  const now = clock.now();
  if (wentIdle(sa, outbound, now)) return;
  if (sa.hard != 0) {
    if (sa.hard > now) arm(sa, sa.hard);
    else if (expire(sa, "lifetime")) return;
    else arm(sa, now + RETRY);
  }
  if (sa.soft == 0) return;
  if (sa.soft <= now) {
    const item = acquire.post(Work.REKEY);
    sa.soft = now + (item ? REKEY_AGAIN : RETRY);
    if (item) {
      item.spi = sa.spi;
      item.peerSpi = outbound.spi;
      item.ike = sa.ike;
      item.address = sa.peerAddress;
      sa.state = outbound.state = <u8>State.DYING;
    }
  }
  arm(sa, sa.soft);
}
