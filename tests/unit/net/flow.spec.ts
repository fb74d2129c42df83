// net/flow: what is read of a datagram, and of which none is.
import { LATER_FRAGMENT } from "../../../assembly/lists/match";
import * as flow from "../../../assembly/net/flow";
import * as ipv4 from "../../../assembly/wire/ipv4";

const p: usize = memory.data(128, 8);

/** A datagram of `total` octets whose payload is 1, 2, 3, ... */
function datagram(protocol: u32, total: u32, word: u32): void {
  for (let i: u32 = 0; i < 128; i++) store<u8>(p + i, <u8>(i - 19));
  ipv4.emit(p, 0, total, 1, word, 64, protocol, 0x0a010001, 0x0a020002);
}

describe("reading a flow", () => {
  test("ports, types and flags", () => {
    datagram(6, 40, 0);
    expect(flow.read(p, 40)).toBe(true);
    expect(flow.sourcePort).toBe(0x0102);
    expect(flow.destinationPort).toBe(0x0304);
    expect(flow.flags).toBe(14);
    datagram(1, 28, 0);
    expect(flow.read(p, 28)).toBe(true);
    expect(flow.sourcePort).toBe(1);
    expect(flow.destinationPort).toBe(2);
    expect(flow.source).toBe(0x0a010001);
    expect(flow.destination).toBe(0x0a020002);
  });

  test("at each length: what is too short is nothing", () => {
    for (let len: u32 = 0; len < 60; len++) {
      datagram(6, 60, 0);
      expect(flow.read(p, len)).toBe(len >= 40);
      datagram(6, 60, 0x2000);
      expect(flow.read(p, len)).toBe(len >= 36);
      datagram(17, 60, 0);
      expect(flow.read(p, len)).toBe(len >= 28);
      datagram(1, 60, 0);
      expect(flow.read(p, len)).toBe(len >= 28);
      datagram(50, 60, 0);
      expect(flow.read(p, len)).toBe(len >= 20);
      store<u8>(p, 0x4f);
      expect(flow.read(p, len)).toBe(len >= 60);
      store<u8>(p, 0x44);
      expect(flow.read(p, len)).toBe(false);
    }
  });

  test("later fragments show addresses alone; one that would write TCP's flags over is none", () => {
    datagram(6, 60, 2);
    expect(flow.read(p, 60)).toBe(true);
    expect(flow.flags).toBe(LATER_FRAGMENT);
    expect(flow.sourcePort).toBe(0);
    datagram(6, 60, 1);
    expect(flow.read(p, 60)).toBe(false);
    datagram(17, 60, 1);
    expect(flow.read(p, 60)).toBe(true);
  });
});
