/**
 * Fragmentation of what leaves, and bounded reassembly of what is for us (RFC 791, 3.2; RFC 815's problem with simpler
 * means). Fragments wait in their own buffers, in order of offset, and are put together once all have come. A fragment
 * that repeats one octet for octet is a duplicate of the network's; any other overlap is nobody's honest doing and costs
 * the whole datagram (RFC 5722, 4, for IPv6; RFC 3128).
 *
 * When there is no room the cheapest gives way, and of those the oldest: strangers' before those of peers' addresses, these
 * before those that belong to an SA. Nobody takes the place of what is dearer than his own.
 */
import {
  FRAGMENTS, FRAGMENTS_PER_DATAGRAM, REASSEMBLIES, REASSEMBLIES_OF_OTHERS, REASSEMBLIES_PER_SOURCE, REASSEMBLIES_PER_TUNNEL,
} from "../limits";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import { equal } from "../util/bytes";
import { LARGE_CAPACITY, Packet, PacketQueue, SMALL_CAPACITY, Standing } from "../util/packet";
import * as packets from "../util/packet";
import { Pool } from "../util/pool";
import { Drop, drop } from "../util/status";
import { Exceeded, Type } from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Flag } from "../wire/ipv4";
import { discard } from "./egress";
import * as icmp from "./icmp";

/** RFC 1122, 3.3.2 recommends 60 to 120 s; RFC 791 says 15; Linux and this gateway take 30. */
const TIMEOUT: u64 = 30000;
/** Bit of an option's type: it goes into every fragment (RFC 791, 3.1). */
const OPTION_COPIED: u32 = 0x80;

@unmanaged
class Reassembly {
  src: u32;
  dst: u32;
  identification: u32;
  protocol: u32;
  /** How its fragments came: port and SA must be the same for all. */
  port: u32;
  spi: u32;
  /** Standing: the best that a fragment has shown. */
  standing: u32;
  /** How many were begun before. */
  born: u32;
  deadline: u64;
  /** By offset. */
  first: Packet | null;
  count: u32;
  /** Payload octets there. */
  have: u32;
  /** Payload octets of the whole, 0 while the last fragment is missing. */
  total: u32;
}

let pool = changetype<Pool<Reassembly>>(0);
let deadline: Deadline = changetype<Deadline>(0);
let held: u32 = 0;
let births: u32 = 0;

export function init(): void {
  pool = new Pool<Reassembly>("reassemblies", REASSEMBLIES);
  deadline = new Deadline();
  held = births = 0;
}

/**
 * Cuts a datagram into pieces of at most `mtu` octets, onto an empty queue; takes it over. The original becomes the first
 * piece, only what follows is copied. False, and everything dropped, when buffers run out. DF is the caller's to look at.
 */
export function split(packet: Packet, mtu: u32, pieces: PacketQueue): bool {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const word = ipv4.fragmentWord(p);
  const offset = word & Flag.OFFSET;
  const payload = packet.len - header;
  const firstLength = (mtu - header) & ~7;
  pieces.push(packet);
  for (let at = firstLength; at < payload; ) {
    const piece = packets.alloc();
    if (!piece) {
      drop(Drop.NO_BUFFER);
      let made = pieces.pop();
      while (made) {
        packets.free(made);
        made = pieces.pop();
      }
      return false;
    }
    const q = piece.ptr;
    const own = copyHeader(q, p, header);
    let length = (mtu - own) & ~7;
    const last = payload - at <= mtu - own;
    if (last) length = payload - at;
    memory.copy(q + own, p + header + at, <usize>length);
    piece.len = own + length;
    piece.port = packet.port;
    piece.spi = packet.spi;
    piece.answers = packet.answers;
    piece.src = packet.src;
    piece.dst = packet.dst;
    piece.srcPort = packet.srcPort;
    piece.dstPort = packet.dstPort;
    piece.protocol = packet.protocol;
    piece.cut = true;
    piece.depth = packet.depth;
    ipv4.setFragment(q, piece.len, (word & Flag.DF) | (last ? word & Flag.MF : Flag.MF) | (offset + (at >>> 3)));
    pieces.push(piece);
    at += length;
  }
  packet.cut = true;
  packet.len = header + firstLength;
  ipv4.setFragment(p, packet.len, (word & Flag.DF) | Flag.MF | offset);
  return true;
}

/** Writes the header of a later fragment: the options of the first that are to be copied. Returns its length. */
function copyHeader(q: usize, p: usize, header: u32): u32 {
  memory.copy(q, p, ipv4.HEADER_LENGTH);
  let own = ipv4.HEADER_LENGTH;
  const end = p + header;
  for (let o = p + ipv4.HEADER_LENGTH; o < end; ) {
    const type = <u32>load<u8>(o);
    const length = type == 0 ? 0 : ipv4.optionLength(o, end);
    if (length == 0) break;
    if ((type & OPTION_COPIED) != 0) {
      memory.copy(q + own, o, length);
      own += length;
    }
    o += length;
  }
  for (; (own & 3) != 0; own++) store<u8>(q + own, 0);
  store<u8>(q, <u8>(0x40 | (own >>> 2)));
  return own;
}

/**
 * Takes a fragment of a datagram for us, `ptr` at its header. Returns the whole datagram when this was the last to come,
 * else null.
 * @param standing what is known of its sender (Standing)
 */
export function reassemble(packet: Packet, standing: u32 = Standing.STRANGER): Packet | null {
  const p = packet.ptr;
  const header = ipv4.headerLength(p);
  const length = packet.len - header;
  const offset = ipv4.fragmentOffset(p);
  const more = (ipv4.fragmentWord(p) & Flag.MF) != 0;
  const end = offset + length;
  // Every fragment but the last is whole units of eight octets; the whole must fit a buffer of ours.
  if (length == 0 || (more && (length & 7) != 0) || end + ipv4.HEADER_LENGTH > LARGE_CAPACITY) {
    discard(packet, Drop.FRAGMENT_MALFORMED);
    return null;
  }
  const entry = entryOf(packet, standing);
  if (!entry) {
    discard(packet, Drop.FRAGMENT_TABLE_FULL);
    return null;
  }
  let before: Packet | null = null;
  let after = entry.first;
  while (after && offsetOf(after) < offset) {
    before = after;
    after = after.next;
  }
  if (after && offsetOf(after) == offset && lengthOf(after) == length && sameFragment(packet, after)) {
    packets.free(packet);
    return null;
  }
  let overlaps = false;
  if (before) overlaps = offsetOf(before) + lengthOf(before) > offset;
  if (after) overlaps = overlaps || offsetOf(after) < end;
  const wrongEnd = entry.total != 0 && (more ? end >= entry.total : end != entry.total);
  const cutsShort = !more && endOf(entry) > end;
  if (overlaps || wrongEnd || cutsShort) {
    abandon(entry);
    discard(packet, Drop.FRAGMENT_MALFORMED);
    return null;
  }
  if (held == FRAGMENTS && entry.count != FRAGMENTS_PER_DATAGRAM) giveWay(cheapest(entry, entry.standing, Standing.STRANGER, 0));
  if (entry.count == FRAGMENTS_PER_DATAGRAM || held == FRAGMENTS) {
    if (entry.count == 0) abandon(entry);
    discard(packet, Drop.FRAGMENT_TABLE_FULL);
    return null;
  }
  packet.next = after;
  if (before) before.next = packet;
  else entry.first = packet;
  entry.count++;
  held++;
  entry.have += length;
  if (!more) entry.total = end;
  return entry.total != 0 && entry.have == entry.total ? join(entry) : null;
}

/** Gives up what waited too long. Milliseconds until the next call. */
export function poll(): u32 {
  if (deadline.due()) {
    deadline.reset();
    for (let i: u32 = 0; i < REASSEMBLIES; i++) {
      const entry = pool.at(i);
      if (!entry) continue;
      if (entry.deadline <= clock.now()) {
        drop(Drop.FRAGMENT_TIMEOUT);
        // RFC 792: sent only by who has the first fragment, which icmp.error sees to.
        icmp.error(entry.first as Packet, Type.TIME_EXCEEDED, Exceeded.REASSEMBLY, 0, entry.dst);
        abandon(entry);
      } else deadline.arm(entry.deadline);
    }
  }
  return deadline.remaining();
}

/** Reassemblies under way. */
export function waiting(): u32 {
  return pool.used;
}

/** The reassembly that a fragment belongs to, a new one if it is the first to come; null: there is no room for that. */
function entryOf(packet: Packet, standing: u32): Reassembly | null {
  const p = packet.ptr;
  const src = ipv4.source(p);
  let sameSource: u32 = 0;
  let ofPeers: u32 = 0;
  for (let i: u32 = 0; i < REASSEMBLIES; i++) {
    const entry = pool.at(i);
    if (!entry) continue;
    if (entry.src == src) {
      if (
        entry.identification == ipv4.identification(p) &&
        entry.dst == ipv4.destination(p) &&
        entry.protocol == ipv4.protocol(p) &&
        entry.port == packet.port &&
        entry.spi == packet.spi
      ) {
        entry.standing = max(entry.standing, standing);
        return entry;
      }
      // Who writes a peer's address does not use up the share of the peer.
      if (entry.standing <= standing) sameSource++;
    }
    if (entry.standing != Standing.STRANGER) ofPeers++;
  }
  if (sameSource >= (standing == Standing.TUNNEL ? REASSEMBLIES_PER_TUNNEL : REASSEMBLIES_PER_SOURCE)) {
    giveWay(cheapest(null, standing, Standing.STRANGER, src));
  } else if (standing != Standing.STRANGER && ofPeers == REASSEMBLIES - REASSEMBLIES_OF_OTHERS) {
    giveWay(cheapest(null, standing, Standing.PEER, 0));
  }
  if (pool.left == 0 || held == FRAGMENTS) giveWay(cheapest(null, standing, Standing.STRANGER, 0));
  if (pool.left == 0 || held == FRAGMENTS) return null;
  const entry = pool.take() as Reassembly;
  entry.src = src;
  entry.dst = ipv4.destination(p);
  entry.identification = ipv4.identification(p);
  entry.protocol = ipv4.protocol(p);
  entry.port = packet.port;
  entry.spi = packet.spi;
  entry.standing = standing;
  entry.born = ++births;
  entry.deadline = clock.now() + TIMEOUT;
  deadline.arm(entry.deadline);
  return entry;
}

/** The oldest of the least standing from `least` to `most`, of one source (0: of all), but not `but`; null: there is none. */
function cheapest(but: Reassembly | null, most: u32, least: u32, src: u32): Reassembly | null {
  let found: Reassembly | null = null;
  for (let i: u32 = 0; i < REASSEMBLIES; i++) {
    const entry = pool.at(i);
    if (!entry || entry == but || entry.standing > most || entry.standing < least || (src != 0 && entry.src != src)) continue;
    if (!found || entry.standing < found.standing || (entry.standing == found.standing && entry.born < found.born)) found = entry;
  }
  return found;
}

function giveWay(entry: Reassembly | null): void {
  if (!entry) return;
  drop(Drop.FRAGMENT_TABLE_FULL);
  abandon(entry);
}

/**
 * All fragments are there: copies them behind the first one's header. Congestion that one of them met is the whole's; where
 * another one says that its sender knows nothing of that, the whole is lost instead (RFC 3168, 5.3).
 */
function join(entry: Reassembly): Packet | null {
  const first = entry.first as Packet;
  let congested = false;
  let unable = false;
  for (let part: Packet | null = first; part; part = part.next) {
    const ecn = ipv4.tos(part.ptr) & ipv4.CE;
    if (ecn == ipv4.CE) congested = true;
    else if (ecn == 0) unable = true;
  }
  if (congested && unable) {
    drop(Drop.FRAGMENT_ECN);
    abandon(entry);
    return null;
  }
  const header = ipv4.headerLength(first.ptr);
  const len = header + entry.total;
  let whole: Packet | null = null;
  if (len <= SMALL_CAPACITY) whole = packets.alloc();
  else if (len <= LARGE_CAPACITY) whole = packets.allocLarge();
  if (whole) {
    memory.copy(whole.ptr, first.ptr, <usize>header);
    let part: Packet | null = first;
    while (part) {
      memory.copy(whole.ptr + header + offsetOf(part), part.ptr + ipv4.headerLength(part.ptr), <usize>lengthOf(part));
      part = part.next;
    }
    whole.len = len;
    whole.port = entry.port;
    whole.spi = entry.spi;
    whole.src = first.src;
    whole.dst = first.dst;
    whole.depth = first.depth;
    if (congested) store<u8>(whole.ptr, load<u8>(whole.ptr, 1) | <u8>ipv4.CE, 1);
    ipv4.setFragment(whole.ptr, len, 0);
  } else drop(Drop.NO_BUFFER);
  abandon(entry);
  return whole;
}

function abandon(entry: Reassembly): void {
  let packet = entry.first;
  while (packet) {
    const next = packet.next;
    packets.free(packet);
    held--;
    packet = next;
  }
  pool.free(entry);
}

function offsetOf(packet: Packet): u32 {
  return ipv4.fragmentOffset(packet.ptr);
}

function lengthOf(packet: Packet): u32 {
  return packet.len - ipv4.headerLength(packet.ptr);
}

/** Where the last fragment that is there ends. */
function endOf(entry: Reassembly): u32 {
  let end: u32 = 0;
  let packet = entry.first;
  while (packet) {
    end = offsetOf(packet) + lengthOf(packet);
    packet = packet.next;
  }
  return end;
}

function sameFragment(a: Packet, b: Packet): bool {
  return (
    ((ipv4.fragmentWord(a.ptr) ^ ipv4.fragmentWord(b.ptr)) & Flag.MF) == 0 &&
    equal(a.ptr + ipv4.headerLength(a.ptr), b.ptr + ipv4.headerLength(b.ptr), lengthOf(a))
  );
}
