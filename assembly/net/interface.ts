/**
 * The interfaces: those below PORTS are the host's ports, the others are made by the configuration: subinterfaces of a port
 * (802.1Q), loopbacks, tunnels. Settings are changed through the verbs here (`cli`), which refuse with a Status; whoever
 * depends on addresses (routes, ARP, the SPD) compares `generation` with the one it has seen.
 *
 * Names are interface_names.ts's matter, and so is the making and removing of interfaces.
 */
import { INTERFACES, MTU_MAX, MTU_MIN, PORTS, SECONDARY_ADDRESSES } from "../limits";
import * as ethernet from "../wire/ethernet";
import * as ipv4 from "../wire/ipv4";
import * as log from "../util/log";
import { Text } from "../util/text";
import * as types from "./interface_type";
import { Type } from "./interface_type";

/** Why a setting was refused. */
export const enum Status {
  OK = 0,
  NO_SUCH_INTERFACE,
  /** not contiguous, or empty */
  BAD_MASK,
  /** 0/8, 127/8, multicast, 240/4 */
  BAD_ADDRESS,
  NETWORK_ADDRESS,
  BROADCAST_ADDRESS,
  /** part of another interface's network: `conflict()` says whose */
  OVERLAP,
  /** outside MTU_MIN ... MTU_MAX */
  BAD_MTU,
  /** a group address, or all zero */
  BAD_MAC,
  /** routes: host bits set in the prefix */
  BAD_PREFIX,
  /** routes: our own address, or none that a station may have */
  BAD_NEXT_HOP,
  /** routes: distance outside 1 ... 255 */
  BAD_DISTANCE,
  TABLE_FULL,
  NOT_FOUND,
  /** a subinterface that has no VLAN yet */
  NO_VLAN,
  /** the VLAN is another subinterface's: `conflict()` says whose */
  VLAN_TAKEN,
  /** only a tunnel borrows an address, and from an interface that has one of its own */
  BAD_LENDER,
}

export const enum Kind {
  /** The slot is empty. */
  NONE = 0,
  PORT,
  SUBINTERFACE,
  LOOPBACK,
  TUNNEL,
}

export const DESCRIPTION_MAX: u32 = 80;
/** Octets of a name's number: 0/1/0:23. */
export const NUMBER_MAX: u32 = 16;
/** In place of an interface: none. */
export const NO_INTERFACE: u32 = 0xffffffff;

export class Interface {
  kind: Kind = Kind.NONE;
  /** The name: its word and what stands behind it; of a subinterface they are its port's, and `sub` stands behind them. Of a loopback and a tunnel `sub` is the number. */
  type: Type = Type.NONE;
  number: usize;
  numberLen: u32 = 0;
  sub: u32 = 0;
  /** A port: the host gave it its name; else it has the first that the configuration used, or none yet. */
  namedByHost: bool = false;
  named: bool = false;
  /** A port, or the port that a subinterface is of. */
  parent: u32;

  /** 0: none */
  address: u32 = 0;
  mask: u32 = 0;
  secondaryCount: u32 = 0;
  /** The interface whose address this one borrows (`ip unnumbered`). */
  lender: u32 = NO_INTERFACE;
  /** What an IPv4 datagram may measure: `ip mtu`, or what the link takes. */
  mtu: u32 = MTU_MAX;
  linkMtu: u32 = MTU_MAX;
  /** `ip mtu`, 0: unsaid */
  ipMtu: u32 = 0;
  /** `ip tcp adjust-mss`, 0: off */
  mss: u32 = 0;
  shutdown: bool = false;
  /** There is a carrier; of a tunnel: its other end can be reached. */
  link: bool = true;
  /** Line protocol: whether packets could pass. */
  up: bool = true;
  /** A subinterface's VLAN (802.1Q), 0: none yet; `native`: its frames have no tag. */
  vlan: u32 = 0;
  native: bool = false;
  /** `ip unreachables`, `ip redirects`, `ip proxy-arp` */
  unreachables: bool = true;
  redirects: bool = false;
  proxyArp: bool = false;
  /** Six octets. */
  mac: usize;
  /** `mac-address` was configured. */
  macConfigured: bool = false;
  description: usize;
  descriptionLen: u32 = 0;
  /** What goes through is protected: while it is down, what was routed through it takes no other way by a shorter prefix. */
  guarded: bool = false;
  /** A gratuitous ARP is due (arp_cache sends it). */
  announce: bool = false;

  packetsIn: u64 = 0;
  bytesIn: u64 = 0;
  packetsOut: u64 = 0;
  bytesOut: u64 = 0;
  dropsIn: u64 = 0;
  dropsOut: u64 = 0;

  private ownMac: usize;
  private factoryMac: usize;
  private secondaries: usize;

  constructor(public port: u32) {
    const octets = heap.alloc(<usize>(16 + NUMBER_MAX + DESCRIPTION_MAX + 8 * SECONDARY_ADDRESSES));
    this.mac = this.ownMac = octets;
    this.factoryMac = octets + 8;
    this.number = octets + 16;
    this.secondaries = octets + <usize>(16 + NUMBER_MAX);
    this.description = this.secondaries + <usize>(8 * SECONDARY_ADDRESSES);
    this.parent = port;
  }

  /** As it was before anything was configured, but for its name and its counters. */
  reset(): void {
    this.address = this.mask = this.secondaryCount = this.ipMtu = this.mss = this.vlan = this.descriptionLen = 0;
    this.lender = NO_INTERFACE;
    this.linkMtu = MTU_MAX;
    this.shutdown = this.native = this.redirects = this.proxyArp = this.announce = this.guarded = false;
    this.unreachables = true;
    if (this.macConfigured) this.restoreMac();
    this.macConfigured = false;
  }

  /** Whether packets may pass: it is up, and has an address. */
  get usable(): bool {
    return this.up && this.address != 0;
  }

  /** Whether its stations are found by ARP. */
  get hasStations(): bool {
    return this.kind <= Kind.SUBINTERFACE;
  }

  get network(): u32 {
    return this.address & this.mask;
  }

  /** The address of all stations of its network, 0 where there is none (/31 and /32, RFC 3021). */
  get broadcast(): u32 {
    return this.address == 0 ? 0 : allOf(this.address, this.mask);
  }

  /** Secondary address number `i`, and its mask. */
  secondary(i: u32): u32 {
    return load<u32>(this.secondaries + <usize>(i << 3));
  }

  secondaryMask(i: u32): u32 {
    return load<u32>(this.secondaries + <usize>(i << 3), 4);
  }

  setSecondary(i: u32, address: u32, mask: u32): void {
    store<u32>(this.secondaries + <usize>(i << 3), address);
    store<u32>(this.secondaries + <usize>(i << 3), mask, 4);
  }

  /** Whether `address` is one of its own. */
  has(address: u32): bool {
    if (this.address == address) return true;
    for (let i: u32 = 0; i < this.secondaryCount; i++) if (this.secondary(i) == address) return true;
    return false;
  }

  /** Whether `address` is on this interface's network, or one of its networks. */
  // @ts-ignore: decorator
  @inline
  onLink(address: u32): bool {
    return (this.address != 0 && (address & this.mask) == (this.address & this.mask)) || (this.secondaryCount != 0 && this.near(address) != 0);
  }

  /** Its secondary address on the network of `address`, 0: none. */
  private near(address: u32): u32 {
    for (let i: u32 = 0; i < this.secondaryCount; i++) {
      if (((address ^ this.secondary(i)) & this.secondaryMask(i)) == 0) return this.secondary(i);
    }
    return 0;
  }

  /** The address under which a station is met: the one on its network, else the first. */
  addressFor(station: u32): u32 {
    if (this.secondaryCount == 0 || ((station ^ this.address) & this.mask) == 0) return this.address;
    const other = this.near(station);
    return other ? other : this.address;
  }

  setFactoryMac(octets: usize): void {
    ethernet.copyMac(this.factoryMac, octets);
    if (!this.macConfigured) ethernet.copyMac(this.ownMac, octets);
  }

  /** The address that the host gave the port. */
  get builtIn(): usize {
    return this.factoryMac;
  }

  restoreMac(): void {
    ethernet.copyMac(this.ownMac, this.factoryMac);
  }

  /** A subinterface is the station that its port is. */
  shareMac(other: Interface): void {
    this.mac = other.mac;
  }

  keepMac(): void {
    this.mac = this.ownMac;
  }
}

const table = new StaticArray<Interface>(INTERFACES);
/** Changes whenever an address, a mask, an MTU, an administrative state or a line's state does. */
export let generation: u32 = 0;
/** Some interface adjusts MSS. */
export let adjustsMss: bool = false;
let conflicting: u32 = 0;
const factory: usize = memory.data(8, 4);
/** Our addresses on interfaces that are up, and the addresses of all stations of our networks: asked for each packet. */
const ours: usize = memory.data(4 * <i32>(INTERFACES * (1 + SECONDARY_ADDRESSES)), 4);
const broadcasts: usize = memory.data(4 * <i32>(INTERFACES * (1 + SECONDARY_ADDRESSES)), 4);
let oursEnd: usize = 0;
let broadcastsEnd: usize = 0;

/** Makes the table. Without entropy the MAC addresses are 02:50:4f:53:54:NN; see `seedMac`. */
export function init(): void {
  conflicting = 0;
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = new Interface(port);
    store<u32>(factory, 0x534f5002); // 02 50 4f 53
    store<u8>(factory, 0x54, 4);
    store<u8>(factory, <u8>port, 5);
    own.setFactoryMac(factory);
    unchecked((table[port] = own));
    if (port >= PORTS) continue;
    own.kind = Kind.PORT;
    own.type = Type.ETHERNET;
  }
  settle();
  generation = 1;
}

/** Makes a port's default MAC address of six random octets: locally administered, no group (IEEE 802, 8.4). */
export function seedMac(port: u32, octets: usize): void {
  ethernet.copyMac(factory, octets);
  store<u8>(factory, (load<u8>(factory) & 0xfc) | 2);
  at(port).setFactoryMac(factory);
}

/** The interface of an index below INTERFACES; `kind` says whether there is one. */
// @ts-ignore: decorator
@inline
export function at(port: u32): Interface {
  return unchecked(table[port]);
}

/** Whether there is an interface of this index. */
export function exists(port: u32): bool {
  return port < INTERFACES && at(port).kind != Kind.NONE;
}

/** Whether it is shut down, or the port that it is on. */
export function isShut(port: u32): bool {
  return at(port).shutdown || at(at(port).parent).shutdown;
}

/** Ports by number, each with its subinterfaces; then loopbacks, then tunnels. */
function rank(own: Interface): u64 {
  const group = own.kind == Kind.LOOPBACK ? PORTS : own.kind == Kind.TUNNEL ? PORTS + 1 : own.parent;
  return (<u64>group << 34) | (<u64>(own.kind == Kind.PORT ? 0 : 1) << 33) | <u64>own.sub;
}

/** The interface that the configuration shows behind `port`; NO_INTERFACE: the first, and in answer: there is no other. */
export function following(port: u32): u32 {
  let next = NO_INTERFACE;
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = at(i);
    if (own.kind == Kind.NONE || (port != NO_INTERFACE && rank(own) <= rank(at(port)))) continue;
    if (next == NO_INTERFACE || rank(own) < rank(at(next))) next = i;
  }
  return next;
}

/** Whether a mask is ones, then zeros. */
export function contiguous(mask: u32): bool {
  const rest = ~mask;
  return (rest & (rest + 1)) == 0;
}

function allOf(address: u32, mask: u32): u32 {
  return ~mask <= 1 ? 0 : address | ~mask;
}

/** There are subinterfaces: frames are asked for their VLAN. */
let divided: bool = false;

/** What has changed shows: which lines are up, what they take, whose address is borrowed, which addresses are ours. */
export function settle(): void {
  generation++;
  adjustsMss = false;
  divided = false;
  oursEnd = ours;
  broadcastsEnd = broadcasts;
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = at(i);
    if (own.kind == Kind.NONE) continue;
    const parent = at(own.parent);
    own.up = !own.shutdown && !parent.shutdown && parent.link && own.link && (own.kind != Kind.SUBINTERFACE || own.vlan != 0);
    const link = own.kind == Kind.SUBINTERFACE ? min(own.linkMtu, parent.linkMtu) : own.linkMtu;
    own.mtu = own.ipMtu != 0 && own.ipMtu < link ? own.ipMtu : link;
    if (own.mss != 0) adjustsMss = true;
    if (own.kind == Kind.SUBINTERFACE) divided = true;
    if (own.lender != NO_INTERFACE) {
      own.address = at(own.lender).address;
      own.mask = own.address ? 0xffffffff : 0;
    }
    if (own.address == 0) continue;
    note(own, own.address, own.mask);
    for (let k: u32 = 0; k < own.secondaryCount; k++) note(own, own.secondary(k), own.secondaryMask(k));
  }
}

function note(own: Interface, address: u32, mask: u32): void {
  if (own.up) {
    store<u32>(oursEnd, address);
    oursEnd += 4;
  }
  const all = allOf(address, mask);
  if (all == 0) return;
  store<u32>(broadcastsEnd, all);
  broadcastsEnd += 4;
}

/** Whether an interface may have an address on a network. @param but the one of its addresses that goes: 0 the first, k + 1 secondary number k */
function judge(port: u32, address: u32, mask: u32, but: u32): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  if (!contiguous(mask) || mask == 0) return Status.BAD_MASK;
  if (!ipv4.isUnicast(address)) return Status.BAD_ADDRESS;
  if (~mask > 1) {
    if ((address & ~mask) == 0) return Status.NETWORK_ADDRESS;
    if ((address | mask) == 0xffffffff) return Status.BROADCAST_ADDRESS;
  }
  if (at(port).kind == Kind.SUBINTERFACE && at(port).vlan == 0) return Status.NO_VLAN;
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const other = at(i);
    if (other.kind == Kind.NONE || other.lender != NO_INTERFACE || other.address == 0) continue;
    for (let k: u32 = 0; k <= other.secondaryCount; k++) {
      if (i == port && k == but) continue;
      const taken = k == 0 ? other.address : other.secondary(k - 1);
      const common = mask & (k == 0 ? other.mask : other.secondaryMask(k - 1));
      if (((address ^ taken) & common) != 0) continue;
      conflicting = i;
      return Status.OVERLAP;
    }
  }
  return Status.OK;
}

export function setAddress(port: u32, address: u32, mask: u32): Status {
  const status = judge(port, address, mask, 0);
  if (status != Status.OK) return status;
  const own = at(port);
  own.lender = NO_INTERFACE;
  own.address = address;
  own.mask = mask;
  own.announce = own.hasStations;
  settle();
  return Status.OK;
}

/** `ip address A M secondary`; TABLE_FULL: it has as many as there may be, NOT_FOUND: it has no first one. */
export function addSecondary(port: u32, address: u32, mask: u32): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  let k: u32 = 0;
  while (k < own.secondaryCount && own.secondary(k) != address) k++;
  const status = judge(port, address, mask, k + 1);
  if (status != Status.OK) return status;
  if (own.address == 0 || own.lender != NO_INTERFACE) return Status.NOT_FOUND;
  if (k == SECONDARY_ADDRESSES) return Status.TABLE_FULL;
  own.setSecondary(k, address, mask);
  if (k == own.secondaryCount) own.secondaryCount++;
  own.announce = own.hasStations;
  settle();
  return Status.OK;
}

export function removeSecondary(port: u32, address: u32): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  for (let k: u32 = 0; k < own.secondaryCount; k++) {
    if (own.secondary(k) != address) continue;
    own.secondaryCount--;
    for (; k < own.secondaryCount; k++) own.setSecondary(k, own.secondary(k + 1), own.secondaryMask(k + 1));
    settle();
    return Status.OK;
  }
  return Status.NOT_FOUND;
}

/** `ip unnumbered X` of a tunnel. */
export function borrow(port: u32, lender: u32): Status {
  if (!exists(port) || !exists(lender)) return Status.NO_SUCH_INTERFACE;
  if (at(port).kind != Kind.TUNNEL || lender == port || at(lender).lender != NO_INTERFACE) return Status.BAD_LENDER;
  clearAddress(port);
  at(port).lender = lender;
  settle();
  return Status.OK;
}

/** After Status.OVERLAP and Status.VLAN_TAKEN: the interface that was in the way. */
export function conflict(): u32 {
  return conflicting;
}

export function clearAddress(port: u32): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  own.address = 0;
  own.mask = 0;
  own.secondaryCount = 0;
  own.lender = NO_INTERFACE;
  own.announce = false;
  settle();
  return Status.OK;
}

/** @param mtu octets of an IPv4 datagram */
export function setMtu(port: u32, mtu: u32): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  if (mtu < MTU_MIN || mtu > MTU_MAX) return Status.BAD_MTU;
  at(port).linkMtu = mtu;
  settle();
  return Status.OK;
}

/** `ip mtu`; 0: as long as the link takes. */
export function setIpMtu(port: u32, mtu: u32): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  if (mtu != 0 && (mtu < MTU_MIN || mtu > MTU_MAX)) return Status.BAD_MTU;
  at(port).ipMtu = mtu;
  settle();
  return Status.OK;
}

/** `ip tcp adjust-mss`; 0: off. */
export function setMss(port: u32, mss: u32): void {
  at(port).mss = mss;
  settle();
}

/** `encapsulation dot1Q N [native]` of a subinterface; 0: none, and then it has no address either. */
export function setVlan(port: u32, vlan: u32, native: bool): Status {
  if (!exists(port) || at(port).kind != Kind.SUBINTERFACE) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  for (let i: u32 = PORTS; i < INTERFACES; i++) {
    const other = at(i);
    if (i == port || other.kind != Kind.SUBINTERFACE || other.parent != own.parent || vlan == 0) continue;
    if (other.vlan != vlan && !(native && other.native)) continue;
    conflicting = i;
    return Status.VLAN_TAKEN;
  }
  own.vlan = vlan;
  own.native = native && vlan != 0;
  if (vlan == 0) clearAddress(port);
  else settle();
  return Status.OK;
}

export function setShutdown(port: u32, shutdown: bool): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  if (own.shutdown == shutdown) return Status.OK;
  own.shutdown = shutdown;
  announceFrom(port, !shutdown);
  settle();
  tell(port, shutdown ? "down" : "up");
  name(log.message("LINK-5-CHANGED").put("Interface "), port).put(shutdown ? ", changed state to administratively down" : ", changed state to up");
  log.end();
  return Status.OK;
}

/** A line that is up again says whose addresses it has. */
function announceFrom(port: u32, up: bool): void {
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = at(i);
    if (own.kind != Kind.NONE && own.parent == port && own.hasStations) own.announce = up && own.address != 0;
  }
}

function tell(port: u32, state: string): void {
  name(log.event("interface").put(" name="), port).put(" state=").put(state);
  log.eventEnd();
}

/** A port has lost its link or has it again, as the host says; or a tunnel its other end. */
export function setLink(port: u32, link: bool): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  if (own.link == link) return Status.OK;
  const before = own.up;
  own.link = link;
  announceFrom(port, link);
  settle();
  // Of a port that nobody has configured, and of one that is shut down, nobody wants to hear.
  if (own.shutdown || (!own.named && own.address == 0)) return Status.OK;
  tell(port, link ? "up" : "down");
  if (own.kind == Kind.PORT) {
    name(log.message("LINK-3-UPDOWN").put("Interface "), port).put(link ? ", changed state to up" : ", changed state to down");
    log.end();
  }
  if (before == own.up) return Status.OK;
  name(log.message("LINEPROTO-5-UPDOWN").put("Line protocol on Interface "), port).put(own.up ? ", changed state to up" : ", changed state to down");
  log.end();
  return Status.OK;
}

/** `mac-address` of a port; octets 0 goes back to the default. */
export function setMac(port: u32, octets: usize): Status {
  if (port >= PORTS) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  if (octets != 0) {
    if (ethernet.isGroup(octets) || ethernet.isZero(octets)) return Status.BAD_MAC;
    ethernet.copyMac(own.mac, octets);
  } else own.restoreMac();
  own.macConfigured = octets != 0;
  announceFrom(port, true);
  settle();
  return Status.OK;
}

/** Cut at DESCRIPTION_MAX; an empty one removes it. */
export function setDescription(port: u32, text: usize, len: u32): Status {
  if (!exists(port)) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  own.descriptionLen = len < DESCRIPTION_MAX ? len : DESCRIPTION_MAX;
  memory.copy(own.description, text, own.descriptionLen);
  return Status.OK;
}

export function clearCounters(port: u32): void {
  const own = at(port);
  own.packetsIn = own.bytesIn = own.dropsIn = 0;
  own.packetsOut = own.bytesOut = own.dropsOut = 0;
}

/** Writes its name: EthernetN of a port that nobody has named. */
export function name(text: Text, port: u32): Text {
  const own = at(port);
  const base = at(own.parent);
  text.put(types.word(base.type));
  if (base.numberLen) text.ascii(base.number, base.numberLen);
  else text.u32(own.parent);
  return own.kind == Kind.SUBINTERFACE ? text.char(46).u32(own.sub) : text;
}

/** Whether `address` is one of ours, on an interface that is up. */
export function isOurs(address: u32): bool {
  for (let p = ours; p < oursEnd; p += 4) if (load<u32>(p) == address) return true;
  return false;
}

/** Whether `address` is every station of a network of ours, or of any network. */
export function isBroadcast(address: u32): bool {
  if (address == 0xffffffff) return true;
  for (let p = broadcasts; p < broadcastsEnd; p += 4) if (load<u32>(p) == address) return true;
  return false;
}

/** The subinterface that a frame of a VLAN is for, or (0) one without a tag; the port itself where that takes it; NO_INTERFACE: none. */
export function ofVlan(port: u32, vlan: u32): u32 {
  for (let i: u32 = PORTS; divided && i < INTERFACES; i++) {
    const own = at(i);
    if (own.kind == Kind.SUBINTERFACE && own.parent == port && (vlan == 0 ? own.native : own.vlan == vlan)) return i;
  }
  return vlan == 0 ? port : NO_INTERFACE;
}
