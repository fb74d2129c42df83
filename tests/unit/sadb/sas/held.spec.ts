// Packets that wait for an SA: how many, for how long, in which order.
import { HELD_MILLISECONDS, HELD_PACKETS, HELD_PACKETS_PER_POLICY } from "../../../../assembly/limits";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import * as held from "../../../../assembly/sadb/sas/held";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { NET_A, NET_B, datagram, pass, ref, rooms } from "../world";

const POLICIES: u32 = HELD_PACKETS / HELD_PACKETS_PER_POLICY + 1;
const memoryOf: usize = memory.data(256 * 16, 8);

/** A policy that does nothing but hold. */
function policy(i: u32): Policy {
  return changetype<Policy>(memoryOf + <usize>(i << 8));
}

function packet(len: u32): Packet {
  const made = datagram(NET_A, NET_B, 1, len);
  // As if it came from another queue.
  made.next = made;
  return made;
}

function hold(i: u32, len: u32): bool {
  const made = packet(len);
  const taken = held.hold(policy(i), made);
  if (!taken) packets.free(made);
  return taken;
}

/** The length of the packet that is released next, 0: none. */
function next(): u32 {
  const released = held.released();
  if (!released) return 0;
  const len = released.len;
  packets.free(released);
  return len;
}

beforeEach(() => {
  rooms();
  held.init();
  memory.fill(memoryOf, 0, 256 * 16);
});

describe("packets that wait", () => {
  test("so many of a policy, so many in all; there is room again once they are gone", () => {
    expect(POLICIES).toBeLessThan(17);
    for (let i: u32 = 0; i < POLICIES - 1; i++) {
      for (let k: u32 = 0; k < HELD_PACKETS_PER_POLICY; k++) {
        expect(hold(i, 60)).toBe(true);
        expect(<u32>policy(i).heldCount).toBe(k + 1);
        expect(held.waiting()).toBe(i * HELD_PACKETS_PER_POLICY + k + 1);
      }
      expect(hold(i, 60)).toBe(false);
    }
    expect(hold(POLICIES - 1, 60)).toBe(false, "all are taken");
    expect(held.waiting()).toBe(HELD_PACKETS);
    held.release(policy(0), 0, true);
    expect(held.waiting()).toBe(HELD_PACKETS - HELD_PACKETS_PER_POLICY);
    expect(<u32>policy(0).heldCount).toBe(0);
    expect(ref(policy(0).held)).toBe(0);
    expect(hold(POLICIES - 1, 60)).toBe(true);
    held.abandon(policy(1));
    expect(held.waiting()).toBe(HELD_PACKETS - 2 * HELD_PACKETS_PER_POLICY + 1);
    expect(<u32>policy(1).heldCount).toBe(0);
    expect(ref(policy(1).held)).toBe(0);
    expect(dropCount(Drop.HELD_TIMEOUT)).toBe(HELD_PACKETS_PER_POLICY);
    for (let k: u32 = 0; k < HELD_PACKETS_PER_POLICY; k++) expect(hold(0, 60)).toBe(true);
    for (let k: u32 = 1; k < HELD_PACKETS_PER_POLICY; k++) expect(hold(POLICIES - 1, 60)).toBe(true);
    expect(hold(POLICIES - 1, 60)).toBe(false);
  });

  test("they go in the order of their coming, policy by policy", () => {
    hold(0, 60);
    hold(1, 70);
    hold(0, 61);
    hold(1, 71);
    hold(0, 62);
    held.release(policy(1), 0, true);
    held.release(policy(0), 0, true);
    const order: u32[] = [70, 71, 60, 61, 62, 0];
    for (let i = 0; i < order.length; i++) expect(next()).toBe(order[i]);
    held.release(policy(0), 0, true);
    expect(next()).toBe(0);
  });

  test("what is released settles to the millisecond, and the deadline is armed for it", () => {
    hold(0, 60);
    hold(0, 61);
    held.deadline.reset();
    held.release(policy(0), 50, true);
    const due = clock.now() + 50;
    expect(held.deadline.at).toBe(due);
    pass(49);
    expect(next()).toBe(0);
    held.deadline.reset();
    held.armReleased();
    expect(held.deadline.at).toBe(due);
    pass(1);
    expect(next()).toBe(60);
    expect(next()).toBe(61);
    held.deadline.reset();
    held.armReleased();
    expect(held.deadline.at).toBe(NEVER);
  });

  test("what comes while the first SA settles stands in line, as far as there is room", () => {
    hold(0, 60);
    held.release(policy(0), 50, true);
    pass(49);
    expect(held.follow(policy(0), packet(61))).toBe(true);
    for (let i: u32 = 2; i < HELD_PACKETS; i++) expect(held.follow(policy(0), packet(62))).toBe(true);
    const late = packet(63);
    expect(held.follow(policy(0), late)).toBe(false, "no room");
    packets.free(late);
    expect(next()).toBe(0);
    pass(1);
    expect(next()).toBe(60);
    expect(next()).toBe(61);
    const free = packet(64);
    expect(held.follow(policy(0), free)).toBe(false, "settled");
    packets.free(free);
    expect(policy(0).settles).toBe(0);
    while (next() != 0) {}
    held.release(policy(0), 50, false);
    expect(policy(0).settles).toBe(0, "another SA sends meanwhile");
    held.release(policy(0), 0, true);
    expect(policy(0).settles).toBe(0, "the peer is ready");
  });

  test("those that waited until a time go, it included; the deadline is the oldest's that stays", () => {
    const since = clock.now();
    expect(held.deadline.at).toBe(NEVER);
    hold(0, 60);
    expect(held.deadline.at).toBe(since + HELD_MILLISECONDS);
    hold(0, 61);
    pass(10);
    hold(0, 62);
    expect(held.deadline.at).toBe(since + HELD_MILLISECONDS);
    held.deadline.reset();
    held.expire(policy(0), since - 1);
    expect(held.waiting()).toBe(3);
    expect(held.deadline.at).toBe(since + HELD_MILLISECONDS);
    held.deadline.reset();
    const left = packetsLeft();
    held.expire(policy(0), since);
    expect(held.waiting()).toBe(1);
    expect(packetsLeft()).toBe(left + 2, "their buffers are free");
    expect(<u32>policy(0).heldCount).toBe(1);
    expect((policy(0).held as Packet).len).toBe(62);
    expect(ref((policy(0).held as Packet).next)).toBe(0);
    expect(held.deadline.at).toBe(since + 10 + HELD_MILLISECONDS);
    expect(dropCount(Drop.HELD_TIMEOUT)).toBe(2);
    held.deadline.reset();
    held.expire(policy(0), since + 10);
    expect(held.waiting()).toBe(0);
    expect(held.deadline.at).toBe(NEVER);
    expect(dropCount(Drop.HELD_TIMEOUT)).toBe(3);
  });
});

/** Buffers that are free. */
function packetsLeft(): u32 {
  let n: u32 = 0;
  let chain: Packet | null = null;
  for (let packet = packets.alloc(); packet; packet = packets.alloc()) {
    packet.next = chain;
    chain = packet;
    n++;
  }
  while (chain) {
    const before = (chain as Packet).next;
    packets.free(chain as Packet);
    chain = before;
  }
  return n;
}
