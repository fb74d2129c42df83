/**
 * The DHCP client of each interface (RFC 2131, 4.4):
 *
 *   INIT --pause--> SELECTING --OFFER--> REQUESTING --ACK--> PROBING --nobody has it--> BOUND --T1--> RENEWING --T2--> REBINDING
 *    ^                                       |                  |                         ^             |               |    |
 *    +--------------NAK, no answer-----------+-----DECLINE------+                         +-----ACK-----+------ACK------+    |
 *    +-----------------------------------------------------------NAK, the lease's end, the interface went down---------------+
 *
 * An answer counts only in the transaction under way, for our hardware address, and once a server is chosen from that server. An
 * address is taken into use after nobody has claimed it by ARP.
 */
import { INTERFACES, NAME_MAX } from "../../limits";
import * as clock from "../../util/clock";
import { Deadline, NEVER } from "../../util/deadline";
import * as log from "../../util/log";
import { Packet } from "../../util/packet";
import * as packets from "../../util/packet";
import { Drop, drop } from "../../util/status";
import { Text } from "../../util/text";
import * as wire from "../../wire/dhcp";
import { CLIENT_PORT, Op, Option, SERVER_PORT, Type } from "../../wire/dhcp";
import * as ethernet from "../../wire/ethernet";
import * as arpProbe from "../arp_probe";
import { NO_PROBE } from "../arp_probe";
import * as interfaces from "../interface";
import { Status } from "../interface";
import * as route from "../route";
import * as chance from "./chance";
import * as leases from "./lease";
import { Lease } from "./lease";
import * as send from "./send";

export const enum State {
  /** `ip address dhcp` is not configured. */
  OFF = 0,
  /** The interface is shut down, or `release dhcp` was typed. */
  DOWN,
  INIT,
  SELECTING,
  REQUESTING,
  PROBING,
  BOUND,
  RENEWING,
  REBINDING,
}

/** Before the first DISCOVER, at the most (RFC 2131, 4.4.1 has ten seconds, against thousands that start together). */
const START_PAUSE: u32 = 1000;
/** Retransmission: four seconds, doubled up to 64, give or take one (RFC 2131, 4.1). */
const FIRST_WAIT: u64 = 4000;
const LONGEST_WAIT: u64 = 64000;
const REQUESTS: u32 = 4;
/** After a DECLINE or a refused address (RFC 2131, 3.1.5). */
const DECLINE_PAUSE: u64 = 10000;
const PROBES: u32 = 2;
const PROBE_PAUSE: u64 = 500;
/** The default route of a lease gives way to every one that is configured. */
export const DISTANCE: u32 = 254;
/** DISCOVERs without an answer until that is said. */
const SILENCE: u32 = 4;

/** Where `client-id` names no interface. */
export const PORT_OWN: u32 = 0xffffffff;

export class Client {
  state: State = State.OFF;
  /** The interface whose hardware address is the client identifier. */
  identity: u32 = PORT_OWN;
  hostName: usize;
  hostNameLen: u32 = 0;
  xid: u32 = 0;
  /** The server chosen, and what it offered. */
  server: u32 = 0;
  offered: u32 = 0;
  /** The station that its last answer came from: it, or the router before it. */
  serverMac: usize;
  tries: u32 = 0;
  probe: u32 = NO_PROBE;
  /** When the exchange under way began; when something is to be done; when the lease is to be renewed, with any server, and ends. */
  began: u64 = 0;
  due: u64 = NEVER;
  renewAt: u64 = NEVER;
  rebindAt: u64 = NEVER;
  endsAt: u64 = NEVER;
  /** What has been said already of this search for an address: that nobody answers; the address that can't be taken. */
  /** The interface was shut down when it was last looked at. */
  wasShut: bool = false;
  wasUp: bool = false;
  saidSilence: bool = false;
  saidAddress: u32 = 0;

  constructor(public port: u32) {
    this.hostName = heap.alloc(<usize>(NAME_MAX + 8));
    this.serverMac = this.hostName + <usize>NAME_MAX;
  }
}

const table = new StaticArray<Client>(INTERFACES);
let deadline: Deadline = changetype<Deadline>(0);
let seen: u32 = 0;
/** Interfaces with `ip address dhcp`. */
export let count: u32 = 0;
/** The router's name, which goes along where no other is configured. */
const routerName: usize = memory.data(64, 4);
let routerNameLen: u32 = 0;
const octets: usize = memory.data(16, 4);
/** RFC 3442, 4: routes without class are asked for before the default router. */
const PARAMETERS: StaticArray<u8> = [1, 121, 3, 6, 15, 42, 51, 54, 58, 59];

export function init(): void {
  for (let port: u32 = 0; port < INTERFACES; port++) unchecked((table[port] = new Client(port)));
  deadline = new Deadline();
  seen = count = 0;
}

export function at(port: u32): Client {
  return unchecked(table[port]);
}

/** The name that `hostname` gives the router. @param len NAME_MAX at the most */
export function setRouterName(p: usize, len: u32): void {
  memory.copy(routerName, p, <usize>len);
  routerNameLen = len;
}

// Configuration

/** `ip address dhcp`: an address of before goes. @param identity an interface, or PORT_OWN @param len of the host's name, 0: the router's */
export function start(port: u32, identity: u32, name: usize, len: u32): void {
  const client = at(port);
  const same = client.state != State.OFF && client.identity == identity && client.hostNameLen == len && memory.compare(client.hostName, name, <usize>len) == 0;
  if (same) return;
  stop(port);
  interfaces.clearAddress(port);
  client.identity = identity;
  client.hostNameLen = len;
  memory.copy(client.hostName, name, <usize>len);
  count++;
  client.state = State.DOWN;
  client.wasShut = interfaces.at(port).shutdown;
  client.wasUp = interfaces.at(port).up;
  if (!client.wasShut) restart(client, <u64>chance.below(START_PAUSE));
}

/** `no ip address`, or another address: the lease is given back. */
export function stop(port: u32): void {
  const client = at(port);
  if (client.state == State.OFF) return;
  release(port);
  client.state = State.OFF;
  count--;
}

/** Another address has been configured in place of the lease, which is given back. */
export function configured(port: u32): void {
  const client = at(port);
  if (client.state == State.OFF) return;
  giveBack(client);
  forgets(client);
  client.state = State.OFF;
  client.due = NEVER;
  count--;
}

/** `release dhcp`, `shutdown`: the lease is given back, and no other is asked for until `renew`. False: there was none. */
export function release(port: u32): bool {
  const client = at(port);
  if (client.state == State.OFF) return false;
  const had = leases.at(port).bound;
  giveBack(client);
  drops(client);
  settle(client, State.DOWN, NEVER);
  return had;
}

/** Tells the server that the lease is not needed any more. */
function giveBack(client: Client): void {
  const lease = leases.at(client.port);
  if (!lease.bound) return;
  const packet = message(client, Type.RELEASE);
  if (!packet) return;
  wire.put32Of(Option.SERVER, client.server);
  finish(packet);
  // The address is gone before ARP could ask for anybody.
  send.toStation(packet, client.port, CLIENT_PORT, SERVER_PORT, lease.address, client.server, client.serverMac);
}

/** `renew dhcp`: asks the server again, or begins anew where there is no lease. False: `ip address dhcp` is not configured there. */
export function renew(port: u32): bool {
  const client = at(port);
  if (client.state == State.OFF) return false;
  if (leases.at(port).bound) begin(client, State.RENEWING);
  else if (!interfaces.at(port).shutdown) restart(client, 0);
  return true;
}

// Time

/** Sends what is due. */
export function poll(): void {
  if (count && seen != interfaces.generation) follow();
  if (!deadline.due()) return;
  deadline.reset();
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const client = at(port);
    while (client.due <= clock.now()) advance(client);
    deadline.arm(client.due);
  }
}

/** An interface went down or came up. */
function follow(): void {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const client = at(port);
    if (client.state == State.OFF) continue;
    const down = interfaces.at(port).shutdown;
    const up = interfaces.at(port).up;
    if (down && client.state != State.DOWN) {
      drops(client);
      settle(client, State.DOWN, NEVER);
    } else if (!down && client.state == State.DOWN && client.wasShut) restart(client, <u64>chance.below(START_PAUSE));
    // The cable is in again: maybe another's. Whoever serves there says whether the address still fits (RFC 2131, 3.7).
    else if (up && !client.wasUp && leases.at(port).bound) begin(client, State.REBINDING);
    else if (up && !client.wasUp && client.state != State.DOWN && client.state != State.PROBING) restart(client, <u64>chance.below(START_PAUSE));
    client.wasShut = down;
    client.wasUp = up;
  }
  seen = interfaces.generation;
}

function settle(client: Client, state: State, due: u64): void {
  client.state = state;
  client.due = due;
  deadline.arm(due);
}

/** Begins the search for an address after a pause. */
function restart(client: Client, pause: u64): void {
  client.tries = 0;
  arpProbe.forget(client.probe);
  client.probe = NO_PROBE;
  settle(client, State.INIT, clock.now() + pause);
}

/** Begins an exchange. */
function begin(client: Client, state: State): void {
  client.xid = chance.draw();
  client.tries = 0;
  client.began = clock.now();
  settle(client, state, clock.now());
}

/** How long an answer is waited for. */
function patience(tries: u32): u64 {
  const wait = min(FIRST_WAIT << <u64>min(tries, 4), LONGEST_WAIT);
  return wait - 1000 + <u64>chance.below(2001);
}

function advance(client: Client): void {
  const now = clock.now();
  const lease = leases.at(client.port);
  switch (client.state) {
    case State.INIT:
      return begin(client, State.SELECTING);
    case State.SELECTING:
      if (client.tries == SILENCE && !client.saidSilence) {
        client.saidSilence = true;
        interfaces.name(log.message("DHCP-4-NO_ANSWER").put("Interface "), client.port).put(": no DHCP server answers; asking goes on");
        log.end();
      }
      client.due = now + patience(client.tries++);
      return discover(client);
    case State.REQUESTING:
      if (client.tries == REQUESTS) return restart(client, 0);
      client.due = now + patience(client.tries++);
      return request(client, false);
    case State.PROBING:
      return probed(client);
    case State.BOUND:
      return begin(client, State.RENEWING);
    case State.RENEWING:
    case State.REBINDING:
      if (now >= client.endsAt) return lose(client, ": the lease has ended, and no server answered");
      if (client.state == State.RENEWING && now >= client.rebindAt) return begin(client, State.REBINDING);
      // RFC 2131, 4.4.5: half of what is left, but not less than a minute; of a short lease less.
      const end = client.state == State.RENEWING ? client.rebindAt : client.endsAt;
      const least = min(<u64>60000, max(<u64>1000, <u64>lease.seconds * 31));
      const pause = min(max((end - now) / 2, least), <u64>3600000);
      client.due = min(end, now + pause);
      return request(client, client.state == State.RENEWING);
    default:
      client.due = NEVER;
  }
}

// Messages

/** A message with what all of ours have; options and `finish` follow. */
function message(client: Client, type: Type): Packet | null {
  const packet = packets.allocReserved();
  if (!packet) {
    drop(Drop.NO_BUFFER);
    return null;
  }
  const p = packet.ptr;
  const lease = leases.at(client.port);
  const mac = interfaces.at(client.port).mac;
  // Answers before there is an address come to every station: not every server can send to one that ARP doesn't know.
  wire.begin(p, Op.REQUEST, type, client.xid, lease.bound ? 0 : wire.BROADCAST_FLAG, mac);
  wire.setSeconds(p, <u32>((clock.now() - client.began) / 1000));
  if (lease.bound) wire.setClientAddress(p, lease.address);
  store<u8>(octets, 1);
  ethernet.copyMac(octets + 1, interfaces.at(client.identity == PORT_OWN ? client.port : client.identity).mac);
  wire.putOption(Option.CLIENT_ID, octets, 7);
  return packet;
}

/** What the server is told and asked in DISCOVER and REQUEST. */
function wishes(client: Client): void {
  wire.put16Of(Option.MAX_LENGTH, 1500);
  if (client.hostNameLen) wire.putOption(Option.HOST_NAME, client.hostName, client.hostNameLen);
  else if (routerNameLen) wire.putOption(Option.HOST_NAME, routerName, routerNameLen);
  wire.putOption(Option.PARAMETERS, changetype<usize>(PARAMETERS), <u32>PARAMETERS.length);
}

function finish(packet: Packet): void {
  packet.len = wire.finish(packet.ptr);
}

function toEverybody(client: Client, packet: Packet): void {
  finish(packet);
  const lease = leases.at(client.port);
  send.toStation(packet, client.port, CLIENT_PORT, SERVER_PORT, lease.bound ? lease.address : 0, send.EVERYBODY, 0);
}

function discover(client: Client): void {
  const packet = message(client, Type.DISCOVER);
  if (!packet) return;
  wishes(client);
  toEverybody(client, packet);
}

/** REQUEST: of an offer, or of the lease that there is, which is in ciaddr then (RFC 2131, 4.3.6). */
function request(client: Client, unicast: bool): void {
  const packet = message(client, Type.REQUEST);
  if (!packet) return;
  if (client.state == State.REQUESTING) {
    wire.put32Of(Option.REQUESTED_ADDRESS, client.offered);
    wire.put32Of(Option.SERVER, client.server);
  }
  wishes(client);
  if (!unicast) return toEverybody(client, packet);
  finish(packet);
  send.toServer(packet, client.port, CLIENT_PORT, SERVER_PORT, client.server);
}

function decline(client: Client): void {
  const packet = message(client, Type.DECLINE);
  if (packet) {
    wire.put32Of(Option.REQUESTED_ADDRESS, client.offered);
    wire.put32Of(Option.SERVER, client.server);
    toEverybody(client, packet);
  }
  leases.at(client.port).clear();
  restart(client, DECLINE_PAUSE);
}

/** Takes a message from a server that wire.check accepted; the buffer stays the caller's. @param mac the station that it came from */
export function receive(port: u32, p: usize, mac: usize): Drop {
  const client = at(port);
  if (client.state == State.OFF || client.state < State.SELECTING || client.state == State.PROBING || client.state == State.BOUND) return Drop.DHCP_STATE;
  if (wire.op(p) != Op.REPLY) return Drop.DHCP_MALFORMED;
  if (wire.xid(p) != client.xid) return Drop.DHCP_XID;
  if (!ethernet.sameMac(wire.hardware(p), interfaces.at(port).mac)) return Drop.DHCP_CHADDR;
  const type = wire.type();
  const server = wire.option32(Option.SERVER);
  if (server == 0) return Drop.DHCP_ANSWER;
  if (client.state == State.SELECTING) {
    if (type != Type.OFFER) return Drop.DHCP_STATE;
    const lease = leases.at(port);
    if (!lease.read(wire.yourAddress(p), server)) return Drop.DHCP_ANSWER;
    client.server = server;
    ethernet.copyMac(client.serverMac, mac);
    client.offered = lease.address;
    client.tries = 0;
    settle(client, State.REQUESTING, clock.now());
    return Drop.NONE;
  }
  // When any server may answer, that is the one from now on.
  if (client.state != State.REBINDING && server != client.server) return Drop.DHCP_SERVER;
  if (type == Type.NAK) {
    if (leases.at(port).bound) lose(client, ": the server takes it back");
    else restart(client, patience(client.tries) / 4);
    return Drop.NONE;
  }
  if (type != Type.ACK) return Drop.DHCP_STATE;
  const reason = acknowledged(client, p, server);
  if (reason == Drop.NONE) ethernet.copyMac(client.serverMac, mac);
  return reason;
}

function acknowledged(client: Client, p: usize, server: u32): Drop {
  const lease = leases.at(client.port);
  const yours = wire.yourAddress(p);
  if (client.state == State.REQUESTING) {
    if (yours != client.offered || !lease.read(yours, server)) return Drop.DHCP_ANSWER;
    client.tries = 0;
    client.probe = arpProbe.watch(client.port, yours, true, 0);
    settle(client, State.PROBING, clock.now());
    return Drop.NONE;
  }
  if (yours != lease.address || !lease.read(yours, server)) return Drop.DHCP_ANSWER;
  client.server = server;
  bind(client, lease);
  return Drop.NONE;
}

function probed(client: Client): void {
  if (arpProbe.taken(client.probe)) {
    const text = log.message("DHCP-4-DUPLICATE").put("Interface ");
    interfaces.name(text, client.port).put(": the address ").ip(client.offered).put(" is in use by ").mac(arpProbe.holder(client.probe)).put(" already, declined");
    log.end();
    return decline(client);
  }
  if (client.tries < PROBES) {
    client.tries++;
    arpProbe.ask(client.probe);
    client.due = clock.now() + PROBE_PAUSE;
    return;
  }
  arpProbe.forget(client.probe);
  client.probe = NO_PROBE;
  bind(client, leases.at(client.port));
}

/** Why an address can't be ours, as a sentence goes on; empty: it can. */
function unfit(lease: Lease, port: u32): string {
  if (route.isNextHop(lease.address)) return " is the next hop of a route that is configured";
  switch (interfaces.setAddress(port, lease.address, lease.mask)) {
    case Status.OK: return "";
    case Status.OVERLAP: return " overlaps with ";
    case Status.NETWORK_ADDRESS: return " names a network";
    case Status.BROADCAST_ADDRESS: return " is a broadcast address";
    default: return " is no address that a station may have";
  }
}

/** The lease is ours from when the exchange began (RFC 2131, 4.4.1). */
function bind(client: Client, lease: Lease): void {
  const own = interfaces.at(client.port);
  const fresh = own.address != lease.address || own.mask != lease.mask;
  if (fresh) {
    const why = unfit(lease, client.port);
    if (why.length) return refuse(client, lease, why);
  }
  lease.bound = true;
  const forever = lease.seconds == wire.FOREVER;
  client.renewAt = forever ? NEVER : client.began + <u64>lease.renewal * 1000;
  client.rebindAt = forever ? NEVER : client.began + <u64>lease.rebinding * 1000;
  client.endsAt = forever ? NEVER : client.began + <u64>lease.seconds * 1000;
  learnRoutes(client.port, lease);
  leases.changed();
  client.saidSilence = false;
  client.saidAddress = 0;
  settle(client, State.BOUND, client.renewAt);
  if (!fresh) return;
  const text = log.message("DHCP-6-ADDRESS_ASSIGN").put("Interface ");
  interfaces.name(text, client.port).put(" assigned DHCP address ").ip(lease.address).put(", mask ").ip(lease.mask).put(", hostname ");
  putHostName(text, client);
  log.end();
  interfaces.name(log.event("dhcp").put(" interface="), client.port).put(" address=").ip(lease.address).put(" server=").ip(lease.server);
  log.eventEnd();
}

/** Writes the name that servers are told. */
export function putHostName(text: Text, client: Client): Text {
  return client.hostNameLen ? text.ascii(client.hostName, client.hostNameLen) : text.ascii(routerName, routerNameLen);
}

/** An address that does not fit here: declined, and said once however often it is offered. */
function refuse(client: Client, lease: Lease, why: string): void {
  if (client.saidAddress != lease.address) {
    client.saidAddress = lease.address;
    const text = log.message("DHCP-4-REFUSED").put("Interface ");
    interfaces.name(text, client.port).put(": the address ").ip(lease.address).put(why);
    if (why == " overlaps with ") interfaces.name(text, interfaces.conflict());
    text.put(", declined");
    log.end();
  }
  drops(client);
  decline(client);
}

function learnRoutes(port: u32, lease: Lease): void {
  route.forgetLearned(port);
  if (lease.router) route.learn(0, 0, lease.router, port, DISTANCE);
  for (let i: u32 = 0; i < lease.routes; i++) route.learn(lease.routePrefix(i), lease.routeMask(i), lease.routeGateway(i), port, DISTANCE);
}

/** The lease and what came with it go. */
function drops(client: Client): void {
  if (leases.at(client.port).bound) interfaces.clearAddress(client.port);
  forgets(client);
}

/** What came with the lease goes. */
function forgets(client: Client): void {
  const lease = leases.at(client.port);
  arpProbe.forget(client.probe);
  client.probe = NO_PROBE;
  route.forgetLearned(client.port);
  client.endsAt = client.rebindAt = client.renewAt = NEVER;
  if (lease.bound) leases.changed();
  lease.clear();
}

/** The lease is lost. */
function lose(client: Client, why: string): void {
  const text = log.message("DHCP-4-LEASE_LOST").put("Interface ");
  interfaces.name(text, client.port).put(" lost its DHCP address ").ip(leases.at(client.port).address).put(why);
  log.end();
  drops(client);
  client.saidSilence = true;
  restart(client, <u64>chance.below(START_PAUSE));
}
