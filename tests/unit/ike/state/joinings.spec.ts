// Messages in fragments, until they are whole: order, contradictions, shares, time, and that everything is given back.
import { ISAKMP_JOININGS, ISAKMP_JOININGS_FIRST, ISAKMP_JOINING_FIRST_MAX, ISAKMP_MESSAGE_MAX } from "../../../../assembly/limits";
import { Claim, Joining } from "../../../../assembly/ike/state/joinings";
import * as joinings from "../../../../assembly/ike/state/joinings";
import { put32 } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { forgetPools, poolAt } from "../../../../assembly/util/pool";
import { Drop, dropCount } from "../../../../assembly/util/status";
import * as fragment from "../../../../assembly/wire/fragment";

const whole: usize = memory.data(9300, 8);
const out: usize = memory.data(9300, 8);
let now: u32 = 1000;

beforeEach(() => {
  forgetPools();
  clock.init(now, 0);
  packets.init();
  joinings.init();
  for (let i: u32 = 0; i < 9300; i++) store<u8>(whole + i, <u8>(i * 7 + (i >>> 8)));
});

/** A fragment of `whole`, from an address. The test frees it. */
function piece(id: u32, n: u32, last: bool, from: u32, len: u32, src: u32 = 1): Packet {
  const packet = packets.alloc()!;
  packet.len = fragment.emit(packet.ptr, whole, id, n, last, from, len);
  packet.src = src;
  return packet;
}

/** Adds one under an SA; the message as it is then, or null where there is no room. */
function put(sa: u32, packet: Packet, claim: Claim = Claim.SA, owner: u32 = 1): Joining | null {
  const one = joinings.joiningOf(packet, claim, owner, sa);
  if (one) joinings.add(one, packet);
  packets.free(packet);
  return one;
}

/** Pieces of octets that are taken. */
function pieces(): u32 {
  for (let i = 0; i < 8; i++) {
    const pool = poolAt(i);
    if (pool && pool.name == "isakmp fragments (1024)") return pool.used;
  }
  return 9999;
}

describe("a message in fragments", () => {
  test("in any order, over the bounds of pieces", () => {
    put(7, piece(1, 3, true, 2400, 700));
    put(7, piece(1, 1, false, 0, 1200));
    expect(joinings.ofSa(7) != null).toBe(true);
    const one = put(7, piece(1, 2, false, 1200, 1200))!;
    expect(one.whole).toBe(true);
    expect(one.octets).toBe(3100);
    joinings.join(one, out);
    expect(memory.compare(out, whole, 3100)).toBe(0);
    expect(joinings.ofSa(7) == null).toBe(true, "it is got, and not being got");
    expect(joinings.waiting()).toBe(0);
    joinings.forgetSa(7);
    expect(pieces()).toBe(0);
  });
  test("comes again when each of its fragments has", () => {
    put(7, piece(1, 1, false, 0, 50));
    joinings.join(put(7, piece(1, 2, true, 50, 50))!, out);
    expect(put(7, piece(1, 2, true, 50, 50))!.whole).toBe(false);
    expect(put(7, piece(1, 2, true, 50, 50))!.whole).toBe(false);
    const one = put(7, piece(1, 1, false, 0, 50))!;
    expect(one.whole).toBe(true);
    memory.fill(out, 0, 100);
    joinings.join(one, out);
    expect(memory.compare(out, whole, 100)).toBe(0);
  });
  test("a late one of it is not taken for the next message's", () => {
    put(7, piece(1, 1, false, 0, 50));
    joinings.join(put(7, piece(1, 2, true, 50, 50))!, out);
    put(7, piece(1, 2, true, 50, 50));
    const before = dropCount(Drop.IKE_FRAGMENT);
    expect(put(7, piece(1, 1, false, 200, 50))!.whole).toBe(false, "the next one's first");
    const one = put(7, piece(1, 2, true, 250, 30))!;
    expect(one.whole).toBe(true);
    expect(one.octets).toBe(80);
    expect(dropCount(Drop.IKE_FRAGMENT)).toBe(before);
  });
  test("of the longest there are, and an octet more", () => {
    let from: u32 = 0;
    let n: u32 = 1;
    for (; from + 1152 < ISAKMP_MESSAGE_MAX; from += 1152) put(7, piece(1, n++, false, from, 1152));
    const one = put(7, piece(1, n, true, from, ISAKMP_MESSAGE_MAX - from))!;
    expect(one.whole).toBe(true);
    joinings.join(one, out);
    expect(memory.compare(out, whole, <usize>ISAKMP_MESSAGE_MAX)).toBe(0);
    for (let i: u32 = 0; i < 8; i++) put(8, piece(1, i + 1, false, i * 1152, 1152));
    expect(joinings.ofSa(8)!.octets).toBe(ISAKMP_MESSAGE_MAX);
    put(8, piece(1, 9, true, 0, 1));
    expect(joinings.ofSa(8) == null).toBe(true);
    joinings.forgetSa(7);
    expect(pieces()).toBe(0);
  });
  test("another ID, another message ID of the SA's replace what is not whole", () => {
    const before = dropCount(Drop.IKE_FRAGMENT_LOST);
    put(7, piece(1, 1, false, 0, 50));
    put(7, piece(2, 1, false, 0, 50));
    expect(dropCount(Drop.IKE_FRAGMENT_LOST)).toBe(before + 1);
    put32(whole + 20, 0x01020304);
    put(7, piece(2, 1, false, 0, 50));
    expect(dropCount(Drop.IKE_FRAGMENT_LOST)).toBe(before + 2);
    expect(joinings.waiting()).toBe(1);
  });
  test("is given up after half a minute, and what was whole after five seconds, silently", () => {
    put(7, piece(1, 1, false, 0, 50));
    joinings.join(put(8, piece(1, 1, true, 0, 50))!, out);
    const before = dropCount(Drop.IKE_FRAGMENT_LOST);
    expect(joinings.deadline.remaining()).toBe(5000);
    clock.set((now += 5000));
    joinings.poll();
    expect(pieces()).toBe(1);
    expect(joinings.deadline.remaining()).toBe(25000);
    clock.set((now += 25000));
    joinings.poll();
    expect(pieces()).toBe(0);
    expect(dropCount(Drop.IKE_FRAGMENT_LOST)).toBe(before + 1);
  });
});

describe("room", () => {
  test("of first messages there are a few, two of an address; the oldest stranger gives way, who is known does not", () => {
    for (let i: u32 = 1; i <= 40; i++) put(0, piece(1, 1, false, 0, 50, i), Claim.NONE, i);
    expect(joinings.waiting()).toBe(ISAKMP_JOININGS_FIRST);
    put(0, piece(1, 1, false, 0, 50, 77), Claim.KNOWN, 77);
    for (let i: u32 = 1; i <= 40; i++) put(0, piece(1, 1, false, 0, 50, 100 + i), Claim.NONE, 100 + i);
    const one = put(0, piece(1, 2, true, 50, 50, 77), Claim.KNOWN, 77)!;
    expect(one.whole).toBe(true);
    store<u8>(whole, 1);
    put(0, piece(1, 1, false, 0, 50, 78), Claim.KNOWN, 78);
    store<u8>(whole, 2);
    put(0, piece(1, 1, false, 0, 50, 78), Claim.KNOWN, 78);
    store<u8>(whole, 3);
    put(0, piece(1, 1, false, 0, 50, 78), Claim.KNOWN, 78);
    let own: u32 = 0;
    for (let i: u32 = 3; i > 0; i--) {
      store<u8>(whole, <u8>i);
      if (put(0, piece(1, 2, true, 50, 50, 78), Claim.KNOWN, 78)!.whole) own++;
    }
    expect(own).toBe(2);
  });
  test("a first message has a bound of its own", () => {
    for (let i: u32 = 0; i < 3; i++) put(0, piece(1, i + 1, false, i * 1000, 1000), Claim.NONE, 9);
    expect(joinings.waiting()).toBe(1);
    put(0, piece(1, 4, true, 3000, ISAKMP_JOINING_FIRST_MAX - 3000 + 1), Claim.NONE, 9);
    expect(joinings.waiting()).toBe(0);
  });
  test("one peer that fills all places and pieces gives way to another, not the other to it", () => {
    for (let sa: u32 = 1; sa <= ISAKMP_JOININGS; sa++) put(sa, piece(1, 1, false, 0, 1400), Claim.SA, 5);
    expect(joinings.waiting()).toBe(ISAKMP_JOININGS);
    put(100, piece(1, 1, false, 0, 1400), Claim.SA, 6);
    for (let sa: u32 = 200; sa < 240; sa++) put(sa, piece(1, 1, false, 0, 1400), Claim.SA, 5);
    const one = put(100, piece(1, 2, true, 1400, 100), Claim.SA, 6)!;
    expect(one.whole).toBe(true);
  });
  test("negotiations take none of a peer's", () => {
    put(1, piece(1, 1, false, 0, 1400), Claim.SA, 5);
    for (let sa: u32 = 200; sa < 240; sa++) for (let n: u32 = 1; n < 6; n++) put(sa, piece(1, n, false, 0, 1400), Claim.COOKIE, sa);
    expect(put(1, piece(1, 2, true, 1400, 100), Claim.SA, 5)!.whole).toBe(true);
    // And a peer takes theirs.
    for (let n: u32 = 1; n < 6; n++) expect(put(2, piece(1, n, n == 5, 0, 1400), Claim.SA, 6) != null).toBe(true);
    expect(joinings.ofSa(2)!.whole).toBe(true);
  });
  test("whatever comes, all pieces come back", () => {
    let r: u32 = 12345;
    for (let i = 0; i < 4000; i++) {
      r = r * 1103515245 + 12345;
      const k = r >>> 16;
      const claim = <Claim>(k & 3);
      const sa = claim == Claim.SA || claim == Claim.COOKIE ? 1 + (k >>> 2) % 30 : 0;
      put(sa, piece((k >>> 4) & 1, 1 + (k >>> 5) % 7, (k >>> 8) % 5 == 0, (k >>> 3) % 97, 1 + (k >>> 1) % 1400, 1 + (k >>> 6) % 9), claim, 1 + (k >>> 6) % 9);
    }
    clock.set((now += 30000));
    joinings.poll();
    expect(joinings.waiting()).toBe(0);
    expect(pieces()).toBe(0);
  });
});
