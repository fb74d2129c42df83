/**
 * All policy of retransmission.
 *
 *   RETRANSMIT  the last message is sent again after a second, and then after pauses half as long again each time, at most
 *               16 seconds: nine messages in 48 seconds; 16 seconds later the exchange is given up. With 30 % of packets
 *               lost each way, one answer in four hundred never comes
 *   WAIT        a responder in Main Mode sends nothing on its own to an address that nobody has verified (the bane of
 *               amplification); it answers duplicates, and forgets a peer that is silent for 64 seconds
 *   LINGER      an exchange that is done still answers duplicates of its last message for 70 seconds, as long as the
 *               peer may go on sending them
 *   COMMIT      the peer has set the commit bit, or somebody on the way has: CONNECTED is waited for a second at most, and
 *               looked for traffic meanwhile
 *
 *   CONFIRM     an initiator's last message of Aggressive Mode goes out four times more with the same pauses, unless the
 *               peer shows before that it has come
 *
 * A duplicate is answered with the same octets: the next one after a pause that no peer repeats itself in, and no more of them
 * than a peer that hears nothing sends of one message. Who sends an old message again gets no more than the peer's own patience would.
 */
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { Exchange, Timeout, arm } from "../state/exchange";

const FIRST: u64 = 1000;
const LONGEST: u64 = 16000;
const TRIES: u32 = 8;
const CONFIRMATIONS: u32 = 4;
const WAIT: u64 = 64000;
const LINGER: u64 = 70000;
const DUPLICATES: u32 = 12;
const DUPLICATE_PAUSE: u64 = 300;
const COMMIT_LOOK: u64 = 100;
const COMMIT_LOOKS: u32 = 10;

/** Sets the timer that follows a message taken or sent. */
export function begin(ex: Exchange, timeout: u32): void {
  ex.timeout = timeout;
  ex.tries = 0;
  ex.answered = 0;
  switch (timeout) {
    case Timeout.CONFIRM:
    case Timeout.RETRANSMIT: arm(ex, clock.now() + FIRST); break;
    case Timeout.WAIT: arm(ex, clock.now() + WAIT); break;
    case Timeout.COMMIT: arm(ex, clock.now() + COMMIT_LOOK); break;
    case Timeout.LINGER: arm(ex, clock.now() + LINGER); break;
    default: ex.due = NEVER;
  }
}

/** No timer while a modular exponentiation is due: the peer has done its part. */
export function pause(ex: Exchange): void {
  ex.due = NEVER;
}

/** What the peer was thought to have done was not its doing: the timer runs on. */
export function goOn(ex: Exchange): void {
  const now = clock.now();
  if (ex.timeout == Timeout.RETRANSMIT) arm(ex, now + FIRST);
  else if (ex.timeout == Timeout.WAIT) arm(ex, max(now + 1, ex.createdAt + WAIT));
}

/** After a timer of kind RETRANSMIT or CONFIRM: whether to send once more; the timer is set again. False: give up. */
export function again(ex: Exchange): bool {
  if (ex.tries >= (ex.timeout == Timeout.CONFIRM ? CONFIRMATIONS : TRIES)) return false;
  ex.tries++;
  let pause = FIRST;
  for (let i: u32 = 0; i < ex.tries; i++) pause += pause >> 1;
  arm(ex, clock.now() + min(pause, LONGEST));
  return true;
}

/** After a timer of kind COMMIT: whether to wait on; the timer is set again. */
export function waitOn(ex: Exchange): bool {
  arm(ex, clock.now() + COMMIT_LOOK);
  return ++ex.tries < COMMIT_LOOKS;
}

/** Whether one more duplicate is answered now. */
export function mayAnswerDuplicate(ex: Exchange): bool {
  const now = clock.now();
  if (ex.answered == DUPLICATES || (ex.answered && now - ex.answeredAt < DUPLICATE_PAUSE)) return false;
  ex.answered++;
  ex.answeredAt = now;
  return true;
}
