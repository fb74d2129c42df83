// What ICMP says of us, octet by octet: errors with what they quote, about what there is none, how many there are; echo replies.
import * as icmp from "../../../assembly/net/icmp";
import * as interfaces from "../../../assembly/net/interface";
import * as outgoing from "../../../assembly/net/outgoing";
import { ICMP_ERROR_BURST, ICMP_ERROR_MAX, ICMP_ERROR_RATE, PORTS } from "../../../assembly/limits";
import * as clock from "../../../assembly/util/clock";
import * as log from "../../../assembly/util/log";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import * as pools from "../../../assembly/util/pool";
import { Drop, clearDropCounts, dropCount } from "../../../assembly/util/status";
import * as checksums from "../../../assembly/wire/checksum";
import * as wire from "../../../assembly/wire/icmp";
import * as ipv4 from "../../../assembly/wire/ipv4";

const OURS: u32 = 0x0a010001;
const STATION: u32 = 0x0a01000a;
const FAR: u32 = 0x0a4d0001;

/** A datagram of `len` octets behind its header, counting up. */
function datagram(len: u32, src: u32 = STATION, dst: u32 = FAR, protocol: u32 = 17, flags: u32 = 0): Packet {
  const packet = packets.alloc() as Packet;
  packet.len = 20 + len;
  ipv4.emit(packet.ptr, 8, packet.len, 77, flags, 9, protocol, src, dst);
  for (let i: u32 = 0; i < len; i++) store<u8>(packet.ptr + 20 + i, <u8>(i * 3 + 1));
  return packet;
}

/** Whether there is an error about it. */
function reported(packet: Packet): bool {
  icmp.error(packet, wire.Type.UNREACHABLE, wire.Unreachable.HOST, 0, OURS);
  packets.free(packet);
  const message = outgoing.next();
  if (message) packets.free(message);
  return message != null;
}

beforeEach(() => {
  pools.forgetPools();
  clock.init(5000, 0);
  log.init();
  packets.init();
  interfaces.init();
  interfaces.setAddress(0, OURS, 0xffffff00);
  outgoing.init(0);
  icmp.init();
  clearDropCounts();
});

describe("errors", () => {
  test("quote the datagram from its header on, as much as fits 576 octets; checksums, TTL, precedence 6", () => {
    for (let turn = 0; turn < 4; turn++) {
      const len: u32 = turn == 0 ? 30 : turn == 1 ? 528 : turn == 2 ? 529 : 1200;
      const packet = datagram(len);
      const size = packet.len;
      icmp.error(packet, wire.Type.UNREACHABLE, wire.Unreachable.FRAGMENTATION_NEEDED, 1380, OURS);
      expect<u32>(packet.len).toBe(size, "the packet stays as it was");
      const message = outgoing.next() as Packet;
      const quoted = min(size, <u32>548);
      expect<u32>(message.len).toBe(28 + quoted);
      expect<u32>(ICMP_ERROR_MAX).toBe(576);
      expect<u32>(ipv4.check(message.ptr, message.len)).toBe(<u32>Drop.NONE);
      expect<u32>(ipv4.source(message.ptr)).toBe(OURS);
      expect<u32>(ipv4.destination(message.ptr)).toBe(STATION);
      expect<u32>(ipv4.protocol(message.ptr)).toBe(1);
      expect<u32>(ipv4.tos(message.ptr)).toBe(0xc0);
      expect<u32>(load<u8>(message.ptr, 8)).toBe(64);
      expect<u32>(ipv4.fragmentWord(message.ptr)).toBe(0);
      const body = message.ptr + 20;
      expect<u32>(load<u32>(body) & 0xffff).toBe(0x0403);
      expect<u32>(bswap<u32>(load<u32>(body, 4))).toBe(1380);
      expect<u32>(checksums.compute(body, 8 + quoted)).toBe(0);
      expect<i32>(memory.compare(body + 8, packet.ptr, <usize>quoted)).toBe(0, "the quote");
      packets.free(message);
      packets.free(packet);
    }
    expect<bool>(outgoing.next() == null).toBe(true);
  });

  test("there is none about a later fragment, an error, nobody's or everybody's datagram, half a header", () => {
    expect(reported(datagram(40))).toBe(true);
    expect(reported(datagram(40, STATION, FAR, 17, 0x2000))).toBe(true, "a first fragment");
    expect(reported(datagram(40, STATION, FAR, 17, 1))).toBe(false, "a later one");
    const SOURCES: StaticArray<u32> = [0, 0x7f000001, 0xe0000001, 0xffffffff, OURS, 0x0a0100ff];
    for (let i = 0; i < SOURCES.length; i++) expect(reported(datagram(40, SOURCES[i]))).toBe(false, `source ${i}`);
    expect(reported(datagram(40, STATION, 0xe0000005))).toBe(false, "to a group");
    expect(reported(datagram(40, STATION, 0x0a0100ff))).toBe(false, "to all of a network");
    for (let type: u32 = 0; type < 19; type++) {
      const packet = datagram(40, STATION, FAR, 1);
      store<u8>(packet.ptr + 20, <u8>type);
      const error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
      expect(reported(packet)).toBe(!error, `ICMP type ${type}`);
    }
    expect(reported(datagram(0, STATION, FAR, 1))).toBe(false, "ICMP without a message");
    expect(reported(datagram(0))).toBe(true, "a header alone");
    const short = datagram(0);
    short.len = 19;
    expect(reported(short)).toBe(false);
  });

  test("a burst, then so many in a second; what is too much is counted", () => {
    for (let i: u32 = 0; i < ICMP_ERROR_BURST; i++) expect(reported(datagram(8))).toBe(true);
    expect(reported(datagram(8))).toBe(false);
    expect<u32>(dropCount(Drop.ICMP_RATE_LIMIT)).toBe(1);
    const one = 1000 / ICMP_ERROR_RATE;
    clock.set(5000 + one - 1);
    expect(reported(datagram(8))).toBe(false);
    clock.set(5000 + one);
    expect(reported(datagram(8))).toBe(true);
    expect(reported(datagram(8))).toBe(false);
    for (let hours: u32 = 1; hours < 1000; hours *= 100) {
      clock.set(hours * 3600000);
      for (let i: u32 = 0; i < ICMP_ERROR_BURST; i++) expect(reported(datagram(8))).toBe(true);
      expect(reported(datagram(8))).toBe(false, "no more than a burst is saved up");
    }
    expect<u32>(dropCount(Drop.ICMP_RATE_LIMIT)).toBe(5);
  });

  test("each interface and the tunnels have a bucket, and what carries a path MTU has as many of its own", () => {
    for (let kind: u32 = 0; kind <= 2 * PORTS; kind++) {
      const from = kind % (PORTS + 1);
      const code: u32 = kind > PORTS ? wire.Unreachable.FRAGMENTATION_NEEDED : wire.Unreachable.HOST;
      for (let i: u32 = 0; i <= ICMP_ERROR_BURST; i++) {
        const packet = datagram(8);
        if (from == PORTS) packet.spi = 0x100;
        else packet.port = from;
        icmp.error(packet, wire.Type.UNREACHABLE, code, 0, OURS);
        packets.free(packet);
        const message = outgoing.next();
        expect(message != null).toBe(i < ICMP_ERROR_BURST);
        if (!message) continue;
        expect<u32>(message.answers).toBe(from == PORTS ? 0x100 : 0);
        expect<u32>(message.spi).toBe(0);
        packets.free(message);
      }
    }
  });

  test("no buffer: dropped and counted, the packet stays", () => {
    const packet = datagram(60);
    while (packets.alloc()) {}
    icmp.error(packet, 3, 1, 0, OURS);
    expect<bool>(outgoing.next() == null).toBe(true);
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(1);
    expect<u32>(packet.len).toBe(80);
  });
});

describe("echo", () => {
  test("a request goes back as it came, its options off, the addresses exchanged, with its TOS", () => {
    for (let options: u32 = 0; options < 2; options++) {
      const packet = packets.alloc() as Packet;
      const header: u32 = options ? 24 : 20;
      packet.len = header + 8 + 50;
      ipv4.emit(packet.ptr, 0x28, packet.len, 5, 0, 3, 1, STATION, OURS);
      if (options) {
        store<u8>(packet.ptr, 0x46);
        store<u32>(packet.ptr, 0x00000494, 20);
      }
      const at = packet.ptr + header;
      for (let i: u32 = 0; i < 50; i++) store<u8>(at + 8 + i, <u8>(i * 5));
      wire.emit(at, wire.Type.ECHO, 0, 0x1234, 9, 58);
      packet.spi = 77;
      packet.depth = 2;
      icmp.reply(packet);
      const reply = outgoing.next() as Packet;
      expect<u32>(reply.len).toBe(78);
      expect<u32>(ipv4.check(reply.ptr, reply.len)).toBe(<u32>Drop.NONE);
      expect<u32>(ipv4.headerLength(reply.ptr)).toBe(20);
      expect<u32>(ipv4.source(reply.ptr)).toBe(OURS);
      expect<u32>(ipv4.destination(reply.ptr)).toBe(STATION);
      expect<u32>(ipv4.tos(reply.ptr)).toBe(0x28);
      expect<u32>(ipv4.protocol(reply.ptr)).toBe(1);
      expect<u32>(load<u8>(reply.ptr, 8)).toBe(64);
      expect<u32>(load<u16>(reply.ptr, 20)).toBe(0);
      expect<u32>(wire.check(reply.ptr + 20, 58)).toBe(<u32>Drop.NONE);
      expect<u32>(wire.identifier(reply.ptr + 20)).toBe(0x1234);
      expect<u32>(wire.sequence(reply.ptr + 20)).toBe(9);
      for (let i: u32 = 0; i < 50; i++) expect<u32>(load<u8>(reply.ptr + 28 + i)).toBe((i * 5) & 255);
      expect<u32>(reply.spi + reply.depth).toBe(0, "it is a datagram of ours now");
      packets.free(reply);
    }
  });
});
