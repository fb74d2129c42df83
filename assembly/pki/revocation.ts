/**
 * Revocation (RFC 5280, 6.3.3): for each certificate of a path, from the anchor down, the lists that are in its scope, until every
 * reason is covered or one list names it. A list counts when its signature is good under the key of the anchor, of a certificate
 * above in the path, or of one that such a one issued and that may sign CRLs; a list that was found good remembers the key.
 */
import { HashAlg } from "../crypto/hash";
import { sha256 } from "../crypto/sha2_32";
import { Attempt, CRL_CHECKS, Crls, Rank, Step, Warning, answer, ask, askCrl, crlOf, inPath, mayIssue, presented, refuse } from "./attempt";
import { Certificate, Usage } from "./certificate";
import { ALL_REASONS, Crl, Reason, compareNumbers, digest, lookup } from "./crl";
import * as crls from "./crl";
import * as constraints from "./constraints";
import * as der from "./der";
import * as generalName from "./general_name";
import { Kind } from "./general_name";
import * as names from "./name";
import { Rule } from "./refusal";
import { accepts, addressOf, dateRule, fits, keyRule } from "./rules";

const enum Status { UNKNOWN = 0, GOOD = 1, REVOKED = 2, CHECK = 3 }
/** What is found of one list. */
const enum Use { NOT = 0, USED = 1, REVOKED = 2, CHECK = 3 }

/** How far signers may be from the path: who signed a list for the path is looked up, and who signed a list for that one. */
const LEVELS: u32 = 2;

/** Why nothing is known, the most telling. */
let why: Rule = Rule.NO_CRL;
let whyDate: u64 = 0;

function because(rule: Rule, date: u64): void {
  if (rule == Rule.CRL_OLD || why == Rule.NO_CRL) {
    why = rule;
    whyDate = date;
  }
}

// The distribution point that is looked at; its name's content, 0: none, and `pointBase` what a relative one is relative to.
let pointName: usize = 0;
let pointNameLen: u32 = 0;
let pointBase: usize = 0;
let pointBaseLen: u32 = 0;
let crlIssuer: usize = 0;
let crlIssuerLen: u32 = 0;
let reasons: u32 = 0;
/** The implied point of 6.3.3's end: its name is the certificate's issuer. */
let implied: bool = false;

// @ts-ignore: decorator
@lazy const keyDigest: usize = memory.data(32, 8);
// @ts-ignore: decorator
@lazy const hashCtx: usize = memory.data(200, 8);

/** Whether two lists of GeneralNames have one in common. */
function meet(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  while (a < aEnd) {
    if (!der.read(a, aEnd)) return false;
    const tag = der.tag;
    const name = der.body;
    const len = der.len;
    a = der.next;
    for (let q = b; q < bEnd;) {
      if (!der.read(q, bEnd)) return false;
      q = der.next;
      if (generalName.same(tag, name, len, der.tag, der.body, der.len)) return true;
    }
  }
  return false;
}

/** Whether a directoryName among GeneralNames is `base` and one RDN more. */
function meetRelative(a: usize, aEnd: usize, base: usize, baseLen: u32, rdn: usize, rdnEnd: usize): bool {
  while (a < aEnd) {
    if (!der.read(a, aEnd)) return false;
    a = der.next;
    if (der.tag == Kind.DIRECTORY && names.equalRelative(der.body, der.len, base, baseLen, rdn, rdnEnd)) return true;
  }
  return false;
}

/** Whether the list's issuingDistributionPoint and the point that is looked at have a name in common (6.3.3 (b) (2) (i)). */
function sameScope(crl: Crl, c: Certificate): bool {
  const theirs = crl.pointName;
  if (theirs == 0) return true;
  der.read(theirs, theirs + crl.pointNameLen);
  const theirTag = der.tag;
  const their = der.body;
  const theirEnd = der.next;
  if (implied) {
    if (theirTag == 0xa0) return generalName.holdsDirectory(their, <u32>(theirEnd - their), c.issuer, c.issuerLen);
    return names.equalRelative(c.issuer, c.issuerLen, crl.issuer, crl.issuerLen, their, theirEnd);
  }
  if (pointName == 0) return theirTag == 0xa0 && meet(crlIssuer, crlIssuer + crlIssuerLen, their, theirEnd);
  der.read(pointName, pointName + pointNameLen);
  const tag = der.tag;
  const name = der.body;
  const end = der.next;
  if (tag == 0xa0 && theirTag == 0xa0) return meet(name, end, their, theirEnd);
  if (tag == 0xa0) return meetRelative(name, end, crl.issuer, crl.issuerLen, their, theirEnd);
  if (theirTag == 0xa0) return meetRelative(their, theirEnd, pointBase, pointBaseLen, name, end);
  return names.equal(pointBase, pointBaseLen, crl.issuer, crl.issuerLen) && names.equalRdn(name, end, their, theirEnd);
}

/** 6.3.3 (b). */
function inScope(crl: Crl, c: Certificate): bool {
  if (crlIssuer) {
    if (!crl.indirect || !generalName.holdsDirectory(crlIssuer, crlIssuerLen, crl.issuer, crl.issuerLen)) return false;
  } else if (!names.equal(crl.issuer, crl.issuerLen, c.issuer, c.issuerLen)) return false;
  if (crl.onlyAttributes || (crl.onlyUsers && c.isCa) || (crl.onlyCas && !c.isCa)) return false;
  return sameScope(crl, c);
}

function isFresh(a: Attempt, crl: Crl): bool {
  return a.now == 0 || (crl.thisUpdate <= a.now && (crl.nextUpdate == 0 || crl.nextUpdate >= a.now));
}

/** The newest delta that goes with a complete list (6.3.3 (c)), or 0. */
function deltaOf(a: Attempt, crl: Crl): usize {
  let best: usize = 0;
  if (crl.number == 0) return 0;
  for (let k: u32 = 0; k < a.crlCount; k++) {
    const d = crlOf(a, k);
    if (!d.isDelta || d.unknownCritical || d.number == 0 || !isFresh(a, d)) continue;
    if (!crls.sameSource(d, crl)) continue;
    if (compareNumbers(d.baseNumber, d.baseNumberLen, crl.number, crl.numberLen) > 0) continue;
    if (compareNumbers(d.number, d.numberLen, crl.number, crl.numberLen) <= 0) continue;
    if (best) {
      const other = changetype<Crl>(best);
      if (compareNumbers(d.number, d.numberLen, other.number, other.numberLen) <= 0) continue;
    }
    best = changetype<usize>(d);
  }
  return best;
}

/** The signature of a list under one key. GOOD, CHECK, or UNKNOWN where it is wrong or can't be checked. */
function signedBy(a: Attempt, crl: Crl, signer: Certificate): Status {
  if (!accepts(a, crl.scheme, crl.hash) || !fits(crl.scheme, signer.key)) return Status.UNKNOWN;
  const known = answer(a, changetype<usize>(crl), addressOf(signer));
  if (known == 2 || crl.signatureLen == 0) return Status.UNKNOWN;
  sha256.init(hashCtx);
  sha256.update(hashCtx, signer.spki, signer.spkiLen);
  sha256.final(hashCtx, keyDigest);
  if (crl.hash == HashAlg.SHA1) a.warnings |= Warning.SHA1;
  if (known == 1) {
    crl.checked = true;
    memory.copy(digest(crl), keyDigest, 32);
    return Status.GOOD;
  }
  if (crl.checked && memory.compare(digest(crl), keyDigest, 32) == 0) return Status.GOOD;
  if (a.crlChecks == CRL_CHECKS) return Status.UNKNOWN;
  a.crlChecks++;
  askCrl(a, crl, signer);
  return Status.CHECK;
}

/** Whether a certificate may sign that list: name, key identifier, key usage. */
function maySign(crl: Crl, c: Certificate): bool {
  return (!c.hasUsage || (c.usage & Usage.CRL_SIGN) != 0) && mayIssue(c, crl.issuer, crl.issuerLen, crl.authorityKeyId, crl.authorityKeyIdLen);
}

function isInPath(a: Attempt, c: Certificate): bool {
  for (let i: u32 = 0; i <= a.length; i++) if (addressOf(inPath(a, i)) == addressOf(c)) return true;
  return false;
}

/** A signer that is not in the path: whether one above `from` issued it, and all holds that holds of a certificate of the path. */
function delegated(a: Attempt, signer: Certificate, from: u32, level: u32): Status {
  for (let j = from; j <= a.length; j++) {
    const issuer = inPath(a, j);
    if (!mayIssue(issuer, signer.issuer, signer.issuerLen, signer.authorityKeyId, signer.authorityKeyIdLen)) continue;
    if (!accepts(a, signer.scheme, signer.hash) || !fits(signer.scheme, issuer.key)) continue;
    if (issuer.hasUsage && !(issuer.usage & Usage.KEY_CERT_SIGN)) continue;
    if (dateRule(a, signer) != Rule.NONE || keyRule(a, signer) != Rule.NONE || signer.unknownCritical) return Status.UNKNOWN;
    for (let above = j; above <= a.length; above++) if (constraints.check(signer, inPath(a, above)) != constraints.Verdict.ALLOWED) return Status.UNKNOWN;
    const known = answer(a, addressOf(signer), addressOf(issuer));
    if (known == 2 || signer.signatureLen == 0) continue;
    if (known == 0) {
      if (a.crlChecks == CRL_CHECKS) return Status.UNKNOWN;
      a.crlChecks++;
      ask(a, signer, issuer);
      return Status.CHECK;
    }
    const looked = status(a, signer, j, level + 1);
    if (looked == Status.CHECK) return looked;
    return looked == Status.GOOD || (looked == Status.UNKNOWN && a.crlMode != Crls.REQUIRED) ? Status.GOOD : Status.UNKNOWN;
  }
  return Status.UNKNOWN;
}

/** 6.3.3 (f), (g): GOOD when the list's signature is good under a key that is trusted for it. @param from the first place in the path that may vouch */
function trusted(a: Attempt, crl: Crl, c: Certificate, from: u32, level: u32): Status {
  for (let j = from; j <= a.length; j++) {
    const signer = inPath(a, j);
    if (!maySign(crl, signer)) continue;
    const result = signedBy(a, crl, signer);
    if (result != Status.UNKNOWN) return result;
  }
  // A signer of lists speaks for itself only where its CA wrote so into its certificate: a cRLIssuer of its own name.
  if (level > 0 && crlIssuer && maySign(crl, c)) return signedBy(a, crl, c);
  if (level == LEVELS) return Status.UNKNOWN;
  for (let k: u32 = 1; k <= a.presentedCount; k++) {
    const signer = presented(a, k);
    if (addressOf(signer) == addressOf(c) || isInPath(a, signer) || !maySign(crl, signer)) continue;
    // Cheapest first: a list that this key did not sign needs no path to it.
    if (answer(a, changetype<usize>(crl), addressOf(signer)) == 2) continue;
    const n0 = pointName, n1 = pointNameLen, b0 = pointBase, b1 = pointBaseLen, i0 = crlIssuer, i1 = crlIssuerLen, r = reasons, im = implied;
    const w = why, wd = whyDate;
    const vouched = delegated(a, signer, from, level);
    pointName = n0; pointNameLen = n1; pointBase = b0; pointBaseLen = b1; crlIssuer = i0; crlIssuerLen = i1; reasons = r; implied = im;
    why = w; whyDate = wd;
    if (vouched == Status.CHECK) return vouched;
    if (vouched != Status.GOOD) continue;
    const result = signedBy(a, crl, signer);
    if (result != Status.UNKNOWN) return result;
  }
  return Status.UNKNOWN;
}

/** Whether `other` is a later list than `crl`, of the same issuer, key and scope. */
function isLater(a: Attempt, other: Crl, crl: Crl): bool {
  if (other.isDelta || other.unknownCritical || (a.now != 0 && other.thisUpdate > a.now)) return false;
  if (!crls.sameSource(other, crl)) return false;
  if (other.number == 0 || crl.number == 0) return other.thisUpdate > crl.thisUpdate;
  const order = compareNumbers(other.number, other.numberLen, crl.number, crl.numberLen);
  return order > 0 || (order == 0 && other.thisUpdate > crl.thisUpdate);
}

/** GOOD where a later list takes this one's place: an old one that is still within its dates hides nothing of the new one. */
function outdone(a: Attempt, crl: Crl, c: Certificate, from: u32, level: u32): Status {
  for (let k: u32 = 0; k < a.crlCount; k++) {
    const other = crlOf(a, k);
    if (!isLater(a, other, crl)) continue;
    const sure = trusted(a, other, c, from, level);
    if (sure != Status.UNKNOWN) return sure;
  }
  return Status.UNKNOWN;
}

/** One complete list for the point that is looked at (6.3.3 (a) to (l)); `covered` gets what reasons it adds. */
function consider(a: Attempt, crl: Crl, c: Certificate, from: u32, level: u32): Use {
  if (crl.isDelta || !(crl.reasons & reasons & ~covered) || !inScope(crl, c)) return Use.NOT;
  if (crl.unknownCritical) {
    because(Rule.CRL_UNKNOWN, 0);
    return Use.NOT;
  }
  const replaced = outdone(a, crl, c, from, level);
  if (replaced == Status.CHECK) return Use.CHECK;
  if (replaced == Status.GOOD) return Use.NOT;
  const sure = trusted(a, crl, c, from, level);
  if (sure == Status.CHECK) return Use.CHECK;
  if (sure != Status.GOOD) {
    because(Rule.CRL_SIGNATURE, 0);
    return Use.NOT;
  }
  let delta = deltaOf(a, crl);
  if (delta) {
    const also = trusted(a, changetype<Crl>(delta), c, from, level);
    if (also == Status.CHECK) return Use.CHECK;
    if (also != Status.GOOD) delta = 0;
  }
  const fresh = delta != 0 || isFresh(a, crl);
  const listed = lookup(crl, c.issuer, c.issuerLen, c.serial, c.serialLen);
  if (delta) {
    const on = crls.revokedOn;
    const reason = crls.reason;
    if (lookup(changetype<Crl>(delta), c.issuer, c.issuerLen, c.serial, c.serialLen)) {
      if (crls.reason != Reason.REMOVE_FROM_CRL) return Use.REVOKED;
    } else if (listed) {
      crls.set(on, reason);
      return Use.REVOKED;
    }
  } else if (listed && crls.reason != Reason.REMOVE_FROM_CRL) {
    // What an old list says is still true, but for what was on hold.
    if (fresh || (crl.thisUpdate <= a.now && crls.reason != Reason.HOLD)) return Use.REVOKED;
  }
  if (!fresh) {
    if (crl.thisUpdate > a.now) because(Rule.CRL_NOT_YET, crl.thisUpdate);
    else because(Rule.CRL_OLD, crl.nextUpdate);
    return Use.NOT;
  }
  covered |= crl.reasons & reasons;
  return Use.USED;
}

/** Reasons that are covered for the certificate that is looked up. */
let covered: u32 = 0;

/** All lists for the point that is looked at. */
function atPoint(a: Attempt, c: Certificate, from: u32, level: u32): Status {
  for (let k: u32 = 0; k < a.crlCount; k++) {
    const before = covered;
    const use = consider(a, crlOf(a, k), c, from, level);
    if (use == Use.CHECK) return Status.CHECK;
    if (use == Use.REVOKED) return Status.REVOKED;
    if (use == Use.NOT) covered = before;
    if (covered == ALL_REASONS) return Status.GOOD;
  }
  return Status.UNKNOWN;
}

/** Whether a certificate is revoked. @param from the first place in the path above it */
function status(a: Attempt, c: Certificate, from: u32, level: u32): Status {
  const outer = covered;
  const result = statusOf(a, c, from, level);
  if (level) covered = outer;
  return result;
}

function statusOf(a: Attempt, c: Certificate, from: u32, level: u32): Status {
  covered = 0;
  why = Rule.NO_CRL;
  whyDate = 0;
  const end = c.crlPoints + c.crlPointsLen;
  for (let p = c.crlPoints; p < end;) {
    p = generalName.point(p, end);
    if (p == 0) break;
    pointName = generalName.pointName;
    pointNameLen = generalName.pointNameLen;
    crlIssuer = generalName.crlIssuer;
    crlIssuerLen = generalName.crlIssuerLen;
    reasons = generalName.reasons < 0 ? ALL_REASONS : <u32>generalName.reasons & ALL_REASONS;
    implied = false;
    pointBase = c.issuer;
    pointBaseLen = c.issuerLen;
    if (crlIssuer && der.read(crlIssuer, crlIssuer + crlIssuerLen) && der.tag == Kind.DIRECTORY) {
      pointBase = der.body;
      pointBaseLen = der.len;
    }
    const result = atPoint(a, c, from, level);
    if (result != Status.UNKNOWN) return result;
  }
  pointName = 0;
  crlIssuer = 0;
  reasons = ALL_REASONS;
  implied = true;
  return atPoint(a, c, from, level);
}

/** The whole path, whose signatures are good: ACCEPTED, CHECK or REFUSED. */
export function check(a: Attempt): Step {
  if (a.crlMode == Crls.NONE) return Step.ACCEPTED;
  for (let k: u32 = 0; k < a.length; k++) {
    const i = a.length - 1 - k;
    const c = inPath(a, i);
    const result = status(a, c, i + 1, 0);
    if (result == Status.CHECK) return Step.CHECK;
    if (result == Status.REVOKED) return refuse(a, Rank.REVOCATION, Rule.REVOKED, addressOf(c), 0, crls.revokedOn, crls.reason);
    if (result == Status.GOOD) continue;
    if (a.crlMode == Crls.REQUIRED) return refuse(a, Rank.REVOCATION, why, addressOf(c), 0, whyDate, a.now);
    a.warnings |= Warning.NOT_LOOKED_UP;
  }
  return Step.ACCEPTED;
}
