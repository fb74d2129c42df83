// The ARP cache part by part: what waits and how much, what is learned from whom, retries and ages to the millisecond.
import { ARP_ENTRIES, ARP_INCOMPLETE, ARP_INCOMPLETE_SHARE, ARP_PENDING, ARP_PENDING_PER_ENTRY } from "../../../assembly/limits";
import * as arp from "../../../assembly/net/arp_cache";
import { Entry, State } from "../../../assembly/net/arp_cache";
import * as icmp from "../../../assembly/net/icmp";
import * as interfaces from "../../../assembly/net/interface";
import * as outgoing from "../../../assembly/net/outgoing";
import * as clock from "../../../assembly/util/clock";
import { NO_DEADLINE } from "../../../assembly/util/deadline";
import * as log from "../../../assembly/util/log";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import * as pools from "../../../assembly/util/pool";
import { Drop, clearDropCounts, dropCount } from "../../../assembly/util/status";
import * as wire from "../../../assembly/wire/arp";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { fromHex } from "../crypto/bytes";

const OURS: u32 = 0x0a010001;
const STATION: u32 = 0x0a010100;
const MAC: usize = memory.data(16, 8);
const body: usize = memory.data(64, 8);

function entries(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < arp.slots(); i++) if (arp.entryAt(i)) n++;
  return n;
}

function entryOf(address: u32): Entry | null {
  for (let i: u32 = 0; i < arp.slots(); i++) {
    const entry = arp.entryAt(i);
    if (entry && entry.address == address) return entry;
  }
  return null;
}

/** A datagram of some station to `address`, given to the cache. */
function send(address: u32): void {
  const packet = packets.alloc() as Packet;
  packet.len = 48;
  ipv4.emit(packet.ptr, 0, 48, 1, 0, 64, 17, 0x0a020002, address);
  arp.send(packet, 0, address);
}

/** A datagram from somewhere, maybe out of a tunnel. */
function sendFrom(source: u32, spi: u32, address: u32, port: u32, protocol: u32 = 17): void {
  const packet = packets.alloc() as Packet;
  packet.len = 48;
  packet.spi = spi;
  ipv4.emit(packet.ptr, 0, 48, 1, 0, 64, protocol, source, address);
  arp.send(packet, port, address);
}

/** An ARP body of the station at MAC. */
function hears(operation: u32, sender: u32, target: u32, port: u32 = 0): Drop {
  wire.emit(body, operation, MAC, sender, interfaces.at(port).mac, target);
  return arp.receive(body, wire.LENGTH, port);
}

/** Frames that went out by a port. */
function sent(port: u32 = 0): u32 {
  return <u32>interfaces.at(port).packetsOut;
}

beforeEach(() => {
  pools.forgetPools();
  clock.init(1000, 0);
  log.init();
  packets.init();
  interfaces.init();
  interfaces.setAddress(0, OURS, 0xffff0000);
  interfaces.setAddress(1, 0x0a020001, 0xffff0000);
  outgoing.init(0);
  icmp.init();
  arp.init();
  arp.poll();
  interfaces.clearCounters(0);
  interfaces.clearCounters(1);
  clearDropCounts();
  fromHex(MAC, "020000770009");
});

describe("packets that wait", () => {
  test("three for a station, the latest; they go when it answers, and the next at once", () => {
    for (let i: u32 = 0; i < ARP_PENDING_PER_ENTRY + 1; i++) {
      expect<u32>(dropCount(Drop.ARP_QUEUE_FULL)).toBe(0);
      send(STATION);
    }
    expect<u32>(dropCount(Drop.ARP_QUEUE_FULL)).toBe(1);
    expect(arp.unanswered(0, STATION)).toBe(true);
    expect(arp.unanswered(1, STATION)).toBe(false);
    expect<u32>(sent()).toBe(1, "one question");
    expect<u32>(hears(2, STATION, OURS)).toBe(<u32>Drop.NONE);
    expect(arp.unanswered(0, STATION)).toBe(false);
    expect<u32>(sent()).toBe(4);
    const entry = entryOf(STATION) as Entry;
    expect<u32>(entry.state).toBe(State.REACHABLE);
    expect(entry.used).toBe(true);
    expect<i32>(memory.compare(entry.mac, MAC, 6)).toBe(0);
    expect<u32>(entry.waitingCount).toBe(0);
    send(STATION);
    expect<u32>(sent()).toBe(5);
  });
  test("so many in all, and so many stations that are asked for; forgetting makes room", () => {
    // Frames that nobody frees: none goes out.
    interfaces.setShutdown(0, true);
    for (let round = 0; round < 3; round++) {
      clearDropCounts();
      const each = ARP_PENDING / ARP_PENDING_PER_ENTRY;
      for (let i: u32 = 0; i < each; i++) for (let k: u32 = 0; k < ARP_PENDING_PER_ENTRY; k++) send(STATION + i);
      expect<u32>(dropCount(Drop.ARP_QUEUE_FULL)).toBe(0);
      send(STATION + 100);
      expect<u32>(dropCount(Drop.ARP_QUEUE_FULL)).toBe(1, "no packet more: the oldest goes");
      expect<u32>((entryOf(STATION) as Entry).waitingCount).toBe(ARP_PENDING_PER_ENTRY - 1);
      expect<u32>((entryOf(STATION + 100) as Entry).waitingCount).toBe(1);
      for (let i: u32 = 1; i < ARP_INCOMPLETE - each; i++) send(STATION + 100 + i);
      expect<u32>(entries()).toBe(ARP_INCOMPLETE);
      send(STATION + 1000);
      expect<u32>(entries()).toBe(ARP_INCOMPLETE, "no station more: the oldest goes");
      expect(arp.unanswered(0, STATION + 1000)).toBe(true);
      expect(entryOf(STATION) == null).toBe(true);
      arp.clear();
      expect<u32>(entries()).toBe(0);
      expect<u32>(dropCount(Drop.ARP_UNRESOLVED)).toBe(ARP_PENDING, "each with its error");
      while (outgoing.next()) {}
      clock.set(1000 + (round + 1) * 100000);
      // What was forgotten does not come due.
      arp.poll();
      packets.init();
    }
  });
  test("who has his share of places gives up his own oldest, else the oldest does, and last those of tunnels", () => {
    // Frames that nobody frees: none goes out.
    interfaces.setShutdown(0, true);
    sendFrom(0, 0x12345600, STATION, 0);
    sendFrom(0x0a020003, 0, STATION + 1, 0);
    for (let i: u32 = 2; i < ARP_INCOMPLETE; i++) sendFrom(0x0a020100 + i, 0, STATION + i, 0);
    expect<u32>(entries()).toBe(ARP_INCOMPLETE);
    expect<u32>(dropCount(Drop.ARP_QUEUE_FULL)).toBe(ARP_INCOMPLETE - ARP_PENDING, "packets beyond those that may wait");
    expect<u32>((entryOf(STATION) as Entry).waitingCount).toBe(1, "none of a tunnel's");
    // One scanner: what he has he takes from others until he has his share, then from himself.
    for (let i: u32 = 0; i < ARP_INCOMPLETE_SHARE; i++) sendFrom(0x0a020099, 0, STATION + 1000 + i, 0);
    for (let i: u32 = 1; i <= ARP_INCOMPLETE_SHARE; i++) expect(entryOf(STATION + i) == null).toBe(true);
    for (let i: u32 = 0; i < 100; i++) sendFrom(0x0a020099, 0, STATION + 2000 + i, 0);
    expect(entryOf(STATION) != null).toBe(true);
    for (let i = ARP_INCOMPLETE_SHARE + 1; i < ARP_INCOMPLETE; i++) expect(entryOf(STATION + i) != null).toBe(true);
    // Many of them: all of the others' go, the tunnel's stays; and so does what we ask for ourselves, but for answers in ICMP.
    sendFrom(0x0a020001, 0, STATION + 3000, 0, 50);
    sendFrom(0x0a020001, 0, STATION + 3001, 0, 1);
    for (let i: u32 = 0; i < 200; i++) sendFrom(0x0a030000 + i, 0, STATION + 4000 + i, 0);
    expect(entryOf(STATION) != null && entryOf(STATION + 3000) != null).toBe(true);
    expect(entryOf(STATION + 3001) == null).toBe(true);
    expect<u32>(entries()).toBe(ARP_INCOMPLETE);
    hears(2, STATION, OURS);
    expect<u32>((entryOf(STATION) as Entry).state).toBe(State.REACHABLE);
    expect(outgoing.next() == null).toBe(true, "nobody is told");
  });
  test("a scan takes no more than its share of the places of stations that are there", () => {
    interfaces.setShutdown(0, true);
    for (let i: u32 = 0; i < ARP_ENTRIES; i++) {
      clock.set(1001 + i);
      hears(1, STATION + i, OURS);
    }
    for (let i: u32 = 0; i < 1000; i++) send(STATION + 1000 + i);
    let reachable: u32 = 0;
    for (let i: u32 = 0; i < ARP_ENTRIES; i++) if (entryOf(STATION + i)) reachable++;
    expect<u32>(reachable).toBe(ARP_ENTRIES - ARP_INCOMPLETE_SHARE);
  });
  test("asked for thrice, a second apart to the millisecond, then host unreachable", () => {
    send(STATION);
    expect<u32>(arp.poll()).toBe(1000);
    for (let i: u32 = 1; i < 3; i++) {
      clock.set(1000 + i * 1000 - 1);
      expect<u32>(arp.poll()).toBe(1);
      expect<u32>(sent()).toBe(i);
      clock.set(1000 + i * 1000);
      expect<u32>(arp.poll()).toBe(1000);
      expect<u32>(sent()).toBe(i + 1);
    }
    clock.set(3999);
    arp.poll();
    expect<u32>(entries()).toBe(1);
    clock.set(4000);
    expect<u32>(arp.poll()).toBe(NO_DEADLINE);
    expect<u32>(entries()).toBe(0);
    expect<u32>(sent()).toBe(3);
    expect<u32>(dropCount(Drop.ARP_UNRESOLVED)).toBe(1);
    const error = outgoing.next() as Packet;
    expect<u32>(load<u16>(error.ptr, 20)).toBe(0x0103);
  });
});

describe("entries", () => {
  test("are learned from who asks for us, on our network; with an answer", () => {
    expect<u32>(hears(1, STATION, OURS)).toBe(<u32>Drop.NONE);
    expect<u32>(entries()).toBe(1);
    expect<u32>(sent()).toBe(1);
    expect<u32>(hears(1, 0xac100001, OURS)).toBe(<u32>Drop.NONE);
    expect<u32>(entries()).toBe(1, "of another network: answered, not learned");
    expect<u32>(sent()).toBe(2);
    hears(2, STATION + 1, OURS);
    hears(1, STATION + 1, STATION + 2);
    hears(1, STATION + 1, STATION + 1);
    expect<u32>(entries()).toBe(1, "unasked answers and what is not for us");
    expect<u32>(sent()).toBe(2);
    hears(1, STATION + 1, 0x0a020001);
    expect<u32>(sent()).toBe(2, "another port's address");
  });
  test("malformed bodies, operations and senders; our own frame; no address", () => {
    wire.emit(body, 1, MAC, STATION, MAC, OURS);
    expect<u32>(arp.receive(body, wire.LENGTH - 1, 0)).toBe(<u32>Drop.ARP_MALFORMED);
    for (let operation: u32 = 0; operation < 5; operation++)
      expect<u32>(hears(operation, STATION, OURS)).toBe(operation == 1 || operation == 2 ? <u32>Drop.NONE : <u32>Drop.ARP_MALFORMED);
    fromHex(MAC, "030000770009");
    expect<u32>(hears(1, STATION, OURS)).toBe(<u32>Drop.ARP_MALFORMED, "a group");
    fromHex(MAC, "000000000000");
    expect<u32>(hears(1, STATION, OURS)).toBe(<u32>Drop.ARP_MALFORMED, "zeros");
    const before = sent();
    memory.copy(MAC, interfaces.at(0).mac, 6);
    expect<u32>(hears(1, STATION + 7, OURS)).toBe(<u32>Drop.NONE);
    expect<u32>(sent()).toBe(before, "our own");
    fromHex(MAC, "020000770009");
    expect<u32>(hears(1, STATION, OURS, 2)).toBe(<u32>Drop.NO_ADDRESS);
  });
  test("age: one in use is asked itself after ten minutes, one that is not goes", () => {
    hears(1, STATION, OURS);
    hears(1, STATION + 1, OURS);
    send(STATION);
    const before = sent();
    clock.set(1000 + 599999);
    expect<u32>(arp.poll()).toBe(1);
    expect<u32>(entries()).toBe(2);
    clock.set(1000 + 600000);
    expect<u32>(arp.poll()).toBe(1000);
    expect<u32>(entries()).toBe(1);
    expect<u32>(sent()).toBe(before + 1);
    const entry = entryOf(STATION) as Entry;
    expect<u32>(entry.state).toBe(State.PROBE);
    send(STATION);
    expect<u32>(sent()).toBe(before + 2, "packets go on meanwhile");
    hears(2, STATION, OURS);
    expect<u32>(entry.state).toBe(State.REACHABLE);
    expect(entry.used).toBe(false);
    expect<u64>(entry.deadline).toBe(clock.now() + 600000);
  });
  test("none left: the one that was confirmed longest ago makes room, none that is asked for", () => {
    send(STATION + 500);
    for (let i: u32 = 1; i < ARP_ENTRIES; i++) {
      clock.set(1000 + i);
      hears(1, STATION + i, OURS);
    }
    expect<u32>(entries()).toBe(ARP_ENTRIES);
    hears(1, STATION + 1, OURS);
    clock.set(1900);
    hears(1, STATION + 600, OURS);
    expect<u32>(entries()).toBe(ARP_ENTRIES);
    expect(entryOf(STATION + 2) == null).toBe(true, "the second was heard again last");
    expect(entryOf(STATION + 1) != null && entryOf(STATION + 3) != null && entryOf(STATION + 500) != null && entryOf(STATION + 600) != null).toBe(true);
  });
  test("our address in another's hands: told and defended once in ten seconds", () => {
    hears(1, OURS, STATION);
    expect<u32>(sent()).toBe(1);
    clock.set(1000 + 9999);
    hears(1, OURS, STATION);
    expect<u32>(sent()).toBe(1);
    clock.set(1000 + 10000);
    hears(2, OURS, STATION);
    expect<u32>(sent()).toBe(2);
    expect<u32>(entries()).toBe(0);
  });
  test("an interface that is shut down forgets its own; one that comes up announces itself", () => {
    hears(1, STATION, OURS);
    wire.emit(body, 1, MAC, 0x0a020009, MAC, 0x0a020001);
    arp.receive(body, wire.LENGTH, 1);
    expect<u32>(entries()).toBe(2);
    interfaces.setShutdown(1, true);
    arp.poll();
    expect<u32>(entries()).toBe(1);
    expect(entryOf(STATION) != null).toBe(true);
    const before = sent(1);
    interfaces.setShutdown(1, false);
    arp.poll();
    expect<u32>(sent(1)).toBe(before + 1);
    arp.poll();
    expect<u32>(sent(1)).toBe(before + 1);
  });
});
