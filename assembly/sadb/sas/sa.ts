/**
 * A security association: one direction. What follows the fields in its block is keyed once and then only read by the
 * data path:
 *
 *      fields | replay window 136, or nonce 16 | cipher's key schedule, state of the ICV's key: 512 in all
 */
import { BlockCipher, CIPHER_CTX_MAX } from "../../crypto/cipher";
import { Hash } from "../../crypto/hash";
import { HMAC_STATE_MAX } from "../../crypto/hmac";
import { Packet } from "../../util/packet";
import { Mode } from "../settings/transform_set";
import { Selector } from "../terms/selector";
import { AH } from "../terms/suite";
import { REPLAY_OCTETS } from "./replay";

export const enum State {
  LARVAL = 1,
  INBOUND = 2,
  MATURE = 3,
  DYING = 4,
}

/**
 * What IKE negotiated and both directions have in common; where it says nothing else, numbers are RFC 2407's (see
 * transform_set.ts). An SA begins with it.
 */
@unmanaged
export class SaTerms {
  /** suite.ESP or suite.AH */
  protocol: u8;
  /** transform_set.Mode; transport between the two addresses below alone */
  mode: u8;
  /** suite.Transform; 0 none */
  transform: u8;
  /** suite.Auth */
  auth: u8;
  /** without salt; 0 where the cipher has one length only */
  keyBits: u16;
  /** Group of the PFS exchange, 0 without; shown only. */
  pfsGroup: u16;
  /** Extended sequence numbers (RFC 4304): 64 bits, of which the lower half is in the packet (RFC 4303, 2.2.1). */
  esn: bool;
  /** ESP in UDP (RFC 3948) between these two ports */
  encapsulated: bool;
  localPort: u16;
  peerPort: u16;
  /** Transport mode in UDP: what is added to checksums of TCP and UDP that come in (RFC 3948, 3.1.2); 0: nothing. */
  checksumDelta: u16;
  localAddress: u32;
  peerAddress: u32;
  /** Number of the phase 1 SA that made it, or took it over. */
  ike: u32;
  /** Hard lifetime; 0: none. */
  lifetimeSeconds: u32;
  lifetimeKilobytes: u32;
  // The negotiated selector.
  private s0: u64;
  private s1: u64;
  private s2: u64;

  get selector(): Selector {
    return changetype<Selector>(changetype<usize>(this) + offsetof<SaTerms>("s0"));
  }
}

/** What IKE gives to make a pair of: its terms, and what matters at its making alone. */
@unmanaged
export class SaParameters extends SaTerms {
  /** SPI that the peer chose: the outbound SA's. */
  peerSpi: u32;
  /** Milliseconds after activation at which Work.REKEY is posted; 0: never (the caller has put the jitter in). */
  softMilliseconds: u32;
  /** Part of its octets at which it is, in 4096ths: both sides must not begin at once. 0: nine tenths. */
  softPart: u32;
  /** Held packets wait this long after activation, until the peer has taken its own side into use; 0: not at all. */
  settleMilliseconds: u32;
}

/**
 * What SAs, and packets that wait for one, hang on: all that this room knows of a policy. The policy extends it, and
 * policies/ owns it.
 */
@unmanaged
export class SaChain {
  /** The policy's number for IKE. */
  slot: u32;
  /** Inbound SAs that are the policy's, be they larval. */
  inbounds: u16;
  heldCount: u8;
  /** It goes with its last SA: a peer has made it. */
  passing: bool;
  /** A pair has gone because nothing was sent through it. */
  idled: bool;
  /** Seconds without traffic after which a pair goes; 0: never. */
  idle: u32;
  /** The SA that packets go out through; null: none yet. */
  outbound: SA | null;
  /** All outbound SAs, the newest first, through SA.older. */
  newest: SA | null;
  /** The packet that has waited longest. */
  held: Packet | null;
  /** No new Work.ACQUIRE before this time (milliseconds). IKE pushes it on after a failure. */
  nextAcquire: u64;
  /** Until then its first SA settles: the peer may not receive through it yet (milliseconds); 0: no more. */
  settles: u64;
  // The policy's selector.
  private s0: u64;
  private s1: u64;
  private s2: u64;

  get selector(): Selector {
    return changetype<Selector>(changetype<usize>(this) + offsetof<SaChain>("s0"));
  }
}

/** One direction. Other rooms read; only sadb and, for counters and numbers, ipsec write. */
@unmanaged
export class SA extends SaTerms {
  spi: u32;
  /** The other direction; null while LARVAL (only inbound exists). */
  pair: SA | null;
  /** Null after its policy was taken away while it was being negotiated. */
  policy: SaChain | null;
  /** State */
  state: u8;
  inbound: bool;

  /** A newer pair has taken its place. */
  retired: bool;
  /** As long as an older one sends, this one does not: the peer may not receive through it yet. */
  deferred: bool;
  /** suite.CipherMode and suite.Integrity: what the data path asks for each packet, and four lengths of theirs. */
  cipherMode: u8;
  integrity: u8;
  ivLength: u8;
  align: u8;
  icvLength: u8;
  /** Packets of it gain by being worked on with others (ipsec/burst.ts). */
  together: bool;
  /** Octets of the cipher's key schedule. */
  macAt: u16;
  /** What counter blocks and nonces begin with, in the order of its octets, as many as the cipher's salt has. */
  salt: u32;
  /** Its selectors cover its policy's: every packet of the policy may go through it. */
  whole: bool;
  /** Outbound: the next older one of the same policy. */
  older: SA | null;
  /** Of the ESP of a bundle: the AH around it, in the same direction. */
  outer: SA | null;
  /** Of the AH of a bundle: the ESP inside it, whose lifetimes, policy and renewal are the bundle's. */
  inner: SA | null;

  /** Of CipherMode.CBC. */
  cipher: BlockCipher | null;
  /** Of Integrity.HMAC. */
  hash: Hash | null;

  /** Outbound: the last number sent. Inbound: the highest authenticated. */
  sequence: u64;
  /** The last number there is. */
  lastSequence: u64;
  /** Packets of the replay window; 0: replays are not looked for. */
  window: u32;
  /** `clear crypto sa counters`: packets that are not shown any more, modulo 2^32. */
  cleared: u32;

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

  /**
   * Outbound: what the path to the peer carries, learned from ICMP, 0: nothing learned; and until when. Inbound, where pairs go that carry
   * nothing: packets of both directions at the last look, and since when they are these (`idlePackets`, `idleSince`).
   */
  pathMtu: u32;
  pathMtuUntil: u64;
  /** Outbound, in UDP: identification and length of the outer header by which a short quote is known (ipsec/pmtu.ts); until when. */
  markedIdentification: u16;
  markedLength: u16;
  markedUntil: u64;
  /** Inbound: Work.MAPPING is not posted again before. */
  nextMapping: u64;

  /** Packets since the counters were cleared. */
  get shown(): u64 {
    return this.cleared ? (this.packets - <u64>this.cleared) & 0xffffffff : this.packets;
  }

  get idlePackets(): u32 {
    return this.pathMtu;
  }
  set idlePackets(packets: u32) {
    this.pathMtu = packets;
  }
  get idleSince(): u64 {
    return this.pathMtuUntil;
  }
  set idleSince(time: u64) {
    this.pathMtuUntil = time;
  }

  /** Inbound. */
  get replay(): usize {
    return changetype<usize>(this) + FIELDS_END;
  }
  /** Outbound, in the window's place: sixteen random octets that the IVs of CBC are made of (ipsec/esp_out.ts). */
  get nonce(): usize {
    return changetype<usize>(this) + FIELDS_END;
  }
  get cipherCtx(): usize {
    return changetype<usize>(this) + FIELDS_END + <usize>REPLAY_OCTETS;
  }
  /** HMAC's two chaining values, or AES-XCBC's three keys. */
  get macState(): usize {
    return this.cipherCtx + <usize>this.macAt;
  }

  /** Octets of AH's header with the ICV (RFC 4302, 2). */
  get ahLength(): u32 {
    return 12 + <u32>this.icvLength;
  }

  /** Octets that are put in front: in tunnel mode the outer header; UDP's; ESP's with its IV; AH, alone or of the bundle. */
  get front(): u32 {
    const outer: u32 = this.mode == <u8>Mode.TRANSPORT ? 0 : 20;
    if (<u32>this.protocol == AH) return outer + this.ahLength;
    const around = this.outer;
    return outer + (this.encapsulated ? 8 : 0) + 8 + <u32>this.ivLength + (around ? around.ahLength : 0);
  }

  /** Octets that are added to a datagram at least: those in front, and ESP's pad length, next header and ICV. */
  get overhead(): u32 {
    return this.front + (<u32>this.protocol == AH ? 0 : 2 + <u32>this.icvLength);
  }
}

// @ts-ignore: decorator
@inline
const FIELDS_END: usize = (offsetof<SA>() + 7) & ~7;

/** Octets of a block in the pool: 3DES with HMAC takes the most; AES with AES-XCBC, and what authenticates itself, take less. */
export const SA_OCTETS: u32 = <u32>FIELDS_END + REPLAY_OCTETS + CIPHER_CTX_MAX + HMAC_STATE_MAX;
