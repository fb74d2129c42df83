// What is known of who sent a fragment: what it shows, from where, and who is a peer.
import * as inbound from "../../../assembly/ipsec/inbound";
import { SA } from "../../../assembly/sadb/sas/sa";
import * as sad from "../../../assembly/sadb/sas/sad";
import { put16, put32 } from "../../../assembly/util/bytes";
import { Packet, Standing } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { Flag } from "../../../assembly/wire/ipv4";
import { pair, rooms, suite, tunnel } from "../sadb/world";

beforeEach(rooms);

/** Of a fragment whose payload begins with `spi` at `at`. */
function standing(src: u32, dst: u32, protocol: u32, spi: u32, at: u32 = 0, offset: u32 = 0, len: u32 = 64, port: u32 = 4500): u32 {
  const packet = packets.alloc() as Packet;
  packet.len = 20 + len;
  ipv4.emit(packet.ptr, 0, packet.len, 1, Flag.MF | offset, 64, protocol, src, dst);
  if (protocol == 17) {
    put16(packet.ptr + 20, 4500);
    put16(packet.ptr + 22, port);
  }
  put32(packet.ptr + 20 + at, spi);
  const result = inbound.standing(packet);
  packets.free(packet);
  return result;
}

function up(encapsulated: bool): SA {
  const policy = tunnel();
  const p = suite(policy, 12, 128, 2);
  p.encapsulated = encapsulated;
  p.localPort = p.peerPort = encapsulated ? 4500 : 0;
  return pair(policy);
}

describe("the standing of fragments", () => {
  test("ESP: by the SPI in the first, by the address in later ones", () => {
    const sa = up(false);
    const peer = sa.peerAddress;
    const own = sa.localAddress;
    expect<u32>(standing(peer, own, 50, sa.spi)).toBe(Standing.TUNNEL);
    expect<u32>(standing(peer, own, 50, sa.spi ^ 0x10000)).toBe(Standing.STRANGER, "another SPI");
    expect<u32>(standing(peer + 1, own, 50, sa.spi)).toBe(Standing.STRANGER, "from elsewhere");
    expect<u32>(standing(peer, own + 1, 50, sa.spi)).toBe(Standing.STRANGER, "to elsewhere");
    expect<u32>(standing(peer, own, 50, sa.spi, 0, 8)).toBe(Standing.PEER, "a later one");
    expect<u32>(standing(peer + 1, own, 50, sa.spi, 0, 8)).toBe(Standing.STRANGER);
    expect<u32>(standing(peer, own, 50, sa.spi, 0, 0, 8)).toBe(Standing.PEER, "too short to tell");
    expect<u32>(standing(peer, own, 17, sa.spi, 8)).toBe(Standing.STRANGER, "in UDP, where none was agreed");
    expect<u32>(standing(peer, own, 1, sa.spi)).toBe(Standing.PEER, "another protocol");
    sad.remove(sa);
    expect<u32>(standing(peer, own, 50, sa.spi, 0, 8)).toBe(Standing.STRANGER, "no peer any more");
  });
  test("ESP in UDP: from wherever, and IKE from the peer's address", () => {
    const sa = up(true);
    const peer = sa.peerAddress;
    const own = sa.localAddress;
    expect<u32>(standing(peer, own, 17, sa.spi, 8)).toBe(Standing.TUNNEL);
    expect<u32>(standing(peer + 1, own, 17, sa.spi, 8)).toBe(Standing.TUNNEL, "its mapping has moved");
    expect<u32>(standing(peer, own, 17, sa.spi ^ 0x10000, 8)).toBe(Standing.STRANGER);
    expect<u32>(standing(peer, own, 17, 0, 8)).toBe(Standing.PEER, "IKE");
    expect<u32>(standing(peer + 1, own, 17, 0, 8)).toBe(Standing.STRANGER);
    expect<u32>(standing(peer, own, 17, sa.spi, 8, 0, 64, 500)).toBe(Standing.PEER, "port 500");
    expect<u32>(standing(peer, own, 50, sa.spi)).toBe(Standing.STRANGER, "without UDP, where it was agreed");
  });
});
