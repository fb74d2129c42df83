/** `show ip route` in IOS's layout: networks below the class that they are part of, and what is known of one destination. */
import { INTERFACES } from "../../limits";
import * as interfaces from "../../net/interface";
import { PORT_NULL, Route } from "../../net/route";
import * as route from "../../net/route";
import * as order from "../../net/route_order";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refused, say } from "../output";

export function rows(): void {
  row("ue:show ip route [static|connected]", showRoutes);
  row("ue:show ip route A.B.C.D [M.M.M.M]", showRoute);
  row("ue:show ip route summary", showSummary);
}

/** The mask of the class that an address is of; 0: of none. */
function classOf(address: u32): u32 {
  if (address < 0x80000000) return 0xff000000;
  if (address < 0xc0000000) return 0xffff0000;
  return address < 0xe0000000 ? 0xffffff00 : 0;
}

/** The class that the route at hand stands below: its network and mask; mask 0: none, it is larger than one. */
let network: u32 = 0;
let networkMask: u32 = 0;

function readClass(): void {
  const all = classOf(order.prefix);
  networkMask = order.mask >= all ? all : 0;
  network = order.prefix & networkMask;
}

/** Networks below that class, from the route at hand on, and how many lengths they have. */
let subnets: u32 = 0;
let masks: u64 = 0;

function countBelow(): void {
  order.mark();
  const all = networkMask;
  const first = network;
  subnets = 0;
  masks = 0;
  do {
    if (order.mask < all || (order.prefix & all) != first) break;
    subnets++;
    masks |= (<u64>1) << popcnt<u32>(order.mask);
  } while (order.next());
  order.back();
}

function isConnected(one: Route | null): bool {
  return !one || one.distance == 0;
}

function showRoutes(no: bool): bool {
  const statics = matcher.find("static") != 0xffffffff;
  const connected = matcher.find("connected") != 0xffffffff;
  say("Codes: L - local, C - connected, S - static, * - candidate default");
  nl();
  let fallback: u32 = 0;
  for (let i: u32 = 0; i < route.activeCount(); i++) {
    const r = route.activeAt(i);
    if (r.mask == 0 && r.nextHop && !fallback) fallback = r.nextHop;
  }
  if (fallback) out.put("Gateway of last resort is ").ip(fallback).put(" to network 0.0.0.0");
  else out.put("Gateway of last resort is not set");
  nl();
  nl();
  let below: u32 = 0;
  let belowMask: u32 = 0;
  let head = false;
  let parted = false;
  order.begin();
  while (order.next()) {
    readClass();
    if (order.prefix == 0 || !networkMask) belowMask = 0;
    else if (networkMask != belowMask || network != below) {
      below = network;
      belowMask = networkMask;
      countBelow();
      head = parted = subnets > 1 || order.mask != networkMask;
    }
    if ((statics && isConnected(order.entry)) || (connected && !isConnected(order.entry))) continue;
    if (head && belowMask) {
      putHead();
      head = false;
    }
    putRoute(belowMask != 0 && parted);
  }
  return true;
}

/** The line above the networks that are part of a class. */
function putHead(): void {
  out.to(6).ip(network).char(47);
  const lengths = <u32>popcnt<u64>(masks);
  if (lengths == 1) out.u32(<u32>ctz<u64>(masks)).put(" is subnetted, ").u32(subnets).put(" subnets");
  else out.u32(popcnt<u32>(networkMask)).put(" is variably subnetted, ").u32(subnets).put(" subnets, ").u32(lengths).put(" masks");
  nl();
}

function putRoute(below: bool): void {
  const one = order.entry;
  out.char(one ? (one.distance == 0 ? 67 : 83) : 76).put(order.mask == 0 ? "*    " : below ? "        " : "     ");
  out.ip(order.prefix).char(47).u32(popcnt<u32>(order.mask));
  if (one && one.nextHop) out.put(" [").u32(one.distance).put("/0] via ").ip(one.nextHop);
  else {
    out.put(" is directly connected, ");
    putPort(order.port);
  }
  nl();
}

function putPort(port: u32): void {
  if (port == PORT_NULL) out.put("Null0");
  else interfaces.name(out, port);
}

/** `show ip route A.B.C.D [MASK]`: the route that a datagram would take, or the one of that network. */
function showRoute(no: bool): bool {
  const k = matcher.base + 3;
  const address = matcher.address(k);
  if (matcher.argCount() > k + 1) {
    const mask = matcher.address(k + 1);
    for (let i: u32 = 0; i < route.activeCount(); i++) {
      const one = route.activeAt(i);
      if (one.mask == mask && one.prefix == (address & mask)) return entry(one.prefix, mask, one, one.port);
    }
    return refused("Subnet not in table");
  }
  const one = route.lookup(address);
  if (interfaces.isOurs(address)) {
    for (let port: u32 = 0; port < INTERFACES; port++) if (interfaces.at(port).has(address)) return entry(address, 0xffffffff, null, port);
  }
  return one ? entry(one.prefix, one.mask, one, one.port) : refused("Network not in table");
}

function entry(prefix: u32, mask: u32, one: Route | null, port: u32): bool {
  const connected = isConnected(one);
  out.put("Routing entry for ").ip(prefix).char(47).u32(popcnt<u32>(mask)).put(mask < classOf(prefix) ? ", supernet" : "");
  nl();
  out.put('  Known via "').put(connected ? "connected" : "static").put('", distance ').u32(one ? one.distance : 0).put(", metric 0");
  out.put(mask == 0 ? ", candidate default path" : connected ? " (connected, via interface)" : "");
  nl();
  say("  Routing Descriptor Blocks:");
  out.put("  * ");
  if (one && one.nextHop) {
    out.ip(one.nextHop);
    if (port != PORT_NULL) interfaces.name(out.put(", via "), port);
  } else {
    out.put("directly connected, via ");
    putPort(port);
  }
  nl();
  say("      Route metric is 0, traffic share count is 1");
  return true;
}

function showSummary(no: bool): bool {
  let connected: u32 = 0;
  let statics: u32 = 0;
  order.begin();
  while (order.next()) {
    if (isConnected(order.entry)) connected++;
    else statics++;
  }
  say("Route Source    Networks");
  out.put("connected").u64Wide(connected, 15);
  nl();
  out.put("static").u64Wide(statics, 18);
  nl();
  out.put("Total").u64Wide(connected + statics, 19);
  nl();
  return true;
}
