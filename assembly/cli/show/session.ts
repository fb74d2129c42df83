/** `show crypto session`, `show crypto engine connections active`, `show crypto eli`: who is connected, and what has gone through. */
import { IsakmpSa, Phase, putPeerId, putPeerIdOf } from "../../ike/state/isakmp_sa";
import * as isakmpSa from "../../ike/state/isakmp_sa";
import * as peers from "../../ike/state/peer";
import * as profiles from "../../ike/settings/profile";
import { ISAKMP_SAS, SAS } from "../../limits";
import * as interfaces from "../../net/interface";
import { Policy } from "../../sadb/policies/policy";
import * as spd from "../../sadb/policies/spd";
import { SA, State } from "../../sadb/sas/sad";
import * as sad from "../../sadb/sas/sad";
import { Action } from "../../sadb/settings/crypto_map";
import { AH, authWord, cipherWord } from "../../sadb/terms/suite";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { Text } from "../../util/text";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { cipherKeyword, hashKeyword } from "../names";
import { nl, out, say } from "../output";

const NOWHERE: u32 = 0xffffffff;

export function rows(): void {
  row("ue:show crypto session [(local|remote) A.B.C.D] [detail|brief]", showSessions);
  row("ue:show crypto engine connections active", showConnections);
  row("ue:show crypto eli", showEngines);
}

let detail: bool = false;
let brief: bool = false;

function showSessions(no: bool): bool {
  detail = matcher.find("detail") != NOWHERE;
  brief = matcher.find("brief") != NOWHERE;
  const local = matcher.find("local");
  const remote = matcher.find("remote");
  const ofLocal: u32 = local == NOWHERE ? 0 : matcher.address(local + 1);
  const ofRemote: u32 = remote == NOWHERE ? 0 : matcher.address(remote + 1);
  if (brief) {
    say("Status: A - active, I - idle, N - negotiating, K - no IKE SA, D - down");
    say("Peer            I/F               Phase1_id                     Uptime   Status");
  } else {
    say("Crypto session current status");
    nl();
    if (detail) legend();
  }
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.action != <u8>Action.PROTECT || isRepeated(policy, i)) continue;
    if ((ofLocal && spd.localAddress(policy) != ofLocal) || (ofRemote && peerOf(policy) != ofRemote)) continue;
    show(policy, i);
  }
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || hasPolicy(sa) || isOlder(sa) || (ofLocal && sa.localAddress != ofLocal) || (ofRemote && sa.peerAddress != ofRemote)) continue;
    head(portOf(sa), sa, sa.peerAddress, false);
    if (!brief) nl();
  }
  return true;
}

export function legend(): void {
  say("Code: C - IKE Configuration mode, D - Dead Peer Detection");
  say("K - Keepalives, N - NAT-traversal, T - cTCP encapsulation");
  say("X - IKE Extended Authentication, F - IKE Fragmentation");
  say("R - IKE Auto Reconnect");
  nl();
}

/** The address of whom a policy is with, or would be. */
function peerOf(policy: Policy): u32 {
  const outbound = policy.outbound;
  return outbound ? outbound.peerAddress : policy.peer;
}

/** Whether two policies are of one session: the same peer on the same interface. */
function isSameSession(a: Policy, b: Policy): bool {
  return b.action == <u8>Action.PROTECT && a.interface == b.interface && a.owner == b.owner && peerOf(a) == peerOf(b);
}

function isRepeated(policy: Policy, place: u32): bool {
  for (let i: u32 = 0; i < place; i++) if (isSameSession(policy, spd.orderedAt(i))) return true;
  return false;
}

function isOf(sa: IsakmpSa, policy: Policy): bool {
  return policy.owner ? sa.peerNumber == policy.owner : policy.entry.hasPeer(sa.configured) && (sa.peerAddress == peerOf(policy) || sa.configured == peerOf(policy));
}

/** The SA that stands for a policy's session: an established one before one that is being negotiated. */
function saOf(policy: Policy): IsakmpSa | null {
  let found: IsakmpSa | null = null;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa && isOf(sa, policy) && (!found || rank(sa) > rank(found))) found = sa;
  }
  return found;
}

function rank(sa: IsakmpSa): u32 {
  return sa.phase == Phase.ESTABLISHED ? 2 : sa.phase == Phase.REPLACED ? 1 : 0;
}

function hasPolicy(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.action == <u8>Action.PROTECT && isOf(sa, policy)) return true;
  }
  return false;
}

/** Whether a better SA with the same peer is shown in its place. */
function isOlder(sa: IsakmpSa): bool {
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const other = isakmpSa.at(i);
    if (!other || other === sa || other.peerAddress != sa.peerAddress || other.localAddress != sa.localAddress) continue;
    if (rank(other) > rank(sa) || (rank(other) == rank(sa) && other.number > sa.number)) return true;
  }
  return false;
}

/** The interface that has an SA's address of ours. */
function portOf(sa: IsakmpSa): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < spd.orderedCount(); i++) if (spd.localAddress(spd.orderedAt(i)) == sa.localAddress) found = spd.orderedAt(i).interface;
  return found;
}

function show(policy: Policy, place: u32): void {
  let active = false;
  for (let i = place; i < spd.orderedCount(); i++) {
    const other = spd.orderedAt(i);
    if (isSameSession(policy, other) && other.outbound) active = true;
  }
  head(policy.interface, saOf(policy), peerOf(policy), active, policy);
  if (brief) return;
  for (let i = place; i < spd.orderedCount(); i++) if (isSameSession(policy, spd.orderedAt(i))) showFlow(spd.orderedAt(i));
  nl();
}

function statusWord(sa: IsakmpSa | null, active: bool): string {
  const up = sa ? sa.phase != Phase.NEGOTIATING : false;
  if (brief) return up ? (active ? "A" : "I") : active ? "K" : sa ? "N" : "D";
  return up ? (active ? "UP-ACTIVE" : "UP-IDLE") : active ? "UP-NO-IKE" : sa ? "DOWN-NEGOTIATING" : "DOWN";
}

/** HH:MM:SS; from a day on 1d02h. */
function putTime(seconds: u64): void {
  if (seconds >= 86400) {
    out.u64(seconds / 86400).char(100).padded(<u32>(seconds / 3600 % 24), 2).char(104);
    return;
  }
  out.padded(<u32>(seconds / 3600), 2).char(58).padded(<u32>(seconds / 60 % 60), 2).char(58).padded(<u32>(seconds % 60), 2);
}

/** What a session's peer calls itself; what it called itself last, while there is no ISAKMP SA. */
function putPhase1Id(sa: IsakmpSa | null, policy: Policy | null): void {
  if (sa && sa.phase != Phase.NEGOTIATING) {
    putPeerId(out, sa);
    return;
  }
  const peer = policy && policy.owner ? peers.byNumber(policy.owner) : null;
  if (peer) putPeerIdOf(out, peer.idType, peer.id, peer.idLen);
  else out.put("(none)");
}

/** Since when a session has what it has: the ISAKMP SA, or the oldest pair. */
function bornOf(sa: IsakmpSa | null, policy: Policy | null): u64 {
  if (sa && sa.phase != Phase.NEGOTIATING) return sa.establishedAt;
  let born: u64 = 0;
  let one: SA | null = policy ? policy.newest : null;
  while (one) {
    born = one.born;
    one = one.older;
  }
  return born;
}

function head(port: u32, sa: IsakmpSa | null, address: u32, active: bool, policy: Policy | null = null): void {
  const born = bornOf(sa, policy);
  if (brief) {
    out.ip(address).to(16);
    interfaces.name(out, port).to(34);
    putPhase1Id(sa, policy);
    out.to(64);
    if (born) putTime((clock.now() - born) / 1000);
    out.to(73).put(statusWord(sa, active));
    nl();
    return;
  }
  interfaces.name(out.put("Interface: "), port);
  nl();
  const profile = sa ? profiles.byId(sa.profile) : null;
  if (profile) {
    out.put("Profile: ").ascii(profile.name, profile.nameLen);
    nl();
  }
  if (detail && born) {
    out.put("Uptime: ");
    putTime((clock.now() - born) / 1000);
    nl();
  }
  out.put("Session status: ").put(statusWord(sa, active));
  nl();
  out.put("Peer: ").ip(address).put(" port ").u32(sa ? sa.peerPort : 500);
  if (detail) out.put(" fvrf: (none) ivrf: (none)");
  nl();
  if (detail) {
    out.put("      Phase1_id: ");
    putPhase1Id(sa, policy);
    nl();
    say("      Desc: (none)");
  }
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const one = isakmpSa.at(i);
    if (one && (one === sa || (policy && isOf(one, policy)))) showIke(one);
  }
}

function showIke(sa: IsakmpSa): void {
  say("  Session ID: 0");
  const up = sa.phase != Phase.NEGOTIATING;
  out.put("  IKEv1 SA: local ").ip(sa.localAddress).char(47).u32(sa.localPort).put(" remote ").ip(sa.peerAddress).char(47).u32(sa.peerPort);
  out.put(up ? " Active" : " Inactive");
  nl();
  if (!detail) return;
  out.put("          Capabilities:");
  putCapabilities(sa);
  out.put(" connid:").u32(sa.number).put(" lifetime:");
  putLeft(sa);
  nl();
}

/** The letters of the legend. */
export function putCapabilities(sa: IsakmpSa): void {
  if (sa.deadPeerDetection) out.char(68);
  if (sa.natDetected) out.char(78);
  if (sa.fragmentation) out.char(70);
  if (!sa.deadPeerDetection && !sa.natDetected && !sa.fragmentation) out.put("(none)");
}

/** What is left of an ISAKMP SA's life. */
export function putLeft(sa: IsakmpSa): void {
  const now = clock.now();
  const left: u64 = sa.phase == Phase.NEGOTIATING || sa.expiresAt == NEVER || sa.expiresAt <= now ? 0 : (sa.expiresAt - now) / 1000;
  out.padded(<u32>(left / 3600), 2).char(58).padded(<u32>(left / 60 % 60), 2).char(58).padded(<u32>(left % 60), 2);
}

function putNetwork(first: u32, last: u32): void {
  out.char(32);
  const bits = first ^ last;
  if ((bits & (bits + 1)) == 0 && (first & bits) == 0) out.ip(first).char(47).ip(~bits);
  else out.ip(first).char(45).ip(last);
}

function showFlow(policy: Policy): void {
  const s = policy.selector;
  out.put("  IPSEC FLOW: permit ");
  if (s.protocol) out.u32(s.protocol);
  else out.put("ip");
  if (s.localFirst == s.localLast && s.remoteFirst == s.remoteLast) out.put(" host ").ip(s.localFirst).put(" host ").ip(s.remoteFirst);
  else {
    putNetwork(s.localFirst, s.localLast);
    putNetwork(s.remoteFirst, s.remoteLast);
  }
  nl();
  let sas: u32 = 0;
  let received: u64 = 0;
  let sent: u64 = 0;
  let refused: u64 = 0;
  let failed: u64 = 0;
  let sa = policy.newest;
  while (sa) {
    sas += sa.outer ? 4 : 2;
    const inbound = sa.pair;
    sent += sa.shown;
    failed += <u64>sa.errors;
    if (inbound) {
      received += inbound.shown;
      refused += <u64>inbound.errors;
    }
    sa = sa.older;
  }
  out.put("        Active SAs: ").u32(sas).put(policy.owner ? ", origin: dynamic crypto map" : ", origin: crypto map");
  nl();
  if (!detail) return;
  const outbound = policy.outbound;
  out.put("        Inbound:  #pkts dec'ed ").u64(received).put(" drop ").u64(refused);
  putLife(outbound ? outbound.pair : null);
  out.put("        Outbound: #pkts enc'ed ").u64(sent).put(" drop ").u64(failed);
  putLife(outbound);
}

/** Both directions end together; the inbound SA keeps the time. */
function putLife(sa: SA | null): void {
  out.put(" life (KB/Sec) ");
  const kilobytes = sa ? <u64>sa.lifetimeKilobytes : 0;
  const used = sa ? sa.bytes >> 10 : 0;
  if (sa && !kilobytes) out.put("KB Vol Rekey Disabled");
  else out.u64(used < kilobytes ? kilobytes - used : 0);
  const pair = sa ? sa.pair : null;
  const end: u64 = sa && sa.inbound ? sa.hard : pair ? pair.hard : 0;
  const now = clock.now();
  out.char(47).u64(end > now ? (end - now) / 1000 : 0);
  nl();
}

/** A word of the configuration as IOS's engine has it: `esp-sha256-hmac` is SHA256. */
function putUpper(text: Text, word: string): void {
  const from = word.startsWith("esp-") ? 4 : 0;
  const to = word.length - (word.endsWith("-hmac") ? 5 : word.endsWith("-mac") ? 4 : 0);
  for (let i = from; i < to; i++) {
    const c = <u32>word.charCodeAt(i);
    text.char(c - 97 < 26 ? c - 32 : c);
  }
}

function connection(number: u32, type: string): void {
  const width: u32 = number < 10 ? 1 : number < 100 ? 2 : number < 1000 ? 3 : number < 10000 ? 4 : 5;
  out.to(5 - width).u32(number).to(7).put(type).to(15);
}

function counts(encrypted: u64, decrypted: u64, last: u64, address: u32): void {
  out.to(35).u64Wide(encrypted, 7).u64Wide(decrypted, 9).u64Wide(last, 9).char(32).ip(address);
  nl();
}

function showConnections(no: bool): bool {
  say("Crypto Engine Connections");
  nl();
  say("   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN IP-Address");
  for (let i: u32 = 0; i < sad.slots(); i++) {
    const sa = sad.at(i);
    if (!sa || sa.state < <u8>State.INBOUND || sa.inner) continue;
    connection(i + 1, "IPsec");
    if (sa.transform) {
      putUpper(out, cipherWord(<u32>sa.transform));
      if (sa.keyBits > 128) out.u32(<u32>sa.keyBits);
    }
    if (sa.transform && sa.auth) out.char(43);
    if (sa.auth) putUpper(out, authWord(<u32>sa.auth));
    if (<u32>sa.protocol == AH) out.put(" AH");
    const packets = sa.shown;
    counts(sa.inbound ? 0 : packets, sa.inbound ? packets : 0, sa.inbound ? sa.sequence : 0, sa.localAddress);
  }
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || sa.phase == Phase.NEGOTIATING) continue;
    connection(sa.number, "IKE");
    putUpper(out, hashKeyword(sa.hashId));
    out.char(43);
    putUpper(out, cipherKeyword(sa.encryption));
    if (sa.keyBits > 128) out.u32(sa.keyBits);
    counts(0, 0, 0, sa.localAddress);
  }
  return true;
}

function sessions(name: string, active: u32, most: u32): void {
  out.put(name).u64Wide(active, 5).put(" active, ").u64Wide(most, 5).put(" max, 0 failed");
  nl();
}

function showEngines(no: bool): bool {
  let ike: u32 = 0;
  let negotiating: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa && sa.phase == Phase.NEGOTIATING) negotiating++;
    else if (sa) ike++;
  }
  say("Hardware Encryption : INACTIVE");
  say(" Number of crypto engines = 1");
  nl();
  say(" CryptoEngine Software Crypto Engine details: state = Active");
  say(" Capability    : DES, 3DES, AES, Camellia, ChaCha20, RSA, ECC");
  nl();
  sessions(" IKE-Session   : ", ike, ISAKMP_SAS);
  sessions(" DH            : ", negotiating, ISAKMP_SAS);
  sessions(" IPSec-Session : ", SAS - sad.left(), SAS);
  return true;
}
