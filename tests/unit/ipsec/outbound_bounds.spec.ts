// What leaves, at its bounds: room in front for all headers, pieces of what was too long, what waits and is asked for.
import * as outbound from "../../../assembly/ipsec/outbound";
import { HELD_PACKETS_PER_POLICY, PACKET_HEADROOM } from "../../../assembly/limits";
import { Policy } from "../../../assembly/sadb/policies/policy";
import * as spd from "../../../assembly/sadb/policies/spd";
import { SA } from "../../../assembly/sadb/sas/sa";
import * as sad from "../../../assembly/sadb/sas/sad";
import { Action } from "../../../assembly/sadb/settings/crypto_map";
import { Work, WorkItem } from "../../../assembly/sadb/work";
import * as acquire from "../../../assembly/sadb/work";
import * as fragment from "../../../assembly/net/fragment";
import { put32 } from "../../../assembly/util/bytes";
import { PACKET_HEADER, Packet, PacketQueue } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop, dropCount } from "../../../assembly/util/status";
import * as ipv4 from "../../../assembly/wire/ipv4";
import {
  ALPHA, BETA, NET_A, NET_B, WILD_16, bind, bundle, datagram, entry, hostPolicy, list, listed, loop, mirrorPolicy, pair, parameters, pass, permit, ref,
  rooms, suite, tunnel,
} from "../sadb/world";
import { process } from "./whole_way";

const HOSTS: u32 = 0x0a050000;
const pieces = new PacketQueue();

beforeEach(rooms);

/** Expects that a datagram goes with `front` octets before it, and not with one less. */
function needs(sa: SA, front: u32, src: u32, dst: u32): void {
  expect(sa.front).toBe(front);
  expect(front).toBeLessThan(PACKET_HEADROOM + 1);
  for (let room = front - 1; room <= front; room++) {
    const packet = datagram(src, dst, 1, 60);
    const p = changetype<usize>(packet) + PACKET_HEADER + room;
    memory.copy(p, packet.ptr, 60);
    packet.ptr = p;
    const drops = dropCount(Drop.NO_BUFFER);
    const errors = sa.errors;
    const fits = room == front;
    expect(process(packet, 1)).toBe(fits ? outbound.Verdict.PROTECTED : outbound.Verdict.DISCARD);
    expect(dropCount(Drop.NO_BUFFER)).toBe(drops + (fits ? 0 : 1));
    expect(sa.errors).toBe(errors + (fits ? 0 : 1));
    if (fits) {
      expect(packet.headroom).toBe(0);
      expect(ipv4.check(packet.ptr, packet.len)).toBe(Drop.NONE);
      expect(ipv4.totalLength(packet.ptr)).toBe(packet.len);
      expect(packet.src).toBe(ALPHA);
      expect(packet.dst).toBe(ALPHA);
    } else {
      expect(packet.ptr).toBe(p);
      expect(packet.len).toBe(60);
    }
    packets.free(packet);
  }
}

describe("room in front", () => {
  test("for every header of each kind of SA: to the octet", () => {
    for (let mode: u8 = 1; mode <= 2; mode++) {
      for (let kind = 0; kind < 4; kind++) {
        rooms();
        const policy = mode == 2 ? hostPolicy() : mirrorPolicy();
        suite(policy, kind == 2 ? 0 : 12, kind == 2 ? 0 : 128, 2);
        parameters.mode = mode;
        parameters.peerAddress = ALPHA;
        if (kind == 1) {
          parameters.encapsulated = true;
          parameters.localPort = parameters.peerPort = 4500;
        }
        if (kind == 2) parameters.protocol = 51;
        const inbound = kind == 3 ? bundle(policy, 7) : loop(policy);
        const outer: u32 = mode == 2 ? 0 : 20;
        const front: u32 = kind == 0 ? 24 : kind == 1 ? 32 : kind == 2 ? 24 : 24 + 44;
        needs(inbound.pair as SA, outer + front, mode == 2 ? ALPHA : 0x0a000001, mode == 2 ? ALPHA : 0x0a000002);
      }
    }
  });
});

/** A policy for port 53 behind the gateway, with a pair. */
function dns(): SA {
  permit(list("DNS"), 17, HOSTS, WILD_16, NET_B, WILD_16, 53);
  entry("CM", 7, Action.PROTECT, "DNS", BETA);
  bind(1, "CM");
  spd.setInterfaceAddress(1, ALPHA);
  const policy = listed() ? spd.orderedAt(0) : changetype<Policy>(0);
  suite(policy, 12, 128, 2);
  return pair(policy).pair as SA;
}

/** A piece without ports that has come as it is: a router before us has cut it. */
function stray(src: u32, dst: u32): outbound.Verdict {
  const packet = datagram(src, dst, 17, 60, 177);
  const verdict = process(packet, 1);
  if (verdict != outbound.Verdict.HELD) packets.free(packet);
  return verdict;
}

/** A datagram of 1439 octets to a port. */
function long(port: u32): Packet {
  const packet = datagram(HOSTS + 1, NET_B + 1, 17, 1439);
  put32(packet.ptr + 20, 0x04000000 | port);
  return packet;
}

/** Two pieces of a datagram that the tunnel does not take, cut as device cuts it. */
function cut(packet: Packet): Packet {
  expect(process(packet, 1)).toBe(outbound.Verdict.TOO_BIG);
  expect(packet.mtu).toBe(1438);
  expect(fragment.split(packet, packet.mtu, pieces)).toBe(true);
  expect(pieces.length).toBe(2);
  expect(ref(pieces.pop())).toBe(ref(packet));
  return pieces.pop() as Packet;
}

function leaves(packet: Packet): outbound.Verdict {
  const verdict = process(packet, 1);
  if (verdict != outbound.Verdict.HELD) packets.free(packet);
  return verdict;
}

describe("pieces of a datagram that was too long", () => {
  test("have its ports, whenever they go; pieces that were cut elsewhere have none", () => {
    dns();
    const first = long(53);
    const later = cut(first);
    const second = long(53);
    const secondLater = cut(second);
    expect(stray(HOSTS + 1, NET_B + 1)).toBe(outbound.Verdict.DISCARD);
    expect(leaves(secondLater)).toBe(outbound.Verdict.PROTECTED, "a burst mixes nothing up");
    expect(leaves(first)).toBe(outbound.Verdict.PROTECTED);
    pass(1000);
    expect(leaves(later)).toBe(outbound.Verdict.PROTECTED, "nor does time");
    expect(leaves(second)).toBe(outbound.Verdict.PROTECTED);
    expect(stray(HOSTS + 1, NET_B + 1)).toBe(outbound.Verdict.DISCARD);
  });

  test("are known by both ports: a policy of another source port does not take them", () => {
    const sa = dns();
    sa.whole = false;
    sa.selector.localPort = 0x400;
    sa.selector.remotePort = 53;
    const first = long(53);
    const later = cut(first);
    expect(leaves(first)).toBe(outbound.Verdict.PROTECTED);
    sa.selector.localPort = 0x401;
    expect(leaves(later)).toBe(outbound.Verdict.HELD);
  });
});

describe("a later fragment of no ports' policy", () => {
  test("goes through the SA of its protocol", () => {
    const policy = tunnel();
    suite(policy, 12, 128, 2);
    parameters.selector.protocol = 17;
    pair(policy);
    for (let protocol: u32 = 6; protocol <= 17; protocol += 11) {
      const packet = datagram(NET_A + 1, NET_B + 1, protocol, 60, 177);
      const verdict = process(packet, 1);
      expect(verdict).toBe(protocol == 17 ? outbound.Verdict.PROTECTED : outbound.Verdict.HELD);
      if (verdict == outbound.Verdict.PROTECTED) packets.free(packet);
    }
  });
});

describe("UDP around ESP", () => {
  test("goes to where the peer is now, without a checksum, whatever the buffer held (RFC 3948, 2.1)", () => {
    for (let mode: u8 = 1; mode <= 2; mode++) {
      rooms();
      suite(mode == 2 ? hostPolicy() : mirrorPolicy(), 12, 128, 2);
      parameters.mode = mode;
      parameters.peerAddress = ALPHA;
      parameters.encapsulated = true;
      parameters.localPort = parameters.peerPort = 4500;
      const inbound = loop(spd.orderedAt(0));
      sad.moveMapping(inbound, BETA, 31000);
      const packet = mode == 2 ? datagram(ALPHA, ALPHA, 1, 60) : datagram(0x0a000001, 0x0a000002, 1, 60);
      memory.fill(packet.ptr - 80, 0xff, 80);
      expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
      const p = packet.ptr;
      expect(ipv4.check(p, packet.len)).toBe(Drop.NONE);
      expect(ipv4.source(p)).toBe(ALPHA);
      expect(ipv4.destination(p)).toBe(BETA);
      expect(packet.dst).toBe(BETA);
      expect(ipv4.protocol(p)).toBe(17);
      expect(load<u16>(p + 22)).toBe(bswap<u16>(31000));
      expect(load<u16>(p + 26)).toBe(0);
      packets.free(packet);
    }
  });
});

describe("what waits for an SA", () => {
  test("is asked for by its policy's slot, and by nothing else", () => {
    tunnel();
    permit(list("SECOND"), 0, HOSTS, WILD_16, NET_B, WILD_16);
    entry("CM", 20, Action.PROTECT, "SECOND", BETA);
    spd.refresh();
    const policy = spd.orderedAt(1);
    const packet = datagram(HOSTS + 1, NET_B + 1, 1, 60);
    expect(process(packet, 1)).toBe(outbound.Verdict.HELD);
    expect(<u32>policy.heldCount).toBe(1);
    expect(acquire.waiting()).toBe(1);
    const item = acquire.next() as WorkItem;
    expect(item.kind).toBe(Work.ACQUIRE);
    expect(item.policy).toBe(policy.slot);
    expect(item.spi | item.peerSpi | item.ike | item.address | item.port | item.protocol).toBe(0);
  });

  test("where the ring is full it waits as well, and is asked for by the next", () => {
    const policy = tunnel();
    while (acquire.post(Work.REKEY)) {}
    expect(process(datagram(NET_A + 1, NET_B + 1, 1, 60), 1)).toBe(outbound.Verdict.HELD);
    expect(policy.nextAcquire).toBe(0);
    while (acquire.next()) {}
    expect(process(datagram(NET_A + 1, NET_B + 1, 1, 60), 1)).toBe(outbound.Verdict.HELD);
    expect((acquire.next() as WorkItem).kind).toBe(Work.ACQUIRE);
    for (let i: u32 = 2; i < HELD_PACKETS_PER_POLICY; i++) expect(process(datagram(NET_A + 1, NET_B + 1, 1, 60), 1)).toBe(outbound.Verdict.HELD);
    const more: Packet = datagram(NET_A + 1, NET_B + 1, 1, 60);
    expect(process(more, 1)).toBe(outbound.Verdict.DISCARD);
    expect(dropCount(Drop.HELD_FULL)).toBe(1);
    packets.free(more);
  });
});
