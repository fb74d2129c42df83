/**
 * The ISAKMP SA: what lives as long as phase 1 does. Its cookies, its keys, what was agreed on, who the peer is and where
 * it is reached. What a negotiation needs only while it runs is the exchange's (exchange.ts).
 */
import { BlockCipher, CIPHER_BLOCK_MAX, CIPHER_CTX_MAX } from "../../crypto/cipher";
import * as drbg from "../../crypto/drbg";
import { DIGEST_MAX, Hash } from "../../crypto/hash";
import { sha256 } from "../../crypto/sha2_32";
import { ISAKMP_SAS, MESSAGE_IDS as M_IDS, PEER_ID_MAX } from "../../limits";
import * as names from "../../pki/name";
import { get32 } from "../../util/bytes";
import * as clock from "../../util/clock";
import { Alarms } from "../../util/alarms";
import { NEVER } from "../../util/deadline";
import { Index, NONE } from "../../util/index";
import { Pool } from "../../util/pool";
import { Text } from "../../util/text";
import * as id from "../../wire/id";
import { IdType } from "../../wire/ipsec_doi";
import { forget as forgetGroups } from "../settings/private_groups";
import { Exchange } from "./exchange";
import { forgetSa as forgetFragments } from "./joinings";
import * as messageIds from "./message_ids";
import { Peer } from "./peer";

export const enum Phase {
  /** Main Mode is under way. */
  NEGOTIATING = 0,
  ESTABLISHED = 1,
  /** A newer one has replaced it; it is deleted soon. */
  REPLACED = 2,
}

/** Which words of NAT traversal both sides speak. */
export const enum Natt {
  NONE = 0,
  /** RFC 3947 */
  RFC = 1,
  /** drafts 02 and 03: other numbers for the same things */
  DRAFT = 2,
}

/**
 * Message IDs of the peer's that an SA remembers, all of them: nothing that was taken is ever taken again under it. When three
 * quarters are used up the SA is renewed, and when all are it ends, as with a lifetime in kilobytes. Ours take no room
 * (message_ids.ts), nor do R-U-THERE and its answer, whose numbers rise (dead_peer.ts): what is left are the peer's Quick
 * Modes, its Deletes and seldom a notify, of which an SA of a day with eight flows renewed each hour sees about 400.
 */
const M_IDS_SOFT: u32 = M_IDS - M_IDS / 4;
const FIRST_NUMBER: u32 = 1001;

/** What a peer has said under an SA, and upkeep has not acted on yet. */
export const enum Said {
  NOTHING = 0,
  /** INITIAL-CONTACT: it knows of nothing older with us. */
  INITIAL_CONTACT = 1,
  /** It has deleted the SA. */
  DELETED = 2,
}

@unmanaged
export class IsakmpSa {
  /** What `show` and `clear` call it: 1001 and up. */
  number: u32;
  phase: u32;
  initiator: bool;
  nattVersion: u32;
  /** Where NATs stand: before us, before the peer. */
  localNat: bool;
  peerNat: bool;
  /** Keys are there: messages can be encrypted. */
  keyed: bool;
  /** The peer sent what makes it the first phase 1 of its life, or we did. */
  initialContact: bool;
  /** Bits of `Said`. */
  said: u32;
  /** It has served its one Quick Mode, and is deleted soon (RFC 2409, 8: perfect forward secrecy of identities). */
  spent: bool;
  /**
   * The peer is one of ours, by its vendor ID: it takes its SAs into use before its answer in Quick Mode leaves, and what we call by numbers
   * for private use it calls so too (RFC 2408, 3.16).
   */
  postern: bool;
  /** What both vendor lists say of RFC 3706. */
  deadPeerDetection: bool;
  /** The peer takes messages in fragments; ID of the last that went so. */
  fragmentation: bool;
  fragmentId: u32;
  private proven: Peer | null;
  /** The address that the configuration knows the peer by; `peerAddress` is where a NAT shows it. */
  configured: u32;
  peerAddress: u32;
  peerPort: u32;
  localAddress: u32;
  localPort: u32;

  // What was agreed on: attribute values.
  encryption: u32;
  keyBits: u32;
  hashId: u32;
  authMethod: u32;
  group: u32;
  /** With signatures: a number for the key or authority that has vouched for the peer, and whether that is one of the address it is reached at. */
  shownBy: u32;
  shownOfAddress: bool;
  /** It was a certificate, and whether that is for what the peer calls itself. */
  shownCertificate: bool;
  shownSuits: bool;
  /** The trustpoint that the peer has asked a certificate of, by its slot from 1 on; 0: none. */
  askedPoint: u32;
  lifetimeSeconds: u32;
  /** Of what is encrypted under it, 0: no limit. */
  lifetimeKilobytes: u32;
  /** As responder: these are shorter than what was offered. */
  lifetimeShortened: bool;
  /** Priority of the policy that chose it. */
  priority: u32;
  hash: Hash;
  cipher: BlockCipher;

  /** `crypto isakmp profile` that is for this peer, by its id (profile.ts); 0: none. */
  profile: u32;
  /** It is not the name's: the certificate will say which it is. */
  byCertificate: bool;
  /** Made by Aggressive Mode. */
  aggressive: bool;
  /** Groups that the peer has offered in New Group Mode, and when the next may come. */
  groupOffers: u32;
  nextGroupAt: u64;
  /** The phase 1 exchange, until it is over. */
  exchange: Exchange | null;
  /** The SA that this one renews, by number; 0: none. */
  renews: u32;

  createdAt: u64;
  establishedAt: u64;
  /** When it is renegotiated, when it ends, when it is deleted because another replaced it: NEVER where not. */
  softAt: u64;
  expiresAt: u64;
  deleteAt: u64;
  keepaliveAt: u64;
  /** Dead peer detection: when it looks next, when the peer was heard last, packets of its pairs as seen then. */
  dpdAt: u64;
  heardAt: u64;
  dpdReceived: u64;
  dpdSent: u64;
  /** Our last R-U-THERE, the first one that waits, how many wait; the peer's last. */
  dpdSequence: u32;
  dpdFirst: u32;
  dpdTries: u32;
  dpdPeerSequence: u32;
  dpdPeerKnown: bool;
  /** The message ID of the peer's last number, when it came first. */
  dpdPeerM_ID: u32;
  /** We have sent since it was heard. */
  dpdWanted: bool;
  /** Octets encrypted under it so far, both ways; at which it is renegotiated, and at which it ends. */
  octets: u64;
  softOctets: u64;
  hardOctets: u64;

  peerIdType: u32;
  peerIdLen: u32;
  /** How many message IDs the peer has used, and we. */
  private peerM_IDs: u32;
  private ownM_IDs: u32;

  /** The next of 1 to 65535. */
  nextFragmentId(): u32 {
    this.fragmentId = this.fragmentId % 0xffff + 1;
    return this.fragmentId;
  }

  get CKY_I(): usize {
    return changetype<usize>(this) + TAIL;
  }
  get CKY_R(): usize {
    return changetype<usize>(this) + TAIL + 8;
  }
  /** Last ciphertext block of phase 1. */
  get lastIv(): usize {
    return changetype<usize>(this) + TAIL + 16;
  }
  get SKEYID_d(): usize {
    return changetype<usize>(this) + TAIL + 32;
  }
  get SKEYID_a(): usize {
    return changetype<usize>(this) + TAIL + 32 + DIGEST_MAX;
  }
  get cipherCtx(): usize {
    return changetype<usize>(this) + TAIL + 32 + 2 * DIGEST_MAX;
  }
  get peerId(): usize {
    return changetype<usize>(this) + TAIL + 32 + 2 * DIGEST_MAX + CIPHER_CTX_MAX;
  }
  private get ids(): usize {
    return changetype<usize>(this) + TAIL + 32 + 2 * DIGEST_MAX + CIPHER_CTX_MAX + PEER_ID_MAX;
  }

  /** Whether a message ID was used under this SA, or none can be any more (RFC 2409, 5.5: they are unique). */
  knowsM_ID(M_ID: u32): bool {
    return this.peerM_IDs == M_IDS || this.wasUsed(M_ID);
  }

  private wasUsed(M_ID: u32): bool {
    for (let i: u32 = 0; i < this.peerM_IDs; i++) if (load<u32>(this.ids + <usize>(i << 2)) == M_ID) return true;
    return this.ownM_IDs != 0 && messageIds.indexOf(this.number, M_ID) < this.ownM_IDs;
  }

  /** A message of the peer's with a new message ID has been found authentic. */
  noteM_ID(M_ID: u32): void {
    if (this.peerM_IDs == M_IDS) return;
    store<u32>(this.ids + <usize>(this.peerM_IDs++ << 2), M_ID);
    if (this.peerM_IDs != M_IDS_SOFT && this.peerM_IDs != M_IDS) return;
    const now = clock.now();
    if (this.peerM_IDs == M_IDS) this.expiresAt = now;
    else this.softAt = now;
    arm(this, now);
  }

  /** A fresh message ID: random, not 0, not used. 0: no entropy. */
  freshM_ID(): u32 {
    if (!messageIds.ready()) return 0;
    let M_ID: u32 = 0;
    while (M_ID == 0) {
      const next = messageIds.nth(this.number, this.ownM_IDs);
      if (!this.wasUsed(next)) M_ID = next;
      this.ownM_IDs++;
    }
    return M_ID;
  }

  /** Counts octets that its key has encrypted; the timers do what the lifetime in kilobytes asks for. */
  spend(octets: u32): void {
    this.octets += <u64>octets;
    if (this.octets < this.softOctets) return;
    this.softOctets = NEVER;
    const now = clock.now();
    this.softAt = now;
    if (this.octets >= this.hardOctets) this.expiresAt = now;
    else this.softOctets = this.hardOctets;
    arm(this, now);
  }

  /** Who has proved to be at the other end; null before the proof. */
  get peer(): Peer | null {
    return this.proven;
  }
  /** It is found by its peer from now on. */
  set peer(peer: Peer | null) {
    const slot = pool.indexOf(this);
    peers.remove(slot, this.peerNumber);
    this.proven = peer;
    peers.add(slot, this.peerNumber);
  }

  /** Takes the initiator's cookie, or with 16 octets both, from a message: it is found by the initiator's from now on. */
  takeCookies(p: usize, len: usize): void {
    const slot = pool.indexOf(this);
    cookies.remove(slot, load<u32>(this.CKY_I));
    memory.copy(this.CKY_I, p, len);
    cookies.add(slot, load<u32>(this.CKY_I));
  }

  /** The peer's number, 0 before the proof. */
  get peerNumber(): u32 {
    const peer = this.peer;
    return peer ? peer.number : 0;
  }

  /** NAT traversal is in force: ISAKMP on port 4500, ESP in UDP. */
  get natDetected(): bool {
    return this.localNat || this.peerNat;
  }
}

// @ts-ignore: decorator
@inline
const TAIL: usize = (offsetof<IsakmpSa>() + 15) & ~15;
const BYTES: u32 = 32 + 2 * DIGEST_MAX + CIPHER_CTX_MAX + PEER_ID_MAX + 4 * M_IDS;

const scratch: usize = memory.data(8, 8);
let pool: Pool<IsakmpSa> = changetype<Pool<IsakmpSa>>(0);
let nextNumber: u32 = FIRST_NUMBER;
/** When upkeep looks at an SA, by its slot. */
export let alarms: Alarms = changetype<Alarms>(0);
/** In place of a peer's number: of those that have not proved who they are. */
export const UNPROVEN: u32 = 0;
/** By the initiator's cookie, and by the peer's number. */
let cookies: Index = changetype<Index>(0);
let peers: Index = changetype<Index>(0);
/** Whether something said under some SA is to be acted on: `upkeep` does when the message has been dealt with. */
export let marked: bool = false;
/** `show crypto isakmp` statistics: how many came up in either role since start. */
export let established: u32 = 0;

export function init(): void {
  pool = new Pool<IsakmpSa>("isakmp sas", ISAKMP_SAS, <u32>(TAIL - offsetof<IsakmpSa>()) + BYTES);
  messageIds.init();
  nextNumber = FIRST_NUMBER;
  established = 0;
  marked = false;
  alarms = new Alarms(ISAKMP_SAS);
  cookies = new Index(ISAKMP_SAS);
  peers = new Index(ISAKMP_SAS);
  assertSizes();
}

function assertSizes(): void {
  if (CIPHER_BLOCK_MAX > 16) unreachable();
}

export function countEstablished(): void {
  established++;
}

/** A new one with a number, times set, its own cookie drawn. Null: none is left, or no entropy. */
export function take(initiator: bool): IsakmpSa | null {
  if (!drbg.fill(scratch, 8) || load<u64>(scratch) == 0) return null;
  for (let i = cookies.first(load<u32>(scratch)); i != NONE; i = cookies.next(i)) {
    const other = at(i);
    if (other && load<u64>(other.CKY_I) == load<u64>(scratch)) return null;
  }
  const sa = pool.take();
  if (!sa) return null;
  sa.number = nextNumber++;
  sa.initiator = initiator;
  sa.createdAt = clock.now();
  sa.softAt = sa.expiresAt = sa.deleteAt = sa.keepaliveAt = sa.dpdAt = NEVER;
  sa.softOctets = sa.hardOctets = NEVER;
  memory.copy(initiator ? sa.CKY_I : sa.CKY_R, scratch, 8);
  cookies.add(pool.indexOf(sa), load<u32>(sa.CKY_I));
  peers.add(pool.indexOf(sa), UNPROVEN);
  return sa;
}

/** The peer has said so. */
export function mark(sa: IsakmpSa, said: Said): void {
  sa.said |= said;
  marked = true;
}

/** The marks are being looked at. */
export function marksSeen(): void {
  marked = false;
}

/** Wipes it. Its exchanges are gone already. */
export function free(sa: IsakmpSa): void {
  const slot = pool.indexOf(sa);
  forgetGroups(sa.number);
  forgetFragments(sa.number);
  peers.remove(slot, sa.peerNumber);
  cookies.remove(slot, load<u32>(sa.CKY_I));
  alarms.set(slot, NEVER);
  pool.free(sa);
}

/** Upkeep looks at an SA at `t`, or sooner. */
export function arm(sa: IsakmpSa, t: u64): void {
  alarms.arm(pool.indexOf(sa), t);
}

/** The SAs of a peer by its number, or those that are UNPROVEN, in the order of their slots: `for (let sa: IsakmpSa | null = firstOf(number); sa; sa = nextOf(sa))`. */
export function firstOf(number: u32): IsakmpSa | null {
  return from(peers.first(number), number);
}

export function nextOf(sa: IsakmpSa | null): IsakmpSa | null {
  return sa ? from(peers.next(pool.indexOf(sa)), sa.peerNumber) : null;
}

function from(slot: u32, number: u32): IsakmpSa | null {
  for (; slot != NONE; slot = peers.next(slot)) {
    const sa = at(slot);
    if (sa && sa.peerNumber == number) return sa;
  }
  return null;
}

/** Walk with slots/at. */
export function left(): u32 {
  return pool.left;
}

export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): IsakmpSa | null {
  return pool.at(i);
}

export function byNumber(number: u32): IsakmpSa | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (sa && sa.number == number) return sa;
  }
  return null;
}

/** Whether somebody who is reached at this address has proved who he is. */
export function livesAt(address: u32): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (sa && sa.phase != Phase.NEGOTIATING && sa.peerAddress == address) return true;
  }
  return false;
}

/** By both cookies, 8 octets each. */
export function byCookies(CKY_I: usize, CKY_R: usize): IsakmpSa | null {
  for (let i = cookies.first(load<u32>(CKY_I)); i != NONE; i = cookies.next(i)) {
    const sa = at(i);
    if (sa && load<u64>(sa.CKY_I) == load<u64>(CKY_I) && load<u64>(sa.CKY_R) == load<u64>(CKY_R)) return sa;
  }
  return null;
}

/** By the initiator's cookie and the peer's address: for first messages again, and for answers that bring CKY-R. */
export function byInitiatorCookie(CKY_I: usize, address: u32, initiator: bool): IsakmpSa | null {
  for (let i = cookies.first(load<u32>(CKY_I)); i != NONE; i = cookies.next(i)) {
    const sa = at(i);
    if (sa && sa.initiator == initiator && sa.peerAddress == address && load<u64>(sa.CKY_I) == load<u64>(CKY_I)) return sa;
  }
  return null;
}

/** Established before replaced, one that may serve on before one that is spent, then the newest. */
function rank(sa: IsakmpSa): u64 {
  return (<u64>(sa.phase == Phase.ESTABLISHED) << 33) | (<u64>!sa.spent << 32) | <u64>sa.number;
}

/** The newest established SA with whoever the configuration knows by this address, under a profile (0: under none). */
export function forProfile(configured: u32, profile: u32): IsakmpSa | null {
  let best: IsakmpSa | null = null;
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (!sa || sa.configured != configured || sa.profile != profile || sa.phase == Phase.NEGOTIATING) continue;
    if (!best || rank(sa) > rank(best)) best = sa;
  }
  return best;
}

/** The newest established SA with a peer, by its number; one that is replaced only if there is no other. */
export function ofPeer(number: u32): IsakmpSa | null {
  let best: IsakmpSa | null = null;
  for (let sa: IsakmpSa | null = firstOf(number); sa; sa = nextOf(sa)) {
    if (sa.phase == Phase.NEGOTIATING) continue;
    if (!best || rank(sa) > rank(best)) best = sa;
  }
  return best;
}

/** Whether somebody whom the configuration knows by this address, or who is there, has proved who it is. */
export function provenAt(address: u32): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const sa = at(i);
    if (sa && sa.phase != Phase.NEGOTIATING && (sa.configured == address || sa.peerAddress == address)) return true;
  }
  return false;
}

/** Keeps a peer's identity to be shown. */
export function keep(sa: IsakmpSa, body: usize, len: u32): void {
  sa.peerIdType = id.idType(body);
  const n = id.dataLen(len);
  sa.peerIdLen = min(n, PEER_ID_MAX);
  memory.copy(sa.peerId, id.data(body), <usize>sa.peerIdLen);
  // Names that begin alike are not the same name.
  if (n > PEER_ID_MAX) sha256.digest(digestCtx, id.data(body), n, sa.peerId + PEER_ID_MAX - 32);
}

const digestCtx: usize = memory.data(200, 8);

/** Writes a kept identity for people. */
export function putPeerId(t: Text, sa: IsakmpSa): Text {
  return putPeerIdOf(t, sa.peerIdType, sa.peerId, sa.peerIdLen);
}

export function putPeerIdOf(t: Text, type: u32, id: usize, len: u32): Text {
  if (type == IdType.DER_ASN1_DN && names.check(id, len)) {
    names.write(t, id, len, PEER_ID_MAX);
    return t;
  }
  return type == IdType.IPV4_ADDR ? t.ip(get32(id)) : t.escaped(id, len);
}

/** How many established SAs a peer has. */
export function countOf(number: u32): u32 {
  let n: u32 = 0;
  for (let sa: IsakmpSa | null = firstOf(number); sa; sa = nextOf(sa)) if (sa.phase != Phase.NEGOTIATING) n++;
  return n;
}
