// The line of messages: order, shares, who goes for whom.
import * as line from "../../../../assembly/ike/engine/line";
import { ISAKMP_LINE } from "../../../../assembly/limits";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";

const cookies: usize = memory.data(16, 8);

/** A message of a source, numbered by its port, whose cookies are 16 octets of `cookie`. */
function message(src: u32, n: u32, ofSa: bool = false, cookie: u8 = 0): Packet {
  const packet = packets.alloc() as Packet;
  packet.src = src;
  packet.srcPort = <u16>n;
  packet.ofSa = ofSa;
  packet.len = 28;
  memory.fill(packet.ptr, cookie, 28);
  return packet;
}

/** Puts one; the number of what has no room, 0: none. */
function put(src: u32, n: u32, ofSa: bool = false): u32 {
  const refused = line.put(message(src, n, ofSa));
  if (!refused) return 0;
  const which = <u32>refused.srcPort;
  packets.free(refused);
  return which;
}

function next(): u32 {
  const packet = line.next();
  if (!packet) return 0;
  const n = <u32>packet.srcPort;
  packets.free(packet);
  return n;
}

beforeEach(() => {
  packets.init();
  line.init();
});

describe("the line", () => {
  it("gives what came first, and is empty at last", () => {
    for (let n: u32 = 1; n < 6; n++) expect<u32>(put(n & 1, n, n == 3)).toBe(0);
    expect<u32>(line.length).toBe(5);
    for (let n: u32 = 1; n < 6; n++) expect<u32>(next()).toBe(n);
    expect<u32>(next()).toBe(0);
    expect<u32>(line.length).toBe(0);
    expect<u32>(put(1, 9)).toBe(0);
    expect<u32>(next()).toBe(9);
  });

  it("has half its places for one source, the half of what is left for the next, and one for everybody else's first", () => {
    let taken: u32 = 0;
    for (let n: u32 = 1; n <= ISAKMP_LINE; n++) if (put(7, n) == 0) taken++;
    expect<u32>(taken).toBe(ISAKMP_LINE / 2);
    taken = 0;
    for (let n: u32 = 1; n <= ISAKMP_LINE; n++) if (put(8, n) == 0) taken++;
    expect<u32>(taken).toBe(ISAKMP_LINE / 4);
    for (let src: u32 = 100; line.length < ISAKMP_LINE; src++) expect<u32>(put(src, src)).toBe(0);
    expect<u32>(put(99, 99)).toBe(99);
  });

  it("lets the newest of no SA go for one of an SA's, wherever it stands, and shares among those too", () => {
    for (let n: u32 = 1; n <= ISAKMP_LINE; n++) expect<u32>(put(n, n)).toBe(0);
    expect<u32>(put(1000, 1000, true)).toBe(ISAKMP_LINE);
    // The newest is behind it no more, but before it.
    expect<u32>(put(1000, 1001, true)).toBe(ISAKMP_LINE - 1);
    let taken: u32 = 2;
    for (let n: u32 = 1002; n < 1002 + ISAKMP_LINE; n++) if (put(1000, n, true) != n) taken++;
    expect<u32>(taken).toBe(ISAKMP_LINE / 2);
    expect<u32>(line.length).toBe(ISAKMP_LINE);
    for (let n: u32 = 1; n <= ISAKMP_LINE / 2; n++) expect<u32>(next()).toBe(n);
    for (let n: u32 = 0; n < ISAKMP_LINE / 2; n++) expect<u32>(next()).toBe(1000 + n);
    expect<u32>(next()).toBe(0);
  });

  it("lets the first and only one go", () => {
    expect<u32>(put(1, 1)).toBe(0);
    for (let src: u32 = 2; src <= ISAKMP_LINE; src++) expect<u32>(put(src, src, true)).toBe(0);
    expect<u32>(put(500, 500, true)).toBe(1);
    expect<u32>(put(501, 501, true)).toBe(501);
    expect<u32>(next()).toBe(2);
  });

  it("keeps none of a stranger where buffers are scarce, but when nobody waits; one of an SA's takes a stranger's", () => {
    expect<u32>(put(1, 1)).toBe(0);
    const held: Packet[] = [];
    while (true) {
      const packet = packets.alloc();
      if (!packet || packets.scarce(packet)) {
        if (packet) packets.free(packet);
        break;
      }
      held.push(packet);
    }
    expect<u32>(put(2, 2)).toBe(2);
    expect<u32>(put(3, 3, true)).toBe(1);
    expect<u32>(put(4, 4, true)).toBe(0);
    expect<u32>(next()).toBe(3);
    expect<u32>(next()).toBe(4);
    expect<u32>(put(5, 5)).toBe(0);
    for (let i = 0; i < held.length; i++) packets.free(held[i]);
  });

  it("says whether one of an SA's waits, by both cookies", () => {
    memory.fill(cookies, 0x5a, 16);
    expect<bool>(line.put(message(1, 1, false, 0x5a)) == null).toBe(true);
    expect<bool>(line.holdsOf(cookies)).toBe(false);
    expect<bool>(line.put(message(2, 2, true, 0x5a)) == null).toBe(true);
    expect<bool>(line.holdsOf(cookies)).toBe(true);
    store<u8>(cookies + 15, 0);
    expect<bool>(line.holdsOf(cookies)).toBe(false);
  });
});
