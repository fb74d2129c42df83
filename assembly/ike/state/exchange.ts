/**
 * An exchange: the short-lived half of a negotiation, one Main Mode or one Quick Mode. Nonces, Diffie-Hellman values,
 * SA bodies, the chain of IVs, the octets sent last (answered again to a duplicate) and the digest of what came last.
 */
import { DIGEST_MAX } from "../../crypto/hash";
import { EXCHANGES, PACKETS_HELD_MAX } from "../../limits";
import { DhGroup, dhAbort } from "../../oakley/dh_group";
import { newGroupAbort } from "../../oakley/new_group";
import * as chain from "../../pki/chain";
import * as sealer from "../../pki/sealer";
import * as signer from "../../pki/signer";
import { Selector } from "../../sadb/terms/selector";
import * as clock from "../../util/clock";
import { Deadline, NEVER } from "../../util/deadline";
import { Packet, free as freePacket } from "../../util/packet";
import { Pool } from "../../util/pool";
import { Phase1Choice } from "../offer/phase1_proposal";
import { PHASE2_CHOICE_BYTES, Phase2Choice } from "../offer/phase2_terms";
import { letGo } from "./buffers";
import { IsakmpSa } from "./isakmp_sa";
import { Fate } from "./stats";

/** Where an exchange stands; the letter is the role, the number the messages of that role that have gone out. */
export const enum State {
  FREE = 0,
  MAIN_I0,
  MAIN_I1,
  MAIN_I2,
  MAIN_I3,
  MAIN_R0,
  MAIN_R1,
  MAIN_R2,
  MAIN_DONE,
  AGGR_I0,
  AGGR_I1,
  AGGR_R0,
  AGGR_R1,
  AGGR_DONE,
  QUICK_I0,
  QUICK_I1,
  QUICK_R0,
  QUICK_R1,
  /** All but taking the SAs into use: the peer has set the commit bit, and CONNECTED is waited for. */
  QUICK_COMMIT,
  QUICK_DONE,
  GROUP_I0,
  GROUP_I1,
  GROUP_R0,
  GROUP_DONE,
  /** Every Informational Exchange: one message, no memory. */
  INFORMATIONAL,
  COUNT,
}

/** Whether no message has been taken yet of an exchange that the peer begins: if the first is not taken, there was none. */
export function isUnbegun(state: u32): bool {
  return state == State.MAIN_R0 || state == State.AGGR_R0 || state == State.QUICK_R0 || state == State.GROUP_R0;
}

/** Powers, or multiples on a curve, that an exchange waits for, signatures, and what RSA encrypts; done in this order. */
export const enum Job {
  NONE = 0,
  /** g^x of our own exponent */
  PUBLIC = 1,
  /** g^xy */
  SHARED = 2,
  /** the proof that a group of a peer's making is good */
  VALIDATE = 4,
  /** the check of the peer's signature */
  CHECK = 8,
  /** our own */
  SIGN = 16,
  /** the peer's identity and its nonce, decrypted by RSA */
  OPEN_ID = 32,
  OPEN_NONCE = 64,
  /** our own, encrypted */
  SEAL_ID = 128,
  SEAL_NONCE = 256,
}

/** Those of `sealer`. */
export const ENCRYPTION_JOBS: u32 = Job.OPEN_ID | Job.OPEN_NONCE | Job.SEAL_ID | Job.SEAL_NONCE;

/** Why a peer's proof by a signature is refused. */
export const enum Refused {
  NOT = 0,
  SIGNATURE = 1,
  /** Its certificate is, which has been said. */
  CERTIFICATE = 2,
  /** Nobody here knows the authority, which has been said. */
  AUTHORITY = 3,
}

/** What the timer of an exchange does. */
export const enum Timeout {
  NONE = 0,
  /** Sends the last message again, and gives up after some tries. */
  RETRANSMIT = 1,
  /** Waits for a peer that is not verified: sends nothing on its own, ends the exchange. */
  WAIT = 2,
  /** The exchange is done and is kept to answer duplicates. */
  LINGER = 3,
  /**
   * The exchange is done for us, and its last message goes out a few times more until something of the peer's shows that it
   * has come: Aggressive Mode's third message is answered by nothing.
   */
  CONFIRM = 4,
  /** Waits for CONNECTED or for traffic, not long, and goes on without. */
  COMMIT = 5,
}

@unmanaged
export class Exchange {
  sa: IsakmpSa;
  M_ID: u32;
  state: u32;
  initiator: bool;
  /** Exchange type of ike_numbers. */
  type: u32;
  timeout: u32;
  jobs: u32;
  /** Job that runs now. */
  running: u32;
  suspended: bool;
  /** Its public value is the common one of the hour (strangers.ts): there is no power to wait for before the reply. */
  lent: bool;
  /** A `Standing` (strangers.ts). */
  standing: u32;
  /** The jobs behind the reply of `row` wait for a message that proves something. */
  owed: bool;
  /** The job is done behind the reply's back: `row.after` follows, not `row.continued`. */
  background: bool;
  /** What has become of it, and that `upkeep` has not acted on that yet. */
  fate: Fate;
  marked: bool;
  tries: u32;
  /** Times that it was begun again. */
  begunAgain: u32;
  due: u64;
  createdAt: u64;
  /** Row whose second half is due. */
  row: u32;
  /** The message that is being answered, while suspended; one that came meanwhile. */
  message: Packet | null;
  waiting: Packet | null;
  /** Came on the heels of that one, or instead: of phase 2, or Informational. */
  behind: Packet | null;

  /** Last message sent, and its number in the exchange. */
  sent: usize;
  sentLen: u32;
  sentNumber: u32;
  /** The ID of its fragments; 0: it went whole. */
  sentId: u32;
  /** Where what is sent goes instead of to the SA's peer; port 0: it does not. */
  answerAddress: u32;
  answerPort: u32;
  answerLocalPort: u32;
  /** Duplicates of the last message that were answered, and when the last answer left. */
  answered: u32;
  answeredAt: u64;

  group: DhGroup | null;
  /** Private value, then the public values, and the shared secret: as many octets as the group says. */
  exponent: usize;
  g_xi: usize;
  g_xr: usize;
  g_xy: usize;
  Ni_b: usize;
  NiLen: u32;
  Nr_b: usize;
  NrLen: u32;
  /** Body of the initiator's SA payload (phase 1), of the own offer (Quick Mode as initiator). */
  SA_b: usize;
  SA_bLen: u32;
  /** Aggressive Mode: body of the initiator's ID payload. */
  ID_b: usize;
  ID_bLen: u32;

  // Phase 1 with signatures
  /** How often the row's second half has paused. */
  stage: u32;
  /** Messages whose signature was looked at and was none: anybody may have sent them. */
  falseProofs: u32;
  /** The hash that is signed, of 64 octets at most, our signature, and the key of the peer's. */
  proof: usize;
  SIG: usize;
  SIGLen: u32;
  theirKey: usize;
  /** The peer's signature in the message that is held, and that it was right. */
  theirSIG: usize;
  theirSIGLen: u32;
  /** Body of the peer's ID payload, there too; its certificates: their number, then address and length of each. */
  theirID_b: usize;
  theirID_bLen: u32;
  certificates: usize;
  refused: Refused;
  /** Body of our own ID payload, as it was signed. */
  ownID_b: usize;
  ownID_bLen: u32;

  // Phase 1 with RSA encryption, which has its sealed nonce and identity in SIG, the peer's key in theirKey, the peer's opened identity in ID_b
  /** Place of the pair that decrypts, from 1 on. */
  ownPair: u32;
  /** All ones: something could not be what an honest peer has sent, and no proof counts; else 0. A secret until there is a proof. */
  spoiled: u32;
  /** The peer's key was found by its name. */
  byName: bool;

  // New Group Mode: the group in work. Its numbers lie in the message, which is held, or in the configuration.
  groupId: u32;
  prime: usize;
  primeLen: u32;
  generator: usize;
  generatorLen: u32;
  order: usize;
  orderLen: u32;
  /** NewGroupFault, when it has been looked at. */
  fault: u32;

  // Quick Mode
  /** Slot of the policy. */
  policySlot: u32;
  /** Own and peer's SPI: of ESP, or of AH where there is no ESP. */
  spi: u32;
  peerSpi: u32;
  /** Own SPI of AH in a bundle; 0: no bundle was proposed or agreed on. */
  ahSpi: u32;
  /** What the peer wrote into its datagrams' addresses, as its NAT-OA payloads say (RFC 3947, 5.2): its own, ours. */
  peerOriginal: u32;
  localOriginal: u32;
  /** Inbound SPI of the pair that this one renews, 0: none. */
  renews: u32;
  /** The peer has set the commit bit (RFC 2408, 3.1); nothing protects it. */
  commit: bool;

  /** 16 octets each: the chain's IV, and the one after the message that is being looked at. */
  get iv(): usize {
    return changetype<usize>(this) + TAIL;
  }
  get nextIv(): usize {
    return changetype<usize>(this) + TAIL + 16;
  }
  /** SHA-256 of the last message taken. */
  get received(): usize {
    return changetype<usize>(this) + TAIL + 32;
  }
  get SKEYID(): usize {
    return changetype<usize>(this) + TAIL + 64;
  }
  get selector(): Selector {
    return changetype<Selector>(changetype<usize>(this) + TAIL + 64 + DIGEST_MAX);
  }
  /** What phase 1 has agreed on, where computing stands between taking the offer and answering it. */
  get phase1Choice(): Phase1Choice {
    return changetype<Phase1Choice>(changetype<usize>(this.choice));
  }
  get choice(): Phase2Choice {
    return changetype<Phase2Choice>(changetype<usize>(this) + TAIL + 64 + DIGEST_MAX + SELECTOR_BYTES);
  }

  /** How many payloads the last message sent had, and their types: 16 octets. */
  get sentTypes(): usize {
    return changetype<usize>(this) + TAIL + 64 + DIGEST_MAX + SELECTOR_BYTES + PHASE2_CHOICE_BYTES;
  }

  /** Own public value and the peer's. */
  get ownPublic(): usize {
    return this.initiator ? this.g_xi : this.g_xr;
  }
  get peerPublic(): usize {
    return this.initiator ? this.g_xr : this.g_xi;
  }
  /** Octets of g_xi and g_xr, and of g_xy; 0 without a group. */
  get publicBytes(): u32 {
    const group = this.group;
    return group ? group.publicBytes : 0;
  }
  get secretBytes(): u32 {
    const group = this.group;
    return group ? group.secretBytes : 0;
  }
}

const SELECTOR_BYTES: usize = 32;
// @ts-ignore: decorator
@inline
const TAIL: usize = (offsetof<Exchange>() + 15) & ~15;
const TAIL_BYTES: u32 = 64 + DIGEST_MAX + 32 + PHASE2_CHOICE_BYTES + 16;

let pool: Pool<Exchange> = changetype<Pool<Exchange>>(0);
export const deadline: Deadline = new Deadline();
/** Whether some exchange is marked: `upkeep` looks at it when what goes on has been dealt with. */
export let marked: bool = false;
/** Exchanges with jobs, and packets held by exchanges. */
export let jobsWanted: u32 = 0;
export let packetsHeld: u32 = 0;

export function init(): void {
  pool = new Pool<Exchange>("isakmp exchanges", EXCHANGES, <u32>(TAIL - offsetof<Exchange>()) + TAIL_BYTES);
  deadline.reset();
  marked = false;
  jobsWanted = 0;
  packetsHeld = 0;
  if (offsetof<Selector>() > SELECTOR_BYTES || <u32>offsetof<Phase2Choice>() > PHASE2_CHOICE_BYTES || <u32>offsetof<Phase1Choice>() > PHASE2_CHOICE_BYTES) unreachable();
}

/** A block laid out like an exchange that belongs to no pool: informational.ts keeps one. */
export function outside(): Exchange {
  const p = heap.alloc(<usize>TAIL + TAIL_BYTES);
  memory.fill(p, 0, <usize>TAIL + TAIL_BYTES);
  return changetype<Exchange>(p);
}

/** A new exchange under an SA; null: none is left, not even one that only lingers. */
export function take(sa: IsakmpSa, type: u32, state: State, initiator: bool, M_ID: u32): Exchange | null {
  if (!pool.left) freeLingering();
  const ex = pool.take();
  if (!ex) return null;
  ex.sa = sa;
  ex.type = type;
  ex.state = state;
  ex.initiator = initiator;
  ex.M_ID = M_ID;
  ex.createdAt = clock.now();
  ex.due = NEVER;
  return ex;
}

/** An exchange is over, one way or the other: what follows from that is upkeep's, when the message has been dealt with. */
export function mark(ex: Exchange, fate: Fate): void {
  ex.fate = fate;
  ex.marked = marked = true;
  if (fate != Fate.COMPLETED) ex.due = NEVER;
}

/** The marks are being looked at. */
export function marksSeen(): void {
  marked = false;
}

/** Gives up the exchange that has lingered longest. */
function freeLingering(): void {
  let oldest: Exchange | null = null;
  for (let i: u32 = 0; i < pool.size; i++) {
    const ex = at(i);
    if (ex && ex.timeout == Timeout.LINGER && !ex.marked && (!oldest || ex.createdAt < oldest.createdAt)) oldest = ex;
  }
  if (oldest) free(oldest);
}

/** Wipes and gives back an exchange with all that it holds. */
export function free(ex: Exchange): void {
  clearJobs(ex);
  forgetKeyExchange(ex);
  letGo(ex.sent);
  release(ex.message);
  release(ex.waiting);
  release(ex.behind);
  if (ex.sa.exchange === ex) ex.sa.exchange = null;
  pool.free(ex);
}

/** Lets go of what keys are made of as soon as nothing needs it: exponent, public values, shared secret, nonces, SA body. */
export function forgetKeyExchange(ex: Exchange): void {
  letGo(ex.exponent);
  letGo(ex.g_xi);
  letGo(ex.g_xr);
  letGo(ex.g_xy);
  letGo(ex.Ni_b);
  letGo(ex.Nr_b);
  letGo(ex.SA_b);
  letGo(ex.ID_b);
  letGo(ex.proof);
  letGo(ex.SIG);
  letGo(ex.theirKey);
  letGo(ex.ownID_b);
  letGo(ex.certificates);
  ex.certificates = ex.ID_b = ex.proof = ex.SIG = ex.theirKey = ex.ownID_b = 0;
  ex.SIGLen = 0;
  ex.exponent = ex.g_xi = ex.g_xr = ex.g_xy = ex.Ni_b = ex.Nr_b = ex.SA_b = 0;
}

export function wantJobs(ex: Exchange, jobs: u32): void {
  if (!ex.jobs && jobs) jobsWanted++;
  ex.jobs |= jobs;
}

export function doneJob(ex: Exchange, job: u32): void {
  ex.jobs &= ~(job);
  ex.running = Job.NONE;
  if (!ex.jobs) jobsWanted--;
}

function clearJobs(ex: Exchange): void {
  if (ex.running == Job.VALIDATE) newGroupAbort();
  else if (ex.running & (Job.CHECK | Job.SIGN)) {
    chain.abort();
    signer.abort();
  } else if (ex.running & ENCRYPTION_JOBS) sealer.abort();
  else if (ex.running) dhAbort();
  if (ex.jobs) jobsWanted--;
  ex.jobs = 0;
  ex.running = Job.NONE;
}

/** Whether an exchange may hold one more packet. */
export function mayHold(): bool {
  return packetsHeld < PACKETS_HELD_MAX;
}

export function held(): void {
  packetsHeld++;
}

export function release(packet: Packet | null): void {
  if (!packet) return;
  packetsHeld--;
  freePacket(packet);
}

/** Hands a held packet over to the caller. */
export function unheld(): void {
  packetsHeld--;
}

export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): Exchange | null {
  return pool.at(i);
}

export function arm(ex: Exchange, due: u64): void {
  ex.due = due;
  deadline.arm(due);
}
