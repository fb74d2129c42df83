/** `show crypto ipsec sa`: each policy in force and its pairs of SAs. */
import * as pmtu from "../../ipsec/pmtu";
import * as interfaces from "../../net/interface";
import { Policy } from "../../sadb/policies/policy";
import * as spd from "../../sadb/policies/spd";
import { SA, State } from "../../sadb/sas/sad";
import * as sad from "../../sadb/sas/sad";
import { Action } from "../../sadb/settings/crypto_map";
import * as maps from "../../sadb/settings/crypto_map";
import { Mode } from "../../sadb/settings/transform_set";
import { AH, ESP, ahWord } from "../../sadb/terms/suite";
import * as clock from "../../util/clock";
import { noSuchPort } from "../commands/interface";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { putProxy, putSuite } from "../names";
import { nl, out, say } from "../output";
import * as words from "../words";

export function rows(): void {
  row("ue:show crypto ipsec sa [peer A.B.C.D|map WORD|interface IF] [detail]", showIpsecSa);
}

/** Named counters in the place of the errors. */
let detail: bool = false;

function showIpsecSa(no: bool): bool {
  const k = matcher.base + 4;
  const given = matcher.argCount() > k;
  const byPeer = given && matcher.isKeyword(k, "peer");
  const byMap = given && matcher.isKeyword(k, "map");
  const byPort = given && matcher.isKeyword(k, "interface");
  const only: u32 = byPort ? matcher.port(k + 1) : byPeer ? matcher.address(k + 1) : 0;
  if (byPort && only == interfaces.NO_INTERFACE) return noSuchPort(only);
  detail = matcher.isKeyword(matcher.argCount() - 1, "detail");
  let port: u32 = 0xffffffff;
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.action != <u8>Action.PROTECT) continue;
    if (byPort && policy.interface != only) continue;
    if (byPeer && peerOf(policy) != only && !(policy.outbound == null && policy.entry.hasPeer(only))) continue;
    if (byMap && !isOfMap(policy, words.word(k + 1), words.wordLen(k + 1))) continue;
    if (policy.interface != port) {
      port = policy.interface;
      nl();
      interfaces.name(out.put("interface: "), port);
      nl();
      out.put("    Crypto map tag: ").ascii(policy.entry.name, policy.entry.nameLen).put(", local addr ").ip(spd.localAddress(policy));
      nl();
    }
    showPolicy(policy);
  }
  return true;
}

function peerOf(policy: Policy): u32 {
  const outbound = policy.outbound;
  return outbound ? outbound.peerAddress : policy.peer;
}

/** Whether a policy is of the map of that name, or of a dynamic map. */
function isOfMap(policy: Policy, name: usize, len: u32): bool {
  if (<u32>policy.entry.nameLen == len && memory.compare(policy.entry.name, name, <usize>len) == 0) return true;
  return maps.boundLen(policy.interface) == len && memory.compare(maps.boundName(policy.interface), name, <usize>len) == 0;
}

/** The next keyed inbound SA of a policy in slot `from` or behind it; `foundAt` is then its slot. */
let foundAt: u32 = 0;

function nextInbound(policy: Policy, from: u32): SA | null {
  for (let i = from; i < sad.slots(); i++) {
    const sa = sad.at(i);
    if (!sa || !sa.inbound || sa.inner || sa.policy != policy || sa.state == <u8>State.LARVAL) continue;
    foundAt = i;
    return sa;
  }
  return null;
}

function showPolicy(policy: Policy): void {
  let sent: u64 = 0;
  let received: u64 = 0;
  let encrypted: u64 = 0;
  let decrypted: u64 = 0;
  let digests: u64 = 0;
  let verified: u64 = 0;
  let sendErrors: u64 = 0;
  let receiveErrors: u64 = 0;
  let replays: u64 = 0;
  let forged: u64 = 0;
  for (let sa = nextInbound(policy, 0); sa; sa = nextInbound(policy, foundAt + 1)) {
    const pair = sa.pair;
    const outer = sa.outer;
    const esp = <u32>sa.protocol == ESP;
    const packets = sa.packets - sa.cleared;
    received += packets;
    if (esp) decrypted += packets;
    if (sa.integrity || outer) verified += packets;
    replays += <u64>(sa.replayErrors + (outer ? outer.replayErrors : 0));
    forged += <u64>(sa.icvErrors + (outer ? outer.icvErrors : 0));
    receiveErrors += <u64>(sa.errors + (outer ? outer.errors : 0));
    if (!pair) continue;
    const gone = pair.packets - pair.cleared;
    sent += gone;
    if (esp) encrypted += gone;
    if (pair.integrity || outer) digests += gone;
    sendErrors += <u64>pair.errors;
  }
  const s = policy.selector;
  const outbound = policy.outbound;
  nl();
  say("   protected vrf: (none)");
  putProxy(out.put("   local  ident (addr/mask/prot/port): "), s.localFirst, s.localLast, s.protocol, s.localPort);
  nl();
  putProxy(out.put("   remote ident (addr/mask/prot/port): "), s.remoteFirst, s.remoteLast, s.protocol, s.remotePort);
  nl();
  const peer = peerOf(policy);
  out.put("   current_peer ").ip(peer).put(" port ").u32(outbound && outbound.encapsulated ? <u32>outbound.peerPort : 500);
  nl();
  say("     PERMIT, flags={origin_is_acl,}");
  out.put("    #pkts encaps: ").u64(sent).put(", #pkts encrypt: ").u64(encrypted).put(", #pkts digest: ").u64(digests);
  nl();
  out.put("    #pkts decaps: ").u64(received).put(", #pkts decrypt: ").u64(decrypted).put(", #pkts verify: ").u64(verified);
  nl();
  say("    #pkts compressed: 0, #pkts decompressed: 0");
  say("    #pkts not compressed: 0, #pkts compr. failed: 0");
  say("    #pkts not decompressed: 0, #pkts decompress failed: 0");
  if (detail) named(sendErrors, receiveErrors, replays, forged);
  else {
    out.put("    #send errors ").u64(sendErrors).put(", #recv errors ").u64(receiveErrors);
    nl();
  }
  nl();
  out.put("     local crypto endpt.: ").ip(spd.localAddress(policy)).put(", remote crypto endpt.: ").ip(peer);
  nl();
  const mtu = interfaces.at(policy.interface).mtu;
  out.put("     plaintext mtu ").u32(outbound ? pmtu.ofSa(outbound, policy.interface) : mtu).put(", path mtu ").u32(outbound && outbound.pathMtu ? outbound.pathMtu : mtu).put(", ip mtu ").u32(mtu).put(", ip mtu idb ");
  interfaces.name(out, policy.interface);
  nl();
  out.put("     current outbound spi: 0x");
  if (outbound) out.hex32(outbound.spi).char(40).u32(outbound.spi).char(41);
  else out.put("0(0)");
  nl();
  out.put("     PFS (Y/N): ").put(outbound && outbound.pfsGroup ? "Y, DH group: group" : "N, DH group: none");
  if (outbound && outbound.pfsGroup) out.u32(outbound.pfsGroup);
  nl();
  showDirection(policy, true);
  showDirection(policy, false);
}

/** What is not counted apart is nothing that can come: there are no tags and no roll-over, and a packet without an SA is held or dropped before. */
function named(sendErrors: u64, receiveErrors: u64, replays: u64, forged: u64): void {
  say("    #pkts no sa (send) 0, #pkts invalid sa (rcv) 0");
  out.put("    #pkts encaps failed (send) ").u64(sendErrors).put(", #pkts decaps failed (rcv) ").u64(receiveErrors >= replays + forged ? receiveErrors - replays - forged : 0);
  nl();
  out.put("    #pkts invalid prot (recv) 0, #pkts verify failed: ").u64(forged);
  nl();
  say("    #pkts invalid identity (recv) 0, #pkts invalid len (rcv) 0");
  say("    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0");
  out.put("    ##pkts replay failed (rcv): ").u64(replays);
  nl();
  say("    #pkts tagged (send): 0, #pkts untagged (rcv): 0");
  say("    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0");
  say("    #pkts internal err (send): 0, #pkts internal err (recv) 0");
}

function showDirection(policy: Policy, inbound: bool): void {
  nl();
  say(inbound ? "     inbound esp sas:" : "     outbound esp sas:");
  showSas(policy, inbound, ESP);
  nl();
  say(inbound ? "     inbound ah sas:" : "     outbound ah sas:");
  showSas(policy, inbound, AH);
}

function showSas(policy: Policy, inbound: bool, protocol: u32): void {
  for (let sa = nextInbound(policy, 0); sa; sa = nextInbound(policy, foundAt + 1)) {
    let one: SA | null = <u32>sa.protocol == protocol ? sa : sa.outer;
    if (one && !inbound) one = one.pair;
    if (one && <u32>one.protocol == protocol) showSa(policy, one);
  }
}

function showSa(policy: Policy, sa: SA): void {
  out.put("      spi: 0x").hex32(sa.spi).char(40).u32(sa.spi).char(41);
  nl();
  out.put("        transform: ");
  if (<u32>sa.protocol == AH) out.put(ahWord(sa.auth));
  else putSuite(out, sa.transform, sa.keyBits, sa.auth);
  out.put(" ,");
  nl();
  out.put("        in use settings ={").put(sa.mode == <u8>Mode.TRANSPORT ? "Transport" : "Tunnel").put(sa.encapsulated ? " UDP-Encaps" : "").put(sa.esn ? ", ESN, }" : ", }");
  nl();
  out.put("        conn id: ").u32(sa.ike).put(", flow_id: SW:").u32(sa.ike).put(", sibling_flags 80000040, crypto map: ").ascii(policy.entry.name, policy.entry.nameLen);
  nl();
  const kilobytes = <u64>sa.lifetimeKilobytes;
  const usedKilobytes = sa.bytes >> 10;
  const now = clock.now();
  // Both directions end together; the inbound SA keeps the time.
  const first = sad.firstOf(sa);
  const pair = first.pair;
  const end = first.inbound || !pair ? first.hard : pair.hard;
  out.put("        sa timing: remaining key lifetime (k/sec): (");
  if (kilobytes) out.u64(usedKilobytes < kilobytes ? kilobytes - usedKilobytes : 0);
  else out.put("unlimited");
  // Until the exchange is complete the time does not run.
  const waiting = sa.state == <u8>State.INBOUND;
  out.char(47).u64(waiting ? <u64>sa.lifetimeSeconds : end > now ? (end - now) / 1000 : 0).char(41);
  nl();
  if (sa.protocol == ESP) {
    out.put("        IV size: ").u32(<u32>sa.ivLength).put(" bytes");
    nl();
  }
  if (sa.inbound) {
    out.put("        replay detection support: ").char(sa.window ? 89 : 78).put("  replay window size: ").u32(sa.window);
    nl();
  }
  // In brackets IOS has its engine's word; here it says what comes next.
  if (waiting) say("        Status: INBOUND(NEGOTIATING)");
  else say(first.retired ? "        Status: RETIRED(REPLACED)" : first.state == <u8>State.DYING ? "        Status: ACTIVE(RENEWING)" : "        Status: ACTIVE(ACTIVE)");
}
