/** What of keys and certificates is shown: never anything of a private key. */
import { Certificate, KeyKind, Part, Usage } from "../../pki/certificate";
import { writeAlternative } from "../../pki/certificate_map";
import * as crls from "../../pki/crl";
import { Crl } from "../../pki/crl";
import * as der from "../../pki/der";
import * as fingerprint from "../../pki/fingerprint";
import * as names from "../../pki/name";
import { KeyUse, PairKind, Revocation, Trustpoint } from "../../pki/store";
import * as store from "../../pki/store";
import * as time from "../../pki/time";
import * as wrapping from "../../pki/wrapping";
import * as x509 from "../../pki/x509";
import * as clock from "../../util/clock";
import { find } from "../commands/pki";
import { certificateRecord, crlRecord } from "../commands/pki_chain";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, say } from "../output";

export function rows(): void {
  row("ue:show crypto key mypubkey (rsa|ec|all)", mypubkey);
  row("ue:show crypto pki certificates [WORD]", showCertificates);
  row("ue:show crypto pki trustpoints [WORD]", showTrustpoints);
  row("ue:show crypto pki crls", showCrls);
}

function mypubkey(no: bool): bool {
  const k = matcher.base + 4;
  const rsa = !matcher.isKeyword(k, "ec");
  const ec = !matcher.isKeyword(k, "rsa");
  for (let i: u32 = 0; i < store.pairSlots(); i++) {
    const pair = store.pairAt(i);
    if (!pair || !(pair.kind == PairKind.RSA ? rsa : ec)) continue;
    out.put("Key name: ").ascii(pair.label, pair.labelLen);
    nl();
    out.put(" Key type: ").put(pair.kind == PairKind.RSA ? "RSA" : "EC").put(" KEYS, ").u32(pair.bits).put(" bits");
    nl();
    out.put(" Storage: ").put(wrapping.present() ? "wrapped in NVRAM with the configuration" : "lost at the next start, the host gives no device key");
    nl();
    out.put(" Usage: ").put(pair.use == KeyUse.GENERAL ? "General Purpose Key" : pair.use == KeyUse.SIGNATURE ? "Signature Key" : "Encryption Key");
    nl();
    out.put(" Key is ").put(pair.exportable ? "exportable." : "not exportable.");
    nl();
    say(" Key Data:");
    for (let at: u32 = 0; at < pair.spkiLen; at += 32) {
      out.put(" ");
      for (let j = at; j < pair.spkiLen && j < at + 32; j += 4) out.char(32).hexBytes(pair.spki + j, min<u32>(4, pair.spkiLen - j));
      nl();
    }
  }
  return true;
}

function putName(p: usize, len: u32): void {
  out.put("    ");
  names.write(out, p, len, 400);
  nl();
}

function putDate(before: string, seconds: u64): void {
  time.write(out.put(before), seconds);
  nl();
}

function putUsage(c: Certificate): void {
  out.put("  Certificate Usage: ");
  if (c.isCa) out.put("Signature");
  else if (!c.hasUsage) out.put("General Purpose");
  else {
    const signs = (c.usage & (Usage.DIGITAL_SIGNATURE | Usage.NON_REPUDIATION)) != 0;
    const encrypts = (c.usage & (Usage.KEY_ENCIPHERMENT | Usage.DATA_ENCIPHERMENT)) != 0;
    out.put(signs && encrypts ? "General Purpose" : signs ? "Signature" : encrypts ? "Encryption" : "Other");
  }
  nl();
}

function putKey(c: Certificate): void {
  out.put("  Public Key: ");
  switch (c.key) {
    case KeyKind.RSA:
    case KeyKind.RSA_PSS: {
      out.put("RSA, ").u32(c.keyBits).put(" bits");
      break;
    }
    case KeyKind.EC: {
      out.put("ECDSA, P-").u32(c.keyBits);
      break;
    }
    case KeyKind.ED25519: {
      out.put("Ed25519");
      break;
    }
    default: out.put("unknown");
  }
  nl();
}

function show(title: string, point: Trustpoint, p: usize, len: u32): void {
  if (!p || x509.parse(certificateRecord(), p, len) != Part.NONE) return;
  const c = certificateRecord();
  say(title);
  const now = clock.wall();
  out.put("  Status: ").put(now == 0 ? "Available, dates are not checked: the clock is not set" : now < c.notBefore ? "Not valid yet" : now > c.notAfter ? "Expired" : "Available");
  nl();
  out.put("  Certificate Serial Number (hex): ").hexBytes(c.serial, c.serialLen);
  nl();
  putUsage(c);
  say("  Issuer:");
  putName(c.issuer, c.issuerLen);
  say("  Subject:");
  putName(c.subject, c.subjectLen);
  if (c.altNames) {
    say("  Alternative names:");
    const end = c.altNames + c.altNamesLen;
    for (let q = c.altNames; q < end;) {
      if (!der.read(q, end)) break;
      q = der.next;
      out.put("    ");
      if (writeAlternative(out, der.tag, der.body, der.len)) nl();
      else out.clear();
    }
  }
  say("  Validity Date:");
  putDate("    start date: ", c.notBefore);
  putDate("    end   date: ", c.notAfter);
  putKey(c);
  fingerprint.writeSha256(out.put("  Fingerprint SHA256: "), p, len);
  nl();
  out.put("  Associated Trustpoints: ").ascii(point.name, point.nameLen);
  nl();
  nl();
}

/** Whether a trustpoint is meant: the one that word `k` names, or any. */
function means(k: u32, point: Trustpoint): bool {
  if (matcher.argCount() <= k) return true;
  const one = find(k);
  return one == point;
}

function showCertificates(no: bool): bool {
  const k = matcher.base + 4;
  if (matcher.argCount() > k && !find(k)) return false;
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (!point || !means(k, point)) continue;
    show("Certificate", point, point.own, point.ownLen);
    for (let j: u32 = 0; j < point.intermediates; j++) show("Intermediate CA Certificate", point, point.intermediateAt(j), point.intermediateLenAt(j));
    show("CA Certificate", point, point.anchor, point.anchorLen);
  }
  return true;
}

function showTrustpoints(no: bool): bool {
  const k = matcher.base + 4;
  if (matcher.argCount() > k && !find(k)) return false;
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (!point || !means(k, point)) continue;
    out.put("Trustpoint ").ascii(point.name, point.nameLen).char(58);
    nl();
    if (point.anchor && x509.parse(certificateRecord(), point.anchor, point.anchorLen) == Part.NONE) {
      say("  Subject Name:");
      putName(certificateRecord().subject, certificateRecord().subjectLen);
      out.put("  Serial Number (hex): ").hexBytes(certificateRecord().serial, certificateRecord().serialLen);
      nl();
      say("  Certificate configured.");
    } else say("  Not authenticated.");
    out.put("  Own certificate: ").put(point.own ? "yes" : "no").put(", intermediates: ").u32(point.intermediates);
    nl();
    const pair = store.pairOfTrustpoint(point, KeyUse.GENERAL);
    out.put("  Key: ");
    if (pair) out.ascii(pair.label, pair.labelLen).put(pair.kind == PairKind.RSA ? ", RSA, " : ", EC, ").u32(pair.bits).put(" bits");
    else out.put("none");
    nl();
    out.put("  Revocation check: ").put(point.revocation == Revocation.NONE ? "none" : point.crls ? "CRL" : "CRL, of which there is none");
    nl();
    out.put("  Dates: ").put(clock.wall() ? "checked" : point.noTimeCheck ? "not checked, as configured: the clock is not set" : "can't be checked: the clock is not set");
    nl();
  }
  return true;
}

function putCrl(point: Trustpoint, p: usize, len: u32): void {
  if (crls.parse(crlRecord(), p, len) != Part.NONE) return;
  const crl = crlRecord();
  out.put(crl.isDelta ? "Delta CRL" : "CRL").put(" of trustpoint ").ascii(point.name, point.nameLen);
  nl();
  say("  CRL Issuer Name:");
  putName(crl.issuer, crl.issuerLen);
  putDate("  LastUpdate: ", crl.thisUpdate);
  if (crl.nextUpdate) putDate("  NextUpdate: ", crl.nextUpdate);
  if (crl.numberLen) {
    out.put("  CRL number (hex): ").hexBytes(crl.number, crl.numberLen);
    nl();
  }
  out.put("  Size: ").u32(len).put(" octets");
  nl();
}

function showCrls(no: bool): bool {
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (!point) continue;
    for (let k: u32 = 0; k < point.crls; k++) putCrl(point, point.crlAt(k), point.crlLenAt(k));
  }
  return true;
}
