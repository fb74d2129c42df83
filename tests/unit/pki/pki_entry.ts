// Certificates by themselves for tests in Node (tests/support/primitives/pki.ts): everything is laid out in one arena, and taken anew
// after `reset`. Signatures are checked by who calls.
import * as attempts from "../../../assembly/pki/attempt";
import { Attempt } from "../../../assembly/pki/attempt";
import * as certificates from "../../../assembly/pki/certificate";
import { Certificate } from "../../../assembly/pki/certificate";
import * as crls from "../../../assembly/pki/crl";
import * as der from "../../../assembly/pki/der";
import { Crl } from "../../../assembly/pki/crl";
import * as identity from "../../../assembly/pki/identity";
import * as keyForms from "../../../assembly/pki/key_forms";
import * as names from "../../../assembly/pki/name";
import { PASSWORD_MAX } from "../../../assembly/pki/password";
import * as passwords from "../../../assembly/pki/password";
import * as path from "../../../assembly/pki/path";
import * as peerCertificate from "../../../assembly/pki/peer_certificate";
import * as pem from "../../../assembly/pki/pem";
import * as pkcs12 from "../../../assembly/pki/pkcs12";
import * as pkcs7 from "../../../assembly/pki/pkcs7";
import * as privateKey from "../../../assembly/pki/private_key";
import * as refusals from "../../../assembly/pki/refusal";
import * as x509 from "../../../assembly/pki/x509";
import { Drop } from "../../../assembly/util/status";
import { Text } from "../../../assembly/util/text";
import * as dhcpWire from "../../../assembly/wire/dhcp";

const ARENA: u32 = 4194304;
const arena: usize = heap.alloc(ARENA);
const anchors: usize = heap.alloc(4 * 64);
const lists: usize = heap.alloc(4 * 512);
const policies: usize = heap.alloc(16 * 8);
const attempt: Attempt = changetype<Attempt>(heap.alloc(attempts.size()));
const text: Text = new Text(1024);
const own: usize = heap.alloc(offsetof<refusals.Refusal>());
let top: usize = arena;
peerCertificate.init();
let part: u32 = 0;

/** Forgets everything. */
export function reset(): void {
  top = arena;
}

/** Where the arena is filled to; `release` gives back what was taken since. */
export function mark(): usize {
  return top;
}
export function release(p: usize): void {
  top = p;
}

/** Room for octets, aligned to 8; 0: none is left. */
export function room(len: u32): usize {
  const p = top;
  if (p + len + 8 > arena + ARENA) return 0;
  top = (p + len + 7) & ~7;
  return p;
}

/** Parses a certificate; its record, or 0 and `malformed` says why. */
export function certificate(p: usize, len: u32): usize {
  const c = room(<u32>certificates.size());
  if (!c) return 0;
  part = x509.parse(changetype<Certificate>(c), p, len);
  return part == 0 ? c : 0;
}

export function crl(p: usize, len: u32): usize {
  const c = room(<u32>crls.size());
  if (!c) return 0;
  part = crls.parse(changetype<Crl>(c), p, len);
  return part == 0 ? c : 0;
}

export function malformed(): u32 {
  return part;
}

// What a certificate says.
export function notBefore(c: usize): u64 { return changetype<Certificate>(c).notBefore; }
export function notAfter(c: usize): u64 { return changetype<Certificate>(c).notAfter; }
export function keyKind(c: usize): u32 { return changetype<Certificate>(c).key; }
export function keyBits(c: usize): u32 { return changetype<Certificate>(c).keyBits; }
export function usage(c: usize): u32 { return changetype<Certificate>(c).hasUsage ? changetype<Certificate>(c).usage : 0xffff; }
export function purposes(c: usize): u32 { return changetype<Certificate>(c).purposes; }
export function isCa(c: usize): bool { return changetype<Certificate>(c).isCa; }
export function pathLength(c: usize): i32 { return changetype<Certificate>(c).pathLength; }
export function version(c: usize): u32 { return changetype<Certificate>(c).version; }
export function keyIs(c: usize): usize { return changetype<Certificate>(c).spki; }
export function keyLen(c: usize): u32 { return changetype<Certificate>(c).spkiLen; }
export function subjectAt(c: usize): usize { return changetype<Certificate>(c).subject; }
export function subjectLen(c: usize): u32 { return changetype<Certificate>(c).subjectLen; }

// An attempt.
export function begin(leaf: usize): void {
  attempts.begin(attempt, changetype<Certificate>(leaf));
  attempt.anchors = anchors;
  attempt.crls = lists;
  attempt.policies = policies;
}
export function add(c: usize): bool { return attempts.add(attempt, changetype<Certificate>(c)); }
export function anchor(c: usize): void { store<usize>(anchors + 4 * attempt.anchorCount++, c); }
export function list(c: usize): void { store<usize>(lists + 4 * attempt.crlCount++, c); }
export function policy(p: usize, len: u32): void {
  const at = policies + 16 * attempt.policyCount++;
  store<usize>(at, p);
  store<u32>(at, len, 8);
}
export function settings(now: u64, mode: u32, sha1: bool, usage: u32, purposes: u32, schemes: u32, rsaBits: u32): void {
  attempt.now = now;
  attempt.crlMode = mode;
  attempt.sha1 = sha1;
  attempt.usage = usage;
  attempt.purposes = purposes;
  attempt.schemes = schemes;
  attempt.rsaBits = rsaBits;
}
export function policySettings(explicitPolicy: bool, inhibitMapping: bool, inhibitAnyPolicy: bool): void {
  attempt.explicitPolicy = explicitPolicy;
  attempt.inhibitMapping = inhibitMapping;
  attempt.inhibitAnyPolicy = inhibitAnyPolicy;
}
export function step(): u32 { return path.step(attempt); }
export function checked(good: bool): void { attempts.checked(attempt, good); }
export function signed(): usize { return attempt.signed; }
export function signedLen(): u32 { return attempt.signedLen; }
export function signature(): usize { return attempt.signature; }
export function signatureLen(): u32 { return attempt.signatureLen; }
export function signer(): usize { return attempt.signer; }
export function scheme(): u32 { return attempt.scheme; }
export function hash(): u32 { return attempt.hash; }
export function salt(): u32 { return attempt.salt; }
export function warnings(): u32 { return attempt.warnings; }
export function pathIs(): u32 { return attempt.length; }
export function checks(): u32 { return attempt.checks; }
export function crlChecks(): u32 { return attempt.crlChecks; }
export function rule(): u32 { return attempts.refusal(attempt).rule; }
export function refused(): usize { return attempts.refusal(attempt).certificate; }

// Text; `textAt` and the length returned.
export function textAt(): usize { return text.base; }
export function sentence(): u32 {
  refusals.write(text.clear(), attempts.refusal(attempt));
  return text.len;
}
export function subject(c: usize): u32 {
  names.write(text.clear(), changetype<Certificate>(c).subject, changetype<Certificate>(c).subjectLen, 512);
  return text.len;
}
export function writeNames(c: usize): u32 {
  identity.writeAll(text.clear(), changetype<Certificate>(c));
  return text.len;
}
/** The sentence about an identity that a certificate lacks. */
export function identitySentence(c: usize, type: u32, p: usize, len: u32): u32 {
  refusals.lacks(changetype<refusals.Refusal>(own), changetype<Certificate>(c), type, p, len);
  refusals.write(text.clear(), changetype<refusals.Refusal>(own));
  return text.len;
}
export function malformedSentence(why: u32): u32 {
  refusals.malformed(changetype<refusals.Refusal>(own), 0, why);
  refusals.write(text.clear(), changetype<refusals.Refusal>(own));
  return text.len;
}
export function sizes(): u32 {
  return (<u32>certificates.size() << 16) | <u32>attempts.size();
}
export function bears(c: usize, type: u32, p: usize, len: u32, wildcards: bool): bool {
  return identity.bears(changetype<Certificate>(c), type, p, len, wildcards);
}
/** Whether two Names are the same, after both were found well made; 2: one is not. */
export function sameName(a: usize, aLen: u32, b: usize, bLen: u32): u32 {
  if (!names.check(a, aLen) || !names.check(b, bLen)) return 2;
  return names.equal(a, aLen, b, bLen) ? 1 : 0;
}
export function heapTop(): usize { return heap.alloc(0); }

// Everything else that people paste, for tests/fuzz/parsers.ts. True: it is one.

const password: usize = heap.alloc(PASSWORD_MAX);

/** Where octets are to be laid that end with the memory: who reads beyond them traps. */
export function lastOctets(len: u32): usize {
  return (<usize>memory.size() << 16) - len;
}

function setPassword(): u32 {
  for (let i: i32 = 0; i < 9; i++) store<u8>(password + i, "swordfish".charCodeAt(i));
  return 9;
}

/** Certificates of a PKCS#7: each is parsed. */
export function wrapped(p: usize, len: u32): bool {
  if (!pkcs7.open(p, len)) return false;
  for (let at = pkcs7.certificates, end = pkcs7.certificatesEnd; at < end;) {
    if (!der.expect(at, end, der.Tag.SEQUENCE)) return false;
    const next = der.next;
    certificate(at, <u32>(next - at));
    at = next;
  }
  if (pkcs7.crl) crl(pkcs7.crl, pkcs7.crlLen);
  return true;
}

/** Derives what is asked for, to its end. False: nothing is. */
function derived(): bool {
  if (!passwords.deriving) return false;
  while (!passwords.step()) {}
  return true;
}

/** A PKCS#12 under "swordfish", read again behind each derivation, as the console does. */
export function container(p: usize, len: u32): bool {
  passwords.forget();
  let fault: string;
  do fault = pkcs12.open(p, len, password, setPassword()); while (derived());
  if (fault.length) return false;
  for (let i: u32 = 0; i < pkcs12.certificates; i++) certificate(pkcs12.certificateAt(i), pkcs12.certificateLenAt(i));
  return true;
}

/** A private key, encrypted under "swordfish" or not. */
export function key(p: usize, len: u32): bool {
  if (privateKey.splitEncrypted(p, len)) {
    const data = privateKey.encrypted;
    passwords.forget();
    let fault: string;
    do fault = passwords.open(privateKey.algorithm, privateKey.algorithmEnd, data, privateKey.encryptedLen, password, setPassword()); while (derived());
    if (fault.length) return false;
    return privateKey.parse(data, passwords.plainLen).length == 0;
  }
  return privateKey.parse(p, len).length == 0;
}

export function publicKey(p: usize, len: u32): bool {
  return keyForms.readInfo(p, len).length == 0;
}

export function dnsKey(p: usize, len: u32): bool {
  return keyForms.readRfc3110(p, len).length == 0;
}

/** A public key in letters, or the certificate that it is in: PEM, digits, or base64. */
export function keyText(p: usize, len: u32): bool {
  return peerCertificate.read(p, p + len).length == 0;
}

/** Blocks of PEM with anything around them: how many there are. */
export function blocks(p: usize, len: u32): u32 {
  const end = p + len;
  let n: u32 = 0;
  for (; pem.next(p, end); n++) p = pem.rest;
  return n;
}

/** A Name in DER: it is compared with another and written for people, if it is one. */
export function isName(p: usize, len: u32, other: usize, otherLen: u32): bool {
  if (!names.check(p, len)) return false;
  names.equal(p, len, other, otherLen);
  names.within(p, len, other, otherLen);
  names.write(text.clear(), p, len, 512);
  return true;
}

/** The same without asking whether it is one: what compares must come to an end whatever it is given. */
export function likeName(p: usize, len: u32, other: usize, otherLen: u32): bool {
  return names.equal(other, otherLen, p, len) || names.within(other, otherLen, p, len);
}

/** Reads a DHCP message, every option of it too. */
export function dhcp(p: usize, len: u32): bool {
  if (dhcpWire.check(p, len) != Drop.NONE) return false;
  let sum: u32 = dhcpWire.xid(p) ^ dhcpWire.flags(p) ^ dhcpWire.clientAddress(p) ^ dhcpWire.yourAddress(p) ^ dhcpWire.relay(p) ^ <u32>load<u8>(dhcpWire.hardware(p), 5);
  for (let code: u32 = 1; code < 255; code++) {
    const n = dhcpWire.option(code);
    // Octets that the message does not have were made up.
    if (n > len + 64 + 128) unreachable();
    for (let i: u32 = 0; i < n; i++) sum += <u32>load<u8>(dhcpWire.value + <usize>i);
  }
  return dhcpWire.type() != 0 || sum == 0;
}
export * from "../wire/answers_entry";
export * from "../net/datagrams_entry";
