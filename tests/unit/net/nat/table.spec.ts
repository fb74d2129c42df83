// net/nat/table: found both ways, ended by their time, bounded, and each inside host with its share.
import { NAT_HOSTS, NAT_HOST_SHARE, NAT_TRANSLATIONS } from "../../../../assembly/limits";
import * as table from "../../../../assembly/net/nat/table";
import * as timeouts from "../../../../assembly/net/nat/timeouts";
import { State, Translation } from "../../../../assembly/net/nat/translation";
import * as clock from "../../../../assembly/util/clock";
import * as pools from "../../../../assembly/util/pool";
import { Drop } from "../../../../assembly/util/status";

const A: u32 = 0x0a010000;
const OURS: u32 = 0xc0000201;
const OUT: u32 = 0xc6336409;
const TCP: u32 = 6;
const UDP: u32 = 17;

function add(inside: u32, port: u32, outsidePort: u32 = 80, protocol: u32 = TCP): Translation | null {
  return table.add(protocol, inside, port, OURS, port, OUT, outsidePort, NAT_TRANSLATIONS, NAT_HOST_SHARE);
}

function start(): void {
  pools.forgetPools();
  clock.init(0, 0);
  timeouts.init();
  table.init(12345);
}

describe("translations", () => {
  beforeEach(start);

  test("are found as the inside sends, as the outside sends, and by their port of ours", () => {
    const t = add(A + 1, 1025) as Translation;
    expect(table.findOut(TCP, A + 1, 1025, OUT, 80) == t).toBe(true);
    expect(table.findIn(TCP, OURS, 1025, OUT, 80) == t).toBe(true);
    expect(table.mappingOf(TCP, OURS, 1025) == t).toBe(true);
    // Each word of it counts.
    expect(table.findOut(UDP, A + 1, 1025, OUT, 80) == null).toBe(true);
    expect(table.findOut(TCP, A + 2, 1025, OUT, 80) == null).toBe(true);
    expect(table.findOut(TCP, A + 1, 1026, OUT, 80) == null).toBe(true);
    expect(table.findIn(TCP, OURS, 1025, OUT, 81) == null).toBe(true);
    expect(table.findIn(TCP, OURS, 1025, OUT + 1, 80) == null).toBe(true);
    expect(table.findIn(TCP, OURS + 1, 1025, OUT, 80) == null).toBe(true);
    table.remove(t);
    expect(table.findOut(TCP, A + 1, 1025, OUT, 80) == null).toBe(true);
    expect(table.findIn(TCP, OURS, 1025, OUT, 80) == null).toBe(true);
    expect(table.mappingOf(TCP, OURS, 1025) == null).toBe(true);
    expect(table.used()).toBe(0);
    expect(table.countOf(A + 1)).toBe(0);
  });

  test("thousands come and go in any order, and each is found until it goes", () => {
    const many = min<u32>(NAT_TRANSLATIONS, 2000);
    for (let i: u32 = 0; i < many; i++) expect(add(A + (i % 50), 1024 + i) != null).toBe(true);
    expect(table.used()).toBe(many);
    let missed = 0;
    for (let i: u32 = 0; i < many; i++) {
      // A stride that meets all of them.
      const at = (i * 7 + 3) % many;
      const t = table.findIn(TCP, OURS, 1024 + at, OUT, 80);
      if (!t || t.inside != A + (at % 50)) missed++;
      else table.remove(t);
    }
    expect(missed).toBe(0);
    expect(table.used()).toBe(0);
    for (let i: u32 = 0; i < 50; i++) expect(table.countOf(A + i)).toBe(0);
  });

  test("end when their time is over, on being looked for or by the sweep", () => {
    const t = add(A + 1, 1025) as Translation;
    t.state = <u8>State.ANSWERED;
    add(A + 2, 1026);
    add(A + 3, 1027, 7, UDP);
    clock.set(60_000);
    expect(table.findOut(TCP, A + 2, 1026, OUT, 80) == null).toBe(true);
    expect(table.used()).toBe(2);
    clock.set(300_000);
    table.sweep(0, NAT_TRANSLATIONS);
    expect(table.used()).toBe(1);
    expect(table.findOut(TCP, A + 1, 1025, OUT, 80) == t).toBe(true);
    clock.set(86_400_000);
    table.sweep(0, NAT_TRANSLATIONS);
    expect(table.used()).toBe(0);
    expect(<u32>table.expired).toBe(3);
  });

  test("a host that fills its share pays with its own, and never with what runs", () => {
    for (let i: u32 = 0; i < NAT_HOST_SHARE; i++) (add(A + 1, i) as Translation).state = <u8>State.ANSWERED;
    add(A + 2, 60_000);
    clock.set(1000);
    // All of them run.
    expect(add(A + 1, 50_000) == null).toBe(true);
    expect(table.reason).toBe(Drop.NAT_HOST_FULL);
    expect(table.countOf(A + 1)).toBe(NAT_HOST_SHARE);
    // One is reset: it makes room.
    (table.findOut(TCP, A + 1, 0, OUT, 80) as Translation).state |= <u8>State.RESET;
    let tries: u32 = 1;
    while (!add(A + 1, 50_000) && tries <= NAT_HOST_SHARE / 32) tries++;
    // Each look goes past a few, and the next one goes on from there.
    expect(tries <= NAT_HOST_SHARE / 32).toBe(true);
    expect(table.countOf(A + 1)).toBe(NAT_HOST_SHARE);
    expect(table.findOut(TCP, A + 1, 0, OUT, 80) == null).toBe(true);
    expect(table.findOut(TCP, A + 2, 60_000, OUT, 80) != null).toBe(true);
  });

  test("a full table: what nobody answers makes room, of the host that has most; what runs stays", () => {
    const limit: u32 = 100;
    for (let i: u32 = 0; i < 90; i++) table.add(TCP, A + 1, i, OURS, i, OUT, 80, limit, NAT_HOST_SHARE);
    for (let i: u32 = 0; i < 10; i++) (table.add(TCP, A + 2, 1000 + i, OURS, 1000 + i, OUT, 80, limit, NAT_HOST_SHARE) as Translation).state = <u8>State.ANSWERED;
    expect(table.used()).toBe(100);
    // Before anybody could have answered, nothing is taken from another.
    expect(table.add(TCP, A + 3, 5, OURS, 2000, OUT, 80, limit, NAT_HOST_SHARE) == null).toBe(true);
    expect(table.reason).toBe(Drop.NAT_FULL);
    clock.set(3000);
    for (let i: u32 = 0; i < 20; i++) expect(table.add(TCP, A + 3, i, OURS, 2000 + i, OUT, 80, limit, NAT_HOST_SHARE) != null).toBe(true);
    expect(table.used()).toBe(100);
    expect(table.countOf(A + 1)).toBe(70);
    expect(table.countOf(A + 2)).toBe(10);
    expect(table.countOf(A + 3)).toBe(20);
    expect(<u32>table.evicted).toBe(20);
  });

  test("hosts without number: their table is bounded, and those with a flow that runs keep their place", () => {
    (add(A, 1) as Translation).state = <u8>State.ANSWERED;
    for (let i: u32 = 1; i < 2 * NAT_HOSTS; i++) {
      clock.set(4 * i);
      add(A + i, i);
    }
    expect(table.countOf(A)).toBe(1);
    expect(table.used() <= NAT_TRANSLATIONS).toBe(true);
    clock.set(10_000_000);
    // The sources of a flood are forgotten: a new host finds room.
    expect(add(A + 0x100000, 1) != null).toBe(true);
  });
});
