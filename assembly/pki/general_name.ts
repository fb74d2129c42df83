/**
 * GeneralNames (RFC 5280, 4.2.1.6), in alternative names, constraints and distribution points:
 *
 *      [0] otherName   [1] rfc822Name   [2] dNSName   [3] x400Address   [4] directoryName (explicit)
 *      [5] ediPartyName   [6] URI   [7] iPAddress   [8] registeredID
 */
import * as der from "./der";
import { Tag } from "./der";
import * as names from "./name";

/** Tags of the kinds that are compared. */
export const enum Kind {
  EMAIL = 0x81,
  DNS = 0x82,
  DIRECTORY = 0xa4,
  URI = 0x86,
  IP = 0x87,
}

/** Whether a tag is one of a GeneralName: which of them are constructed is fixed. */
function isTag(tag: u32): bool {
  switch (tag) {
    case 0xa0: case Kind.EMAIL: case Kind.DNS: case 0xa3: case Kind.DIRECTORY: case 0xa5: case Kind.URI: case Kind.IP: case 0x88: return true;
    default: return false;
  }
}

function isAscii(p: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) if (load<u8>(p + i) & 0x80) return false;
  return true;
}

/** Whether what was read last is a GeneralName; `ip` lengths are a name's or a constraint's. */
function checkRead(shortIp: u32, longIp: u32): bool {
  switch (der.tag) {
    case Kind.EMAIL: case Kind.DNS: case Kind.URI: return isAscii(der.body, der.len);
    case Kind.IP: return der.len == shortIp || der.len == longIp;
    case Kind.DIRECTORY: return names.check(der.body, der.len);
    default: return isTag(der.tag);
  }
}

/** Whether the base of a subtree, which was read last, is a GeneralName; addresses have masks. */
export function checkBase(): bool {
  return checkRead(8, 32);
}

/** Whether [p, end) is GeneralNames and nothing else. */
export function checkAll(p: usize, end: usize): bool {
  if (p == end) return false;
  while (p < end) {
    if (!der.read(p, end)) return false;
    p = der.next;
    if (!checkRead(4, 16)) return false;
  }
  return true;
}

/** DistributionPointName, [0] fullName or [1] nameRelativeToCRLIssuer, at [p, end). */
export function checkPointName(p: usize, end: usize): bool {
  if (!der.read(p, end) || der.next != end) return false;
  if (der.tag == 0xa0) return checkAll(der.body, end);
  return der.tag == 0xa1 && names.checkAttributes(der.body, end);
}

/** Parts of the DistributionPoint that `point` read: contents of [0], [1] and [2], 0 where absent. */
export let pointName: usize = 0;
export let pointNameLen: u32 = 0;
/** Reasons as bits; -1: all. */
export let reasons: i32 = -1;
export let crlIssuer: usize = 0;
export let crlIssuerLen: u32 = 0;

/** Reads one DistributionPoint (4.2.1.13): where the next begins, or 0 where it is malformed. */
export function point(p: usize, end: usize): usize {
  if (!der.expect(p, end, Tag.SEQUENCE)) return 0;
  const after = der.next;
  p = der.body;
  pointName = 0;
  pointNameLen = 0;
  reasons = -1;
  crlIssuer = 0;
  crlIssuerLen = 0;
  if (der.optional(p, after, 0xa0)) {
    p = der.next;
    pointName = der.body;
    pointNameLen = der.len;
    if (!checkPointName(pointName, p)) return 0;
  }
  if (der.optional(p, after, 0x81)) {
    p = der.next;
    reasons = der.bits(der.body, der.len);
    if (reasons < 0) return 0;
  }
  if (der.optional(p, after, 0xa2)) {
    p = der.next;
    crlIssuer = der.body;
    crlIssuerLen = der.len;
    if (!checkAll(crlIssuer, p)) return 0;
  }
  // Reasons alone say nothing of where.
  return p == after && (pointName != 0 || crlIssuer != 0) ? after : 0;
}

/** Whether [p, end) is DistributionPoints. */
export function checkPoints(p: usize, end: usize): bool {
  while (p < end) {
    p = point(p, end);
    if (p == 0) return false;
  }
  return true;
}

/** Whether two GeneralNames, which `checkAll` accepted, are the same; each is given by tag, content and its length. */
export function same(tag: u32, p: usize, len: u32, otherTag: u32, other: usize, otherLen: u32): bool {
  if (tag != otherTag) return false;
  if (tag == Kind.DIRECTORY) return names.equal(p, len, other, otherLen);
  if (tag == Kind.DNS) return names.sameFolded(p, len, other, otherLen);
  return der.same(p, len, other, otherLen);
}

/** Whether a directoryName among GeneralNames is that Name. */
export function holdsDirectory(p: usize, len: u32, name: usize, nameLen: u32): bool {
  const end = p + len;
  while (p < end && der.read(p, end)) {
    p = der.next;
    if (der.tag == Kind.DIRECTORY && names.equal(der.body, der.len, name, nameLen)) return true;
  }
  return false;
}
