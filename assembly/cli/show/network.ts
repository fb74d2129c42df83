/** Interfaces, routes, ARP, and what clears them. */
import { INTERFACES } from "../../limits";
import { State } from "../../net/arp_cache";
import * as arp from "../../net/arp_cache";
import * as dhcpClient from "../../net/dhcp/client";
import { State as DhcpState } from "../../net/dhcp/client";
import * as interfaces from "../../net/interface";
import { Interface, Kind, NO_INTERFACE } from "../../net/interface";
import * as clock from "../../util/clock";
import { noSuchPort } from "../ports";
import { showTunnel } from "../commands/tunnel";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, say } from "../output";

export function rows(): void {
  row("ue:show interfaces [IF]", showInterfaces);
  row("ue:show ip interface brief", showBrief);
  row("ue:show interfaces description", showDescriptions);
  row("ue:show interfaces status", showStates);
  row("ue:show (ip arp|arp)", showArp);
  row("e:clear (ip arp|arp-cache|arp)", clearArp);
}

function showInterfaces(no: bool): bool {
  if (matcher.argCount() == matcher.base + 2) {
    for (let port = interfaces.following(NO_INTERFACE); port != NO_INTERFACE; port = interfaces.following(port)) showInterface(port);
    return true;
  }
  const port = matcher.port(matcher.base + 2);
  if (port == NO_INTERFACE) return noSuchPort(port);
  showInterface(port);
  return true;
}

function showInterface(port: u32): void {
  const own = interfaces.at(port);
  putState(port);
  nl();
  if (own.hasStations) out.put("  Hardware is Ethernet, address is ").mac(own.mac).put(" (bia ").mac(interfaces.at(own.parent).builtIn).char(41);
  else out.put(own.kind == Kind.LOOPBACK ? "  Hardware is Loopback" : "  Hardware is Tunnel");
  nl();
  if (own.descriptionLen) {
    out.put("  Description: ").ascii(own.description, own.descriptionLen);
    nl();
  }
  if (own.lender != NO_INTERFACE) {
    interfaces.name(out.put("  Interface is unnumbered. Using address of "), own.lender).put(" (").ip(own.address).char(41);
    nl();
  } else if (own.address) {
    out.put("  Internet address is ").ip(own.address).char(47).u32(popcnt<u32>(own.mask));
    nl();
  }
  showTunnel(port);
  // Bandwidth and delay are for routing protocols, which do not run here.
  out.put("  MTU ").u32(own.mtu).put(" bytes, BW 0 Kbit/sec, DLY 0 usec,");
  nl();
  if (own.vlan) {
    out.put("  Encapsulation 802.1Q Virtual LAN, Vlan ID  ").u32(own.vlan).char(46);
    nl();
  } else if (own.hasStations) say("  Encapsulation ARPA, loopback not set");
  out.put("  Input queue: 0/0/").u64(own.dropsIn).put("/0 (size/max/drops/flushes); Total output drops: ").u64(own.dropsOut);
  nl();
  out.put("     ").u64(own.packetsIn).put(" packets input, ").u64(own.bytesIn).put(" bytes, 0 no buffer");
  nl();
  out.put("     ").u64(own.packetsOut).put(" packets output, ").u64(own.bytesOut).put(" bytes, 0 underruns");
  nl();
}

/** The first line of what is shown of an interface. */
export function putState(port: u32): void {
  const own = interfaces.at(port);
  interfaces.name(out, port).put(" is ").put(statusOf(own)).put(own.up ? ", line protocol is up" : ", line protocol is down");
}

function showDescriptions(no: bool): bool {
  say("Interface                      Status         Protocol Description");
  for (let port = interfaces.following(NO_INTERFACE); port != NO_INTERFACE; port = interfaces.following(port)) {
    const own = interfaces.at(port);
    const status = statusOf(own);
    interfaces.name(out, port).to(31).put(status == "administratively down" ? "admin down" : status).to(46).put(own.up ? "up" : "down");
    if (own.descriptionLen) out.to(55).ascii(own.description, own.descriptionLen);
    nl();
  }
  return true;
}

/** As switches show it. What a link's speed is, its host knows. */
function showStates(no: bool): bool {
  say("Port      Name               Status       Vlan       Duplex  Speed Type");
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port);
    if (own.kind != Kind.PORT) continue;
    putShortName(port);
    out.to(10).ascii(own.description, min(own.descriptionLen, 18)).to(29);
    out.put(own.shutdown ? "disabled" : own.link ? "connected" : "notconnect").to(42).put("routed         auto   auto Ethernet");
    nl();
  }
  return true;
}

/** The first two letters of the type, and the number: Gi0/0. */
function putShortName(port: u32): void {
  interfaces.name(out, port);
  let digit: u32 = 2;
  while (digit < out.len && <u32>load<u8>(out.base + digit) - 48 > 9) digit++;
  memory.copy(out.base + 2, out.base + digit, <usize>(out.len - digit));
  out.len -= digit - 2;
}

/** IOS's second word: shut down, or whether there is a carrier. */
function statusOf(own: Interface): string {
  const parent = interfaces.at(own.parent);
  if (own.shutdown || parent.shutdown) return "administratively down";
  return own.kind == Kind.TUNNEL || parent.link ? "up" : "down";
}

function showBrief(no: bool): bool {
  say("Interface                  IP-Address      OK? Method Status                Protocol");
  for (let port = interfaces.following(NO_INTERFACE); port != NO_INTERFACE; port = interfaces.following(port)) {
    const own = interfaces.at(port);
    interfaces.name(out, port).to(27);
    if (own.address) out.ip(own.address);
    else out.put("unassigned");
    const leased = dhcpClient.at(port).state != DhcpState.OFF;
    out.to(43).put("YES ").put(leased ? "DHCP   " : own.address ? "manual " : "unset  ");
    out.put(statusOf(own)).to(76).put(own.up ? "up" : "down");
    nl();
  }
  return true;
}

function showArp(no: bool): bool {
  say("Protocol  Address          Age (min)  Hardware Addr   Type   Interface");
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port);
    if (!own.address || !own.hasStations) continue;
    out.put("Internet  ").ip(own.address).to(27).put("        -  ").mac(own.mac).put("  ARPA   ");
    interfaces.name(out, port);
    nl();
  }
  for (let i: u32 = 0; i < arp.slots(); i++) {
    const entry = arp.entryAt(i);
    if (!entry) continue;
    out.put("Internet  ").ip(entry.address).to(27);
    if (entry.state == <u8>State.INCOMPLETE) out.put("        0  Incomplete      ARPA   ");
    else out.u64Wide((clock.now() - entry.confirmed) / 60000, 9).put("  ").mac(entry.mac).put("  ARPA   ");
    interfaces.name(out, entry.port);
    nl();
  }
  return true;
}

function clearArp(no: bool): bool {
  arp.clear();
  return true;
}
