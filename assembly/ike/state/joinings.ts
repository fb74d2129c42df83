/**
 * Messages that come in fragments (wire/fragment.ts) until they are whole. Of an ISAKMP SA one at a time; of first messages, which no SA
 * has yet, a few in all. Nothing is kept for cookies that are not known. What a fragment brings is laid behind what came before, in
 * pieces of one size, whatever its number; `join` puts the numbers in order.
 *
 * A fragment that is the same again is a repetition; one that contradicts what is there (other octets under its number, a number behind
 * the last, another last) begins the message anew, since a peer that gives every message the same ID cannot be told otherwise. Another ID
 * or another exchange does so at once.
 *
 * A message that was whole stays a while: a fragment of it that comes late or doubled would else be taken for the next one's, and once
 * all of them have come again, so has the message.
 *
 * When no place or piece is left, the cheapest claim gives way; of claims that are alike whose owner holds most, and of his the oldest. Nobody
 * takes the place of who has a better claim, or has no more than he himself.
 */
import { ISAKMP_JOININGS, ISAKMP_JOININGS_FIRST, ISAKMP_JOINING_FIRST_MAX, ISAKMP_JOINING_PIECES, ISAKMP_MESSAGE_MAX } from "../../limits";
import { equal } from "../../util/bytes";
import * as clock from "../../util/clock";
import { Deadline } from "../../util/deadline";
import { Packet } from "../../util/packet";
import { Blocks, Pool } from "../../util/pool";
import { Drop, drop } from "../../util/status";
import * as fragment from "../../wire/fragment";
import { FRAGMENTS_MAX } from "../../wire/fragment";
import * as isakmp from "../../wire/isakmp";

/** What is known of who sends the fragments. */
export const enum Claim {
  /** a first message, from an address that anybody can have written */
  NONE = 0,
  /** a first message, from the address of a peer that has proved who it is */
  KNOWN = 1,
  /** it has our cookie: under a negotiation, or in answer to a first message that was not kept */
  COOKIE = 2,
  /** under an SA of ours or in force */
  SA = 3,
}

/** Peers send all fragments again, after some seconds more each time; who has not brought the rest by then begins anew. */
const LIFE: u64 = 30000;
const PIECE: u32 = 1024;
const PIECES_MAX: u32 = (ISAKMP_MESSAGE_MAX + PIECE - 1) / PIECE;
/** How long what was whole is known again: as long as a network keeps a datagram back. */
const DONE_LIFE: u64 = 5000;
/** In a length: the fragment has come again. */
const AGAIN: u32 = 0x8000;
/** Of one owner, of those that no SA has. */
const FIRST_PER_OWNER: u32 = 2;

@unmanaged
export class Joining {
  claim: u32;
  /** A peer's number, or an address: whose share it is in (of one claim these are not mixed). */
  owner: u32;
  /** Number of the ISAKMP SA; 0: a first message. */
  sa: u32;
  src: u32;
  CKY_I: u64;
  CKY_R: u64;
  exchange: u32;
  M_ID: u32;
  id: u32;
  /** Number of the last fragment, 0 while it has not come; the highest that has; how many have. */
  last: u32;
  highest: u32;
  count: u32;
  octets: u32;
  pieces: u32;
  /** It was whole: `count` are those that have come again. */
  done: bool;
  /** How many were begun before. */
  born: u32;
  due: u64;

  /** Pieces in the order of their filling, a word each. */
  pieceAt(i: u32): usize {
    return changetype<usize>(this) + offsetof<Joining>() + <usize>(i << 2);
  }

  /** Where a fragment's octets begin and how many they are, 16 bits each; 0 octets: it has not come. */
  placeOf(number: u32): usize {
    return changetype<usize>(this) + offsetof<Joining>() + <usize>((PIECES_MAX + number - 1) << 2);
  }

  get whole(): bool {
    return this.last != 0 && this.count == this.last;
  }
}

let pool: Pool<Joining> = changetype<Pool<Joining>>(0);
let pieces: Blocks = changetype<Blocks>(0);
let births: u32 = 0;
export const deadline: Deadline = new Deadline();

export function init(): void {
  pool = new Pool<Joining>("isakmp messages in fragments", ISAKMP_JOININGS, (PIECES_MAX + FRAGMENTS_MAX) << 2);
  pieces = new Blocks("isakmp fragments (1024)", PIECE, ISAKMP_JOINING_PIECES);
  births = 0;
  deadline.reset();
}

/** The message that an SA is getting in fragments; null: none. */
export function ofSa(sa: u32): Joining | null {
  const one = lastOf(sa);
  return one && !one.done ? one : null;
}

/** The same, or the one that it has got last. */
function lastOf(sa: u32): Joining | null {
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (one && one.sa == sa) return one;
  }
  return null;
}

/** The message that a packet's fragment belongs to, a new one if it is the first of it to come. Null: there is no place for it. */
export function joiningOf(packet: Packet, claim: u32, owner: u32, sa: u32): Joining | null {
  const p = packet.ptr;
  const known = sa ? lastOf(sa) : first(packet);
  if (known) {
    const same = known.src == packet.src && known.CKY_R == load<u64>(isakmp.CKY_R(p)) && known.id == fragment.fragmentId(p)
      && known.exchange == isakmp.exchangeType(p) && known.M_ID == isakmp.M_ID(p);
    if (same) return known;
    lose(known);
  }
  // No claim is as good as room that nobody needs.
  if (!pool.left || (!sa && countFirst(0) >= ISAKMP_JOININGS_FIRST)) forgetDone(sa == 0);
  const firsts = sa == 0;
  if (firsts && countFirst(0) >= ISAKMP_JOININGS_FIRST && !giveWay(claim, owner, true, null)) return null;
  if (firsts && countFirst(owner) >= FIRST_PER_OWNER) lose(oldestFirst(owner));
  if (!pool.left && !giveWay(claim, owner, false, null)) return null;
  const one = pool.take()!;
  one.claim = claim;
  one.owner = owner;
  one.sa = sa;
  one.src = packet.src;
  one.CKY_I = load<u64>(isakmp.CKY_I(p));
  one.CKY_R = load<u64>(isakmp.CKY_R(p));
  one.exchange = isakmp.exchangeType(p);
  one.M_ID = isakmp.M_ID(p);
  one.id = fragment.fragmentId(p);
  one.born = ++births;
  one.due = clock.now() + LIFE;
  deadline.arm(one.due);
  return one;
}

/** Of a first message: by who sends it and his cookie, and ours where it comes back. */
function first(packet: Packet): Joining | null {
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (one && !one.sa && one.src == packet.src && one.CKY_I == load<u64>(isakmp.CKY_I(packet.ptr))) return one;
  }
  return null;
}

/** First messages of one owner, 0: of all. */
function countFirst(owner: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (one && !one.sa && (!owner || one.owner == owner)) n++;
  }
  return n;
}

function oldestFirst(owner: u32): Joining {
  let oldest: Joining | null = null;
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (one && !one.sa && one.owner == owner && (!oldest || one.born < oldest.born)) oldest = one;
  }
  return oldest!;
}

/** Forgets what was whole. */
function forgetDone(firsts: bool): void {
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (one && one.done && (!firsts || !one.sa)) forget(one);
  }
}

/** Pieces that an owner holds under a claim, and one for each message. */
function heldBy(claim: u32, owner: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (one && one.claim == claim && one.owner == owner) n += 1 + one.pieces;
  }
  return n;
}

/** Makes room for who has this claim; `but` is his own that the room is for. False: nobody is to give way. */
function giveWay(claim: u32, owner: u32, firsts: bool, but: Joining | null): bool {
  let loser: Joining | null = null;
  let most: u32 = 0;
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (!one || one === but || (firsts && one.sa) || one.claim > claim) continue;
    const holds = heldBy(one.claim, one.owner);
    if (loser && one.claim > loser.claim) continue;
    if (!loser || one.claim < loser.claim || holds > most || (holds == most && one.born < loser.born)) {
      loser = one;
      most = holds;
    }
  }
  if (!loser) return false;
  // Of his own kind only who holds more than he; strangers hold alike, and the oldest goes: it is the likelier to be somebody's rubbish.
  if (loser.claim == claim && claim > <u32>Claim.KNOWN && loser.owner != owner && most <= heldBy(claim, owner)) return false;
  drop(Drop.IKE_FRAGMENT_ROOM);
  forget(loser);
  return true;
}

/** Adds a fragment. Drop.NONE, or why it is not taken. */
export function add(one: Joining, packet: Packet): Drop {
  const number = fragment.number(packet.ptr);
  const last = fragment.isLast(packet.ptr);
  const data = fragment.data(packet.ptr);
  const len = fragment.dataLen(packet.len);
  const place = one.placeOf(number);
  const has = <u32>load<u16>(place, 2) & ~AGAIN;
  if (has == len && last == (one.last == number) && holds(one, <u32>load<u16>(place), data, len)) {
    if (one.done && !(<u32>load<u16>(place, 2) & AGAIN)) {
      store<u16>(place, <u16>(len | AGAIN), 2);
      one.count++;
    }
    return Drop.NONE;
  }
  const fits = has == 0 && (one.last ? number < one.last && !last : !last || number > one.highest);
  if (one.done || !fits) {
    if (!one.done) drop(Drop.IKE_FRAGMENT);
    giveBack(one);
    one.due = clock.now() + LIFE;
    deadline.arm(one.due);
  }
  if (one.octets + len > limit(one)) {
    forget(one);
    return Drop.IKE_TOO_LONG;
  }
  return lay(one, number, last, data, len);
}

function limit(one: Joining): u32 {
  return one.claim < <u32>Claim.COOKIE ? ISAKMP_JOINING_FIRST_MAX : ISAKMP_MESSAGE_MAX;
}

function lay(one: Joining, number: u32, last: bool, data: usize, len: u32): Drop {
  while (one.pieces * PIECE < one.octets + len) {
    if (!pieces.left) forgetDone(false);
    if (!pieces.left && !giveWay(one.claim, one.owner, false, one)) {
      if (!one.count) forget(one);
      return Drop.IKE_FRAGMENT_ROOM;
    }
    store<usize>(one.pieceAt(one.pieces++), pieces.take());
  }
  const place = one.placeOf(number);
  store<u16>(place, <u16>one.octets);
  store<u16>(place, <u16>len, 2);
  let at = one.octets;
  for (let left = len; left; ) {
    const n = min(left, PIECE - at % PIECE);
    memory.copy(octetAt(one, at), data, <usize>n);
    data += <usize>n;
    at += n;
    left -= n;
  }
  one.octets = at;
  one.count++;
  one.highest = max(one.highest, number);
  if (last) one.last = number;
  return Drop.NONE;
}

function octetAt(one: Joining, at: u32): usize {
  return load<usize>(one.pieceAt(at / PIECE)) + <usize>(at % PIECE);
}

/** Whether these octets lie there. */
function holds(one: Joining, at: u32, data: usize, len: u32): bool {
  for (let left = len; left; ) {
    const n = min(left, PIECE - at % PIECE);
    if (!equal(octetAt(one, at), data, n)) return false;
    data += <usize>n;
    at += n;
    left -= n;
  }
  return true;
}

/** Writes the whole message, `octets` long, to `p`. */
export function join(one: Joining, p: usize): void {
  for (let number: u32 = 1; number <= one.last; number++) {
    const place = one.placeOf(number);
    let at = <u32>load<u16>(place);
    const len = <u32>load<u16>(place, 2) & ~AGAIN;
    store<u16>(place, <u16>len, 2);
    for (let left = len; left; ) {
      const n = min(left, PIECE - at % PIECE);
      memory.copy(p, octetAt(one, at), <usize>n);
      p += <usize>n;
      at += n;
      left -= n;
    }
  }
  one.done = true;
  one.count = 0;
  one.due = clock.now() + DONE_LIFE;
  deadline.arm(one.due);
}

/** Its message never became whole, or was and need not be known any longer. */
function lose(one: Joining): void {
  if (!one.done) drop(Drop.IKE_FRAGMENT_LOST);
  forget(one);
}

function giveBack(one: Joining): void {
  for (let i: u32 = 0; i < one.pieces; i++) pieces.free(load<usize>(one.pieceAt(i)));
  one.pieces = one.octets = one.count = one.last = one.highest = 0;
  one.done = false;
  memory.fill(one.pieceAt(0), 0, <usize>((PIECES_MAX + FRAGMENTS_MAX) << 2));
}

/** There is nothing to be done with it. */
export function forget(one: Joining): void {
  giveBack(one);
  pool.free(one);
}

/** An ISAKMP SA has ended. */
export function forgetSa(sa: u32): void {
  const one = lastOf(sa);
  if (one) forget(one);
}

/** Gives up what waited too long. */
export function poll(): void {
  if (!deadline.due()) return;
  deadline.reset();
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (!one) continue;
    if (one.due <= clock.now()) lose(one);
    else deadline.arm(one.due);
  }
}

/** Messages that are not whole yet. */
export function waiting(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < ISAKMP_JOININGS; i++) {
    const one = pool.at(i);
    if (one && !one.done) n++;
  }
  return n;
}
