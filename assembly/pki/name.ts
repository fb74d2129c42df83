/**
 * Distinguished names (RFC 5280, 4.1.2.4 and 7.1), kept as the DER that came:
 *
 *      Name ::= SEQUENCE OF RDN      RDN ::= SET OF SEQUENCE { type OID, value }
 *
 * Names are compared RDN by RDN, in order. A PrintableString and a UTF8String are the same when they are after ASCII letters are
 * folded, blanks at both ends dropped, and runs of blanks made one; an IA5String (mail address, domain component) so with
 * another IA5String; every other kind of string by its octets. Letters outside of ASCII are compared by their octets.
 */
import { get16 } from "../util/bytes";
import { Text } from "../util/text";
import * as der from "./der";
import { Tag } from "./der";
import * as oids from "./oids";

/** Attributes that one RDN may have, and RDNs of a name. */
const ATTRIBUTES: u32 = 4;
const RDNS: u32 = 32;
/** Octets of the longest Name. */
export const NAME_MAX: u32 = 1024;

/** Whether a Name, its SEQUENCE's header included, is made as it must be. */
export function check(p: usize, len: u32): bool {
  const end = p + len;
  if (len > NAME_MAX || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return false;
  let rdns: u32 = 0;
  for (p = der.body; p < end; rdns++) {
    if (rdns == RDNS || !checkRdn(p, end)) return false;
    p += sizeOf(p, end);
  }
  return true;
}

/** Octets of the element at `p`, header included; all that is left where there is none, so that a walk comes to its end whatever it walks over. */
function sizeOf(p: usize, end: usize): u32 {
  return <u32>((der.read(p, end) ? der.next : end) - p);
}

/** Whether the element at `p` is an RDN. */
export function checkRdn(p: usize, end: usize): bool {
  if (!der.expect(p, end, Tag.SET) || der.len == 0) return false;
  return checkAttributes(der.body, der.next);
}

/** Whether [p, end) is the attributes of an RDN. */
export function checkAttributes(p: usize, end: usize): bool {
  let count: u32 = 0;
  for (; p < end; count++) {
    if (count == ATTRIBUTES || !der.expect(p, end, Tag.SEQUENCE)) return false;
    p = der.next;
    const inside = der.next;
    if (!der.expect(der.body, inside, Tag.OID) || !der.oid(der.body, der.len)) return false;
    if (!der.read(der.next, inside) || der.next != inside) return false;
  }
  return count > 0;
}

// @ts-ignore: decorator
@inline
function folded(c: u32): u32 {
  return c >= 65 && c <= 90 ? c + 32 : c;
}

// @ts-ignore: decorator
@inline
function isText(tag: u32): bool {
  return tag == Tag.PRINTABLE_STRING || tag == Tag.UTF8_STRING;
}

/** Compares two strings as 7.1 has it. */
export function sameText(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  while (a < aEnd && load<u8>(a) == 32) a++;
  while (b < bEnd && load<u8>(b) == 32) b++;
  while (aEnd > a && load<u8>(aEnd - 1) == 32) aEnd--;
  while (bEnd > b && load<u8>(bEnd - 1) == 32) bEnd--;
  while (a < aEnd && b < bEnd) {
    const c = <u32>load<u8>(a++);
    if (folded(c) != folded(<u32>load<u8>(b++))) return false;
    if (c == 32) {
      while (load<u8>(a) == 32) a++;
      while (load<u8>(b) == 32) b++;
    }
  }
  return a == aEnd && b == bEnd;
}

/** Compares two octet strings but for the case of ASCII letters. */
export function sameFolded(a: usize, aLen: u32, b: usize, bLen: u32): bool {
  if (aLen != bLen) return false;
  for (let i: u32 = 0; i < aLen; i++) if (folded(load<u8>(a + i)) != folded(load<u8>(b + i))) return false;
  return true;
}

/** Compares two AttributeTypeAndValue, given by their SEQUENCEs. */
function sameAttribute(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  if (!der.read(a, aEnd)) return false;
  const aLast = der.next;
  if (!der.read(der.body, aLast)) return false;
  const type = der.body;
  const typeLen = der.len;
  if (!der.read(der.next, aLast)) return false;
  const aTag = der.tag;
  const value = der.body;
  const valueLen = der.len;
  if (!der.read(b, bEnd)) return false;
  const bLast = der.next;
  if (!der.read(der.body, bLast) || !der.same(type, typeLen, der.body, der.len)) return false;
  if (!der.read(der.next, bLast)) return false;
  if (isText(aTag) && isText(der.tag)) return sameText(value, value + valueLen, der.body, der.next);
  if (aTag != der.tag) return false;
  if (aTag == Tag.IA5_STRING) return sameText(value, value + valueLen, der.body, der.next);
  return der.same(value, valueLen, der.body, der.len);
}

/** Whether each attribute of one RDN's content has its like in the other's, and both have as many. */
function sameRdn(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  let taken: u32 = 0;
  let count: u32 = 0;
  for (let p = a; p < aEnd; count++) {
    let found = false;
    let i: u32 = 0;
    for (let q = b; q < bEnd && !found; i++) {
      if (!((taken >> i) & 1) && sameAttribute(p, aEnd, q, bEnd)) {
        taken |= 1 << i;
        found = true;
      }
      q += sizeOf(q, bEnd);
    }
    if (!found) return false;
    p += sizeOf(p, aEnd);
  }
  let others: u32 = 0;
  for (let q = b; q < bEnd; q += sizeOf(q, bEnd)) others++;
  return others == count;
}

/** RDNs of `b` from the first on that `a` begins with: where `a` goes on, or 0 where one differs. All are SEQUENCEs' contents. */
function begins(a: usize, aEnd: usize, b: usize, bEnd: usize): usize {
  while (b < bEnd) {
    if (!der.read(a, aEnd)) return 0;
    const aBody = der.body;
    const aNext = der.next;
    if (!der.read(b, bEnd)) return 0;
    const bNext = der.next;
    if (!sameRdn(aBody, aNext, der.body, bNext)) return 0;
    a = aNext;
    b = bNext;
  }
  return a;
}

/** Where a Name's content begins. */
function inside(p: usize, len: u32): usize {
  return der.read(p, p + len) ? der.body : p + len;
}

/** Whether two Names that `check` accepted are the same. */
export function equal(a: usize, aLen: u32, b: usize, bLen: u32): bool {
  if (der.same(a, aLen, b, bLen)) return true;
  return begins(inside(a, aLen), a + aLen, inside(b, bLen), b + bLen) == a + aLen;
}

/** Whether `base` is the beginning of the Name, or the Name itself: what the Name is below. */
export function within(p: usize, len: u32, base: usize, baseLen: u32): bool {
  return begins(inside(p, len), p + len, inside(base, baseLen), base + baseLen) != 0;
}

/** Whether the Name is `base` and one RDN more, whose attributes are [rdn, rdnEnd) (nameRelativeToCRLIssuer). */
export function equalRelative(p: usize, len: u32, base: usize, baseLen: u32, rdn: usize, rdnEnd: usize): bool {
  const end = p + len;
  const rest = begins(inside(p, len), end, inside(base, baseLen), base + baseLen);
  return rest != 0 && der.read(rest, end) && der.next == end && sameRdn(der.body, end, rdn, rdnEnd);
}

/** Whether two contents of RDNs are the same. */
export function equalRdn(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  return sameRdn(a, aEnd, b, bEnd);
}

export function isEmpty(p: usize, len: u32): bool {
  return inside(p, len) == p + len;
}

/**
 * The value of the next e-mail address attribute of a Name, from `p` within the Name's content on: `der.body` and `der.len` are the
 * address. Returns where to go on, 0 where there is none any more.
 */
export function nextEmail(p: usize, end: usize): usize {
  // Attributes are found whatever RDN they are in: a SET's header is stepped into.
  while (p < end) {
    if (!der.read(p, end)) return 0;
    if (der.tag == Tag.SET) {
      p = der.body;
      continue;
    }
    const after = der.next;
    if (der.tag == Tag.SEQUENCE && der.read(der.body, after)) {
      const is = oids.identify(der.body, der.len) == oids.Oid.EMAIL;
      if (der.read(der.next, after) && is) return after;
    }
    p = after;
  }
  return 0;
}

/** Where a Name's RDNs begin. */
export function contents(p: usize, len: u32): usize {
  return inside(p, len);
}

/** RFC 4514's short names, and those that every tool writes. */
function keyword(p: usize, len: u32): string {
  if (len == 3 && get16(p) == 0x5504) {
    switch (<u32>load<u8>(p + 2)) {
      case 3: return "CN";
      case 4: return "SN";
      case 5: return "serialNumber";
      case 6: return "C";
      case 7: return "L";
      case 8: return "ST";
      case 9: return "street";
      case 10: return "O";
      case 11: return "OU";
      case 12: return "title";
      case 42: return "GN";
      case 43: return "initials";
      case 44: return "generationQualifier";
      case 46: return "dnQualifier";
      case 65: return "pseudonym";
      default: return "";
    }
  }
  if (oids.identify(p, len) == oids.Oid.EMAIL) return "E";
  if (len == 10 && load<u64>(p) == 0x642cf29389269209 && load<u8>(p + 8) == 1) return load<u8>(p + 9) == 25 ? "DC" : load<u8>(p + 9) == 1 ? "UID" : "";
  return "";
}

/** The text's length from which on nothing more of a name is written. */
let room: u32 = 0;

function writeValue(text: Text, tag: u32, p: usize, len: u32): void {
  const wide = tag == Tag.BMP_STRING;
  if (!isText(tag) && tag != Tag.IA5_STRING && tag != Tag.T61_STRING && !wide) {
    text.char(35).hexBytes(p, min<u32>(len, 32));
    return;
  }
  for (let i: u32 = 0; i < len && text.len <= room; i++) {
    const c = <u32>load<u8>(p + i);
    // Two octets a letter: those of ASCII have a zero in front.
    if (wide && c == 0 && !(i & 1)) continue;
    const ends = i == 0 || i == len - 1;
    if (c < 0x20 || c > 0x7e) text.char(92).hex8(c);
    else {
      if (c == 34 || c == 43 || c == 44 || c == 59 || c == 60 || c == 62 || c == 92 || (c == 32 && ends) || (c == 35 && i == 0)) text.char(92);
      text.char(c);
    }
  }
}

function writeRdn(text: Text, p: usize, end: usize): void {
  for (let first = true; p < end && text.len <= room; first = false) {
    if (!first) text.put(" + ");
    if (!der.read(p, end)) return;
    p = der.next;
    if (!der.read(der.body, p)) return;
    const word = keyword(der.body, der.len);
    if (word.length) text.put(word);
    else oids.write(text, der.body, der.len);
    text.char(61);
    if (!der.read(der.next, p)) return;
    writeValue(text, der.tag, der.body, der.len);
  }
}

/**
 * `CN=moon, OU=a\, b, O=Example` as RFC 4514 has it, the last RDN first, with a blank behind each comma. What is no printable ASCII
 * is `\` and two digits. More than `limit` octets are cut and end in `...`.
 */
export function write(text: Text, p: usize, len: u32, limit: u32): void {
  room = text.len + limit;
  const end = p + len;
  const first = inside(p, len);
  if (first == end) {
    text.put("(no name)");
    return;
  }
  let rdns: u32 = 0;
  for (let q = first; q < end; q += sizeOf(q, end)) rdns++;
  for (let k = rdns; k > 0; k--) {
    let q = first;
    for (let i: u32 = 1; i < k; i++) q += sizeOf(q, end);
    if (k < rdns) text.put(", ");
    if (!der.read(q, end)) return;
    writeRdn(text, der.body, der.next);
    if (text.len > room) {
      text.len = room;
      text.put("...");
      return;
    }
  }
}
