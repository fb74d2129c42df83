import * as arp from "../../../assembly/wire/arp";
import { Drop } from "../../../assembly/util/status";
import { fromHex, toHex } from "./octets";

const BODY = "0001 0800 06 04 0001 111213141516 0a010203 000000000000 0a010204";
const p: usize = memory.data(64, 8);
const q: usize = memory.data(64, 8);

describe("ARP", () => {
  test("deconstruct", () => {
    const len = fromHex(p, BODY);
    expect<u32>(arp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(arp.operation(p)).toBe(<u32>arp.Operation.REQUEST);
    expect(toHex(arp.senderMac(p), 6)).toBe("111213141516");
    expect<u32>(arp.senderAddress(p)).toBe(0x0a010203);
    expect(toHex(arp.targetMac(p), 6)).toBe("000000000000");
    expect<u32>(arp.targetAddress(p)).toBe(0x0a010204);
  });
  test("construct", () => {
    const len = fromHex(p, BODY);
    memory.fill(q, 0xee, 64);
    arp.emit(q, arp.Operation.REQUEST, arp.senderMac(p), 0x0a010203, 0, 0x0a010204);
    expect(toHex(q, arp.LENGTH)).toBe(toHex(p, len));
    expect<u32>(load<u8>(q + arp.LENGTH)).toBe(0xee);
  });
  test("a reply knows its target", () => {
    fromHex(q + 32, "111213141516" + "212223242526");
    memory.fill(q, 0xee, 29);
    arp.emit(q, arp.Operation.REPLY, q + 32, 0x0a010203, q + 38, 0x0a010204);
    expect(toHex(q, 29)).toBe("0001080006040002" + "111213141516" + "0a010203" + "212223242526" + "0a010204" + "ee");
    expect(arp.targetMac(q)).toBe(q + 18);
  });
  test("check length", () => {
    const len = fromHex(p, BODY);
    for (let n: u32 = 0; n < len; n++) expect<u32>(arp.check(p, n)).toBe(<u32>Drop.ARP_MALFORMED);
    expect<u32>(arp.check(p, len + 18)).toBe(<u32>Drop.NONE);
  });
  test("other hardware, protocols and lengths are refused", () => {
    for (let at: u32 = 0; at < 6; at++) {
      const len = fromHex(p, BODY);
      store<u8>(p + at, load<u8>(p + at) ^ 0x40);
      expect<u32>(arp.check(p, len)).toBe(<u32>Drop.ARP_MALFORMED);
    }
  });
});
