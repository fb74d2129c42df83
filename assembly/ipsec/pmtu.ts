/**
 * MTU through SAs (RFC 4301, 8): what a datagram may measure so that it fits the interface and the path once protected.
 * The path is learned from ICMP "fragmentation needed" about our own ESP and AH packets (RFC 1191), believed only for an SPI and
 * a peer that we send to, never below MTU_MIN, and forgotten after ten minutes.
 *
 * RFC 792 lets a router quote no more than eight octets behind the header: of ESP in UDP these are ports, which anybody knows,
 * and no SPI. Such a quote is believed of one packet a second, the marked one: it has DF, so that its identification is free
 * (RFC 6864, 4.1), and that is drawn at random. Who has not seen the packet must guess 16 bits and the length, 16 times a second
 * at most, within two seconds, and wins no more than QUOTED_MIN for ten minutes.
 */
import * as drbg from "../crypto/drbg";
import { MTU_MAX, MTU_MIN, INTERFACES } from "../limits";
import * as sad from "../sadb/sas/sad";
import { SA } from "../sadb/sas/sad";
import { Mode } from "../sadb/settings/transform_set";
import * as ah from "../wire/ah";
import { Budget } from "../util/budget";
import { get16 } from "../util/bytes";
import * as clock from "../util/clock";
import * as log from "../util/log";
import * as esp from "../wire/esp";
import * as ipv4 from "../wire/ipv4";
import { Flag, Protocol } from "../wire/ipv4";
import { NATT_PORT } from "../wire/natt";
import * as udp from "../wire/udp";

/** RFC 1191, 6.3: try again whether the path carries more. */
const FORGET_AFTER: u64 = 600000;
/** What a short quote lowers the path MTU to at the most: longer packets are marked, one in so long. */
const QUOTED_MIN: u32 = 1280;
const MARK_EVERY: u64 = 1000;
/** Short quotes that are no marked packet's: guesses, or of packets between two marked ones. */
const misses = new Budget(16, 62);
/** The console is told of a quote that is not believed once a minute. */
const doubts = new Budget(1, 60000);
const drawn: usize = memory.data(4, 4);
/** The peer whose path wanted shorter packets and was not believed, and until when that is remembered. */
let doubtedPeer: u32 = 0;
let doubtedUntil: u64 = 0;

const mtus: usize = memory.data(4 * <i32>INTERFACES, 4);

export function init(): void {
  misses.reset();
  doubts.reset();
  doubtedPeer = 0;
  doubtedUntil = 0;
  for (let port: u32 = 0; port < INTERFACES; port++) setInterfaceMtu(port, MTU_MAX);
}

/** Told by device whenever an interface's MTU changes. */
export function setInterfaceMtu(port: u32, octets: u32): void {
  if (port < INTERFACES) store<u32>(mtus + <usize>(port << 2), octets);
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
    if (len >= header + udp.HEADER_LENGTH && len < header + udp.HEADER_LENGTH + 4) return learnShort(quoted, p, nextHop);
    if (len < header + udp.HEADER_LENGTH + 4 || (udp.sourcePort(p) != NATT_PORT && udp.destinationPort(p) != NATT_PORT)) return false;
    p += udp.HEADER_LENGTH;
  } else if (protocol != Protocol.ESP && protocol != Protocol.AH) return false;
  const around = protocol == Protocol.AH;
  const found = sad.outboundOf(ipv4.destination(quoted), around ? ah.spi(p) : esp.spi(p), around ? Protocol.AH : Protocol.ESP);
  if (!found) return false;
  const sa = sad.firstOf(found);
  if (sa.encapsulated != (protocol == Protocol.UDP) || sa.localAddress != ipv4.source(quoted)) return false;
  return take(sa, ipv4.totalLength(quoted), nextHop, MTU_MIN);
}

/** @param least a path of less is none */
function take(sa: SA, size: u32, nextHop: u32, least: u32): bool {
  let path = nextHop != 0 ? nextHop : plateau(size);
  if (path < least) path = least;
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

/**
 * The identification of an outer header with DF, around ESP in UDP: at times a random one, by which a short quote is known.
 * @param next what it is else
 */
export function mark(sa: SA, len: u32, next: u32): u32 {
  const now = clock.now();
  if (len <= QUOTED_MIN || now < sa.markedUntil || !drbg.fill(drawn, 2)) return next;
  sa.markedUntil = now + MARK_EVERY;
  sa.markedLength = <u16>len;
  sa.markedIdentification = load<u16>(drawn);
  return <u32>sa.markedIdentification;
}

/** What quotes no SPI: believed of the packet that was marked last, of whichever SA goes that way. @param p at the quoted UDP header */
function learnShort(quoted: usize, p: usize, nextHop: u32): bool {
  if (!misses.left()) return false;
  const length = ipv4.totalLength(quoted);
  let same: SA | null = null;
  for (let i: u32 = 0; i < sad.slots(); i++) {
    const sa = sad.at(i);
    if (!sa || sa.inbound || !sa.encapsulated || sa.peerAddress != ipv4.destination(quoted) || sa.localAddress != ipv4.source(quoted)) continue;
    if (<u32>sa.localPort != udp.sourcePort(p) || <u32>sa.peerPort != udp.destinationPort(p)) continue;
    same = sa;
    if (sa.markedUntil == 0 || clock.now() >= sa.markedUntil + MARK_EVERY) continue;
    if (<u32>sa.markedIdentification != ipv4.identification(quoted) || <u32>sa.markedLength != length || !ipv4.dontFragment(quoted)) continue;
    if (get16(p + 4) != length - ipv4.HEADER_LENGTH) continue;
    return take(sa, length, nextHop, QUOTED_MIN);
  }
  misses.spend();
  if (same && length > QUOTED_MIN) doubt(same.peerAddress);
  return false;
}

/** Somebody says that the path to a peer wants shorter packets, and shows nothing that proves it. */
function doubt(peer: u32): void {
  doubtedPeer = peer;
  doubtedUntil = clock.now() + FORGET_AFTER;
  if (!doubts.take()) return;
  log.message("CRYPTO-4-PATH_MTU").put("a router on the path to ").ip(peer)
    .put(" asks for shorter packets and quotes too little to be believed; if long ones get lost, 'crypto ipsec df-bit clear' lets them be cut");
  log.end();
}

/** Whether shorter packets were asked for on the path to a peer in the last ten minutes, and it was not believed. */
export function doubted(peer: u32): bool {
  return peer == doubtedPeer && clock.now() < doubtedUntil && peer != 0;
}

/** The next common MTU below a size (RFC 1191, 7). */
function plateau(size: u32): u32 {
  if (size > 1492) return 1492;
  if (size > 1006) return 1006;
  return 508;
}
