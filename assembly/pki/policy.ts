/**
 * Certificate policies along a path (RFC 5280, 6.1.3 (d) to 6.1.5 (g)), as a set for each depth in place of a tree (RFC 9618 has the
 * same thought): of the tree only its deepest nodes decide, and two of the same policy decide alike.
 *
 * Each policy that is held says whether it descends from one that the user asked for: the policy that first came out of
 * anyPolicy, under the names of the trust anchor's domain.
 */
import { Certificate } from "./certificate";
import * as der from "./der";
import { Oid, identify } from "./oids";

/** Policies held at one depth. */
export const POLICIES_MAX: u32 = 64;
/** Policies that a user may ask for. */
export const WANTED_MAX: u32 = 8;

/**
 *  0          8        12       16
 *  | OID      | length | wanted |       valid policies of this depth; what they are called one depth below
 */
const ENTRY: usize = 16;
// @ts-ignore: decorator
@lazy const valid: usize = memory.data(64 * 16, 8);
// @ts-ignore: decorator
@lazy const expected: usize = memory.data(64 * 16, 8);
let validCount: u32 = 0;
let expectedCount: u32 = 0;
/** Whether anyPolicy is among them. */
let validAny: bool = false;
let expectedAny: bool = false;
let full: bool = false;
let explicitPolicy: i32 = 0;
let mapping: i32 = 0;
let anyPolicy: i32 = 0;
/** Records of 16: address, length at 8. */
let wantedAt: usize = 0;
let wantedCount: u32 = 0;

function find(set: usize, count: u32, oid: usize, len: u32): usize {
  for (let i: u32 = 0; i < count; i++) {
    const p = set + <usize>i * ENTRY;
    if (der.same(load<usize>(p), load<u32>(p, 8), oid, len)) return p;
  }
  return 0;
}

/** Adds to a set, or lets what is there be wanted too; the new count. */
function add(set: usize, count: u32, oid: usize, len: u32, wanted: u32): u32 {
  const p = find(set, count, oid, len);
  if (p) {
    store<u32>(p, load<u32>(p, 12) | wanted, 12);
    return count;
  }
  if (count == POLICIES_MAX) {
    full = true;
    return count;
  }
  const q = set + <usize>count * ENTRY;
  store<usize>(q, oid);
  store<u32>(q, len, 8);
  store<u32>(q, wanted, 12);
  return count + 1;
}

/** Whether a policy of the trust anchor's domain is asked for. */
function isWanted(oid: usize, len: u32): u32 {
  if (wantedCount == 0) return 1;
  for (let i: u32 = 0; i < wantedCount; i++) {
    const p = wantedAt + <usize>i * 16;
    if (der.same(load<usize>(p), load<u32>(p, 8), oid, len)) return 1;
  }
  return 0;
}

/**
 * Begins (6.1.2). `n` certificates come.
 * @param oids `count` records of 16 octets: address and (at 8) length of an OID's content; count 0: any policy will do
 */
export function begin(n: u32, oids: usize, count: u32, wantExplicit: bool, noMapping: bool, noAny: bool): void {
  wantedAt = oids;
  wantedCount = count;
  explicitPolicy = wantExplicit ? 0 : <i32>n + 1;
  mapping = noMapping ? 0 : <i32>n + 1;
  anyPolicy = noAny ? 0 : <i32>n + 1;
  expectedCount = 0;
  expectedAny = true;
  full = false;
}

/** 6.1.3 (d), (e). */
function collect(c: Certificate, isLast: bool): void {
  validCount = 0;
  validAny = false;
  if (!c.hasPolicies) return;
  const end = c.policies + c.policiesLen;
  let any = false;
  for (let p = c.policies; p < end && !full;) {
    if (!der.read(p, end)) break;
    p = der.next;
    der.read(der.body, p);
    if (identify(der.body, der.len) == Oid.ANY_POLICY) {
      any = true;
      continue;
    }
    const held = find(expected, expectedCount, der.body, der.len);
    if (held) validCount = add(valid, validCount, der.body, der.len, load<u32>(held, 12));
    else if (expectedAny) validCount = add(valid, validCount, der.body, der.len, isWanted(der.body, der.len));
  }
  if (!any || !(anyPolicy > 0 || (!isLast && c.selfIssued))) return;
  for (let i: u32 = 0; i < expectedCount; i++) {
    const p = expected + <usize>i * ENTRY;
    if (!find(valid, validCount, load<usize>(p), load<u32>(p, 8))) validCount = add(valid, validCount, load<usize>(p), load<u32>(p, 8), load<u32>(p, 12));
  }
  validAny = expectedAny;
}

/** 6.1.4 (a), (b): what this depth's policies are called below; false where anyPolicy is mapped. */
function rename(c: Certificate): bool {
  const end = c.mappings + c.mappingsLen;
  expectedCount = 0;
  expectedAny = validAny;
  for (let p = c.mappings; p < end && !full;) {
    if (!der.read(p, end)) break;
    p = der.next;
    der.read(der.body, p);
    const from = der.body;
    const fromLen = der.len;
    der.read(der.next, p);
    if (identify(from, fromLen) == Oid.ANY_POLICY || identify(der.body, der.len) == Oid.ANY_POLICY) return false;
    if (mapping == 0) continue;
    const held = find(valid, validCount, from, fromLen);
    if (held) expectedCount = add(expected, expectedCount, der.body, der.len, load<u32>(held, 12));
    else if (validAny) expectedCount = add(expected, expectedCount, der.body, der.len, isWanted(from, fromLen));
  }
  for (let i: u32 = 0; i < validCount; i++) {
    const p = valid + <usize>i * ENTRY;
    if (!isMapped(c, load<usize>(p), load<u32>(p, 8))) expectedCount = add(expected, expectedCount, load<usize>(p), load<u32>(p, 8), load<u32>(p, 12));
  }
  return true;
}

/** Whether a policy is some mapping's issuerDomainPolicy. */
function isMapped(c: Certificate, oid: usize, len: u32): bool {
  const end = c.mappings + c.mappingsLen;
  for (let p = c.mappings; p < end;) {
    if (!der.read(p, end)) break;
    p = der.next;
    der.read(der.body, p);
    if (der.same(der.body, der.len, oid, len)) return true;
  }
  return false;
}

/** One certificate that is not the last; false where its policies are refused. */
export function intermediate(c: Certificate): bool {
  collect(c, false);
  if (explicitPolicy == 0 && validCount == 0 && !validAny) return false;
  if (!rename(c)) return false;
  // 6.1.4 (h), (i), (j)
  if (!c.selfIssued) {
    if (explicitPolicy > 0) explicitPolicy--;
    if (mapping > 0) mapping--;
    if (anyPolicy > 0) anyPolicy--;
  }
  if (c.explicitPolicy >= 0) explicitPolicy = min(explicitPolicy, c.explicitPolicy);
  if (c.inhibitMapping >= 0) mapping = min(mapping, c.inhibitMapping);
  if (c.inhibitAnyPolicy >= 0) anyPolicy = min(anyPolicy, c.inhibitAnyPolicy);
  return !full;
}

/** The last certificate (6.1.5); false where no policy that is asked for is left. */
export function final(c: Certificate): bool {
  collect(c, true);
  if (explicitPolicy == 0 && validCount == 0 && !validAny) return false;
  if (explicitPolicy > 0) explicitPolicy--;
  if (c.explicitPolicy == 0) explicitPolicy = 0;
  if (full) return false;
  if (explicitPolicy > 0) return true;
  if (validAny) return true;
  for (let i: u32 = 0; i < validCount; i++) if (load<u32>(valid + <usize>i * ENTRY, 12)) return true;
  return false;
}
