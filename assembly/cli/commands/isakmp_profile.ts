/** `crypto isakmp profile`: who is met with which key, under which name of ours, in which mode. */
import { IDENTITY_MAX, Identity } from "../../ike/settings/own_identity";
import { MATCH_CERTIFICATE, Match, Profile } from "../../ike/settings/profile";
import * as profiles from "../../ike/settings/profile";
import { ISAKMP_PROFILES, ISAKMP_PROFILE_MATCHES, NAME_MAX, PSK_MAX } from "../../limits";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, tooLong } from "../output";
import * as presented from "../presented";
import * as session from "../session";
import * as words from "../words";

// IdType (RFC 2407, 4.6.2.1)
const ADDRESS: u32 = 1;
const FQDN: u32 = 2;
const USER_FQDN: u32 = 3;
const KEY_ID: u32 = 11;
/** A key that Aggressive Mode shows to guessers should have so many characters. */
const AGGRESSIVE_PSK: u32 = 20;

export function rows(): void {
  row("c:crypto isakmp profile WORD~", enter);
  row("f:match identity (address A.B.C.D [M.M.M.M]|host WORD|user-fqdn WORD|key-id WORD)~", matchIdentity);
  row("f:match certificate~ WORD", matchCertificate);
  row("f:ca trust-point~ WORD", trustPoint);
  row("f:self-identity~ (address|A.B.C.D|fqdn [WORD]|user-fqdn WORD|key-id WORD)", selfIdentity);
  row("f:pre-shared-key~ [0|6|7|sealed|hex] WORD", secret);
  row("f:keyring~ WORD", keyring);
  row("f:mode~ (main|aggressive)", setMode);
  row("f:initiate mode aggressive~", setMode);
  row("c:crypto isakmp peer (address|ip-address) A.B.C.D~", enterPeer);
  row("f:set aggressive-mode client-endpoint~ (fqdn|user-fqdn|ipv4-address) WORD", clientEndpoint);
  row("f:set aggressive-mode password~ [0|6|7|sealed|hex] WORD", secret);
}

function enter(no: bool): bool {
  return enterNamed(matcher.base + 3, no);
}

/** How Aggressive Mode is begun with a peer: a profile that is called as its address is written. */
function enterPeer(no: bool): bool {
  if (!enterNamed(matcher.base + 4, no)) return false;
  if (no) return true;
  const profile = current();
  if (!profile) return false;
  profile.peer = matcher.address(matcher.base + 4);
  profile.aggressive = true;
  warn(profile, false);
  return true;
}

/** @param k the place of the name */
function enterNamed(k: u32, no: bool): bool {
  const name = words.word(k);
  const len = words.wordLen(k);
  if (no) {
    const profile = profiles.find(name, len);
    if (!profile) {
      refuse("").ascii(name, len).put(" is no isakmp profile.");
      nl();
      return false;
    }
    profiles.remove(profile);
    return true;
  }
  if (!profiles.add(name, len)) {
    if (profiles.nameFits(len)) refuse("There are ").u32(ISAKMP_PROFILES).put(" isakmp profiles already, which is the most.");
    else return tooLong("name", NAME_MAX);
    nl();
    return false;
  }
  session.enter(Mode.PROFILE, 0, name, len);
  return true;
}

function current(): Profile | null {
  const profile = profiles.find(session.subjectName, session.subjectNameLen);
  if (!profile) refused("This profile is gone.");
  return profile;
}

function matchCertificate(no: bool): bool {
  const profile = current();
  if (!profile) return false;
  const k = matcher.base + 2;
  const len = no && matcher.argCount() <= k ? 0 : words.wordLen(k);
  if (!profiles.nameFits(len)) return tooLong("name", NAME_MAX);
  if (no) return profiles.removeMatch(profile, MATCH_CERTIFICATE, 0, 0, words.word(k), len) ? true : refused("There is no such line.");
  if (profiles.addMatch(profile, MATCH_CERTIFICATE, 0, 0, words.word(k), len)) return true;
  refuse("There are ").u32(ISAKMP_PROFILE_MATCHES).put(" lines of match already, which is the most.");
  nl();
  return false;
}

function trustPoint(no: bool): bool {
  const profile = current();
  if (!profile) return false;
  const k = matcher.base + 2;
  const len: u32 = no ? 0 : words.wordLen(k);
  return profiles.setPoint(profile, no ? 0 : words.word(k), len) || tooLong("name", NAME_MAX);
}

/** `default` is what `crypto isakmp key` fills. */
function keyring(no: bool): bool {
  const profile = current();
  if (!profile) return false;
  const k = matcher.base + 1;
  const len: u32 = no || words.is(k, "default") ? 0 : words.wordLen(k);
  return profiles.setKeyring(profile, no ? 0 : words.word(k), len) || tooLong("name", NAME_MAX);
}

function matchIdentity(no: bool): bool {
  const profile = current();
  if (!profile) return false;
  const k = matcher.base + 2;
  let type = ADDRESS;
  let address: u32 = 0;
  let mask: u32 = 0xffffffff;
  let len: u32 = 0;
  if (matcher.isKeyword(k, "address")) {
    address = matcher.address(k + 1);
    if (matcher.argCount() > k + 2) mask = matcher.address(k + 2);
  } else {
    type = matcher.isKeyword(k, "host") ? FQDN : matcher.isKeyword(k, "user-fqdn") ? USER_FQDN : KEY_ID;
    mask = 0;
    len = words.wordLen(k + 1);
    if (len > IDENTITY_MAX) return tooLong("identity", IDENTITY_MAX);
  }
  const text = words.word(k + 1);
  if (no) return profiles.removeMatch(profile, type, address, mask, text, len) ? true : refused("There is no such line.");
  if (profiles.addMatch(profile, type, address, mask, text, len)) return true;
  refuse("There are ").u32(ISAKMP_PROFILE_MATCHES).put(" lines of match identity already, which is the most.");
  nl();
  return false;
}

function selfIdentity(no: bool): bool {
  return setSelf(matcher.base + 1, no);
}

/** What we call ourselves to a peer of `crypto isakmp peer`: an address is ours, whichever it is by then. */
function clientEndpoint(no: bool): bool {
  return setSelf(matcher.base + 3, no);
}

/** @param k the place of the kind; the text stands behind it */
function setSelf(k: u32, no: bool): bool {
  const profile = current();
  if (!profile) return false;
  if (no) {
    profile.hasSelf = false;
    return true;
  }
  const kind = matcher.isKeyword(k, "fqdn")
    ? Identity.HOSTNAME
    : matcher.isKeyword(k, "user-fqdn") ? Identity.USER_FQDN : matcher.isKeyword(k, "key-id") ? Identity.KEY_ID : Identity.ADDRESS;
  if (kind == Identity.ADDRESS) return profiles.setSelf(profile, kind, 0, 0);
  const len: u32 = matcher.argCount() > k + 1 ? words.wordLen(k + 1) : 0;
  return profiles.setSelf(profile, kind, words.word(len ? k + 1 : k), len) ? true : tooLong("identity", IDENTITY_MAX);
}

function secret(no: bool): bool {
  const profile = current();
  if (!profile) return false;
  const k = matcher.argCount() - 1;
  if (!no && !presented.take(k)) return false;
  if (!profiles.setSecret(profile, presented.at, no ? 0 : presented.len)) return tooLong("key", PSK_MAX);
  if (!no) warn(profile, true);
  return true;
}

function setMode(no: bool): bool {
  const profile = current();
  if (!profile) return false;
  profile.aggressive = !no && matcher.isKeyword(matcher.base + 1, "aggressive");
  if (profile.aggressive) warn(profile, false);
  return true;
}

/** Names what is weak: a short key, and Aggressive Mode, which shows everybody what to guess the key by. */
function warn(profile: Profile, aboutKey: bool): void {
  const len = profile.secretLen;
  if (profile.aggressive && !aboutKey) {
    refuse("Warning: profile ").ascii(profile.name, profile.nameLen);
    out.put(": Aggressive Mode shows names in plain, and lets anybody who asks or listens guess the pre-shared key offline.");
    nl();
  }
  if (len == 0) return;
  if (profile.aggressive && len < AGGRESSIVE_PSK) {
    refuse("Warning: profile ").ascii(profile.name, profile.nameLen).put(": with Aggressive Mode a key of ").u32(len);
    out.put(" characters will be found; use ").u32(AGGRESSIVE_PSK).put(" or more, drawn at random.");
    nl();
  } else if (aboutKey) presented.warnShort(len);
}

export function putMatch(m: Match): void {
  if (m.type == MATCH_CERTIFICATE) {
    out.put("match certificate ").ascii(m.text, m.len);
    return;
  }
  if (m.type == ADDRESS) {
    out.put("match identity address ").ip(m.address);
    if (m.mask != 0xffffffff) out.char(32).ip(m.mask);
    return;
  }
  out.put(m.type == FQDN ? "match identity host " : m.type == USER_FQDN ? "match identity user-fqdn " : "match identity key-id ");
  out.ascii(m.text, m.len);
}

export function putSelf(profile: Profile): void {
  switch (<u32>profile.selfKind) {
    case Identity.ADDRESS: out.put("address"); return;
    case Identity.HOSTNAME: out.put("fqdn"); break;
    case Identity.USER_FQDN: out.put("user-fqdn"); break;
    default: out.put("key-id");
  }
  if (profile.selfLen) out.char(32).ascii(profile.self, profile.selfLen);
}

function putClientEndpoint(profile: Profile): void {
  out.put(" set aggressive-mode client-endpoint ");
  if (profile.selfKind == <u8>Identity.ADDRESS) out.put("ipv4-address 0.0.0.0");
  else putSelf(profile);
}

/** The profiles' lines of the configuration. */
export function write(): void {
  for (let i: u32 = 0; i < profiles.slots(); i++) {
    const profile = profiles.at(i);
    if (!profile) continue;
    out.put(profile.peer ? "crypto isakmp peer address " : "crypto isakmp profile ").ascii(profile.name, profile.nameLen);
    nl();
    if (profile.secretLen) {
      out.put(profile.peer ? " set aggressive-mode password " : " pre-shared-key ");
      presented.put(profile.secret, profile.secretLen);
      nl();
    }
    if (profile.keyringLen) {
      out.put(" keyring ").ascii(profile.keyringName, profile.keyringLen);
      nl();
    }
    if (profile.hasSelf) {
      if (profile.peer) putClientEndpoint(profile);
      else {
        out.put(" self-identity ");
        putSelf(profile);
      }
      nl();
    }
    if (profile.pointLen) {
      out.put(" ca trust-point ").ascii(profile.point, profile.pointLen);
      nl();
    }
    for (let k: u32 = 0; k < profiles.matchSlots(); k++) {
      const m = profiles.matchAt(k);
      if (!m || m.profile != profile.id) continue;
      out.char(32);
      putMatch(m);
      nl();
    }
    if (profile.aggressive && !profile.peer) {
      out.put(" mode aggressive");
      nl();
    }
    out.char(33);
    nl();
  }
}
