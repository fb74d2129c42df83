import { FRAGMENTS, FRAGMENTS_PER_DATAGRAM, REASSEMBLIES, REASSEMBLIES_PER_SOURCE, REASSEMBLIES_PER_TUNNEL } from "../../../assembly/limits";
import * as fragment from "../../../assembly/net/fragment";
import * as icmp from "../../../assembly/net/icmp";
import * as interfaces from "../../../assembly/net/interface";
import * as outgoing from "../../../assembly/net/outgoing";
import * as clock from "../../../assembly/util/clock";
import * as log from "../../../assembly/util/log";
import { Packet, PacketQueue, Standing } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import * as pools from "../../../assembly/util/pool";
import { AnyPool } from "../../../assembly/util/pool";
import { Drop, clearDropCounts, dropCount } from "../../../assembly/util/status";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { Flag } from "../../../assembly/wire/ipv4";

const SRC: u32 = 0x0a010009;
const DST: u32 = 0x0a010001;

/** A datagram of `len` payload octets that count up from `at`; large where it must be. */
function datagram(id: u32, at: u32, len: u32, word: u32, src: u32 = SRC): Packet {
  const packet = (len + 20 > packets.SMALL_CAPACITY ? packets.allocLarge() : packets.alloc()) as Packet;
  for (let i: u32 = 0; i < len; i++) store<u8>(packet.ptr + 20 + i, <u8>((at + i) * 7 + ((at + i) >>> 8)));
  packet.len = 20 + len;
  ipv4.emit(packet.ptr, 0, packet.len, id, word | (at >>> 3), 64, 17, src, DST);
  return packet;
}

function part(id: u32, at: u32, len: u32, more: bool, src: u32 = SRC): Packet | null {
  return fragment.reassemble(datagram(id, at, len, more ? Flag.MF : 0, src));
}

/** The first fragment of a datagram of sixteen octets. */
function head(id: u32, src: u32, standing: u32): void {
  fragment.reassemble(datagram(id, 0, 8, Flag.MF, src), standing);
}

/** Whether the other one makes it whole. */
function rest(id: u32, src: u32): bool {
  return whole(part(id, 8, 8, false, src), 16);
}

function marked(packet: Packet, ecn: u32): Packet {
  store<u8>(packet.ptr, <u8>(0x28 | ecn), 1);
  ipv4.setChecksum(packet.ptr);
  return packet;
}

/** Whether the payload counts up from 0 for `len` octets; frees it. */
function whole(packet: Packet | null, len: u32): bool {
  if (!packet) return false;
  let ok = packet.len == 20 + len && ipv4.check(packet.ptr, packet.len) == Drop.NONE && !ipv4.isFragment(packet.ptr);
  for (let i: u32 = 0; i < len; i++) ok = ok && load<u8>(packet.ptr + 20 + i) == <u8>(i * 7 + (i >>> 8));
  packets.free(packet);
  return ok;
}

function smallUsed(): u32 {
  return (pools.poolAt(0) as AnyPool).used;
}

describe("fragmentation", () => {
  beforeEach(() => {
    pools.forgetPools();
    clock.init(0, 0);
    log.init();
    packets.init();
    interfaces.init();
    interfaces.setAddress(0, DST, 0xffffff00);
    outgoing.init(0);
    icmp.init();
    fragment.init();
    clearDropCounts();
  });
  test("pieces fit, and make the datagram again in any order", () => {
    const queue = new PacketQueue();
    for (let len: u32 = 577; len < 4000; len += 211) {
      for (let turn: u32 = 0; turn < 3; turn++) {
        expect(fragment.split(datagram(len, 0, len, 0), 576, queue)).toBe(true);
        for (let k: u32 = 0; k < turn; k++) queue.push(queue.pop() as Packet);
        let result: Packet | null = null;
        let pieces: u32 = 0;
        for (let piece = queue.pop(); piece; piece = queue.pop()) {
          expect(piece.len <= 576).toBe(true);
          expect<u32>(ipv4.check(piece.ptr, piece.len)).toBe(<u32>Drop.NONE);
          result = fragment.reassemble(piece);
          pieces++;
        }
        expect<u32>(pieces).toBe((len + 551) / 552);
        expect(whole(result, len)).toBe(true);
      }
    }
    expect<u32>(smallUsed()).toBe(0);
    expect<u32>(fragment.waiting()).toBe(0);
  });
  test("a fragment is cut again, and the whole still comes together", () => {
    const queue = new PacketQueue();
    const first = datagram(5, 0, 1480, Flag.MF);
    const second = datagram(5, 1480, 700, 0);
    let result: Packet | null = null;
    fragment.split(first, 600, queue);
    for (let piece = queue.pop(); piece; piece = queue.pop()) {
      expect<u32>(ipv4.fragmentWord(piece.ptr) & Flag.MF).toBe(Flag.MF);
      result = fragment.reassemble(piece);
    }
    fragment.split(second, 600, queue);
    for (let piece = queue.pop(); piece; piece = queue.pop()) result = fragment.reassemble(piece);
    expect(whole(result, 2180)).toBe(true);
  });
  test("options: all in the first piece, those with the copied bit in the others (RFC 791, 3.1)", () => {
    const queue = new PacketQueue();
    const packet = packets.alloc() as Packet;
    ipv4.emit(packet.ptr, 0, 1032, 9, 0, 64, 17, SRC, DST);
    store<u8>(packet.ptr, 0x48);
    store<u32>(packet.ptr, 0x00000494, 20); // router alert, copied
    store<u32>(packet.ptr, 0x00050744, 24); // timestamp, not copied
    store<u32>(packet.ptr, 0x00000000, 28);
    packet.len = 1032;
    expect(fragment.split(packet, 576, queue)).toBe(true);
    const first = queue.pop() as Packet;
    const second = queue.pop() as Packet;
    expect<u32>(ipv4.headerLength(first.ptr)).toBe(32);
    expect<u32>(ipv4.headerLength(second.ptr)).toBe(24);
    expect<u32>(load<u32>(second.ptr, 20)).toBe(0x00000494);
    expect<u32>(ipv4.check(second.ptr, second.len)).toBe(<u32>Drop.NONE);
    expect<u32>(first.len - 32 + second.len - 24).toBe(1000);
  });
  test("no buffers: everything is dropped, nothing is left behind", () => {
    const queue = new PacketQueue();
    const packet = datagram(1, 0, 4000, 0);
    while (packets.alloc()) {}
    const before = smallUsed();
    expect(fragment.split(packet, 576, queue)).toBe(false);
    expect<u32>(queue.length).toBe(0);
    expect<u32>(smallUsed()).toBe(before);
  });
});

describe("reassembly", () => {
  beforeEach(() => {
    pools.forgetPools();
    clock.init(0, 0);
    log.init();
    packets.init();
    interfaces.init();
    interfaces.setAddress(0, DST, 0xffffff00);
    outgoing.init(0);
    icmp.init();
    fragment.init();
    clearDropCounts();
  });
  test("the same place with another length is no duplicate, but an overlap", () => {
    for (let shorter = 0; shorter < 2; shorter++) {
      expect(part(7, 0, shorter ? 800 : 792, true) == null).toBe(true);
      expect(part(7, 0, shorter ? 792 : 800, true) == null).toBe(true);
      expect<u32>(dropCount(Drop.FRAGMENT_MALFORMED)).toBe(1 + shorter);
    }
  });
  test("a duplicate is ignored", () => {
    expect(part(1, 0, 800, true) == null).toBe(true);
    expect(part(1, 0, 800, true) == null).toBe(true);
    expect(whole(part(1, 800, 10, false), 810)).toBe(true);
    expect<u32>(dropCount(Drop.FRAGMENT_MALFORMED)).toBe(0);
    expect<u32>(smallUsed()).toBe(0);
  });
  test("an overlap costs the whole datagram", () => {
    const cuts: u32[] = [0, 792, 808];
    for (let k = 0; k < cuts.length; k++) {
      clearDropCounts();
      part(7, 0, 800, true);
      part(7, 800, 800, true);
      // overlaps the first, or both
      expect(part(7, cuts[k], 808, true) == null).toBe(true);
      expect<u32>(dropCount(Drop.FRAGMENT_MALFORMED)).toBe(1);
      expect<u32>(fragment.waiting()).toBe(0);
      expect<u32>(smallUsed()).toBe(0);
    }
  });
  test("a duplicate with other octets is an overlap", () => {
    part(7, 0, 800, true);
    const other = datagram(7, 0, 800, Flag.MF);
    store<u8>(other.ptr, load<u8>(other.ptr, 100) ^ 1, 100);
    expect(fragment.reassemble(other) == null).toBe(true);
    expect<u32>(fragment.waiting()).toBe(0);
  });
  test("ends that contradict each other", () => {
    part(2, 800, 8, false);
    expect(part(2, 1600, 8, false) == null).toBe(true);
    expect<u32>(fragment.waiting()).toBe(0);
    part(3, 800, 8, false);
    part(3, 1600, 8, true);
    expect<u32>(fragment.waiting()).toBe(0);
    part(4, 1600, 8, true);
    part(4, 800, 8, false);
    expect<u32>(fragment.waiting()).toBe(0);
    expect<u32>(smallUsed()).toBe(0);
  });
  test("odd lengths, nothing at all, and more than a buffer holds", () => {
    part(1, 0, 801, true);
    part(1, 0, 0, true);
    part(1, 65528, 100, false);
    part(1, 9944, 8, false);
    expect<u32>(dropCount(Drop.FRAGMENT_MALFORMED)).toBe(4);
    expect<u32>(fragment.waiting()).toBe(0);
    expect<u32>(smallUsed()).toBe(0);
  });
  test("times out, and says so to the source that sent the first fragment", () => {
    part(1, 0, 800, true);
    part(2, 800, 800, true);
    expect<u32>(fragment.poll()).toBe(30000);
    clock.set(29999);
    expect<u32>(fragment.poll()).toBe(1);
    clock.set(30000);
    fragment.poll();
    expect<u32>(fragment.waiting()).toBe(0);
    expect<u32>(dropCount(Drop.FRAGMENT_TIMEOUT)).toBe(2);
    const message = outgoing.next();
    expect(message != null).toBe(true);
    if (message) {
      expect<u32>(load<u8>(message.ptr, 20)).toBe(11);
      expect<u32>(load<u8>(message.ptr, 21)).toBe(1);
      expect<u32>(ipv4.destination(message.ptr)).toBe(SRC);
      packets.free(message);
    }
    expect(outgoing.next() == null).toBe(true);
    expect<u32>(smallUsed()).toBe(0);
  });
  test("one source has so many, all together so many; buffers stay bounded", () => {
    for (let id: u32 = 0; id < 100; id++) part(id, 0, 8, true);
    expect<u32>(fragment.waiting()).toBe(REASSEMBLIES_PER_SOURCE);
    for (let id: u32 = 0; id < 100; id++) part(id, 0, 8, true, 0x0b000000 + id);
    expect<u32>(fragment.waiting() <= 16).toBe(true);
    expect<u32>(smallUsed() <= 32).toBe(true);
    // An honest one still gets through.
    part(77, 0, 800, true, 0x0c000001);
    expect(whole(part(77, 800, 9, false, 0x0c000001), 809)).toBe(true);
  });
  test("who gives way: the least standing, the oldest of it; nobody for what is cheaper", () => {
    const all: u32 = REASSEMBLIES;
    // Of peers and SAs so many, from one address four and eight.
    for (let i: u32 = 0; i < 20; i++) head(i, 0x0b000001, Standing.TUNNEL);
    expect<u32>(fragment.waiting()).toBe(REASSEMBLIES_PER_TUNNEL);
    for (let i: u32 = 0; i < 20; i++) head(100 + i, 0x0b000002, Standing.PEER);
    expect<u32>(fragment.waiting()).toBe(REASSEMBLIES_PER_TUNNEL + REASSEMBLIES_PER_SOURCE);
    for (let i: u32 = 0; i < 100; i++) head(200 + i, 0x0c000000 + i, Standing.STRANGER);
    expect<u32>(fragment.waiting()).toBe(all);
    for (let i: u32 = 12; i < 20; i++) expect(rest(i, 0x0b000001)).toBe(true, "of an SA");
    for (let i: u32 = 116; i < 120; i++) expect(rest(i, 0x0b000002)).toBe(true, "of a peer");
    for (let i: u32 = 296; i < 300; i++) expect(rest(i, 0x0c000000 + i - 200)).toBe(true, "the latest of the others");
    expect<u32>(fragment.waiting()).toBe(0);
    // What writes a peer's address takes nothing of what shows its SPI, and gives way to it.
    head(1, 0x0b000001, Standing.TUNNEL);
    for (let i: u32 = 0; i < 100; i++) head(1000 + i, 0x0b000001, i & 1);
    expect(rest(1, 0x0b000001)).toBe(true);
    // A later fragment that came first: the head says whose it is.
    const other = datagram(2, 8, 8, 0, 0x0d000001);
    fragment.reassemble(other, Standing.PEER);
    const first = datagram(2, 0, 8, Flag.MF, 0x0d000001);
    expect(whole(fragment.reassemble(first, Standing.TUNNEL), 16)).toBe(true);
  });
  test("no more fragments: the cheapest datagram gives way to one that is dearer", () => {
    for (let i: u32 = 0; i < 4; i++) for (let at: u32 = 0; at < 64; at += 8) part(i, at, 8, true, 0x0c000000 + i);
    expect<u32>(smallUsed()).toBe(FRAGMENTS);
    head(9, 0x0b000001, Standing.TUNNEL);
    expect<u32>(fragment.waiting()).toBe(4);
    expect(rest(9, 0x0b000001)).toBe(true);
    // One more of a datagram that is there: another one's place, not its own.
    for (let i: u32 = 1; i < 4; i++) for (let at: u32 = 64; at < 88; at += 8) part(i, at, 8, true, 0x0c000000 + i);
    expect<u32>(smallUsed() <= FRAGMENTS).toBe(true);
    expect(whole(part(3, 88, 8, false, 0x0c000003), 96)).toBe(true);
  });
  test("congestion is the whole's (RFC 3168, 5.3)", () => {
    for (let a: u32 = 0; a < 4; a++) for (let b: u32 = 0; b < 4; b++) for (let turn = 0; turn < 2; turn++) {
      const first = marked(datagram(7, 0, 8, Flag.MF), a);
      const second = marked(datagram(7, 8, 8, 0), b);
      fragment.reassemble(turn ? second : first);
      const result = fragment.reassemble(turn ? first : second);
      const lost = (a == 3 || b == 3) && (a == 0 || b == 0);
      expect(result == null).toBe(lost);
      if (!result) continue;
      expect<u32>(ipv4.tos(result.ptr)).toBe(0x28 | (a == 3 || b == 3 ? 3 : a));
      expect(whole(result, 16)).toBe(true);
    }
    expect<u32>(dropCount(Drop.FRAGMENT_ECN)).toBe(4);
    expect<u32>(smallUsed()).toBe(0);
  });
  test("crumbs", () => {
    for (let at: u32 = 0; at < 8 * (FRAGMENTS_PER_DATAGRAM + 5); at += 8) part(1, at, 8, true);
    expect<u32>(smallUsed()).toBe(FRAGMENTS_PER_DATAGRAM);
    expect<u32>(dropCount(Drop.FRAGMENT_TABLE_FULL)).toBe(5);
  });
  test("fragments of different ways in are not put together", () => {
    part(1, 0, 800, true);
    const other = datagram(1, 800, 10, 0);
    other.spi = 0x1234;
    expect(fragment.reassemble(other) == null).toBe(true);
    expect<u32>(fragment.waiting()).toBe(2);
  });
});
