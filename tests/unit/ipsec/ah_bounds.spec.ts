// AH at its bounds: lengths, lifetimes and counters, to the octet and the millisecond (RFC 4302, 2.2 and 3.4).
import * as ahIn from "../../../assembly/ipsec/ah_in";
import * as ahOut from "../../../assembly/ipsec/ah_out";
import * as outbound from "../../../assembly/ipsec/outbound";
import { SA, State } from "../../../assembly/sadb/sas/sa";
import { SEQUENCE_RESERVE } from "../../../assembly/sadb/settings/lifetime";
import { Work } from "../../../assembly/sadb/work";
import * as acquire from "../../../assembly/sadb/work";
import { PACKET_HEADER, Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop } from "../../../assembly/util/status";
import * as ah from "../../../assembly/wire/ah";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { ALPHA, arrive, datagram, loop, mirrorPolicy, parameters, pass, poll, rooms, suite, work } from "../sadb/world";
import { process } from "./whole_way";

const scratch: usize = memory.data(2048, 8);

/** A pair of AH in tunnel mode with HMAC-SHA-256: a header of 28 octets. */
function world(): SA {
  rooms();
  const policy = mirrorPolicy();
  suite(policy, 0, 0, 5);
  parameters.protocol = 51;
  parameters.peerAddress = ALPHA;
  return loop(policy);
}

/** A datagram of `len` octets through AH, its outer header taken off again. */
function sealed(len: u32): Packet {
  const packet = datagram(0x0a010001, 0x0a020001, 1, len);
  expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
  expect(arrive(packet)).toBe(51);
  return packet;
}

/** One that is opened at once. */
function through(sa: SA, len: u32): Drop {
  const packet = sealed(len);
  const reason = ahIn.open(sa, packet);
  packets.free(packet);
  return reason;
}

describe("the header's length", () => {
  test("what the ICV takes, or padded to 64 bits, and nothing else", () => {
    const sa = world();
    const packet = sealed(1400);
    const p = packet.ptr;
    const len = packet.len;
    memory.copy(scratch, p - 20, len + 20);
    let malformed: u32 = 0;
    for (let words: u32 = 0; words < 256; words++) {
      if (words == 5) continue;
      memory.copy(p - 20, scratch, len + 20);
      store<u8>(p + 1, <u8>words);
      packet.ptr = p;
      packet.len = len;
      const reason = ahIn.open(sa, packet);
      expect(reason).toBe(words == 6 ? Drop.AH_ICV : Drop.AH_MALFORMED, words.toString());
      malformed++;
      expect(sa.errors).toBe(malformed);
      expect(sa.icvErrors).toBe(words < 6 ? 0 : 1);
    }
    expect(sa.replayErrors).toBe(0);
    expect(sa.sequence).toBe(0);
    packets.free(packet);
  });

  test("all of it is there: to the octet", () => {
    const sa = world();
    const packet = sealed(60);
    for (let len: u32 = 0; len <= 28; len++) {
      packet.len = len;
      expect(ahIn.open(sa, packet)).toBe(len == 28 ? Drop.AH_ICV : Drop.AH_MALFORMED);
    }
    packet.len = 88;
    packets.free(packet);
    // What it is before may be nothing at all.
    const empty = datagram(ALPHA, ALPHA, 1, 20);
    expect(ahOut.seal(sa.pair as SA, empty)).toBe(Drop.NONE);
    arrive(empty);
    expect(empty.len).toBe(28);
    expect(ahIn.open(sa, empty)).toBe(Drop.NONE);
    expect(empty.len).toBe(0);
    expect(empty.nextHeader).toBe(1);
    packets.free(empty);
  });

  test("what is refused is counted once, for what it is", () => {
    const sa = world();
    const packet = sealed(60);
    const p = packet.ptr;
    memory.copy(scratch, p - 20, 108);
    for (let k = 0; k < 2; k++) {
      memory.copy(p - 20, scratch, 108);
      packet.ptr = p;
      packet.len = 88;
      expect(ahIn.open(sa, packet)).toBe(k ? Drop.AH_REPLAY : Drop.NONE);
      expect(packet.ptr).toBe(k ? p : p + 28);
      expect(packet.nextHeader).toBe(4);
    }
    expect(sa.replayErrors).toBe(1);
    expect(sa.icvErrors).toBe(0);
    expect(sa.errors).toBe(1);
    expect(sa.packets).toBe(1);
    expect(sa.bytes).toBe(60);
    packets.free(packet);
  });
});

describe("octets of an AH SA", () => {
  test("inbound: as many as were agreed on, and not one more", () => {
    for (let spare: u64 = 0; spare < 2; spare++) {
      const sa = world();
      sa.hardBytes = 119 + spare;
      expect(through(sa, 60)).toBe(Drop.NONE);
      poll();
      expect(work()).toBe(0);
      expect(through(sa, 60)).toBe(spare ? Drop.NONE : Drop.AH_LIFETIME);
      expect(sa.bytes).toBe(spare ? 120 : 60);
      expect(sa.packets).toBe(spare ? 2 : 1);
      expect(sa.errors).toBe(spare ? 0 : 1);
      poll();
      expect(work()).toBe(spare ? 0 : Work.EXPIRED);
    }
  });

  test("inbound: renewed when the soft bound is reached", () => {
    for (let spare: u64 = 0; spare < 2; spare++) {
      const sa = world();
      sa.softBytes = 60 + spare;
      expect(through(sa, 60)).toBe(Drop.NONE);
      poll();
      expect(work()).toBe(spare ? 0 : Work.REKEY);
      expect(sa.state).toBe(<u8>(spare ? State.MATURE : State.DYING));
    }
  });

  test("outbound: the same, of the datagram without its header", () => {
    for (let spare: u64 = 0; spare < 2; spare++) {
      const sa = world();
      const out = sa.pair as SA;
      out.hardBytes = 119 + spare;
      out.softBytes = 60 + spare;
      packets.free(sealed(60));
      expect(out.bytes).toBe(60);
      poll();
      expect(work()).toBe(spare ? 0 : Work.REKEY);
      const packet = datagram(0x0a010001, 0x0a020001, 1, 60);
      expect(process(packet, 1)).toBe(spare ? outbound.Verdict.PROTECTED : outbound.Verdict.DISCARD);
      packets.free(packet);
      expect(out.bytes).toBe(spare ? 120 : 60);
      expect(out.packets).toBe(spare ? 2 : 1);
      expect(out.errors).toBe(spare ? 0 : 1);
      poll();
      expect(work()).toBe(spare ? Work.REKEY : Work.EXPIRED);
    }
  });

  test("time: to the millisecond", () => {
    const sa = world();
    const first = sealed(60);
    const second = sealed(60);
    pass(3599999);
    expect(ahIn.open(sa, first)).toBe(Drop.NONE);
    pass(1);
    expect(ahIn.open(sa, second)).toBe(Drop.AH_LIFETIME);
    packets.free(first);
    packets.free(second);
    const open = world();
    open.hard = 0;
    expect(through(open, 60)).toBe(Drop.NONE);
  });
});

describe("AH on the way out", () => {
  test("numbers: renewed when SEQUENCE_RESERVE are left", () => {
    const sa = world();
    const out = sa.pair as SA;
    out.sequence = 0xffffffff - SEQUENCE_RESERVE - 2;
    for (let i = 0; i < 2; i++) {
      packets.free(sealed(60));
      poll();
      const item = acquire.next();
      expect(item == null).toBe(i == 0);
      if (item) {
        expect(item.kind).toBe(Work.REKEY);
        expect(item.spi).toBe(sa.spi);
      }
    }
  });

  test("room for the header: to the octet; without it the packet and the SA stay as they were", () => {
    const sa = world();
    const out = sa.pair as SA;
    for (let room: u32 = 27; room <= 28; room++) {
      const packet = datagram(ALPHA, ALPHA, 1, 60);
      const p = changetype<usize>(packet) + PACKET_HEADER + room;
      memory.copy(p, packet.ptr, 60);
      memory.copy(scratch, p, 60);
      packet.ptr = p;
      expect(packet.headroom).toBe(room);
      expect(ahOut.seal(out, packet)).toBe(room == 28 ? Drop.NONE : Drop.NO_BUFFER);
      if (room == 28) {
        expect(packet.headroom).toBe(0);
        expect(packet.len).toBe(88);
        expect(out.sequence).toBe(1);
        expect(ipv4.check(packet.ptr, 88)).toBe(Drop.NONE);
        expect(ah.sequence(packet.ptr + 20)).toBe(1);
      } else {
        expect(packet.ptr).toBe(p);
        expect(packet.len).toBe(60);
        expect(memory.compare(p, scratch, 60)).toBe(0);
        expect(out.sequence).toBe(0);
        expect(out.bytes).toBe(0);
      }
      packets.free(packet);
    }
  });
});
