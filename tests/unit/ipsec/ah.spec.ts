// AH by itself and in bundles (RFC 4302; RFC 2401, 4.3), and transport mode of both protocols.
import { Hash } from "../../../assembly/crypto/hash";
import { hmac } from "../../../assembly/crypto/hmac";
import * as inbound from "../../../assembly/ipsec/inbound";
import * as outbound from "../../../assembly/ipsec/outbound";
import * as pmtu from "../../../assembly/ipsec/pmtu";
import { Policy } from "../../../assembly/sadb/policies/policy";
import { SA } from "../../../assembly/sadb/sas/sa";
import { keyLength } from "../../../assembly/sadb/sas/sa_keys";
import * as sad from "../../../assembly/sadb/sas/sad";
import { SEQUENCE_RESERVE } from "../../../assembly/sadb/settings/lifetime";
import { hashOf } from "../../../assembly/sadb/terms/suite";
import { Work } from "../../../assembly/sadb/work";
import { get16, put16, put32 } from "../../../assembly/util/bytes";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop, dropCount } from "../../../assembly/util/status";
import * as ah from "../../../assembly/wire/ah";
import * as checksum from "../../../assembly/wire/checksum";
import * as esp from "../../../assembly/wire/esp";
import * as ipv4 from "../../../assembly/wire/ipv4";
import {
  ALPHA, BETA, arrive, bundle, datagram, hostPolicy, keymat, loop, mirrorPolicy, parameters, pass, poll, ref, rooms, suite, work,
} from "../sadb/world";
import { process } from "./whole_way";

const TUNNEL: u8 = 1;
const TRANSPORT: u8 = 2;
const IN_A: u32 = 0x0a010001;
const IN_B: u32 = 0x0a020001;
const scratch: usize = memory.data(2048, 8);
const copy: usize = memory.data(2048, 8);
const digest: usize = memory.data(64, 8);
/** authentication, octets of the header with its ICV, octets of the key */
const auths: u32[][] = [[1, 24, 16], [2, 24, 20], [5, 28, 32], [6, 36, 48], [7, 44, 64], [9, 24, 16]];

/** Fresh rooms with a policy for a mode, and parameters of AH. */
function world(mode: u8, auth: u32): Policy {
  rooms();
  const policy = mode == TRANSPORT ? hostPolicy() : mirrorPolicy();
  suite(policy, 0, 0, auth);
  parameters.protocol = 51;
  parameters.mode = mode;
  parameters.peerAddress = ALPHA;
  return policy;
}

function espWorld(mode: u8): Policy {
  const policy = world(mode, 2);
  suite(policy, 12, 128, 2);
  parameters.mode = mode;
  parameters.peerAddress = ALPHA;
  return policy;
}

/** What goes in: between hosts behind, or between the gateways themselves. */
function payload(mode: u8, len: u32, word: u32 = 0): Packet {
  return mode == TRANSPORT ? datagram(ALPHA, ALPHA, 1, len, word) : datagram(IN_A, IN_B, 1, len, word);
}

function sealed(mode: u8, len: u32): Packet {
  const packet = payload(mode, len);
  expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
  expect(ipv4.check(packet.ptr, packet.len)).toBe(Drop.NONE);
  expect(ipv4.totalLength(packet.ptr)).toBe(packet.len);
  return packet;
}

function opens(packet: Packet): bool {
  return inbound.receive(packet, arrive(packet)) == inbound.Verdict.INNER;
}

/** A copy of the octets of a packet, so that it can be sent again, changed. */
function again(packet: Packet, p: usize, len: u32): void {
  memory.copy(p, scratch, <usize>len);
  packet.ptr = p;
  packet.len = len;
}

describe("AH", () => {
  test("every algorithm in both modes: comes back as it was, with the length that peers use", () => {
    for (let i = 0; i < auths.length; i++) {
      for (let mode = TUNNEL; mode <= TRANSPORT; mode++) {
        const sa = loop(world(mode, auths[i][0]));
        expect(keyLength(51, 0, 0, auths[i][0])).toBe(auths[i][2]);
        for (let len: u32 = 20; len < 90; len++) {
          const packet = payload(mode, len);
          const home = packet.ptr;
          memory.copy(copy, home, len);
          expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
          const p = packet.ptr;
          expect(ipv4.check(p, packet.len)).toBe(Drop.NONE);
          expect(packet.len).toBe(len + auths[i][1] + (mode == TUNNEL ? 20 : 0));
          expect(ipv4.protocol(p)).toBe(51);
          expect(ah.length(p + 20)).toBe(auths[i][1]);
          expect(<u32>load<u8>(p + 21)).toBe(auths[i][1] / 4 - 2);
          expect(ah.nextHeader(p + 20)).toBe(mode == TUNNEL ? 4 : 1);
          expect(ah.spi(p + 20)).toBe(sa.spi);
          expect(ah.sequence(p + 20)).toBe(len - 19);
          expect(memory.compare(home + (mode == TRANSPORT ? 20 : 0), copy + (mode == TRANSPORT ? 20 : 0), len - (mode == TRANSPORT ? 20 : 0))).toBe(0, "AH hides nothing");
          expect(opens(packet)).toBe(true);
          expect(packet.ptr).toBe(home);
          expect(packet.len).toBe(len);
          expect(packet.spi).toBe(sa.spi);
          expect(memory.compare(home, copy, len)).toBe(0);
          packets.free(packet);
        }
        expect(<u32>sa.packets).toBe(70);
        expect(sa.bytes).toBe((sa.pair as SA).bytes);
      }
    }
  });

  test("the ICV is the HMAC of the datagram with its mutable fields and the ICV zero", () => {
    for (let i = 0; i < auths.length; i++) {
      if (!hashOf(auths[i][0])) continue;
      loop(world(TRANSPORT, auths[i][0]));
      const packet = payload(TRANSPORT, 60, 0x4000);
      ipv4.emit(packet.ptr, 0xb9, 60, 77, 0x4000, 63, 1, ALPHA, ALPHA);
      expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
      const p = packet.ptr;
      expect(ipv4.tos(p)).toBe(0xb9);
      expect(ipv4.ttl(p)).toBe(63);
      expect(ipv4.dontFragment(p)).toBe(true);
      const n = auths[i][1] - 12;
      memory.copy(scratch, p, packet.len);
      store<u8>(scratch + 1, 0);
      put16(scratch + 6, 0);
      store<u8>(scratch + 8, 0);
      put16(scratch + 10, 0);
      memory.fill(scratch + 32, 0, n);
      hmac(hashOf(auths[i][0]) as Hash, keymat, auths[i][2], scratch, packet.len, digest);
      expect(memory.compare(p + 32, digest, n)).toBe(0);
      packets.free(packet);
    }
  });

  test("routers may change TOS, flags, TTL and checksum, and nothing else", () => {
    for (let mode = TUNNEL; mode <= TRANSPORT; mode++) {
      const sa = loop(world(mode, 5));
      const packet = sealed(mode, 60);
      const p = packet.ptr;
      const len = packet.len;
      memory.copy(scratch, p, len);
      for (let at: u32 = 0; at < len; at++) {
        const mutable = at == 1 || at == 6 || at == 7 || at == 8 || at == 10 || at == 11;
        again(packet, p, len);
        store<u8>(p + at, load<u8>(p + at) ^ (<u8>1 << <u8>(at & 7)));
        // Version and header length are for who reads them first; addresses and protocol lead elsewhere.
        if (at == 0 || at == 9 || (at >= 12 && at < 20)) continue;
        const verdict = opens(packet);
        if (mutable) {
          expect(verdict).toBe(true, "mutable");
          // The replay window has moved: a fresh start for the next.
          sa.sequence = 0;
          memory.fill(sa.replay, 0, 136);
        } else {
          expect(verdict).toBe(false, "immutable");
          expect(sa.sequence).toBe(0);
        }
      }
      for (let cut: u32 = 1; cut < len - 20; cut++) {
        again(packet, p, len - cut);
        put16(p + 2, len - cut);
        expect(opens(packet)).toBe(false);
      }
      expect(dropCount(Drop.AH_ICV) > 0 && dropCount(Drop.AH_MALFORMED) > 0 && dropCount(Drop.AH_UNKNOWN_SPI) > 0).toBe(true);
      again(packet, p, len);
      expect(opens(packet)).toBe(true);
      again(packet, p, len);
      expect(opens(packet)).toBe(false);
      expect(dropCount(Drop.AH_REPLAY)).toBe(1);
      expect(sa.replayErrors).toBe(1);
      packets.free(packet);
    }
  });

  test("options: those that never change are covered, those that do are not (appendix A1)", () => {
    // router alert, timestamp with room, no operation, end
    const types: StaticArray<u8> = [148, 4, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0];
    const sa = loop(world(TRANSPORT, 2));
    const packet = payload(TRANSPORT, 72);
    for (let i: u32 = 0; i < 12; i++) store<u8>(packet.ptr + 20 + i, types[i]);
    store<u8>(packet.ptr, 0x48);
    ipv4.setChecksum(packet.ptr);
    memory.copy(copy, packet.ptr, 72);
    expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
    const p = packet.ptr;
    const len = packet.len;
    expect(len).toBe(72 + 24);
    expect(ah.nextHeader(p + 32)).toBe(1);
    expect(memory.compare(p + 20, copy + 20, 12)).toBe(0, "options go as they were");
    memory.copy(scratch, p, len);
    for (let i: u32 = 2; i < 12; i++) {
      if (i == 4 || i == 5) continue;
      again(packet, p, len);
      store<u8>(p + 20 + i, 0x33);
      ipv4.setChecksum(p);
      const verdict = opens(packet);
      expect(verdict).toBe(i > 5);
      if (verdict) {
        sa.sequence = 0;
        memory.fill(sa.replay, 0, 136);
      }
    }
    again(packet, p, len);
    expect(opens(packet)).toBe(true);
    expect(memory.compare(packet.ptr, copy, 72)).toBe(0);
    packets.free(packet);
  });

  test("extended numbers: the upper half is covered and not sent (2.5.1)", () => {
    const policy = world(TRANSPORT, 5);
    parameters.esn = true;
    const sa = loop(policy);
    const out = sa.pair as SA;
    for (let k = 0; k < 3; k++) {
      sa.sequence = out.sequence = 0xfffffffe;
      for (let i: u64 = 0; i < 3; i++) {
        const packet = sealed(TRANSPORT, 60);
        expect(ah.sequence(packet.ptr + 20)).toBe(<u32>(0xffffffff + i));
        // To one who thinks it is of the first 2^32 it is not authentic.
        if (k == 1) sa.sequence = 0x200000000 + i;
        expect(opens(packet)).toBe(k != 1);
        if (k != 1) expect(sa.sequence).toBe(0xffffffff + i);
        packets.free(packet);
      }
      memory.fill(sa.replay, 0, 136);
    }
  });

  test("a peer that pads to 64 bits is understood", () => {
    const sa = loop(world(TRANSPORT, 5));
    const packet = payload(TRANSPORT, 60);
    memory.copy(copy, packet.ptr, 60);
    // By hand: AH of 32 octets, its last four any padding.
    packet.push(32);
    const p = packet.ptr;
    memory.copy(p, copy, 20);
    put16(p + 2, 92);
    store<u8>(p + 9, 51);
    ah.emit(p + 20, 1, 32, sa.spi, 1);
    put32(p + 48, 0xdeadbeef);
    memory.copy(scratch, p, 92);
    store<u8>(scratch + 8, 0);
    put16(scratch + 10, 0);
    hmac(hashOf(5) as Hash, keymat, 32, scratch, 92, digest);
    memory.copy(p + 32, digest, 16);
    ipv4.setChecksum(p);
    expect(opens(packet)).toBe(true);
    expect(memory.compare(packet.ptr, copy, 60)).toBe(0);
    packets.free(packet);
  });

  test("lifetimes and numbers end an AH SA as they end ESP's", () => {
    const policy = world(TUNNEL, 2);
    const sa = loop(policy);
    const out = sa.pair as SA;
    out.sequence = 0xfffffffe;
    const last = sealed(TUNNEL, 60);
    expect(opens(last)).toBe(true);
    packets.free(last);
    const after = payload(TUNNEL, 60);
    expect(process(after, 1)).toBe(outbound.Verdict.DISCARD);
    packets.free(after);
    poll();
    expect(work()).toBe(Work.EXPIRED);
    expect(policy.outbound == null).toBe(true);
    const next = loop(policy);
    const packet = sealed(TUNNEL, 60);
    pass(3600000);
    expect(opens(packet)).toBe(false);
    expect(dropCount(Drop.AH_LIFETIME)).toBe(1);
    expect(next.errors).toBe(1);
    packets.free(packet);
  });

  test("an AH SA asks for its successor before its number ends, and by octets each way; what is over its octets does not pass", () => {
    const policy = world(TUNNEL, 2);
    const numbered = loop(policy).pair as SA;
    numbered.sequence = 0xffffffff - SEQUENCE_RESERVE - 2;
    for (let i = 0; i < 2; i++) {
      packets.free(sealed(TUNNEL, 60));
      poll();
      expect(work()).toBe(i ? Work.REKEY : 0, "sequence number");
    }
    const inbound = loop(policy);
    const out = inbound.pair as SA;
    const packet = sealed(TUNNEL, 60);
    inbound.softBytes = inbound.bytes + 1;
    expect(opens(packet)).toBe(true);
    packets.free(packet);
    poll();
    expect(work()).toBe(Work.REKEY, "octets in");
    const next = loop(policy);
    (next.pair as SA).softBytes = 1;
    const late = sealed(TUNNEL, 60);
    poll();
    expect(work()).toBe(Work.REKEY, "octets out");
    next.hardBytes = 1;
    expect(opens(late)).toBe(false);
    expect(dropCount(Drop.AH_LIFETIME)).toBe(1);
    packets.free(late);
    expect(out.errors).toBe(0);
  });

  test("the longest datagram, and path MTU learned from ICMP about AH", () => {
    for (let i = 0; i < auths.length; i++) {
      const sa = loop(world(TUNNEL, auths[i][0]));
      const most = 1500 - 20 - auths[i][1];
      expect(pmtu.ofSa(sa.pair as SA, 1)).toBe(most);
      const packet = sealed(TUNNEL, most);
      expect(packet.len).toBe(1500);
      expect(pmtu.learn(packet.ptr, 32, 1400)).toBe(true);
      expect(pmtu.ofSa(sa.pair as SA, 1)).toBe(most - 100);
      packets.free(packet);
    }
  });
});

describe("transport mode of ESP", () => {
  test("the header stays, options and all; what it carries is hidden", () => {
    const sa = loop(espWorld(TRANSPORT));
    for (let len: u32 = 32; len < 90; len++) {
      const packet = payload(TRANSPORT, len);
      store<u8>(packet.ptr, 0x46);
      store<u32>(packet.ptr + 20, 0x01010101);
      ipv4.setChecksum(packet.ptr);
      const home = packet.ptr;
      memory.copy(copy, home, len);
      expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
      const p = packet.ptr;
      expect(p).toBe(home - 24);
      expect(ipv4.check(p, packet.len)).toBe(Drop.NONE);
      expect(ipv4.protocol(p)).toBe(50);
      expect(ipv4.ttl(p)).toBe(63);
      expect(ipv4.identification(p)).toBe(99);
      expect(load<u32>(p + 20)).toBe(0x01010101);
      expect(esp.spi(p + 24)).toBe(sa.spi);
      expect(opens(packet)).toBe(true);
      expect(packet.ptr).toBe(home);
      expect(packet.len).toBe(len);
      expect(memory.compare(home, copy, len)).toBe(0);
      packets.free(packet);
    }
  });

  test("fragments are refused, long datagrams go whole unless they must not be cut", () => {
    const sa = loop(espWorld(TRANSPORT));
    const part = payload(TRANSPORT, 60, 0x2000);
    expect(process(part, 1)).toBe(outbound.Verdict.DISCARD);
    expect(dropCount(Drop.POLICY_DISCARD)).toBe(1);
    packets.free(part);
    const most = pmtu.ofSa(sa.pair as SA, 1);
    expect(most).toBe(1500 - 8 - 16 - 12 - 2 - (1500 - 20 - 36) % 16);
    const fits = payload(TRANSPORT, most, 0x4000);
    expect(process(fits, 1)).toBe(outbound.Verdict.PROTECTED);
    expect(fits.len).toBeLessThan(1501);
    expect(fits.len + 16).toBeGreaterThan(1500);
    packets.free(fits);
    const must = payload(TRANSPORT, most + 1, 0x4000);
    expect(process(must, 1)).toBe(outbound.Verdict.TOO_BIG);
    expect<u32>(must.mtu).toBe(most);
    packets.free(must);
    const may = payload(TRANSPORT, 1500);
    expect(process(may, 1)).toBe(outbound.Verdict.PROTECTED);
    expect(may.len).toBeGreaterThan(1500);
    expect(opens(may)).toBe(true);
    packets.free(may);
  });

  test("in UDP: the peer's address is the selector's, checksums of TCP and UDP are mended", () => {
    // The peer wrote 192.168.7.9 to 198.51.100.1; its NAT shows 192.0.2.1, and we are that as well.
    const srcWas: u32 = 0xc0a80709;
    const dstWas: u32 = 0xc6336401;
    for (let protocol: u32 = 6; protocol <= 17; protocol += 11) {
      const policy = espWorld(TRANSPORT);
      parameters.encapsulated = true;
      parameters.localPort = parameters.peerPort = 4500;
      parameters.checksumDelta = <u16>checksum.delta(srcWas, dstWas, ALPHA, ALPHA);
      const sa = loop(policy);
      const at: u32 = protocol == 6 ? 36 : 26;
      for (let k: u32 = 0; k < 300; k++) {
        const packet = datagram(ALPHA, ALPHA, protocol, 48);
        const p = packet.ptr;
        put16(p + 40, k * 219);
        put16(p + at, 0);
        const was = checksum.fold(checksum.pseudo(srcWas, dstWas, protocol, 28) + checksum.add(p + 20, 28));
        put16(p + at, protocol == 17 && was == 0 ? 0xffff : was);
        expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
        expect(ipv4.protocol(packet.ptr)).toBe(17);
        // A mapping that moved.
        put32(packet.ptr + 12, BETA);
        expect(opens(packet)).toBe(true);
        expect(ipv4.source(packet.ptr)).toBe(ALPHA);
        const sum = checksum.fold(checksum.pseudo(ALPHA, ALPHA, protocol, 28) + checksum.add(packet.ptr + 20, 28));
        expect(sum == 0 || sum == 0xffff).toBe(true);
        expect(protocol == 17 && get16(packet.ptr + at) == 0).toBe(false);
        packets.free(packet);
      }
      // No checksum stays none.
      const none = datagram(ALPHA, ALPHA, 17, 48);
      put16(none.ptr + 26, 0);
      expect(process(none, 1)).toBe(outbound.Verdict.PROTECTED);
      expect(opens(none)).toBe(true);
      expect(get16(none.ptr + 26)).toBe(0);
      packets.free(none);
      expect(sa.errors).toBe(0);
    }
    expect(checksum.delta(ALPHA, BETA, ALPHA, BETA)).toBe(0);
    expect(checksum.delta(ALPHA, BETA, BETA, ALPHA)).toBe(0, "a sum minds no order");
  });
});

describe("bundles: AH around ESP", () => {
  test("one IPv4 header, AH, ESP; each SA counts for itself", () => {
    for (let i = 0; i < auths.length; i++) {
      for (let mode = TUNNEL; mode <= TRANSPORT; mode++) {
        const policy = espWorld(mode);
        const sa = bundle(policy, auths[i][0]);
        const outer = sa.outer as SA;
        expect(ref((sa.pair as SA).outer as SA)).toBe(ref(outer.pair as SA));
        for (let len: u32 = 28; len < 60; len++) {
          const packet = payload(mode, len);
          const home = packet.ptr;
          memory.copy(copy, home, len);
          expect(process(packet, 1)).toBe(outbound.Verdict.PROTECTED);
          const p = packet.ptr;
          expect(ipv4.check(p, packet.len)).toBe(Drop.NONE);
          expect(ipv4.protocol(p)).toBe(51);
          expect(ah.nextHeader(p + 20)).toBe(50);
          expect(ah.spi(p + 20)).toBe(outer.spi);
          expect(ah.length(p + 20)).toBe(auths[i][1]);
          expect(esp.spi(p + 20 + auths[i][1])).toBe(sa.spi);
          expect(opens(packet)).toBe(true);
          expect(packet.ptr).toBe(home);
          expect(packet.len).toBe(len);
          expect(packet.spi).toBe(sa.spi);
          expect(memory.compare(home, copy, len)).toBe(0);
          packets.free(packet);
        }
        expect(<u32>sa.packets).toBe(32);
        expect(<u32>outer.packets).toBe(32);
        expect(<u32>(outer.pair as SA).packets).toBe(32);
        const most = pmtu.ofSa(sa.pair as SA, 1);
        const fits = payload(mode, most, 0x4000);
        expect(process(fits, 1)).toBe(outbound.Verdict.PROTECTED);
        expect(fits.len).toBeLessThan(1501);
        expect(fits.len + 16).toBeGreaterThan(1500);
        packets.free(fits);
      }
    }
  });

  test("neither comes in without the other", () => {
    for (let mode = TUNNEL; mode <= TRANSPORT; mode++) {
      const sa = bundle(espWorld(mode), 5);
      const packet = sealed(mode, 60);
      const p = packet.ptr;
      const len = packet.len;
      memory.copy(scratch, p, len);
      // The AH taken off: genuine ESP by itself.
      again(packet, p, len);
      memory.copy(p + 28, p, 20);
      packet.pull(28);
      put16(packet.ptr + 2, packet.len);
      store<u8>(packet.ptr + 9, 50);
      ipv4.setChecksum(packet.ptr);
      expect(opens(packet)).toBe(false);
      expect(dropCount(Drop.AH_MISSING)).toBe(1);
      expect(sa.sequence).toBe(0);
      // Authentic AH around something else.
      const outer = sa.outer as SA;
      const other = payload(mode, 60);
      const out = outer.pair as SA;
      const bare = sa.pair as SA;
      out.sequence = 5;
      bare.outer = null;
      bare.protocol = 51;
      bare.auth = out.auth;
      bare.hash = out.hash;
      bare.integrity = out.integrity;
      bare.icvLength = out.icvLength;
      memory.copy(bare.macState, out.macState, 128);
      bare.spi = outer.spi;
      bare.sequence = 5;
      expect(process(other, 1)).toBe(outbound.Verdict.PROTECTED);
      expect(opens(other)).toBe(false);
      expect(dropCount(Drop.AH_NEXT_HEADER)).toBe(1);
      expect(<u32>sa.packets).toBe(0);
      packets.free(other);
      // The whole is taken.
      outer.sequence = 0;
      memory.fill(outer.replay, 0, 136);
      again(packet, p, len);
      expect(opens(packet)).toBe(true);
      packets.free(packet);
    }
  });

  test("one goes, both go; their slots are free again", () => {
    const policy = espWorld(TUNNEL);
    const sa = bundle(policy, 2);
    (sa.outer as SA).soft = 0;
    sad.retire(sa);
    sad.remove(sa);
    for (let i: u32 = 0; i < sad.slots(); i++) expect(ref(sad.at(i))).toBe(0);
    const later = bundle(policy, 2);
    const around = (later.pair as SA).outer as SA;
    around.sequence = 0xffffffff;
    const packet = payload(TUNNEL, 60);
    expect(process(packet, 1)).toBe(outbound.Verdict.DISCARD);
    packets.free(packet);
    poll();
    expect(work()).toBe(Work.EXPIRED);
    for (let i: u32 = 0; i < sad.slots(); i++) expect(ref(sad.at(i))).toBe(0);
    const larval = sad.reserve(policy) as SA;
    sad.reserveOuter(larval);
    sad.dropOuter(larval);
    expect(larval.outer == null).toBe(true);
    sad.reserveOuter(larval);
    sad.remove(larval);
    for (let i: u32 = 0; i < sad.slots(); i++) expect(ref(sad.at(i))).toBe(0);
  });
});
