/**
 * Proposals of both phases: what is offered, which offer a responder takes, whether an initiator got what it had offered.
 * Pure functions over SA payloads and the parameters given; nothing is remembered but the mismatches of the last call,
 * for `debug crypto isakmp`:
 *
 *     for (let i: u32 = 0; i < mismatchCount(); i++) { putMismatch(log.debug("ISAKMP:(0): "), i); log.end(); }
 */
import { CRYPTO_MAP_TRANSFORM_SETS } from "../limits";
import { TransformSet } from "../sadb/transform_set";
import { Text } from "../util/text";
import { Notify } from "../wire/ike_numbers";
import { MessageWriter } from "../wire/message_writer";

/** What phase 1 agreed on: plain values, safe against later changes of the configuration. */
@unmanaged
export class Phase1Choice {
  encryption: u32;
  keyBits: u32;
  hash: u32;
  authMethod: u32;
  group: u32;
  /** The shorter of what was offered and what the own policy says. */
  lifetimeSeconds: u32;
  /** Kilobytes of ISAKMP traffic, 0: none were offered. */
  lifetimeKilobytes: u32;
  /** Priority of the own policy. */
  policy: u32;
  /** Numbers in the offer. */
  proposalNumber: u32;
  transformNumber: u32;
  /** The chosen transform in the offer that was looked at, header included: valid while that message is. */
  transform: usize;
  transformLen: u32;
}

/** What one side wants of a Quick Mode. Filled by the caller before each call. */
@unmanaged
export class Phase2Wish {
  /** Own inbound SPI for what is written, as a number. */
  spi: u32;
  /** PFS group, 0: none. A responder without one takes whatever group is offered. */
  group: u32;
  lifetimeSeconds: u32;
  /** 0: no limit */
  lifetimeKilobytes: u32;
  /** 0: no NAT between, 1: RFC 3947's UDP encapsulation, 2: the drafts' (numbers 61443 and 61444) */
  natt: u32;
  /** Number of transform sets, the most wanted first. */
  sets: u32;

  setAt(i: u32): TransformSet {
    return changetype<TransformSet>(load<usize>(changetype<usize>(this) + offsetof<Phase2Wish>() + <usize>(i * 4)));
  }

  /** Adds a transform set; ignored behind CRYPTO_MAP_TRANSFORM_SETS. */
  addSet(set: TransformSet): void {
    if (this.sets == CRYPTO_MAP_TRANSFORM_SETS) return;
    store<usize>(changetype<usize>(this) + offsetof<Phase2Wish>() + <usize>(this.sets * 4), changetype<usize>(set));
    this.sets++;
  }
}

/** Octets to allocate for a Phase2Wish: its fields and the sets behind them. */
export const PHASE2_WISH_BYTES: u32 = 24 + 4 * CRYPTO_MAP_TRANSFORM_SETS;

/** What Quick Mode agreed on. */
@unmanaged
export class Phase2Choice {
  /** ESP transform id and its key length in bits, 0 where the cipher has one only. */
  espCipher: u32;
  keyBits: u32;
  /** AuthAlg */
  espAuth: u32;
  /** Encapsulation as negotiated: 1, 2, 3, 4, 61443 or 61444 */
  encapsulation: u32;
  /** sadb/transform_set's Mode */
  mode: u32;
  /** Group of PFS, 0: none */
  group: u32;
  /** The shorter of both sides'. */
  lifetimeSeconds: u32;
  lifetimeKilobytes: u32;
  /** The peer's SPI, as a number */
  spi: u32;
  /** Own lifetimes are shorter than the offer's: say so with RESPONDER-LIFETIME. */
  shortened: u32;
  proposalNumber: u32;
  transformNumber: u32;
  transform: usize;
  transformLen: u32;
}

/** Writes the SA payload of phase 1's first message: one proposal, a transform for each policy in order. */
export function buildPhase1(w: MessageWriter): void {}

/**
 * Chooses as responder: the own policies in their order, for each all proposals and transforms offered. Returns
 * Notify.NONE and fills `out`, or the notify to answer with.
 */
export function choosePhase1(SAi_b: usize, len: u32, out: Phase1Choice): u32 {
  return Notify.NO_PROPOSAL_CHOSEN;
}

/** Writes the responder's SA payload: the chosen transform as it was offered (RFC 2409, 5). */
export function answerPhase1(w: MessageWriter, choice: Phase1Choice): void {}

/**
 * Checks as initiator that the answer is one proposal with one transform and one of those that `SAi_b`, the own offer,
 * holds. Returns Notify.NONE and fills `out`, or the notify.
 */
export function checkPhase1(SAr_b: usize, len: u32, SAi_b: usize, SAi_bLen: u32, out: Phase1Choice): u32 {
  return Notify.NO_PROPOSAL_CHOSEN;
}

/** Writes the SA payload of Quick Mode's first message: an ESP proposal for each transform set in order. */
export function buildPhase2(w: MessageWriter, wish: Phase2Wish): void {}

/** Chooses as responder by the order of wish's sets. Returns Notify.NONE and fills `out`, or the notify. */
export function choosePhase2(SA_b: usize, len: u32, wish: Phase2Wish, out: Phase2Choice): u32 {
  return Notify.NO_PROPOSAL_CHOSEN;
}

/** Writes the responder's SA payload: the chosen transform as it was offered, with `spi` as the own inbound SPI. */
export function answerPhase2(w: MessageWriter, choice: Phase2Choice, spi: u32): void {}

/**
 * Checks as initiator that the answer is one of those that `SA_b`, the body of the own offer, holds; lifetimes may have
 * become shorter. Returns Notify.NONE and fills `out`, or the notify.
 */
export function checkPhase2(
  answer: usize, answerLen: u32, SA_b: usize, SA_bLen: u32, wish: Phase2Wish, out: Phase2Choice,
): u32 {
  return Notify.NO_PROPOSAL_CHOSEN;
}

/** Mismatches noted by the last choose or check, at most MISMATCHES. */
export function mismatchCount(): u32 {
  return 0;
}

/** "proposal 1 transform 2: encryption offered AES-128, wanted AES-256 (crypto isakmp policy 10)" */
export function putMismatch(text: Text, i: u32): Text {
  return text;
}
