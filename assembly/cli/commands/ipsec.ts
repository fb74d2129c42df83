/** `crypto ipsec`: transform sets, and what all security associations share. */
import { REPLAY_WINDOW_DEFAULT, TRANSFORM_SETS } from "../../limits";
import * as nat from "../../ike/settings/nat";
import * as tunnel from "../../ipsec/tunnel";
import { Cut, Df } from "../../ipsec/tunnel";
import * as maps from "../../sadb/settings/crypto_map";
import * as lifetime from "../../sadb/settings/lifetime";
import { Refusal, refusalText, touch } from "../../lists/setting";
import { Auth, Pairing, Transform, ahWord, authWord, cipherWord, hasKeyLengths, pairing } from "../../sadb/terms/suite";
import * as sets from "../../sadb/settings/transform_set";
import { Mode as Encapsulation, TransformSet } from "../../sadb/settings/transform_set";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { putTransforms } from "../names";
import { nl, out, refuse, refused } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  const bits = " [128|192|256]";
  const icv = bits + " [icv (8|12|16)]";
  const alone = "esp-gcm" + icv + "|esp-ccm" + icv + "|esp-gmac" + bits + "|esp-chacha20-poly1305";
  const cipher = "esp-null|esp-des|esp-3des|esp-aes" + bits + "|esp-aes-ctr" + bits + "|esp-camellia" + bits + "|" + alone;
  const auth = "esp-md5-hmac|esp-sha-hmac|esp-sha256-hmac|esp-sha384-hmac|esp-sha512-hmac|esp-aes-xcbc-mac";
  const around = "ah-md5-hmac|ah-sha-hmac|ah-sha256-hmac|ah-sha384-hmac|ah-sha512-hmac|ah-aes-xcbc-mac";
  const esp = "((" + cipher + ") [(" + auth + ")]|(" + auth + ") (" + cipher + "))";
  row("c:crypto ipsec transform-set WORD~ " + esp + " [(" + around + ")] [comp-lzs]", transformSet);
  row("c:crypto ipsec transform-set WORD (" + around + ") [" + esp + "] [comp-lzs]", transformSet);
  row("c:crypto ipsec transform-set WORD (comp-lzs|esp-seal) [LINE]", notBuilt);
  row("c:crypto ipsec security-association lifetime (seconds~ <30-2592000>|days~ <1-30>|kilobytes~ (<2560-4294967295>|disable))", setLifetime);
  row("c:crypto ipsec security-association idle-time~ <60-86400>", setIdle);
  row("c:crypto ipsec fragmentation~ (before-encryption|after-encryption)", setCut);
  row("i:crypto ipsec fragmentation~ (before-encryption|after-encryption)", setInterfaceCut);
  row("c:crypto ipsec nat-transparency~ (udp-encapsulation~|spi-matching)", setTraversal);
  row("c:crypto ipsec security-association replay (disable~|window-size~ (32|64|128|256|512|1024))", setReplay);
  row("t:mode~ (tunnel|transport [require])", encapsulation);
  row("t:esn~", extendedNumbers);
  row("c:crypto ipsec df-bit~ (clear|copy|set)", setDfBit);
  row("i:crypto ipsec df-bit~ (clear|copy|set)", setInterfaceDfBit);
  row("c:crypto ipsec dscp~ (copy|<0-63>)", setDscp);
}

/** Words of IOS for what is not made here. */
function notBuilt(no: bool): bool {
  if (matcher.find("comp-lzs", matcher.base + 4) != 0xffffffff) return refused("comp-lzs is compression by LZS, which is not built: write the transform set without it.");
  return refused("esp-seal is encryption by SEAL, which is not built: esp-aes takes its place.");
}

function setIdle(no: bool): bool {
  lifetime.setIdle(no ? 0 : matcher.number(matcher.base + 4));
  return true;
}

function setTraversal(no: bool): bool {
  const k = matcher.base + 3;
  if (matcher.argCount() > k && matcher.isKeyword(k, "spi-matching")) return refused("SPI matching is not built: it makes a translator guess whose ESP is whose. UDP encapsulation does without.");
  nat.setTraversal(!no);
  return true;
}

/** What `before-encryption` or `after-encryption` stands for. */
function cutNamed(no: bool): Cut {
  return no ? Cut.UNSAID : matcher.isKeyword(matcher.base + 3, "after-encryption") ? Cut.AFTER : Cut.BEFORE;
}

function setCut(no: bool): bool {
  tunnel.setCut(cutNamed(no));
  return true;
}

function setInterfaceCut(no: bool): bool {
  tunnel.setInterfaceCut(session.subject, cutNamed(no));
  return true;
}

function writeCut(cut: Cut): void {
  out.put("crypto ipsec fragmentation ").put(cut == Cut.AFTER ? "after-encryption" : "before-encryption");
  nl();
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
  if (matcher.find("comp-lzs", k + 1) != 0xffffffff) return notBuilt(false);
  let espCipher: u32 = 0;
  let espAuth: u32 = 0;
  let ahAuth: u32 = 0;
  let keyBits: u32 = 0;
  for (let i = k + 1; i < matcher.argCount(); i++) {
    const cipher = cipherNamed(i);
    const auth = authNamed(i);
    const ah = ahNamed(i);
    if (cipher) {
      espCipher = cipher;
      keyBits = hasKeyLengths(cipher) ? 128 : 0;
    } else if (auth) espAuth = auth;
    else if (ah) ahAuth = ah;
    // 8, 12 and 16 octets of ICV are three transforms one after the other.
    else if (matcher.isKeyword(i, "icv")) espCipher += (matcher.keywordValue(++i) >>> 2) - 4;
    else keyBits = matcher.keywordValue(i);
  }
  const unfit = pairing(espCipher, keyBits, espAuth);
  if (espCipher && unfit != Pairing.OK) return unfitting(unfit, espCipher, espAuth);
  const set = sets.add(name, len);
  if (!set) {
    if (len > 32) return refused(refusalText(Refusal.NAME));
    refuse("There are ").u32(TRANSFORM_SETS).put(" transform sets already, which is the most.");
    nl();
    return false;
  }
  set.espCipher = <u8>espCipher;
  set.espAuth = <u8>espAuth;
  set.ahAuth = <u8>ahAuth;
  set.keyBits = <u16>keyBits;
  touch();
  session.enter(Mode.TRANSFORM, 0, name, len);
  if (espCipher == 2) warn(set, "DES is broken: its keys are found in hours");
  else if (espCipher == 3) warn(set, "3DES is obsolete: its blocks have 64 bits");
  if (espCipher == Transform.AES_GMAC) warn(set, "esp-gmac encrypts nothing: anybody on the way can read what it carries");
  else if (!espCipher || espCipher == Transform.NULL) {
    if (ahAuth) warn(set, "AH hides nothing: anybody on the way can read what it carries");
  } else if (!ahAuth && set.bare) warn(set, "ESP without authentication lets anybody change what it carries");
  if (espAuth == 1 || ahAuth == 1) warn(set, "MD5 is obsolete");
  return true;
}

/** The transform that word `i` names, 0 if it names none. Of several that one word names it is the last: 16 octets of ICV. */
function cipherNamed(i: u32): u32 {
  for (let t: u32 = 255; t; t--) if (matcher.isKeyword(i, cipherWord(t))) return t;
  return 0;
}

function authNamed(i: u32): u32 {
  for (let a: u32 = 1; a <= <u32>Auth.AES_XCBC; a++) if (matcher.isKeyword(i, authWord(a))) return a;
  return 0;
}

function ahNamed(i: u32): u32 {
  for (let a: u32 = 1; a <= <u32>Auth.AES_XCBC; a++) if (matcher.isKeyword(i, ahWord(a))) return a;
  return 0;
}

/** Says why a cipher and an authentication do not go together. */
function unfitting(why: Pairing, cipher: u32, auth: u32): bool {
  refuse(cipherWord(cipher));
  switch (why) {
    case Pairing.SECOND_AUTH:
      out.put(" authenticates by itself: it stands alone, without ").put(authWord(auth)).char(46);
      break;
    case Pairing.NULL_ALONE:
      out.put(" encrypts nothing: it needs an authentication beside it, as in `esp-null esp-sha256-hmac`.");
      break;
    case Pairing.CTR_ALONE:
      out.put(" needs an authentication beside it, as in `esp-aes-ctr esp-sha256-hmac`: without one, anybody turns any bit of what it carries.");
      break;
    default:
      out.put(" does not go with ").put(authWord(auth)).put(": esp-aes, esp-aes-ctr, esp-camellia and esp-null do.");
  }
  nl();
  return false;
}

function extendedNumbers(no: bool): bool {
  const set = sets.find(session.subjectName, session.subjectNameLen);
  if (!set) return true;
  set.esn = !no;
  if (no) return true;
  if (set.bare) warn(set, "extended sequence numbers are not offered without authentication");
  else if (lifetime.window == 0) warn(set, "extended sequence numbers are not offered without a replay window");
  return true;
}

function warn(set: TransformSet, why: string): void {
  refuse("Warning: transform set ").ascii(set.name, set.nameLen).put(": ").put(why).char(46);
  nl();
}

function encapsulation(no: bool): bool {
  const set = sets.find(session.subjectName, session.subjectNameLen);
  if (!set) return true;
  set.mode = <u8>(!no && matcher.isKeyword(matcher.base + 1, "transport") ? Encapsulation.TRANSPORT : Encapsulation.TUNNEL);
  set.required = !no && matcher.argCount() > matcher.base + 2;
  touch();
  return true;
}

function setLifetime(no: bool): bool {
  const k = matcher.base + 4;
  if (matcher.isKeyword(k, "seconds")) lifetime.setSeconds(no ? lifetime.SECONDS_DEFAULT : matcher.number(k + 1));
  else if (matcher.isKeyword(k, "days")) lifetime.setSeconds(no ? lifetime.SECONDS_DEFAULT : matcher.number(k + 1) * 86400);
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

/** What `clear`, `copy` or `set` stands for. */
function dfNamed(no: bool): Df {
  const k = matcher.base + 3;
  return no ? Df.UNSAID : matcher.isKeyword(k, "clear") ? Df.CLEAR : matcher.isKeyword(k, "set") ? Df.SET : Df.COPY;
}

function setDfBit(no: bool): bool {
  tunnel.setDf(dfNamed(no));
  return true;
}

function setInterfaceDfBit(no: bool): bool {
  tunnel.setInterfaceDf(session.subject, dfNamed(no));
  return true;
}

function setDscp(no: bool): bool {
  tunnel.setDscp(no || matcher.isKeyword(matcher.base + 3, "copy") ? tunnel.DSCP_COPY : matcher.number(matcher.base + 3));
  return true;
}

function writeDf(df: Df): void {
  out.put("crypto ipsec df-bit ").put(df == Df.CLEAR ? "clear" : df == Df.SET ? "set" : "copy");
  nl();
}

/** The line of an interface. */
export function writeInterface(port: u32): void {
  const df = tunnel.interfaceDf(port);
  if (df != Df.UNSAID) {
    out.char(32);
    writeDf(df);
  }
  const cut = tunnel.interfaceCut(port);
  if (cut == Cut.UNSAID) return;
  out.char(32);
  writeCut(cut);
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
  if (lifetime.idle) {
    out.put("crypto ipsec security-association idle-time ").u32(lifetime.idle);
    nl();
  }
  if (!nat.traversal) {
    out.put("no crypto ipsec nat-transparency udp-encapsulation");
    nl();
  }
  const after = tunnel.cut == Cut.AFTER;
  if (after) writeCut(Cut.AFTER);
  const df = tunnel.df != Df.COPY;
  const dscp = tunnel.dscp != tunnel.DSCP_COPY;
  if (df) writeDf(tunnel.df);
  if (dscp) {
    out.put("crypto ipsec dscp ").u32(tunnel.dscp);
    nl();
  }
  if (seconds || kilobytes || window || df || dscp || after || lifetime.idle || !nat.traversal) {
    out.char(33);
    nl();
  }
  for (let i: u32 = 0; i < sets.slots(); i++) {
    const set = sets.at(i);
    if (!set) continue;
    out.put("crypto ipsec transform-set ").ascii(set.name, set.nameLen).char(32);
    putTransforms(out, set);
    nl();
    out.put(set.mode == <u8>Encapsulation.TUNNEL ? " mode tunnel" : set.required ? " mode transport require" : " mode transport");
    nl();
    if (set.esn) {
      out.put(" esn");
      nl();
    }
    out.char(33);
    nl();
  }
}
