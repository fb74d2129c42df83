// Why what comes in is dropped: each reason counted once, and no other (RFC 4301, 5.2).
import * as ahOut from "../../../assembly/ipsec/ah_out";
import * as espOut from "../../../assembly/ipsec/esp_out";
import * as inbound from "../../../assembly/ipsec/inbound";
import * as outbound from "../../../assembly/ipsec/outbound";
import { Policy } from "../../../assembly/sadb/policies/policy";
import { SA } from "../../../assembly/sadb/sas/sa";
import * as sad from "../../../assembly/sadb/sas/sad";
import { Work, WorkItem } from "../../../assembly/sadb/work";
import * as acquire from "../../../assembly/sadb/work";
import { put32 } from "../../../assembly/util/bytes";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop, clearDropCounts, dropCount } from "../../../assembly/util/status";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { ALPHA, BETA, arrive, bundle, datagram, hostPolicy, keymat, loop, mirror, mirrorPolicy, parameters, rooms, suite } from "../sadb/world";
import { process } from "./whole_way";

const TUNNEL: u8 = 1;
const TRANSPORT: u8 = 2;

/** A pair of AH between alpha and itself. */
function ahWorld(mode: u8): SA {
  rooms();
  const policy = mode == TRANSPORT ? hostPolicy() : mirrorPolicy();
  suite(policy, 0, 0, 2);
  parameters.protocol = 51;
  parameters.mode = mode;
  parameters.peerAddress = ALPHA;
  return loop(policy);
}

/** Expects the drop of a packet, counted under `reason` alone (NONE: under nothing), and frees it. */
function refused(packet: Packet, protocol: u32, reason: Drop): void {
  clearDropCounts();
  const behind = dropCount(Drop.COUNT);
  expect(inbound.receive(packet, protocol)).toBe(inbound.Verdict.DROP);
  for (let i = 1; i <= <i32>Drop.COUNT; i++) {
    if (i == <i32>Drop.COUNT) expect(dropCount(<Drop>i)).toBe(behind);
    else expect(dropCount(<Drop>i)).toBe(i == <i32>reason ? 1 : 0, "reason " + i.toString());
  }
  packets.free(packet);
}

/** A datagram through the policy, its outer headers taken off again. */
function sent(src: u32, dst: u32): Packet {
  const packet = datagram(src, dst, 1, 60);
  expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
  arrive(packet);
  return packet;
}

describe("the first look", () => {
  test("too short for its header: to the octet", () => {
    rooms();
    for (let protocol: u32 = 50; protocol <= 51; protocol++) {
      const least: u32 = protocol == 51 ? 12 : 8;
      for (let len: u32 = 0; len <= least; len++) {
        const packet = datagram(ALPHA, ALPHA, protocol, 60);
        arrive(packet);
        packet.len = len;
        const whole = len == least;
        refused(packet, protocol, protocol == 51 ? (whole ? Drop.AH_UNKNOWN_SPI : Drop.AH_MALFORMED) : whole ? Drop.ESP_UNKNOWN_SPI : Drop.ESP_TOO_SHORT);
      }
    }
  });

  test("an SPI belongs to one protocol", () => {
    const esp = mirror();
    const packet = datagram(ALPHA, ALPHA, 51, 60);
    put32(packet.ptr + 24, esp.spi);
    arrive(packet);
    refused(packet, 51, Drop.AH_UNKNOWN_SPI);
    expect(esp.errors).toBe(0);
    const ah = ahWorld(TUNNEL);
    const other = datagram(ALPHA, ALPHA, 50, 60);
    put32(other.ptr + 20, ah.spi);
    arrive(other);
    refused(other, 50, Drop.ESP_UNKNOWN_SPI);
    expect(ah.errors).toBe(0);
  });

  test("an SA receives once it has keys, before it sends", () => {
    const made = mirror();
    const policy = made.policy as Policy;
    suite(policy, 12, 128, 2);
    parameters.peerAddress = ALPHA;
    const sa = sad.reserve(policy) as SA;
    const out = made.pair as SA;
    out.spi = sa.spi;
    const early = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(out, early, 4);
    early.src = early.dst = ALPHA;
    refused(early, 50, Drop.ESP_UNKNOWN_SPI);
    sad.installInbound(sa, parameters, keymat);
    const next = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(out, next, 4);
    next.src = next.dst = ALPHA;
    expect(inbound.receive(next, 50)).toBe(inbound.Verdict.INNER);
    packets.free(next);
  });

  test("AH from or to another address, or in UDP", () => {
    const sa = ahWorld(TUNNEL);
    for (let k = 0; k < 3; k++) {
      const packet = sent(0x0a000001, 0x0a000002);
      if (k == 0) packet.src = BETA;
      else if (k == 1) packet.dst = BETA;
      else packet.srcPort = 4500;
      refused(packet, 51, Drop.AH_WRONG_ADDRESS);
      expect(sa.errors).toBe(k + 1);
      expect(sa.sequence).toBe(0);
    }
  });

  test("ESP in UDP may come from anywhere, but in UDP and to us", () => {
    const sa = mirror(true);
    for (let k = 0; k < 3; k++) {
      const packet = sent(0x0a000001, 0x0a000002);
      if (k == 0) packet.dst = BETA;
      else if (k == 1) packet.srcPort = 0;
      else packet.src = BETA;
      if (k < 2) refused(packet, 50, Drop.ESP_WRONG_ADDRESS);
      else {
        expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
        packets.free(packet);
      }
    }
    expect(sa.errors).toBe(2);
  });
});

/** Takes the one item there is, and expects each value of it. */
function told(kind: Work, spi: u32, ike: u32, address: u32, port: u32, protocol: u32): void {
  expect(acquire.waiting()).toBe(1);
  const item = acquire.next() as WorkItem;
  expect(item.kind).toBe(kind);
  expect(item.policy).toBe(0);
  expect(item.spi).toBe(spi);
  expect(item.peerSpi).toBe(0);
  expect(item.ike).toBe(ike);
  expect(item.address).toBe(address);
  expect(item.port).toBe(port);
  expect(item.protocol).toBe(protocol);
}

describe("what IKE is told", () => {
  test("of an unknown SPI: protocol, and where it came from", () => {
    for (let protocol: u32 = 50; protocol <= 51; protocol++) {
      rooms();
      const packet = datagram(BETA, ALPHA, protocol, 60);
      put32(packet.ptr + 20 + (protocol == 51 ? 4 : 0), 0x89abcdef);
      arrive(packet);
      packet.srcPort = protocol == 50 ? 31000 : 0;
      refused(packet, protocol, protocol == 50 ? Drop.ESP_UNKNOWN_SPI : Drop.AH_UNKNOWN_SPI);
      told(Work.UNKNOWN_SPI, 0x89abcdef, 0, BETA, protocol == 50 ? 31000 : 0, protocol);
    }
  });

  test("of a mapping that moved: the SA, its phase 1, the new place; address or port alone, and only in UDP", () => {
    for (let k = 0; k < 3; k++) {
      const sa = mirror(true);
      sa.ike = 77;
      const packet = sent(0x0a000001, 0x0a000002);
      if (k == 1) packet.src = BETA;
      if (k == 2) packet.srcPort = 31000;
      expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
      packets.free(packet);
      if (k) told(Work.MAPPING, sa.spi, 77, k == 1 ? BETA : ALPHA, k == 1 ? 4500 : 31000, 0);
      else expect(acquire.waiting()).toBe(0);
    }
    // A packet of no content tells it as well.
    const sa = mirror(true);
    const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(sa.pair as SA, packet, 59);
    packet.src = BETA;
    packet.dst = ALPHA;
    packet.srcPort = 5;
    refused(packet, 50, Drop.NONE);
    told(Work.MAPPING, sa.spi, 1, BETA, 5, 0);
  });

  test("nothing of ports where there is no UDP", () => {
    const sa = mirror();
    sa.peerPort = 500;
    const packet = sent(0x0a000001, 0x0a000002);
    expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
    packets.free(packet);
    expect(acquire.waiting()).toBe(0);
  });

  test("where the ring is full, the next packet tells it", () => {
    mirror(true);
    while (acquire.post(Work.REKEY)) {}
    for (let k = 0; k < 2; k++) {
      const moved = sent(0x0a000001, 0x0a000002);
      moved.srcPort = 31000;
      expect(inbound.receive(moved, 50)).toBe(inbound.Verdict.INNER);
      packets.free(moved);
      const stray = datagram(BETA, ALPHA, 50, 60);
      put32(stray.ptr + 20, 0x89abcdef);
      arrive(stray);
      refused(stray, 50, Drop.ESP_UNKNOWN_SPI);
      if (k) {
        expect((acquire.next() as WorkItem).kind).toBe(Work.MAPPING);
        expect((acquire.next() as WorkItem).kind).toBe(Work.UNKNOWN_SPI);
      } else while (acquire.next()) {}
    }
    expect(acquire.waiting()).toBe(0);
  });
});

describe("what is inside", () => {
  test("tunnel mode holds IPv4 and nothing else, in AH as in ESP", () => {
    const sa = ahWorld(TRANSPORT);
    const packet = sent(ALPHA, ALPHA);
    sa.mode = TUNNEL;
    refused(packet, 51, Drop.AH_NEXT_HEADER);
    expect(sa.errors).toBe(1);
    const esp = mirror();
    const other = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(esp.pair as SA, other, 41);
    other.src = other.dst = ALPHA;
    refused(other, 50, Drop.ESP_NEXT_HEADER);
    expect(esp.errors).toBe(1);
  });

  test("congestion that the inner datagram cannot bear (RFC 6040, 4.2), another header, other selectors", () => {
    const sa = mirror();
    const congested = sent(0x0a000001, 0x0a000002);
    congested.tos = 3;
    refused(congested, 50, Drop.ESP_INNER);
    const broken = datagram(0x0a000001, 0x0a000002, 1, 60);
    store<u8>(broken.ptr + 11, load<u8>(broken.ptr + 11) ^ 1);
    espOut.seal(sa.pair as SA, broken, 4);
    broken.src = broken.dst = ALPHA;
    refused(broken, 50, Drop.ESP_INNER);
    const strange = datagram(0x08080808, 0x0a000002, 1, 60);
    espOut.seal(sa.pair as SA, strange, 4);
    strange.src = strange.dst = ALPHA;
    refused(strange, 50, Drop.POLICY_WRONG_SA);
    expect(sa.errors).toBe(3);
    expect(sa.packets).toBe(3);
  });

  test("no content: dropped and counted nowhere", () => {
    const sa = mirror();
    const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(sa.pair as SA, packet, 59);
    packet.src = packet.dst = ALPHA;
    refused(packet, 50, Drop.NONE);
    expect(sa.errors).toBe(0);
    expect(sa.packets).toBe(1);
  });

  test("padding behind the datagram is cut off (RFC 4303, 2.7)", () => {
    const sa = mirror();
    const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
    packet.len = 93;
    espOut.seal(sa.pair as SA, packet, 4);
    packet.src = packet.dst = ALPHA;
    expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
    expect(packet.len).toBe(60);
    packets.free(packet);
  });

  test("AH of a bundle holds the ESP of the same bundle, all of its header, and nothing else", () => {
    // next header, octets of it, whether its SPI is the right one, what becomes of it
    const cases: u32[][] = [[50, 7, 1, Drop.AH_NEXT_HEADER], [50, 8, 1, Drop.ESP_TOO_SHORT], [50, 40, 0, Drop.AH_NEXT_HEADER], [4, 40, 1, Drop.AH_NEXT_HEADER]];
    for (let i = 0; i < cases.length; i++) {
      rooms();
      const policy = mirrorPolicy();
      suite(policy, 12, 128, 2);
      parameters.peerAddress = ALPHA;
      const sa = bundle(policy, 5);
      const around = sa.outer as SA;
      const packet = datagram(ALPHA, ALPHA, cases[i][0], 20 + cases[i][1]);
      put32(packet.ptr + 20, sa.spi + (cases[i][2] ? 0 : 1));
      expect(ahOut.seal(around.pair as SA, packet)).toBe(Drop.NONE);
      arrive(packet);
      const inside = i == 1;
      refused(packet, 51, <Drop>cases[i][3]);
      expect(around.errors).toBe(inside ? 0 : 1);
      expect(sa.errors).toBe(inside ? 1 : 0);
      expect(around.packets).toBe(1);
    }
  });

  test("ESP of a bundle without its AH", () => {
    rooms();
    const policy = mirrorPolicy();
    suite(policy, 12, 128, 2);
    parameters.peerAddress = ALPHA;
    const sa = bundle(policy, 5);
    const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(sa.pair as SA, packet, 4);
    packet.src = packet.dst = ALPHA;
    refused(packet, 50, Drop.AH_MISSING);
    expect(sa.errors).toBe(1);
    expect((sa.outer as SA).errors).toBe(0);
  });

  test("AH in transport mode gives each datagram its own header back", () => {
    const sa = ahWorld(TRANSPORT);
    const first = datagram(ALPHA, ALPHA, 1, 60);
    ipv4.emit(first.ptr, 0xb9, 60, 7, 0x4000, 9, 1, ALPHA, ALPHA);
    expect(process(first, 1)).toBe(outbound.Verdict.PROTECTED);
    const second = sent(ALPHA, ALPHA);
    arrive(first);
    expect(inbound.receive(first, 51)).toBe(inbound.Verdict.INNER);
    expect(ipv4.tos(first.ptr)).toBe(0xb9);
    expect(ipv4.ttl(first.ptr)).toBe(9);
    expect(ipv4.identification(first.ptr)).toBe(7);
    expect(ipv4.dontFragment(first.ptr)).toBe(true);
    expect(ipv4.check(first.ptr, 60)).toBe(Drop.NONE);
    packets.free(first);
    packets.free(second);
    expect(sa.errors).toBe(0);
  });
});

describe("what cannot go out", () => {
  test("is counted, by the SA and for its reason, in both modes and protocols", () => {
    for (let mode = TUNNEL; mode <= TRANSPORT; mode++) {
      for (let protocol: u8 = 50; protocol <= 51; protocol++) {
        rooms();
        const policy = mode == TRANSPORT ? hostPolicy() : mirrorPolicy();
        suite(policy, protocol == 51 ? 0 : 12, protocol == 51 ? 0 : 128, 2);
        parameters.protocol = protocol;
        parameters.mode = mode;
        parameters.peerAddress = ALPHA;
        const out = loop(policy).pair as SA;
        out.sequence = 0xffffffff;
        const packet = datagram(ALPHA, ALPHA, 1, 60);
        if (mode == TUNNEL) ipv4.emit(packet.ptr, 0, 60, 1, 0, 64, 1, 0x0a000001, 0x0a000002);
        expect(process(packet, 1)).toBe(outbound.Verdict.DISCARD);
        expect(dropCount(Drop.ESP_SEQUENCE_END)).toBe(1);
        expect(out.errors).toBe(1);
        expect(out.packets).toBe(0);
        expect(out.sequence).toBe(0xffffffff);
        packets.free(packet);
      }
    }
  });
});
