/**
 * The extensions of a certificate that are known (RFC 5280, 4.2.1). What is malformed inside refuses the whole certificate, critical or not;
 * an unknown critical one is kept for pki/rules.ts to refuse.
 */
import { Certificate, Part, Purpose } from "./certificate";
import * as der from "./der";
import { Tag } from "./der";
import { authorityKeyId, critical, extension, extensionOid, extensionOidLen, keyId, keyIdLen, value, valueEnd, whole } from "./extension";
import * as generalName from "./general_name";
import { Oid, identify } from "./oids";

/** Extensions of one certificate. */
const EXTENSIONS_MAX: u32 = 40;

/** Which extensions have been seen, by Oid. */
let seen: u64 = 0;

function basicConstraints(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE)) return false;
  let p = der.body;
  c.hasBasicConstraints = true;
  if (der.optional(p, valueEnd, Tag.BOOLEAN)) {
    const flag = der.boolean(der.body, der.len);
    if (flag < 0) return false;
    c.isCa = flag == 1;
    p = der.next;
  }
  if (der.optional(p, valueEnd, Tag.INTEGER)) {
    c.pathLength = der.small(der.body, der.len);
    if (c.pathLength < 0) return false;
    p = der.next;
  }
  return p == valueEnd;
}

function purpose(o: Oid): u32 {
  switch (o) {
    case Oid.ANY_PURPOSE: return Purpose.ANY;
    case Oid.SERVER_AUTH: return Purpose.SERVER_AUTH;
    case Oid.CLIENT_AUTH: return Purpose.CLIENT_AUTH;
    case Oid.IPSEC_END_SYSTEM: return Purpose.IPSEC_END_SYSTEM;
    case Oid.IPSEC_TUNNEL: return Purpose.IPSEC_TUNNEL;
    case Oid.IPSEC_USER: return Purpose.IPSEC_USER;
    case Oid.IPSEC_IKE: return Purpose.IPSEC_IKE;
    case Oid.IKE_INTERMEDIATE: return Purpose.IKE_INTERMEDIATE;
    default: return Purpose.OTHER;
  }
}

function extKeyUsage(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  for (let p = der.body; p < valueEnd; p = der.next) {
    if (!der.expect(p, valueEnd, Tag.OID) || !der.oid(der.body, der.len)) return false;
    c.purposes |= purpose(identify(der.body, der.len));
  }
  return true;
}

/** Whether [p, end) is GeneralSubtrees: SEQUENCE { base, [0] minimum 0, no maximum } each. */
function subtrees(p: usize, end: usize): bool {
  if (p == end) return false;
  while (p < end) {
    if (!der.expect(p, end, Tag.SEQUENCE)) return false;
    const after = der.next;
    // minimum is 0, which DER leaves out, and maximum is never there (4.2.1.10).
    if (!der.read(der.body, after) || der.next != after || !generalName.checkBase()) return false;
    p = after;
  }
  return true;
}

function nameConstraints(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  let p = der.body;
  c.hasConstraints = true;
  if (der.optional(p, valueEnd, 0xa0)) {
    c.permitted = der.body;
    c.permittedLen = der.len;
    p = der.next;
    if (!subtrees(c.permitted, p)) return false;
  }
  if (der.optional(p, valueEnd, 0xa1)) {
    c.excluded = der.body;
    c.excludedLen = der.len;
    p = der.next;
    if (!subtrees(c.excluded, p)) return false;
  }
  return p == valueEnd;
}

function certificatePolicies(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  c.hasPolicies = true;
  c.policies = der.body;
  c.policiesLen = der.len;
  for (let p = c.policies; p < valueEnd;) {
    if (!der.expect(p, valueEnd, Tag.SEQUENCE)) return false;
    p = der.next;
    if (!der.expect(der.body, p, Tag.OID) || !der.oid(der.body, der.len)) return false;
    // Qualifiers are for people to read.
    if (der.next != p && (!der.expect(der.next, p, Tag.SEQUENCE) || der.next != p)) return false;
  }
  return true;
}

function policyMappings(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  c.mappings = der.body;
  c.mappingsLen = der.len;
  for (let p = c.mappings; p < valueEnd;) {
    if (!der.expect(p, valueEnd, Tag.SEQUENCE)) return false;
    p = der.next;
    if (!der.expect(der.body, p, Tag.OID) || !der.oid(der.body, der.len)) return false;
    if (!der.expect(der.next, p, Tag.OID) || !der.oid(der.body, der.len) || der.next != p) return false;
  }
  return true;
}

function policyConstraints(c: Certificate): bool {
  if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
  let p = der.body;
  if (der.optional(p, valueEnd, 0x80)) {
    c.explicitPolicy = der.small(der.body, der.len);
    if (c.explicitPolicy < 0) return false;
    p = der.next;
  }
  if (der.optional(p, valueEnd, 0x81)) {
    c.inhibitMapping = der.small(der.body, der.len);
    if (c.inhibitMapping < 0) return false;
    p = der.next;
  }
  return p == valueEnd;
}

/** Takes one extension that is known; false where its inside is malformed. */
function take(c: Certificate, is: Oid): bool {
  switch (is) {
    case Oid.BASIC_CONSTRAINTS: return basicConstraints(c);
    case Oid.KEY_USAGE: {
      if (!whole(Tag.BIT_STRING)) return false;
      const bits = der.bits(der.body, der.len);
      if (bits < 0) return false;
      c.hasUsage = true;
      c.usage = <u32>bits;
      return true;
    }
    case Oid.EXT_KEY_USAGE: return extKeyUsage(c);
    case Oid.SUBJECT_ALT_NAME: {
      if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
      c.altNames = der.body;
      c.altNamesLen = der.len;
      return generalName.checkAll(c.altNames, valueEnd);
    }
    case Oid.NAME_CONSTRAINTS: return nameConstraints(c);
    case Oid.POLICIES: return certificatePolicies(c);
    case Oid.POLICY_MAPPINGS: return policyMappings(c);
    case Oid.POLICY_CONSTRAINTS: return policyConstraints(c);
    case Oid.INHIBIT_ANY_POLICY: {
      if (!whole(Tag.INTEGER)) return false;
      c.inhibitAnyPolicy = der.small(der.body, der.len);
      return c.inhibitAnyPolicy >= 0;
    }
    case Oid.AUTHORITY_KEY_ID: {
      if (!authorityKeyId()) return false;
      c.authorityKeyId = keyId;
      c.authorityKeyIdLen = keyIdLen;
      return true;
    }
    case Oid.SUBJECT_KEY_ID: {
      if (!whole(Tag.OCTET_STRING)) return false;
      c.subjectKeyId = der.body;
      c.subjectKeyIdLen = der.len;
      return true;
    }
    case Oid.CRL_POINTS: {
      if (!whole(Tag.SEQUENCE) || der.len == 0) return false;
      c.crlPoints = der.body;
      c.crlPointsLen = der.len;
      return generalName.checkPoints(c.crlPoints, valueEnd);
    }
    // Taken as they are: nothing is decided by them.
    case Oid.ISSUER_ALT_NAME:
    case Oid.FRESHEST_CRL: return true;
    default: return false;
  }
}

function isKnown(is: Oid): bool {
  switch (is) {
    case Oid.BASIC_CONSTRAINTS:
    case Oid.KEY_USAGE:
    case Oid.EXT_KEY_USAGE:
    case Oid.SUBJECT_ALT_NAME:
    case Oid.ISSUER_ALT_NAME:
    case Oid.NAME_CONSTRAINTS:
    case Oid.POLICIES:
    case Oid.POLICY_MAPPINGS:
    case Oid.POLICY_CONSTRAINTS:
    case Oid.INHIBIT_ANY_POLICY:
    case Oid.AUTHORITY_KEY_ID:
    case Oid.SUBJECT_KEY_ID:
    case Oid.CRL_POINTS:
    case Oid.FRESHEST_CRL: return true;
    default: return false;
  }
}

/** Reads Extensions, which fill [p, end), into `c`. */
export function parseExtensions(c: Certificate, p: usize, end: usize): Part {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end || der.len == 0) return Part.EXTENSIONS;
  const first = der.body;
  seen = 0;
  let count: u32 = 0;
  for (p = first; p < end; count++) {
    p = extension(p, end);
    if (p == 0 || count == EXTENSIONS_MAX) return Part.EXTENSIONS;
    const is = identify(extensionOid, extensionOidLen);
    if (!isKnown(is)) {
      if (critical && c.unknownCritical == 0) {
        c.unknownCritical = extensionOid;
        c.unknownCriticalLen = extensionOidLen;
      }
      if (isTwice(first, extensionOid, extensionOidLen)) return Part.EXTENSION_TWICE;
      continue;
    }
    if ((seen >> <u64>is) & 1) return Part.EXTENSION_TWICE;
    seen |= <u64>1 << <u64>is;
    if (!der.wellFormed(value, valueEnd) || !take(c, is)) return Part.EXTENSIONS;
  }
  return Part.NONE;
}

/** Whether an extension of that OID lies between `p` and the OID itself. */
function isTwice(p: usize, oid: usize, len: u32): bool {
  while (der.read(p, oid + len)) {
    p = der.next;
    if (der.read(der.body, p) && der.same(der.body, der.len, oid, len)) return true;
  }
  return false;
}
