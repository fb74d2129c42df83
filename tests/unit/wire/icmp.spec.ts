import * as icmp from "../../../assembly/wire/icmp";
import { Drop } from "../../../assembly/util/status";
import { fromHex, toHex } from "./octets";

const ECHO = "0800 8efe 1234 abcd aa0000ff";
const p: usize = memory.data(64, 8);
const q: usize = memory.data(64, 8);

describe("ICMP", () => {
  test("deconstruct", () => {
    const len = fromHex(p, ECHO);
    expect<u32>(icmp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(icmp.type(p)).toBe(<u32>icmp.Type.ECHO);
    expect<u32>(icmp.code(p)).toBe(0);
    expect<u32>(icmp.identifier(p)).toBe(0x1234);
    expect<u32>(icmp.sequence(p)).toBe(0xabcd);
  });
  test("construct", () => {
    const len = fromHex(p, ECHO);
    memory.fill(q, 0xee, 64);
    memory.copy(q + 8, p + 8, 4);
    icmp.emit(q, icmp.Type.ECHO, 0, 0x1234, 0xabcd, len);
    expect(toHex(q, len)).toBe(toHex(p, len));
    expect<u32>(load<u8>(q + len)).toBe(0xee);
  });
  test("check length and checksum", () => {
    const len = fromHex(p, ECHO);
    for (let n: u32 = 0; n < len; n++) expect<u32>(icmp.check(p, n)).toBe(<u32>Drop.ICMP_MALFORMED);
    for (let at: u32 = 0; at < len; at++) {
      fromHex(p, ECHO);
      store<u8>(p + at, load<u8>(p + at) ^ 1);
      expect<u32>(icmp.check(p, len)).toBe(<u32>Drop.ICMP_MALFORMED);
    }
  });
  test("a request becomes its reply", () => {
    const len = fromHex(p, ECHO);
    icmp.toReply(p);
    expect<u32>(icmp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(icmp.type(p)).toBe(<u32>icmp.Type.ECHO_REPLY);
    expect(toHex(p + 4, 8)).toBe("1234abcdaa0000ff");
  });
  test("next-hop MTU (RFC 1191, 4)", () => {
    memory.fill(p, 0, 36);
    icmp.emit(p, icmp.Type.UNREACHABLE, icmp.Unreachable.FRAGMENTATION_NEEDED, 0, 1400, 36);
    expect<u32>(icmp.nextHopMtu(p)).toBe(1400);
    expect<u32>(icmp.check(p, 36)).toBe(<u32>Drop.NONE);
  });
  test("which messages are errors", () => {
    let errors = "";
    for (let type: u32 = 0; type < 20; type++) if (icmp.isError(type)) errors += type.toString() + " ";
    expect(errors).toBe("3 4 5 11 12 ");
  });
});
