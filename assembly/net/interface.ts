/**
 * The interfaces: port N of the host is EthernetN. Settings are changed through the verbs here (`cli`), which refuse
 * with a Status; whoever depends on addresses (routes, ARP, the SPD) compares `generation` with the one it has seen.
 */
import { MTU_MAX, MTU_MIN, PORTS } from "../limits";
import * as ethernet from "../wire/ethernet";
import * as ipv4 from "../wire/ipv4";
import * as log from "../util/log";
import { Text } from "../util/text";

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
}

export const DESCRIPTION_MAX: u32 = 80;

export class Interface {
  /** 0: none */
  address: u32 = 0;
  mask: u32 = 0;
  mtu: u32 = MTU_MAX;
  shutdown: bool = false;
  /** Six octets. */
  mac: usize;
  /** `mac-address` was configured. */
  macConfigured: bool = false;
  description: usize;
  descriptionLen: u32 = 0;
  /** A gratuitous ARP is due (arp_cache sends it). */
  announce: bool = false;

  packetsIn: u64 = 0;
  bytesIn: u64 = 0;
  packetsOut: u64 = 0;
  bytesOut: u64 = 0;
  dropsIn: u64 = 0;
  dropsOut: u64 = 0;

  private factoryMac: usize;

  constructor(public port: u32) {
    const octets = heap.alloc(16 + DESCRIPTION_MAX);
    this.mac = octets;
    this.factoryMac = octets + 8;
    this.description = octets + 16;
  }

  /** Whether packets may pass: not shut down, and it has an address. */
  get usable(): bool {
    return !this.shutdown && this.address != 0;
  }

  get network(): u32 {
    return this.address & this.mask;
  }

  /** The address of all stations of its network, 0 where there is none (/31 and /32, RFC 3021). */
  get broadcast(): u32 {
    return this.address == 0 || ~this.mask <= 1 ? 0 : this.address | ~this.mask;
  }

  /** Whether `address` is on this interface's network. */
  // @ts-ignore: decorator
  @inline
  onLink(address: u32): bool {
    return this.address != 0 && (address & this.mask) == (this.address & this.mask);
  }

  setFactoryMac(octets: usize): void {
    ethernet.copyMac(this.factoryMac, octets);
    if (!this.macConfigured) ethernet.copyMac(this.mac, octets);
  }

  restoreMac(): void {
    ethernet.copyMac(this.mac, this.factoryMac);
  }
}

const table = new StaticArray<Interface>(PORTS);
/** Changes whenever an address, a mask, an MTU or an administrative state does. */
export let generation: u32 = 0;
let conflicting: u32 = 0;
const factory: usize = memory.data(8, 4);

/** Makes the table. Without entropy the MAC addresses are 02:50:4f:53:54:NN; see `seedMac`. */
export function init(): void {
  generation = 1;
  conflicting = 0;
  for (let port: u32 = 0; port < PORTS; port++) {
    const own = new Interface(port);
    store<u32>(factory, 0x534f5002); // 02 50 4f 53
    store<u8>(factory, 0x54, 4);
    store<u8>(factory, <u8>port, 5);
    own.setFactoryMac(factory);
    unchecked((table[port] = own));
  }
}

/** Makes a port's default MAC address of six random octets: locally administered, no group (IEEE 802, 8.4). */
export function seedMac(port: u32, octets: usize): void {
  ethernet.copyMac(factory, octets);
  store<u8>(factory, (load<u8>(factory) & 0xfc) | 2);
  at(port).setFactoryMac(factory);
}

/** The interface of a port below PORTS. */
// @ts-ignore: decorator
@inline
export function at(port: u32): Interface {
  return unchecked(table[port]);
}

/** Whether a mask is ones, then zeros. */
export function contiguous(mask: u32): bool {
  const rest = ~mask;
  return (rest & (rest + 1)) == 0;
}

export function setAddress(port: u32, address: u32, mask: u32): Status {
  if (port >= PORTS) return Status.NO_SUCH_INTERFACE;
  if (!contiguous(mask) || mask == 0) return Status.BAD_MASK;
  if (!ipv4.isUnicast(address)) return Status.BAD_ADDRESS;
  if (~mask > 1) {
    if ((address & ~mask) == 0) return Status.NETWORK_ADDRESS;
    if ((address | mask) == 0xffffffff) return Status.BROADCAST_ADDRESS;
  }
  for (let i: u32 = 0; i < PORTS; i++) {
    const other = at(i);
    if (i == port || other.address == 0) continue;
    const common = mask & other.mask;
    if ((address & common) == (other.address & common)) {
      conflicting = i;
      return Status.OVERLAP;
    }
  }
  const own = at(port);
  own.address = address;
  own.mask = mask;
  own.announce = true;
  generation++;
  return Status.OK;
}

/** After Status.OVERLAP: the port of the interface that was in the way. */
export function conflict(): u32 {
  return conflicting;
}

export function clearAddress(port: u32): Status {
  if (port >= PORTS) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  own.address = 0;
  own.mask = 0;
  own.announce = false;
  generation++;
  return Status.OK;
}

/** @param mtu octets of an IPv4 datagram */
export function setMtu(port: u32, mtu: u32): Status {
  if (port >= PORTS) return Status.NO_SUCH_INTERFACE;
  if (mtu < MTU_MIN || mtu > MTU_MAX) return Status.BAD_MTU;
  at(port).mtu = mtu;
  generation++;
  return Status.OK;
}

export function setShutdown(port: u32, shutdown: bool): Status {
  if (port >= PORTS) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  if (own.shutdown == shutdown) return Status.OK;
  own.shutdown = shutdown;
  own.announce = !shutdown && own.address != 0;
  generation++;
  name(log.event("interface").put(" name="), port).put(" state=").put(shutdown ? "down" : "up");
  log.eventEnd();
  name(log.message("LINK-5-CHANGED").put("Interface "), port).put(shutdown ? ", changed state to administratively down" : ", changed state to up");
  log.end();
  return Status.OK;
}

/** `mac-address`; octets 0 goes back to the default. */
export function setMac(port: u32, octets: usize): Status {
  if (port >= PORTS) return Status.NO_SUCH_INTERFACE;
  const own = at(port);
  if (octets != 0) {
    if (ethernet.isGroup(octets) || ethernet.isZero(octets)) return Status.BAD_MAC;
    ethernet.copyMac(own.mac, octets);
  } else own.restoreMac();
  own.macConfigured = octets != 0;
  own.announce = own.address != 0;
  generation++;
  return Status.OK;
}

/** Cut at DESCRIPTION_MAX; an empty one removes it. */
export function setDescription(port: u32, text: usize, len: u32): Status {
  if (port >= PORTS) return Status.NO_SUCH_INTERFACE;
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

/** Writes "EthernetN". */
export function name(text: Text, port: u32): Text {
  return text.put("Ethernet").u32(port);
}

/** Whether `address` is one of ours, on an interface that is up. */
export function isOurs(address: u32): bool {
  for (let i: u32 = 0; i < PORTS; i++) {
    const own = at(i);
    if (own.address == address && own.usable) return true;
  }
  return false;
}

/** Whether `address` is every station of a network of ours, or of any network. */
export function isBroadcast(address: u32): bool {
  if (address == 0xffffffff) return true;
  for (let i: u32 = 0; i < PORTS; i++) {
    const all = at(i).broadcast;
    if (all != 0 && address == all) return true;
  }
  return false;
}
