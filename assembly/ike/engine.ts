/**
 * The engine: takes a message, finds its exchange and its row in the table, decrypts, checks, has the handler look at it,
 * does the modular exponentiations that the handler asks for in slices, sends the reply, changes the state. Nothing else
 * in the room changes a state, decrypts, encrypts or sends. A message that is not taken moves nothing: no state, no IV.
 */
import { sha256 } from "../crypto/sha2_32";
import * as drbg from "../crypto/drbg";
import { ISAKMP_MESSAGE_MAX } from "../limits";
import { modexpBusy, modexpResult, modexpStart, modexpStep } from "../oakley/modexp";
import * as spd from "../sadb/spd";
import { Policy } from "../sadb/spd";
import * as clock from "../util/clock";
import { Packet, free as freePacket } from "../util/packet";
import { Drop, assertThat, drop as count } from "../util/status";
import { Exchange as ExchangeType, Flag, Notify, Payload } from "../wire/ike_numbers";
import * as isakmp from "../wire/isakmp";
import { dropOf, notifyOf as notifyOfMalformed } from "../wire/malformed";
import * as acquire from "./acquire";
import { holdCopy, letGo } from "./buffers";
import { Exchange, Job, State, Timeout } from "./exchange";
import * as exchanges from "./exchange";
import * as db from "./exchange_db";
import * as informational from "./informational";
import { IsakmpSa, Phase } from "./isakmp_sa";
import * as isakmpSa from "./isakmp_sa";
import * as lifecycle from "./lifecycle";
import * as message from "./message";
import * as natt from "./natt";
import * as notices from "./notices";
import { OK, Verdict, notifyOf, reasonOf, verdictOf } from "./outcome";
import * as output from "./output";
import * as rekey from "./rekey";
import * as retransmit from "./retransmit";
import { Is, Row, bit, rowAt, rowFor, startingRow } from "./table";
import * as trace from "./trace";

/** What `take` answers when the packet is not the caller's any more. */
const KEPT: u32 = 0xffff;

const digest: usize = memory.data(32, 8);
const digestCtx: usize = memory.data(200, 8);

/** Takes a packet over whose ptr and len are an ISAKMP message. */
export function receive(packet: Packet): void {
  const reason = take(packet);
  if (reason == KEPT) return;
  if (reason) {
    count(<Drop>reason);
    trace.dropped(packet, <Drop>reason);
  }
  freePacket(packet);
}

/** Drop.NONE, a reason, or KEPT. */
function take(packet: Packet): u32 {
  const p = packet.ptr;
  if (packet.len > ISAKMP_MESSAGE_MAX) return Drop.IKE_TOO_LONG;
  const bad = isakmp.checkHeader(p, packet.len);
  if (bad) {
    if (packet.len >= isakmp.HEADER_LENGTH) informational.refusePlain(packet, p, notifyOfMalformed(bad));
    return dropOf(bad);
  }
  if (isakmp.cookieIsZero(isakmp.CKY_I(p))) return Drop.IKE_COOKIE;
  if (!drbg.ready() && !drbg.seed()) {
    notices.noEntropy();
    return Drop.IKE_NO_ENTROPY;
  }
  switch (isakmp.exchangeType(p)) {
    case ExchangeType.IDENTITY_PROTECTION: return takeMain(packet);
    case ExchangeType.QUICK_MODE: return takeQuick(packet);
    case ExchangeType.INFORMATIONAL: return takeInformational(packet);
    default:
      informational.refusePlain(packet, p, Notify.INVALID_EXCHANGE_TYPE);
      return Drop.IKE_EXCHANGE_TYPE;
  }
}

function takeMain(packet: Packet): u32 {
  const p = packet.ptr;
  if (isakmp.M_ID(p) != 0) return Drop.IKE_HEADER;
  if (isakmp.cookieIsZero(isakmp.CKY_R(p))) return takeFirst(packet);
  let sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
  if (!sa) {
    // The answer to our first message brings the responder's cookie.
    sa = isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, true);
    if (!sa || !isakmp.cookieIsZero(sa.CKY_R)) return Drop.IKE_COOKIE;
  }
  // Nobody has proved yet that he may move: before authentication the address stays.
  if (packet.src != sa.peerAddress) return Drop.IKE_COOKIE;
  const ex = sa.exchange;
  if (!ex) return Drop.IKE_DUPLICATE;
  return step(ex, packet);
}

/** The first message of Main Mode: to be answered once, and again if it comes again. */
function takeFirst(packet: Packet): u32 {
  const p = packet.ptr;
  const known = isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, false);
  if (known) {
    const running = known.exchange;
    if (!running || running.state != State.MAIN_R1) return Drop.IKE_DUPLICATE;
    return step(running, packet);
  }
  if (!spd.knowsPeer(packet.src)) {
    notices.unknownPeer(packet.src);
    return Drop.IKE_NO_KEY;
  }
  if (!db.mayOpenHalf(packet.src)) return Drop.IKE_HALF_OPEN;
  const sa = newSa(packet.src, packet.dst, false);
  if (!sa) return Drop.IKE_POOL;
  sa.localPort = <u32>packet.dstPort;
  sa.peerPort = <u32>packet.srcPort;
  memory.copy(sa.CKY_I, isakmp.CKY_I(p), 8);
  const ex = exchanges.take(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_R0, false, 0);
  if (!ex) {
    isakmpSa.free(sa);
    return Drop.IKE_POOL;
  }
  sa.exchange = ex;
  return begun(ex, step(ex, packet));
}

function newSa(peer: u32, local: u32, initiator: bool): IsakmpSa | null {
  const sa = isakmpSa.take(initiator);
  if (!sa) {
    notices.pool("ISAKMP SA");
    return null;
  }
  sa.peer = sa.peerAddress = peer;
  sa.localAddress = local;
  sa.peerPort = sa.localPort = 500;
  return sa;
}

/** An exchange that a peer has begun ends at once if its first message was not taken. */
function begun(ex: Exchange, reason: u32): u32 {
  if (reason && reason != KEPT && (ex.state == State.MAIN_R0 || ex.state == State.QUICK_R0)) lifecycle.endExchange(ex);
  return reason;
}

function takeQuick(packet: Packet): u32 {
  const p = packet.ptr;
  const sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
  if (!sa) return Drop.IKE_COOKIE;
  const M_ID = isakmp.M_ID(p);
  if (M_ID == 0) return Drop.IKE_HEADER;
  const running = db.byM_ID(sa, M_ID);
  if (running) return step(running, packet);
  if (sa.phase == Phase.NEGOTIATING) {
    // Message 6 may have been lost, or overtaken: the peer will send this again.
    return Drop.IKE_UNEXPECTED_STATE;
  }
  if (sa.knowsM_ID(M_ID)) return Drop.IKE_DUPLICATE;
  if (!db.mayOpenQuick(sa)) return Drop.IKE_HALF_OPEN;
  const ex = exchanges.take(sa, ExchangeType.QUICK_MODE, State.QUICK_R0, false, M_ID);
  if (!ex) return Drop.IKE_POOL;
  message.startPhase2Iv(sa, M_ID, ex.iv);
  return begun(ex, step(ex, packet));
}

function takeInformational(packet: Packet): u32 {
  const p = packet.ptr;
  let sa = isakmpSa.byCookies(isakmp.CKY_I(p), isakmp.CKY_R(p));
  if (isakmp.flags(p) & Flag.ENCRYPTION) {
    if (!sa || !sa.keyed) return Drop.IKE_COOKIE;
    const M_ID = isakmp.M_ID(p);
    if (M_ID == 0) return Drop.IKE_HEADER;
    if (sa.knowsM_ID(M_ID)) return Drop.IKE_DUPLICATE;
    return step(informational.exchangeFor(sa, M_ID), packet);
  }
  // An answer to our first message may leave the responder's cookie out.
  if (!sa) sa = isakmpSa.byInitiatorCookie(isakmp.CKY_I(p), packet.src, true);
  if (!sa || packet.src != sa.peerAddress) return Drop.IKE_COOKIE;
  if (message.parse(p, packet.len)) return Drop.IKE_PAYLOAD;
  informational.takeUnprotected(sa);
  return Drop.IKE_UNPROTECTED_NOTIFY;
}

/** One message for an exchange. */
function step(ex: Exchange, packet: Packet): u32 {
  sha256.digest(digestCtx, packet.ptr, packet.len, digest);
  if (memory.compare(digest, ex.received, 32) == 0 && ex.state != State.INFORMATIONAL) return again(ex);
  if (ex.suspended) return wait(ex, packet);
  const row = rowFor(ex.state, isakmp.exchangeType(packet.ptr));
  if (!row) return Drop.IKE_UNEXPECTED_STATE;
  return accept(ex, row, packet);
}

/** A duplicate of what was taken last gets the same octets once more. */
function again(ex: Exchange): u32 {
  if (ex.sent && !ex.suspended) {
    if (retransmit.mayAnswerDuplicate(ex)) sendAgain(ex);
    else return Drop.IKE_RATE_LIMIT;
  }
  return Drop.IKE_DUPLICATE;
}

function sendAgain(ex: Exchange): void {
  if (!ex.sent) return;
  message.recallTypes(ex);
  trace.messageOut(ex.sa, ex.sent, ex.sentNumber, ex.sentLen, message.outgoing, true);
  output.toPeer(ex.sa, ex.sent, ex.sentLen);
}

/** While an exchange is suspended, one message of it may wait. */
function wait(ex: Exchange, packet: Packet): u32 {
  if (ex.waiting) return Drop.IKE_DUPLICATE;
  if (!exchanges.mayHold()) return Drop.NO_BUFFER;
  ex.waiting = packet;
  exchanges.held();
  return KEPT;
}

/** A message that its row expects: opened, checked, handled. */
function accept(ex: Exchange, row: Row, packet: Packet): u32 {
  const sa = ex.sa;
  const p = packet.ptr;
  const encrypted = (isakmp.flags(p) & Flag.ENCRYPTION) != 0;
  if (encrypted != row.has(Is.ENCRYPTED_IN)) return Drop.IKE_FLAGS;
  memory.copy(ex.nextIv, ex.iv, 16);
  if (encrypted) {
    const reason = message.decrypt(sa, p, packet.len, ex.nextIv);
    if (reason) return <u32>reason;
  }
  const bad = message.parse(p, packet.len);
  if (bad) {
    if (encrypted) return undecipherable(ex, row, packet);
    informational.refusePlain(packet, p, notifyOfMalformed(bad));
    return dropOf(bad);
  }
  const wrong = checkPayloads(row);
  if (wrong) {
    if (encrypted && row.hashIn == message.HashKind.NONE) return undecipherable(ex, row, packet);
    if (!encrypted) informational.refusePlain(packet, p, wrong == Drop.IKE_PAYLOAD_MISSING ? Notify.PAYLOAD_MALFORMED : Notify.INVALID_PAYLOAD_TYPE);
    return wrong;
  }
  if (row.hashIn != message.HashKind.NONE && !message.hashIsRight(ex, row.hashIn)) {
    if (sa.phase == Phase.NEGOTIATING) wrongKeyPerhaps(ex);
    return Drop.IKE_HASH;
  }
  trace.messageIn(ex, p, row.numberIn, packet.len, message.payloads, packet);
  if (row.has(Is.AUTHENTIC) && row.hashIn != message.HashKind.NONE) authentic(ex, packet);
  else if (!row.has(Is.AUTHENTIC)) natt.followPort(sa, packet);
  if (ex.state == State.INFORMATIONAL) {
    sa.noteM_ID(ex.M_ID);
    return reasonOf(row.handler(ex));
  }
  if (ex.state == State.QUICK_R0) sa.noteM_ID(ex.M_ID);
  // The reply's IV follows the message's, in the same chain; put back if the message is not taken after all.
  memory.copy(previousIv, ex.iv, 16);
  memory.copy(ex.iv, ex.nextIv, 16);
  memory.copy(ex.nextIv, previousIv, 16);
  if (!row.continued && row.has(Is.REPLIES)) message.begin(ex, row.has(Is.ENCRYPTED_OUT), row.hashOut);
  const outcome = row.handler(ex);
  if (verdictOf(outcome) > <u32>Verdict.SUSPEND) return notTaken(ex, row, packet, outcome);
  memory.copy(ex.received, digest, 32);
  if (row.has(Is.AUTHENTIC) && row.hashIn == message.HashKind.NONE) authentic(ex, packet);
  if (outcome == OK) return proceed(ex, row);
  return suspend(ex, row, packet);
}

const previousIv: usize = memory.data(16, 8);

/** RFC 2408, 5.3: each payload of the row's, none of another. Drop.NONE, or which of both. */
function checkPayloads(row: Row): u32 {
  const payloads = message.payloads;
  let present: u32 = 0;
  for (let i: u32 = 0; i < payloads.length; i++) {
    const b = bit(payloads.typeAt(i));
    if ((b & (row.required | row.optional)) == 0) return Drop.IKE_PAYLOAD_UNEXPECTED;
    const single = b & ((1 << Payload.SA) | (1 << Payload.KE) | (1 << Payload.NONCE) | (1 << Payload.HASH));
    if (single & present) return Drop.IKE_PAYLOAD_UNEXPECTED;
    present |= b;
  }
  if ((present & row.required) != row.required) return Drop.IKE_PAYLOAD_MISSING;
  const ids = payloads.count(Payload.ID);
  if (row.exchange == ExchangeType.IDENTITY_PROTECTION ? ids > 1 : ids != 0 && ids != 2) return Drop.IKE_PAYLOAD_UNEXPECTED;
  return Drop.NONE;
}

/** Decryption gave no message: in Main Mode the sign of another pre-shared key. */
function undecipherable(ex: Exchange, row: Row, packet: Packet): u32 {
  if (ex.sa.phase == Phase.NEGOTIATING) {
    wrongKeyPerhaps(ex);
    if (row.exchange == ExchangeType.IDENTITY_PROTECTION) informational.refusePlain(packet, packet.ptr, Notify.PAYLOAD_MALFORMED);
  }
  return Drop.IKE_DECRYPT;
}

function wrongKeyPerhaps(ex: Exchange): void {
  notices.wrongKey(ex.sa.peer, true);
}

/** The message is the peer's beyond doubt: where it came from is where the peer is. */
function authentic(ex: Exchange, packet: Packet): void {
  if (natt.follow(ex.sa, packet)) rekey.moveMappings(ex.sa);
}

/** The handler refused the message. */
function notTaken(ex: Exchange, row: Row, packet: Packet, outcome: u32): u32 {
  const notify = notifyOf(outcome);
  if (notify) tell(ex, row, packet, notify);
  memory.copy(ex.iv, ex.nextIv, 16);
  if (verdictOf(outcome) == <u32>Verdict.FAIL) failed(ex);
  return <u32>reasonOf(outcome);
}

function tell(ex: Exchange, row: Row, packet: Packet | null, notify: u32): void {
  const sa = ex.sa;
  if (row.has(Is.ENCRYPTED_IN) && sa.keyed) {
    informational.sendNotify(sa, notify, row.exchange == ExchangeType.QUICK_MODE ? offeredSpi(ex) : 0);
  } else if (packet) informational.refusePlain(packet, packet.ptr, notify);
}

/** The SPI by which the peer knows the Quick Mode that is refused. */
function offeredSpi(ex: Exchange): u32 {
  if (ex.peerSpi) return ex.peerSpi;
  const body = message.payloads.body(Payload.SA, 0);
  // The first proposal's SPI: behind DOI, situation and the proposal's fixed part.
  if (!body || message.payloads.bodyLen(Payload.SA, 0) < 20 || load<u8>(body + 14) != 4) return 0;
  return bswap<u32>(load<u32>(body + 16));
}

/** An exchange has failed. What waited for it is told, unless its first message was never taken: `begun` does that. */
function failed(ex: Exchange): void {
  if (ex.state == State.MAIN_R0 || ex.state == State.QUICK_R0) {
    // Ended by `begun`, or here if the failure came after a pause.
    if (ex.suspended) lifecycle.endExchange(ex);
    return;
  }
  const ours = ex.initiator;
  const quick = ex.type == ExchangeType.QUICK_MODE;
  const policy = ex.policy;
  const peer = ex.sa.peer;
  lifecycle.endExchange(ex);
  if (!ours) return;
  if (quick) acquire.quickFailed(policy);
  else acquire.phase1Failed(peer);
}

/** The handler waits for modular exponentiations: the message waits with it. */
function suspend(ex: Exchange, row: Row, packet: Packet | null): u32 {
  ex.suspended = true;
  ex.background = false;
  ex.row = row.index;
  retransmit.pause(ex);
  if (!packet) return OK;
  ex.message = packet;
  exchanges.held();
  return KEPT;
}

/** The second half of a row: reply, state, timer. */
function proceed(ex: Exchange, row: Row): u32 {
  const continued = row.continued;
  if (continued) {
    if (row.has(Is.REPLIES)) message.begin(ex, row.has(Is.ENCRYPTED_OUT), row.hashOut);
    const outcome = continued(ex);
    if (outcome != OK) {
      const notify = notifyOf(outcome);
      if (notify) tell(ex, row, ex.message, notify);
      failed(ex);
      return <u32>reasonOf(outcome);
    }
  }
  if (row.has(Is.REPLIES)) {
    const len = message.end(ex, row.has(Is.ENCRYPTED_OUT), row.hashOut);
    letGo(ex.sent);
    ex.sent = len ? holdCopy(message.w.base, len) : 0;
    if (!ex.sent) {
      notices.pool("ISAKMP message");
      failed(ex);
      return Drop.IKE_POOL;
    }
    ex.sentLen = len;
    ex.sentNumber = row.numberOut;
    message.keepTypes(ex);
    trace.messageOut(ex.sa, ex.sent, row.numberOut, len, message.outgoing, false);
    output.toPeer(ex.sa, ex.sent, len);
  }
  trace.stateChange(ex.sa.number, stateWord(ex.state), stateWord(row.next));
  ex.state = row.next;
  ex.suspended = false;
  if (row.laterJobs) {
    exchanges.wantJobs(ex, row.laterJobs);
    ex.suspended = true;
    ex.background = true;
    ex.row = row.index;
  }
  retransmit.begin(ex, row.timeout);
  if (row.has(Is.COMPLETES)) completed(ex, row);
  return OK;
}

function completed(ex: Exchange, row: Row): void {
  const main = row.exchange == ExchangeType.IDENTITY_PROTECTION;
  if (main) lifecycle.mainIsUp(ex);
  else {
    exchanges.forgetKeyExchange(ex);
    acquire.quickIsUp(ex);
  }
  if (row.timeout == Timeout.NONE) exchanges.free(ex);
}

/** Begins an exchange of ours. False: it came to nothing at once, and is gone. */
function begin(ex: Exchange): bool {
  const row = startingRow(ex.state);
  if (!row.continued) message.begin(ex, row.has(Is.ENCRYPTED_OUT), row.hashOut);
  const outcome = row.handler(ex);
  const verdict = verdictOf(outcome);
  if (verdict == <u32>Verdict.SUSPEND) {
    suspend(ex, row, null);
    return true;
  }
  if (verdict != <u32>Verdict.OK) {
    lifecycle.endExchange(ex);
    count(reasonOf(outcome));
    return false;
  }
  // A failure in the second half has ended the exchange and told those who wait.
  const reason = proceed(ex, row);
  if (reason) count(<Drop>reason);
  return true;
}

/** Begins Main Mode with a peer. `renews`: number of the SA that it is to replace, or 0. False: not possible now. */
export function startMain(peer: u32, local: u32, renews: u32): bool {
  if (!drbg.ready() && !drbg.seed()) {
    notices.noEntropy();
    return false;
  }
  if (!local) return false;
  if (!acquire.keyKnown(peer)) {
    notices.noKey(peer);
    return false;
  }
  const sa = newSa(peer, local, true);
  if (!sa) return false;
  sa.renews = renews;
  const ex = exchanges.take(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I0, true, 0);
  if (!ex) {
    isakmpSa.free(sa);
    return false;
  }
  sa.exchange = ex;
  return begin(ex);
}

/** Begins Quick Mode for a policy; `renews`: inbound SPI of the pair that it is to replace, or 0. False: not possible now. */
export function startQuick(sa: IsakmpSa, policy: Policy, renews: u32): bool {
  const M_ID = sa.freshM_ID();
  if (!M_ID) return false;
  const ex = exchanges.take(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true, M_ID);
  if (!ex) return false;
  ex.policy = policy.slot;
  ex.renews = renews;
  acquire.selectorFor(policy, renews, ex.selector);
  message.startPhase2Iv(sa, M_ID, ex.iv);
  return begin(ex);
}

/** One slice of the modular exponentiations that exchanges wait for. True: there is more to do at once. */
export function work(): bool {
  if (!exchanges.jobsWanted) return false;
  const ex = jobHolder();
  if (!ex) return false;
  if (!ex.running && !startJob(ex)) return true;
  if (!modexpStep()) return true;
  const job = ex.running;
  modexpResult(job == Job.PUBLIC ? ex.ownPublic : ex.g_xy);
  exchanges.doneJob(ex, job);
  if (!ex.jobs) resume(ex);
  return exchanges.jobsWanted != 0;
}

/** The exchange whose job runs, else the oldest that wants one. */
function jobHolder(): Exchange | null {
  let oldest: Exchange | null = null;
  for (let i: u32 = 0; i < exchanges.slots(); i++) {
    const ex = exchanges.at(i);
    if (!ex || !ex.jobs) continue;
    if (ex.running) return ex;
    if (!oldest || ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return oldest;
}

function startJob(ex: Exchange): bool {
  const group = ex.group;
  assertThat(group != null && !modexpBusy(), 40201);
  const job: u32 = ex.jobs & Job.PUBLIC ? Job.PUBLIC : Job.SHARED;
  const base: usize = job == Job.PUBLIC ? 0 : ex.peerPublic;
  if (!modexpStart(group!, base, base ? group!.bytes : 0, ex.exponent, group!.exponentBytes)) return false;
  ex.running = job;
  return true;
}

/** The jobs are done: the row's second half, or what follows the reply; then the message that waited. */
function resume(ex: Exchange): void {
  const row = rowAt(ex.row);
  const held = ex.message;
  if (ex.background) {
    ex.suspended = false;
    const after = row.after;
    if (after && after(ex) != OK) {
      failed(ex);
      return;
    }
  } else {
    if (held) message.parse(held.ptr, held.len);
    else message.payloads.clear();
    const reason = proceed(ex, row);
    if (reason) {
      count(<Drop>reason);
      return;
    }
    // `proceed` may have freed the exchange, and with it the message.
    if (!alive(ex)) return;
    exchanges.release(ex.message);
    ex.message = null;
  }
  const waiting = ex.waiting;
  if (!waiting || ex.suspended) return;
  ex.waiting = null;
  exchanges.unheld();
  receive(waiting);
}

function alive(ex: Exchange): bool {
  for (let i: u32 = 0; i < exchanges.slots(); i++) if (exchanges.at(i) === ex) return true;
  return false;
}

/** Retransmissions and give-ups that are due. */
export function pollExchanges(): u32 {
  const deadline = exchanges.deadline;
  if (deadline.due()) {
    const now = clock.now();
    deadline.reset();
    for (let i: u32 = 0; i < exchanges.slots(); i++) {
      const ex = exchanges.at(i);
      if (!ex) continue;
      if (ex.due <= now) timeOut(ex);
      else deadline.arm(ex.due);
    }
  }
  return deadline.remaining();
}

function timeOut(ex: Exchange): void {
  if (ex.timeout == Timeout.RETRANSMIT) {
    if (retransmit.again(ex)) sendAgain(ex);
    else giveUp(ex);
  } else lifecycle.endExchange(ex);
}

/** The peer does not answer. */
function giveUp(ex: Exchange): void {
  const sa = ex.sa;
  const peer = sa.peer;
  const policy = ex.policy;
  const renews = ex.renews;
  if (ex.type != ExchangeType.QUICK_MODE) {
    notices.noAnswer(peer, ex.state == State.MAIN_I3 ? "our authentication in Main Mode: do the pre-shared keys agree?" : "Main Mode");
    lifecycle.endExchange(ex);
    acquire.phase1Failed(peer);
    return;
  }
  const ours = ex.initiator;
  lifecycle.endExchange(ex);
  if (!ours) return;
  notices.noAnswer(peer, "Quick Mode: phase 1 begins anew");
  if (sa.phase != Phase.NEGOTIATING) lifecycle.remove(sa, "no-answer", true);
  acquire.quickUnanswered(policy, renews);
}

/** Lifetimes of ISAKMP SAs and NAT keepalives that are due. */
export function pollSas(): u32 {
  const deadline = isakmpSa.deadline;
  if (deadline.due()) {
    const now = clock.now();
    deadline.reset();
    for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
      const sa = isakmpSa.at(i);
      if (!sa || sa.phase == Phase.NEGOTIATING) continue;
      lifecycle.tick(sa, now);
      const still = isakmpSa.at(i);
      if (!still || still.phase == Phase.NEGOTIATING) continue;
      deadline.arm(min(min(still.softAt, still.expiresAt), min(still.deleteAt, still.keepaliveAt)));
    }
  }
  return deadline.remaining();
}

function stateWord(state: u32): string {
  switch (state) {
    case State.MAIN_I0: return "IKE_READY";
    case State.MAIN_I1: return "IKE_I_MM1";
    case State.MAIN_I2: return "IKE_I_MM3";
    case State.MAIN_I3: return "IKE_I_MM5";
    case State.MAIN_R0: return "IKE_READY";
    case State.MAIN_R1: return "IKE_R_MM2";
    case State.MAIN_R2: return "IKE_R_MM4";
    case State.MAIN_DONE: return "IKE_P1_COMPLETE";
    case State.QUICK_I0: return "IKE_QM_READY";
    case State.QUICK_I1: return "IKE_QM_I_QM1";
    case State.QUICK_R0: return "IKE_QM_READY";
    case State.QUICK_R1: return "IKE_QM_R_QM2";
    case State.QUICK_DONE: return "IKE_QM_PHASE2_COMPLETE";
    default: return "IKE_INFO";
  }
}
