/**
 * ARP for IPv4 on Ethernet (RFC 826).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |   hardware type: 1            |   protocol type: 0x0800       |
 *   4  |  6            |  4            |   operation                   |
 *   8  |   sender's hardware address                                   |
 *      |                               |   sender's protocol address   |
 *  16  |                               |   target's hardware address   |
 *      |                                                               |
 *  24  |   target's protocol address                                   |
 *
 * Accessors take a body that `check` accepted. What a frame's padding added is not looked at.
 */
import { get16, get32, put16, put32 } from "../util/bytes";
import { Drop } from "../util/status";
import { copyMac, EtherType } from "./ethernet";

export const LENGTH: u32 = 28;

export const enum Operation {
  REQUEST = 1,
  REPLY = 2,
}

/** Checks length, the two address families and their lengths. */
export function check(p: usize, len: u32): Drop {
  if (len < LENGTH) return Drop.ARP_MALFORMED;
  if (get16(p) != 1 || get16(p + 2) != EtherType.IPV4 || get16(p + 4) != 0x0604) return Drop.ARP_MALFORMED;
  return Drop.NONE;
}

export function operation(p: usize): u32 {
  return get16(p + 6);
}

export function senderMac(p: usize): usize {
  return p + 8;
}

export function senderAddress(p: usize): u32 {
  return get32(p + 14);
}

export function targetMac(p: usize): usize {
  return p + 18;
}

export function targetAddress(p: usize): u32 {
  return get32(p + 24);
}

/** Writes LENGTH octets; `targetMac` 0 writes zeros (a request does not know it). */
export function emit(p: usize, operation: u32, senderMac: usize, senderAddress: u32, targetMac: usize, targetAddress: u32): void {
  put16(p, 1);
  put16(p + 2, EtherType.IPV4);
  put16(p + 4, 0x0604);
  put16(p + 6, operation);
  copyMac(p + 8, senderMac);
  put32(p + 14, senderAddress);
  if (targetMac) copyMac(p + 18, targetMac);
  else memory.fill(p + 18, 0, 6);
  put32(p + 24, targetAddress);
}
