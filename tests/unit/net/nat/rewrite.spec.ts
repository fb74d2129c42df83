// net/nat/rewrite: what a translation changes, and checksums by RFC 1624 against the whole computed anew.
import { get16, get32, put16, put32 } from "../../../../assembly/util/bytes";
import * as rewrite from "../../../../assembly/net/nat/rewrite";
import { DESTINATION, DESTINATION_PORT, IDENTIFIER, SAME_PORT, SOURCE, SOURCE_PORT } from "../../../../assembly/net/nat/rewrite";
import * as checksums from "../../../../assembly/wire/checksum";
import * as ipv4 from "../../../../assembly/wire/ipv4";

const p: usize = memory.data(256, 8);
const TCP: u32 = 6;
const UDP: u32 = 17;
const ICMP: u32 = 1;

let state: u32 = 1;
function random(): u32 {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state;
}

/** Where the checksum of a protocol lies. */
function fieldOf(protocol: u32): usize {
  return protocol == TCP ? 16 : protocol == UDP ? 6 : 2;
}

function sumOf(protocol: u32, len: u32): u64 {
  const sum = checksums.add(p + 20, len);
  return protocol == ICMP ? sum : sum + checksums.pseudo(ipv4.source(p), ipv4.destination(p), protocol, len);
}

/** A datagram of `len` octets behind its header, whose checksums are right. */
function datagram(protocol: u32, len: u32, source: u32, destination: u32, word: u32 = 0): void {
  for (let i: u32 = 0; i < len; i++) store<u8>(p + 20 + i, <u8>random());
  if (protocol == UDP) put16(p + 24, len);
  ipv4.emit(p, 0, 20 + len, 7, word, 64, protocol, source, destination);
  put16(p + 20 + fieldOf(protocol), 0);
  let sum = checksums.fold(sumOf(protocol, len));
  if (protocol == UDP && sum == 0) sum = 0xffff;
  put16(p + 20 + fieldOf(protocol), sum);
}

/** Whether the header and what is behind it have right checksums. */
function right(protocol: u32, len: u32): bool {
  return checksums.compute(p, 20) == 0 && checksums.fold(sumOf(protocol, len)) == 0;
}

/** Addresses and ports at which sums go round: zeros, ones, and whatever. */
function edgy(i: u32): u32 {
  const r = random();
  switch (i % 4) {
    case 0: return r;
    case 1: return r & 0xffff0000;
    case 2: return r | 0x0000ffff;
    default: return r & 1 ? 0xffffffff : 0x00000000;
  }
}

describe("address and port", () => {
  test("change where they lie, and nothing else does", () => {
    datagram(UDP, 20, 0x0a01000a, 0xc6336409);
    const octets = memory.data(64, 8);
    memory.copy(octets, p, 40);
    rewrite.change(p, 40, SOURCE, 0xc0000201, SOURCE_PORT, 40001);
    expect(get32(p + 12)).toBe(0xc0000201);
    expect(get16(p + 20)).toBe(40001);
    let changed = 0;
    for (let i: usize = 0; i < 40; i++) {
      const field = i == 10 || i == 11 || (i >= 12 && i < 16) || i == 20 || i == 21 || i == 26 || i == 27;
      if (!field && load<u8>(p + i) != load<u8>(octets + i)) changed++;
    }
    expect(changed).toBe(0);
    rewrite.change(p, 40, DESTINATION, 0x0a01000b, DESTINATION_PORT, 53);
    expect(get32(p + 16)).toBe(0x0a01000b);
    expect(get16(p + 22)).toBe(53);
    expect(right(UDP, 20)).toBe(true);
  });

  test("checksums of all three are what the whole sum says, wherever it goes round", () => {
    let wrong = 0;
    for (let i: u32 = 0; i < 6000; i++) {
      const protocol = i % 3 == 0 ? TCP : i % 3 == 1 ? UDP : ICMP;
      const len = 20 + (random() % 100);
      datagram(protocol, len, edgy(i), edgy(i >>> 2));
      const port = protocol == ICMP ? IDENTIFIER : random() & 1 ? SOURCE_PORT : DESTINATION_PORT;
      rewrite.change(p, 20 + len, random() & 1 ? SOURCE : DESTINATION, edgy(random()), port, random() % 5 == 0 ? SAME_PORT : edgy(random()) & 0xffff);
      if (!right(protocol, len)) wrong++;
      if (protocol == UDP && get16(p + 26) == 0) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test("a checksum that was wrong stays wrong, by as much", () => {
    datagram(TCP, 40, 0x0a01000a, 0xc6336409);
    put16(p + 36, get16(p + 36) ^ 0x0100);
    const was = checksums.fold(sumOf(TCP, 40)) % 0xffff;
    rewrite.change(p, 60, SOURCE, 0xc0000201, SOURCE_PORT, 40001);
    expect(checksums.fold(sumOf(TCP, 40)) % 0xffff).toBe(was);
    expect(right(TCP, 40)).toBe(false);
  });

  test("UDP without a checksum has none afterwards; one that comes to 0 is written as ones", () => {
    datagram(UDP, 20, 0x0a01000a, 0xc6336409);
    put16(p + 26, 0);
    rewrite.change(p, 40, SOURCE, 0xc0000201, SOURCE_PORT, 40001);
    expect(get16(p + 26)).toBe(0);
    let ones = 0;
    let none = 0;
    datagram(UDP, 20, 0x0a01000a, 0xc6336409);
    for (let port: u32 = 0; port < 0x10000; port++) {
      rewrite.change(p, 40, SOURCE, 0xc0000201, SOURCE_PORT, port);
      if (get16(p + 26) == 0xffff) ones++;
      if (get16(p + 26) == 0) none++;
    }
    expect(ones > 0).toBe(true);
    expect(none).toBe(0);
  });

  test("a later fragment's first octets are no ports; a first one's checksum is mended where it has it", () => {
    datagram(UDP, 24, 0x0a01000a, 0xc6336409, 3);
    const port = get16(p + 20);
    rewrite.change(p, 44, SOURCE, 0xc0000201, SOURCE_PORT, 40001);
    expect(get16(p + 20)).toBe(port);
    expect(checksums.compute(p, 20)).toBe(0);
    datagram(TCP, 24, 0x0a01000a, 0xc6336409, 0x2000);
    const behind: u32 = get16(p + 36);
    rewrite.change(p, 36, SOURCE, 0xc0000201, SOURCE_PORT, 40001);
    expect(get16(p + 36)).toBe(behind);
  });
});

describe("a quote", () => {
  test("is changed inside, and the error's checksum is written afresh", () => {
    datagram(UDP, 28, 0x0a01000a, 0xc6336409);
    const message = memory.data(128, 8);
    memory.fill(message, 0, 128);
    store<u8>(message, 3);
    memory.copy(message + 8, p, 28);
    rewrite.changeQuoted(message, 36, SOURCE, 0xc0000201, SOURCE_PORT, 40001);
    expect(checksums.compute(message, 36)).toBe(0);
    expect(get32(message + 20)).toBe(0xc0000201);
    expect(get16(message + 28)).toBe(40001);
    expect(checksums.compute(message + 8, 20)).toBe(0);
    put32(message + 40, 0x01020304);
    rewrite.changeQuoted(message, 36, DESTINATION, 0xc0000209, DESTINATION_PORT, SAME_PORT);
    expect(get32(message + 40)).toBe(0x01020304);
  });
});
