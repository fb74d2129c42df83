/** Why a certificate was refused: the rule, the certificate, and what of it; and the one sentence about it for people, with what would have been accepted. */
import { HashAlg } from "../crypto/hash";
import { get32 } from "../util/bytes";
import { Text } from "../util/text";
import { MD2, Scheme } from "./algorithm";
import { Certificate, Part, partName } from "./certificate";
import * as crls from "./crl";
import * as der from "./der";
import { Kind } from "./general_name";
import * as identity from "./identity";
import * as names from "./name";
import * as oids from "./oids";
import * as time from "./time";

export const enum Rule {
  NONE = 0,
  /** detail: Part */
  MALFORMED,
  /** detail: the limit; limit: now */
  EXPIRED,
  NOT_YET,
  /** detail: 1 where a trust anchor has that name, and another key */
  ISSUER_UNKNOWN,
  /** other: whose key it was to be */
  SIGNATURE,
  NOT_CA,
  NOT_CERT_SIGN,
  /** other: the CA that sets the limit; detail: CAs that it allows below itself */
  PATH_LENGTH,
  /** limit: certificates */
  CHAIN_LENGTH,
  /** other: the CA; at, tag: the name */
  NAME_NOT_PERMITTED,
  NAME_EXCLUDED,
  NAMES_TOO_MANY,
  POLICY,
  /** at: the extension's OID */
  CRITICAL,
  KEY_KIND,
  /** detail: bits; limit: the least or the most */
  KEY_SMALL,
  KEY_LARGE,
  /** detail: Scheme; limit: hash */
  ALGORITHM,
  /** detail: the usages it has; limit: any of these would do */
  KEY_USAGE,
  PURPOSE,
  /** detail: when; limit: reason */
  REVOKED,
  NO_CRL,
  /** detail: nextUpdate */
  CRL_OLD,
  CRL_NOT_YET,
  CRL_SIGNATURE,
  CRL_UNKNOWN,
  /** signature checks of one attempt are used up */
  CHECKS,
  /** at, tag: the identity's data and the kind of its GeneralName */
  IDENTITY,
  /** paths are left that were not tried */
  PATHS,
}

@unmanaged
export class Refusal {
  /** Certificates, or 0. */
  certificate: usize;
  other: usize;
  detail: u64;
  limit: u64;
  at: usize;
  atLen: u32;
  tag: u32;
  rule: Rule;
  /** How far the path that was refused had come. */
  rank: u32;
}

/** Octets of a name in a sentence. */
const NAME: u32 = 96;

/** `certificate "CN=moon, O=Example" (serial 01af)`. */
export function writeCertificate(text: Text, c: Certificate): void {
  text.put("certificate \"");
  names.write(text, c.subject, c.subjectLen, NAME);
  text.put("\" (serial ").hexBytes(c.serial, c.serialLen).char(41);
}

function writeHolder(text: Text, c: usize): void {
  if (!c) return;
  text.char(34);
  names.write(text, changetype<Certificate>(c).subject, changetype<Certificate>(c).subjectLen, NAME);
  text.char(34);
}

function usageName(bit: u32): string {
  switch (bit) {
    case 0: return "digitalSignature";
    case 1: return "nonRepudiation";
    case 2: return "keyEncipherment";
    case 3: return "dataEncipherment";
    case 4: return "keyAgreement";
    case 5: return "keyCertSign";
    case 6: return "cRLSign";
    case 7: return "encipherOnly";
    default: return "decipherOnly";
  }
}

function writeUsages(text: Text, bits: u32, between: string): void {
  let any = false;
  for (let bit: u32 = 0; bit < 9; bit++) {
    if (!((bits >> bit) & 1)) continue;
    if (any) text.put(between);
    text.put(usageName(bit));
    any = true;
  }
  if (!any) text.put("nothing");
}

function purposeName(bit: u32): string {
  switch (bit) {
    case 0: return "anyExtendedKeyUsage";
    case 1: return "serverAuth";
    case 2: return "clientAuth";
    case 3: return "ipsecEndSystem";
    case 4: return "ipsecTunnel";
    case 5: return "ipsecUser";
    case 6: return "ipsecIKE";
    default: return "ikeIntermediate";
  }
}

function writePurposes(text: Text, bits: u32): void {
  let any = false;
  for (let bit: u32 = 0; bit < 8; bit++) {
    if (!((bits >> bit) & 1)) continue;
    if (any) text.put(" or ");
    text.put(purposeName(bit));
    any = true;
  }
}

/** A certificate, or 0 where it has no record, of which a part is malformed. */
export function malformed(r: Refusal, c: usize, part: Part): void {
  memory.fill(changetype<usize>(r), 0, offsetof<Refusal>());
  r.rule = Rule.MALFORMED;
  r.certificate = c;
  r.detail = part;
}

/** A certificate that does not bear an identity of IKE. @param type IdType @param data the ID payload's data */
export function lacks(r: Refusal, c: Certificate, type: u32, data: usize, len: u32): void {
  memory.fill(changetype<usize>(r), 0, offsetof<Refusal>());
  r.rule = Rule.IDENTITY;
  r.certificate = changetype<usize>(c);
  r.tag = identity.kindOf(type);
  r.at = data;
  r.atLen = len;
}

function algorithmName(scheme: u32, hash: u64): string {
  if (scheme == Scheme.ED25519) return "Ed25519";
  if (hash == MD2) return "MD2";
  if (hash == HashAlg.MD5) return "MD5";
  if (hash == HashAlg.SHA1) return "SHA-1";
  if (scheme == Scheme.RSA_PSS) return "RSASSA-PSS";
  if (scheme == Scheme.ECDSA) return "ECDSA";
  return "an unknown one";
}

/** A part of a certificate is not as RFC 5280 has it. */
export function writeMalformed(text: Text, part: Part): void {
  text.put("is malformed: its ").put(partName(part)).put(" is not what DER and RFC 5280 have there");
}

/** Subtrees of name constraints that are listed. */
const SUBTREES: u32 = 3;

/** What a CA permits, or excludes, of the kind of a name. */
function writeSubtrees(text: Text, above: Certificate, tag: u32, excluded: bool): void {
  let p = excluded ? above.excluded : above.permitted;
  const end = p + (excluded ? above.excludedLen : above.permittedLen);
  let n: u32 = 0;
  while (p < end) {
    if (!der.read(p, end)) return;
    p = der.next;
    if (!der.read(der.body, p)) return;
    if (der.tag != tag) continue;
    if (n == SUBTREES) {
      text.put(", ...");
      return;
    }
    text.put(n ? ", " : excluded ? "; excluded is " : "; permitted is ");
    n++;
    if (tag == Kind.IP && der.len == 8) text.ip(get32(der.body)).char(32).ip(get32(der.body + 4));
    else if (!der.len) text.put("all");
    else if (!identity.writeName(text, tag, der.body, der.len)) text.put("one of an unknown kind");
  }
}

/** The sentence, without a full stop. Names from outside are escaped; a full buffer cuts it. */
export function write(text: Text, r: Refusal): void {
  if (r.rule == Rule.MALFORMED && !r.certificate) {
    writeMalformed(text.put("a certificate "), <Part>r.detail);
    return;
  }
  const c = changetype<Certificate>(r.certificate);
  if (r.certificate) {
    writeCertificate(text, c);
    text.char(32);
  }
  switch (r.rule) {
    case Rule.MALFORMED: writeMalformed(text, <Part>r.detail); break;
    case Rule.EXPIRED: {
      text.put("has been expired since ");
      time.write(text, r.detail);
      text.put(", and it is ");
      time.write(text, r.limit);
      text.put("; accepted is one that is valid now");
      break;
    }
    case Rule.NOT_YET: {
      text.put("is not valid before ");
      time.write(text, r.detail);
      text.put(", and it is ");
      time.write(text, r.limit);
      text.put("; accepted is one that is valid now");
      break;
    }
    case Rule.ISSUER_UNKNOWN: {
      text.put("was issued by \"");
      names.write(text, c.issuer, c.issuerLen, NAME);
      text.put(r.detail ? "\", which is known here with another key" : "\", which is unknown here");
      break;
    }
    case Rule.SIGNATURE: {
      text.put("has a wrong signature: it was not made with the key of ");
      writeHolder(text, r.other);
      text.put(", as it has to be");
      break;
    }
    case Rule.NOT_CA: text.put("is not a CA's, and a certificate was issued with it; required are version 3 and basicConstraints with cA"); break;
    case Rule.NOT_CERT_SIGN: text.put("may not sign certificates by its key usage; required is keyCertSign"); break;
    case Rule.PATH_LENGTH: {
      text.put("makes the path too long: ");
      writeHolder(text, r.other);
      text.put(" allows ").u64(r.detail).put(" CAs below itself");
      break;
    }
    case Rule.CHAIN_LENGTH: text.put("is in a chain of more than ").u64(r.limit).put(" certificates"); break;
    case Rule.NAME_NOT_PERMITTED:
    case Rule.NAME_EXCLUDED: {
      text.put("bears the name ");
      if (!identity.writeName(text, r.tag, r.at, r.atLen)) text.put("of an unknown kind");
      text.put(r.rule == Rule.NAME_EXCLUDED ? ", which is excluded by " : ", which is not among those permitted by ");
      writeHolder(text, r.other);
      if (r.other) writeSubtrees(text, changetype<Certificate>(r.other), r.tag, r.rule == Rule.NAME_EXCLUDED);
      break;
    }
    case Rule.NAMES_TOO_MANY: text.put("has too many names or is under too many name constraints; 8192 comparisons are made for one path"); break;
    case Rule.POLICY: text.put("is under no certificate policy that is required; accepted is one with a policy that every CA above it allows too"); break;
    case Rule.CRITICAL: {
      text.put("has a critical extension that is unknown: ");
      oids.write(text, r.at, r.atLen);
      text.put("; accepted are unknown ones that are not critical");
      break;
    }
    case Rule.KEY_KIND: text.put("has a key of a kind that is not accepted; accepted are RSA and EC on P-256, P-384 and P-521 by name"); break;
    case Rule.KEY_SMALL: text.put("has a key of ").u64(r.detail).put(" bits, and ").u64(r.limit).put(" are required"); break;
    case Rule.KEY_LARGE: text.put("has a key of ").u64(r.detail).put(" bits, and no more than ").u64(r.limit).put(" are accepted"); break;
    case Rule.ALGORITHM: text.put("is signed with an algorithm that is not accepted: ").put(algorithmName(<u32>r.detail, r.limit)).put("; accepted are RSA, RSASSA-PSS, ECDSA and Ed25519 with SHA-256, SHA-384 or SHA-512"); break;
    case Rule.KEY_USAGE: {
      text.put("may not be used for this by its key usage, which is ");
      writeUsages(text, <u32>r.detail, ", ");
      text.put("; required is ");
      writeUsages(text, <u32>r.limit, " or ");
      break;
    }
    case Rule.PURPOSE: {
      text.put("may not be used for IKE by its extended key usage; required is ");
      writePurposes(text, <u32>r.limit);
      break;
    }
    case Rule.REVOKED: {
      text.put("was revoked on ");
      time.write(text, r.detail);
      text.put(" because ").put(crls.reasonName(<u32>r.limit)).put("; accepted is one that no CRL names");
      break;
    }
    case Rule.NO_CRL: text.put("has no CRL that says whether it is revoked; required is one of its issuer's (crypto pki crl import)"); break;
    case Rule.CRL_OLD: {
      text.put("has a CRL that is too old: the next one was due on ");
      time.write(text, r.detail);
      text.put(", and is required (crypto pki crl import)");
      break;
    }
    case Rule.CRL_NOT_YET: {
      text.put("has a CRL that is not valid before ");
      time.write(text, r.detail);
      text.put("; required is one that is valid now (crypto pki crl import)");
      break;
    }
    case Rule.CRL_SIGNATURE: text.put("has a CRL whose signature is wrong or whose signer is unknown; required is one that its issuer signed, or whom that allows to"); break;
    case Rule.CRL_UNKNOWN: text.put("has a CRL with a critical extension that is unknown; required is one without"); break;
    case Rule.CHECKS: text.put("would take more signature checks than are allowed, which are 8"); break;
    case Rule.PATHS: text.put("has too many possible paths, and none of those that were tried, which are 24 at most, is valid"); break;
    case Rule.IDENTITY: {
      text.put("does not bear the identity ");
      if (!identity.writeName(text, r.tag, r.at, r.atLen)) text.put("of this kind");
      text.put("; these are in it: ");
      identity.writeAll(text, c);
      break;
    }
    default: text.put("was refused"); break;
  }
}
