/**
 * The engine: takes a message, finds its exchange and its row in the table, decrypts, checks, has the handler look at it,
 * does the modular exponentiations that the handler asks for in slices, sends the reply, changes the state. Nothing else
 * in the room changes a state, decrypts, encrypts or sends. A message that is not taken moves nothing: no state, no IV.
 */
import { sha256 } from "../../crypto/sha2_32";
import * as sad from "../../sadb/sas/sad";
import * as log from "../../util/log";
import { Packet } from "../../util/packet";
import * as ct from "../../util/ct";
import { Drop, drop as count } from "../../util/status";
import { CERTIFICATES_MAX } from "../../wire/certificate";
import { ExchangeType, Flag, Notify, Payload, isSignature, payloadKnown } from "../../wire/ike_numbers";
import { Protocol } from "../../wire/ipsec_doi";
import * as isakmp from "../../wire/isakmp";
import { Malformed, dropOf, notifyOf as notifyOfMalformed } from "../../wire/malformed";
import { NATT_PORT } from "../../wire/natt";
import * as message from "../message/message";
import * as output from "../message/output";
import * as tell from "../message/tell";
import { isOld } from "../modes/informational";
import { takeIntoUse } from "../modes/quick_mode";
import { notProved } from "../modes/signed_aggressive_mode";
import { Column, Is, Row, bit, columnOf } from "../modes/row";
import { rowAt, rowFor, startingRow } from "../modes/table";
import { CONNECTED, KEPT, OK, Verdict, notifyOf, reasonOf, verdictOf } from "../modes/verdict";
import * as encryption from "../proof/encryption";
import { Outcome } from "../report/last_attempt";
import * as lastAttempt from "../report/last_attempt";
import * as notices from "../report/notices";
import * as trace from "../report/trace";
import * as fragmentation from "../settings/fragmentation";
import { holdCopy, letGo } from "../state/buffers";
import { Exchange, State, Timeout } from "../state/exchange";
import * as exchanges from "../state/exchange";
import * as db from "../state/exchanges";
import { Phase, livesAt } from "../state/isakmp_sa";
import * as joinings from "../state/joinings";
import * as pairs from "../state/pairs";
import { Fate, Stat } from "../state/stats";
import * as stats from "../state/stats";
import * as strangers from "../state/strangers";
import * as whereabouts from "../state/whereabouts";
import { endExchange, establish } from "./exchange_life";
import * as inbox from "./inbox";
import * as retransmit from "./retransmit";

const digest: usize = memory.data(32, 8);
const digestCtx: usize = memory.data(200, 8);

/** One message for an exchange. */
export function step(ex: Exchange, packet: Packet): u32 {
  if (isLast(ex, packet) && ex.state != State.INFORMATIONAL) return again(ex, packet);
  if (ex.suspended) return wait(ex, packet);
  if (ex.owed) return computeOwed(ex, packet);
  const row = rowOf(ex, isakmp.exchangeType(packet.ptr));
  if (!row) return Drop.IKE_UNEXPECTED_STATE;
  const reason = accept(ex, row, packet);
  if (!reason && !ex.suspended) letBehindGo(ex);
  return reason;
}

/** Its row, by the method. What the responder of an Aggressive Mode has chosen its answer alone will say: see `accept`. */
function rowOf(ex: Exchange, exchange: u32): Row | null {
  const column = columnOf(ex.sa.authMethod);
  return rowFor(ex.state, exchange, column == Column.SIGNED && ex.state == State.AGGR_I1 ? Column.HASHED : column);
}

/** What came on the heels of a message that has been taken now is taken next. */
function letBehindGo(ex: Exchange): void {
  const behind = ex.behind;
  ex.behind = null;
  if (behind) inbox.put(behind);
}

/** A message that can only be a duplicate of what the exchange took last. */
export function stepAgain(ex: Exchange, packet: Packet): u32 {
  return isLast(ex, packet) ? again(ex, packet) : Drop.IKE_COOKIE;
}

/** Whether these are the octets that the exchange took last; leaves their digest for `accept`. */
function isLast(ex: Exchange, packet: Packet): bool {
  sha256.digest(digestCtx, packet.ptr, packet.len, digest);
  return ct.equal(digest, ex.received, 32);
}

/** A duplicate of what was taken last gets the same octets once more. Behind a NAT it goes to where the duplicate came from. */
function again(ex: Exchange, packet: Packet): u32 {
  if (ex.sent && !ex.suspended) {
    if (retransmit.mayAnswerDuplicate(ex)) {
      stats.count(Stat.DUPLICATE_ANSWERED);
      if (ex.sa.natDetected && ex.sa.phase != Phase.NEGOTIATING) whereabouts.answerTo(ex, packet);
      sendAgain(ex);
    } else return Drop.IKE_RATE_LIMIT;
  }
  return Drop.IKE_DUPLICATE;
}

export function sendAgain(ex: Exchange): void {
  if (!ex.sent) return;
  message.recallTypes(ex);
  trace.messageOut(ex.sa, ex.sent, ex.sentNumber, ex.sentLen, message.outgoing, true);
  lastAttempt.sent(ex.sa.configured, ex.sa.localPort);
  transmit(ex);
}

/** To the SA's peer; in an exchange that the peer has begun, to where its last message came from. */
function transmit(ex: Exchange): void {
  const sa = ex.sa;
  const elsewhere = ex.answerPort != 0;
  const localPort = elsewhere ? ex.answerLocalPort : sa.localPort;
  const address = elsewhere ? ex.answerAddress : sa.peerAddress;
  const port = elsewhere ? ex.answerPort : sa.peerPort;
  // With message 2 of Main Mode the peer hears for the first time that we do it, too.
  const may = sa.fragmentation && (ex.type != <u32>ExchangeType.IDENTITY_PROTECTION || ex.sentNumber > 2);
  const piece = may ? fragmentation.pieceOf(ex.sentLen, localPort == NATT_PORT) : 0;
  if (!piece) {
    output.send(sa.localAddress, localPort, address, port, ex.sent, ex.sentLen);
    return;
  }
  // Repetitions have the same ID: what the peer has of it already counts.
  if (!ex.sentId) ex.sentId = sa.nextFragmentId();
  stats.count(Stat.SPLIT);
  trace.split(sa.number, ex.sentLen, piece, ex.sentId);
  output.sendFragments(sa.localAddress, localPort, address, port, ex.sent, ex.sentLen, piece, ex.sentId);
}

/** While an exchange is suspended, one message of it may wait. */
function wait(ex: Exchange, packet: Packet): u32 {
  if (ex.waiting) return Drop.IKE_DUPLICATE;
  if (!exchanges.mayHold()) return Drop.NO_BUFFER;
  ex.waiting = packet;
  exchanges.held();
  return KEPT;
}

/**
 * What may be a stranger's proof has come: now the secret is computed that it is read with, if there is a power left for its
 * address, and the message waits for it.
 */
function computeOwed(ex: Exchange, packet: Packet): u32 {
  const row = rowOf(ex, isakmp.exchangeType(packet.ptr));
  if (!row) return Drop.IKE_UNEXPECTED_STATE;
  if ((isakmp.flags(packet.ptr) & Flag.ENCRYPTION) == 0 && !row.has(Is.PLAIN_IN)) return Drop.IKE_FLAGS;
  const address = ex.sa.peerAddress;
  if (!strangers.mayCompute(address) && !livesAt(address)) return Drop.IKE_RATE_LIMIT;
  ex.owed = false;
  exchanges.wantJobs(ex, rowAt(ex.row).laterJobs);
  ex.suspended = ex.background = true;
  return wait(ex, packet);
}

/**
 * Keeps what can be read only when phase 1's keys are computed, or when its last message has come, of which there are fragments. False: that
 * is not so, or there is no room.
 */
export function keepBehind(ex: Exchange, packet: Packet): bool {
  if ((!ex.suspended && !joinings.ofSa(ex.sa.number)) || ex.behind || !exchanges.mayHold()) return false;
  ex.behind = packet;
  exchanges.held();
  return true;
}

/** A message that its row expects: opened, checked, handled. */
function accept(ex: Exchange, row: Row, packet: Packet): u32 {
  const sa = ex.sa;
  const p = packet.ptr;
  const encrypted = (isakmp.flags(p) & Flag.ENCRYPTION) != 0;
  if (encrypted != row.has(Is.ENCRYPTED_IN) && (encrypted || !row.has(Is.PLAIN_IN))) return Drop.IKE_FLAGS;
  memory.copy(ex.nextIv, ex.iv, 16);
  if (encrypted) {
    const reason = message.decrypt(sa, p, packet.len, ex.nextIv);
    if (reason) return <u32>reason;
  }
  if (row.has(Is.HASH_FIRST) && !hashFirstIsRight(ex, packet)) return unproven(ex, packet);
  const bad = message.parse(p, packet.len);
  if (bad) {
    // More payloads than any message has, one behind the other, are not what another key gives.
    if (encrypted && bad == Malformed.TOO_MANY) return tooMany(ex, row, packet);
    if (encrypted) return undecipherable(ex, row, packet);
    tell.refusePlain(packet, p, notifyOfMalformed(bad));
    return dropOf(bad);
  }
  if (ex.state == State.AGGR_I1 && message.payloads.count(Payload.SIG)) row = rowFor(ex.state, row.exchange, Column.SIGNED)!;
  const wrong = checkPayloads(row);
  if (wrong) {
    // A whole chain of payloads is what another key does not give: the message is its sender's, and so is the fault.
    if (encrypted && row.phase1) notices.payloads(sa.configured, row.numberIn, odd);
    if (!encrypted || row.phase1) tell.refusePlain(packet, p, wrong == Drop.IKE_PAYLOAD_MISSING ? Notify.PAYLOAD_MALFORMED : Notify.INVALID_PAYLOAD_TYPE);
    return wrong;
  }
  if (row.hashIn != message.HashKind.NONE && !message.hashIsRight(ex, row.hashIn)) {
    if (sa.phase == Phase.NEGOTIATING) wrongKeyPerhaps(ex);
    return Drop.IKE_HASH;
  }
  if (ex.state == State.INFORMATIONAL && isOld(ex)) return Drop.IKE_DPD_REPLAY;
  trace.messageIn(ex, p, row.numberIn, packet.len, message.payloads, packet);
  if (row.has(Is.AUTHENTIC) && row.hashIn != message.HashKind.NONE) authentic(ex, row, packet);
  else if (!row.has(Is.AUTHENTIC)) whereabouts.followPort(sa, packet);
  if (ex.state == State.INFORMATIONAL) {
    const outcome = row.handler(ex);
    if (outcome != CONNECTED) return reasonOf(outcome);
    const running = db.byM_ID(sa, ex.M_ID);
    if (running) connected(running);
    return Drop.NONE;
  }
  if (ex.state == State.QUICK_R0 || ex.state == State.GROUP_R0) sa.noteM_ID(ex.M_ID);
  if (row.exchange == ExchangeType.QUICK_MODE && (isakmp.flags(p) & Flag.COMMIT) != 0) ex.commit = true;
  // The reply's IV follows the message's, in the same chain; put back if the message is not taken after all.
  memory.copy(previousIv, ex.iv, 16);
  memory.copy(ex.iv, ex.nextIv, 16);
  memory.copy(ex.nextIv, previousIv, 16);
  if (!row.continued && row.has(Is.REPLIES)) message.begin(ex, row.has(Is.ENCRYPTED_OUT), row.hashOut);
  const outcome = row.handler(ex);
  if (verdictOf(outcome) > <u32>Verdict.SUSPEND) return notTaken(ex, row, packet, outcome);
  memory.copy(ex.received, digest, 32);
  // Aggressive Mode's responder has only now agreed on a method.
  row = rowFor(ex.state, row.exchange, columnOf(ex.sa.authMethod))!;
  if (row.has(Is.AUTHENTIC) && row.hashIn == message.HashKind.NONE && !row.has(Is.LATE)) authentic(ex, row, packet);
  if (outcome == OK) return proceed(ex, row);
  return suspend(ex, row, packet);
}

const previousIv: usize = memory.data(16, 8);

/** The type of the payload that does not belong into the message; NONE: one is missing. */
let odd: u32 = 0;

/**
 * RFC 2408, 5.3: each payload of the row's, none of another. Drop.NONE, or which of both. Types that are unknown here stand in
 * encrypted messages alone (message.parse), and are passed over: what a peer has made for its own kind is not for us.
 */
function checkPayloads(row: Row): u32 {
  const payloads = message.payloads;
  let present: u32 = 0;
  for (let i: u32 = 0; i < payloads.length; i++) {
    odd = payloads.typeAt(i);
    if (!payloadKnown(odd)) continue;
    const b = bit(odd);
    if ((b & (row.required | row.optional)) == 0) return Drop.IKE_PAYLOAD_UNEXPECTED;
    const single = b & ((1 << Payload.SA) | (1 << Payload.KE) | (1 << Payload.NONCE) | (1 << Payload.HASH) | (1 << Payload.SIG));
    if (single & present) return Drop.IKE_PAYLOAD_UNEXPECTED;
    present |= b;
  }
  odd = Payload.NONE;
  if ((present & row.required) != row.required) return Drop.IKE_PAYLOAD_MISSING;
  odd = Payload.CERT;
  if (payloads.count(Payload.CERT) > CERTIFICATES_MAX) return Drop.IKE_PAYLOAD_UNEXPECTED;
  odd = Payload.CERT_REQUEST;
  if (payloads.count(Payload.CERT_REQUEST) > CERTIFICATES_MAX) return Drop.IKE_PAYLOAD_UNEXPECTED;
  odd = Payload.ID;
  const ids = payloads.count(Payload.ID);
  if (row.phase1 ? ids > 1 : ids != 0 && ids != 2) return Drop.IKE_PAYLOAD_UNEXPECTED;
  return Drop.NONE;
}

/** Whether a message in plain by now begins with a HASH over the peer's opened identity that is right (RFC 2409, 5.2). */
function hashFirstIsRight(ex: Exchange, packet: Packet): bool {
  const p = packet.ptr;
  const n = ex.sa.hash.digestLength;
  // What stands in plain in the header, and how long the message is, anybody sees.
  const fits = isakmp.nextPayload(p) == Payload.HASH && packet.len >= isakmp.HEADER_LENGTH + 4 + n;
  return encryption.proofIsRight(ex, p + isakmp.HEADER_LENGTH + 4, fits ? n : 0);
}

/** With RSA encryption whatever was wrong looks like this, and like nothing else. */
function unproven(ex: Exchange, packet: Packet): u32 {
  if (db.isStranger(ex)) strangers.charge(ex.sa.peerAddress, strangers.COST_FALSE);
  notices.notProven(ex.sa.configured);
  tell.refusePlain(packet, packet.ptr, Notify.AUTHENTICATION_FAILED);
  return Drop.IKE_AUTHENTICATION;
}

/** Decryption gave no message: in phase 1 the sign of another pre-shared key. */
function undecipherable(ex: Exchange, row: Row, packet: Packet): u32 {
  if (ex.sa.phase == Phase.NEGOTIATING) {
    wrongKeyPerhaps(ex);
    if (row.phase1) tell.refusePlain(packet, packet.ptr, Notify.PAYLOAD_MALFORMED);
  }
  return Drop.IKE_DECRYPT;
}

function tooMany(ex: Exchange, row: Row, packet: Packet): u32 {
  if (ex.sa.phase == Phase.NEGOTIATING) {
    if (db.isStranger(ex)) strangers.charge(ex.sa.peerAddress, strangers.COST_FALSE);
    if (row.phase1) tell.refusePlain(packet, packet.ptr, Notify.PAYLOAD_MALFORMED);
  }
  return dropOf(Malformed.TOO_MANY);
}

function wrongKeyPerhaps(ex: Exchange): void {
  if (db.isStranger(ex)) strangers.charge(ex.sa.peerAddress, strangers.COST_FALSE);
  // With signatures there is no key that could be another.
  if (!isSignature(ex.sa.authMethod)) notices.wrongKey(ex.sa.configured, true, 0);
}

/**
 * The message is the peer's beyond doubt. Where it came from is where the peer is if it cannot be an old one of the peer's:
 * HASH(1) alone does not tell, and a first message is answered to where it came from, which moves nothing.
 */
function authentic(ex: Exchange, row: Row, packet: Packet): void {
  const phase1 = ex.sa.exchange;
  if (phase1 && phase1 !== ex && phase1.timeout == Timeout.CONFIRM) exchanges.free(phase1);
  ex.sa.spend(packet.len - isakmp.HEADER_LENGTH);
  if (row.hashIn != message.HashKind.HASH_1) {
    ex.answerPort = 0;
    if (whereabouts.follow(ex.sa, packet)) pairs.moveMappings(ex.sa);
  } else if (ex.sa.natDetected && ex.state != State.INFORMATIONAL) whereabouts.answerTo(ex, packet);
}

/** The handler refused the message. */
function notTaken(ex: Exchange, row: Row, packet: Packet, outcome: u32): u32 {
  const notify = notifyOf(outcome);
  if (row.has(Is.AUTHENTIC) && db.isStranger(ex)) strangers.charge(ex.sa.peerAddress, strangers.COST_FALSE);
  if (notify) sayWhy(ex, row, packet, notify);
  memory.copy(ex.iv, ex.nextIv, 16);
  if (verdictOf(outcome) == <u32>Verdict.FAIL) failed(ex);
  return <u32>reasonOf(outcome);
}

function sayWhy(ex: Exchange, row: Row, packet: Packet | null, notify: u32): void {
  const sa = ex.sa;
  if (row.has(Is.ENCRYPTED_IN) && sa.keyed) {
    const quick = row.exchange == ExchangeType.QUICK_MODE;
    tell.sendNotify(sa, notify, quick ? offeredSpi(ex) : 0, quick ? offeredProtocol() : 0);
  } else if (packet) tell.refusePlain(packet, packet.ptr, notify);
}

/** The SPI by which the peer knows the Quick Mode that is refused. */
function offeredSpi(ex: Exchange): u32 {
  if (ex.peerSpi) return ex.peerSpi;
  const body = message.payloads.body(Payload.SA, 0);
  // The first proposal's SPI: behind DOI, situation and the proposal's fixed part.
  if (!body || message.payloads.bodyLen(Payload.SA, 0) < 20 || load<u8>(body + 14) != 4) return 0;
  return bswap<u32>(load<u32>(body + 16));
}

/** The protocol of the first proposal: of ESP, if nothing else can be said. */
function offeredProtocol(): u32 {
  const body = message.payloads.body(Payload.SA, 0);
  return body && message.payloads.bodyLen(Payload.SA, 0) >= 20 ? <u32>load<u8>(body + 13) : Protocol.ESP;
}

/** An exchange has failed: upkeep ends it and tells what waited for it. If its first message was never taken, `begun` ends it. */
function failed(ex: Exchange): void {
  const first = exchanges.isUnbegun(ex.state);
  if (first && !ex.suspended) return;
  // If the failure came after a pause, it has begun, and failed.
  if (first) stats.exchange(ex.type, ex.initiator, Fate.FAILED);
  exchanges.mark(ex, Fate.FAILED);
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
    if (verdictOf(outcome) == <u32>Verdict.SUSPEND) {
      ex.stage++;
      return OK;
    }
    if (outcome != OK) {
      if (row.has(Is.LATE) && row.has(Is.AUTHENTIC) && db.isStranger(ex)) strangers.charge(ex.sa.peerAddress, strangers.COST_FALSE);
      const notify = notifyOf(outcome);
      if (notify) sayWhy(ex, row, ex.message, notify);
      if (verdictOf(outcome) == <u32>Verdict.REFUSE) standAgain(ex);
      else failed(ex);
      return <u32>reasonOf(outcome);
    }
  }
  const held = ex.message;
  if (row.has(Is.LATE) && row.has(Is.AUTHENTIC) && held) authentic(ex, row, held);
  ex.stage = 0;
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
    ex.sentId = 0;
    ex.sentNumber = row.numberOut;
    message.keepTypes(ex);
    trace.messageOut(ex.sa, ex.sent, row.numberOut, len, message.outgoing, false);
    lastAttempt.sent(ex.sa.configured, ex.sa.localPort);
    transmit(ex);
  }
  const commit = ex.commit && row.next == State.QUICK_DONE && row.state != State.QUICK_COMMIT;
  const next = commit ? State.QUICK_COMMIT : row.next;
  trace.stateChange(ex.sa.number, ex.state, next);
  ex.state = next;
  ex.suspended = false;
  if (row.laterJobs && db.isStranger(ex) && db.underLoad(ex.sa.peerAddress, ex.sa.aggressive)) {
    ex.owed = true;
    ex.row = row.index;
  } else if (row.laterJobs) {
    exchanges.wantJobs(ex, row.laterJobs);
    ex.suspended = true;
    ex.background = true;
    ex.row = row.index;
  }
  retransmit.begin(ex, commit ? Timeout.COMMIT : row.timeout);
  if (commit) {
    if (!ex.initiator) answerCommit(ex);
  } else if (row.has(Is.COMPLETES)) completed(ex, row);
  return OK;
}

/** A message that was being looked at proved nothing: as if it had not come. */
function standAgain(ex: Exchange): void {
  notProved(ex);
  memory.copy(ex.iv, ex.nextIv, 16);
  ex.stage = 0;
  ex.suspended = false;
  retransmit.goOn(ex);
}

/** The initiator has set the commit bit: it is told that we are ready, as those who set it expect, and waited for as well. */
function answerCommit(ex: Exchange): void {
  letGo(ex.sent);
  ex.sent = 0;
  tell.sendConnected(ex.sa, ex.M_ID, ex.spi);
}

/** CONNECTED has come, in whichever message, or need not be waited for any longer: the SAs are taken into use. */
export function connected(ex: Exchange): void {
  if (ex.state != State.QUICK_COMMIT) return;
  const row = rowFor(State.QUICK_COMMIT, ExchangeType.QUICK_MODE)!;
  if (takeIntoUse(ex) == OK) proceed(ex, row);
  else failed(ex);
}

/** While CONNECTED is waited for: traffic says as much, and after some looks it goes on without. */
export function lookForTraffic(ex: Exchange): void {
  const inbound = sad.bySpi(ex.spi);
  if ((inbound && inbound.packets) || !retransmit.waitOn(ex)) connected(ex);
}

/** What can't wait for upkeep: the keys of the exchange are wiped, and phase 1 is from now on what messages are decrypted under. */
function completed(ex: Exchange, row: Row): void {
  if (row.phase1 && !establish(ex)) {
    failed(ex);
    return;
  }
  stats.exchange(ex.type, ex.initiator, Fate.COMPLETED);
  if (row.exchange == ExchangeType.QUICK_MODE) {
    exchanges.forgetKeyExchange(ex);
    lastAttempt.succeeded(ex.sa.configured, Outcome.TUNNEL, ex.policySlot);
  }
  exchanges.mark(ex, Fate.COMPLETED);
}

/** Begins an exchange of ours. False: it came to nothing at once, and is gone. */
export function begin(ex: Exchange): bool {
  stats.exchange(ex.type, true, Fate.BEGUN);
  const row = startingRow(ex.state);
  if (!row.continued) message.begin(ex, row.has(Is.ENCRYPTED_OUT), row.hashOut);
  const outcome = row.handler(ex);
  const verdict = verdictOf(outcome);
  if (verdict == <u32>Verdict.SUSPEND) {
    suspend(ex, row, null);
    return true;
  }
  if (verdict != <u32>Verdict.OK) {
    endExchange(ex);
    count(reasonOf(outcome));
    return false;
  }
  // A failure in the second half has ended the exchange and told those who wait.
  const reason = proceed(ex, row);
  if (reason) count(<Drop>reason);
  return true;
}

/** Times that a Main Mode is begun again because its responder has forgotten the first message. */
const BEGIN_AGAIN: u32 = 2;

/**
 * The responder knows nothing of the first message any more (flood.ts): Main Mode begins again, with the same cookie, by
 * which it knows that we received its answer. False: the exchange does not stand there, or it has been done before.
 */
export function beginAgain(ex: Exchange): bool {
  if (ex.state != State.MAIN_I2 || ex.suspended || ex.begunAgain >= BEGIN_AGAIN) return false;
  ex.begunAgain++;
  exchanges.forgetKeyExchange(ex);
  letGo(ex.sent);
  ex.sent = 0;
  const sa = ex.sa;
  memory.fill(sa.CKY_R, 0, 8);
  memory.fill(ex.received, 0, 32);
  sa.nattVersion = 0;
  sa.deadPeerDetection = false;
  sa.fragmentation = false;
  const row = startingRow(State.MAIN_I0);
  message.begin(ex, false, row.hashOut);
  if (row.handler(ex) == OK) proceed(ex, row);
  else failed(ex);
  return true;
}

/**
 * Whether a Quick Mode that waits for its third message is confirmed by an authentic packet under its new SA instead: who
 * sends one has our nonce and the keys, which is all that HASH(3) proves. The exchange is then complete.
 */
export function confirmedByTraffic(ex: Exchange): bool {
  const inbound = sad.bySpi(ex.spi);
  if (ex.state != State.QUICK_R1 || ex.suspended || !inbound || inbound.packets == 0) return false;
  const row = rowFor(State.QUICK_R1, ExchangeType.QUICK_MODE)!;
  ex.commit = false;
  const outcome = row.handler(ex);
  if (outcome != OK) {
    failed(ex);
    return false;
  }
  proceed(ex, row);
  return true;
}

/**
 * A public value that passed its check has given no secret: no value is known that does, since those of low order are refused
 * before (ecCheckPublic); RFC 7748, 6.1, wants the look at the result all the same. The exchange ends.
 */
export function spoiled(ex: Exchange): void {
  notices.keyExchange(ex.sa.configured);
  count(Drop.IKE_KEY_EXCHANGE);
  const row = rowAt(ex.row);
  if (!ex.background) sayWhy(ex, row, ex.message, Notify.INVALID_KEY_INFORMATION);
  failed(ex);
}

/** The jobs are done: the row's second half, or what follows the reply; then the message that waited. */
export function resume(ex: Exchange): void {
  log.about(ex.sa.peerAddress);
  const row = rowAt(ex.row);
  const held = ex.message;
  if (ex.background) {
    ex.suspended = false;
    const after = row.after;
    const outcome = after ? after(ex) : OK;
    if (outcome != OK) {
      count(reasonOf(outcome));
      failed(ex);
      return;
    }
  } else {
    if (held) message.parse(held.ptr, held.len);
    else message.payloads.clear();
    const reason = proceed(ex, row);
    if (reason) count(<Drop>reason);
    // It has failed, or the second half has paused once more.
    if ((reason && ex.suspended) || ex.stage) return;
    exchanges.release(ex.message);
    ex.message = null;
  }
  if (ex.suspended) return;
  const waiting = ex.waiting;
  const behind = ex.behind;
  ex.waiting = ex.behind = null;
  if (waiting) inbox.put(waiting);
  if (behind) inbox.put(behind);
}
