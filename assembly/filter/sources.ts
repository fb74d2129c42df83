/**
 * What the source of a plain datagram says of it. `ip verify unicast source` asks whether a route leads back (RFC 3704, 2.2 and 2.4). And whatever
 * is configured: a source within a network that a crypto map protects has no business outside of a tunnel, on any interface: its datagrams would
 * pass for ones that came through it.
 */
import { INTERFACES, NAME_MAX, POLICIES } from "../limits";
import { LineAction } from "../lists/access_list";
import * as lists from "../lists/access_list";
import * as match from "../lists/match";
import { touch } from "../lists/setting";
import * as flow from "../net/flow";
import * as interfaces from "../net/interface";
import * as route from "../net/route";
import { Policy } from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import * as sad from "../sadb/sas/sad";
import { Action } from "../sadb/settings/crypto_map";
import { Selector } from "../sadb/terms/selector";
import { Budget } from "../util/budget";
import * as log from "../util/log";
import { Packet } from "../util/packet";
import { countTable } from "../util/pool";
import { Drop, drop } from "../util/status";
import { Protocol } from "../wire/ipv4";
import { IKE_PORT, NATT_PORT } from "../wire/natt";

/** How an interface asks for a route back. */
export const enum Reach {
  NONE = 0,
  /** by this interface */
  RX,
  ANY,
}

@unmanaged
class Setting {
  /** Reach */
  reach: u8;
  allowDefault: bool;
  /** Octets of the name of the list whose permits are excepted. */
  len: u8;
  get name(): usize {
    return changetype<usize>(this) + offsetof<Setting>();
  }
}

const SIZE: u32 = 4 + NAME_MAX;
const settings: usize = memory.data(<i32>(INTERFACES * SIZE), 4);
/** The last source of each interface that was found to be none of a protected network. */
const good: usize = memory.data(4 * <i32>INTERFACES, 4);
/** Protected networks, first and last address, ascending and apart. */
let ranges: usize = 0;
let count: u32 = 0;
/** A crypto map has lines that leave flows in plain. */
let exceptions: bool = false;
/** `no ip verify protected-source` */
export let protectedSource: bool = true;
/** A network with more addresses than a /8 is the world, and no network of somebody's. */
const WORLD: u32 = 0x00ffffff;
const messages = new Budget(1, 300000);

export function init(): void {
  if (offsetof<Setting>() > 4) unreachable();
  ranges = heap.alloc(<usize>(POLICIES << 3));
  countTable(POLICIES << 3);
  memory.fill(settings, 0, <usize>(INTERFACES * SIZE));
  memory.fill(good, 0, <usize>(4 * INTERFACES));
  count = 0;
  exceptions = false;
  protectedSource = true;
  messages.reset();
}

function at(port: u32): Setting {
  return changetype<Setting>(settings + <usize>(port * SIZE));
}

/** `ip verify unicast source reachable-via`; Reach.NONE removes it. @param len 0: no list excepts anything */
export function setReach(port: u32, reach: Reach, allowDefault: bool, name: usize, len: u32): void {
  const own = at(port);
  own.reach = <u8>reach;
  own.allowDefault = allowDefault;
  own.len = <u8>len;
  memory.copy(own.name, name, <usize>len);
  touch();
}

export function forget(port: u32): void {
  setReach(port, Reach.NONE, false, 0, 0);
}

export function reachOf(port: u32): Reach {
  return <Reach>at(port).reach;
}
export function allowsDefault(port: u32): bool {
  return at(port).allowDefault;
}
export function exceptName(port: u32): usize {
  return at(port).name;
}
export function exceptLen(port: u32): u32 {
  return at(port).len;
}

export function setProtectedSource(on: bool): void {
  protectedSource = on;
  touch();
}

/** Whether there are protected networks. */
// @ts-ignore: decorator
@inline
export function watches(): bool {
  return count != 0;
}

/** Gathers the protected networks anew: settings have changed, and the list of policies has been made of them. */
export function follow(): void {
  memory.fill(good, 0, <usize>(4 * INTERFACES));
  count = 0;
  exceptions = false;
  for (let i: u32 = 0; protectedSource && i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.action == <u8>Action.NEXT || policy.action == <u8>Action.BYPASS) exceptions = true;
    else if (isOfNetwork(policy)) enter(policy.selector.remoteFirst, policy.selector.remoteLast);
  }
  merge();
}

/**
 * Whether all that a policy's remote network sends is protected. Not what protects a protocol or a port alone; nor what a peer has made of a dynamic
 * map's line that leaves open which network it has: it would claim whom it likes.
 */
function isOfNetwork(policy: Policy): bool {
  if (policy.owner || (policy.action != <u8>Action.PROTECT && policy.action != <u8>Action.TEMPLATE)) return false;
  const s = policy.selector;
  return s.protocol == 0 && s.localPort == 0 && s.remotePort == 0 && s.remoteLast - s.remoteFirst <= WORLD;
}

/** Puts a range at its place by first address. */
function enter(first: u32, last: u32): void {
  let i = count++;
  for (; i > 0; i--) {
    const before = ranges + <usize>((i - 1) << 3);
    if (load<u32>(before) <= first) break;
    store<u64>(before + 8, load<u64>(before));
  }
  const p = ranges + <usize>(i << 3);
  store<u32>(p, first);
  store<u32>(p, last, 4);
}

function merge(): void {
  let n: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const p = ranges + <usize>(i << 3);
    const before = ranges + <usize>((n - 1) << 3);
    if (n > 0 && load<u32>(p) <= load<u32>(before, 4)) store<u32>(before, max(load<u32>(before, 4), load<u32>(p, 4)), 4);
    else store<u64>(ranges + <usize>(n++ << 3), load<u64>(p));
  }
  count = n;
}

function isProtected(address: u32): bool {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<u32>(ranges + <usize>(middle << 3)) <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && address <= load<u32>(ranges + <usize>((low - 1) << 3), 4);
}

/** Whether a plain datagram from `source` may come in by `port`; false: counted. */
// @ts-ignore: decorator
@inline
export function mayCome(packet: Packet, port: u32, source: u32): bool {
  return load<u32>(good + <usize>(port << 2)) == source || look(packet, port, source);
}

function look(packet: Packet, port: u32, source: u32): bool {
  if (!isProtected(source)) {
    store<u32>(good + <usize>(port << 2), source);
    return true;
  }
  if (belongsHere(port, source) || isPeer(packet, source)) return true;
  if (exceptions && isExcepted(packet)) return true;
  drop(isPlaintextOf(port) ? Drop.POLICY_PLAINTEXT : Drop.SOURCE_PROTECTED);
  if (messages.take()) {
    interfaces.name(log.message("CRYPTO-4-RECVD_PKT_NOT_IPSEC").put("Rec'd packet not an IPSEC packet, on "), port)
      .put(": src_addr= ").ip(source).put(" is of a network that a crypto map protects");
    log.end();
  }
  return false;
}

/** A wide remote network, as 10.0.0.0/8, may hold what lies on our side: a link of ours, or what is routed to where no crypto map is. */
function belongsHere(port: u32, source: u32): bool {
  if (interfaces.at(port).onLink(source)) return true;
  if (spd.active(port)) return false;
  const back = route.lookup(source);
  return back != null && back.mask != 0 && back.port == port;
}

/** What makes tunnels is in no tunnel: IKE, ESP and AH for us, and whatever else a peer's own address sends. */
function isPeer(packet: Packet, source: u32): bool {
  if (spd.namesPeer(source) || sad.isPeer(source)) return true;
  if (!flow.read(packet.ptr, packet.len) || !interfaces.isOurs(flow.destination)) return false;
  if (flow.protocol == Protocol.ESP || flow.protocol == Protocol.AH) return true;
  return flow.protocol == Protocol.UDP && (flow.destinationPort == IKE_PORT || flow.destinationPort == NATT_PORT);
}

/** Whether it is what a policy of the interface itself protects: it is counted as that, as on an interface where nothing else looks. */
function isPlaintextOf(port: u32): bool {
  if (!spd.active(port)) return false;
  const ports = flow.protocol == Protocol.TCP || flow.protocol == Protocol.UDP;
  // A later fragment's flag is the SPD's NO_PORTS.
  const protocol = flow.protocol | (ports ? flow.flags & match.LATER_FRAGMENT : 0);
  return spd.inboundPolicy(port, flow.source, flow.destination, protocol, ports ? flow.sourcePort : 0, ports ? flow.destinationPort : 0) != null;
}

/** Whether a line says that this flow, the other way, passes in plain, and no later one that it is protected. */
function isExcepted(packet: Packet): bool {
  if (!flow.read(packet.ptr, packet.len)) return false;
  let left = false;
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    const s: Selector = policy.selector;
    if (!s.matches(flow.destination, flow.source, flow.protocol, flow.destinationPort, flow.sourcePort)) continue;
    if (policy.action == <u8>Action.BYPASS) return true;
    if (policy.action != <u8>Action.NEXT) return false;
    left = true;
  }
  return left;
}

/** `ip verify unicast source` of an interface, about the datagram that `net/flow` has read; false: counted. */
export function isReachable(port: u32): bool {
  const own = at(port);
  const back = route.lookup(flow.source);
  if (back && back.port != route.PORT_NULL && (own.reach == <u8>Reach.ANY || back.port == port) && (own.allowDefault || back.mask != 0)) return true;
  const list = own.len ? lists.find(own.name, <u32>own.len) : null;
  if (list) {
    const line = match.find(list, flow.protocol, flow.source, flow.destination, flow.sourcePort, flow.destinationPort, flow.flags);
    if (line) {
      line.hits++;
      if (line.action == <u8>LineAction.PERMIT) return true;
    }
  }
  drop(Drop.SOURCE_UNREACHABLE);
  return false;
}
