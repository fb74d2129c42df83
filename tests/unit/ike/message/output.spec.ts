// Datagrams that wait for the device: where they go, what stands before a message on port 4500, and how many there may be.
import * as output from "../../../../assembly/ike/message/output";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { LARGE_PACKETS } from "../../../../assembly/limits";
import { Packet, SMALL_CAPACITY } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { begin, left, negotiating } from "../by_hand/world";

const octets: usize = memory.data(4096, 8);
let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeEach(() => {
  begin();
  sa = negotiating(true);
  sa.peerPort = 1024;
  for (let i: u32 = 0; i < 4096; i++) store<u8>(octets + i, <u8>(i * 7 + 1));
});

function flow(packet: Packet, src: u32, srcPort: u16, dst: u32, dstPort: u16): void {
  expect<u32>(packet.src).toBe(src);
  expect<u32>(packet.dst).toBe(dst);
  expect<u16>(packet.srcPort).toBe(srcPort);
  expect<u16>(packet.dstPort).toBe(dstPort);
}

describe("a datagram", () => {
  it("is a copy of the message, for an SA's peer or for where a packet came from, in the order they were made", () => {
    output.toPeer(sa, octets, 60);
    const came = packets.alloc() as Packet;
    came.src = BETA + 1;
    came.srcPort = 77;
    came.dst = ALPHA + 1;
    came.dstPort = 500;
    output.back(came, octets + 1, 30);
    const first = output.next() as Packet;
    flow(first, ALPHA, 500, BETA, 1024);
    expect<string>(toHex(first.ptr, first.len)).toBe(toHex(octets, 60));
    const second = output.next() as Packet;
    flow(second, ALPHA + 1, 500, BETA + 1, 77);
    expect<string>(toHex(second.ptr, second.len)).toBe(toHex(octets + 1, 30));
    expect<bool>(output.next() == null).toBe(true);
  });

  it("from port 4500 has four zeros before it (RFC 3948, 2.2), whichever port it goes to", () => {
    sa.localPort = 4500;
    output.toPeer(sa, octets, 60);
    const floated = output.next() as Packet;
    expect<string>(toHex(floated.ptr, floated.len)).toBe("00000000" + toHex(octets, 60));
    flow(floated, ALPHA, 4500, BETA, 1024);
    sa.localPort = 500;
    sa.peerPort = 4500;
    output.toPeer(sa, octets, 60);
    const plain = output.next() as Packet;
    expect<u32>(plain.len).toBe(60);
  });

  it("a keepalive is one octet of ones (RFC 3948, 2.3), in the flow of the SA", () => {
    sa.localPort = 4500;
    output.keepalive(sa);
    const packet = output.next() as Packet;
    expect<string>(toHex(packet.ptr, packet.len)).toBe("ff");
    flow(packet, ALPHA, 4500, BETA, 1024);
  });

  it("lies in a large buffer only if a small one is too short for it and its marker", () => {
    const large = new StaticArray<usize>(<i32>LARGE_PACKETS);
    for (let i = 0; i < large.length; i++) large[i] = changetype<usize>(packets.allocLarge());
    output.toPeer(sa, octets, SMALL_CAPACITY - 4);
    const packet = output.next() as Packet;
    expect<u32>(packet.len).toBe(SMALL_CAPACITY - 4);
    expect<string>(toHex(packet.ptr, packet.len)).toBe(toHex(octets, SMALL_CAPACITY - 4));
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(0);
    output.toPeer(sa, octets, SMALL_CAPACITY - 3);
    expect<bool>(output.next() == null).toBe(true);
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(1);
    packets.free(changetype<Packet>(large[0]));
    output.toPeer(sa, octets, SMALL_CAPACITY - 3);
    const big = output.next() as Packet;
    expect<u32>(big.len).toBe(SMALL_CAPACITY - 3);
  });
});

describe("what waits", () => {
  it("is thirty-two datagrams at most; the others are counted as lost, a keepalive is not", () => {
    const before = left();
    for (let i = 0; i < 32; i++) output.toPeer(sa, octets, 60);
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(0);
    output.toPeer(sa, octets, 60);
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(1);
    output.keepalive(sa);
    expect<u32>(dropCount(Drop.NO_BUFFER)).toBe(1);
    expect<u32>(before - left()).toBe(32);
    output.clear();
    expect<bool>(output.next() == null).toBe(true);
    expect<u32>(left()).toBe(before);
  });

  it("may use the buffers that are kept from frames", () => {
    while (packets.alloc()) continue;
    output.toPeer(sa, octets, 60);
    output.keepalive(sa);
    expect<bool>(output.next() != null && output.next() != null).toBe(true);
  });
});
