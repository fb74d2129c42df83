// ESP by itself for tests and benchmarks in Node (tests/support/primitives/esp.ts): one policy, one pair that opens what it seals.
import * as espIn from "../../../assembly/ipsec/esp_in";
import * as espOut from "../../../assembly/ipsec/esp_out";
import * as waysIn from "../../../assembly/ipsec/inbound";
import * as waysOut from "../../../assembly/ipsec/outbound";
import { Policy } from "../../../assembly/sadb/policies/policy";
import { SA } from "../../../assembly/sadb/sas/sa";
import { keyLength } from "../../../assembly/sadb/sas/sa_keys";
import * as sad from "../../../assembly/sadb/sas/sad";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { ALPHA, arrive, keymat, loop, mirrorPolicy, parameters, rooms, suite } from "../sadb/world";
import { process } from "./whole_way";

let policy: Policy = changetype<Policy>(0);
let inbound: SA = changetype<SA>(0);
let packet: Packet = changetype<Packet>(0);
let home: usize = 0;

/** Makes everything; returns where keys go: encryption, then authentication. */
export function start(): usize {
  rooms();
  policy = mirrorPolicy();
  packet = packets.alloc() as Packet;
  home = packet.ptr;
  return keymat;
}

/** Where a payload goes before `seal`, and an ESP packet before `open`. */
export function payload(): usize {
  return home;
}

/**
 * Replaces the pair; its SPI, or 0 for a suite that does not exist.
 * @param window 0: replays are not looked for @param esn whether numbers are extended
 */
export function key(cipher: u32, bits: u32, auth: u32, window: u32, esn: bool): u32 {
  if (changetype<usize>(inbound)) sad.remove(inbound);
  inbound = changetype<SA>(0);
  if (keyLength(50, cipher, bits, auth) == 0) return 0;
  memory.copy(saved, keymat, 128);
  suite(policy, cipher, bits, auth);
  memory.copy(keymat, saved, 128);
  parameters.peerAddress = ALPHA;
  parameters.lifetimeKilobytes = 0;
  parameters.esn = esn;
  inbound = loop(policy);
  inbound.window = window;
  return inbound.spi;
}

/** Both directions have got as far as that number. */
export function number(high: u32, low: u32): void {
  const sequence = (<u64>high << 32) | <u64>low;
  (inbound.pair as SA).sequence = sequence;
  inbound.sequence = sequence;
}

const saved: usize = memory.data(128, 8);

/** Seals the `len` octets at `payload()`; the packet is at `at()`, `length()` octets. Returns a Drop. */
export function seal(len: u32, nextHeader: u32): u32 {
  packet.ptr = home;
  packet.len = len;
  return espOut.seal(inbound.pair as SA, packet, nextHeader);
}

/** Opens the `len` octets at `from`. Returns a Drop. */
export function open(from: usize, len: u32): u32 {
  packet.ptr = from;
  packet.len = len;
  return espIn.open(inbound, packet);
}

export function at(): usize {
  return packet.ptr;
}

export function length(): u32 {
  return packet.len;
}

export function nextHeader(): u32 {
  return packet.nextHeader;
}

/** `seal` and `open` again and again on the same octets. */
export function rounds(n: u32, len: u32): u32 {
  for (let i: u32 = 0; i < n; i++) {
    if (seal(len, 4) != 0) return i;
    if (espIn.open(inbound, packet) != 0) return i;
  }
  return n;
}

/** The whole way of a datagram of `len` octets, out through the SPD and in again, n times; how often it went well. */
export function through(n: u32, len: u32): u32 {
  for (let i: u32 = 0; i < n; i++) {
    packet.ptr = home;
    packet.len = len;
    ipv4.emit(home, 0, len, i, 0, 64, 1, 0x0a000001, 0x0a000002);
    if (process(packet, 1) != waysOut.Verdict.PROTECTED) return i;
    arrive(packet);
    if (waysIn.receive(packet, 50) != waysIn.Verdict.INNER || packet.ptr != home || packet.len != len) return i;
  }
  return n;
}

/** Where the heap ends. */
export function heapTop(): usize {
  const top = heap.alloc(0);
  heap.free(top);
  return top;
}
