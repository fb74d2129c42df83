/**
 * DNS messages as a stub resolver has to do with them (RFC 1035, 4): one question for an address, and its answer. Nothing of an
 * answer is believed: names are followed backwards only, so that they end, and chains of aliases for CHAIN_MAX steps.
 *
 *      0   ID            2   flags        4   questions    6   answers      8   authorities   10  additional
 */
import { get16, get32, put16 } from "../util/bytes";

export const PORT: u32 = 53;
export const HEADER_LENGTH: u32 = 12;
/** RFC 1035, 4.2.1. */
export const MESSAGE_MAX: u32 = 512;
/** A name as text, without its last dot (RFC 1035, 2.3.4). */
export const NAME_MAX: u32 = 253;
const LABEL_MAX: u32 = 63;
const CHAIN_MAX: u32 = 8;
const TYPE_A: u32 = 1;
const TYPE_CNAME: u32 = 5;
const TYPE_SOA: u32 = 6;
const CLASS_IN: u32 = 1;
const RECORD_FIXED: u32 = 10;

export const enum Answer {
  /** `address` and `ttl` are set */
  FOUND = 0,
  /** there is no such name, or it has no address: `ttl` says for how long (RFC 2308) */
  NONE,
  /** the server can't say: ask another */
  REFUSED,
  MALFORMED,
  /** an answer to something else */
  MISMATCH,
}

export let address: u32 = 0;
export let ttl: u32 = 0;

/** What a negative answer without an SOA is believed for, in seconds. */
const NEGATIVE: u32 = 60;

const wanted: usize = memory.data(256, 4);
const owner: usize = memory.data(256, 4);
let ownerLen: u32 = 0;

// @ts-ignore: decorator
@inline
function lower(c: u32): u32 {
  return c - 65 < 26 ? c | 32 : c;
}

/** Writes a question for the address of a name to `out`, at least MESSAGE_MAX octets. Its length; 0: it is no name. */
export function question(out: usize, id: u32, name: usize, len: u32): u32 {
  if (len > 0 && load<u8>(name + len - 1) == 46) len--;
  if (len == 0 || len > NAME_MAX) return 0;
  memory.fill(out, 0, <usize>HEADER_LENGTH);
  put16(out, id);
  put16(out + 2, 0x0100); // recursion desired
  put16(out + 4, 1);
  let at = HEADER_LENGTH;
  let start: u32 = 0;
  for (let i: u32 = 0; i <= len; i++) {
    if (i < len && load<u8>(name + i) != 46) continue;
    const label = i - start;
    if (label == 0 || label > LABEL_MAX) return 0;
    store<u8>(out + at, <u8>label);
    memory.copy(out + at + 1, name + start, <usize>label);
    at += 1 + label;
    start = i + 1;
  }
  store<u8>(out + at, 0);
  put16(out + at + 1, TYPE_A);
  put16(out + at + 3, CLASS_IN);
  return at + 5;
}

/** Reads the name at `at` as text in small letters to `out` (256 octets), its length to `ownerLen`. Where it ends in the message; 0: malformed. */
function readName(p: usize, len: u32, at: u32, out: usize): u32 {
  let end: u32 = 0;
  let n: u32 = 0;
  // A pointer must point before whatever it is reached through (RFC 1035, 4.1.4): each goes further back, so there is an end.
  let before = at;
  for (;;) {
    if (at >= len) return 0;
    const label = <u32>load<u8>(p + at);
    if (label >= 0xc0) {
      if (at + 2 > len) return 0;
      const to = get16(p + at) & 0x3fff;
      if (!end) end = at + 2;
      if (to >= before || to < HEADER_LENGTH) return 0;
      before = at = to;
      continue;
    }
    if (label > LABEL_MAX) return 0;
    if (label == 0) break;
    if (at + 1 + label > len || n + label + 1 > NAME_MAX + 1) return 0;
    for (let i: u32 = 0; i < label; i++) store<u8>(out + n + i, <u8>lower(<u32>load<u8>(p + at + 1 + i)));
    n += label;
    store<u8>(out + n++, 46);
    at += 1 + label;
  }
  ownerLen = n ? n - 1 : 0;
  return end ? end : at + 1;
}

function same(a: usize, b: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) if (lower(<u32>load<u8>(a + i)) != lower(<u32>load<u8>(b + i))) return false;
  return true;
}

/**
 * Reads an answer of `len` octets to the question for `name` with that ID.
 * @param nameLen at most NAME_MAX
 */
export function read(p: usize, len: u32, id: u32, name: usize, nameLen: u32): Answer {
  if (len < HEADER_LENGTH) return Answer.MALFORMED;
  const flags = get16(p + 2);
  // A response to a standard query (RFC 1035, 4.1.1).
  if (get16(p) != id || (flags & 0xf800) != 0x8000) return Answer.MISMATCH;
  if (get16(p + 4) != 1) return get16(p + 4) == 0 && (flags & 15) != 0 ? Answer.REFUSED : Answer.MALFORMED;
  const behind = readName(p, len, HEADER_LENGTH, owner);
  if (!behind || behind + 4 > len) return Answer.MALFORMED;
  if (nameLen > 0 && load<u8>(name + nameLen - 1) == 46) nameLen--;
  if (ownerLen != nameLen || !same(owner, name, nameLen) || get16(p + behind) != TYPE_A || get16(p + behind + 2) != CLASS_IN) return Answer.MISMATCH;
  const code = flags & 15;
  if (code != 0 && code != 3) return Answer.REFUSED;
  memory.copy(wanted, name, <usize>nameLen);
  return chain(p, len, behind + 4, nameLen, code == 3, (flags & 0x0200) != 0);
}

/** Follows aliases from the name in `wanted` to an address. @param cut the answer was too long for its datagram */
function chain(p: usize, len: u32, first: u32, wantedLen: u32, none: bool, cut: bool): Answer {
  const count = get16(p + 6);
  let least: u32 = 0xffffffff;
  for (let step: u32 = 0; step < CHAIN_MAX; step++) {
    let at = first;
    let alias: u32 = 0;
    for (let i: u32 = 0; i < count; i++) {
      const behind = readName(p, len, at, owner);
      if (!behind || behind + RECORD_FIXED > len) return cut ? Answer.REFUSED : Answer.MALFORMED;
      const data = behind + RECORD_FIXED;
      const dataLen = get16(p + behind + 8);
      if (data + dataLen > len) return cut ? Answer.REFUSED : Answer.MALFORMED;
      at = data + dataLen;
      if (get16(p + behind + 2) != CLASS_IN || ownerLen != wantedLen || !same(owner, wanted, wantedLen)) continue;
      const type = get16(p + behind);
      if (type != TYPE_A && type != TYPE_CNAME) continue;
      least = min(least, lifetime(p + behind + 4));
      if (type == TYPE_A) {
        if (dataLen != 4) return Answer.MALFORMED;
        address = get32(p + data);
        ttl = least;
        return Answer.FOUND;
      }
      alias = data;
      break;
    }
    if (!alias) return cut ? Answer.REFUSED : negative(p, len, at, none);
    if (!readName(p, len, alias, wanted)) return Answer.MALFORMED;
    wantedLen = ownerLen;
  }
  return Answer.REFUSED;
}

/** A time to live; one whose highest bit is set counts as 0 (RFC 2181, 8). */
function lifetime(p: usize): u32 {
  const seconds = get32(p);
  return seconds >>> 31 ? 0 : seconds;
}

/** There is no address; for how long, the SOA among the authorities says (RFC 2308, 5). @param at behind the answers */
function negative(p: usize, len: u32, at: u32, none: bool): Answer {
  ttl = NEGATIVE;
  const count = get16(p + 8);
  for (let i: u32 = 0; i < count; i++) {
    const behind = readName(p, len, at, owner);
    if (!behind || behind + RECORD_FIXED > len) return Answer.MALFORMED;
    const data = behind + RECORD_FIXED;
    const dataLen = get16(p + behind + 8);
    if (data + dataLen > len) return Answer.MALFORMED;
    at = data + dataLen;
    if (get16(p + behind) != TYPE_SOA || dataLen < 22) continue;
    ttl = min(lifetime(p + behind + 4), lifetime(p + at - 4));
    break;
  }
  return Answer.NONE;
}
