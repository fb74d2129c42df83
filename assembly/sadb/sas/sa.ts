/**
 * A security association: one direction. What follows the fields in its block is keyed once and then only read by the
 * data path:
 *
 *      fields | selector | replay window 136, or nonce 16 | cipher's key schedule, state of the ICV's key: 512 in all
 */
import { BlockCipher, CIPHER_CTX_MAX } from "../../crypto/cipher";
import { Hash } from "../../crypto/hash";
import { HMAC_STATE_MAX } from "../../crypto/hmac";
import { REPLAY_OCTETS } from "./replay";
import { Policy } from "../policies/spd";
import { Selector } from "../terms/selector";
import { Mode } from "../settings/transform_set";

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
  /** transform_set.Mode; transport between the two addresses below alone */
  mode: u8;
  /** suite.Transform; 0 none */
  cipher: u8;
  /** suite.Auth */
  auth: u8;
  /** without salt; 0 where the cipher has one length only */
  keyBits: u16;
  /** Extended sequence numbers (RFC 4304). */
  esn: bool;
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
  /** Part of its octets at which it is, in 4096ths: both sides must not begin at once. 0: nine tenths. */
  softPart: u32;
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
  pfsGroup: u16;
  /** Transport mode in UDP: what is added to checksums of TCP and UDP that come in (RFC 3948, 3.1.2); 0: nothing. */
  checksumDelta: u16;
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
  /** 50 ESP, 51 AH */
  protocol: u8;
  /** transform_set.Mode */
  mode: u8;
  /** suite.Transform and suite.Auth */
  transform: u8;
  auth: u8;
  keyBits: u16;
  pfsGroup: u16;
  /** suite.CipherMode and suite.Integrity: what the data path asks for each packet, and four lengths of theirs. */
  cipherMode: u8;
  integrity: u8;
  ivLength: u8;
  align: u8;
  icvLength: u8;
  /** Octets of the cipher's key schedule. */
  macAt: u16;
  /** What counter blocks of CTR and GCM begin with, in the order of its octets. */
  salt: u32;
  /** Numbers have 64 bits, of which the lower half is in the packet (RFC 4303, 2.2.1). */
  esn: bool;
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
  /** The other SA of a bundle, same direction: of ESP the AH around it, of this AH its ESP. */
  bundle: SA | null;
  /** The AH of a bundle: lifetimes, policy and renewal are the ESP's. */
  second: bool;
  checksumDelta: u16;

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
  /** Inbound. */
  get replay(): usize {
    return changetype<usize>(this) + SELECTOR_END;
  }
  /** Outbound, in the window's place: sixteen random octets that the IVs of CBC are made of (ipsec/esp_out.ts). */
  get nonce(): usize {
    return changetype<usize>(this) + SELECTOR_END;
  }
  get cipherCtx(): usize {
    return changetype<usize>(this) + SELECTOR_END + <usize>REPLAY_OCTETS;
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
    if (this.protocol == 51) return outer + this.ahLength;
    const second = this.bundle;
    return outer + (this.encapsulated ? 8 : 0) + 8 + <u32>this.ivLength + (second ? second.ahLength : 0);
  }

  /** Octets that are added to a datagram at least: those in front, and ESP's pad length, next header and ICV. */
  get overhead(): u32 {
    return this.front + (this.protocol == 51 ? 0 : 2 + <u32>this.icvLength);
  }
}

// @ts-ignore: decorator
@inline
const SELECTOR_END: usize = (offsetof<SA>() + offsetof<Selector>() + 7) & ~7;

/** Octets of a block in the pool: 3DES with HMAC takes the most; AES with AES-XCBC, and GCM, take less. */
export const SA_OCTETS: u32 = <u32>SELECTOR_END + REPLAY_OCTETS + CIPHER_CTX_MAX + HMAC_STATE_MAX;
