/** `crypto keyring`: pre-shared keys for the isakmp profiles that name it. */
import { PreSharedKey } from "../../ike/settings/keys";
import * as keys from "../../ike/settings/keys";
import { Keyring } from "../../ike/settings/keyring";
import * as keyrings from "../../ike/settings/keyring";
import * as profiles from "../../ike/settings/profile";
import { DESCRIPTION_MAX, HOSTNAME_MAX, ISAKMP_KEYRINGS, ISAKMP_KEYS, NAME_MAX, PSK_MAX } from "../../limits";
import * as interfaces from "../../net/interface";
import { Item, Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, tooLong } from "../output";
import * as presented from "../presented";
import * as session from "../session";
import * as words from "../words";
import { noSuchPort } from "./interface";
import { warnRival } from "./keyring_rivals";

export function rows(): void {
  row("c:crypto keyring WORD~", enter);
  row("v:pre-shared-key address A.B.C.D~ [M.M.M.M]~ key [0|6|7|sealed|hex] WORD", addressKey);
  row("v:pre-shared-key hostname WORD~ key [0|6|7|sealed|hex] WORD", hostnameKey);
  row("v:description~ LINE", describe);
  row("v:local-address~ (A.B.C.D|IF)", localAddress);
}

function enter(no: bool): bool {
  const k = matcher.base + 2;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (words.is(k, "default")) return refused("The keyring `default` is what `crypto isakmp key` fills: a keyring needs another name.");
  if (no) return remove(name, len);
  if (!keyrings.add(name, len)) {
    if (len <= NAME_MAX) refuse("There are ").u32(ISAKMP_KEYRINGS).put(" keyrings already, which is the most.");
    else return tooLong("name", NAME_MAX);
    nl();
    return false;
  }
  session.enter(Mode.KEYRING, 0, name, len);
  return true;
}

function remove(name: usize, len: u32): bool {
  const ring = keyrings.find(name, len);
  const user = profiles.ofKeyring(name, len);
  if (ring && !user) {
    keys.removeOf(ring.id);
    keyrings.remove(ring);
    return true;
  }
  refuse("").ascii(name, len);
  if (user) out.put(" is the keyring of isakmp profile ").ascii(user.name, user.nameLen).char(46);
  else out.put(" is no keyring.");
  nl();
  return false;
}

function current(): Keyring | null {
  const ring = keyrings.find(session.subjectName, session.subjectNameLen);
  if (!ring) refused("This keyring is gone.");
  return ring;
}

/** Takes the secret, the last word, as `presented` has it then. False: refused, and it has said why. */
function takeSecret(): bool {
  if (!presented.take(matcher.argCount() - 1)) return false;
  if (presented.len <= PSK_MAX) return true;
  return tooLong("key", PSK_MAX);
}

function full(): bool {
  refuse("There are ").u32(ISAKMP_KEYS).put(" keys already, which is the most.");
  nl();
  return false;
}

function addressKey(no: bool): bool {
  const ring = current();
  if (!ring) return false;
  const k = matcher.base + 2;
  const address = matcher.address(k);
  const masked = matcher.argCount() > k + 1 && matcher.kindOf(k + 1) == Item.MASK;
  // As in `crypto isakmp key`: 0.0.0.0 is everybody, with a mask or without one.
  const mask = masked ? matcher.address(k + 1) : address ? u32.MAX_VALUE : 0;
  if (no) return keys.removeAddress(address, mask, ring.id) || refused("There is no key for that peer.");
  if (!takeSecret()) return false;
  if (!keys.addAddress(address, mask, presented.at, presented.len, ring.id)) return full();
  if (mask == 0) {
    refuse("Warning: this key is every peer's: whoever knows it can pose as any peer of a profile with this keyring.");
    nl();
  }
  presented.warnShort(presented.len);
  const key = keys.exact(address, mask, ring.id);
  if (key) warnRival(key);
  return true;
}

function hostnameKey(no: bool): bool {
  const ring = current();
  if (!ring) return false;
  const k = matcher.base + 2;
  if (words.wordLen(k) > HOSTNAME_MAX) return tooLong("name", HOSTNAME_MAX);
  if (no) return keys.removeHostname(words.word(k), words.wordLen(k), ring.id) || refused("There is no key for that peer.");
  if (!takeSecret()) return false;
  if (!keys.addHostname(words.word(k), words.wordLen(k), presented.at, presented.len, ring.id)) return full();
  presented.warnShort(presented.len);
  return true;
}

function describe(no: bool): bool {
  const ring = current();
  if (!ring) return false;
  const k = matcher.base + 1;
  const len: u32 = no ? 0 : words.restLen(k);
  if (len > DESCRIPTION_MAX) return tooLong("description", DESCRIPTION_MAX);
  keyrings.setDescription(ring, no ? 0 : words.word(k), len);
  return true;
}

function localAddress(no: bool): bool {
  const ring = current();
  if (!ring) return false;
  const k = matcher.base + 1;
  const byName = !no && matcher.kindOf(k) != Item.ADDRESS;
  if (byName && matcher.port(k) == interfaces.NO_INTERFACE) return noSuchPort(interfaces.NO_INTERFACE);
  ring.localAddress = 0;
  ring.localPort = keyrings.ANY_PORT;
  if (no) return true;
  if (matcher.kindOf(k) == Item.ADDRESS) ring.localAddress = matcher.address(k);
  else ring.localPort = matcher.port(k);
  return true;
}

/** The keyrings' lines of the configuration. */
export function write(): void {
  for (let i: u32 = 0; i < keyrings.slots(); i++) {
    const ring = keyrings.at(i);
    if (!ring) continue;
    out.put("crypto keyring ").ascii(ring.name, ring.nameLen);
    nl();
    if (ring.descriptionLen) {
      out.put(" description ").ascii(ring.description, ring.descriptionLen);
      nl();
    }
    if (ring.localPort != keyrings.ANY_PORT || ring.localAddress) {
      out.put(" local-address ");
      if (ring.localAddress) out.ip(ring.localAddress);
      else interfaces.name(out, ring.localPort);
      nl();
    }
    for (let k: u32 = 0; k < keys.slots(); k++) {
      const key = keys.at(k);
      if (key && key.keyring == ring.id) writeKey(key);
    }
    out.char(33);
    nl();
  }
}

function writeKey(key: PreSharedKey): void {
  if (key.hostnameLen) out.put(" pre-shared-key hostname ").ascii(key.hostname, key.hostnameLen);
  else {
    out.put(" pre-shared-key address ").ip(key.address);
    if (key.mask != u32.MAX_VALUE || !key.address) out.char(32).ip(key.mask);
  }
  out.put(" key ");
  presented.put(key.secret, key.secretLen);
  nl();
}
