/** `crypto pki trustpoint`: certification authorities, and how we deal with each. */
import { NAME_MAX, PEER_ID_MAX, SUBJECT_NAME_MAX, TRUSTPOINTS } from "../../limits";
import { Revocation, Trustpoint } from "../../pki/store";
import * as store from "../../pki/store";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say, tooLong } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("c:crypto pki trustpoint WORD~", enter);
  row("n:enrollment~ terminal [pem]", enrollment);
  row("n:subject-name~ LINE", subjectName);
  row("n:fqdn~ WORD", fqdn);
  row("n:ip-address~ A.B.C.D", ipAddress);
  row("n:rsakeypair~ WORD [<360-4096>] [<360-4096>]", rsaKeyPair);
  row("n:eckeypair~ WORD", ecKeyPair);
  row("n:revocation-check~ (crl|none)", revocationCheck);
  row("n:time-check~ none", timeCheck);
  row("n:hash~ (sha1|sha256)", hash);
}

function enter(no: bool): bool {
  const k = matcher.base + 3;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (no) {
    const point = find(k);
    if (!point) return false;
    store.removeTrustpoint(point);
    return true;
  }
  if (len > NAME_MAX) return tooLong("name", NAME_MAX);
  if (!store.addTrustpoint(name, len)) {
    refuse("There are ").u32(TRUSTPOINTS).put(" trustpoints already, which is the most.");
    nl();
    return false;
  }
  session.enter(Mode.TRUSTPOINT, 0, name, len);
  return true;
}

/** The trustpoint that word `k` names; null: there is none, and that has been said. */
export function find(k: u32): Trustpoint | null {
  const point = store.trustpoint(words.word(k), words.wordLen(k));
  if (point) return point;
  refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no trustpoint.");
  nl();
  return null;
}

function current(): Trustpoint | null {
  const point = store.trustpoint(session.subjectName, session.subjectNameLen);
  if (!point) refused("This trustpoint is gone.");
  return point;
}

function enrollment(no: bool): bool {
  const point = current();
  if (!point) return false;
  point.terminal = !no;
  return true;
}

function subjectName(no: bool): bool {
  const point = current();
  if (!point) return false;
  const k = matcher.base + 1;
  const len: u32 = no ? 0 : words.restLen(k);
  if (len > SUBJECT_NAME_MAX) return refused("The name is too long: up to 256 characters are allowed.");
  memory.copy(point.subject, words.word(k), <usize>len);
  point.subjectLen = len;
  return true;
}

function fqdn(no: bool): bool {
  const point = current();
  if (!point) return false;
  const k = matcher.base + 1;
  const len: u32 = no ? 0 : words.wordLen(k);
  if (len > PEER_ID_MAX) return refused("The name is too long: up to 128 characters are allowed.");
  memory.copy(point.fqdn, words.word(k), <usize>len);
  point.fqdnLen = len;
  return true;
}

function ipAddress(no: bool): bool {
  const point = current();
  if (!point) return false;
  point.address = no ? 0 : matcher.address(matcher.base + 1);
  return true;
}

function keyPair(no: bool, ec: bool): bool {
  const point = current();
  if (!point) return false;
  const k = matcher.base + 1;
  const len: u32 = no ? 0 : words.wordLen(k);
  if (len > NAME_MAX) return tooLong("label", NAME_MAX);
  store.setPairLabel(point, words.word(k), len, ec);
  return true;
}

function rsaKeyPair(no: bool): bool {
  return keyPair(no, false);
}

function ecKeyPair(no: bool): bool {
  return keyPair(no, true);
}

function revocationCheck(no: bool): bool {
  const point = current();
  if (!point) return false;
  point.revocation = !no && matcher.isKeyword(matcher.base + 1, "none") ? Revocation.NONE : Revocation.CRL;
  store.changed();
  return true;
}

function timeCheck(no: bool): bool {
  const point = current();
  if (!point) return false;
  point.noTimeCheck = !no;
  store.changed();
  if (no) return true;
  refuse("Warning: without a clock, certificates under this trustpoint are taken whatever their dates are.");
  nl();
  return true;
}

function hash(no: bool): bool {
  const point = current();
  if (!point) return false;
  point.allowSha1 = !no && matcher.isKeyword(matcher.base + 1, "sha1");
  store.changed();
  if (!point.allowSha1) return true;
  refuse("Warning: signatures with SHA-1 can be forged; they are taken under this trustpoint.");
  nl();
  return true;
}

/** The trustpoints' lines of the configuration; their certificates come later. */
export function write(): void {
  for (let i: u32 = 0; i < store.trustpointSlots(); i++) {
    const point = store.trustpointAt(i);
    if (!point) continue;
    out.put("crypto pki trustpoint ").ascii(point.name, point.nameLen);
    nl();
    if (point.terminal) say(" enrollment terminal pem");
    if (point.fqdnLen) {
      out.put(" fqdn ").ascii(point.fqdn, point.fqdnLen);
      nl();
    }
    if (point.address) {
      out.put(" ip-address ").ip(point.address);
      nl();
    }
    if (point.subjectLen) {
      out.put(" subject-name ").ascii(point.subject, point.subjectLen);
      nl();
    }
    if (point.revocation == Revocation.NONE) say(" revocation-check none");
    if (point.noTimeCheck) say(" time-check none");
    if (point.allowSha1) say(" hash sha1");
    if (point.pairLen) {
      out.put(point.pairIsEc ? " eckeypair " : " rsakeypair ").ascii(point.pairLabel, point.pairLen);
      nl();
    }
    say("!");
  }
}
