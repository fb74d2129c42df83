/** `crypto pki certificate chain`: certificates and CRLs as the configuration holds them, in hexadecimal digits. */
import * as certificates from "../../pki/certificate";
import { Certificate, Part, partName } from "../../pki/certificate";
import * as crls from "../../pki/crl";
import { Crl } from "../../pki/crl";
import { BAD } from "../../pki/base64";
import { hexOctets } from "../../pki/key_forms";
import { Piece, Trustpoint } from "../../pki/store";
import * as store from "../../pki/store";
import * as x509 from "../../pki/x509";
import { assertThat } from "../../util/status";
import * as blob from "../blob";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as paste from "../paste";
import * as session from "../session";
import * as startup from "../startup";
import * as words from "../words";
import { find } from "./pki";

export function rows(): void {
  assertThat(certificates.size() <= RECORD && crls.size() <= 256, 802);
  row("c:crypto pki certificate chain WORD~", enter);
  row("h:certificate [ca|intermediate] WORD", certificate);
  row("h:(crl|delta-crl)", crl);
}

let piece: Piece = Piece.ANCHOR;
let isCrl: bool = false;
// A Certificate, or a Crl.
const record: usize = memory.data(512, 8);
const RECORD: usize = 512;
// A Crl that is compared with that.
const second: usize = memory.data(256, 8);

/** A record to parse a certificate into, for the time of one command. */
export function certificateRecord(): Certificate {
  return changetype<Certificate>(record);
}

export function crlRecord(): Crl {
  return changetype<Crl>(record);
}

function enter(no: bool): bool {
  const k = matcher.base + 4;
  const point = find(k);
  if (!point) return false;
  if (no) {
    store.clearCertificates(point);
    return true;
  }
  session.enter(Mode.CERTIFICATE_CHAIN, 0, words.word(k), words.wordLen(k));
  return true;
}

function current(): Trustpoint | null {
  const point = store.trustpoint(session.subjectName, session.subjectNameLen);
  if (!point) refused("This trustpoint is gone.");
  return point;
}

function certificate(no: bool): bool {
  const k = matcher.base + 1;
  isCrl = false;
  piece = matcher.argCount() == k + 1 ? Piece.OWN : matcher.isKeyword(k, "ca") ? Piece.ANCHOR : Piece.INTERMEDIATE;
  if (!current()) return false;
  paste.begin(pasted, false);
  return true;
}

function crl(no: bool): bool {
  isCrl = true;
  if (!current()) return false;
  paste.begin(pasted, false);
  return true;
}

function pasted(): bool {
  const n = hexOctets(paste.text, <u32>(paste.end - paste.text));
  const good = n != BAD && (isCrl ? takeCrl(paste.text, n) : takeCertificate(paste.text, n));
  const point = good ? current() : null;
  const stored = point != null && (isCrl ? putCrl(point) : put(point, piece, paste.text, n));
  paste.wipe();
  if (n == BAD) return refused("These are no pairs of hexadecimal digits.");
  if (!stored && startup.applying) startup.showLine();
  return stored;
}

/** Whether it is a certificate that can be used; else says why not. The record holds it. */
export function takeCertificate(p: usize, len: u32): bool {
  const wrong = x509.parse(certificateRecord(), p, len);
  if (wrong == Part.NONE) return true;
  refuse("This is no certificate that can be used: its ").put(partName(wrong)).put(" is malformed.");
  nl();
  return false;
}

/** The same of a CRL. */
export function takeCrl(p: usize, len: u32): bool {
  const wrong = crls.parse(crlRecord(), p, len);
  if (wrong == Part.NONE) return true;
  refuse("This is no CRL that can be used: its ").put(partName(wrong)).put(" is malformed.");
  nl();
  return false;
}

/** Keeps a piece; else says that there is no room. */
export function put(point: Trustpoint, which: Piece, p: usize, len: u32): bool {
  return store.setPiece(point, which, p, len) || noRoom();
}

function noRoom(): bool {
  return refused("There is no room for this: keys, certificates and CRLs share the memory; nothing was stored.");
}

/** Keeps the CRL that the record holds, in place of the one there is of the same issuer, key and scope; else says that there is no room. */
export function putCrl(point: Trustpoint): bool {
  const crl = crlRecord();
  return store.setCrl(point, placeOf(point, crl), crl.der, crl.derLen) || noRoom();
}

/** The number of the trustpoint's CRL that this one takes the place of; behind the last if there is none. */
function placeOf(point: Trustpoint, crl: Crl): u32 {
  const other = changetype<Crl>(second);
  for (let i: u32 = 0; i < point.crls; i++) {
    if (crls.parse(other, point.crlAt(i), point.crlLenAt(i)) != Part.NONE || other.isDelta != crl.isDelta) continue;
    if (crls.sameSource(other, crl)) return i;
  }
  return point.crls;
}

/** Whether a trustpoint has the complete CRL that the record's delta belongs to. */
export function hasBase(point: Trustpoint): bool {
  const other = changetype<Crl>(second);
  for (let i: u32 = 0; i < point.crls; i++) {
    if (crls.parse(other, point.crlAt(i), point.crlLenAt(i)) == Part.NONE && !other.isDelta && crls.sameSource(other, crlRecord())) return true;
  }
  return false;
}

function writeCertificate(words: string, der: usize, len: u32): void {
  if (!der) return;
  x509.parse(certificateRecord(), der, len);
  out.put(" certificate ").put(words).hexBytes(certificateRecord().serial, certificateRecord().serialLen);
  nl();
  blob.hex(der, len, 2);
}

function writeCrl(der: usize, len: u32): void {
  crls.parse(crlRecord(), der, len);
  out.put(crlRecord().isDelta ? " delta-crl" : " crl");
  nl();
  blob.hex(der, len, 2);
}

export function write(): void {
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (!point || (!point.anchor && !point.own && !point.crls)) continue;
    out.put("crypto pki certificate chain ").ascii(point.name, point.nameLen);
    nl();
    writeCertificate("", point.own, point.ownLen);
    for (let k: u32 = 0; k < point.intermediates; k++) writeCertificate("intermediate ", point.intermediateAt(k), point.intermediateLenAt(k));
    writeCertificate("ca ", point.anchor, point.anchorLen);
    for (let k: u32 = 0; k < point.crls; k++) writeCrl(point.crlAt(k), point.crlLenAt(k));
    say("!");
  }
}
