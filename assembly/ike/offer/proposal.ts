/**
 * Proposals of both phases: what is offered, which offer a responder takes, whether an initiator got what it had offered.
 * Pure functions over SA payloads and the parameters given; nothing is remembered but the mismatches of the last choice,
 * for `debug crypto isakmp`:
 *
 *     for (let i: u32 = 0; i < mismatchCount(); i++) { putMismatch(log.debug("ISAKMP:(0): "), i); log.end(); }
 */
export { Phase1Choice, aggressiveGroup, answerPhase1, buildPhase1, checkPhase1, choosePhase1, offeredGroup } from "./phase1_proposal";
export { answerPhase2, buildPhase2, checkPhase2, choosePhase2, usable } from "./phase2_proposal";
export { PHASE2_CHOICE_BYTES, PHASE2_WISH_BYTES, Phase2Choice, Phase2Wish } from "./phase2_terms";
export { Mismatch, mismatchAt, decidedBy, mismatchCount, putMismatch } from "./mismatch";
