/**
 * Packet buffers. One buffer, one packet, from the wire to the wire: everything happens in place.
 *
 *     |<- PACKET_HEADER ->|<- PACKET_HEADROOM ->|<------ frame ------>|<- tailroom ->|
 *     | Packet's fields   |                     ^ frame_alloc()       |              |
 *     ^ a multiple of the stride                ptr ... ptr + len
 *
 * Any address inside a buffer names it (`packetOf`). A buffer has one owner: the pool, the host, or the module; the
 * host's and the module's both count as used. `ptr` and `len` say what the packet is at this layer: the Ethernet frame,
 * then the IP datagram, then the inner datagram.
 */
import {
  LARGE_PACKETS,
  LARGE_PACKET_STRIDE,
  PACKETS,
  PACKETS_RESERVED,
  PACKET_HEADROOM,
  PACKET_STRIDE,
  PACKET_TAILROOM,
} from "../limits";
import { Blocks } from "./pool";

export const PACKET_HEADER: u32 = 64;

export const enum Owner {
  FREE = 0,
  MODULE = 1,
  HOST = 2,
}

/** What is known of who sent a fragment: whose place is given to another when there is none left. */
export const enum Standing {
  STRANGER = 0,
  /** it comes from the address of a peer that has an SA, which anybody can write; or out of a tunnel */
  PEER = 1,
  /** it shows the SPI of an SA with that peer, which only they and who sees their packets know */
  TUNNEL = 2,
}

/** `Packet.unsealed`: 0, the number of a place in ipsec/burst.ts, or that the SA which was to seal it has gone. */
export const enum Sealing {
  DONE = 0,
  LOST = 255,
}

/** `Packet.report`: where there is no SA it goes nowhere. */
export const QUIET: u8 = 0x80;
const OF_SA: u8 = 0xff;

/** Fields at the head of a buffer, at most PACKET_HEADER octets. Pool.free wipes them, Pool.take gives zeros. */
@unmanaged
export class Packet {
  /** First octet of the packet at the present layer. */
  ptr: usize;
  len: u32;
  /** Link of whatever queue the packet waits in. */
  next: Packet | null;
  /** Port it came in by. */
  port: u32;
  /** When it began to wait, milliseconds of clock.now. */
  since: u64;
  /** SPI of the inbound SA it came through; 0: it came in plain. (The SA's slot, see sadb/sas/sad.ts.) */
  spi: u32;
  /** Of an answer of ours, an error or an echo reply: SPI of the inbound SA that what it answers came through; 0: plain. */
  answers: u32;
  /**
   * The flow: of what goes through the SPD, that of the datagram at `ptr` (ipsec/flow.ts); of what came in ESP, AH or UDP,
   * the outer one until it is opened; of IKE's messages, where they come from and go to.
   */
  src: u32;
  dst: u32;
  srcPort: u16;
  dstPort: u16;
  /** The flow's, with policy.NO_PORTS where ports cannot be seen. */
  protocol: u16;
  /** After outbound.Verdict.TOO_BIG: what a datagram may measure. */
  mtu: u16;
  owner: u8;
  /** Times the packet went through an SA on its way, against loops of tunnels. */
  depth: u8;
  /** TOS of the outer header of what came in ESP (congestion is handed on to the inner one, RFC 6040). */
  tos: u8;
  /** What ESP or AH, taken off, said of what follows. */
  nextHeader: u8;
  /** Its number was the highest so far of the ESP SA that it came through. */
  newest: bool;
  /** A piece of a datagram that was cut here: its flow is the whole's, whatever of it this piece shows. */
  cut: bool;
  /**
   * Not 0: its octets are in plain still, and ipsec/burst.ts is to seal them; it goes to no wire before. Sealing.LOST: it never will.
   */
  unsealed: u8;
  /** What came in ESP and was worked on with others is none of the peer's, and counted. */
  refused: bool;
  /** NAT gave it another address (net/nat/nat.ts, Translated): errors about it go to who sent it as he sent it. */
  translated: u8;
  /** It is of our own making: lists of what leaves are not asked. */
  own: bool;
  /** The rule of `ip inspect` that it came in under (filter/inspect_setting.ts); 0: none. */
  inspected: u8;
  /** Of a datagram that carries a line of the log: its log host's, services/syslog.ts; 0: it carries none. With QUIET it asks for no SA. Of an ISAKMP message: OF_SA. */
  report: u8;
  /** The IPv4 header that what came in ESP or AH stands behind, in this buffer. */
  outer: usize;

  /** Of an ISAKMP message: its cookies are those of an ISAKMP SA. */
  get ofSa(): bool {
    return this.report == OF_SA;
  }
  set ofSa(is: bool) {
    this.report = is ? OF_SA : 0;
  }

  /** Octets free before `ptr`. */
  get headroom(): u32 {
    return <u32>(this.ptr - changetype<usize>(this)) - PACKET_HEADER;
  }

  /** Octets free behind the packet. */
  get tailroom(): u32 {
    return <u32>(changetype<usize>(this) + strideOf(this) - this.ptr) - this.len;
  }

  /** Grows the packet at its front. The caller has asked for headroom. */
  push(n: u32): void {
    this.ptr -= n;
    this.len += n;
  }

  /** Takes octets off the front. */
  pull(n: u32): void {
    this.ptr += n;
    this.len -= n;
  }
}

let small: Blocks = changetype<Blocks>(0);
let large: Blocks = changetype<Blocks>(0);

export function init(): void {
  // One field more would be written into the headroom. The compiler's word, not a test's.
  if (offsetof<Packet>() > PACKET_HEADER) ERROR("a packet's fields are longer than PACKET_HEADER");
  small = new Blocks("packet buffers", PACKET_STRIDE, PACKETS);
  large = new Blocks("large packet buffers", LARGE_PACKET_STRIDE, LARGE_PACKETS);
}

function setUp(block: usize): Packet | null {
  if (!block) return null;
  const packet = changetype<Packet>(block);
  packet.ptr = block + PACKET_HEADER + PACKET_HEADROOM;
  packet.owner = <u8>Owner.MODULE;
  return packet;
}

/** A buffer for a frame, or null. Fails while reserved buffers remain: those are for `allocReserved`. */
export function alloc(): Packet | null {
  if (small.left <= PACKETS_RESERVED) {
    small.exhausted++;
    return null;
  }
  return setUp(small.take());
}

/** A buffer for what the gateway says itself (IKE, ARP): may use the last ones. */
export function allocReserved(): Packet | null {
  return setUp(small.take());
}

/** A buffer for a datagram longer than a frame. */
export function allocLarge(): Packet | null {
  return setUp(large.take());
}

/** Whether so few buffers of this one's size are left that what comes again by itself is not to keep one. */
export function scarce(packet: Packet): bool {
  return isSmall(changetype<usize>(packet)) ? small.left < 2 * PACKETS_RESERVED : large.left < LARGE_PACKETS / 2;
}

/** Large buffers that are free. */
export function largeLeft(): u32 {
  return large.left;
}

export function free(packet: Packet): void {
  const block = changetype<usize>(packet);
  if (isSmall(block)) small.free(block);
  else large.free(block);
}

/** Longest packet that fits behind `ptr` as `alloc` sets it, with the tailroom kept free. */
export const SMALL_CAPACITY: u32 = PACKET_STRIDE - PACKET_HEADER - PACKET_HEADROOM - PACKET_TAILROOM;
export const LARGE_CAPACITY: u32 = LARGE_PACKET_STRIDE - PACKET_HEADER - PACKET_HEADROOM - PACKET_TAILROOM;

/** The buffer that an address lies in, or null if it lies in none, or in a free one. */
export function packetOf(address: usize): Packet | null {
  let pool: Blocks;
  if (isSmall(address)) pool = small;
  else if (address >= large.base && address < large.at(large.size)) pool = large;
  else return null;
  const index = pool.indexOf(address);
  return pool.taken(index) ? changetype<Packet>(pool.at(index)) : null;
}

/**
 * Lays a frame that the host gave at `ptr ... ptr + len`. False where it leaves less headroom or tailroom than `alloc`
 * promised.
 */
export function place(packet: Packet, ptr: usize, len: u32): bool {
  const room = <u32>(changetype<usize>(packet) + strideOf(packet) - ptr);
  packet.ptr = ptr;
  if (packet.headroom < PACKET_HEADROOM || room < PACKET_TAILROOM || len > room - PACKET_TAILROOM) return false;
  packet.len = len;
  return true;
}

// @ts-ignore: decorator
@inline
function isSmall(address: usize): bool {
  return address >= small.base && address < small.at(small.size);
}

function strideOf(packet: Packet): u32 {
  return isSmall(changetype<usize>(packet)) ? PACKET_STRIDE : LARGE_PACKET_STRIDE;
}

/** A first-in, first-out queue through `Packet.next`. */
export class PacketQueue {
  head: Packet | null = null;
  tail: Packet | null = null;
  length: u32 = 0;

  push(packet: Packet): void {
    packet.next = null;
    const tail = this.tail;
    if (tail) tail.next = packet;
    else this.head = packet;
    this.tail = packet;
    this.length++;
  }

  pop(): Packet | null {
    const packet = this.head;
    if (!packet) return null;
    this.head = packet.next;
    if (!this.head) this.tail = null;
    packet.next = null;
    this.length--;
    return packet;
  }
}
