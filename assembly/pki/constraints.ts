/**
 * Name constraints (RFC 5280, 4.2.1.10 and 6.1.3 (b), (c)): whether each name of a certificate lies in a permitted subtree of its kind,
 * where there are any of that kind, and in no excluded one. Applied for each certificate above by itself, which is the
 * intersection of the permitted and the union of the excluded subtrees.
 */
import { Certificate } from "./certificate";
import * as der from "./der";
import { Kind } from "./general_name";
import * as names from "./name";

export const enum Verdict { ALLOWED = 0, NOT_PERMITTED = 1, EXCLUDED = 2, TOO_MANY = 3 }

/** Comparisons that may yet be made; the caller sets it for all of a path. */
export let budget: u32 = 0;
export function allow(comparisons: u32): void {
  budget = comparisons;
}

/** What was refused last: its GeneralName's tag, content and length. */
export let badTag: u32 = 0;
export let bad: usize = 0;
export let badLen: u32 = 0;

/** Whether `name` ends in `base`, case folded. */
function endsIn(name: usize, len: u32, base: usize, baseLen: u32): bool {
  return len >= baseLen && names.sameFolded(name + len - baseLen, baseLen, base, baseLen);
}

/** A host name below a domain: the domain itself, or one with labels in front of it. */
function dns(name: usize, len: u32, base: usize, baseLen: u32): bool {
  if (baseLen == 0) return true;
  // `.example.com` is written by many and means what is below example.com.
  if (load<u8>(base) == 46) return len > baseLen && endsIn(name, len, base, baseLen);
  return endsIn(name, len, base, baseLen) && (len == baseLen || load<u8>(name + len - baseLen - 1) == 46);
}

/** Of mail addresses and URIs: a host is that host alone, with a dot in front all hosts below. */
function host(name: usize, len: u32, base: usize, baseLen: u32): bool {
  if (baseLen == 0) return true;
  if (load<u8>(base) == 46) return len > baseLen && endsIn(name, len, base, baseLen);
  return names.sameFolded(name, len, base, baseLen);
}

/** Where the last `c` is, or `len`. */
function last(p: usize, len: u32, c: u32): u32 {
  for (let i = len; i > 0; i--) if (<u32>load<u8>(p + i - 1) == c) return i - 1;
  return len;
}

/** Octets before the local part's end are compared as they are, the host without case. */
export function sameMailbox(a: usize, aLen: u32, b: usize, bLen: u32): bool {
  const at = last(a, aLen, 64);
  return aLen == bLen && at < aLen && last(b, bLen, 64) == at && der.same(a, at, b, at) && names.sameFolded(a + at, aLen - at, b + at, bLen - at);
}

function email(name: usize, len: u32, base: usize, baseLen: u32): bool {
  if (last(base, baseLen, 64) < baseLen) return sameMailbox(name, len, base, baseLen);
  const at = last(name, len, 64);
  return at < len && host(name + at + 1, len - at - 1, base, baseLen);
}

/** The host of `scheme://user@host:port/path`; a URI without one, or with an address, is in no subtree. */
function uri(name: usize, len: u32, base: usize, baseLen: u32): bool {
  let from: u32 = 0;
  while (from + 2 < len && !(load<u8>(name + from) == 58 && load<u8>(name + from + 1) == 47 && load<u8>(name + from + 2) == 47)) from++;
  if (from + 2 >= len) return false;
  from += 3;
  let to = from;
  while (to < len) {
    const c = <u32>load<u8>(name + to);
    if (c == 47 || c == 63 || c == 35) break;
    if (c == 64) from = to + 1;
    to++;
  }
  let end = from;
  let digits = true;
  while (end < to) {
    const c = <u32>load<u8>(name + end);
    if (c == 58) break;
    if (c != 46 && c - 48 > 9) digits = false;
    end++;
  }
  if (end == from || digits || load<u8>(name + from) == 91) return false;
  return host(name + from, end - from, base, baseLen);
}

/** An address under an address and its mask. */
function ip(name: usize, len: u32, base: usize, baseLen: u32): bool {
  if (baseLen != 2 * len) return false;
  for (let i: u32 = 0; i < len; i++) {
    if ((<u32>load<u8>(name + i) ^ <u32>load<u8>(base + i)) & <u32>load<u8>(base + len + i)) return false;
  }
  return true;
}

/** Of addresses, only those of the same length are of a kind. */
function sameKind(tag: u32, len: u32, baseTag: u32, baseLen: u32): bool {
  return tag == baseTag && (tag != Kind.IP || baseLen == 2 * len);
}

function within(tag: u32, name: usize, len: u32, base: usize, baseLen: u32): bool {
  switch (tag) {
    case Kind.DIRECTORY: return names.within(name, len, base, baseLen);
    case Kind.DNS: return dns(name, len, base, baseLen);
    case Kind.EMAIL: return email(name, len, base, baseLen);
    case Kind.URI: return uri(name, len, base, baseLen);
    case Kind.IP: return ip(name, len, base, baseLen);
    // A kind that nobody here can compare: in every excluded subtree of its kind, and in no permitted one.
    default: return false;
  }
}

function isComparable(tag: u32): bool {
  return tag == Kind.DIRECTORY || tag == Kind.DNS || tag == Kind.EMAIL || tag == Kind.URI || tag == Kind.IP;
}

/** A name against the subtrees of one certificate above. */
function judge(tag: u32, name: usize, len: u32, above: Certificate): Verdict {
  badTag = tag;
  bad = name;
  badLen = len;
  let end = above.excluded + above.excludedLen;
  for (let p = above.excluded; p < end;) {
    if (budget == 0) return Verdict.TOO_MANY;
    budget--;
    if (!der.read(p, end)) break;
    p = der.next;
    der.read(der.body, p);
    if (sameKind(tag, len, der.tag, der.len) && (!isComparable(tag) || within(tag, name, len, der.body, der.len))) return Verdict.EXCLUDED;
    // A URI of which no host can be told can't be shown to be outside.
    if (tag == Kind.URI && der.tag == tag && !uri(name, len, name, 0)) return Verdict.EXCLUDED;
  }
  end = above.permitted + above.permittedLen;
  let any = false;
  for (let p = above.permitted; p < end;) {
    if (budget == 0) return Verdict.TOO_MANY;
    budget--;
    if (!der.read(p, end)) break;
    p = der.next;
    der.read(der.body, p);
    if (tag != der.tag) continue;
    any = true;
    if (within(tag, name, len, der.body, der.len)) return Verdict.ALLOWED;
  }
  return any ? Verdict.NOT_PERMITTED : Verdict.ALLOWED;
}

/** All names of `c`: its subject, mail addresses in its subject, alternative names. */
export function check(c: Certificate, above: Certificate): Verdict {
  if (!above.hasConstraints) return Verdict.ALLOWED;
  if (!names.isEmpty(c.subject, c.subjectLen)) {
    const verdict = judge(Kind.DIRECTORY, c.subject, c.subjectLen, above);
    if (verdict != Verdict.ALLOWED) return verdict;
    const end = c.subject + c.subjectLen;
    for (let p = names.nextEmail(names.contents(c.subject, c.subjectLen), end); p; p = names.nextEmail(p, end)) {
      const verdict = judge(Kind.EMAIL, der.body, der.len, above);
      if (verdict != Verdict.ALLOWED) return verdict;
    }
  }
  const end = c.altNames + c.altNamesLen;
  for (let p = c.altNames; p < end;) {
    if (!der.read(p, end)) break;
    p = der.next;
    const verdict = judge(der.tag, der.body, der.len, above);
    if (verdict != Verdict.ALLOWED) return verdict;
  }
  return Verdict.ALLOWED;
}
