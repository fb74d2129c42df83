// ESP at its bounds: room, padding, lifetimes and counters, to the octet and the millisecond (RFC 4303, 3.3 and 3.4).
import * as espIn from "../../../assembly/ipsec/esp_in";
import * as espOut from "../../../assembly/ipsec/esp_out";
import { PACKET_STRIDE } from "../../../assembly/limits";
import { SA, State } from "../../../assembly/sadb/sas/sa";
import { Work } from "../../../assembly/sadb/work";
import { PACKET_HEADER, Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop } from "../../../assembly/util/status";
import { datagram, mirror, pass, poll, work } from "../sadb/world";

const scratch: usize = memory.data(2048, 8);

function sealed(sa: SA, len: u32): Packet {
  const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
  packet.len = len;
  expect(espOut.seal(sa.pair as SA, packet, 4)).toBe(Drop.NONE);
  return packet;
}

function through(sa: SA, len: u32): Drop {
  const packet = sealed(sa, len);
  const reason = espIn.open(sa, packet);
  packets.free(packet);
  return reason;
}

describe("room for what ESP adds", () => {
  // AES-CBC with HMAC-SHA-1-96: 24 octets in front; behind 60 octets 2 of padding, 2 of trailer, 12 of ICV.
  test("in front: to the octet; without it the packet and the SA stay as they were", () => {
    const sa = mirror();
    const out = sa.pair as SA;
    for (let room: u32 = 23; room <= 24; room++) {
      const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
      const p = changetype<usize>(packet) + PACKET_HEADER + room;
      memory.copy(p, packet.ptr, 60);
      memory.copy(scratch, p, 60);
      packet.ptr = p;
      expect(espOut.seal(out, packet, 4)).toBe(room == 24 ? Drop.NONE : Drop.NO_BUFFER);
      expect(<u32>out.sequence).toBe(room - 23);
      expect(packet.len).toBe(room == 24 ? 100 : 60);
      if (room == 24) expect(packet.headroom).toBe(0);
      else expect(memory.compare(packet.ptr, scratch, 60)).toBe(0);
      packets.free(packet);
    }
  });

  test("behind: to the octet", () => {
    const sa = mirror();
    const out = sa.pair as SA;
    for (let room: u32 = 15; room <= 16; room++) {
      const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
      const p = changetype<usize>(packet) + <usize>(PACKET_STRIDE - 60 - room);
      memory.copy(p, packet.ptr, 60);
      memory.copy(scratch, p, 60);
      packet.ptr = p;
      expect(packet.tailroom).toBe(room);
      expect(espOut.seal(out, packet, 4)).toBe(room == 16 ? Drop.NONE : Drop.NO_BUFFER);
      expect(<u32>out.sequence).toBe(room - 15);
      if (room == 16) expect(packet.tailroom).toBe(0);
      else expect(memory.compare(packet.ptr, scratch, 60)).toBe(0);
      packets.free(packet);
    }
  });
});

describe("what is refused is counted once, for what it is", () => {
  test("a replay, a forgery, a lifetime", () => {
    const sa = mirror();
    const packet = sealed(sa, 60);
    const p = packet.ptr;
    const len = packet.len;
    memory.copy(scratch, p, len);
    const expected: Drop[] = [Drop.ESP_ICV, Drop.NONE, Drop.ESP_REPLAY, Drop.ESP_LIFETIME];
    for (let k = 0; k < 4; k++) {
      memory.copy(p, scratch, len);
      if (k == 0) store<u8>(p + len - 1, load<u8>(p + len - 1) ^ 1);
      packet.ptr = p;
      packet.len = len;
      if (k == 3) {
        sa.window = 0;
        sa.hardBytes = 0;
      }
      expect(espIn.open(sa, packet)).toBe(expected[k]);
      expect(sa.icvErrors).toBe(1);
      expect(sa.replayErrors).toBe(k < 2 ? 0 : 1);
      expect(sa.errors).toBe(k < 2 ? 1 : k);
      expect(sa.packets).toBe(k ? 1 : 0);
    }
    packets.free(packet);
  });

  test("a payload of no octets is one", () => {
    const sa = mirror();
    const packet = sealed(sa, 0);
    expect(espIn.open(sa, packet)).toBe(Drop.NONE);
    expect(packet.len).toBe(0);
    expect(sa.packets).toBe(1);
    expect(sa.errors).toBe(0);
    packets.free(packet);
  });

  test("the least there may be is one block and the ICV", () => {
    const sa = mirror();
    const packet = sealed(sa, 14);
    expect(packet.len).toBe(52);
    packet.len = 51;
    expect(espIn.open(sa, packet)).toBe(Drop.ESP_TOO_SHORT);
    packet.len = 52;
    expect(espIn.open(sa, packet)).toBe(Drop.NONE);
    expect(packet.len).toBe(14);
    packets.free(packet);
  });

  test("the newest number is told from late ones", () => {
    const sa = mirror();
    const late = sealed(sa, 60);
    const next = sealed(sa, 60);
    espIn.open(sa, next);
    expect(next.newest).toBe(true);
    espIn.open(sa, late);
    expect(late.newest).toBe(false);
    // Without a window the same packet comes again, and says nothing of where the peer is now.
    const again = sealed(sa, 60);
    const p = again.ptr;
    const len = again.len;
    memory.copy(scratch, p, len);
    sa.window = 0;
    for (let k = 0; k < 2; k++) {
      memory.copy(p, scratch, len);
      again.ptr = p;
      again.len = len;
      expect(espIn.open(sa, again)).toBe(Drop.NONE);
      expect(again.newest).toBe(k == 0);
    }
    packets.free(again);
    packets.free(late);
    packets.free(next);
  });
});

describe("octets of an ESP SA", () => {
  test("inbound: as many as were agreed on, padding with them while they are looked at, and not one more", () => {
    for (let spare: u64 = 0; spare < 2; spare++) {
      const sa = mirror();
      sa.hardBytes = 123 + spare;
      expect(through(sa, 60)).toBe(Drop.NONE);
      poll();
      expect(work()).toBe(0);
      // 60 octets of the first, 64 of the second with its padding and trailer.
      expect(through(sa, 60)).toBe(spare ? Drop.NONE : Drop.ESP_LIFETIME);
      expect(sa.bytes).toBe(spare ? 120 : 60);
      poll();
      expect(work()).toBe(spare ? 0 : Work.EXPIRED);
    }
  });

  test("outbound: of the payload alone", () => {
    for (let spare: u64 = 0; spare < 2; spare++) {
      const sa = mirror();
      const out = sa.pair as SA;
      out.hardBytes = 119 + spare;
      expect(through(sa, 60)).toBe(Drop.NONE);
      const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
      expect(espOut.seal(out, packet, 4)).toBe(spare ? Drop.NONE : Drop.ESP_LIFETIME);
      expect(out.bytes).toBe(spare ? 120 : 60);
      packets.free(packet);
      poll();
      expect(work()).toBe(spare ? 0 : Work.EXPIRED);
    }
  });

  test("either way: renewed when the soft bound is reached", () => {
    for (let way = 0; way < 2; way++) {
      for (let spare: u64 = 0; spare < 2; spare++) {
        const sa = mirror();
        const counted = way ? (sa.pair as SA) : sa;
        counted.softBytes = 60 + spare;
        expect(through(sa, 60)).toBe(Drop.NONE);
        poll();
        expect(work()).toBe(spare ? 0 : Work.REKEY);
        expect(sa.state).toBe(<u8>(spare ? State.MATURE : State.DYING));
      }
    }
  });

  test("time: either way to the millisecond", () => {
    const sa = mirror();
    const first = sealed(sa, 60);
    const second = sealed(sa, 60);
    const third = datagram(0x0a000001, 0x0a000002, 1, 60);
    pass(3599999);
    expect(espIn.open(sa, first)).toBe(Drop.NONE);
    packets.free(sealed(sa, 60));
    pass(1);
    expect(espIn.open(sa, second)).toBe(Drop.ESP_LIFETIME);
    expect(espOut.seal(sa.pair as SA, third, 4)).toBe(Drop.ESP_LIFETIME);
    const open = mirror();
    open.hard = 0;
    expect(through(open, 60)).toBe(Drop.NONE);
  });
});
