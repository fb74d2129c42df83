/** `crypto ipsec`: transform sets, and what all security associations share. */
import { REPLAY_WINDOW_DEFAULT, TRANSFORM_SETS } from "../../limits";
import * as maps from "../../sadb/crypto_map";
import { Refusal, refusalText, touch } from "../../sadb/setting";
import * as lifetime from "../../sadb/lifetime";
import * as sets from "../../sadb/transform_set";
import { Mode as Encapsulation, TransformSet } from "../../sadb/transform_set";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { putTransforms } from "../names";
import { nl, out, refuse, refused } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  const cipher = "(esp-des|esp-3des|esp-aes [128|192|256])";
  const auth = "(esp-md5-hmac|esp-sha-hmac|esp-sha256-hmac|esp-sha384-hmac|esp-sha512-hmac)";
  row("c:crypto ipsec transform-set WORD~ (" + cipher + " [" + auth + "]|" + auth + " " + cipher + ")", transformSet);
  row("c:crypto ipsec security-association lifetime (seconds~ <30-2592000>|kilobytes~ (<2560-4294967295>|disable))", setLifetime);
  row("c:crypto ipsec security-association replay (disable~|window-size~ (32|64|128|256|512|1024))", setReplay);
  row("t:mode~ (tunnel|transport)", encapsulation);
}

function putName(name: usize, len: u32): void {
  refuse("").ascii(name, len);
}

function transformSet(no: bool): bool {
  const k = matcher.base + 3;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (no) {
    const set = sets.find(name, len);
    if (!set) {
      putName(name, len);
      out.put(" is no transform set.");
      nl();
      return false;
    }
    if (maps.usesTransformSet(set)) {
      putName(name, len);
      out.put(" is used by a crypto map.");
      nl();
      return false;
    }
    sets.remove(set);
    return true;
  }
  let espCipher: u32 = 0;
  let espAuth: u32 = 0;
  let keyBits: u32 = 0;
  for (let i = k + 1; i < matcher.argCount(); i++) {
    if (matcher.isKeyword(i, "esp-des")) espCipher = 2;
    else if (matcher.isKeyword(i, "esp-3des")) espCipher = 3;
    else if (matcher.isKeyword(i, "esp-aes")) {
      espCipher = 12;
      keyBits = 128;
    } else if (matcher.isKeyword(i, "esp-md5-hmac")) espAuth = 1;
    else if (matcher.isKeyword(i, "esp-sha-hmac")) espAuth = 2;
    else if (matcher.isKeyword(i, "esp-sha256-hmac")) espAuth = 5;
    else if (matcher.isKeyword(i, "esp-sha384-hmac")) espAuth = 6;
    else if (matcher.isKeyword(i, "esp-sha512-hmac")) espAuth = 7;
    else keyBits = matcher.keywordValue(i);
  }
  const set = sets.add(name, len);
  if (!set) {
    if (len > 32) return refused(refusalText(Refusal.NAME));
    refuse("There are ").u32(TRANSFORM_SETS).put(" transform sets already, which is the most.");
    nl();
    return false;
  }
  set.espCipher = <u8>espCipher;
  set.espAuth = <u8>espAuth;
  set.keyBits = <u16>keyBits;
  touch();
  session.enter(Mode.TRANSFORM, 0, name, len);
  if (espCipher == 2) warn(set, "DES is broken: its keys are found in hours");
  else if (espCipher == 3) warn(set, "3DES is obsolete: its blocks have 64 bits");
  if (espAuth == 0) warn(set, "ESP without authentication lets anybody change what it carries");
  else if (espAuth == 1) warn(set, "MD5 is obsolete");
  return true;
}

function warn(set: TransformSet, why: string): void {
  refuse("Warning: transform set ").ascii(set.name, set.nameLen).put(": ").put(why).char(46);
  nl();
}

function encapsulation(no: bool): bool {
  if (!no && matcher.isKeyword(matcher.base + 1, "transport")) return refused("Transport mode is not available: tunnel is.");
  const set = sets.find(session.subjectName, session.subjectNameLen);
  if (set) set.mode = <u8>Encapsulation.TUNNEL;
  return true;
}

function setLifetime(no: bool): bool {
  const k = matcher.base + 4;
  if (matcher.isKeyword(k, "seconds")) lifetime.setSeconds(no ? lifetime.SECONDS_DEFAULT : matcher.number(k + 1));
  else lifetime.setKilobytes(no ? lifetime.KILOBYTES_DEFAULT : matcher.isKeyword(k + 1, "disable") ? 0 : matcher.number(k + 1));
  return true;
}

function setReplay(no: bool): bool {
  const k = matcher.base + 4;
  if (matcher.isKeyword(k, "disable")) lifetime.setWindow(no ? REPLAY_WINDOW_DEFAULT : 0);
  else lifetime.setWindow(no ? REPLAY_WINDOW_DEFAULT : matcher.keywordValue(k + 1));
  if (lifetime.window == 0) {
    refuse("Warning: without a replay window, packets that were recorded are accepted again.");
    nl();
  }
  return true;
}

/** The lines of the configuration. */
export function write(): void {
  const seconds = lifetime.seconds != lifetime.SECONDS_DEFAULT;
  const kilobytes = lifetime.kilobytes != lifetime.KILOBYTES_DEFAULT;
  const window = lifetime.window != REPLAY_WINDOW_DEFAULT;
  if (seconds) {
    out.put("crypto ipsec security-association lifetime seconds ").u32(lifetime.seconds);
    nl();
  }
  if (kilobytes) {
    out.put("crypto ipsec security-association lifetime kilobytes ");
    if (lifetime.kilobytes) out.u32(lifetime.kilobytes);
    else out.put("disable");
    nl();
  }
  if (window) {
    out.put("crypto ipsec security-association replay ");
    if (lifetime.window) out.put("window-size ").u32(lifetime.window);
    else out.put("disable");
    nl();
  }
  if (seconds || kilobytes || window) {
    out.char(33);
    nl();
  }
  for (let i: u32 = 0; i < sets.slots(); i++) {
    const set = sets.at(i);
    if (!set) continue;
    out.put("crypto ipsec transform-set ").ascii(set.name, set.nameLen).char(32);
    putTransforms(out, set);
    nl();
    out.put(" mode tunnel");
    nl();
    out.char(33);
    nl();
  }
}
