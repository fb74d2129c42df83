import * as interfaces from "../../../assembly/net/interface";
import { Status } from "../../../assembly/net/interface";
import * as route from "../../../assembly/net/route";
import { PORT_NONE, PORT_NULL } from "../../../assembly/net/route";
import * as clock from "../../../assembly/util/clock";
import * as log from "../../../assembly/util/log";
import * as pools from "../../../assembly/util/pool";

const M8: u32 = 0xff000000;
const M16: u32 = 0xffff0000;
const M24: u32 = 0xffffff00;
const HOST: u32 = 0xffffffff;

function add(prefix: u32, mask: u32, nextHop: u32, port: u32 = PORT_NONE, distance: u32 = 1): void {
  expect<u32>(route.add(prefix, mask, nextHop, port, distance)).toBe(<u32>Status.OK);
}

/** Where a destination goes: "port gateway" in hexadecimal, "null" or "none". */
function way(destination: u32): string {
  const found = route.lookup(destination);
  if (!found) return "none";
  return found.port == PORT_NULL ? "null" : found.port.toString() + " " + found.station(destination).toString(16);
}

describe("routes", () => {
  beforeEach(() => {
    pools.forgetPools();
    clock.init(0, 0);
    log.init();
    interfaces.init();
    route.init();
    interfaces.setAddress(0, 0x0a010001, M24);
    interfaces.setAddress(1, 0xc0000201, M24);
  });
  test("connected networks", () => {
    expect(way(0x0a010063)).toBe("0 a010063");
    expect(way(0xc0000202)).toBe("1 c0000202");
    expect(way(0x0a020001)).toBe("none");
  });
  test("the longest prefix wins, whatever the order", () => {
    add(0, 0, 0xc0000202);
    add(0x0a020000, M16, 0xc0000203);
    add(0x0a020300, M24, 0xc0000204);
    add(0x0a020307, HOST, 0xc0000205);
    add(0x0a000000, M8, 0xc0000206);
    expect(way(0x0a020307)).toBe("1 c0000205");
    expect(way(0x0a020308)).toBe("1 c0000204");
    expect(way(0x0a020408)).toBe("1 c0000203");
    expect(way(0x0a030408)).toBe("1 c0000206");
    expect(way(0x0a010005)).toBe("0 a010005");
    expect(way(0x08080808)).toBe("1 c0000202");
  });
  test("the smaller distance wins; the other takes over when it goes", () => {
    add(0, 0, 0x0a010002, PORT_NONE, 200);
    add(0, 0, 0xc0000202, PORT_NONE, 10);
    expect(way(0x08080808)).toBe("1 c0000202");
    expect<u32>(route.remove(0, 0, 0xc0000202, PORT_NONE)).toBe(<u32>Status.OK);
    expect(way(0x08080808)).toBe("0 a010002");
    add(0, 0, 0xc0000202, PORT_NONE, 10);
    interfaces.setShutdown(1, true);
    expect(way(0x08080808)).toBe("0 a010002");
    interfaces.setShutdown(1, false);
    expect(way(0x08080808)).toBe("1 c0000202");
  });
  test("a next hop behind another route: one level", () => {
    add(0x0a090000, M16, 0x0a080001);
    expect(way(0x0a090101)).toBe("none");
    add(0x0a080000, M16, 0xc0000209);
    expect(way(0x0a090101)).toBe("1 c0000209");
    add(0x0a0a0000, M16, 0x0a090001);
    expect(way(0x0a0a0001)).toBe("none");
  });
  test("Null0 and an interface", () => {
    add(0x0a000000, M8, 0, PORT_NULL);
    add(0xac100000, M16, 0, 1);
    expect(way(0x0a050505)).toBe("null");
    expect(way(0x0a010005)).toBe("0 a010005");
    expect(way(0xac100707)).toBe("1 ac100707");
  });
  test("what is refused", () => {
    expect<u32>(route.add(0x0a000001, M24, 0xc0000202, PORT_NONE, 1)).toBe(<u32>Status.BAD_PREFIX);
    expect<u32>(route.add(0x0a000000, 0xff00ff00, 0xc0000202, PORT_NONE, 1)).toBe(<u32>Status.BAD_MASK);
    expect<u32>(route.add(0x0a000000, M8, 0xc0000201, PORT_NONE, 1)).toBe(<u32>Status.BAD_NEXT_HOP);
    expect<u32>(route.add(0x0a000000, M8, 0xe0000001, PORT_NONE, 1)).toBe(<u32>Status.BAD_NEXT_HOP);
    expect<u32>(route.add(0x0a000000, M8, 0, 4, 1)).toBe(<u32>Status.NO_SUCH_INTERFACE);
    expect<u32>(route.add(0x0a000000, M8, 0xc0000202, PORT_NONE, 0)).toBe(<u32>Status.BAD_DISTANCE);
    expect<u32>(route.add(0x0a000000, M8, 0xc0000202, PORT_NONE, 256)).toBe(<u32>Status.BAD_DISTANCE);
    expect<u32>(route.remove(0x0a000000, M8, 0xc0000202, PORT_NONE)).toBe(<u32>Status.NOT_FOUND);
    expect<u32>(route.staticCount()).toBe(0);
  });
  test("the same route again only changes its distance; the table ends", () => {
    add(0, 0, 0xc0000202);
    add(0, 0, 0xc0000202, PORT_NONE, 5);
    expect<u32>(route.staticCount()).toBe(1);
    expect<u32>(route.staticAt(0).distance).toBe(5);
    for (let i: u32 = 1; i < 64; i++) add(0x0b000000 | (i << 8), M24, 0xc0000202);
    expect<u32>(route.add(0x0c000000, M24, 0xc0000202, PORT_NONE, 1)).toBe(<u32>Status.TABLE_FULL);
    expect<u32>(route.activeCount()).toBe(66);
    for (let i: u32 = 1; i < 64; i++) expect(way(0x0b000007 | (i << 8))).toBe("1 c0000202");
    expect<u32>(route.remove(0x0b000500, M24, 0, PORT_NONE)).toBe(<u32>Status.OK);
    expect<u32>(route.staticCount()).toBe(63);
    expect<u32>(route.staticAt(5).prefix).toBe(0x0b000600);
  });
});

describe("interfaces", () => {
  beforeEach(() => {
    pools.forgetPools();
    clock.init(0, 0);
    log.init();
    interfaces.init();
  });
  test("addresses that are refused", () => {
    expect<u32>(interfaces.setAddress(0, 0x0a010000, M24)).toBe(<u32>Status.NETWORK_ADDRESS);
    expect<u32>(interfaces.setAddress(0, 0x0a0100ff, M24)).toBe(<u32>Status.BROADCAST_ADDRESS);
    expect<u32>(interfaces.setAddress(0, 0x7f000001, M24)).toBe(<u32>Status.BAD_ADDRESS);
    expect<u32>(interfaces.setAddress(0, 0xe0000001, M24)).toBe(<u32>Status.BAD_ADDRESS);
    expect<u32>(interfaces.setAddress(0, 0x0a010001, 0xff00ff00)).toBe(<u32>Status.BAD_MASK);
    expect<u32>(interfaces.setAddress(4, 0x0a010001, M24)).toBe(<u32>Status.NO_SUCH_INTERFACE);
    expect<u32>(interfaces.at(0).address).toBe(0);
  });
  test("overlap with another interface, not with itself", () => {
    expect<u32>(interfaces.setAddress(0, 0x0a010001, M16)).toBe(<u32>Status.OK);
    expect<u32>(interfaces.setAddress(1, 0x0a010501, M24)).toBe(<u32>Status.OVERLAP);
    expect<u32>(interfaces.conflict()).toBe(0);
    expect<u32>(interfaces.setAddress(1, 0x0a020001, M8)).toBe(<u32>Status.OVERLAP);
    expect<u32>(interfaces.setAddress(0, 0x0a010501, M24)).toBe(<u32>Status.OK);
  });
  test("/31 and /32 have neither network nor broadcast address (RFC 3021)", () => {
    expect<u32>(interfaces.setAddress(0, 0x0a010000, 0xfffffffe)).toBe(<u32>Status.OK);
    expect<u32>(interfaces.at(0).broadcast).toBe(0);
    expect<u32>(interfaces.setAddress(1, 0x0a020000, HOST)).toBe(<u32>Status.OK);
    expect(interfaces.isBroadcast(0x0a010001)).toBe(false);
    expect(interfaces.isBroadcast(0xffffffff)).toBe(true);
  });
  test("MTU and MAC", () => {
    expect<u32>(interfaces.setMtu(0, 575)).toBe(<u32>Status.BAD_MTU);
    expect<u32>(interfaces.setMtu(0, 1501)).toBe(<u32>Status.BAD_MTU);
    expect<u32>(interfaces.setMtu(0, 576)).toBe(<u32>Status.OK);
    const mac: usize = memory.data(8, 8);
    store<u64>(mac, 0x060504030201);
    expect<u32>(interfaces.setMac(0, mac)).toBe(<u32>Status.BAD_MAC);
    store<u64>(mac, 0);
    expect<u32>(interfaces.setMac(0, mac)).toBe(<u32>Status.BAD_MAC);
    store<u64>(mac, 0x060504030202);
    expect<u32>(interfaces.setMac(0, mac)).toBe(<u32>Status.OK);
    expect<u32>(load<u8>(interfaces.at(0).mac, 5)).toBe(6);
    expect<u32>(interfaces.setMac(0, 0)).toBe(<u32>Status.OK);
    expect<u32>(load<u8>(interfaces.at(0).mac)).toBe(2);
    expect(interfaces.at(0).macConfigured).toBe(false);
  });
});
