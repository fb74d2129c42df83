/**
 * The kinds of notices, each said once in a while (notices.ts).
 */

export const enum Notice {
  NO_KEY = 1,
  UNKNOWN_PEER,
  WRONG_KEY,
  WRONG_HASH,
  PHASE1_PROPOSAL,
  PHASE2_PROPOSAL,
  SELECTORS,
  IDENTITY,
  PEER_SAYS,
  NO_ANSWER,
  NO_ENTROPY,
  POOL,
  KEY_EXCHANGE,
  NO_PROFILE,
  GROUP,
  NO_AGGRESSIVE,
  /** A peer that began does not go on. */
  STOPPED,
  /** Another version than IKEv1. */
  VERSION,
  /** A message was dropped for what is in it. */
  DROPPED,
  LOAD,
  AH_BEHIND_NAT,
  DEAD_PEER,
  /** A payload too many or too few in a message that the keys have opened. */
  PAYLOADS,
  /** XAUTH or Mode Config is wanted. */
  TRANSACTION,
  /** The peer is none of ours, and nothing is there for it but transforms of private use. */
  PRIVATE_ALONE,
  CERTIFICATE_WARNING,
  /** A peer's certificate is refused, or does not bear its name. */
  CERTIFICATE,
  /** A peer's signature is wrong, or can't be checked. */
  WRONG_SIGNATURE,
  /** What was negotiated is not configured any more. */
  POLICY_GONE,
}
