/** `crypto pki certificate chain`: certificates and CRLs as the configuration holds them, in hexadecimal digits. */
import * as certificates from "../../pki/certificate";
import { Certificate, Part, partName } from "../../pki/certificate";
import * as crls from "../../pki/crl";
import { Crl } from "../../pki/crl";
import { BAD } from "../../pki/base64";
import { hexOctets } from "../../pki/public_key";
import { Piece, Trustpoint } from "../../pki/store";
import * as store from "../../pki/store";
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
  row("c:crypto pki certificate chain WORD~", enter);
  row("h:certificate [ca|intermediate] WORD", certificate);
  row("h:(crl|delta-crl)", crl);
}

let piece: Piece = Piece.ANCHOR;
// A Certificate and a Crl with room to spare: their sizes are checked at start.
const record: usize = memory.data(512, 8);

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
  piece = matcher.argCount() == k + 1 ? Piece.OWN : matcher.isKeyword(k, "ca") ? Piece.ANCHOR : Piece.INTERMEDIATE;
  if (!current()) return false;
  paste.begin(pasted, false);
  return true;
}

function crl(no: bool): bool {
  piece = matcher.isKeyword(matcher.base, "crl") ? Piece.CRL : Piece.DELTA_CRL;
  if (!current()) return false;
  paste.begin(pasted, false);
  return true;
}

function pasted(): bool {
  const n = hexOctets(paste.text, <u32>(paste.end - paste.text));
  const good = n != BAD && (piece == Piece.CRL || piece == Piece.DELTA_CRL ? takeCrl(paste.text, n) : takeCertificate(paste.text, n));
  const point = good ? current() : null;
  const stored = point != null && put(point, piece, paste.text, n);
  paste.wipe();
  if (n == BAD) return refused("These are no pairs of hexadecimal digits.");
  if (!stored && startup.applying) startup.showLine();
  return stored;
}

/** Whether it is a certificate that can be used; else says why not. The record holds it. */
export function takeCertificate(p: usize, len: u32): bool {
  const wrong = certificates.parse(certificateRecord(), p, len);
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
  if (store.setPiece(point, which, p, len)) return true;
  return refused("There is no room for this: keys, certificates and CRLs share the memory; nothing was stored.");
}

function writeCertificate(words: string, der: usize, len: u32): void {
  if (!der) return;
  certificates.parse(certificateRecord(), der, len);
  out.put(" certificate ").put(words).hexBytes(certificateRecord().serial, certificateRecord().serialLen);
  nl();
  blob.hex(der, len, 2);
}

function writeCrl(word: string, der: usize, len: u32): void {
  if (!der) return;
  out.char(32).put(word);
  nl();
  blob.hex(der, len, 2);
}

export function write(): void {
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (!point || (!point.anchor && !point.own && !point.crl)) continue;
    out.put("crypto pki certificate chain ").ascii(point.name, point.nameLen);
    nl();
    writeCertificate("", point.own, point.ownLen);
    for (let k: u32 = 0; k < point.intermediates; k++) writeCertificate("intermediate ", point.intermediateAt(k), point.intermediateLenAt(k));
    writeCertificate("ca ", point.anchor, point.anchorLen);
    writeCrl("crl", point.crl, point.crlLen);
    writeCrl("delta-crl", point.deltaCrl, point.deltaCrlLen);
    say("!");
  }
}
