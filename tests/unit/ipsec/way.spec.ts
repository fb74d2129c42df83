import * as espOut from "../../../assembly/ipsec/esp_out";
import * as inbound from "../../../assembly/ipsec/inbound";
import * as outbound from "../../../assembly/ipsec/outbound";
import * as pmtu from "../../../assembly/ipsec/pmtu";
import { HELD_PACKETS_PER_POLICY } from "../../../assembly/limits";
import { Policy } from "../../../assembly/sadb/policies/policy";
import * as spd from "../../../assembly/sadb/policies/spd";
import { SA } from "../../../assembly/sadb/sas/sa";
import * as sad from "../../../assembly/sadb/sas/sad";
import { Action } from "../../../assembly/sadb/settings/crypto_map";
import { Work, WorkItem } from "../../../assembly/sadb/work";
import * as acquire from "../../../assembly/sadb/work";
import * as fragment from "../../../assembly/net/fragment";
import { get16, put16, put32 } from "../../../assembly/util/bytes";
import { Packet, PacketQueue } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop, dropCount } from "../../../assembly/util/status";
import * as icmp from "../../../assembly/wire/icmp";
import * as ipv4 from "../../../assembly/wire/ipv4";
import {
  ALPHA, BETA, NET_A, NET_B, WILD_16, arrive, datagram, entry, list, mirror, pair, parameters, pass, permit, poll, ref, rooms, suite, tunnel, work,
} from "../sadb/world";
import { process } from "./whole_way";

let policy: Policy = changetype<Policy>(0);

beforeEach(() => {
  rooms();
  policy = tunnel();
  suite(policy, 12, 128, 2);
});

describe("outbound", () => {
  test("without an SA: IKE is asked once, a few packets wait, the rest is dropped", () => {
    const other = datagram(NET_A + 1, 0x08080808, 1, 60);
    expect(process(other, 1)).toBe(outbound.Verdict.BYPASS);
    expect(process(other, 0)).toBe(outbound.Verdict.BYPASS);
    packets.free(other);
    for (let i: u32 = 0; i < HELD_PACKETS_PER_POLICY; i++) {
      expect(process(datagram(NET_A + 1, NET_B + 1, 1, 60), 1)).toBe(outbound.Verdict.HELD);
    }
    const more = datagram(NET_A + 1, NET_B + 1, 1, 60);
    expect(process(more, 1)).toBe(outbound.Verdict.DISCARD);
    expect(dropCount(Drop.HELD_FULL)).toBe(1);
    const item = acquire.next() as WorkItem;
    expect(item.kind).toBe(Work.ACQUIRE);
    expect(item.policy).toBe(policy.slot);
    expect(work()).toBe(0);
    pass(5000);
    process(more, 1);
    expect(work()).toBe(Work.ACQUIRE);
    policy.nextAcquire = u64.MAX_VALUE;
    pass(50000);
    process(more, 1);
    expect(work()).toBe(0);
    poll();
    expect(dropCount(Drop.HELD_TIMEOUT)).toBe(4);
    expect(process(more, 1)).toBe(outbound.Verdict.HELD);
    pair(policy);
    expect(ref(outbound.released())).toBe(ref(more));
    expect(process(more, 1)).toBe(outbound.Verdict.PROTECTED);
    packets.free(more);
  });

  test("the outer header: addresses, TTL, TOS and DF copied, checksum right", () => {
    const sa = pair(policy).pair as SA;
    const packet = datagram(NET_A + 1, NET_B + 1, 1, 100, 0x4000);
    ipv4.emit(packet.ptr, 0xb9, 100, 5, 0x4000, 63, 1, NET_A + 1, NET_B + 1);
    expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
    const p = packet.ptr;
    expect(ipv4.check(p, packet.len)).toBe(Drop.NONE);
    expect(ipv4.totalLength(p)).toBe(packet.len);
    expect(packet.len).toBe(20 + 8 + 16 + 112 + 12);
    expect(ipv4.source(p)).toBe(ALPHA);
    expect(ipv4.destination(p)).toBe(BETA);
    expect(packet.src).toBe(ALPHA);
    expect(packet.dst).toBe(BETA);
    expect(ipv4.protocol(p)).toBe(50);
    expect(ipv4.ttl(p)).toBe(64);
    expect(ipv4.tos(p)).toBe(0xb9);
    expect(ipv4.dontFragment(p)).toBe(true);
    expect(<u32>sa.packets).toBe(1);
    const id = ipv4.identification(p);
    packets.free(packet);
    const next = datagram(NET_A + 1, NET_B + 1, 1, 100);
    process(next, 1);
    expect(ipv4.dontFragment(next.ptr)).toBe(false);
    expect(ipv4.identification(next.ptr)).toBe(id + 1);
    packets.free(next);
  });

  test("ESP in UDP: ports, length, no checksum", () => {
    parameters.encapsulated = true;
    parameters.localPort = 4500;
    parameters.peerPort = 10077;
    pair(policy);
    const packet = datagram(NET_A + 1, NET_B + 1, 1, 100);
    expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
    const p = packet.ptr;
    expect(ipv4.protocol(p)).toBe(17);
    expect(get16(p + 20)).toBe(4500);
    expect(get16(p + 22)).toBe(10077);
    expect(get16(p + 24)).toBe(packet.len - 20);
    expect(get16(p + 26)).toBe(0);
    packets.free(packet);
  });

  test("discard policies, and fragments that show no ports where ports decide", () => {
    permit(list("BAD"), 0, NET_A, WILD_16, NET_B + 9, 0);
    entry("CM", 5, Action.DISCARD, "BAD", 0);
    permit(list("DNS"), 17, 0x0a050000, WILD_16, NET_B, WILD_16, 53);
    entry("CM", 7, Action.PROTECT, "DNS", BETA);
    const bad = datagram(NET_A + 1, NET_B + 9, 1, 60);
    expect(process(bad, 1)).toBe(outbound.Verdict.DISCARD);
    packets.free(bad);
    const later = datagram(0x0a050001, NET_B + 1, 17, 60, 10);
    expect(process(later, 1)).toBe(outbound.Verdict.DISCARD);
    packets.free(later);
    expect(dropCount(Drop.POLICY_DISCARD)).toBe(2);
    const first = datagram(0x0a050001, NET_B + 1, 17, 60);
    put32(first.ptr + 20, 0x04000035);
    expect(process(first, 1)).toBe(outbound.Verdict.HELD);
  });

  test("too long for the tunnel: the datagram stays as it is, its pieces go", () => {
    permit(list("DNS"), 17, 0x0a050000, WILD_16, NET_B, WILD_16, 53);
    entry("CM", 7, Action.PROTECT, "DNS", BETA);
    spd.refresh();
    const dns = spd.orderedAt(0);
    suite(dns, 12, 128, 2);
    pair(dns);
    const packet = datagram(0x0a050001, NET_B + 1, 17, 1439);
    put32(packet.ptr + 20, 0x04000035);
    expect(process(packet, 1)).toBe(outbound.Verdict.TOO_BIG);
    expect(packet.mtu).toBe(1438);
    expect(packet.len).toBe(1439);
    expect(ipv4.check(packet.ptr, packet.len)).toBe(Drop.NONE);
    const pieces = new PacketQueue();
    fragment.split(packet, 1438, pieces);
    for (let piece = pieces.pop(); piece; piece = pieces.pop()) {
      expect(process(piece, 1)).toBe(outbound.Verdict.PROTECTED);
      packets.free(piece);
    }
    const stray = datagram(0x0a050001, NET_B + 1, 17, 60, 177);
    expect(process(stray, 1)).toBe(outbound.Verdict.DISCARD);
    packets.free(stray);
  });

  test("a buffer without room: counted, not overrun", () => {
    pair(policy);
    const packet = datagram(NET_A + 1, NET_B + 1, 1, 100);
    memory.copy(packet.ptr - 100, packet.ptr, 100);
    packet.ptr -= 100;
    expect(process(packet, 1)).toBe(outbound.Verdict.DISCARD);
    expect(dropCount(Drop.NO_BUFFER)).toBe(1);
    packets.free(packet);
  });
});

describe("the tunnel's MTU", () => {
  test("by suite: the longest datagram that fits 1500 octets, and one octet more does not", () => {
    const suites: u32[][] = [[2, 0, 1, 1446], [3, 0, 2, 1446], [12, 128, 2, 1438], [12, 256, 5, 1438], [12, 256, 6, 1422], [12, 256, 7, 1422]];
    for (let i = 0; i < suites.length; i++) {
      suite(policy, suites[i][0], suites[i][1], suites[i][2]);
      const sa = pair(policy);
      expect(pmtu.ofSa(sa.pair as SA, 1)).toBe(suites[i][3]);
      const packet = datagram(NET_A + 1, NET_B + 1, 1, suites[i][3]);
      expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
      expect(packet.len).toBeLessThan(1501);
      expect(packet.len + <u32>sa.align).toBeGreaterThan(1500);
      packets.free(packet);
      sad.remove(sa);
    }
  });

  test("ICMP about our ESP is believed, within bounds, for ten minutes", () => {
    const sa = pair(policy).pair as SA;
    const packet = datagram(NET_A + 1, NET_B + 1, 1, 1400);
    process(packet, 1);
    const p = packet.ptr;
    expect(pmtu.learn(p, 28, 1400)).toBe(true);
    expect(pmtu.pathMtu(sa)).toBe(1400);
    expect(pmtu.ofSa(sa, 1)).toBe(1342);
    expect(pmtu.learn(p, 28, 1450)).toBe(true);
    expect(pmtu.pathMtu(sa)).toBe(1400, "only ever lower");
    expect(pmtu.learn(p, 28, 68)).toBe(true);
    expect(pmtu.pathMtu(sa)).toBe(576);
    const newer = pair(policy).pair as SA;
    expect(pmtu.pathMtu(newer)).toBe(576, "a new SA goes the same path");
    pass(600000);
    expect(pmtu.pathMtu(sa)).toBe(0);
    expect(pmtu.learn(p, 28, 0)).toBe(true);
    expect(pmtu.pathMtu(sa) != 0 || pmtu.pathMtu(newer) != 0).toBe(true);
    packets.free(packet);
  });

  test("forged ICMP is not", () => {
    const sa = pair(policy).pair as SA;
    const packet = datagram(NET_A + 1, NET_B + 1, 1, 1400);
    process(packet, 1);
    const p = packet.ptr;
    for (let len: u32 = 0; len < 28; len++) expect(pmtu.learn(p, len, 1000)).toBe(false);
    expect(pmtu.learn(p, 28, 1500)).toBe(false, "no smaller than the packet");
    put32(p + 20, 0x55555555);
    expect(pmtu.learn(p, 28, 1000)).toBe(false, "another SPI");
    put32(p + 20, sa.spi);
    put32(p + 12, ALPHA + 1);
    expect(pmtu.learn(p, 28, 1000)).toBe(false, "not from us");
    put32(p + 12, ALPHA);
    put32(p + 16, BETA + 1);
    expect(pmtu.learn(p, 28, 1000)).toBe(false, "not to the peer");
    expect(pmtu.pathMtu(sa)).toBe(0);
    packets.free(packet);
  });
});

describe("inbound", () => {
  test("out and in again: the same octets, in the same place", () => {
    const sa = mirror();
    for (let round = 0; round < 2; round++) {
      for (let i: u32 = 0; i < 300; i++) {
        const packet = datagram(0x0a000001, 0x0a000002, 1, 20 + i);
        const home = packet.ptr;
        expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
        arrive(packet);
        expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
        expect(packet.ptr).toBe(home);
        expect(packet.len).toBe(20 + i);
        expect(packet.spi).toBe(sa.spi);
        expect(load<u8>(home + 20 + i - 1)).toBe(i ? <u8>((19 + i) * 11 + 20 + i) : load<u8>(home + 19));
        packets.free(packet);
      }
    }
    expect(<u32>sa.packets).toBe(600);
    expect(sa.errors).toBe(0);
  });

  test("unknown SPIs are counted each, reported once a second", () => {
    for (let i: u32 = 0; i < 5; i++) {
      const packet = datagram(BETA, ALPHA, 50, 60);
      put32(packet.ptr + 20, 0x1000 + i);
      arrive(packet);
      expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.DROP);
      packets.free(packet);
    }
    expect(dropCount(Drop.ESP_UNKNOWN_SPI)).toBe(5);
    const item = acquire.next() as WorkItem;
    expect(item.kind).toBe(Work.UNKNOWN_SPI);
    expect(item.spi).toBe(0x1000);
    expect(item.address).toBe(BETA);
    expect(work()).toBe(0);
    const short = datagram(BETA, ALPHA, 50, 27);
    arrive(short);
    expect(inbound.receive(short, 50)).toBe(inbound.Verdict.DROP);
    expect(dropCount(Drop.ESP_TOO_SHORT)).toBe(1);
    packets.free(short);
    // A larval SA has no keys yet.
    const larval = sad.reserve(policy) as SA;
    const early = datagram(BETA, ALPHA, 50, 60);
    put32(early.ptr + 20, larval.spi);
    arrive(early);
    expect(inbound.receive(early, 50)).toBe(inbound.Verdict.DROP);
    expect(dropCount(Drop.ESP_UNKNOWN_SPI)).toBe(6);
    packets.free(early);
  });

  test("other addresses, and UDP where none was agreed", () => {
    const sa = mirror();
    for (let i = 0; i < 3; i++) {
      const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
      process(packet, 1);
      arrive(packet);
      if (i == 0) packet.src = BETA;
      else if (i == 1) packet.dst = BETA;
      else packet.srcPort = 4500;
      expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.DROP);
      packets.free(packet);
    }
    expect(dropCount(Drop.ESP_WRONG_ADDRESS)).toBe(3);
    expect(sa.sequence).toBe(0);
  });

  test("a mapping that moved is told once it is authentic", () => {
    const sa = mirror(true);
    for (let i = 0; i < 4; i++) {
      const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
      expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
      arrive(packet);
      if (i > 0) packet.srcPort = 31000;
      if (i == 1) store<u8>(packet.ptr + 40, load<u8>(packet.ptr + 40) ^ 1);
      expect(inbound.receive(packet, 50)).toBe(i == 1 ? inbound.Verdict.DROP : inbound.Verdict.INNER);
      packets.free(packet);
      if (i == 2) {
        const item = acquire.next() as WorkItem;
        expect(item.kind).toBe(Work.MAPPING);
        expect(item.spi).toBe(sa.spi);
        expect(item.address).toBe(ALPHA);
        expect(item.port).toBe(31000);
      } else expect(work()).toBe(0);
    }
    // An older packet that was late says nothing of where the peer is now.
    const late = datagram(0x0a000001, 0x0a000002, 1, 60);
    const newer = datagram(0x0a000001, 0x0a000002, 1, 60);
    process(late, 1);
    process(newer, 1);
    arrive(late);
    arrive(newer);
    pass(10000);
    expect(inbound.receive(newer, 50)).toBe(inbound.Verdict.INNER);
    late.srcPort = 5;
    expect(inbound.receive(late, 50)).toBe(inbound.Verdict.INNER);
    expect(work()).toBe(0);
    packets.free(late);
    packets.free(newer);
  });

  test("an inner datagram of other selectors, or none at all", () => {
    const sa = mirror();
    const out = sa.pair as SA;
    sa.selector.remoteLast = sa.selector.remoteFirst;
    const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
    process(packet, 1);
    arrive(packet);
    expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.DROP);
    expect(dropCount(Drop.POLICY_WRONG_SA)).toBe(1);
    packets.free(packet);
    const rubbish = datagram(0x0a000001, 0x0a000002, 1, 60);
    put16(rubbish.ptr + 10, 0x1234);
    process(rubbish, 1);
    arrive(rubbish);
    expect(inbound.receive(rubbish, 50)).toBe(inbound.Verdict.DROP);
    expect(dropCount(Drop.ESP_INNER)).toBe(1);
    packets.free(rubbish);
    expect(sa.errors).toBe(2);
    expect(out.errors).toBe(0);
  });

  test("authentic rubbish of every kind: dropped, never a trap", () => {
    const sa = mirror();
    const out = sa.pair as SA;
    let random: u32 = 4711;
    let through = 0;
    for (let i: u32 = 0; i < 3000; i++) {
      const packet = packets.alloc() as Packet;
      random = random * 1664525 + 1013904223;
      packet.len = (random >>> 8) % 80;
      for (let k: u32 = 0; k < packet.len; k++) {
        random = random * 1664525 + 1013904223;
        store<u8>(packet.ptr + k, <u8>(random >>> 24));
      }
      // Half of them begin like a header, so that the checks behind the first are met as well.
      if (packet.len >= 20 && (i & 1) != 0) {
        store<u8>(packet.ptr, <u8>(0x45 + (random >>> 30)));
        put16(packet.ptr + 2, packet.len - ((random >>> 28) & 1));
        if ((random & 0x10000) != 0) ipv4.setChecksum(packet.ptr);
      }
      expect(espOut.seal(out, packet, (random >>> 20) % 3 == 0 ? 59 : 4)).toBe(Drop.NONE);
      packet.src = packet.dst = ALPHA;
      if (inbound.receive(packet, 50) == inbound.Verdict.INNER) through++;
      packets.free(packet);
    }
    expect(through).toBeLessThan(3);
    expect(dropCount(Drop.ESP_INNER)).toBeGreaterThan(1000);
  });

  test("a packet of no content is dropped without a fault", () => {
    const sa = mirror();
    const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(sa.pair as SA, packet, 59);
    packet.src = packet.dst = ALPHA;
    expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.DROP);
    expect(sa.errors).toBe(0);
    packets.free(packet);
    const transport = datagram(0x0a000001, 0x0a000002, 1, 60);
    espOut.seal(sa.pair as SA, transport, 1);
    transport.src = transport.dst = ALPHA;
    expect(inbound.receive(transport, 50)).toBe(inbound.Verdict.DROP);
    expect(dropCount(Drop.ESP_NEXT_HEADER)).toBe(1);
    packets.free(transport);
  });

  test("what follows the inner datagram is padding against traffic analysis, and taken off (RFC 4303, 2.7)", () => {
    const sa = mirror();
    for (let more: u32 = 0; more < 300; more += 37) {
      const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
      packet.len += more;
      espOut.seal(sa.pair as SA, packet, 4);
      packet.src = packet.dst = ALPHA;
      expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
      expect(packet.len).toBe(60);
      expect(ipv4.totalLength(packet.ptr)).toBe(60);
      packets.free(packet);
    }
  });

  test("an error of a router that nobody negotiated: for who sent what it quotes, and for nobody else (RFC 4301, 6.2)", () => {
    const sa = mirror();
    const s = sa.selector;
    s.localFirst = s.localLast = 0x0a000001;
    s.remoteFirst = s.remoteLast = 0x0a000002;
    for (let i = 0; i < 3; i++) {
      // From 10.0.0.9, about a datagram of 10.0.0.1's to 10.0.0.2; to that one, to another, about another's.
      const packet = datagram(0x0a000009, i == 1 ? 0x0a000005 : 0x0a000001, 1, 56);
      ipv4.emit(packet.ptr + 28, 0, 500, 7, 0, 63, 17, i == 2 ? 0x0a000005 : 0x0a000001, 0x0a000002);
      icmp.emit(packet.ptr + 20, 11, 0, 0, 0, 36);
      espOut.seal(sa.pair as SA, packet, 4);
      packet.src = packet.dst = ALPHA;
      expect(inbound.receive(packet, 50)).toBe(i ? inbound.Verdict.DROP : inbound.Verdict.INNER);
      expect(dropCount(Drop.POLICY_WRONG_SA)).toBe(i);
      packets.free(packet);
    }
  });

  test("a later fragment goes through an SA with ports", () => {
    const sa = mirror();
    sa.selector.protocol = 17;
    sa.selector.localPort = 53;
    const packet = datagram(0x0a000001, 0x0a000002, 17, 60, 20);
    process(packet, 1);
    arrive(packet);
    expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
    packets.free(packet);
    const other = datagram(0x0a000001, 0x0a000002, 17, 60);
    put32(other.ptr + 20, 0x00350036);
    process(other, 1);
    arrive(other);
    expect(inbound.receive(other, 50)).toBe(inbound.Verdict.DROP);
    packets.free(other);
  });

  test("congestion on the way is handed on where the inner datagram can bear it", () => {
    mirror();
    for (let ecn: u32 = 0; ecn < 4; ecn++) {
      const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
      ipv4.emit(packet.ptr, 0x40 | ecn, 60, 5, 0, 63, 1, 0x0a000001, 0x0a000002);
      process(packet, 1);
      arrive(packet);
      packet.tos = 0x43;
      expect(inbound.receive(packet, 50)).toBe(ecn ? inbound.Verdict.INNER : inbound.Verdict.DROP);
      if (ecn) {
        expect(ipv4.tos(packet.ptr)).toBe(0x43);
        expect(ipv4.check(packet.ptr, packet.len)).toBe(Drop.NONE);
      }
      packets.free(packet);
    }
  });

  test("plaintext that should have been ESP", () => {
    const ok = datagram(0x08080808, NET_A + 1, 1, 60);
    expect(inbound.checkPlain(ok, 1)).toBe(true);
    packets.free(ok);
    const forged = datagram(NET_B + 1, NET_A + 1, 1, 60);
    expect(inbound.checkPlain(forged, 0)).toBe(true);
    expect(inbound.checkPlain(forged, 1)).toBe(false);
    expect(dropCount(Drop.POLICY_PLAINTEXT)).toBe(1);
    permit(list("BAD"), 0, NET_A, WILD_16, NET_B, WILD_16);
    entry("CM", 1, Action.DISCARD, "BAD", 0);
    expect(inbound.checkPlain(forged, 1)).toBe(false);
    expect(dropCount(Drop.POLICY_DISCARD)).toBe(1);
    packets.free(forged);
  });
});
