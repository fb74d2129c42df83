/**
 * One attempt to validate a peer's certificate: what is asked, what was presented, what is known of signatures, and the refusal of
 * the path that got furthest. pki/path.ts works on it; the caller owns its memory. Certificates and lists that it was told of must stay
 * as they are until it is over: answers are known by where they lie.
 *
 *      Attempt | Refusal | 17 nodes: Certificate, anchors and presented ones that may have issued it | path | answers
 */
import { Scheme } from "./algorithm";
import { Certificate, Usage } from "./certificate";
import { Crl } from "./crl";
import * as der from "./der";
import * as names from "./name";
import { Refusal, Rule } from "./refusal";

/** Certificates that a peer may present besides its own. */
export const PRESENTED: u32 = 16;
/** Trust anchors that one attempt may know. */
export const ANCHORS: u32 = 32;
/** Certificates of a path, the trust anchor's not counted. */
export const CHAIN: u32 = 8;
/** Signature checks of one attempt: of certificates, and of CRLs and who signed them, which are ours and not the peer's. */
export const CHECKS: u32 = 8;
export const CRL_CHECKS: u32 = 16;

export const enum Step { CHECK = 1, ACCEPTED = 2, REFUSED = 3 }

/** What becomes of certificates of which no CRL says anything. */
export const enum Crls { NONE = 0, BEST_EFFORT = 1, REQUIRED = 2 }

/** What an accepted path may be warned of, as bits. */
export const enum Warning {
  /** a signature over SHA-1 */
  SHA1 = 1,
  /** an RSA key below 2048 bits */
  SMALL_KEY = 2,
  /** dates were not looked at */
  NO_CLOCK = 4,
  /** no CRL, or none that can be used, says anything of one of the certificates */
  NOT_LOOKED_UP = 8,
}

@unmanaged
export class Attempt {
  // What is asked; the caller sets these behind `begin`, before the first step.
  /** Seconds since 1970; 0: dates are not looked at, which is warned of. */
  now: u64;
  leaf: usize;
  /** Addresses of anchors' Certificates and of Crls, 4 octets each. */
  anchors: usize;
  crls: usize;
  anchorCount: u32;
  crlCount: u32;
  /** Any of these key usages must be allowed, and any of these purposes. */
  usage: u32;
  purposes: u32;
  /** Signature schemes that somebody can check: bits 1 << Scheme. */
  schemes: u32;
  crlMode: Crls;
  /** Least bits of RSA keys; at least 1024 anyway. */
  rsaBits: u32;
  /** Policies that will do: `policyCount` records of 16 octets, an OID's content and (at 8) its length. 0: any. */
  policies: usize;
  policyCount: u32;
  explicitPolicy: bool;
  inhibitMapping: bool;
  inhibitAnyPolicy: bool;
  /** Whether signatures over SHA-1 are accepted, with a warning. */
  sha1: bool;

  // What is to be checked: `signature` over `signed` with the key of `signer`.
  signed: usize;
  signature: usize;
  /** A Certificate. */
  signer: usize;
  signedLen: u32;
  signatureLen: u32;
  scheme: Scheme;
  hash: u32;
  salt: u32;
  /** The Certificate or Crl whose signature it is. */
  asked: usize;
  askedCrl: bool;

  // What is known.
  presentedCount: u32;
  answers: u32;
  checks: u32;
  crlChecks: u32;
  /** Certificates in the path, without its anchor. */
  length: u32;
  /** The path's anchor. */
  anchor: usize;
  warnings: u32;
  paths: u32;
  nodes: u32;
}

// @ts-ignore: decorator
@inline const ALIGNED: usize = 8;
const NODE: usize = 16;
const ANSWER: usize = 12;
const ANSWERS: u32 = CHECKS + 2 * CRL_CHECKS;

// @ts-ignore: decorator
@inline
function refusalAt(): usize {
  return (offsetof<Attempt>() + ALIGNED - 1) & ~(ALIGNED - 1);
}
// @ts-ignore: decorator
@inline
function nodesAt(): usize {
  return (refusalAt() + offsetof<Refusal>() + ALIGNED - 1) & ~(ALIGNED - 1);
}
// @ts-ignore: decorator
@inline
export function pathAt(): usize {
  return nodesAt() + NODE * <usize>(PRESENTED + 1);
}
// @ts-ignore: decorator
@inline
function answersAt(): usize {
  return pathAt() + 4 * <usize>CHAIN;
}

/** Octets that an Attempt takes, aligned to 8. */
export function size(): usize {
  return answersAt() + ANSWER * <usize>ANSWERS;
}

export function refusal(a: Attempt): Refusal {
  return changetype<Refusal>(changetype<usize>(a) + refusalAt());
}

// @ts-ignore: decorator
@inline
export function node(a: Attempt, i: u32): usize {
  return changetype<usize>(a) + nodesAt() + NODE * <usize>i;
}

/** The leaf (0) or what was presented (from 1 on). */
export function presented(a: Attempt, i: u32): Certificate {
  return changetype<Certificate>(load<usize>(node(a, i)));
}

/** A certificate of the path: 0 is the leaf; `a.length` the anchor. */
export function inPath(a: Attempt, i: u32): Certificate {
  if (i == a.length) return changetype<Certificate>(a.anchor);
  return presented(a, load<u32>(changetype<usize>(a) + pathAt() + 4 * <usize>i));
}

/** A list that this attempt may look into. */
export function crlOf(a: Attempt, i: u32): Crl {
  return changetype<Crl>(load<usize>(a.crls + <usize>i * sizeof<usize>()));
}

export function anchorOf(a: Attempt, i: u32): Certificate {
  return changetype<Certificate>(load<usize>(a.anchors + <usize>i * sizeof<usize>()));
}

/** Begins: SHA-256 and better, no CRLs, any policy, any purpose of IKE. */
export function begin(a: Attempt, leaf: Certificate): void {
  memory.fill(changetype<usize>(a), 0, size());
  a.leaf = changetype<usize>(leaf);
  store<usize>(node(a, 0), changetype<usize>(leaf));
  a.presentedCount = 0;
  a.usage = Usage.DIGITAL_SIGNATURE | Usage.NON_REPUDIATION;
  a.purposes = 0xff;
  a.schemes = (1 << Scheme.RSA_PKCS1) | (1 << Scheme.RSA_PSS) | (1 << Scheme.ECDSA);
  a.rsaBits = 0;
}

/** Adds a presented certificate; false where there is no room. One that is there already takes none. */
export function add(a: Attempt, c: Certificate): bool {
  for (let i: u32 = 0; i <= a.presentedCount; i++) {
    const other = presented(a, i);
    if (der.same(other.der, other.derLen, c.der, c.derLen)) return true;
  }
  if (a.presentedCount == PRESENTED) return false;
  a.presentedCount++;
  store<usize>(node(a, a.presentedCount), changetype<usize>(c));
  return true;
}

/** Whether `issuer` may have issued what bears that issuer's name and key identifier. */
export function mayIssue(issuer: Certificate, name: usize, nameLen: u32, keyId: usize, keyIdLen: u32): bool {
  if (keyId != 0 && issuer.subjectKeyId != 0 && !der.same(keyId, keyIdLen, issuer.subjectKeyId, issuer.subjectKeyIdLen)) return false;
  return names.equal(issuer.subject, issuer.subjectLen, name, nameLen);
}

/** How far a refused path had come. */
export const enum Rank { SEARCH = 1, RULES = 100, SIGNATURE = 200, NAMES = 250, REVOCATION = 300 }

/** Keeps the refusal of the path that got furthest, the first of them. */
export function refuse(a: Attempt, rank: u32, rule: Rule, c: usize, other: usize, detail: u64, limit: u64): Step {
  const r = refusal(a);
  if (r.rule == Rule.NONE || rank > r.rank) {
    r.rank = rank;
    r.rule = rule;
    r.certificate = c;
    r.other = other;
    r.detail = detail;
    r.limit = limit;
    r.at = 0;
    r.atLen = 0;
    r.tag = 0;
  }
  return Step.REFUSED;
}

/** What is known of the signature of `asked` by `signer`: 0 nothing, 1 good, 2 wrong. */
export function answer(a: Attempt, asked: usize, signer: usize): u32 {
  let p = changetype<usize>(a) + answersAt();
  for (let i: u32 = 0; i < a.answers; i++, p += ANSWER) {
    if (load<usize>(p) == asked && load<usize>(p, 4) == signer) return load<u32>(p, 8);
  }
  return 0;
}

/** The answer to what was asked for. */
export function checked(a: Attempt, good: bool): void {
  if (a.asked == 0 || a.answers == ANSWERS) return;
  const p = changetype<usize>(a) + answersAt() + ANSWER * <usize>a.answers;
  a.answers++;
  store<usize>(p, a.asked);
  store<usize>(p, a.signer, 4);
  store<u32>(p, good ? 1 : 2, 8);
  a.asked = 0;
}

/** Asks for the signature of a certificate. */
export function ask(a: Attempt, c: Certificate, signer: Certificate): Step {
  a.signed = c.tbs;
  a.signedLen = c.tbsLen;
  a.signature = c.signature;
  a.signatureLen = c.signatureLen;
  a.scheme = c.scheme;
  a.hash = c.hash;
  a.salt = c.salt;
  a.signer = changetype<usize>(signer);
  a.asked = changetype<usize>(c);
  a.askedCrl = false;
  return Step.CHECK;
}

/** Asks for the signature of a list. */
export function askCrl(a: Attempt, crl: Crl, signer: Certificate): Step {
  a.signed = crl.tbs;
  a.signedLen = crl.tbsLen;
  a.signature = crl.signature;
  a.signatureLen = crl.signatureLen;
  a.scheme = crl.scheme;
  a.hash = crl.hash;
  a.salt = crl.salt;
  a.signer = changetype<usize>(signer);
  a.asked = changetype<usize>(crl);
  a.askedCrl = true;
  return Step.CHECK;
}
