// The outer header: RFC 4301, 5.1.2 and 8.1; RFC 6040, 4.
import * as outbound from "../../../assembly/ipsec/outbound";
import * as tunnel from "../../../assembly/ipsec/tunnel";
import { Df } from "../../../assembly/ipsec/tunnel";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { Drop } from "../../../assembly/util/status";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { NET_A, NET_B, datagram, pair, rooms, suite, tunnel as policyOfTunnel } from "../sadb/world";
import { process } from "./whole_way";

beforeEach(() => {
  rooms();
  const policy = policyOfTunnel();
  suite(policy, 12, 128, 2);
  pair(policy);
});

/** A datagram on its way out by port 1. */
function sent(tos: u32, df: bool, len: u32, verdict: outbound.Verdict): Packet {
  const packet = datagram(NET_A + 1, NET_B + 1, 1, len);
  ipv4.emit(packet.ptr, tos, len, 5, df ? 0x4000 : 0, 63, 1, NET_A + 1, NET_B + 1);
  expect(process(packet, 1)).toBe(verdict);
  return packet;
}

function outerDf(inner: bool): bool {
  const packet = sent(0, inner, 100, outbound.Verdict.PROTECTED);
  const df = ipv4.dontFragment(packet.ptr);
  packets.free(packet);
  return df;
}

describe("DF of the outer header", () => {
  test("copied, set, cleared; an interface may have its own", () => {
    for (let k = 0; k < 2; k++) {
      expect(outerDf(k == 1)).toBe(k == 1, "copied where nothing is said");
      tunnel.setDf(Df.SET);
      expect(outerDf(k == 1)).toBe(true);
      tunnel.setDf(Df.CLEAR);
      expect(outerDf(k == 1)).toBe(false);
      tunnel.setInterfaceDf(1, Df.SET);
      tunnel.setInterfaceDf(2, Df.CLEAR);
      expect(outerDf(k == 1)).toBe(true);
      tunnel.setInterfaceDf(1, Df.COPY);
      expect(outerDf(k == 1)).toBe(k == 1);
      tunnel.setInterfaceDf(1, Df.UNSAID);
      expect(outerDf(k == 1)).toBe(false, "as for all again");
      tunnel.setDf(Df.UNSAID);
    }
    tunnel.setInterfaceDf(99, Df.SET);
    expect(tunnel.df).toBe(Df.COPY);
  });

  test("cleared, a datagram that is too long and may not be cut goes in one piece; others are cut as ever", () => {
    packets.free(sent(0, true, 1490, outbound.Verdict.TOO_BIG));
    tunnel.setDf(Df.SET);
    packets.free(sent(0, true, 1490, outbound.Verdict.TOO_BIG));
    tunnel.setDf(Df.CLEAR);
    packets.free(sent(0, false, 1490, outbound.Verdict.TOO_BIG));
    const packet = sent(0, true, 1490, outbound.Verdict.PROTECTED);
    expect(packet.len).toBeGreaterThan(1500);
    expect(ipv4.check(packet.ptr, packet.len)).toBe(Drop.NONE);
    expect(ipv4.dontFragment(packet.ptr)).toBe(false);
    packets.free(packet);
  });
});

describe("DSCP and ECN", () => {
  test("DSCP is copied, or one for all; ECN is copied always", () => {
    for (let dscp: u32 = 0; dscp <= 64; dscp++) {
      tunnel.setDscp(dscp);
      const packet = sent(0xb9, false, 100, outbound.Verdict.PROTECTED);
      expect(ipv4.tos(packet.ptr)).toBe(dscp == tunnel.DSCP_COPY ? 0xb9 : (dscp << 2) | 1);
      expect(ipv4.check(packet.ptr, packet.len)).toBe(Drop.NONE);
      packets.free(packet);
    }
  });

  test("ECN on the way in: RFC 6040, figure 4", () => {
    // By inner, then outer: Not-ECT, ECT(1), ECT(0), CE; 9: dropped.
    const figure: StaticArray<u32> = [0, 0, 0, 9, 1, 1, 1, 3, 2, 1, 2, 3, 3, 3, 3, 3];
    for (let inner: u32 = 0; inner < 4; inner++) {
      for (let outer: u32 = 0; outer < 4; outer++) {
        const packet = datagram(NET_B + 1, NET_A + 1, 1, 60);
        ipv4.emit(packet.ptr, 0xb8 | inner, 60, 5, 0, 63, 1, NET_B + 1, NET_A + 1);
        const wanted = figure[inner * 4 + outer];
        expect(tunnel.handOnEcn(packet.ptr, 0x40 | outer)).toBe(wanted != 9);
        if (wanted != 9) expect(ipv4.tos(packet.ptr)).toBe(0xb8 | wanted, "inner " + inner.toString() + ", outer " + outer.toString());
        expect(ipv4.check(packet.ptr, packet.len)).toBe(Drop.NONE);
        packets.free(packet);
      }
    }
  });
});
