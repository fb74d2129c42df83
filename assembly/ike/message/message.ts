/**
 * Messages: opening what came (decryption, the chain of payloads) and closing what goes out (HASH, padding, encryption).
 * One message each way at a time: `payloads` are those of the one being looked at, `w` writes the one being made.
 *
 * IVs (RFC 2409, appendix B): each exchange has a chain of its own; phase 1's begins with the public values, phase 2's
 * with phase 1's last block and the message ID. A message that is not taken moves no IV: the caller gives a copy.
 */
import { DIGEST_MAX } from "../../crypto/hash";
import { ISAKMP_MESSAGE_MAX } from "../../limits";
import * as hashes from "../../oakley/hashes";
import { phase2Iv } from "../../oakley/iv";
import { Drop } from "../../util/status";
import { Flag, Payload } from "../../wire/ike_numbers";
import * as isakmp from "../../wire/isakmp";
import { Malformed } from "../../wire/malformed";
import { MessageWriter } from "../../wire/message_writer";
import { PayloadSet, parsePayloads } from "../../wire/payloads";
import { Exchange, State } from "../state/exchange";
import { IsakmpSa, Phase } from "../state/isakmp_sa";

/** Which HASH of RFC 2409, 5.5 stands first in a message. */
export const enum HashKind {
  NONE = 0,
  HASH_1 = 1,
  HASH_2 = 2,
  HASH_3 = 3,
}

/** Payloads and header of the message being looked at; set by `open` and `parse`. */
export let payloads: PayloadSet = changetype<PayloadSet>(0);
export let header: usize = 0;
/** Writes the message being made. */
export let w: MessageWriter = changetype<MessageWriter>(0);
/** Payloads of the message being made, before encryption: for trace.ts. */
export let outgoing: PayloadSet = changetype<PayloadSet>(0);

let buffer: usize = 0;
let hashAt: usize = 0;
let hashedFrom: usize = 0;
const computed: usize = memory.data(64, 8);

export function init(): void {
  payloads = new PayloadSet();
  outgoing = new PayloadSet();
  w = new MessageWriter();
  buffer = heap.alloc(<usize>ISAKMP_MESSAGE_MAX);
  if (DIGEST_MAX > 64) unreachable();
}

/** The chain of phase 2 for a message ID, into `iv`; while phase 1 runs, its last block so far is what counts. */
export function startPhase2Iv(sa: IsakmpSa, M_ID: u32, iv: usize): void {
  const phase1 = sa.exchange;
  const last = phase1 && sa.phase == Phase.NEGOTIATING ? phase1.iv : sa.lastIv;
  phase2Iv(sa.hash, last, sa.cipher.blockLength, M_ID, iv);
}

/** Decrypts a message in place; `iv` becomes its last block. Drop.NONE, or why not. */
export function decrypt(sa: IsakmpSa, ptr: usize, len: u32, iv: usize): Drop {
  const body = len - isakmp.HEADER_LENGTH;
  if (!sa.keyed || body == 0 || body % sa.cipher.blockLength) return Drop.IKE_DECRYPT;
  sa.cipher.cbcDecrypt(sa.cipherCtx, iv, ptr + isakmp.HEADER_LENGTH, body);
  return Drop.NONE;
}

/**
 * Finds the payloads of a message (in plain by now). Returns a Malformed; reserved octets that are set are let pass in
 * plain messages only: after decryption they say that the key was another.
 */
export function parse(ptr: usize, len: u32): u32 {
  header = ptr;
  const encrypted = (isakmp.flags(ptr) & Flag.ENCRYPTION) != 0;
  const bad = parsePayloads(isakmp.nextPayload(ptr), ptr + isakmp.HEADER_LENGTH, len - isakmp.HEADER_LENGTH, payloads, encrypted);
  return bad == Malformed.RESERVED && !encrypted ? <u32>Malformed.NONE : bad;
}

/** Whether the message's first payload is the HASH of this kind over what follows it. */
export function hashIsRight(ex: Exchange, kind: u32): bool {
  const sa = ex.sa;
  if (payloads.typeAt(0) != Payload.HASH) return ex.state == State.INFORMATIONAL && hashBehindIsRight(ex);
  const from = payloads.headerAt(1);
  hashOf(ex, kind, from, <u32>(payloads.end - from));
  return hashes.hashEqual(sa.hash, payloads.bodyAt(0), payloads.bodyLenAt(0), computed);
}

/**
 * RFC 3706, 5.3 and 5.4, draw the HASH behind the NOTIFY, and some send it there: HASH(1) is then over the one payload before it. No
 * RFC says whether that one's Next Payload counts as it came, HASH, or as it would be at the end, none: a HASH over either takes the key.
 */
function hashBehindIsRight(ex: Exchange): bool {
  if (payloads.length != 2 || payloads.typeAt(0) != Payload.NOTIFY || payloads.typeAt(1) != Payload.HASH) return false;
  const from = payloads.headerAt(0);
  const len = <u32>(payloads.headerAt(1) - from);
  if (hashBehindOver(ex, from, len)) return true;
  store<u8>(from, <u8>(<u32>Payload.NONE));
  const right = hashBehindOver(ex, from, len);
  store<u8>(from, <u8>(<u32>Payload.HASH));
  return right;
}

function hashBehindOver(ex: Exchange, from: usize, len: u32): bool {
  hashOf(ex, HashKind.HASH_1, from, len);
  return hashes.hashEqual(ex.sa.hash, payloads.bodyAt(1), payloads.bodyLenAt(1), computed);
}

function hashOf(ex: Exchange, kind: u32, from: usize, len: u32): void {
  const sa = ex.sa;
  if (kind == HashKind.HASH_1) hashes.HASH_1(sa.hash, sa.SKEYID_a, ex.M_ID, from, len, computed);
  else if (kind == HashKind.HASH_2) hashes.HASH_2(sa.hash, sa.SKEYID_a, ex.M_ID, ex.Ni_b, ex.NiLen, from, len, computed);
  else hashes.HASH_3(sa.hash, sa.SKEYID_a, ex.M_ID, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen, computed);
}

/** Begins a message of an exchange; with a HASH its place comes first. */
export function begin(ex: Exchange, encrypted: bool, kind: u32): void {
  const sa = ex.sa;
  w.begin(buffer, ISAKMP_MESSAGE_MAX);
  w.header(sa.CKY_I, sa.CKY_R, <u32>ex.type, encrypted ? Flag.ENCRYPTION : Flag.NONE, ex.M_ID);
  hashAt = 0;
  if (kind != HashKind.NONE) {
    w.payload(Payload.HASH);
    hashAt = w.reserve(sa.hash.digestLength);
    w.close();
  }
  hashedFrom = w.here;
}

/** Begins a message in plain that belongs to no SA of ours. */
export function beginPlain(CKY_I: usize, CKY_R: usize, exchange: u32, M_ID: u32): void {
  w.begin(buffer, ISAKMP_MESSAGE_MAX);
  w.header(CKY_I, CKY_R, exchange, Flag.NONE, M_ID);
  hashAt = 0;
}

/**
 * Finishes the message: HASH, padding, encryption with the exchange's chain. Returns its length, 0 if it did not fit.
 * `outgoing` then lists its payloads' types (their bodies are ciphertext).
 */
export function end(ex: Exchange, encrypted: bool, kind: u32): u32 {
  const sa = ex.sa;
  w.close();
  if (w.overflow) return 0;
  if (kind != HashKind.NONE) {
    hashOf(ex, kind, hashedFrom, <u32>(w.here - hashedFrom));
    memory.copy(hashAt, computed, <usize>sa.hash.digestLength);
  }
  parsePayloads(isakmp.nextPayload(w.base), w.body, w.bodyLength, outgoing, false);
  if (encrypted) w.pad(sa.cipher.blockLength);
  const len = w.end();
  if (len && encrypted) {
    sa.cipher.cbcEncrypt(sa.cipherCtx, ex.iv, w.body, w.bodyLength);
    sa.spend(w.bodyLength);
  }
  return len;
}

/** Keeps the payload types of the message just made, for the events of its retransmissions. */
export function keepTypes(ex: Exchange): void {
  const n = min<u32>(outgoing.length, 15);
  store<u8>(ex.sentTypes, <u8>n);
  for (let i: u32 = 0; i < n; i++) store<u8>(ex.sentTypes + 1 + i, <u8>outgoing.typeAt(i));
}

export function recallTypes(ex: Exchange): void {
  outgoing.clear();
  for (let i: u32 = 0; i < <u32>load<u8>(ex.sentTypes); i++) outgoing.add(<u32>load<u8>(ex.sentTypes + 1 + i), 0, 0);
}
