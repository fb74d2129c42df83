/** `show crypto ipsec sa`: each policy in force and its pairs of SAs. */
import * as interfaces from "../../net/interface";
import { Policy } from "../../sadb/policies/policy";
import * as spd from "../../sadb/policies/spd";
import { SA, State } from "../../sadb/sas/sad";
import * as sad from "../../sadb/sas/sad";
import { Action } from "../../sadb/settings/crypto_map";
import { Mode } from "../../sadb/settings/transform_set";
import { AH, ESP, ahWord } from "../../sadb/terms/suite";
import * as clock from "../../util/clock";
import { row } from "../grammar";
import { putProxy, putSuite } from "../names";
import { nl, out, say } from "../output";

/** The protocols' numbers in IPv4. */

export function rows(): void {
  row("ue:show crypto ipsec sa", showIpsecSa);
}

function showIpsecSa(no: bool): bool {
  let port: u32 = 0xffffffff;
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.action != <u8>Action.PROTECT) continue;
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
  for (let sa = nextInbound(policy, 0); sa; sa = nextInbound(policy, foundAt + 1)) {
    const pair = sa.pair;
    const outer = sa.outer;
    const esp = <u32>sa.protocol == ESP;
    received += sa.packets;
    if (esp) decrypted += sa.packets;
    if (sa.integrity || outer) verified += sa.packets;
    receiveErrors += <u64>(sa.errors + (outer ? outer.errors : 0));
    if (!pair) continue;
    sent += pair.packets;
    if (esp) encrypted += pair.packets;
    if (pair.integrity || outer) digests += pair.packets;
    sendErrors += <u64>pair.errors;
  }
  const s = policy.selector;
  const outbound = policy.outbound;
  nl();
  putProxy(out.put("   local  ident (addr/mask/prot/port): "), s.localFirst, s.localLast, s.protocol, s.localPort);
  nl();
  putProxy(out.put("   remote ident (addr/mask/prot/port): "), s.remoteFirst, s.remoteLast, s.protocol, s.remotePort);
  nl();
  const peer = outbound ? outbound.peerAddress : policy.peer;
  out.put("   current_peer ").ip(peer).put(" port ").u32(outbound && outbound.encapsulated ? <u32>outbound.peerPort : 500);
  nl();
  say("     PERMIT, flags={origin_is_acl,}");
  out.put("    #pkts encaps: ").u64(sent).put(", #pkts encrypt: ").u64(encrypted).put(", #pkts digest: ").u64(digests);
  nl();
  out.put("    #pkts decaps: ").u64(received).put(", #pkts decrypt: ").u64(decrypted).put(", #pkts verify: ").u64(verified);
  nl();
  out.put("    #send errors ").u64(sendErrors).put(", #recv errors ").u64(receiveErrors);
  nl();
  nl();
  out.put("     local crypto endpt.: ").ip(spd.localAddress(policy)).put(", remote crypto endpt.: ").ip(peer);
  nl();
  const mtu = interfaces.at(policy.interface).mtu;
  out.put("     path mtu ").u32(outbound && outbound.pathMtu ? outbound.pathMtu : mtu).put(", ip mtu ").u32(mtu).put(", ip mtu idb ");
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
  out.put("        in use settings ={").put(sa.mode == <u8>Mode.TRANSPORT ? "Transport" : "Tunnel").put(sa.encapsulated ? " UDP-Encaps, }" : ", }");
  nl();
  out.put("        conn id: ").u32(sa.ike).put(", crypto map: ").ascii(policy.entry.name, policy.entry.nameLen);
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
    out.put("        replay detection support: ").char(sa.window ? 89 : 78);
    if (sa.window) out.put("  replay window size: ").u32(sa.window);
    if (sa.esn) out.put("  extended sequence numbers: Y");
    nl();
  }
  if (waiting) say("        Status: INBOUND, the exchange is not complete");
  else say(first.retired ? "        Status: RETIRED" : first.state == <u8>State.DYING ? "        Status: ACTIVE, being renewed" : "        Status: ACTIVE");
}
