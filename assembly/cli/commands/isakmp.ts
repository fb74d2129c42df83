/** `crypto isakmp`: policies, pre-shared keys, identity. */
import * as identity from "../../ike/proof/identity";
import { lacking } from "../../ike/proof/lacking";
import * as deadPeerSetting from "../../ike/settings/dead_peer_setting";
import * as fragmentation from "../../ike/settings/fragmentation";
import * as keys from "../../ike/settings/keys";
import { IDENTITY_MAX, Identity } from "../../ike/settings/own_identity";
import * as ownIdentity from "../../ike/settings/own_identity";
import { AuthMethod, Phase1Policy } from "../../ike/settings/policy";
import * as policies from "../../ike/settings/policy";
import * as reading from "../../ike/settings/skeyid_reading";
import * as deadPeer from "../../ike/state/dead_peer";
import * as base64 from "../../pki/base64";
import { HOSTNAME_MAX, ISAKMP_KEYS, ISAKMP_POLICIES, PSK_MAX } from "../../limits";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { authKeyword, cipherKeyword, hashKeyword } from "../names";
import { nl, out, refuse, refused, tooLong } from "../output";
import * as presented from "../presented";
import * as session from "../session";
import { iosVersion } from "../ios/ignored";
import * as words from "../words";
import { warnRival } from "./keyring_rivals";

export function rows(): void {
  row("c:crypto isakmp policy <1-10000>~", policy);
  row("c:crypto isakmp key [0|6|7|sealed|hex|base64] WORD (address A.B.C.D [M.M.M.M]|hostname WORD)~ [no-xauth]", key);
  row("c:crypto isakmp identity~ (address|dn|hostname|key-id WORD|user-fqdn WORD)", setIdentity);
  row("c:crypto isakmp keepalive~ <10-3600> [<2-60>] [on-demand|periodic]", keepalive);
  row("c:crypto isakmp fragmentation~ [mtu <128-1500>]", setFragmentation);
  row("c:crypto isakmp rsa-encr skeyid~ (rfc2409|cisco)", setReading);
  row("p:authentication~ (pre-share|rsa-sig|rsa-encr [revised]|ecdsa-sig)", authentication);
  row("p:encryption~ (des|3des|aes [128|192|256]|camellia [128|192|256])", encryption);
  row("p:hash~ (md5|sha|sha256|sha384|sha512)", hash);
  row("p:group~ (1|2|3|4|5|7|14|15|16|17|18|19|20|21|31)", group);
  row("p:lifetime~ <60-86400>", lifetime);
  row("p:lifetime kilobytes~ <64-4294967295>", lifetimeKilobytes);
}

/** What a policy has not said that IOS leaves unsaid, under a configuration with a version of IOS: it means what it means there. */
const enum Unsaid {
  ENCRYPTION = 1,
  HASH = 2,
  GROUP = 4,
  AUTHENTICATION = 8,
}

let unsaid: u32 = 0;
let unsaidOf: u32 = 0;

function named(bit: Unsaid, what: string, means: string): void {
  if (!(unsaid & bit)) return;
  out.clear().put("% Warning: policy ").u32(unsaidOf).put(" says no `").put(what).put("`: that is ").put(means).put(" in IOS, and here under its `version`.");
  nl();
}

/** The policy is left: names what it left to IOS's defaults. */
export function leave(): void {
  named(Unsaid.ENCRYPTION, "encryption", "DES");
  named(Unsaid.HASH, "hash", "SHA-1");
  named(Unsaid.GROUP, "group", "group 1 (768 bits)");
  named(Unsaid.AUTHENTICATION, "authentication", "rsa-sig");
  unsaid = 0;
}

function policy(no: bool): bool {
  const priority = matcher.number(matcher.base + 3);
  if (no) {
    if (policies.remove(priority)) return true;
    refuse("There is no policy of priority ").u32(priority).char(46);
    nl();
    return false;
  }
  const known = policies.find(priority) != null;
  const p = policies.add(priority);
  if (!p) {
    refuse("There are ").u32(ISAKMP_POLICIES).put(" policies already, which is the most.");
    nl();
    return false;
  }
  leave();
  if (!known && iosVersion()) {
    p.encryption = 1;
    p.keyBits = 0;
    p.hash = 2;
    p.group = 1;
    p.authMethod = AuthMethod.RSA_SIGNATURES;
    unsaid = Unsaid.ENCRYPTION | Unsaid.HASH | Unsaid.GROUP | Unsaid.AUTHENTICATION;
    unsaidOf = priority;
  }
  session.enter(Mode.ISAKMP, priority, 0, 0);
  return true;
}

/** The policy that the mode is about; it is there as long as the mode is. */
function current(): Phase1Policy {
  return policies.add(session.subject) as Phase1Policy;
}

/** A policy that is strong but for the one setting under way: what is weak in it is that setting. */
const alone: usize = memory.data(48, 4);

function strong(): Phase1Policy {
  const p = changetype<Phase1Policy>(alone);
  policies.setDefaults(p);
  return p;
}

/** Names what is weak in a setting that was just made. */
function warn(p: Phase1Policy): bool {
  const why = policies.weakness(p);
  if (why.length) {
    refuse("Warning: policy ").u32(session.subject).put(": ").put(why).char(46);
    nl();
  }
  return true;
}

/** ECDSA_256 stands for the curve of whatever key there is. */
function given(k: u32): u32 {
  if (matcher.isKeyword(k, "rsa-sig")) return AuthMethod.RSA_SIGNATURES;
  if (matcher.isKeyword(k, "rsa-encr")) return matcher.argCount() > k + 1 ? AuthMethod.RSA_ENCRYPTION_REVISED : AuthMethod.RSA_ENCRYPTION;
  return matcher.isKeyword(k, "ecdsa-sig") ? AuthMethod.ECDSA_256 : AuthMethod.PRE_SHARED_KEY;
}

function authentication(no: bool): bool {
  unsaid &= ~Unsaid.AUTHENTICATION;
  const p = current();
  p.authMethod = no ? policies.defaultPolicy().authMethod : given(matcher.base + 1);
  const why = lacking(p.authMethod);
  if (why.length) {
    refuse("Warning: policy ").u32(session.subject).put(": ").put(why).char(46);
    nl();
  }
  const one = strong();
  one.authMethod = p.authMethod;
  return warn(one);
}

function setReading(no: bool): bool {
  reading.set(!no && matcher.isKeyword(matcher.base + 4, "cisco"));
  return true;
}

function encryption(no: bool): bool {
  unsaid &= ~Unsaid.ENCRYPTION;
  const p = current();
  const k = matcher.base + 1;
  const fallback = policies.defaultPolicy();
  p.keyBits = 0;
  if (no) {
    p.encryption = fallback.encryption;
    p.keyBits = fallback.keyBits;
  } else if (matcher.isKeyword(k, "des")) p.encryption = 1;
  else if (matcher.isKeyword(k, "3des")) p.encryption = 5;
  else {
    p.encryption = matcher.isKeyword(k, "camellia") ? 8 : 7;
    p.keyBits = matcher.argCount() > k + 1 ? matcher.keywordValue(k + 1) : 128;
  }
  const one = strong();
  one.encryption = p.encryption;
  return warn(one);
}

function hash(no: bool): bool {
  unsaid &= ~Unsaid.HASH;
  const p = current();
  const k = matcher.base + 1;
  if (no) p.hash = policies.defaultPolicy().hash;
  else if (matcher.isKeyword(k, "md5")) p.hash = 1;
  else if (matcher.isKeyword(k, "sha")) p.hash = 2;
  else if (matcher.isKeyword(k, "sha256")) p.hash = 4;
  else if (matcher.isKeyword(k, "sha384")) p.hash = 5;
  else p.hash = 6;
  const one = strong();
  one.hash = p.hash;
  return warn(one);
}

function group(no: bool): bool {
  unsaid &= ~Unsaid.GROUP;
  const p = current();
  p.group = no ? policies.defaultPolicy().group : matcher.keywordValue(matcher.base + 1);
  const one = strong();
  one.group = p.group;
  return warn(one);
}

function lifetime(no: bool): bool {
  current().lifetimeSeconds = no ? policies.defaultPolicy().lifetimeSeconds : matcher.number(matcher.base + 1);
  return true;
}

function lifetimeKilobytes(no: bool): bool {
  current().lifetimeKilobytes = no ? 0 : matcher.number(matcher.base + 2);
  return true;
}

function keepalive(no: bool): bool {
  const k = matcher.base + 3;
  if (no) {
    deadPeer.configure(0, deadPeerSetting.RETRY_DEFAULT, false);
    return true;
  }
  const last = matcher.argCount() - 1;
  const always = matcher.isKeyword(last, "periodic");
  const named = always || matcher.isKeyword(last, "on-demand");
  deadPeer.configure(matcher.number(k), (named ? last - 1 : last) > k ? matcher.number(k + 1) : deadPeerSetting.RETRY_DEFAULT, always);
  return true;
}

function setFragmentation(no: bool): bool {
  const which = matcher.find("mtu", matcher.base + 3);
  fragmentation.set(!no, no || which == 0xffffffff ? fragmentation.MTU_DEFAULT : matcher.number(which + 1));
  return true;
}

function key(no: bool): bool {
  // A secret that reads "0" and has no other word before the peer is a secret.
  const which = matcher.find("address", matcher.base + 4);
  const k = which != 0xffffffff ? which : matcher.find("hostname", matcher.base + 4);
  if (!no && !presented.take(k - 1)) return false;
  let secret = no ? words.word(k - 1) : presented.at;
  let secretLen = no ? words.wordLen(k - 1) : presented.len;
  const form = matcher.base + 3;
  if (k >= form + 2 && !no && matcher.isKeyword(form, "base64")) {
    const octets = base64.decode(secret, secretLen, secret);
    if (octets == base64.BAD || octets == 0) return refused("The key is not base64: letters, digits, `+`, `/`, and `=` at the end where octets are missing.");
    secretLen = octets;
  }
  const byAddress = which != 0xffffffff;
  let address: u32 = 0;
  let mask: u32 = 0xffffffff;
  if (byAddress) {
    address = matcher.address(k + 1);
    // Without a mask it is one host's; 0.0.0.0 is everybody's all the same, as in IOS.
    if (matcher.argCount() > k + 2 && !matcher.isKeyword(k + 2, "no-xauth")) mask = matcher.address(k + 2);
    else if (address == 0) mask = 0;
  }
  if (no) {
    if (byAddress ? keys.removeAddress(address, mask) : keys.removeHostname(words.word(k + 1), words.wordLen(k + 1))) return true;
    return refused("There is no key for that peer.");
  }
  if (secretLen > PSK_MAX) return tooLong("key", PSK_MAX);
  if (!byAddress && words.wordLen(k + 1) > HOSTNAME_MAX) return tooLong("name", HOSTNAME_MAX);
  if (!(byAddress ? keys.addAddress(address, mask, secret, secretLen) : keys.addHostname(words.word(k + 1), words.wordLen(k + 1), secret, secretLen))) {
    refuse("There are ").u32(ISAKMP_KEYS).put(" keys already, which is the most.");
    nl();
    return false;
  }
  if (byAddress && mask == 0) {
    refuse("Warning: this key is every peer's: whoever knows it can pose as any peer of a dynamic crypto map.");
    nl();
  }
  const added = byAddress ? keys.exact(address, mask, 0) : null;
  if (added) warnRival(added);
  presented.warnShort(secretLen);
  return true;
}

function setIdentity(no: bool): bool {
  const k = matcher.base + 3;
  let kind = Identity.ADDRESS;
  if (no || matcher.isKeyword(k, "address")) kind = Identity.ADDRESS;
  else if (matcher.isKeyword(k, "hostname")) kind = Identity.HOSTNAME;
  else if (matcher.isKeyword(k, "dn")) kind = Identity.DN;
  else if (matcher.isKeyword(k, "key-id")) kind = Identity.KEY_ID;
  else kind = Identity.USER_FQDN;
  const text = kind == Identity.KEY_ID || kind == Identity.USER_FQDN;
  if (ownIdentity.set(kind, text ? words.word(k + 1) : 0, text ? words.wordLen(k + 1) : 0)) return true;
  return tooLong("identity", IDENTITY_MAX);
}

/** The policies' lines of the configuration, then identity and keys. */
export function write(): void {
  let p = policies.configured() ? policies.first() : null;
  while (p) {
    out.put("crypto isakmp policy ").u32(p.priority);
    nl();
    out.put(" encryption ").put(cipherKeyword(p.encryption));
    if (p.keyBits) out.char(32).u32(p.keyBits);
    nl();
    out.put(" hash ").put(hashKeyword(p.hash));
    nl();
    out.put(" authentication ").put(authKeyword(p.authMethod));
    nl();
    out.put(" group ").u32(p.group);
    nl();
    if (p.lifetimeSeconds != policies.defaultPolicy().lifetimeSeconds) {
      out.put(" lifetime ").u32(p.lifetimeSeconds);
      nl();
    }
    if (p.lifetimeKilobytes) {
      out.put(" lifetime kilobytes ").u32(p.lifetimeKilobytes);
      nl();
    }
    out.char(33);
    nl();
    p = policies.next(p);
  }
  let any = deadPeerSetting.interval != 0;
  if (any) {
    out.put("crypto isakmp keepalive ").u32(deadPeerSetting.interval);
    if (deadPeerSetting.retry != deadPeerSetting.RETRY_DEFAULT) out.char(32).u32(deadPeerSetting.retry);
    if (deadPeerSetting.periodic) out.put(" periodic");
    nl();
  }
  if (reading.plain) {
    out.put("crypto isakmp rsa-encr skeyid cisco");
    nl();
    out.char(33);
    nl();
  }
  if (!fragmentation.enabled || fragmentation.mtu != fragmentation.MTU_DEFAULT) {
    any = true;
    out.put(fragmentation.enabled ? "crypto isakmp fragmentation mtu " : "no crypto isakmp fragmentation");
    if (fragmentation.enabled) out.u32(fragmentation.mtu);
    nl();
  }
  if (ownIdentity.current() != Identity.ADDRESS) {
    any = true;
    out.put("crypto isakmp identity ");
    switch (ownIdentity.current()) {
      case Identity.HOSTNAME:
        out.put("hostname");
        break;
      case Identity.DN:
        out.put("dn");
        break;
      case Identity.KEY_ID:
        out.put("key-id ").ascii(ownIdentity.textAt(), ownIdentity.textLength());
        break;
      default:
        out.put("user-fqdn ").ascii(ownIdentity.textAt(), ownIdentity.textLength());
    }
    nl();
  }
  for (let i: u32 = 0; i < keys.slots(); i++) {
    const one = keys.at(i);
    if (!one || one.keyring) continue;
    any = true;
    out.put("crypto isakmp key ");
    presented.put(one.secret, one.secretLen);
    if (one.hostnameLen) out.put(" hostname ").ascii(one.hostname, one.hostnameLen);
    else {
      out.put(" address ").ip(one.address);
      if (one.mask != 0xffffffff || !one.address) out.char(32).ip(one.mask);
    }
    nl();
  }
  if (any) {
    out.char(33);
    nl();
  }
}
