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

// Where the fields lie.
const HARDWARE_TYPE: usize = 0;
const PROTOCOL_TYPE: usize = 2;
const LENGTHS: usize = 4;
const OPERATION: usize = 6;
const SENDER_MAC: usize = 8;
const SENDER_ADDRESS: usize = 14;
const TARGET_MAC: usize = 18;
const TARGET_ADDRESS: usize = 24;
/** Lengths of the two kinds of addresses. */
const SIX_AND_FOUR: u32 = 0x0604;

export const LENGTH: u32 = 28;

export const enum Operation {
  REQUEST = 1,
  REPLY = 2,
}

/** Checks length, the two address families and their lengths. */
export function check(p: usize, len: u32): Drop {
  if (len < LENGTH) return Drop.ARP_MALFORMED;
  if (get16(p + HARDWARE_TYPE) != 1 || get16(p + PROTOCOL_TYPE) != EtherType.IPV4 || get16(p + LENGTHS) != SIX_AND_FOUR) return Drop.ARP_MALFORMED;
  return Drop.NONE;
}

export function operation(p: usize): u32 {
  return get16(p + OPERATION);
}

export function senderMac(p: usize): usize {
  return p + SENDER_MAC;
}

export function senderAddress(p: usize): u32 {
  return get32(p + SENDER_ADDRESS);
}

export function targetMac(p: usize): usize {
  return p + TARGET_MAC;
}

export function targetAddress(p: usize): u32 {
  return get32(p + TARGET_ADDRESS);
}

/** Writes LENGTH octets; `targetMac` 0 writes zeros (a request does not know it). */
export function emit(p: usize, operation: u32, senderMac: usize, senderAddress: u32, targetMac: usize, targetAddress: u32): void {
  put16(p + HARDWARE_TYPE, 1);
  put16(p + PROTOCOL_TYPE, EtherType.IPV4);
  put16(p + LENGTHS, SIX_AND_FOUR);
  put16(p + OPERATION, operation);
  copyMac(p + SENDER_MAC, senderMac);
  put32(p + SENDER_ADDRESS, senderAddress);
  if (targetMac) copyMac(p + TARGET_MAC, targetMac);
  else memory.fill(p + TARGET_MAC, 0, 6);
  put32(p + TARGET_ADDRESS, targetAddress);
}
