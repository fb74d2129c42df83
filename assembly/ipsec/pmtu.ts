/**
 * MTU through SAs (RFC 4301, 8): what a datagram may measure so that it fits the interface and the path once protected.
 * The path is learned from ICMP "fragmentation needed" about our own ESP and AH packets (RFC 1191), believed only for an SPI and
 * a peer that we send to, never below MTU_MIN, and forgotten after ten minutes.
 */
import { MTU_MAX, MTU_MIN, PORTS } from "../limits";
import * as sad from "../sadb/sas/sad";
import { SA } from "../sadb/sas/sad";
import { Mode } from "../sadb/settings/transform_set";
import * as ah from "../wire/ah";
import * as clock from "../util/clock";
import * as log from "../util/log";
import * as esp from "../wire/esp";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import { NATT_PORT } from "../wire/natt";
import * as udp from "../wire/udp";

/** RFC 1191, 6.3: try again whether the path carries more. */
const FORGET_AFTER: u64 = 600000;

const mtus: usize = memory.data(4 * <i32>PORTS, 4);

export function init(): void {
  for (let port: u32 = 0; port < PORTS; port++) setInterfaceMtu(port, MTU_MAX);
}

/** Told by device whenever an interface's MTU changes. */
export function setInterfaceMtu(port: u32, octets: u32): void {
  if (port < PORTS) store<u32>(mtus + <usize>(port << 2), octets);
}

/** The longest datagram that fits through an outbound SA on an interface. */
export function ofSa(sa: SA, port: u32): u32 {
  let outer = load<u32>(mtus + <usize>(port << 2));
  const path = pathMtu(sa);
  if (path != 0 && path < outer) outer = path;
  const room = outer - sa.overhead;
  if (sa.protocol != <u8>Protocol.ESP) return room;
  // Payload, padding and trailer are aligned together; at least the trailer's two octets are not payload. In transport mode
  // the IPv4 header is no payload.
  const header: u32 = sa.mode == <u8>Mode.TRANSPORT ? ipv4.HEADER_LENGTH : 0;
  return ((room - header + esp.TRAILER_LENGTH) & ~(<u32>sa.align - 1)) - esp.TRAILER_LENGTH + header;
}

/** What was learned of the path, 0 if nothing (or too long ago). */
export function pathMtu(sa: SA): u32 {
  if (sa.pathMtu != 0 && clock.now() >= sa.pathMtuUntil) sa.pathMtu = 0;
  return sa.pathMtu;
}

/**
 * ICMP "fragmentation needed" came to us. True if it is about an ESP packet of ours, and believed.
 * @param quoted the IPv4 header that the message quotes, with `len` octets
 * @param nextHop the message's next-hop MTU; 0 from routers before RFC 1191
 */
export function learn(quoted: usize, len: u32, nextHop: u32): bool {
  if (len < ipv4.HEADER_LENGTH) return false;
  const header = ipv4.headerLength(quoted);
  if (header < ipv4.HEADER_LENGTH || len < header + esp.HEADER_LENGTH) return false;
  if ((ipv4.fragmentWord(quoted) & Flag.OFFSET) != 0) return false;
  let p = quoted + header;
  const protocol = ipv4.protocol(quoted);
  if (protocol == Protocol.UDP) {
    if (len < header + udp.HEADER_LENGTH + 4 || (udp.sourcePort(p) != NATT_PORT && udp.destinationPort(p) != NATT_PORT)) return false;
    p += udp.HEADER_LENGTH;
  } else if (protocol != Protocol.ESP && protocol != Protocol.AH) return false;
  const around = protocol == Protocol.AH;
  const found = sad.outboundOf(ipv4.destination(quoted), around ? ah.spi(p) : esp.spi(p), around ? Protocol.AH : Protocol.ESP);
  if (!found) return false;
  const sa = sad.firstOf(found);
  if (sa.encapsulated != (protocol == Protocol.UDP) || sa.localAddress != ipv4.source(quoted)) return false;
  const size = ipv4.totalLength(quoted);
  let path = nextHop != 0 ? nextHop : plateau(size);
  if (path < MTU_MIN) path = MTU_MIN;
  const before = pathMtu(sa);
  if (path >= size) return false;
  if (before != 0 && path > before) return true;
  sa.pathMtu = path;
  sa.pathMtuUntil = clock.now() + FORGET_AFTER;
  if (log.debugIpsec && path != before) {
    log.debug("IPSEC:").put(" path MTU to ").ip(sa.peerAddress).put(" is ").u32(path);
    log.end();
  }
  return true;
}

/** The next common MTU below a size (RFC 1191, 7). */
function plateau(size: u32): u32 {
  if (size > 1492) return 1492;
  if (size > 1006) return 1006;
  return 508;
}
