/**
 * The DHCP server (RFC 2131, 4.3) on the networks of our interfaces. An address that nobody had lately is tried by ARP before it is
 * offered; the message that asked for it waits in its binding meanwhile, and nobody else waits for it.
 *
 * Bindings do not outlive a restart: a client that says it has an address which is free here keeps it (RFC 2131, 4.3.2 lets a server be
 * silent; then a whole network would ask anew, and be given what others still use).
 */
import { ARP_PROBES, DHCP_OPTIONS, PORTS } from "../../limits";
import * as clock from "../../util/clock";
import { NEVER } from "../../util/deadline";
import { keyOf } from "../../util/index";
import * as log from "../../util/log";
import { Packet } from "../../util/packet";
import * as packets from "../../util/packet";
import { Drop, drop } from "../../util/status";
import * as wire from "../../wire/dhcp";
import { CLIENT_PORT, Op, Option, SERVER_PORT, Type } from "../../wire/dhcp";
import * as ethernet from "../../wire/ethernet";
import * as arpProbe from "../arp_probe";
import { NO_PROBE } from "../arp_probe";
import * as interfaces from "../interface";
import { Interface } from "../interface";
import * as bindings from "./bindings";
import { Binding, Room, State } from "./bindings";
import * as leases from "./lease";
import * as pools from "./pools";
import { DhcpPool } from "./pools";
import * as send from "./send";

/** An offer that nobody asks for is free again; an address in conflict is tried again; an offer gives way to another from then on. */
const OFFER_TIME: u64 = 20000;
const CONFLICT_TIME: u64 = 3600000;
const OFFER_PATIENCE: u64 = 2000;
/** That a pool is used up is said once in so long. */
const SAID_PAUSE: u64 = 60000;
/** Octets of a client's identifier (RFC 2132, 9.14: two at least). */
const ID_LONGEST: u32 = 255;

/** Messages by type, those that came and those that went. */
const received = memory.data(9 * 4, 4);
const sent = memory.data(9 * 4, 4);

/** The client at hand: its identifier, which is its hardware address where it gives none, its hardware address, its station. */
const id: usize = memory.data(256, 4);
let idLen: u32 = 0;
let hardware: usize = 0;
let source: usize = 0;

export function init(): void {
  pools.init();
  bindings.init();
  clearStatistics();
}

export function clearStatistics(): void {
  memory.fill(received, 0, 36);
  memory.fill(sent, 0, 36);
}

export function receivedOf(type: u32): u32 {
  return load<u32>(received + <usize>(type << 2));
}

export function sentOf(type: u32): u32 {
  return load<u32>(sent + <usize>(type << 2));
}

function count(table: usize, type: u32): void {
  const p = table + <usize>(type << 2);
  store<u32>(p, load<u32>(p) + 1);
}

/** Whether there is anything to serve. */
// @ts-ignore: decorator
@inline
export function serves(): bool {
  return pools.running && pools.any();
}

// Time

/** Goes on with what is checked, and ends what has ended. */
export function poll(): void {
  for (let one = bindings.due(); one; one = bindings.due()) {
    switch (<State>one.state) {
      case State.CHECKING:
        check(one);
        break;
      case State.BOUND:
        bindings.set(one, State.EXPIRED, NEVER);
        break;
      default:
        bindings.remove(one);
    }
  }
}

/** Asks for the address once more, or takes the answers there are. */
function check(one: Binding): void {
  const probe = bindings.probeOf(one);
  if (arpProbe.taken(probe)) {
    if (pools.conflictLogging) {
      const text = log.message("DHCPD-4-PING_CONFLICT").put("DHCP address conflict: server found ").ip(one.address).put(" in use by ").mac(arpProbe.holder(probe));
      interfaces.name(text.put(" on "), one.port);
      log.end();
    }
    return conflict(one, false);
  }
  if (<u32>one.tries < pools.pings) {
    one.tries++;
    arpProbe.ask(probe);
    bindings.wake(one, clock.now() + <u64>pools.pingTimeout);
    return;
  }
  const own = interfaces.at(one.port);
  bindings.set(one, State.OFFERED, clock.now() + OFFER_TIME);
  reply(own, one, Type.OFFER, one.xid, <u32>one.flags, 0);
}

/** Somebody has the address: it is given to nobody for a while. The client is free to get another. */
function conflict(one: Binding, declined: bool): void {
  bindings.set(one, State.CONFLICT, clock.now() + CONFLICT_TIME);
  one.declined = declined;
}

// Messages

/** Takes a message from a client that wire.check accepted; the buffer stays the caller's. @param mac the station that sent its frame */
export function receive(own: Interface, p: usize, mac: usize): Drop {
  if (wire.op(p) != Op.REQUEST) return Drop.DHCP_MALFORMED;
  if (wire.relay(p) != 0) return Drop.DHCP_RELAYED;
  hardware = wire.hardware(p);
  if (ethernet.isGroup(hardware) || ethernet.isZero(hardware)) return Drop.DHCP_MALFORMED;
  source = mac;
  idLen = wire.option(Option.CLIENT_ID);
  if (idLen > ID_LONGEST) return Drop.DHCP_OPTIONS;
  if (idLen < 2) {
    store<u8>(id, 1);
    ethernet.copyMac(id + 1, hardware);
    idLen = 7;
  } else memory.copy(id, wire.value, <usize>idLen);
  const network = pools.poolFor(own);
  const manual = pools.manualFor(own, id, idLen, hardware);
  const pool = manual ? manual : network;
  if (!pool) return Drop.DHCP_NO_POOL;
  const type = wire.type();
  count(received, type);
  switch (type) {
    case Type.DISCOVER: return discover(own, p, pool, manual != null);
    case Type.REQUEST: return request(own, p, pool, manual != null);
    case Type.DECLINE: return decline(own);
    case Type.RELEASE: return release(own, p);
    case Type.INFORM: return inform(own, p, pool);
    default: return Drop.DHCP_STATE;
  }
}

/** Whether an address may be given on an interface out of a pool, whoever has it. */
function givable(own: Interface, pool: DhcpPool, address: u32): bool {
  if (pool.host != 0) return address == pool.host;
  if (pool.mask == 0 || (address & pool.mask) != pool.network || !own.onLink(address)) return false;
  if (address == pool.network || address == (pool.network | ~pool.mask) || address == own.address || address == own.broadcast || address == own.network) return false;
  return pools.excludedTo(address) == 0 && !pools.isManual(address);
}

/** Whether the client at hand may have an address: it is nobody else's. */
function free(own: Interface, address: u32): bool {
  const one = bindings.atAddress(address);
  return !one || one.state == <u8>State.EXPIRED || mine(own, one);
}

function mine(own: Interface, one: Binding): bool {
  return one.state != <u8>State.CONFLICT && one.port == own.port && one.idLen == idLen && one.key == keyOf(id, idLen) && memory.compare(one.id, id, <usize>one.idKept) == 0;
}

/** The lowest address that nobody has or had; 0: there is none. */
function lowest(own: Interface, pool: DhcpPool): u32 {
  const first = max(pool.network, own.network) + 1;
  const last = min(pool.network | ~pool.mask, own.network | ~own.mask);
  for (let address = first; address < last; address++) {
    const skip = pools.excludedTo(address);
    if (skip) {
      if (skip >= last) return 0;
      address = skip;
      continue;
    }
    if (givable(own, pool, address) && !bindings.atAddress(address)) return address;
  }
  return 0;
}

/** The binding for a client: the one that it has, or had, or a new one. Null: `why` says why. */
let why: Drop = Drop.NONE;

function bindingFor(own: Interface, pool: DhcpPool, manual: bool, wish: u32): Binding | null {
  let one = bindings.ofClient(own.port, id, idLen);
  if (one && (!givable(own, pool, one.address) || (manual && one.address != pool.host))) {
    bindings.remove(one);
    one = null;
  }
  if (one) {
    one.pool = pools.slotOf(pool);
    return one;
  }
  let address = manual ? pool.host : givable(own, pool, wish) && !bindings.atAddress(wish) ? wish : lowest(own, pool);
  const slot = pools.slotOf(pool);
  if (address == 0 && givable(own, pool, wish) && free(own, wish)) address = wish;
  if (address == 0) {
    // The address that ended first, or was offered and not asked for.
    let goes = bindings.oldestExpired(slot);
    if (!goes) goes = bindings.oldestOffer(slot, OFFER_PATIENCE);
    if (!goes) {
      usedUp(pool);
      why = Drop.DHCP_POOL_EMPTY;
      return null;
    }
    address = goes.address;
  }
  const before = bindings.atAddress(address);
  if (before) {
    // A manual binding's address is its client's, whoever has it now: until that lease ends it can't be given.
    if (before.active && manual) {
      why = Drop.DHCP_POOL_EMPTY;
      return null;
    }
    if (before.state == <u8>State.CONFLICT) {
      why = Drop.DHCP_POOL_EMPTY;
      return null;
    }
    bindings.remove(before);
  }
  one = bindings.create(address, own.port, slot, id, idLen, hardware, source);
  if (!one) {
    why = bindings.room == Room.SHARE ? Drop.DHCP_SHARE : Drop.DHCP_TABLE_FULL;
    return null;
  }
  one.manual = manual;
  return one;
}

function usedUp(pool: DhcpPool): void {
  if (pool.said != 0 && clock.now() < pool.said + SAID_PAUSE) return;
  pool.said = clock.now();
  log.message("DHCPD-4-POOL_EMPTY").put("DHCP pool ").ascii(pool.name, pool.nameLen).put(" has no free address left");
  log.end();
}

function discover(own: Interface, p: usize, pool: DhcpPool, manual: bool): Drop {
  const one = bindingFor(own, pool, manual, wire.option32(Option.REQUESTED_ADDRESS));
  if (!one) return why;
  one.xid = wire.xid(p);
  one.flags = <u16>wire.flags(p);
  one.seconds = pool.seconds;
  ethernet.copyMac(one.mac, hardware);
  ethernet.copyMac(one.source, source);
  // Asked again while it is checked: the check goes on.
  if (one.state == <u8>State.CHECKING) return Drop.NONE;
  // Who has an address, or was offered one, is offered it at once.
  if (one.state == <u8>State.BOUND) {
    reply(own, one, Type.OFFER, one.xid, <u32>one.flags, 0);
    return Drop.NONE;
  }
  if (one.state != <u8>State.OFFERED && pools.pings != 0) {
    // The interfaces' own clients need a probe as well. Under a flood there is none left: then the client's own check must do.
    const probe = freeProbes() > PORTS ? arpProbe.watch(own.port, one.address, false, one.mac) : NO_PROBE;
    if (probe != NO_PROBE) {
      bindings.set(one, State.CHECKING, NEVER);
      bindings.setProbe(one, probe);
      one.tries = 0;
      check(one);
      return Drop.NONE;
    }
  }
  bindings.set(one, State.OFFERED, clock.now() + OFFER_TIME);
  reply(own, one, Type.OFFER, one.xid, <u32>one.flags, 0);
  return Drop.NONE;
}

function freeProbes(): u32 {
  return ARP_PROBES - arpProbe.used();
}

/** REQUEST in its four meanings (RFC 2131, 4.3.2). */
function request(own: Interface, p: usize, pool: DhcpPool, manual: bool): Drop {
  const server = wire.option32(Option.SERVER);
  const wish = wire.option32(Option.REQUESTED_ADDRESS);
  const has = wire.clientAddress(p);
  let one = bindings.ofClient(own.port, id, idLen);
  if (server != 0 && server != own.address) {
    // It takes another server's offer.
    if (one && one.state <= <u8>State.OFFERED) bindings.remove(one);
    return Drop.NONE;
  }
  const address = has ? has : wish;
  if (address == 0) return Drop.DHCP_OPTIONS;
  const selecting = server != 0;
  if (!givable(own, pool, address) || !free(own, address) || (selecting && (!one || one.address != address || !one.active))) {
    nak(own, p);
    return Drop.NONE;
  }
  if (one && one.state == <u8>State.CHECKING) return Drop.DHCP_STATE;
  if (!one || one.address != address) {
    if (one) bindings.remove(one);
    one = bindingFor(own, pool, manual, address);
    if (!one) return why;
    // A place went to another in the meantime.
    if (one.address != address) {
      nak(own, p);
      return Drop.NONE;
    }
  }
  one.seconds = pool.seconds;
  one.pool = pools.slotOf(pool);
  ethernet.copyMac(one.mac, hardware);
  ethernet.copyMac(one.source, source);
  bindings.set(one, State.BOUND, one.seconds == wire.FOREVER ? NEVER : clock.now() + <u64>one.seconds * 1000);
  reply(own, one, Type.ACK, wire.xid(p), wire.flags(p), has);
  return Drop.NONE;
}

function decline(own: Interface): Drop {
  const address = wire.option32(Option.REQUESTED_ADDRESS);
  const one = bindings.ofClient(own.port, id, idLen);
  // Only who was given the address can say that somebody else has it.
  if (!one || one.address != address || !one.active || wire.option32(Option.SERVER) != own.address) return Drop.DHCP_STATE;
  if (pools.conflictLogging) {
    const text = log.message("DHCPD-4-DECLINE_CONFLICT").put("DHCP address conflict: client ").mac(one.mac).put(" declined ").ip(address);
    interfaces.name(text.put(" on "), own.port);
    log.end();
  }
  conflict(one, true);
  return Drop.NONE;
}

function release(own: Interface, p: usize): Drop {
  const one = bindings.ofClient(own.port, id, idLen);
  if (!one || one.address != wire.clientAddress(p) || one.state != <u8>State.BOUND) return Drop.DHCP_STATE;
  bindings.set(one, State.EXPIRED, NEVER);
  return Drop.NONE;
}

// Answers

/** The answer that has been begun. */
let packet: Packet | null = null;

/** Begins an answer to a client. Its message; 0: there is no buffer. */
function begin(own: Interface, type: Type, xid: u32, flags: u32, mac: usize): usize {
  packet = packets.alloc();
  const made = packet;
  if (!made) {
    drop(Drop.NO_BUFFER);
    return 0;
  }
  wire.begin(made.ptr, Op.REPLY, type, xid, flags, mac);
  wire.put32Of(Option.SERVER, own.address);
  return made.ptr;
}

/** Sends the answer that was begun (RFC 2131, 4.1). @param has the address that the client has; @param yours the one it gets */
function end(own: Interface, type: Type, flags: u32, has: u32, yours: u32, mac: usize): void {
  const made = packet as Packet;
  made.len = wire.finish(made.ptr);
  count(sent, type);
  const everybody = type == Type.NAK || (has == 0 && (flags & wire.BROADCAST_FLAG) != 0);
  if (everybody) send.toStation(made, own.port, SERVER_PORT, CLIENT_PORT, own.address, send.EVERYBODY, 0);
  else send.toStation(made, own.port, SERVER_PORT, CLIENT_PORT, own.address, has ? has : yours, mac);
}

function reply(own: Interface, one: Binding, type: Type, xid: u32, flags: u32, has: u32): void {
  const pool = pools.at(one.pool);
  // The interface has changed, or the pool has gone, while the address was tried.
  if (!pool || own.address == 0) return bindings.remove(one);
  const p = begin(own, type, xid, flags, one.mac);
  if (p == 0) return;
  wire.setYourAddress(p, one.address);
  if (has) wire.setClientAddress(p, has);
  wire.put32Of(Option.LEASE, one.seconds);
  if (one.seconds != wire.FOREVER) {
    wire.put32Of(Option.RENEWAL, one.seconds / 2);
    wire.put32Of(Option.REBINDING, one.seconds - one.seconds / 8);
  }
  describe(own, p, pool);
  end(own, type, flags, has, one.address, one.mac);
}

function nak(own: Interface, p: usize): void {
  if (begin(own, Type.NAK, wire.xid(p), wire.flags(p), hardware)) end(own, Type.NAK, 0, 0, 0, 0);
}

/** INFORM: a station with an address of its own asks for the rest (RFC 2131, 4.3.5). */
function inform(own: Interface, p: usize, pool: DhcpPool): Drop {
  const has = wire.clientAddress(p);
  if (!own.onLink(has) || has == own.address) return Drop.DHCP_STATE;
  const made = begin(own, Type.ACK, wire.xid(p), wire.flags(p), hardware);
  if (made == 0) return Drop.NONE;
  wire.setClientAddress(made, has);
  describe(own, made, pool);
  end(own, Type.ACK, 0, has, 0, hardware);
  return Drop.NONE;
}

/** What a network's stations are told; what a manual binding's pool leaves open its network's pool says. */
function describe(own: Interface, p: usize, pool: DhcpPool): void {
  const network = pools.poolFor(own);
  const wider = network && pool != network ? network : pool;
  wire.put32Of(Option.MASK, pool.host ? pool.hostMask : pool.mask);
  const routers = pool.routers ? pool : wider;
  putStations(Option.ROUTER, routers.routerTable, routers.routers);
  const names = pool.nameServers ? pool : wider;
  if (names.nameServers) putStations(Option.NAME_SERVER, names.nameServerTable, names.nameServers);
  else if (pool.importAll || wider.importAll) importNameServers();
  const domain = pool.domainLen ? pool : wider;
  if (domain.domainLen) wire.putOption(Option.DOMAIN_NAME, domain.domain, domain.domainLen);
  else if (pool.importAll || wider.importAll) {
    const lease = leases.withDomain();
    if (lease) wire.putOption(Option.DOMAIN_NAME, lease.domain, lease.domainLen);
  }
  const next = pool.nextServer ? pool : wider;
  if (next.nextServer) wire.setNextServer(p, next.nextServer);
  const boot = pool.bootFileLen ? pool : wider;
  if (boot.bootFileLen) wire.setFile(p, boot.bootFile, boot.bootFileLen);
  putOptions(pools.slotOf(pool), 0xffffffff);
  if (wider != pool) putOptions(pools.slotOf(wider), pools.slotOf(pool));
}

const stations: usize = memory.data(32, 4);

function putStations(code: u32, table: usize, n: u32): void {
  if (n == 0) return;
  for (let i: u32 = 0; i < n; i++) store<u32>(stations + <usize>(i << 2), bswap<u32>(load<u32>(table + <usize>(i << 2))));
  wire.putOption(code, stations, n << 2);
}

/** `import all`: what the servers of our own interfaces said. */
function importNameServers(): void {
  let n: u32 = 0;
  for (let address = leases.nameServer(0); address != 0 && n < pools.STATIONS_MAX; address = leases.nameServer(n)) {
    store<u32>(stations + <usize>(n << 2), bswap<u32>(address));
    n++;
  }
  if (n) wire.putOption(Option.NAME_SERVER, stations, n << 2);
}

/** The options of a pool, but for those that another has too. */
function putOptions(slot: u32, but: u32): void {
  for (let i: u32 = 0; i < DHCP_OPTIONS; i++) {
    const one = pools.optionAt(i);
    if (!one || one.pool != slot || hasOption(but, one.code)) continue;
    wire.putOption(one.code, one.octets, one.len);
  }
}

function hasOption(slot: u32, code: u32): bool {
  for (let i: u32 = 0; i < DHCP_OPTIONS; i++) {
    const one = pools.optionAt(i);
    if (one && one.pool == slot && one.code == code) return true;
  }
  return false;
}

// Configuration

/** A pool goes, and what was given out of it. */
export function removePool(pool: DhcpPool): void {
  forget(pools.slotOf(pool));
  pools.remove(pool);
}

/** Bindings of a pool go: its network is another. */
export function forget(slot: u32): void {
  for (let i: u32 = 0; i < bindings.slots(); i++) {
    const one = bindings.at(i);
    if (one && one.pool == slot) bindings.remove(one);
  }
}

/** `clear ip dhcp binding|conflict`. How many went. @param address 0: all */
export function clear(conflicts: bool, address: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < bindings.slots(); i++) {
    const one = bindings.at(i);
    if (!one || (one.state == <u8>State.CONFLICT) != conflicts || (address != 0 && one.address != address)) continue;
    bindings.remove(one);
    n++;
  }
  return n;
}
