// What the data path reads of headers, at the first octet that suffices and the last that does not.
import * as flow from "../../../assembly/ipsec/flow";
import * as pmtu from "../../../assembly/ipsec/pmtu";
import * as transport from "../../../assembly/ipsec/transport";
import { Df } from "../../../assembly/ipsec/tunnel";
import * as tunnel from "../../../assembly/ipsec/tunnel";
import { MTU_MIN, INTERFACES } from "../../../assembly/limits";
import { NO_PORTS } from "../../../assembly/sadb/policies/policy";
import { SA } from "../../../assembly/sadb/sas/sa";
import { get16, put16, put32 } from "../../../assembly/util/bytes";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { ALPHA, BETA, NET_A, NET_B, datagram, mirror, pair, parameters, pass, rooms, suite, tunnel as oneTunnel } from "../sadb/world";

const quoted: usize = memory.data(64, 8);

beforeEach(rooms);

describe("flows", () => {
  test("ports of tcp and udp are seen from the fourth octet on, of no other protocol", () => {
    const packet = datagram(NET_A, NET_B, 17, 60);
    const p = packet.ptr;
    put32(p + 20, 0x00350036);
    for (let protocol: u32 = 0; protocol < 3; protocol++) {
      const number: u32 = protocol == 0 ? 6 : protocol == 1 ? 17 : 1;
      store<u8>(p + 9, <u8>number);
      packet.len = 24;
      flow.read(packet);
      expect<u32>(packet.protocol).toBe(number);
      expect(packet.srcPort).toBe(number == 1 ? 0 : 0x35);
      expect(packet.dstPort).toBe(number == 1 ? 0 : 0x36);
      packet.len = 23;
      flow.read(packet);
      expect<u32>(packet.protocol).toBe(number == 1 ? 1 : number | NO_PORTS);
      expect(packet.srcPort).toBe(0);
      expect(flow.portsUnknown(packet)).toBe(number != 1);
    }
    expect(packet.src).toBe(NET_A);
    expect(packet.dst).toBe(NET_B);
  });

  test("a later fragment has none, until it is told them; the first one has", () => {
    const later = datagram(NET_A, NET_B, 17, 60, 1);
    flow.read(later);
    expect<u32>(later.protocol).toBe(17 | NO_PORTS);
    flow.setPorts(later, 53, 54);
    expect<u32>(later.protocol).toBe(17);
    expect(later.srcPort).toBe(53);
    expect(later.dstPort).toBe(54);
    const first = datagram(NET_A, NET_B, 17, 60, 0x2000);
    flow.read(first);
    expect(flow.portsUnknown(first)).toBe(false);
  });

  test("options stand before the ports", () => {
    const packet = datagram(NET_A, NET_B, 17, 60);
    const p = packet.ptr;
    store<u8>(p, 0x46);
    put32(p + 24, 0x00070008);
    packet.len = 28;
    flow.read(packet);
    expect(packet.srcPort).toBe(7);
    expect(packet.dstPort).toBe(8);
    packet.len = 27;
    flow.read(packet);
    expect(flow.portsUnknown(packet)).toBe(true);
  });
});

describe("what interfaces are told", () => {
  test("MTU and DF of the last port, and nothing behind it", () => {
    const policy = oneTunnel();
    suite(policy, 12, 128, 2);
    const sa = pair(policy).pair as SA;
    const mtu = pmtu.ofSa(sa, INTERFACES);
    pmtu.setInterfaceMtu(INTERFACES, 7777);
    expect(pmtu.ofSa(sa, INTERFACES)).toBe(mtu);
    pmtu.setInterfaceMtu(INTERFACES - 1, 1000);
    // 1000 - 20 - 8 - 16 - 12, in blocks of 16 octets, without the trailer
    expect(pmtu.ofSa(sa, INTERFACES - 1)).toBe(942);
    const df = tunnel.interfaceDf(INTERFACES);
    tunnel.setInterfaceDf(INTERFACES, df == Df.SET ? Df.CLEAR : Df.SET);
    expect(tunnel.interfaceDf(INTERFACES)).toBe(df);
    tunnel.setInterfaceDf(INTERFACES - 1, Df.CLEAR);
    expect(tunnel.dfOn(INTERFACES - 1)).toBe(Df.CLEAR);
    tunnel.setDf(Df.SET);
    expect(tunnel.dfOn(INTERFACES - 1)).toBe(Df.CLEAR);
    expect(tunnel.dfOn(0)).toBe(Df.SET);
    tunnel.setInterfaceDf(INTERFACES - 1, Df.UNSAID);
    expect(tunnel.dfOn(INTERFACES - 1)).toBe(Df.SET);
    tunnel.setDf(Df.UNSAID);
    expect(tunnel.dfOn(0)).toBe(Df.COPY);
  });
});

describe("ECN", () => {
  test("all sixteen pairs of inner and outer (RFC 6040, figure 4)", () => {
    // by inner codepoint, then by outer: Not-ECT, ECT(1), ECT(0), CE; 9: dropped
    const expected: u32[] = [0, 0, 0, 9, 1, 1, 1, 3, 2, 1, 2, 3, 3, 3, 3, 3];
    const packet = datagram(NET_A, NET_B, 1, 60);
    for (let own: u32 = 0; own < 4; own++) {
      for (let outer: u32 = 0; outer < 4; outer++) {
        ipv4.emit(packet.ptr, 0x40 | own, 60, 5, 0, 63, 1, NET_A, NET_B);
        const result = expected[own * 4 + outer];
        expect(tunnel.handOnEcn(packet.ptr, 0x80 | outer)).toBe(result != 9);
        expect(ipv4.tos(packet.ptr)).toBe(0x40 | (result == 9 ? own : result));
        expect(ipv4.check(packet.ptr, 60)).toBe(0);
      }
    }
  });
});

/** The header that an ICMP message quotes, and eight octets of ESP. */
function quote(sa: SA, size: u32, protocol: u32): void {
  ipv4.emit(quoted, 0, size, 1, 0, 64, protocol, ALPHA, BETA);
  put32(quoted + 20, sa.spi);
}

describe("the path's MTU", () => {
  test("a router before RFC 1191: the next plateau below", () => {
    const sizes: u32[][] = [[1493, 1492], [1492, 1006], [1007, 1006], [1006, MTU_MIN], [MTU_MIN + 1, MTU_MIN]];
    const policy = oneTunnel();
    suite(policy, 12, 128, 2);
    const sa = pair(policy).pair as SA;
    for (let i = 0; i < sizes.length; i++) {
      sa.pathMtu = 0;
      quote(sa, sizes[i][0], 50);
      expect(pmtu.learn(quoted, 28, 0)).toBe(true);
      expect(sa.pathMtu).toBe(sizes[i][1]);
    }
    sa.pathMtu = 0;
    quote(sa, MTU_MIN, 50);
    expect(pmtu.learn(quoted, 28, 0)).toBe(false);
    expect(sa.pathMtu).toBe(0);
  });

  test("smaller than the packet by one octet, and for ten minutes to the millisecond", () => {
    const policy = oneTunnel();
    suite(policy, 12, 128, 2);
    const sa = pair(policy).pair as SA;
    quote(sa, 1400, 50);
    expect(pmtu.learn(quoted, 28, 1400)).toBe(false);
    expect(pmtu.learn(quoted, 28, 1399)).toBe(true);
    pass(599999);
    expect(pmtu.pathMtu(sa)).toBe(1399);
    pass(1);
    expect(pmtu.pathMtu(sa)).toBe(0);
  });

  test("of ESP whole headers only: no fragment, no other protocol, no UDP where none was agreed", () => {
    const policy = oneTunnel();
    suite(policy, 12, 128, 2);
    const sa = pair(policy).pair as SA;
    quote(sa, 1400, 6);
    expect(pmtu.learn(quoted, 28, 1000)).toBe(false);
    quote(sa, 1400, 51);
    expect(pmtu.learn(quoted, 28, 1000)).toBe(false);
    quote(sa, 1400, 50);
    put16(quoted + 6, 1);
    expect(pmtu.learn(quoted, 28, 1000)).toBe(false);
    put16(quoted + 6, 0x2000);
    store<u8>(quoted, 0x44);
    expect(pmtu.learn(quoted, 28, 1000)).toBe(false);
    store<u8>(quoted, 0x45);
    expect(pmtu.learn(quoted, 27, 1000)).toBe(false);
    expect(pmtu.learn(quoted, 28, 1000)).toBe(true);
    ipv4.emit(quoted, 0, 1400, 1, 0, 64, 17, ALPHA, BETA);
    put32(quoted + 20, 0x11941194);
    put32(quoted + 28, sa.spi);
    expect(pmtu.learn(quoted, 32, 900)).toBe(false);
    expect(sa.pathMtu).toBe(1000);
  });

  test("of ESP in UDP: port 4500 at either end, and the SPI behind the UDP header", () => {
    const policy = oneTunnel();
    suite(policy, 12, 128, 2);
    parameters.encapsulated = true;
    parameters.localPort = parameters.peerPort = 4500;
    const sa = pair(policy).pair as SA;
    ipv4.emit(quoted, 0, 1400, 1, 0, 64, 17, ALPHA, BETA);
    put32(quoted + 28, sa.spi);
    put32(quoted + 20, 0x11931195);
    expect(pmtu.learn(quoted, 32, 1000)).toBe(false);
    put32(quoted + 20, 0x11941195);
    expect(pmtu.learn(quoted, 31, 1000)).toBe(false);
    expect(pmtu.learn(quoted, 32, 1000)).toBe(true);
    put32(quoted + 20, 0x11931194);
    expect(pmtu.learn(quoted, 32, 999)).toBe(true);
    expect(sa.pathMtu).toBe(999);
    quote(sa, 1400, 50);
    expect(pmtu.learn(quoted, 28, 900)).toBe(false, "its packets go in UDP");
  });
});

/** The checksum after transport mode behind a NAT, of `len` octets of payload. */
function mended(sa: SA, protocol: u32, at: u32, before: u32, len: u32): u32 {
  const packet = packets.alloc() as Packet;
  packet.outer = packet.ptr;
  ipv4.emit(packet.ptr, 0, 20 + len, 1, 0, 64, 50, BETA, ALPHA);
  packet.pull(20);
  packet.len = len;
  put16(packet.ptr + at, before);
  transport.moveUp(sa, packet, protocol);
  expect(ipv4.protocol(packet.ptr)).toBe(protocol);
  expect(packet.len).toBe(20 + len);
  expect(ipv4.check(packet.ptr, packet.len)).toBe(0);
  const after = get16(packet.ptr + 20 + at);
  packets.free(packet);
  return after;
}

describe("checksums behind a NAT", () => {
  test("of tcp and udp where they are whole, in ones' complement; none stays none", () => {
    const sa = mirror(true);
    sa.checksumDelta = 0x1234;
    expect(mended(sa, 6, 16, 0x1000, 18)).toBe(0x2234);
    expect(mended(sa, 6, 16, 0x1000, 17)).toBe(0x1000);
    expect(mended(sa, 17, 6, 0x1000, 8)).toBe(0x2234);
    expect(mended(sa, 17, 6, 0x1000, 7)).toBe(0x1000);
    expect(mended(sa, 17, 6, 0, 8)).toBe(0);
    expect(mended(sa, 6, 16, 0, 18)).toBe(0x1234);
    expect(mended(sa, 1, 6, 0x1000, 18)).toBe(0x1000);
    expect(mended(sa, 6, 16, 0xf000, 18)).toBe(0x0235);
    sa.checksumDelta = 1;
    expect(mended(sa, 6, 16, 0x1000, 18)).toBe(0x1001);
    expect(mended(sa, 17, 6, 0xfffe, 8)).toBe(0xffff);
    expect(mended(sa, 17, 6, 0xffff, 8)).toBe(1);
    sa.checksumDelta = 0;
    expect(mended(sa, 6, 16, 0x1000, 18)).toBe(0x1000);
    sa.checksumDelta = 0x1234;
    sa.encapsulated = false;
    expect(mended(sa, 6, 16, 0x1000, 18)).toBe(0x1000);
  });
});
