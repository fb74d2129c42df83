// net/nat/quoted: whose flow an ICMP error is about, at each length, and whatever the quote says of itself.
import * as quoted from "../../../../assembly/net/nat/quoted";
import { IDENTIFIER, SOURCE_PORT } from "../../../../assembly/net/nat/rewrite";
import { put16 } from "../../../../assembly/util/bytes";
import * as ipv4 from "../../../../assembly/wire/ipv4";

const message: usize = memory.data(128, 8);
const q: usize = message + 8;

/** An error that quotes a datagram whose payload is 1, 2, 3, ... */
function error(protocol: u32, word: u32 = 0): void {
  memory.fill(message, 0, 128);
  store<u8>(message, 3);
  for (let i: u32 = 0; i < 60; i++) store<u8>(q + 20 + i, <u8>(i + 1));
  ipv4.emit(q, 0, 80, 1, word, 64, protocol, 0x0a01000a, 0xc6336409);
}

describe("the flow of a quote", () => {
  test("ports of TCP and UDP", () => {
    for (let protocol: u32 = 6; protocol <= 17; protocol += 11) {
      error(protocol);
      expect(quoted.read(message, 36)).toBe(true);
      expect(quoted.protocol).toBe(protocol);
      expect(quoted.source).toBe(0x0a01000a);
      expect(quoted.destination).toBe(0xc6336409);
      expect(quoted.sourcePort).toBe(0x0102);
      expect(quoted.destinationPort).toBe(0x0304);
      expect(quoted.portAt(SOURCE_PORT)).toBe(SOURCE_PORT);
    }
  });

  test("the identifier of a query is its sender's, that of an answer its receiver's", () => {
    error(1);
    store<u8>(q + 20, 8);
    expect(quoted.read(message, 36)).toBe(true);
    expect(quoted.sourcePort).toBe(0x0506);
    expect(quoted.destinationPort).toBe(0);
    expect(quoted.portAt(SOURCE_PORT)).toBe(IDENTIFIER);
    store<u8>(q + 20, 0);
    expect(quoted.read(message, 36)).toBe(true);
    expect(quoted.sourcePort).toBe(0);
    expect(quoted.destinationPort).toBe(0x0506);
    // Anything else has neither.
    store<u8>(q + 20, 3);
    expect(quoted.read(message, 36)).toBe(true);
    expect(quoted.sourcePort | quoted.destinationPort).toBe(0);
  });

  test("at each length: a header and eight octets, or it is nobody's", () => {
    for (let len: u32 = 0; len < 80; len++) {
      error(17);
      expect(quoted.read(message, len)).toBe(len >= 36);
      store<u8>(q, 0x4a);
      expect(quoted.read(message, len)).toBe(len >= 56);
    }
  });

  test("a quote that lies about its header, its version, or is of a later fragment", () => {
    error(17);
    store<u8>(q, 0x44);
    expect(quoted.read(message, 80)).toBe(false);
    store<u8>(q, 0x40);
    expect(quoted.read(message, 80)).toBe(false);
    store<u8>(q, 0x65);
    expect(quoted.read(message, 80)).toBe(false);
    store<u8>(q, 0x4f);
    expect(quoted.read(message, 75)).toBe(false);
    error(17, 2);
    expect(quoted.read(message, 80)).toBe(false);
    // What it says of its length is not what is there, and is not asked.
    error(17);
    put16(q + 2, 65535);
    expect(quoted.read(message, 36)).toBe(true);
  });
});
