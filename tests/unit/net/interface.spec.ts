// Interfaces: which addresses, masks, MTUs and MAC addresses they take, at each bound from both sides, and what a change leaves.
import { DESCRIPTION_MAX, MTU_MAX, MTU_MIN, PORTS } from "../../../assembly/limits";
import * as interfaces from "../../../assembly/net/interface";
import { Status } from "../../../assembly/net/interface";
import * as clock from "../../../assembly/util/clock";
import * as log from "../../../assembly/util/log";
import * as pools from "../../../assembly/util/pool";
import { fromHex, toHex } from "../crypto/bytes";

const octets: usize = memory.data(256, 8);
const NET24: u32 = 0xffffff00;

/** What a setting gives, and whether whoever depends on addresses is told. */
function set(port: u32, address: u32, mask: u32): Status {
  const before = interfaces.generation;
  const status = interfaces.setAddress(port, address, mask);
  expect(interfaces.generation == before + 1).toBe(status == Status.OK);
  return status;
}

beforeEach(() => {
  pools.forgetPools();
  clock.init(0, 0);
  log.init();
  interfaces.init();
});

describe("addresses", () => {
  test("masks are contiguous and not empty", () => {
    expect(set(0, 0x0a010001, 0xffff00ff)).toBe(Status.BAD_MASK);
    expect(set(0, 0x0a010001, 0x00ffffff)).toBe(Status.BAD_MASK);
    expect(set(0, 0x0a010001, 0)).toBe(Status.BAD_MASK);
    expect(interfaces.contiguous(0)).toBe(true);
    for (let n: u32 = 1; n <= 32; n++) {
      const mask: u32 = 0xffffffff << (32 - n);
      expect(interfaces.contiguous(mask)).toBe(true);
      if (n > 1 && n < 32) expect(interfaces.contiguous(mask ^ 0x80000000)).toBe(false);
    }
  });
  test("an address is a station's: not its network's, nor everybody's; of two or one all are", () => {
    expect(set(0, 0x0a010000, NET24)).toBe(Status.NETWORK_ADDRESS);
    expect(set(0, 0x0a0100ff, NET24)).toBe(Status.BROADCAST_ADDRESS);
    expect(set(0, 0x0a010001, NET24)).toBe(Status.OK);
    expect(set(0, 0x0a0100fe, NET24)).toBe(Status.OK);
    expect(set(0, 0x0a010004, 0xfffffffc)).toBe(Status.NETWORK_ADDRESS);
    expect(set(0, 0x0a010007, 0xfffffffc)).toBe(Status.BROADCAST_ADDRESS);
    expect(set(0, 0x0a010005, 0xfffffffc)).toBe(Status.OK);
    for (let i: u32 = 4; i < 6; i++) {
      expect(set(0, 0x0a010000 + i, 0xfffffffe)).toBe(Status.OK, "RFC 3021");
      expect<u32>(interfaces.at(0).broadcast).toBe(0);
      expect(set(0, 0x0a010000 + i, 0xffffffff)).toBe(Status.OK);
      expect<u32>(interfaces.at(0).broadcast).toBe(0);
    }
    const NONE: StaticArray<u32> = [0, 0x00000001, 0x7f000001, 0xe0000001, 0xf0000001, 0xffffffff];
    for (let i = 0; i < NONE.length; i++) expect(set(0, NONE[i], NET24)).toBe(Status.BAD_ADDRESS);
  });
  test("networks don't overlap, whichever is the wider; the one in the way is named", () => {
    expect(set(2, 0x0a010101, NET24)).toBe(Status.OK);
    expect(set(1, 0x0a010163, 0xffffffe0)).toBe(Status.OVERLAP, "within");
    expect<u32>(interfaces.conflict()).toBe(2);
    expect(set(1, 0x0a010201, 0xffff0000)).toBe(Status.OVERLAP, "around");
    expect(set(1, 0x0a010201, NET24)).toBe(Status.OK, "beside");
    expect(set(3, 0x0a0102fe, NET24)).toBe(Status.OVERLAP);
    expect<u32>(interfaces.conflict()).toBe(1);
    expect(set(2, 0x0a010102, NET24)).toBe(Status.OK, "its own may change");
    expect(interfaces.clearAddress(1)).toBe(Status.OK);
    expect(set(3, 0x0a0102fe, NET24)).toBe(Status.OK);
  });
  test("ours and everybody's: on interfaces that are up", () => {
    expect(interfaces.isOurs(0)).toBe(false);
    expect(interfaces.isBroadcast(0)).toBe(false);
    expect(interfaces.isBroadcast(0xffffffff)).toBe(true);
    for (let port: u32 = 0; port < PORTS; port++) {
      const address = 0x0a010001 + (port << 8);
      const own = interfaces.at(port);
      expect(interfaces.isOurs(address)).toBe(false);
      expect(own.usable).toBe(false);
      set(port, address, NET24);
      expect(own.usable).toBe(true);
      expect(interfaces.isOurs(address)).toBe(true);
      expect(interfaces.isOurs(address + 1)).toBe(false);
      expect(interfaces.isBroadcast(address | 255)).toBe(true);
      expect(interfaces.isBroadcast((address | 255) - 1)).toBe(false);
      expect<u32>(own.network).toBe(address - 1);
      expect(own.onLink(address + 77)).toBe(true);
      expect(own.onLink(address + 256)).toBe(false);
      interfaces.setShutdown(port, true);
      expect(own.usable).toBe(false);
      expect(interfaces.isOurs(address)).toBe(false);
      interfaces.setShutdown(port, false);
      expect(interfaces.isOurs(address)).toBe(true);
      interfaces.clearAddress(port);
      expect(own.usable || own.onLink(address) || interfaces.isOurs(address)).toBe(false);
      expect(own.onLink(0)).toBe(false);
      expect<u32>(own.mask).toBe(0);
    }
  });
});

describe("settings", () => {
  test("of a port that is none", () => {
    for (let port = PORTS; port < PORTS + 2; port++) {
      expect(interfaces.setAddress(port, 0x0a010001, NET24)).toBe(Status.NO_SUCH_INTERFACE);
      expect(interfaces.clearAddress(port)).toBe(Status.NO_SUCH_INTERFACE);
      expect(interfaces.setMtu(port, 1500)).toBe(Status.NO_SUCH_INTERFACE);
      expect(interfaces.setShutdown(port, true)).toBe(Status.NO_SUCH_INTERFACE);
      expect(interfaces.setMac(port, 0)).toBe(Status.NO_SUCH_INTERFACE);
      expect(interfaces.setDescription(port, octets, 1)).toBe(Status.NO_SUCH_INTERFACE);
    }
  });
  test("MTU at its bounds", () => {
    const own = interfaces.at(1);
    expect<u32>(own.mtu).toBe(MTU_MAX);
    expect(interfaces.setMtu(1, MTU_MIN - 1)).toBe(Status.BAD_MTU);
    expect(interfaces.setMtu(1, MTU_MAX + 1)).toBe(Status.BAD_MTU);
    const before = interfaces.generation;
    expect(interfaces.setMtu(1, MTU_MIN)).toBe(Status.OK);
    expect<u32>(own.mtu).toBe(576);
    expect(interfaces.setMtu(1, MTU_MAX)).toBe(Status.OK);
    expect<u32>(own.mtu).toBe(1500);
    expect<u32>(interfaces.generation).toBe(before + 2);
  });
  test("MAC addresses: of the port, of entropy, configured, back again", () => {
    expect(toHex(interfaces.at(0).mac, 6)).toBe("02504f535400");
    expect(toHex(interfaces.at(3).mac, 6)).toBe("02504f535403");
    fromHex(octets, "ffeeddccbbaa");
    interfaces.seedMac(0, octets);
    expect(toHex(interfaces.at(0).mac, 6)).toBe("feeeddccbbaa", "locally administered, no group");
    fromHex(octets, "040102030405");
    interfaces.seedMac(1, octets);
    expect(toHex(interfaces.at(1).mac, 6)).toBe("060102030405");
    fromHex(octets, "010203040506" + "000000000000" + "00aabbccddee" + "0a0b0c0d0e0f");
    expect(interfaces.setMac(0, octets)).toBe(Status.BAD_MAC, "a group");
    expect(interfaces.setMac(0, octets + 6)).toBe(Status.BAD_MAC, "zeros");
    expect(interfaces.at(0).announce).toBe(false);
    expect(interfaces.setMac(0, octets + 12)).toBe(Status.OK);
    expect(toHex(interfaces.at(0).mac, 6)).toBe("00aabbccddee");
    expect(interfaces.at(0).macConfigured).toBe(true);
    expect(interfaces.at(0).announce).toBe(false, "nothing to announce without an address");
    interfaces.seedMac(0, octets + 18);
    expect(toHex(interfaces.at(0).mac, 6)).toBe("00aabbccddee", "what is configured stays");
    set(0, 0x0a010001, NET24);
    interfaces.at(0).announce = false;
    const before = interfaces.generation;
    expect(interfaces.setMac(0, 0)).toBe(Status.OK);
    expect(toHex(interfaces.at(0).mac, 6)).toBe("0a0b0c0d0e0f");
    expect(interfaces.at(0).macConfigured).toBe(false);
    expect(interfaces.at(0).announce).toBe(true);
    expect<u32>(interfaces.generation).toBe(before + 1);
  });
  test("what is announced: an address that is new, or comes up", () => {
    const own = interfaces.at(0);
    interfaces.setShutdown(0, true);
    interfaces.setShutdown(0, false);
    expect(own.announce).toBe(false);
    set(0, 0x0a010001, NET24);
    expect(own.announce).toBe(true);
    interfaces.clearAddress(0);
    expect(own.announce).toBe(false);
    set(0, 0x0a010001, NET24);
    interfaces.setShutdown(0, true);
    expect(own.announce).toBe(false);
    const before = interfaces.generation;
    interfaces.setShutdown(0, true);
    expect<u32>(interfaces.generation).toBe(before, "it is down already");
    interfaces.setShutdown(0, false);
    expect(own.announce).toBe(true);
    expect<u32>(interfaces.generation).toBe(before + 1);
  });
  test("a description is cut where it is too long, and not a letter sooner; counters go back", () => {
    for (let i: u32 = 0; i < 100; i++) store<u8>(octets + i, <u8>(33 + i));
    const own = interfaces.at(0);
    store<u8>(own.description + DESCRIPTION_MAX - 1, 0);
    for (let len: u32 = 79; len < 82; len++) {
      expect(interfaces.setDescription(0, octets, len)).toBe(Status.OK);
      expect<u32>(own.descriptionLen).toBe(min(len, <u32>80));
      expect<i32>(memory.compare(own.description, octets, own.descriptionLen)).toBe(0);
    }
    interfaces.setDescription(0, octets, 0);
    expect<u32>(own.descriptionLen).toBe(0);
    own.packetsIn = own.bytesIn = own.dropsIn = own.packetsOut = own.bytesOut = own.dropsOut = 7;
    interfaces.clearCounters(0);
    expect<u64>(own.packetsIn | own.bytesIn | own.dropsIn | own.packetsOut | own.bytesOut | own.dropsOut).toBe(0);
  });
});
