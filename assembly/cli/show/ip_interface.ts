/** `show ip interface`: what each interface does with IPv4, in IOS's layout. */
import * as accessGroup from "../../filter/access_group";
import { Direction } from "../../filter/access_group";
import * as inspect from "../../filter/inspect_setting";
import * as sources from "../../filter/sources";
import { Reach } from "../../filter/sources";
import * as dhcpClient from "../../net/dhcp/client";
import { State as DhcpState } from "../../net/dhcp/client";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE } from "../../net/interface";
import * as nat from "../../net/nat/settings";
import { Side } from "../../net/nat/settings";
import * as maps from "../../sadb/settings/crypto_map";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, say } from "../output";
import { noSuchPort } from "../ports";
import { putState } from "./network";

export function rows(): void {
  row("ue:show ip interface [IF]", show);
  row("ue:show protocols [IF]", showProtocols);
}

/** The interfaces that a command names: one, or all. */
function each(k: u32, one: (port: u32) => void): bool {
  if (matcher.argCount() <= k) {
    for (let port = interfaces.following(NO_INTERFACE); port != NO_INTERFACE; port = interfaces.following(port)) one(port);
    return true;
  }
  const port = matcher.port(k);
  if (port == NO_INTERFACE) return noSuchPort(port);
  one(port);
  return true;
}

function show(no: bool): bool {
  return each(matcher.base + 3, showOne);
}

function showOne(port: u32): void {
  const own = interfaces.at(port);
  putState(port);
  nl();
  if (own.lender != NO_INTERFACE) {
    interfaces.name(out.put("  Interface is unnumbered. Using address of "), own.lender).put(" (").ip(own.address).char(41);
    nl();
  } else if (!own.address) {
    // So does IOS, and nothing more is of use.
    say(dhcpClient.at(port).state != DhcpState.OFF ? "  Internet address will be negotiated using DHCP" : "  Internet protocol processing disabled");
    if (accessGroup.lenOf(port, Direction.OUT) || accessGroup.lenOf(port, Direction.IN)) putLists(port);
    return;
  } else {
    out.put("  Internet address is ").ip(own.address).char(47).u32(popcnt<u32>(own.mask));
    nl();
    say("  Broadcast address is 255.255.255.255");
    say(dhcpClient.at(port).state != DhcpState.OFF ? "  Address determined by DHCP" : "  Address determined by setup command");
  }
  out.put("  MTU is ").u32(own.mtu).put(" bytes");
  nl();
  say("  Helper address is not set");
  say("  Directed broadcast forwarding is disabled");
  for (let i: u32 = 0; i < own.secondaryCount; i++) {
    out.put("  Secondary address ").ip(own.secondary(i)).char(47).u32(popcnt<u32>(own.secondaryMask(i)));
    nl();
  }
  putLists(port);
  say(own.proxyArp ? "  Proxy ARP is enabled" : "  Proxy ARP is disabled");
  say(own.redirects ? "  ICMP redirects are always sent" : "  ICMP redirects are never sent");
  say(own.unreachables ? "  ICMP unreachables are always sent" : "  ICMP unreachables are never sent");
  say("  ICMP mask replies are never sent");
  if (own.mss) {
    out.put("  TCP MSS is lowered to ").u32(own.mss);
    nl();
  }
  const side = nat.side(port);
  if (side == Side.NONE) say("  Network address translation is disabled");
  else say(side == Side.INSIDE ? "  Network address translation is enabled, interface in domain inside" : "  Network address translation is enabled, interface in domain outside");
  putReach(port);
  putInspection(port, Direction.OUT);
  putInspection(port, Direction.IN);
  const map = maps.boundLen(port);
  if (map) {
    out.put("  Associated crypto map is ").ascii(maps.boundName(port), map);
    nl();
  }
}

function putLists(port: u32): void {
  putList(port, Direction.OUT);
  putList(port, Direction.IN);
}

function putList(port: u32, direction: Direction): void {
  const len = accessGroup.lenOf(port, direction);
  out.put(direction == Direction.OUT ? "  Outgoing access list is " : "  Inbound  access list is ");
  if (!len) out.put("not set");
  else out.ascii(accessGroup.nameOf(port, direction), len);
  nl();
  if (len && !accessGroup.listOf(port, direction)) say(direction == Direction.OUT ? "  Outgoing traffic is dropped: that list is not there, or empty" : "  Inbound traffic is dropped: that list is not there, or empty");
}

function putInspection(port: u32, direction: Direction): void {
  const rule = inspect.boundTo(port, direction);
  if (!rule) return;
  out.put(direction == Direction.OUT ? "  Outgoing inspection rule is " : "  Inbound inspection rule is ").ascii(rule.name, rule.nameLen);
  nl();
}

function putReach(port: u32): void {
  const reach = sources.reachOf(port);
  if (reach == Reach.NONE) return;
  out.put("  IP verify source reachable-via ").put(reach == Reach.RX ? "RX" : "ANY");
  if (sources.allowsDefault(port)) out.put(", allow default");
  const len = sources.exceptLen(port);
  if (len) out.put(", ACL ").ascii(sources.exceptName(port), len);
  nl();
}

function showProtocols(no: bool): bool {
  if (matcher.argCount() == matcher.base + 2) {
    say("Global values:");
    say("  Internet Protocol routing is enabled");
  }
  return each(matcher.base + 2, showAddress);
}

function showAddress(port: u32): void {
  const own = interfaces.at(port);
  putState(port);
  nl();
  if (!own.address) return;
  out.put("  Internet address is ").ip(own.address).char(47).u32(popcnt<u32>(own.mask));
  nl();
  for (let i: u32 = 0; i < own.secondaryCount; i++) {
    out.put("  Secondary address ").ip(own.secondary(i)).char(47).u32(popcnt<u32>(own.secondaryMask(i)));
    nl();
  }
}
