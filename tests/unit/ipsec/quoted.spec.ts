// What an ICMP error quotes, read as the flow back of it (RFC 4301, 6.2): lengths, kinds, ports and later fragments.
import * as flow from "../../../assembly/ipsec/flow";
import { NO_PORTS } from "../../../assembly/sadb/policies/policy";
import { put16 } from "../../../assembly/util/bytes";
import * as icmp from "../../../assembly/wire/icmp";
import * as ipv4 from "../../../assembly/wire/ipv4";

const p: usize = memory.data(128, 8);
const A: u32 = 0x0a010001;
const B: u32 = 0x0a020002;

/** An error about a datagram from A to B with ports 7 and 9; `more` octets behind its header. */
function error(protocol: u32, more: u32, type: u32 = 3, word: u32 = 0, outer: u32 = 0): u32 {
  memory.fill(p, 0, 128);
  const len: u32 = 48 + more;
  ipv4.emit(p, 0, len, 1, outer, 64, 1, 0x0a030003, A);
  ipv4.emit(p + 28, 0, 1000, 2, word, 64, protocol, A, B);
  put16(p + 48, 7);
  put16(p + 50, 9);
  icmp.emit(p + 20, type, 0, 0, 0, 28 + more);
  return len;
}

describe("what an error quotes", () => {
  test("is the flow back, with its ports", () => {
    for (let protocol: u32 = 6; protocol <= 17; protocol += 11) {
      expect(flow.readQuoted(p, error(protocol, 8))).toBe(true);
      expect<u32>(flow.local).toBe(B);
      expect<u32>(flow.remote).toBe(A);
      expect<u32>(flow.protocol).toBe(protocol);
      expect<u32>(flow.localPort).toBe(9);
      expect<u32>(flow.remotePort).toBe(7);
      expect(flow.readQuoted(p, error(protocol, 4))).toBe(true);
      expect<u32>(flow.localPort).toBe(9);
      expect(flow.readQuoted(p, error(protocol, 3))).toBe(true);
      expect<u32>(flow.protocol).toBe(protocol | NO_PORTS);
      expect<u32>(flow.localPort).toBe(0);
      expect(flow.readQuoted(p, error(protocol, 8, 3, 5))).toBe(true);
      expect<u32>(flow.protocol).toBe(protocol | NO_PORTS, "a later fragment");
    }
    expect(flow.readQuoted(p, error(50, 8))).toBe(true);
    expect<u32>(flow.protocol).toBe(50);
    expect<u32>(flow.localPort).toBe(0);
  });
  test("nothing, where it is no error, a later fragment of one, or too short", () => {
    expect(flow.readQuoted(p, error(17, 8, 8))).toBe(false);
    expect(flow.readQuoted(p, error(17, 8, 0))).toBe(false);
    expect(flow.readQuoted(p, error(17, 8, 11))).toBe(true);
    expect(flow.readQuoted(p, error(17, 8, 11, 0, 5))).toBe(false);
    const len = error(17, 0);
    expect(flow.readQuoted(p, len)).toBe(true);
    expect(flow.readQuoted(p, len - 1)).toBe(false);
    store<u8>(p + 28, 0x44);
    expect(flow.readQuoted(p, len)).toBe(false, "a header shorter than any");
    store<u8>(p + 28, 0x46);
    expect(flow.readQuoted(p, len)).toBe(false, "longer than what is there");
  });
});
