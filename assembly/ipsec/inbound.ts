/** What becomes of what comes in: ESP and AH for us, and plaintext that should have been protected (RFC 4301, 5.2). */
import { NO_PORTS } from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import * as replay from "../sadb/sas/replay";
import { SA, State } from "../sadb/sas/sa";
import * as sad from "../sadb/sas/sad";
import { Action } from "../sadb/settings/crypto_map";
import { Mode } from "../sadb/settings/transform_set";
import { Work } from "../sadb/work";
import * as acquire from "../sadb/work";
import { Budget } from "../util/budget";
import * as clock from "../util/clock";
import * as log from "../util/log";
import { get32 } from "../util/bytes";
import * as ct from "../util/ct";
import { Packet, PacketQueue, Sealing, Standing } from "../util/packet";
import { Drop, drop } from "../util/status";
import * as ah from "../wire/ah";
import * as esp from "../wire/esp";
import { Protocol } from "../wire/ipv4";
import * as ipv4 from "../wire/ipv4";
import { NATT_PORT } from "../wire/natt";
import * as udp from "../wire/udp";
import * as ahIn from "./ah_in";
import { BATCH_OCTETS, Batch } from "./burst";
import * as espIn from "./esp_in";
import * as flow from "./flow";
import * as transport from "./transport";
import * as tunnel from "./tunnel";

export const enum Verdict {
  /** `ptr` is at the inner IPv4 header, `spi` tells the SA */
  INNER = 0,
  /** counted; the caller frees it */
  DROP = 1,
  /** it waits for company and is not the caller's any more: `opened` gives it back */
  LATER = 2,
}

/** Unknown SPIs are reported to IKE once a second at most, to people once a minute. */
const reports = new Budget(1, 1000);
const messages = new Budget(1, 60000);
/** A mapping that has moved is reported again after so many milliseconds. */
const MAPPING_EVERY: u64 = 2000;

const batch = new Batch(memory.data(BATCH_OCTETS, 8));
/** What has been worked on, in the order of its coming. */
let done: PacketQueue = changetype<PacketQueue>(0);

export function init(): void {
  reports.reset();
  messages.reset();
  batch.count = 0;
  done = new PacketQueue();
}

/**
 * A packet of `protocol`, ESP or AH, for us: `ptr` at its header, `outer` at the IPv4 header before it, `src`, `dst` that
 * one's addresses, `srcPort`, `dstPort` those of the UDP header around ESP or 0, `tos` the outer header's. Of what is INNER
 * they are the flow.
 * @param together it may wait for others to be worked on with (burst.ts)
 */
export function receive(packet: Packet, protocol: u32, together: bool = false): Verdict {
  const reason = unwrap(packet, protocol, together);
  if (reason == Drop.NONE) return packet.unsealed == <u8>Sealing.DONE ? Verdict.INNER : Verdict.LATER;
  count(reason);
  return Verdict.DROP;
}

/** Drop.COUNT: a packet of no content is no fault. */
function count(reason: Drop): void {
  if (reason != Drop.COUNT) drop(reason);
}

function unwrap(packet: Packet, protocol: u32, together: bool): Drop {
  const around = protocol == Protocol.AH;
  const least = around ? ah.FIXED : esp.HEADER_LENGTH;
  if (packet.len < least) return around ? Drop.AH_MALFORMED : Drop.ESP_TOO_SHORT;
  const spi = around ? ah.spi(packet.ptr) : esp.spi(packet.ptr);
  const sa = sad.bySpi(spi);
  if (!sa || sa.state < <u8>State.INBOUND || <u32>sa.protocol != protocol) {
    unknown(packet, spi, protocol);
    return around ? Drop.AH_UNKNOWN_SPI : Drop.ESP_UNKNOWN_SPI;
  }
  if (!addressed(sa, packet)) {
    sa.errors++;
    return around ? Drop.AH_WRONG_ADDRESS : Drop.ESP_WRONG_ADDRESS;
  }
  if (!around) {
    if (!sa.outer) return together && sa.together ? join(sa, packet) : openEsp(sa, packet);
    sa.errors++;
    return Drop.AH_MISSING;
  }
  const reason = ahIn.open(sa, packet);
  if (reason != Drop.NONE) return reason;
  const inside = sa.inner;
  if (!inside) return inner(sa, packet);
  // RFC 4301, 5.2, step 4: the bundle was applied as it was negotiated, both of its SAs, in this order.
  if (packet.nextHeader == <u8>Protocol.ESP && packet.len >= esp.HEADER_LENGTH && esp.spi(packet.ptr) == inside.spi) return openEsp(inside, packet);
  sa.errors++;
  return Drop.AH_NEXT_HEADER;
}

/** Gives an ESP packet a place among those that are worked on together. */
function join(sa: SA, packet: Packet): Drop {
  if (!batch.takes(sa)) finish();
  const sequence = espIn.number(sa, packet);
  const reason = espIn.check(sa, packet, sequence);
  if (reason != Drop.NONE) return reason;
  batch.add(sa, packet, packet.len - <u32>sa.icvLength, sequence);
  return Drop.NONE;
}

/** Opens the packets that wait for company: `opened` gives them. Called when nothing more comes, and before SAs may change. */
export function finish(): void {
  batch.authenticate();
  let n: u32 = 0;
  for (let i: u32 = 0; i < batch.count; i++) {
    const job = batch.job(i);
    const packet = job.packet;
    const sa = job.sa;
    let reason = Drop.ESP_UNKNOWN_SPI;
    if (batch.alive(job)) {
      const good = ct.equal(batch.code(n++), job.at + job.covered, <u32>sa.icvLength);
      // One of the same number may have come with it.
      const fresh = replay.fresh(sa.replay, sa.sequence, sa.window, job.sequence);
      reason = fresh ? espIn.conclude(sa, packet, job.sequence, good) : espIn.refuse(sa, Drop.ESP_REPLAY);
      if (reason == Drop.NONE) reason = inside(sa, packet);
    }
    packet.unsealed = <u8>Sealing.DONE;
    packet.refused = reason != Drop.NONE;
    count(packet.refused ? reason : Drop.COUNT);
    done.push(packet);
  }
  batch.count = 0;
}

/** Packets that wait for company. */
export function waiting(): u32 {
  return batch.count;
}

/** The next packet that waited, as after `receive`: INNER, or `refused`, counted. Null: none is through. */
export function opened(): Packet | null {
  return done.pop();
}

function openEsp(sa: SA, packet: Packet): Drop {
  const reason = espIn.open(sa, packet);
  return reason == Drop.NONE ? inside(sa, packet) : reason;
}

/** What ESP was taken off of. */
function inside(sa: SA, packet: Packet): Drop {
  if (sa.encapsulated && packet.newest && (packet.src != sa.peerAddress || packet.srcPort != sa.peerPort)) moved(sa, packet);
  if (<u32>packet.nextHeader == esp.NO_NEXT_HEADER) return Drop.COUNT;
  return inner(sa, packet);
}

/**
 * Whether a packet came the way its SA goes. The peer of an SA in UDP may be anywhere: its NAT may give it another address
 * or port at any time, and its ICV tells who it is.
 */
function addressed(sa: SA, packet: Packet): bool {
  if (packet.dst != sa.localAddress || sa.encapsulated != (packet.srcPort != 0)) return false;
  return sa.encapsulated || packet.src == sa.peerAddress;
}

/** What is known of who sent a fragment for us, `ptr` at its IPv4 header: a Standing. */
export function standing(packet: Packet): u32 {
  if (packet.spi != 0) return Standing.PEER;
  const p = packet.ptr;
  const protocol = ipv4.protocol(p);
  const header = ipv4.headerLength(p);
  if (ipv4.fragmentOffset(p) == 0 && packet.len >= header + udp.HEADER_LENGTH + 4) {
    let at = p + header;
    let inUdp = false;
    if (protocol == Protocol.UDP && udp.destinationPort(at) == NATT_PORT && get32(at + udp.HEADER_LENGTH) != 0) {
      at += udp.HEADER_LENGTH;
      inUdp = true;
    }
    if (inUdp || protocol == Protocol.ESP || protocol == Protocol.AH) {
      // Who shows the head of a packet shows its SPI: one that is no SA's is nobody's, whatever address is on it.
      const sa = sad.bySpi(protocol == Protocol.AH ? ah.spi(at) : esp.spi(at));
      if (!sa || sa.localAddress != ipv4.destination(p) || sa.encapsulated != inUdp) return Standing.STRANGER;
      return inUdp || sa.peerAddress == ipv4.source(p) ? Standing.TUNNEL : Standing.STRANGER;
    }
  }
  return sad.isPeer(ipv4.source(p)) ? Standing.PEER : Standing.STRANGER;
}

/** What was inside becomes a datagram again, of this SA's selectors (RFC 4301, 5.2, step 4). */
function inner(sa: SA, packet: Packet): Drop {
  const reason = datagram(sa, packet, packet.nextHeader);
  if (reason != Drop.NONE) sa.errors++;
  else packet.spi = sa.spi;
  return reason;
}

function datagram(sa: SA, packet: Packet, protocol: u32): Drop {
  const whole = sa.mode == <u8>Mode.TRANSPORT;
  if (whole) transport.moveUp(sa, packet, protocol);
  else {
    if (protocol != Protocol.IPIP) return sa.protocol == <u8>Protocol.AH ? Drop.AH_NEXT_HEADER : Drop.ESP_NEXT_HEADER;
    if (ipv4.check(packet.ptr, packet.len) != Drop.NONE) return Drop.ESP_INNER;
    // What follows the datagram is padding against traffic analysis (RFC 4303, 2.7).
    packet.len = ipv4.totalLength(packet.ptr);
  }
  const p = packet.ptr;
  flow.read(packet);
  const s = sa.selector;
  // A later fragment shows no ports; the peer, who saw the first one, has chosen the SA.
  if (flow.portsUnknown(packet)) flow.setPorts(packet, s.remotePort, s.localPort);
  if (!s.matches(packet.dst, packet.src, packet.protocol, packet.dstPort, packet.srcPort) && !aboutOurs(sa, packet)) return Drop.POLICY_WRONG_SA;
  return whole || tunnel.handOnEcn(p, packet.tos) ? Drop.NONE : Drop.ESP_INNER;
}

/**
 * Whether what an SA's selectors do not hold is an ICMP error, of a router whose address nobody negotiated, about a packet
 * that we sent through that SA, to who sent it (RFC 4301, 6.2).
 */
function aboutOurs(sa: SA, packet: Packet): bool {
  if (packet.protocol != <u16>Protocol.ICMP || !flow.readQuoted(packet.ptr, packet.len)) return false;
  const s = sa.selector;
  // The quoted packet was the other way: what it has as its source is who is told.
  if (flow.remote != packet.dst) return false;
  const unseen = (flow.protocol & NO_PORTS) != 0;
  return s.matches(flow.remote, flow.local, flow.protocol & 0xff, unseen ? <u32>s.localPort : flow.remotePort, unseen ? <u32>s.remotePort : flow.localPort);
}

function moved(sa: SA, packet: Packet): void {
  const now = clock.now();
  if (now < sa.nextMapping) return;
  const item = acquire.post(Work.MAPPING);
  if (!item) return;
  item.spi = sa.spi;
  item.ike = sa.ike;
  item.address = packet.src;
  item.port = packet.srcPort;
  sa.nextMapping = now + MAPPING_EVERY;
}

function unknown(packet: Packet, spi: u32, protocol: u32): void {
  if (reports.left()) {
    const item = acquire.post(Work.UNKNOWN_SPI);
    if (item) {
      item.spi = spi;
      item.protocol = protocol;
      item.address = packet.src;
      item.port = packet.srcPort;
      reports.spend();
    }
  }
  if (!messages.take()) return;
  log.message("CRYPTO-4-RECVD_PKT_INV_SPI").put("decaps: rec'd IPSEC packet has invalid spi for destaddr=").ip(packet.dst)
    .put(", prot=").u32(protocol).put(", spi=0x").hex32(spi).put("(").u32(spi).put("), srcaddr=").ip(packet.src);
  log.end();
}

/**
 * Whether a datagram that came in by `port` in plain may go on: false, and counted, where its policy protects or discards.
 * @param packet `ptr` at a valid IPv4 header
 */
export function checkPlain(packet: Packet, port: u32): bool {
  if (!spd.active(port)) return true;
  flow.read(packet);
  return plain(packet, port, packet.dst, packet.dstPort);
}

/** The same of one that NAT has given another destination, by the address and port that it came with. */
export function checkPlainAs(packet: Packet, port: u32, destination: u32, destinationPort: u32): bool {
  if (!spd.active(port)) return true;
  flow.read(packet);
  return plain(packet, port, destination, destinationPort);
}

function plain(packet: Packet, port: u32, destination: u32, destinationPort: u32): bool {
  const policy = spd.inboundPolicy(port, packet.src, destination, packet.protocol, packet.srcPort, destinationPort);
  if (!policy) return true;
  drop(policy.action == <u8>Action.PROTECT ? Drop.POLICY_PLAINTEXT : Drop.POLICY_DISCARD);
  return false;
}
