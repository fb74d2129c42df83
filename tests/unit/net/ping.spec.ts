// The echo client: its requests to the octet, one at a time, and what became of each.
import { PING_SIZE_MAX, PING_SIZE_MIN } from "../../../assembly/limits";
import * as outgoing from "../../../assembly/net/outgoing";
import * as ping from "../../../assembly/net/ping";
import { Outcome } from "../../../assembly/net/ping";
import * as clock from "../../../assembly/util/clock";
import { NO_DEADLINE } from "../../../assembly/util/deadline";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import * as pools from "../../../assembly/util/pool";
import { Drop, clearDropCounts, dropCount } from "../../../assembly/util/status";
import * as wire from "../../../assembly/wire/icmp";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { Flag } from "../../../assembly/wire/ipv4";

const FAR: u32 = 0x0a02000a;
const OURS: u32 = 0x0a010001;

let request: Packet | null = null;

/** Polls, and keeps the request that went out; null: none did. */
function sends(): Packet | null {
  if (request) packets.free(request as Packet);
  ping.poll();
  request = outgoing.next();
  return request;
}

/** The message of the request under way. */
function message(): usize {
  return (request as Packet).ptr + 20;
}

/** An error that quotes it. */
function fails(type: u32, code: u32, len: u32 = 28): void {
  ping.failed(type, code, (request as Packet).ptr, len);
}

beforeEach(() => {
  pools.forgetPools();
  clock.init(1000, 0);
  packets.init();
  outgoing.init(0);
  ping.init();
  clearDropCounts();
  request = null;
});

describe("requests", () => {
  test("sizes at their bounds, and one run at a time", () => {
    expect(ping.start(FAR, 0, 1, PING_SIZE_MIN - 1, 2000, false)).toBe(false);
    expect(ping.start(FAR, 0, 1, PING_SIZE_MAX + 1, 2000, false)).toBe(false);
    expect(ping.busy()).toBe(false);
    expect(ping.start(FAR, 0, 0, 100, 2000, false)).toBe(true);
    expect(ping.busy()).toBe(false, "none were asked for");
    expect(ping.start(FAR, 0, 1, PING_SIZE_MAX, 2000, false)).toBe(true);
    expect(ping.busy()).toBe(true);
    expect(ping.start(FAR, 0, 1, 100, 2000, false)).toBe(false);
    ping.stop();
    expect(ping.busy()).toBe(false);
    expect(ping.start(FAR, 0, 1, PING_SIZE_MIN, 2000, false)).toBe(true);
  });
  test("to the octet: header, identifier, number, ab cd to the end", () => {
    for (let turn: u32 = 0; turn < 3; turn++) {
      const size: u32 = turn == 0 ? PING_SIZE_MIN : turn == 1 ? 101 : 3000;
      expect(ping.start(FAR, OURS, 1, size, 2000, turn == 1)).toBe(true);
      const packet = sends() as Packet;
      expect<u32>(packet.len).toBe(size);
      expect<u32>(ipv4.check(packet.ptr, size)).toBe(<u32>Drop.NONE);
      expect<u32>(ipv4.source(packet.ptr)).toBe(OURS);
      expect<u32>(ipv4.destination(packet.ptr)).toBe(FAR);
      expect<u32>(ipv4.protocol(packet.ptr)).toBe(1);
      expect<u32>(ipv4.ttl(packet.ptr)).toBe(255);
      expect<u32>(ipv4.tos(packet.ptr)).toBe(0);
      expect<u32>(ipv4.fragmentWord(packet.ptr)).toBe(turn == 1 ? <u32>Flag.DF : 0);
      const p = packet.ptr + 20;
      expect<u32>(wire.check(p, size - 20)).toBe(<u32>Drop.NONE);
      expect<u32>(wire.type(p) | (wire.code(p) << 8)).toBe(8);
      expect<u32>(wire.sequence(p)).toBe(1);
      let right = true;
      for (let i: u32 = 8; i < size - 20; i++) right = right && load<u8>(p + i) == (i & 1 ? 0xcd : 0xab);
      expect(right).toBe(true);
      ping.stop();
    }
  });
  test("one at a time, numbered; each run has an identifier of its own", () => {
    ping.start(FAR, 0, 3, 100, 2000, false);
    sends();
    const id = wire.identifier(message());
    expect(outgoing.next() == null && sends() == null).toBe(true);
    ping.stop();
    ping.start(FAR, 0, 2, 100, 2000, false);
    sends();
    expect<u32>(wire.identifier(message())).toBe((id + 1) & 0xffff);
    ping.replied(message(), 8);
    sends();
    expect<u32>(wire.sequence(message())).toBe(2);
    ping.replied(message(), 8);
    expect(sends() == null).toBe(true);
    expect<u32>(ping.poll()).toBe(NO_DEADLINE);
  });
  test("no buffer: counted, and it times out like any other", () => {
    ping.start(FAR, 0, 1, 100, 2000, false);
    while (packets.alloc()) {}
    expect(sends() == null).toBe(true);
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(1);
    clock.set(3000);
    ping.poll();
    expect<u32>(ping.take()).toBe(Outcome.TIMEOUT);
  });
});

describe("outcomes", () => {
  test("replies with their times, a silence to the millisecond", () => {
    ping.start(FAR, 0, 4, 100, 2000, false);
    expect<u32>(ping.take()).toBe(Outcome.NONE);
    sends();
    expect<u32>(ping.poll()).toBe(2000);
    clock.set(1007);
    ping.replied(message(), 8);
    expect(ping.settled()).toBe(true);
    ping.replied(message(), 8);
    expect<u32>(ping.received).toBe(1, "no answer twice");
    sends();
    clock.set(1010);
    ping.replied(message(), 8);
    sends();
    clock.set(1050);
    ping.replied(message(), 8);
    sends();
    clock.set(3049);
    expect<u32>(ping.poll()).toBe(1);
    expect(ping.busy()).toBe(true);
    clock.set(3050);
    expect<u32>(ping.poll()).toBe(NO_DEADLINE);
    for (let i = 0; i < 3; i++) expect<u32>(ping.take()).toBe(Outcome.REPLY);
    expect(ping.busy()).toBe(true);
    expect<u32>(ping.take()).toBe(Outcome.TIMEOUT);
    expect<u32>(ping.take()).toBe(Outcome.NONE);
    expect(ping.busy() || ping.settled()).toBe(false);
    expect<u32>(ping.sent).toBe(4);
    expect<u32>(ping.received).toBe(3);
    expect<u32>(ping.shortest).toBe(3);
    expect<u32>(ping.longest).toBe(40);
    expect<u32>(ping.last).toBe(40);
    expect<u64>(ping.sum).toBe(50);
  });
  test("errors: what quotes the request under way, to its destination, whole enough", () => {
    const TYPES: StaticArray<u32> = [3, 3, 3, 11];
    const CODES: StaticArray<u32> = [1, 3, 4, 0];
    for (let i = 0; i < 4; i++) {
      ping.start(FAR, 0, 1, 100, 2000, false);
      sends();
      const p = (request as Packet).ptr;
      fails(TYPES[i], CODES[i], 27);
      fails(TYPES[i], CODES[i], 19);
      ipv4.setSource(p, 1);
      store<u8>(p, 17, 9);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, 1, 9);
      store<u8>(p, <u8>(load<u8>(p, 19) + 1), 19);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, <u8>(load<u8>(p, 19) - 1), 19);
      store<u8>(p, 1, 7);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, 0, 7);
      store<u8>(p, 0x44);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, 0x46);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, 0x45);
      store<u8>(p, 0, 20);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, 8, 20);
      store<u8>(p, <u8>(load<u8>(p, 25) + 1), 25);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, <u8>(load<u8>(p, 25) - 1), 25);
      store<u8>(p, 9, 27);
      fails(TYPES[i], CODES[i]);
      store<u8>(p, 1, 27);
      expect(ping.settled()).toBe(false, "each of them is of another datagram");
      fails(TYPES[i], CODES[i]);
      expect<u32>(ping.take()).toBe(i == 2 ? Outcome.TOO_BIG : i == 3 ? Outcome.EXCEEDED : Outcome.UNREACHABLE);
      expect(ping.busy()).toBe(false);
    }
  });
  test("what could not leave", () => {
    ping.start(FAR, 0, 2, 100, 2000, false);
    sends();
    store<u8>(message(), 0);
    ping.refused(message(), Outcome.TOO_BIG);
    expect(ping.settled()).toBe(false, "a reply of ours");
    store<u8>(message(), 8);
    ping.refused(message(), Outcome.TOO_BIG);
    expect<u32>(ping.take()).toBe(Outcome.TOO_BIG);
    sends();
    ping.refused(message(), Outcome.UNREACHABLE);
    expect<u32>(ping.take()).toBe(Outcome.UNREACHABLE);
  });
  test("a console that takes none holds the next one up", () => {
    ping.start(FAR, 0, 100, 100, 2000, false);
    for (let i: u32 = 0; i < 32; i++) {
      expect(sends() != null).toBe(true);
      ping.replied(message(), 8);
    }
    expect(sends() == null).toBe(true);
    expect<u32>(ping.poll()).toBe(NO_DEADLINE);
    expect<u32>(ping.take()).toBe(Outcome.REPLY);
    expect(sends() != null).toBe(true);
    fails(3, 1);
    for (let i = 0; i < 31; i++) expect<u32>(ping.take()).toBe(Outcome.REPLY);
    expect<u32>(ping.take()).toBe(Outcome.UNREACHABLE, "in order");
    ping.stop();
  });
});
