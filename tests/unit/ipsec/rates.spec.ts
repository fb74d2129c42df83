// How often the data path asks IKE the same: to the millisecond.
import * as inbound from "../../../assembly/ipsec/inbound";
import * as outbound from "../../../assembly/ipsec/outbound";
import * as acquire from "../../../assembly/sadb/work";
import { Work, WorkItem } from "../../../assembly/sadb/work";
import { put32 } from "../../../assembly/util/bytes";
import * as packets from "../../../assembly/util/packet";
import { ALPHA, BETA, NET_A, NET_B, arrive, datagram, mirror, pass, rooms, tunnel, work } from "../sadb/world";
import { process } from "./whole_way";

beforeEach(rooms);

/** A packet with an SPI that nobody has. */
function stray(protocol: u32): void {
  const packet = datagram(BETA, ALPHA, protocol, 80);
  put32(packet.ptr + 20 + (protocol == 51 ? 4 : 0), 0x1000);
  arrive(packet);
  expect(inbound.receive(packet, protocol)).toBe(inbound.Verdict.DROP);
  packets.free(packet);
}

function sendOne(): void {
  const packet = datagram(NET_A + 1, NET_B + 1, 1, 60);
  if (process(packet, 1) != outbound.Verdict.HELD) packets.free(packet);
}

/** A packet through an SA in UDP, from another port than is known. */
function fromElsewhere(): void {
  const packet = datagram(0x0a000001, 0x0a000002, 1, 60);
  process(packet, 1);
  arrive(packet);
  packet.srcPort = 31000;
  expect(inbound.receive(packet, 50)).toBe(inbound.Verdict.INNER);
  packets.free(packet);
}

describe("what IKE is asked", () => {
  test("an unknown SPI: once a second, with its protocol", () => {
    stray(51);
    const item = acquire.next() as WorkItem;
    expect(item.kind).toBe(Work.UNKNOWN_SPI);
    expect(item.protocol).toBe(51);
    expect(item.spi).toBe(0x1000);
    pass(999);
    stray(50);
    expect(work()).toBe(0);
    pass(1);
    stray(50);
    expect(work()).toBe(Work.UNKNOWN_SPI);
  });

  test("an SA for a policy: every five seconds, by the policy's slot", () => {
    const policy = tunnel();
    sendOne();
    const item = acquire.next() as WorkItem;
    expect(item.kind).toBe(Work.ACQUIRE);
    expect(item.policy).toBe(policy.slot);
    pass(4999);
    sendOne();
    expect(work()).toBe(0);
    pass(1);
    sendOne();
    expect(work()).toBe(Work.ACQUIRE);
  });

  test("a mapping that has moved: every two seconds", () => {
    mirror(true);
    fromElsewhere();
    expect(work()).toBe(Work.MAPPING);
    pass(1999);
    fromElsewhere();
    expect(work()).toBe(0);
    pass(1);
    fromElsewhere();
    expect(work()).toBe(Work.MAPPING);
  });
});
