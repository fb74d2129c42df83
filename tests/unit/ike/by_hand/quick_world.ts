// Quick Mode's messages by hand: payloads in hexadecimal that are taken, and what has been written.
import * as message from "../../../../assembly/ike/message/message";
import * as keys from "../../../../assembly/ike/settings/keys";
import { Exchange } from "../../../../assembly/ike/state/exchange";
import { fromHex, toHex } from "../../crypto/bytes";

const SLOT: usize = 640;
const bodies: usize = memory.data(6 * 640, 8);
let next: usize = 0;

export const NONCE: string = "000102030405060708090a0b0c0d0e0f";
/** An hour, and 4608000 kilobytes. */
export const HOUR: string = "8001000180020e10";
export const KILO: string = "80010002" + "0002000400465000";
/** SHA, and AES of 128 bits. */
export const SUITE: string = "80050002" + "80060080";

/** Everybody's key: who has none may not have the flows of an entry that names its address. */
export function keyOfAll(): void {
  keys.addAddress(0, 0, bodies, fromHex(bodies, "6b6579"));
}

/** Begins anew with the message that is looked at. */
export function clear(): void {
  message.payloads.clear();
  next = 0;
}

export function hex(v: u32, octets: i32 = 4): string {
  let text = "";
  for (let k = octets * 2 - 1; k >= 0; k--) text += "0123456789abcdef".charAt(<i32>((v >>> (k << 2)) & 15));
  return text;
}

/** Octets of a hexadecimal text. */
export function half(text: string): u32 {
  return <u32>text.length / 2;
}

/** A proposal of one transform: what stands before is not the last one. */
export function proposal(number: u32, protocol: u32, spi: u32, id: u32, attributes: string, more: bool = false): string {
  const n = half(attributes) + 8;
  return (more ? "0200" : "0000") + hex(n + 12, 2) + hex(number, 1) + hex(protocol, 1) + "0401" + hex(spi) + "0000" + hex(n, 2) + "01" + hex(id, 1) + "0000" + attributes;
}

/** The body of an SA payload of these proposals. */
export function SAof(proposals: string): string {
  return "0000000100000001" + proposals;
}

/** The payload of a body, before one of type `following`. */
export function payload(following: u32, body: string): string {
  return hex(following, 1) + "00" + hex(half(body) + 4, 2) + body;
}

/** An SA body of ESP alone; as `attributes` are not said, AES-128 and SHA in a tunnel. */
export function esp(spi: u32, attributes: string = "80040001" + HOUR + KILO + SUITE): string {
  return SAof(proposal(1, 3, spi, 12, attributes));
}

/** Adds a payload to the message that is looked at. */
export function add(type: u32, body: string): void {
  const at = bodies + next;
  next += SLOT;
  message.payloads.add(type, at, fromHex(at, body));
}

/** What has been written: the type of the first payload, and all of them. */
export function written(): string {
  message.w.close();
  return hex(<u32>load<u8>(message.w.base + 16), 1) + toHex(message.w.body, <u32>(message.w.here - message.w.body));
}

export function nonceOf(ex: Exchange): string {
  return ex.initiator ? toHex(ex.Ni_b, ex.NiLen) : toHex(ex.Nr_b, ex.NrLen);
}
