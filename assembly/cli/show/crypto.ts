/** What is configured for ISAKMP and IPsec, and the ISAKMP SAs. */
import * as ike from "../../ike/ike";
import * as keyrings from "../../ike/settings/keyring";
import * as keys from "../../ike/settings/keys";
import { AuthMethod, Phase1Policy, groupBits } from "../../ike/settings/policy";
import * as policies from "../../ike/settings/policy";
import { IsakmpSa, Phase, putPeerId } from "../../ike/state/isakmp_sa";
import * as isakmpSa from "../../ike/state/isakmp_sa";
import { INTERFACES } from "../../limits";
import { LineAction } from "../../lists/access_list";
import * as lists from "../../lists/access_list";
import * as interfaces from "../../net/interface";
import * as spd from "../../sadb/policies/spd";
import { CryptoMapEntry, Reverse } from "../../sadb/settings/crypto_map";
import * as maps from "../../sadb/settings/crypto_map";
import * as lifetime from "../../sadb/settings/lifetime";
import { Mode, TransformSet } from "../../sadb/settings/transform_set";
import * as sets from "../../sadb/settings/transform_set";
import { ahWord } from "../../sadb/terms/suite";
import { putLine, showList } from "../commands/list_lines";
import { actionKeyword, firstOfMap } from "../commands/crypto_map";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { cipherKeyword, hashKeyword, putSuite } from "../names";
import { nl, out, say } from "../output";
import * as presented from "../presented";
import * as words from "../words";
import { noSuchPort } from "../commands/interface";
import { putCapabilities, putLeft } from "./session";

export function rows(): void {
  row("ue:show crypto isakmp sa [detail|nat]", showIsakmpSa);
  row("ue:show crypto isakmp policy", showPolicies);
  row("e:show crypto isakmp key", showKeys);
  row("ue:show crypto ipsec transform-set", showTransformSets);
  row("ue:show crypto ipsec security-association [lifetime|idle-time]", showLifetimes);
  row("ue:show crypto map [tag WORD|interface IF]", showMaps);
  row("ue:show crypto dynamic-map [tag WORD]", showMaps);
  row("ue:show access-lists [WORD]", showAccessLists);
  row("ue:show ip access-lists [WORD]", showAccessLists);
}

function showIsakmpSa(no: bool): bool {
  if (matcher.find("nat") != 0xffffffff) return showNat();
  const detail = matcher.find("detail") != 0xffffffff;
  if (detail) {
    say("Codes: C - IKE configuration mode, D - Dead Peer Detection");
    say("       K - Keepalives, N - NAT-traversal");
    say("       T - cTCP encapsulation, X - IKE Extended Authentication");
    say("       psk - Preshared key, rsig - RSA signature");
    say("       renc - RSA encryption, esig - ECDSA signature, F - IKE Fragmentation");
  }
  say("IPv4 Crypto ISAKMP SA");
  if (detail) say("C-id  Local           Remote          Status Encr Hash   Auth DH Lifetime Cap.");
  else say("dst             src             state          conn-id status");
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa) continue;
    if (detail) showDetail(sa);
    else {
      out.ip(sa.initiator ? sa.peerAddress : sa.localAddress).to(16).ip(sa.initiator ? sa.localAddress : sa.peerAddress).to(32);
      out.put(ike.stateName(sa)).to(47).u64Wide(sa.number, 7).put(sa.phase == Phase.REPLACED ? " ACTIVE (replaced)" : " ACTIVE");
      nl();
    }
  }
  return true;
}

/** As IOS has them, and one for ECDSA. */
function proofWord(method: u32): string {
  switch (method) {
    case AuthMethod.PRE_SHARED_KEY: return "psk";
    case AuthMethod.RSA_SIGNATURES: return "rsig";
    case AuthMethod.RSA_ENCRYPTION:
    case AuthMethod.RSA_ENCRYPTION_REVISED: return "renc";
    default: return "esig";
  }
}

function showDetail(sa: IsakmpSa): void {
  out.u32(sa.number).to(6).ip(sa.localAddress).to(22).ip(sa.peerAddress).to(38);
  if (sa.phase == Phase.NEGOTIATING) {
    out.put(ike.stateName(sa));
    nl();
    return;
  }
  // The columns are IOS's, where "cml" has no word.
  out.put(sa.phase == Phase.REPLACED ? "OLD" : "ACTIVE").to(45).put(sa.encryption == 8 ? "cml" : cipherKeyword(sa.encryption));
  out.to(50).put(hashKeyword(sa.hashId)).to(57).put(proofWord(sa.authMethod)).to(62).u32(sa.group).to(65);
  putLeft(sa);
  out.char(32);
  putCapabilities(sa);
  nl();
  out.put("       Engine-id:Conn-id =  SW:").u32(sa.number);
  if (sa.keyBits) out.put(", keys of ").u32(sa.keyBits).put(" bits");
  nl();
  out.put("      role ").put(sa.initiator ? "initiator" : "responder").put(", peer identity ");
  putPeerId(out, sa).put(", port ").u32(sa.peerPort);
  out.put(", NAT ").put(sa.localNat ? (sa.peerNat ? "on both sides" : "on this side") : sa.peerNat ? "on the peer's side" : "none");
  nl();
  out.put("      cookies ").hexBytes(sa.CKY_I, 8).char(32).hexBytes(sa.CKY_R, 8).put(", policy ").u32(sa.priority);
  nl();
  if (!sa.lifetimeKilobytes) return;
  out.put("      volume ").u64(sa.octets >> 10).put(" of ").u32(sa.lifetimeKilobytes).put(" kilobytes");
  nl();
}

/** Who has a NAT before him: RFC 3947's port, and whose side it is. */
function showNat(): bool {
  say("C-id  Local                 Remote                NAT");
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || !sa.natDetected) continue;
    out.u32(sa.number).to(6).ip(sa.localAddress).char(58).u32(sa.localPort).to(28).ip(sa.peerAddress).char(58).u32(sa.peerPort).to(50);
    out.put(sa.localNat ? (sa.peerNat ? "on both sides" : "on this side") : "on the peer's side");
    nl();
  }
  return true;
}

function showPolicies(no: bool): bool {
  say("Global IKE policy");
  if (policies.configured() == 0) {
    say("Default protection suite");
    showPolicy(policies.defaultPolicy());
    return true;
  }
  let p = policies.first();
  while (p) {
    out.put("Protection suite of priority ").u32(p.priority);
    nl();
    showPolicy(p);
    p = policies.next(p);
  }
  return true;
}

function showPolicy(p: Phase1Policy): void {
  out.put("        encryption algorithm:   ");
  if (p.encryption == 1) out.put("DES - Data Encryption Standard (56 bit keys).");
  else if (p.encryption == 5) out.put("Three key triple DES");
  else out.put(p.encryption == 8 ? "Camellia (" : "AES - Advanced Encryption Standard (").u32(p.keyBits).put(" bit keys).");
  nl();
  out.put("        hash algorithm:         ");
  if (p.hash == 1) out.put("Message Digest 5");
  else if (p.hash == 2) out.put("Secure Hash Standard");
  else out.put("Secure Hash Standard 2 (").u32(p.hash == 4 ? 256 : p.hash == 5 ? 384 : 512).put(" bit)");
  nl();
  out.put("        authentication method:  ");
  if (p.authMethod == AuthMethod.PRE_SHARED_KEY) say("Pre-Shared Key");
  else if (p.authMethod == AuthMethod.RSA_ENCRYPTION) say("RSA Encryption");
  else if (p.authMethod == AuthMethod.RSA_ENCRYPTION_REVISED) say("RSA Encryption, revised");
  else say(p.authMethod == AuthMethod.RSA_SIGNATURES ? "RSA Signature" : "ECDSA Signature");
  out.put("        Diffie-Hellman group:   #").u32(p.group).put(" (").u32(groupBits(p.group)).put(" bit)");
  nl();
  out.put("        lifetime:               ").u32(p.lifetimeSeconds).put(" seconds, ");
  if (p.lifetimeKilobytes) out.u32(p.lifetimeKilobytes).put(" kilobytes");
  else out.put("no volume limit");
  nl();
}

function showKeys(no: bool): bool {
  say("Keyring      Hostname/Address                            Preshared Key");
  nl();
  for (let i: u32 = 0; i < keys.slots(); i++) {
    const key = keys.at(i);
    if (!key) continue;
    const ring = keyrings.byId(key.keyring);
    if (ring) out.ascii(ring.name, ring.nameLen);
    else out.put("default");
    out.to(13);
    if (key.hostnameLen) out.ascii(key.hostname, key.hostnameLen);
    else {
      out.ip(key.address);
      if (key.mask != 0xffffffff) out.put(" [").ip(key.mask).char(93);
    }
    out.to(57);
    presented.putWhole(key.secret, key.secretLen);
    nl();
  }
  return true;
}

function putSet(set: TransformSet): void {
  out.ascii(set.name, set.nameLen).put(": { ");
  if (set.ahAuth) out.put(ahWord(set.ahAuth)).put(set.espCipher ? " " : "");
  if (set.espCipher) putSuite(out, set.espCipher, set.keyBits, set.espAuth);
  out.put("  }");
}

function showTransformSets(no: bool): bool {
  for (let i: u32 = 0; i < sets.slots(); i++) {
    const set = sets.at(i);
    if (!set) continue;
    out.put("Transform set ");
    putSet(set);
    nl();
    say(set.mode == <u8>Mode.TUNNEL ? "   will negotiate = { Tunnel,  }," : set.required ? "   will require = { Transport,  }," : "   will negotiate = { Transport,  },");
  }
  return true;
}

function putLifetime(kilobytes: u32, seconds: u32): void {
  out.put("Security association lifetime: ");
  if (kilobytes) out.u32(kilobytes).put(" kilobytes/");
  out.u32(seconds).put(" seconds");
  nl();
}

function showLifetimes(no: bool): bool {
  putLifetime(lifetime.kilobytes, lifetime.seconds);
  if (lifetime.idle) {
    out.put("Idle time: ").u32(lifetime.idle).put(" seconds");
    nl();
  }
  if (lifetime.window) out.put("Replay window: ").u32(lifetime.window).put(" packets");
  else out.put("Replay window: disabled");
  nl();
  return true;
}

function showMaps(no: bool): bool {
  const templates = matcher.isKeyword(matcher.base + 2, "dynamic-map");
  const k = matcher.base + 4;
  const tag = matcher.argCount() > k - 1 && matcher.isKeyword(k - 1, "tag");
  const bound = !tag && matcher.argCount() > k - 1;
  const port: u32 = bound ? matcher.port(k) : 0;
  if (bound && port == interfaces.NO_INTERFACE) return noSuchPort(port);
  const name = tag ? words.word(k) : maps.boundName(port);
  const len = tag ? words.wordLen(k) : maps.boundLen(port);
  for (let i: u32 = 0; i < maps.slots(); i++) {
    const first = firstOfMap(i, templates);
    if (!first || ((tag || bound) && (<u32>first.nameLen != len || memory.compare(first.name, name, <usize>len) != 0))) continue;
    let entry: CryptoMapEntry | null = first;
    while (entry) {
      showEntry(entry);
      entry = maps.next(entry.name, <u32>entry.nameLen, entry.sequence);
    }
    if (templates) continue;
    out.put("        Interfaces using crypto map ").ascii(first.name, first.nameLen).char(58);
    nl();
    for (let port: u32 = 0; port < INTERFACES; port++) {
      if (maps.boundLen(port) != <u32>first.nameLen || memory.compare(maps.boundName(port), first.name, <usize>first.nameLen) != 0) continue;
      interfaces.name(out.put("                "), port);
      nl();
    }
  }
  return true;
}

function showEntry(entry: CryptoMapEntry): void {
  out.put(entry.template ? 'Crypto Map Template "' : 'Crypto Map "').ascii(entry.name, entry.nameLen).put('" ').u32(entry.number).char(32).put(actionKeyword(entry.action));
  if (entry.told) out.put(" (incomplete: what it matches is discarded)");
  else if (!entry.complete) out.put(" (incomplete: not in force)");
  nl();
  if (entry.dynamic) {
    out.put("        Dynamic map template tag: ").ascii(entry.list, entry.listLen);
    nl();
    return;
  }
  if (entry.descriptionLen) {
    out.put("        Description: ").ascii(entry.description, entry.descriptionLen);
    nl();
  }
  for (let k: u32 = 0; k < <u32>entry.peerCount; k++) {
    out.put("        Peer = ").ip(entry.peer(k));
    if (k == 0 && entry.defaultPeer) out.put(" (default)");
    nl();
  }
  if (entry.listLen) {
    out.put("        Extended IP access list ").ascii(entry.list, entry.listLen);
    const list = lists.find(entry.list, entry.listLen);
    if (!list) out.put(" (not configured)");
    nl();
    let line = list ? list.first : null;
    while (line) {
      if (line.action != <u8>LineAction.REMARK) {
        out.put("            access-list ").ascii(entry.list, entry.listLen).char(32);
        putLine(out, line);
        nl();
      }
      line = line.next;
    }
    const cut = spd.withoutRoom(entry);
    if (cut) {
      out.put("            (no room from line ").u32(cut.sequence).put(" on: what those lines match is discarded)");
      nl();
    }
  }
  if (actionKeyword(entry.action) != "ipsec-isakmp") return;
  out.put("        ");
  putLifetime(entry.noKilobytes ? 0 : entry.lifetimeKilobytes ? entry.lifetimeKilobytes : lifetime.kilobytes, entry.lifetimeSeconds ? entry.lifetimeSeconds : lifetime.seconds);
  if (entry.idleSeconds) {
    out.put("        Security association idletime: ").u32(entry.idleSeconds).put(" seconds");
    nl();
  }
  if (entry.reverse) say(entry.reverse == <u8>Reverse.ALWAYS ? "        Reverse Route Injection Enabled (static)" : "        Reverse Route Injection Enabled");
  if (entry.profileLen) {
    out.put("        ISAKMP Profile: ").ascii(entry.profile, entry.profileLen);
    nl();
  }
  if (entry.pfsGroup) {
    say("        PFS (Y/N): Y");
    out.put("        DH group:  group").u32(entry.pfsGroup);
    nl();
    if (entry.pfsIdentities) say("        PFS of identities: Y");
  } else say("        PFS (Y/N): N");
  say("        Transform sets={");
  for (let k: u32 = 0; k < <u32>entry.transformSetCount; k++) {
    out.put("                ");
    putSet(entry.transformSet(k));
    out.put(" ,");
    nl();
  }
  say("        }");
}

function showAccessLists(no: bool): bool {
  const last = matcher.argCount() - 1;
  const one = !matcher.isKeyword(last, "access-lists");
  for (let i: u32 = 0; i < lists.slots(); i++) {
    const list = lists.at(i);
    if (!list) continue;
    if (one && (list.nameLen != words.wordLen(last) || memory.compare(list.name, words.word(last), <usize>list.nameLen) != 0)) continue;
    showList(list);
  }
  return true;
}
