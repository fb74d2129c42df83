// DHCP messages: the fixed part, options in the fields that overload gives them, options in parts, lengths that lie, and what is written.
import { Drop } from "../../../assembly/util/status";
import { get32 } from "../../../assembly/util/bytes";
import * as dhcp from "../../../assembly/wire/dhcp";
import { Op, Option, Type } from "../../../assembly/wire/dhcp";
import { fromHex, toHex } from "./octets";

const p: usize = memory.data(1600, 8);
const mac: usize = memory.data(8, 8);

/** A message of the fixed part and these options. Its length. */
function message(options: string): u32 {
  memory.fill(p, 0, 1600);
  fromHex(p, "02 01 06 00 01020304 0005 8000 0a000001 0a000002 0a000003 0a000004 020000000001");
  fromHex(p + 236, "63825363");
  return 240 + fromHex(p + 240, options);
}

describe("DHCP", () => {
  test("fixed part", () => {
    const len = message("350105 ff");
    expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(dhcp.op(p)).toBe(<u32>Op.REPLY);
    expect<u32>(dhcp.xid(p)).toBe(0x01020304);
    expect<u32>(dhcp.flags(p)).toBe(dhcp.BROADCAST_FLAG);
    expect<u32>(dhcp.clientAddress(p)).toBe(0x0a000001);
    expect<u32>(dhcp.yourAddress(p)).toBe(0x0a000002);
    expect<u32>(dhcp.relay(p)).toBe(0x0a000004);
    expect(toHex(dhcp.hardware(p), 6)).toBe("020000000001");
    expect<u32>(dhcp.type()).toBe(<u32>Type.ACK);
  });
  test("what is wrong with it", () => {
    const len = message("350105 ff");
    for (let n: u32 = 0; n < 240; n++) expect<u32>(dhcp.check(p, n)).toBe(<u32>Drop.DHCP_MALFORMED);
    for (let at: u32 = 0; at < 3; at++) {
      store<u8>(p + <usize>at, load<u8>(p + <usize>at) ^ 4);
      expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.DHCP_MALFORMED);
      store<u8>(p + <usize>at, load<u8>(p + <usize>at) ^ 4);
    }
    for (let at: u32 = 236; at < 240; at++) {
      store<u8>(p + <usize>at, load<u8>(p + <usize>at) ^ 4);
      expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.DHCP_COOKIE);
      store<u8>(p + <usize>at, load<u8>(p + <usize>at) ^ 4);
    }
    expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.NONE);
  });
  test("lengths of options that lie, types that are none", () => {
    expect<u32>(dhcp.check(p, message("350105 0304"))).toBe(<u32>Drop.DHCP_OPTIONS);
    expect<u32>(dhcp.check(p, message("350105 0304 0a0000"))).toBe(<u32>Drop.DHCP_OPTIONS);
    expect<u32>(dhcp.check(p, message("350105 03"))).toBe(<u32>Drop.DHCP_OPTIONS);
    expect<u32>(dhcp.check(p, message("350105 0304 0a000001"))).toBe(<u32>Drop.NONE, "an END may be missing");
    expect<u32>(dhcp.check(p, message("350105 ff 0309"))).toBe(<u32>Drop.NONE, "behind an END nothing is looked at");
    expect<u32>(dhcp.check(p, message("ff"))).toBe(<u32>Drop.DHCP_OPTIONS);
    expect<u32>(dhcp.check(p, message("350100 ff"))).toBe(<u32>Drop.DHCP_OPTIONS);
    expect<u32>(dhcp.check(p, message("350109 ff"))).toBe(<u32>Drop.DHCP_OPTIONS);
    expect<u32>(dhcp.check(p, message("35020501 ff"))).toBe(<u32>Drop.DHCP_OPTIONS);
    expect<u32>(dhcp.check(p, message("350105 350105 ff"))).toBe(<u32>Drop.DHCP_OPTIONS);
  });
  test("options in parts, and in the overloaded fields, those of file before those of sname", () => {
    let len = message("350105 340103 0f026578 00 00 0f03616d70 ff");
    fromHex(p + 108, "0f026c65 0304 0a000009 ff");
    fromHex(p + 44, "0f012e ff");
    expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(dhcp.option(Option.DOMAIN_NAME)).toBe(8);
    expect(toHex(dhcp.value, 8)).toBe("6578616d706c652e");
    expect<u32>(dhcp.option32(Option.ROUTER)).toBe(0x0a000009);
    store<u8>(p + 245, 1);
    expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(dhcp.option(Option.DOMAIN_NAME)).toBe(7);
    store<u8>(p + 245, 2);
    expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(dhcp.option(Option.DOMAIN_NAME)).toBe(6);
    expect<u32>(dhcp.option32(Option.ROUTER)).toBe(0);
    for (let how: u32 = 0; how < 6; how++) {
      store<u8>(p + 245, <u8>how);
      expect<u32>(dhcp.check(p, len)).toBe(<u32>(how - 1 < 3 ? Drop.NONE : Drop.DHCP_OPTIONS));
    }
    len = message("350105 340101 ff");
    memory.fill(p + 108, 1, 127);
    store<u8>(p + 108 + 127, 1);
    expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.DHCP_OPTIONS, "an option over the end of the file field");
    expect<u32>(dhcp.check(p, message("350105 340101 340101 ff"))).toBe(<u32>Drop.DHCP_OPTIONS);
  });
  test("written: padded to 300, as long as its options are, and never longer than every client takes", () => {
    fromHex(mac, "020000000007");
    memory.fill(p, 0xee, 1600);
    dhcp.begin(p, Op.REQUEST, Type.REQUEST, 0xaabbccdd, 0x8000, mac);
    dhcp.setSeconds(p, 70000);
    expect(dhcp.put32Of(Option.REQUESTED_ADDRESS, 0x0a000102)).toBe(true);
    expect<u32>(dhcp.finish(p)).toBe(300);
    expect<u32>(dhcp.check(p, 300)).toBe(<u32>Drop.NONE);
    expect(toHex(p, 12)).toBe("01010600" + "aabbccdd" + "ffff8000");
    expect(toHex(p + 28, 8)).toBe("0200000000070000");
    expect(toHex(p + 240, 10)).toBe("350103" + "32040a000102" + "ff");
    for (let n: u32 = 0; n < 400; n++) if (!dhcp.putOption(43, p, 10)) break;
    expect(dhcp.putOption(43, p, 256)).toBe(false);
    const len = dhcp.finish(p);
    expect<u32>(len).toBeLessThanOrEqual(dhcp.LENGTH_MAX);
    expect<u32>(dhcp.check(p, len)).toBe(<u32>Drop.NONE);
    expect<u32>(load<u8>(p + <usize>dhcp.LENGTH_MAX)).toBe(0xee);
    expect<u32>(get32(p + 236)).toBe(0x63825363);
  });
});
