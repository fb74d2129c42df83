/**
 * What a handler answers to the engine: one number, so that nothing is allocated. The low octet says what is to happen,
 * the next one why (Drop), the upper half which notify tells the peer (ike_numbers.Notify, NONE: none does).
 */
import { Drop } from "../../util/status";

export const enum Verdict {
  /** Go on: continue, send the reply, change the state. */
  OK = 0,
  /** Jobs of modular exponentiation are due; the row's second half follows when they are done. */
  SUSPEND = 1,
  /** Count it; the exchange stands where it stood. */
  DROP = 2,
  /** As DROP, and tell the peer. For messages that anybody could have sent: they must not end an exchange. */
  REFUSE = 3,
  /** Count it, tell the peer, end the exchange. */
  FAIL = 4,
  /** CONNECTED has come for the Quick Mode of the message's ID. */
  CONNECTED = 5,
}

export const OK: u32 = 0;
export const SUSPEND: u32 = 1;
export const CONNECTED: u32 = 5;
/** In the place of a Drop: nothing is dropped, the packet is kept for later, and not the caller's any more. */
export const KEPT: u32 = 0xffff;

export function drop(reason: Drop): u32 {
  return (<u32>Verdict.DROP) | ((<u32>reason) << 8);
}

export function refuse(reason: Drop, notify: u32): u32 {
  return (<u32>Verdict.REFUSE) | ((<u32>reason) << 8) | (notify << 16);
}

export function fail(reason: Drop, notify: u32): u32 {
  return (<u32>Verdict.FAIL) | ((<u32>reason) << 8) | (notify << 16);
}

/** A failure as a refusal: the exchange goes on. */
export function asRefusal(outcome: u32): u32 {
  return verdictOf(outcome) == <u32>Verdict.FAIL ? (outcome & ~0xff) | (<u32>Verdict.REFUSE) : outcome;
}

export function verdictOf(outcome: u32): u32 {
  return outcome & 0xff;
}

export function reasonOf(outcome: u32): Drop {
  return <Drop>((outcome >>> 8) & 0xff);
}

export function notifyOf(outcome: u32): u32 {
  return outcome >>> 16;
}
