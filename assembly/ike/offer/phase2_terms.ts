/** The two sides of a Quick Mode's proposal: what one side wants, and what both have agreed on. */
import { CRYPTO_MAP_TRANSFORM_SETS } from "../../limits";
import { TransformSet } from "../../sadb/settings/transform_set";

/** What one side wants of a Quick Mode. Filled by the caller before each call. */
@unmanaged
export class Phase2Wish {
  /** Own inbound SPIs for what is written, as numbers: of ESP or AH alone, and of the AH in a bundle. */
  spi: u32;
  ahSpi: u32;
  /** PFS group, 0: none. A responder without one takes whatever group is offered. */
  group: u32;
  lifetimeSeconds: u32;
  /** 0: no limit */
  lifetimeKilobytes: u32;
  /** 0: no NAT between, 1: RFC 3947's UDP encapsulation, 2: the drafts' (numbers 61443 and 61444) */
  natt: u32;
  /** The flows are those between both peers themselves: transport mode is possible. */
  hosts: u32;
  /** Nothing but transport mode is wanted. */
  transportOnly: u32;
  /** Number of the ISAKMP SA, whose groups of private use may be taken. */
  owner: u32;
  /** Octets of the public value that came with the offer, and one more; 0: its length does not choose. */
  publicBytes: u32;
  /** The peer is one of ours: it knows our transforms of private use. */
  postern: u32;
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
export const PHASE2_WISH_BYTES: u32 = 48 + 4 * CRYPTO_MAP_TRANSFORM_SETS;

/** What Quick Mode agreed on. */
@unmanaged
export class Phase2Choice {
  /** ESP transform id and its key length in bits, 0 where the cipher has one only; 0: there is no ESP. */
  espCipher: u32;
  keyBits: u32;
  /** AuthAlg */
  espAuth: u32;
  /** 0: there is no AH */
  ahAuth: u32;
  /** Sequence numbers are extended (RFC 4304). */
  esn: u32;
  /** Encapsulation as negotiated: 1, 2, 3, 4, 61443 or 61444 */
  encapsulation: u32;
  /** sadb/transform_set's Mode */
  mode: u32;
  /** Group of PFS, 0: none */
  group: u32;
  /** The shorter of both sides'. */
  lifetimeSeconds: u32;
  /** 0: no limit */
  lifetimeKilobytes: u32;
  /** The peer's SPI, as a number; that of AH in a bundle apart. */
  spi: u32;
  ahSpi: u32;
  /** Own lifetimes are shorter than the offer's: say so with RESPONDER-LIFETIME. */
  shortened: u32;
  proposalNumber: u32;
  transformNumber: u32;
  /** The chosen transform in the payload that was looked at, header included: valid while that message is. */
  transform: usize;
  transformLen: u32;
  /** The same of AH in a bundle. */
  ahTransform: usize;
  ahTransformLen: u32;

  get bundle(): bool {
    return this.espCipher != 0 && this.ahAuth != 0;
  }
}

/** Octets to keep for one. */
export const PHASE2_CHOICE_BYTES: u32 = 96;
