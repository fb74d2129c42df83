/**
 * What is exchanged with a certification authority over the terminal: its certificate (`authenticate`), our request (`enroll`), our certificate
 * and others' containers (`import`), CRLs; and `export`. What is pasted and can't be used is refused in one sentence, and nothing
 * is stored.
 */
import { Certificate, KeyKind } from "../../pki/certificate";
import * as der from "../../pki/der";
import * as fingerprint from "../../pki/fingerprint";
import * as keyWork from "../../pki/key_work";
import { Work } from "../../pki/key_work";
import * as names from "../../pki/name";
import * as base64 from "../../pki/base64";
import * as password from "../../pki/password";
import * as pem from "../../pki/pem";
import { Label } from "../../pki/pem";
import * as pkcs12 from "../../pki/pkcs12";
import * as pkcs7 from "../../pki/pkcs7";
import * as privateKey from "../../pki/private_key";
import * as request from "../../pki/request";
import { keyFault } from "../../pki/signer";
import { KeyPair, KeyUse, PairKind, Piece, Trustpoint } from "../../pki/store";
import * as store from "../../pki/store";
import * as writer from "../../pki/der_writer";
import * as time from "../../pki/time";
import * as clock from "../../util/clock";
import * as blob from "../blob";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as paste from "../paste";
import * as session from "../session";
import * as words from "../words";
import * as work from "../work";
import { forgetPassword, keepAs, passwordAt, passwordLength, readKey, readOn, refuseKey, sayDeriving, takePassword, writePem } from "./crypto_key";
import { find } from "./pki";
import { certificateRecord, crlRecord, hasBase, put, putCrl, takeCertificate, takeCrl } from "./pki_chain";

export function rows(): void {
  row("c:crypto pki authenticate WORD", authenticate);
  row("c:crypto pki enroll WORD", enroll);
  row("c:crypto pki import WORD certificate", importCertificate);
  row("c:crypto pki import WORD pem [exportable] terminal [WORD]", importPem);
  row("c:crypto pki import WORD pkcs12 [exportable] terminal WORD", importPkcs12);
  row("c:crypto pki export WORD pem terminal [aes WORD]", exportPem);
  row("c:crypto pki crl import WORD", importCrl);
}

/** The trustpoint that the command under way is about. */
const name: usize = memory.data(32, 4);
let nameLen: u32 = 0;
let exportable: bool = false;

/** Takes the trustpoint at word `k`. */
function take(k: u32): Trustpoint | null {
  const point = find(k);
  if (!point) return null;
  nameLen = point.nameLen;
  memory.copy(name, point.name, <usize>nameLen);
  return point;
}

function current(): Trustpoint | null {
  const point = store.trustpoint(name, nameLen);
  if (!point) refused("This trustpoint is gone.");
  return point;
}

function fail(): bool {
  paste.wipe();
  forgetPassword();
  privateKey.forget();
  return false;
}

function invite(what: string): void {
  out.put("Enter ").put(what).char(46);
  nl();
  say("End with a blank line or \"quit\" on a line by itself.");
  nl();
}

/**
 * The certificates of the text gathered between two addresses: PEM blocks, a PKCS#7 in one, or base64 without any. They are put in a list as
 * address and length; how many, 0: none, and why has been said.
 */
const LIST_MAX: u32 = 8;
const list: usize = memory.data(128, 8);
let listed: u32 = 0;

@unmanaged
class Listed {
  at: usize;
  len: u32;
  // Sixteen octets each.
  spare: u32;
  more: u32;
}

// @ts-ignore: decorator
@inline
function slot(i: u32): Listed {
  return changetype<Listed>(list + <usize>(i << 4));
}

// @ts-ignore: decorator
@inline
function listAt(i: u32): usize {
  return slot(i).at;
}

// @ts-ignore: decorator
@inline
function listLen(i: u32): u32 {
  return slot(i).len;
}

function add(p: usize, len: u32): bool {
  if (!takeCertificate(p, len)) return false;
  const c = certificateRecord();
  const fault = keyFault(c);
  if (fault.length) {
    refuse("The certificate's key can't be used: ").put(fault).char(46);
    nl();
    return false;
  }
  if (listed == LIST_MAX) return refused("More than 8 certificates came at once.");
  slot(listed).at = p;
  slot(listed).len = len;
  listed++;
  return true;
}

function gather(from: usize, end: usize): u32 {
  listed = 0;
  if (!pem.begins(from, end)) {
    const n = base64.decode(from, <u32>(end - from), from);
    if (n == base64.BAD || n == 0) {
      refused("This is neither PEM nor base64 of a certificate.");
      return 0;
    }
    return add(from, n) ? listed : 0;
  }
  let p = from;
  for (; pem.next(p, end); p = pem.rest) {
    const rest = pem.rest;
    if (pem.label == Label.CERTIFICATE) {
      if (!add(pem.der, pem.derLen)) return 0;
    } else if (pem.label == Label.PKCS7) {
      if (!pkcs7.open(pem.der, pem.derLen)) {
        refused("This is no PKCS#7 that holds certificates.");
        return 0;
      }
      const last = pkcs7.certificatesEnd;
      for (let q = pkcs7.certificates; q < last;) {
        if (!der.read(q, last)) break;
        const after = der.next;
        if (!add(q, <u32>(after - q))) return 0;
        q = after;
      }
    }
    if (pem.rest != rest) break;
  }
  if (pem.fault.length) {
    refuse("This can't be used: ").put(pem.fault).char(46);
    nl();
    return 0;
  }
  if (!listed) refused("There is no certificate in this.");
  return listed;
}

// The authority's certificate

function authenticate(no: bool): bool {
  const point = take(matcher.base + 3);
  if (!point) return false;
  if (point.anchor) return refused("This trustpoint has its certificate: say `no crypto pki certificate chain` first.");
  out.clear();
  nl();
  invite("the base 64 encoded CA certificate");
  paste.begin(authority, true);
  return true;
}

function authority(): bool {
  if (!gather(paste.text, paste.end)) return fail();
  if (listed > 1) {
    refused("One certificate is wanted here, that of the authority; intermediates come with `crypto pki import`.");
    return fail();
  }
  if (!mayIssue(listAt(0), listLen(0))) return fail();
  say("Certificate has the following attributes:");
  fingerprint.writeSha256(out.put("  Fingerprint SHA256: "), listAt(0), listLen(0));
  nl();
  fingerprint.writeSha1(out.put("  Fingerprint SHA1:   "), listAt(0), listLen(0));
  nl();
  putName("  Subject:            ", certificateRecord().subject, certificateRecord().subjectLen);
  nl();
  paste.ask("% Do you accept this certificate? [yes/no]: ", accepted);
  return true;
}

function putName(before: string, p: usize, len: u32): void {
  out.put(before);
  names.write(out, p, len, 400);
  nl();
}

/** Whether a certificate is an authority's; else says so. The record holds it. */
function mayIssue(p: usize, len: u32): bool {
  if (!takeCertificate(p, len)) return false;
  if (certificateRecord().isCa) return true;
  return refused("This is no certificate of an authority: it is not marked as one (basicConstraints).");
}

function accepted(): bool {
  const point = current();
  const good = point != null && put(point, Piece.ANCHOR, listAt(0), listLen(0));
  fail();
  if (!good) return false;
  say("Trustpoint CA certificate accepted.");
  say("% Certificate successfully imported");
  if (point) warnDates(point, point.anchor, point.anchorLen);
  return true;
}

/** What is said of the dates and the key of a certificate that was just taken; it is kept all the same. */
function warnDates(point: Trustpoint, p: usize, len: u32): void {
  const now = clock.wall();
  if (p && takeCertificate(p, len) && (certificateRecord().key == KeyKind.RSA || certificateRecord().key == KeyKind.RSA_PSS) && certificateRecord().keyBits < 2048) {
    refuse("Warning: the certificate's RSA key of ").u32(certificateRecord().keyBits).put(" bits is weak.");
    nl();
  }
  if (now == 0) {
    if (point.noTimeCheck) return;
    refuse("Warning: the clock is not set, so that dates can't be checked: nobody is accepted until `clock set`, or `time-check none`.");
    nl();
    return;
  }
  if (!p || !takeCertificate(p, len)) return;
  const c = certificateRecord();
  if (now <= c.notAfter && now >= c.notBefore) return;
  time.write(refuse(now > c.notAfter ? "Warning: the certificate has expired: " : "Warning: the certificate is not valid yet: "), now > c.notAfter ? c.notAfter : c.notBefore);
  out.char(46);
  nl();
}

// Our request

/** What is to be signed, and then the whole request. */
const BOX: u32 = 6144;
const box: usize = memory.data(6144, 8);
let body: usize = 0;
let bodyLen: u32 = 0;
const label: usize = memory.data(32, 4);
let labelLen: u32 = 0;
let ofCurve: bool = false;
let use: KeyUse = KeyUse.GENERAL;

function enroll(no: bool): bool {
  const point = take(matcher.base + 3);
  if (!point) return false;
  let pair = store.pairOfTrustpoint(point, KeyUse.SIGNATURE);
  if (!pair && !point.pairLen) pair = store.firstPair(false, KeyUse.SIGNATURE);
  if (!pair) return refused("There is no key to ask a certificate for: `crypto key generate` makes one, `rsakeypair` or `eckeypair` names it.");
  out.clear();
  if (!point.subjectLen) {
    out.put("CN=");
    session.putHostname(out);
  } else out.ascii(point.subject, point.subjectLen);
  writer.begin(box, BOX);
  const fault = request.writeBody(point, pair, out.base, out.len);
  out.clear();
  if (fault.length) {
    refuse("The subject-name can't be used: ").put(fault).char(46);
    nl();
    return false;
  }
  body = writer.at;
  bodyLen = <u32>(box + BOX - body);
  labelLen = pair.labelLen;
  memory.copy(label, pair.label, <usize>labelLen);
  ofCurve = pair.kind != PairKind.RSA;
  use = pair.use;
  keyWork.sign(pair, body, bodyLen);
  work.begin(signed, keyWork.abort);
  return true;
}

/** The whole request is put together apart from its body. */
const whole: usize = memory.data(8192, 8);
const WHOLE: u32 = 8192;

function signed(): bool {
  const state = keyWork.step();
  if (state == Work.RUNNING) return false;
  const pair = store.pairOf(label, labelLen, ofCurve, use);
  if (state == Work.FAILED || !pair) {
    refused("The request could not be signed.");
    return true;
  }
  writer.begin(whole, WHOLE);
  if (!request.writeWhole(pair, body, bodyLen, keyWork.signature, keyWork.signatureLen)) {
    refused("The request is too long.");
    return true;
  }
  say("Certificate Request follows:");
  nl();
  blob.pem("CERTIFICATE REQUEST", writer.at, <u32>(whole + WHOLE - writer.at));
  nl();
  say("---End - This line not part of the certificate request---");
  return true;
}

// Our certificate

/** Whether a certificate bears a pair's key. */
function bears(c: Certificate, pair: KeyPair): bool {
  if (pair.kind == PairKind.RSA) return c.key == KeyKind.RSA && privateKey.isRsa(pair.secret, c.modulus, c.modulusLen, c.exponent, c.exponentLen);
  return c.key == KeyKind.EC && c.pointLen < pair.spkiLen && memory.compare(pair.spki + pair.spkiLen - c.pointLen, c.point, <usize>c.pointLen) == 0;
}

/** The pair that a certificate is of: of the trustpoint where it names one, else any. */
function pairOf(point: Trustpoint, c: Certificate): KeyPair | null {
  for (let i: u32 = 0; i < store.pairSlots(); i++) {
    const pair = store.pairAt(i);
    if (!pair || !bears(c, pair)) continue;
    if (!point.pairLen) return pair;
    if (pair.labelLen == point.pairLen && (pair.kind != PairKind.RSA) == point.pairIsEc && memory.compare(pair.label, point.pairLabel, <usize>point.pairLen) == 0) return pair;
  }
  return null;
}

function importCertificate(no: bool): bool {
  const point = take(matcher.base + 3);
  if (!point) return false;
  if (!point.anchor) return refused("This trustpoint has no certificate of its authority yet: `crypto pki authenticate` comes first.");
  out.clear();
  nl();
  invite("the base 64 encoded certificate");
  paste.begin(certificate, true);
  return true;
}

function certificate(): bool {
  const point = current();
  if (!point || !gather(paste.text, paste.end)) return fail();
  for (let i: u32 = 0; i < listed; i++) {
    takeCertificate(listAt(i), listLen(i));
    const pair = pairOf(point, certificateRecord());
    if (!pair) continue;
    if (!keepChain(point, i)) return fail();
    store.setPairLabel(point, pair.label, pair.labelLen, pair.kind != PairKind.RSA);
    fail();
    say("% Router Certificate successfully imported");
    warnDates(point, point.own, point.ownLen);
    return true;
  }
  // Intermediates may come by themselves.
  if (point.own) {
    for (let i: u32 = 0; i < listed; i++) if (!mayIssue(listAt(i), listLen(i))) return fail();
    for (let i: u32 = 0; i < listed; i++) if (!put(point, Piece.INTERMEDIATE, listAt(i), listLen(i))) return fail();
    fail();
    say("% Certificate successfully imported");
    return true;
  }
  refused("The certificate is not of any key here: its public key is another one.");
  return fail();
}

/**
 * Keeps number `own` of the list as our certificate, and the others, as far as they are authorities and not the anchor, as intermediates.
 * False: one can't be used, and nothing has been stored.
 */
function keepChain(point: Trustpoint, own: u32): bool {
  for (let i: u32 = 0; i < listed; i++) if (i != own && !mayIssue(listAt(i), listLen(i))) return false;
  takeCertificate(listAt(own), listLen(own));
  if (!hasIssuer(point)) return false;
  const before = point.intermediates;
  for (let i: u32 = 0; i < listed; i++) {
    if (i == own || isAnchor(point, i)) continue;
    if (put(point, Piece.INTERMEDIATE, listAt(i), listLen(i))) continue;
    store.dropIntermediates(point, before);
    return false;
  }
  if (put(point, Piece.OWN, listAt(own), listLen(own))) return true;
  store.dropIntermediates(point, before);
  return false;
}

function isAnchor(point: Trustpoint, i: u32): bool {
  return point.anchorLen == listLen(i) && memory.compare(point.anchor, listAt(i), <usize>point.anchorLen) == 0;
}

/** Copies of the issuer's name while other certificates are looked at. */
let issuer: usize = 0;
let issuerLen: u32 = 0;

function issuedBy(p: usize, len: u32): bool {
  return p != 0 && takeCertificate(p, len) && names.equal(certificateRecord().subject, certificateRecord().subjectLen, issuer, issuerLen);
}

/** Whether who issued the certificate in the record is the anchor, or among intermediates; else says so. */
function hasIssuer(point: Trustpoint): bool {
  issuer = certificateRecord().issuer;
  issuerLen = certificateRecord().issuerLen;
  if (issuedBy(point.anchor, point.anchorLen)) return true;
  for (let i: u32 = 0; i < point.intermediates; i++) if (issuedBy(point.intermediateAt(i), point.intermediateLenAt(i))) return true;
  for (let i: u32 = 0; i < listed; i++) if (issuedBy(listAt(i), listLen(i))) return true;
  refuse("The certificate was issued by ");
  names.write(out, issuer, issuerLen, 300);
  out.put(", which is neither this trustpoint's authority nor came along.");
  nl();
  return false;
}

// Containers: the authority's certificate, ours and its key at once

function importPem(no: bool): bool {
  const k = matcher.base + 3;
  const point = take(k);
  if (!point) return false;
  exportable = matcher.find("exportable", k + 1) != 0xffffffff;
  if (!takePassword(matcher.find("terminal", k + 1) + 1)) return false;
  say("% Enter PEM-formatted CA certificate.");
  say("% End with a blank line or \"quit\" on a line by itself.");
  paste.begin(pemAuthority, true);
  return true;
}

/** Where each of the three parts begins. */
let authorityText: usize = 0;
let keyText: usize = 0;
let ownText: usize = 0;

function pemAuthority(): bool {
  authorityText = paste.text;
  say("% Enter PEM-formatted encrypted private key.");
  say("% End with \"quit\" on a line by itself.");
  paste.begin(pemKey, false, true);
  return true;
}

function pemKey(): bool {
  keyText = paste.text;
  say("% Enter PEM-formatted certificate.");
  say("% End with a blank line or \"quit\" on a line by itself.");
  paste.begin(pemOwn, true, true);
  return true;
}

function pemOwn(): bool {
  ownText = paste.text;
  const fault = readKey(keyText, ownText);
  if (!password.deriving) return pemRead(fault);
  sayDeriving();
  work.begin(pemDerive, dropped);
  return true;
}

function pemDerive(): bool {
  if (!password.step()) return false;
  const fault = readOn();
  if (password.deriving) return false;
  pemRead(fault);
  return true;
}

/** The key was read, or not. */
function pemRead(fault: string): bool {
  forgetPassword();
  password.forget();
  if (fault.length) {
    refuseKey(fault);
    return fail();
  }
  // The authority's first, then ours and whatever comes along.
  const n = gather(authorityText, keyText);
  if (!n) return fail();
  memory.copy(held, list, 128);
  if (!gather(ownText, paste.end)) return fail();
  for (let i: u32 = 0; i < n && listed < LIST_MAX; i++) memory.copy(list + <usize>(listed++ << 4), held + <usize>(i << 4), 16);
  return checkContainer();
}

const held: usize = memory.data(128, 8);

function importPkcs12(no: bool): bool {
  const k = matcher.base + 3;
  const point = take(k);
  if (!point) return false;
  exportable = matcher.find("exportable", k + 1) != 0xffffffff;
  if (!takePassword(matcher.find("terminal", k + 1) + 1)) return false;
  say("Enter the base 64 encoded pkcs12.");
  say("End with a blank line or \"quit\" on a line by itself:");
  paste.begin(pkcs12Pasted, true);
  return true;
}

/** The PKCS#12 in DER. */
let container: usize = 0;
let containerLen: u32 = 0;

function pkcs12Pasted(): bool {
  let p = paste.text;
  let n: u32;
  if (pem.begins(p, paste.end)) {
    n = pem.next(p, paste.end) && pem.label == Label.PKCS12 ? pem.derLen : base64.BAD;
    p = pem.der;
  } else n = base64.decode(p, <u32>(paste.end - p), p);
  if (n == base64.BAD || n == 0) {
    refused("This is neither PEM nor base64 of a PKCS#12.");
    return fail();
  }
  container = p;
  containerLen = n;
  password.forget();
  const fault = openContainer();
  if (!password.deriving) return containerOpen(fault);
  sayDeriving();
  work.begin(pkcs12Derive, dropped);
  return true;
}

function openContainer(): string {
  return pkcs12.open(container, containerLen, passwordAt(), passwordLength());
}

function pkcs12Derive(): bool {
  if (!password.step()) return false;
  const fault = openContainer();
  if (password.deriving) return false;
  containerOpen(fault);
  return true;
}

/** It was opened, or not. */
function containerOpen(fault: string): bool {
  forgetPassword();
  password.forget();
  if (fault.length) {
    refuse("The PKCS#12 can't be used: ").put(fault).char(46);
    nl();
    return fail();
  }
  listed = 0;
  for (let i: u32 = 0; i < pkcs12.certificates; i++) if (!add(pkcs12.certificateAt(i), pkcs12.certificateLenAt(i))) return fail();
  return checkContainer();
}

/** The list and the key are there: the key is looked at in slices. */
function checkContainer(): bool {
  const point = current();
  if (!point) return fail();
  if (store.pairOf(name, nameLen, privateKey.kind != PairKind.RSA, KeyUse.GENERAL)) {
    refuse("There is a key ").ascii(name, nameLen).put(" already: zeroize it first.");
    nl();
    return fail();
  }
  keyWork.check();
  work.begin(containerChecked, dropped);
  return true;
}

/** The operator has ended it: nothing of what was pasted stays anywhere. */
function dropped(): void {
  password.forget();
  keyWork.abort();
  fail();
}

function containerChecked(): bool {
  const state = keyWork.step();
  if (state == Work.RUNNING) return false;
  if (state == Work.FAILED) refuseKey("its private part does not belong to its public one");
  else if (keepContainer()) {
    say("% PEM files import succeeded.");
    const point = current();
    if (point) warnDates(point, point.own, point.ownLen);
  }
  fail();
  return true;
}

/** Keeps it all, or nothing. */
function keepContainer(): bool {
  const point = current();
  if (!point) return false;
  // The key first: which certificate is ours is told by it.
  const kind = privateKey.kind;
  const pair = keepAs(name, nameLen, KeyUse.GENERAL, exportable);
  if (!pair) return false;
  if (takeContainer(point, pair)) {
    store.setPairLabel(point, name, nameLen, kind != PairKind.RSA);
    return true;
  }
  store.removePair(pair);
  return false;
}

function takeContainer(point: Trustpoint, pair: KeyPair): bool {
  let own: u32 = 0xffffffff;
  let root: u32 = 0xffffffff;
  for (let i: u32 = 0; i < listed; i++) {
    takeCertificate(listAt(i), listLen(i));
    const c = certificateRecord();
    if (bears(c, pair)) own = i;
    else if (c.isCa && c.selfIssued) root = i;
  }
  if (own == 0xffffffff) return refused("No certificate of these is of the private key.");
  if (point.anchor == 0) {
    if (root == 0xffffffff) return refused("The authority's own certificate is not among these: authenticate the trustpoint first.");
    if (!put(point, Piece.ANCHOR, listAt(root), listLen(root))) return false;
    if (keepChain(point, own)) return true;
    store.clearCertificates(point);
    return false;
  }
  if (root != 0xffffffff && !isAnchor(point, root)) return refused("The authority's certificate is another one than this trustpoint's.");
  return keepChain(point, own);
}

// CRLs

function importCrl(no: bool): bool {
  const point = take(matcher.base + 4);
  if (!point) return false;
  if (!point.anchor) return refused("This trustpoint has no certificate of its authority yet: `crypto pki authenticate` comes first.");
  invite("the base 64 encoded CRL");
  paste.begin(crlPasted, true);
  return true;
}

function crlPasted(): bool {
  const point = current();
  if (!point) return fail();
  let p = paste.text;
  let n: u32;
  if (pem.begins(p, paste.end)) {
    n = pem.next(p, paste.end) && pem.label == Label.CRL ? pem.derLen : base64.BAD;
    p = pem.der;
  } else n = base64.decode(p, <u32>(paste.end - p), p);
  if (n == base64.BAD || n == 0) {
    refused("This is neither PEM nor base64 of a CRL.");
    return fail();
  }
  if (!takeCrl(p, n)) return fail();
  issuer = crlRecord().issuer;
  issuerLen = crlRecord().issuerLen;
  if (!crlRecord().indirect && !knownIssuer(point)) {
    refuse("The CRL is of ");
    names.write(out, issuer, issuerLen, 300);
    out.put(", which is no authority of this trustpoint.");
    nl();
    return fail();
  }
  // The record has held certificates meanwhile.
  takeCrl(p, n);
  if (crlRecord().isDelta && !hasBase(point)) {
    refused("This is a delta CRL, and there is no CRL that it could be added to.");
    return fail();
  }
  const good = putCrl(point);
  fail();
  if (good) say("% CRL successfully imported");
  return good;
}

function knownIssuer(point: Trustpoint): bool {
  if (issuedBy(point.anchor, point.anchorLen)) return true;
  for (let i: u32 = 0; i < point.intermediates; i++) if (issuedBy(point.intermediateAt(i), point.intermediateLenAt(i))) return true;
  return false;
}

// Export

function exportPem(no: bool): bool {
  const k = matcher.base + 3;
  const point = take(k);
  if (!point) return false;
  if (!point.anchor) return refused("This trustpoint has no certificates.");
  const aes = matcher.find("aes", k + 1);
  const pair = store.pairOfTrustpoint(point, KeyUse.GENERAL);
  if (aes != 0xffffffff && !pair) return refused("This trustpoint has no key.");
  if (aes != 0xffffffff && pair && !pair.exportable) return refused("The key is not exportable.");
  say("% CA certificate:");
  blob.pem("CERTIFICATE", point.anchor, point.anchorLen);
  if (aes != 0xffffffff && pair) {
    nl();
    say("% Key:");
    if (!writePem(pair, aes + 1)) return false;
  }
  if (point.own) {
    nl();
    say("% Certificate:");
    blob.pem("CERTIFICATE", point.own, point.ownLen);
    for (let i: u32 = 0; i < point.intermediates; i++) blob.pem("CERTIFICATE", point.intermediateAt(i), point.intermediateLenAt(i));
  }
  return true;
}
