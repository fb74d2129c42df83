/**
 * A security association: one direction. What follows the fields in its block is keyed once and then only read by the
 * data path:
 *
 *      fields | selector | replay window 136 | nonce 16 | cipher's key schedule 384 | HMAC's two states 128
 */
import { BlockCipher, CIPHER_CTX_MAX } from "../crypto/cipher";
import { Hash } from "../crypto/hash";
import { HMAC_STATE_MAX } from "../crypto/hmac";
import { REPLAY_OCTETS } from "./replay";
import { Policy } from "./spd";
import { Selector } from "./selector";

export const enum State {
  LARVAL = 1,
  INBOUND = 2,
  MATURE = 3,
  DYING = 4,
}

/** What IKE negotiated, for both directions. Numbers are RFC 2407's (see transform_set.ts). */
@unmanaged
export class SaParameters {
  /** 50 ESP, 51 AH */
  protocol: u8;
  /** transform_set.Mode */
  mode: u8;
  /** ESP transform id (2 DES, 3 3DES, 12 AES); 0 none */
  cipher: u8;
  /** authentication algorithm attribute (1 MD5, 2 SHA, 5, 6, 7 SHA2) */
  auth: u8;
  keyBits: u16;
  /** ESP in UDP (RFC 3948) between these two ports */
  encapsulated: bool;
  localPort: u16;
  peerPort: u16;
  localAddress: u32;
  peerAddress: u32;
  /** SPI that the peer chose: the outbound SA's. */
  peerSpi: u32;
  /** Number of the phase 1 SA that made it. */
  ike: u32;
  /** Hard lifetime; 0: none. */
  lifetimeSeconds: u32;
  lifetimeKilobytes: u32;
  /** Milliseconds after activation at which Work.REKEY is posted; 0: never (the caller has put the jitter in). */
  softMilliseconds: u32;
  /** Held packets wait this long after activation, until the peer has taken its own side into use; 0: not at all. */
  settleMilliseconds: u32;
  /** Negotiated selectors. */
  localFirst: u32;
  localLast: u32;
  remoteFirst: u32;
  remoteLast: u32;
  localPortSelector: u16;
  remotePortSelector: u16;
  protocolSelector: u8;
  /** Group of the PFS exchange, 0 without; shown only. */
  pfsGroup: u8;
}

/** One direction. Other rooms read; only sadb and, for counters and numbers, ipsec write. */
@unmanaged
export class SA {
  spi: u32;
  /** The other direction; null while LARVAL (only inbound exists). */
  pair: SA | null;
  /** Null after its policy was taken away while it was being negotiated. */
  policy: Policy | null;
  /** State */
  state: u8;
  inbound: bool;

  /** A newer pair has taken its place. */
  retired: bool;
  /** As long as an older one sends, this one does not: the peer may not receive through it yet. */
  deferred: bool;
  encapsulated: bool;
  /** 50 */
  protocol: u8;
  /** transform_set.Mode */
  mode: u8;
  /** suite.Transform and suite.Auth */
  transform: u8;
  auth: u8;
  keyBits: u16;
  pfsGroup: u8;
  icvLength: u8;
  /** Its selectors cover its policy's: every packet of the policy may go through it. */
  whole: bool;
  localPort: u16;
  peerPort: u16;
  localAddress: u32;
  peerAddress: u32;
  /** Number of the phase 1 SA that made it, or took it over. */
  ike: u32;
  /** Outbound: the next older one of the same policy. */
  older: SA | null;

  cipher: BlockCipher;
  /** Null: no authentication. */
  hash: Hash | null;

  /** Outbound: the last number sent. Inbound: the highest authenticated. */
  sequence: u32;
  /** Packets of the replay window; 0: replays are not looked for. */
  window: u32;

  lifetimeSeconds: u32;
  lifetimeKilobytes: u32;
  /** Milliseconds of clock.now. 0: none. `soft` moves on when Work.REKEY has been posted. */
  born: u64;
  soft: u64;
  hard: u64;
  /** Octets of inner datagrams at which Work.REKEY is posted, and the SA is used up. */
  softBytes: u64;
  hardBytes: u64;

  packets: u64;
  bytes: u64;
  /** Outbound: packets that could not be sent. Inbound: packets refused, for whatever reason. */
  errors: u32;
  replayErrors: u32;
  icvErrors: u32;

  /** Outbound: what the path to the peer carries, learned from ICMP, 0: nothing learned; and until when. */
  pathMtu: u32;
  pathMtuUntil: u64;
  /** Inbound: Work.MAPPING is not posted again before. */
  nextMapping: u64;

  get selector(): Selector {
    return changetype<Selector>(changetype<usize>(this) + offsetof<SA>());
  }
  get replay(): usize {
    return changetype<usize>(this) + SELECTOR_END;
  }
  /** Sixteen random octets that IVs are made of (ipsec/esp_out.ts). */
  get nonce(): usize {
    return this.replay + <usize>REPLAY_OCTETS;
  }
  get cipherCtx(): usize {
    return this.nonce + 16;
  }
  get hmacState(): usize {
    return this.cipherCtx + <usize>CIPHER_CTX_MAX;
  }

  /** Octets of IV, and of a block. */
  // @ts-ignore: decorator
  @inline
  get blockLength(): u32 {
    return this.cipher.blockLength;
  }

  /** Octets that ESP adds to an inner datagram at least: outer headers, SPI, number, IV, pad length, next header, ICV. */
  get overhead(): u32 {
    return 20 + (this.encapsulated ? 8 : 0) + 8 + this.blockLength + 2 + <u32>this.icvLength;
  }
}

// @ts-ignore: decorator
@inline
const SELECTOR_END: usize = (offsetof<SA>() + offsetof<Selector>() + 7) & ~7;

/** Octets of a block in the pool. */
export const SA_OCTETS: u32 = <u32>SELECTOR_END + REPLAY_OCTETS + 16 + CIPHER_CTX_MAX + HMAC_STATE_MAX;
