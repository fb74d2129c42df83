/**
 * The device: it makes the rooms, takes what the host gives, and asks each room in turn what is due. The way of a packet
 * is in device/way_in.ts and device/way_out.ts; it has one owner at any time, and a function whose comment says "takes it
 * over" frees it or hands it on.
 *
 *      on_frame ---> net/ingress ---> arrive ---> forward ---> leave ---> output ---> send_frame
 *      poll ---> rooms ---> what they have to say ---> sendLocal, sendIke, again ---^
 */
import * as console from "./cli/console";
import * as des from "./crypto/des";
import * as drbg from "./crypto/drbg";
import { init as initMissesCrypto } from "./device/misses_crypto";
import { arrive, landed, sendLocal } from "./device/way_in";
import * as tunnelWay from "./device/tunnel_way";
import { again, init as initWayOut, sendIke, sendThrough } from "./device/way_out";
import { init as initPeerNames, poll as pollPeerNames } from "./device/peer_names";
import * as ownMacs from "./device/own_macs";
import * as reverseRoutes from "./device/reverse_routes";
import * as filter from "./filter/filter";
import * as ike from "./ike/ike";
import * as inbound from "./ipsec/inbound";
import * as ipsec from "./ipsec/ipsec";
import * as outbound from "./ipsec/outbound";
import * as pmtu from "./ipsec/pmtu";
import { INTERFACES, PORTS, check as checkLimits } from "./limits";
import * as egress from "./net/egress";
import { discard } from "./net/egress";
import * as ingress from "./net/ingress";
import * as interfaces from "./net/interface";
import { Kind } from "./net/interface";
import * as nat from "./net/nat/nat";
import * as net from "./net/net";
import * as outgoing from "./net/outgoing";
import * as ping from "./net/ping";
import * as traceroute from "./net/traceroute";
import * as dhGroup from "./oakley/dh_group";
import * as pki from "./pki/pki";
import { deviceKey } from "./pki/wrapping";
import * as spd from "./sadb/policies/spd";
import * as maps from "./sadb/settings/crypto_map";
import * as localAddress from "./sadb/settings/local_address";
import * as sadb from "./sadb/sadb";
import * as acquire from "./sadb/work";
import { get32 } from "./util/bytes";
import * as services from "./services/services";
import * as clock from "./util/clock";
import { nearest } from "./util/deadline";
import { InitFlags } from "./util/host";
import * as log from "./util/log";
import { Owner, PacketQueue } from "./util/packet";
import * as packets from "./util/packet";
import * as pools from "./util/pool";
import { Drop, assertThat, drop } from "./util/status";
import { ABI, VERSION } from "./util/version";

/** Frames that came while the module was at work: a host that delivers from inside `send_frame`. */
let backlog: PacketQueue = changetype<PacketQueue>(0);
let atWork: bool = false;
let heapMark: usize = 0;
let seenInterfaces: u32 = 0;
const scratch: usize = memory.data(8, 4);

export function abi_version(): u32 {
  return ABI;
}

export function init(now: u32, wall: u32, flags: u32): u32 {
  checkLimits();
  clock.init(now, wall);
  log.init();
  log.setKeylog((flags & InitFlags.KEYLOG_ALLOWED) != 0);
  packets.init();
  backlog = new PacketQueue();
  initWayOut();
  tunnelWay.init();
  initMissesCrypto();
  des.init((flags & InitFlags.NARROW) != 0);
  drbg.init();
  const entropy = drbg.seed();
  drbg.fill(scratch, 8);
  net.init(get32(scratch), get32(scratch + 4));
  for (let port: u32 = 0; entropy && port < PORTS; port++) {
    drbg.fill(scratch, 6);
    interfaces.seedMac(port, scratch);
  }
  ownMacs.init();
  pools.countTraffic(0);
  sadb.init();
  reverseRoutes.init();
  let counted = pools.tables;
  filter.init();
  pools.countTraffic(counted);
  drbg.fill(scratch, 4);
  ipsec.init(get32(scratch));
  dhGroup.init();
  pki.init();
  ike.init();
  counted = pools.tables;
  services.init();
  initPeerNames();
  console.init();
  pools.countTraffic(counted);
  atWork = false;
  seenInterfaces = 0;
  heapMark = heapTop();
  log.event("started").put(" version=").put(VERSION).put(" abi=").u32(ABI).put(" entropy=").put(entropy ? "ok" : "missing");
  log.eventEnd();
  if (!entropy) {
    log.message("CRYPTO-2-NO_ENTROPY").put("The host gives no entropy: IKE does not run");
    log.end();
  }
  if (log.keylogAllowed) {
    log.message("CRYPTO-4-KEYLOG").put("Session keys are given to the host, as it asked at start");
    log.end();
  }
  return 0;
}

/** Where the heap ends: the same after every entry, for nothing is allocated after `init`. */
function heapTop(): usize {
  const top = heap.alloc(0);
  heap.free(top);
  return top;
}

export function frame_alloc(): u32 {
  const packet = packets.alloc();
  if (!packet) return 0;
  packet.owner = <u8>Owner.HOST;
  return <u32>packet.ptr;
}

export function frame_free(ptr: u32): void {
  const packet = packets.packetOf(<usize>ptr);
  if (!packet || packet.owner != <u8>Owner.HOST) return drop(Drop.HOST_BUFFER);
  packets.free(packet);
}

export function on_frame(now: u32, port: u32, ptr: u32, len: u32): u32 {
  clock.set(now);
  const packet = packets.packetOf(<usize>ptr);
  if (!packet || packet.owner != <u8>Owner.HOST) {
    drop(Drop.HOST_BUFFER);
    return 0;
  }
  packet.owner = <u8>Owner.MODULE;
  if (!packets.place(packet, <usize>ptr, len)) {
    discard(packet, Drop.FRAME_TOO_LONG);
    return 0;
  }
  packet.port = port;
  if (atWork) {
    backlog.push(packet);
    return 0;
  }
  atWork = true;
  follow();
  if (ingress.receive(packet, port)) arrive(packet);
  drain();
  atWork = false;
  return 0;
}

export function poll(now: u32): u32 {
  clock.set(now);
  if (atWork) return 0;
  atWork = true;
  for (let packet = backlog.pop(); packet; packet = backlog.pop()) {
    follow();
    if (ingress.receive(packet, packet.port)) arrive(packet);
  }
  follow();
  finish();
  net.poll();
  drain();
  let wait: u32;
  if (console.busy()) {
    wait = console.goOn();
    // It may have taken an outcome of `ping`, which sends the next request.
    follow();
    net.poll();
    drain();
  } else wait = console.idle();
  // A message that IKE deals with may end SAs: what came before is opened and sealed.
  finish();
  sadb.poll();
  filter.poll();
  services.poll();
  pollPeerNames();
  if (ike.poll()) wait = 0;
  follow();
  tunnelWay.poll();
  follow();
  drain();
  finish();
  assertThat(heapTop() == heapMark, 601);
  atWork = false;
  // What the last of these made for the first of them; and whatever any of them has made due in any other.
  return backlog.length != 0 || acquire.waiting() != 0 || ping.settled() || traceroute.settled() ? 0 : min(wait, nearest());
}

/** Where the host may put its device key, 32 octets, after `init` and before the startup configuration. */
export function device_key(): u32 {
  return <u32>deviceKey;
}

export function console_buffer(): u32 {
  return <u32>console.buffer();
}

/** A port of the host has a link (`up` not 0), or none. */
export function port_state(port: u32, up: u32): void {
  if (port < PORTS) interfaces.setLink(port, up != 0);
}

/** Refused lines of the startup configuration that would have filtered, translated, authenticated or encrypted, and lists that are applied and not there. */
export function unprotected(): u32 {
  return console.unprotected() + filter.unprotected();
}

export function console_in(len: u32): u32 {
  if (atWork) return 0;
  atWork = true;
  ownMacs.settle();
  const refused = console.input(len);
  follow();
  drain();
  atWork = false;
  return refused;
}

/**
 * What has been configured, or has gone with an SA, takes effect, and the rooms that depend on addresses hear of a changed
 * interface. Called between packets and between rooms, when nobody holds a policy.
 */
function follow(): void {
  sadb.refresh();
  reverseRoutes.follow();
  filter.follow();
  if (seenInterfaces == interfaces.generation) return;
  seenInterfaces = interfaces.generation;
  tunnelWay.follow();
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port);
    if (own.kind == Kind.TUNNEL) continue;
    // An address that a map's tunnels have in common: that of another interface.
    const other = localAddress.ofMap(maps.boundName(port), maps.boundLen(port));
    const end = other == localAddress.NONE ? own : interfaces.at(other);
    // What is cut off for a while keeps its tunnels; what is shut down does not negotiate.
    spd.setInterfaceAddress(port, interfaces.isShut(end.port) || interfaces.isShut(port) ? 0 : end.address);
    pmtu.setInterfaceMtu(port, own.mtu);
  }
  nat.followAddresses();
  // Pairs that ended at another address may have taken their policies along.
  sadb.refresh();
  tunnelWay.poll();
  reverseRoutes.follow();
}

/** Nothing more comes with what has come: the packets that wait for company go their way. */
function finish(): void {
  do {
    inbound.finish();
    outbound.finish();
    drain();
  } while (inbound.waiting() != 0 || outbound.waiting() != 0);
}

/** What came out of tunnels goes on, and whatever the rooms have for the wire goes out. */
function drain(): void {
  for (let packet = inbound.opened(); packet; packet = inbound.opened()) landed(packet);
  for (let packet = ike.nextOutput(); packet; packet = ike.nextOutput()) sendIke(packet);
  for (let packet = outbound.released(); packet; packet = outbound.released()) again(packet);
  for (let packet = outgoing.next(); packet; packet = outgoing.next()) sendLocal(packet);
  for (let packet = tunnelWay.nextKeepalive(); packet; packet = tunnelWay.nextKeepalive()) sendThrough(packet);
  if (egress.crowded()) outbound.finish();
  egress.release();
}
