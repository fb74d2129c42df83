/** Fragments of ISAKMP messages, made and joined without the module (payload 132: generic header, ID, number, flags, data). */
import { ethernet, ipv4, parseFrame, parseUdp, udp } from "../world/frame.ts";
import { concat, u16, u32 } from "./ike_peer.ts";

export const FRAGMENT = 132;
const HEADER = 28;

/** MD5 of "FRAGMENTATION": the vendor ID, without capabilities. */
export const FRAGMENTATION = new Uint8Array(Buffer.from("4048b7d56ebce88525e7de7f00d6c2d3", "hex"));

export interface Piece { id: number; number: number; last: boolean; data: Uint8Array }

/** One fragment as a message: cookies, exchange type and message ID are those of `of`, a message or its beginning. */
export function fragment(of: Uint8Array, { id, number, last, data }: Piece): Uint8Array {
  const payload = concat([0, 0], u16(8 + data.length), u16(id), [number, last ? 1 : 0], data);
  return concat(of.subarray(0, 16), [FRAGMENT], of.subarray(17, 19), [0], of.subarray(20, 24), u32(HEADER + payload.length), payload);
}

/** A message in fragments of `size` octets of data. */
export function cutMessage(message: Uint8Array, size: number, id = 1): Uint8Array[] {
  const count = Math.ceil(message.length / size);
  return Array.from({ length: count }, (_, i) => fragment(message, { id, number: i + 1, last: i === count - 1, data: message.slice(i * size, (i + 1) * size) }));
}

/** What a fragment says; undefined for every other message. */
export function readFragment(message: Uint8Array): Piece | undefined {
  if (message.length <= HEADER + 8 || message[16] !== FRAGMENT) return undefined;
  return { id: message[HEADER + 4]! * 256 + message[HEADER + 5]!, number: message[HEADER + 6]!, last: (message[HEADER + 7]! & 1) === 1, data: message.slice(HEADER + 8) };
}

/** The ISAKMP message of a frame, if it has one; `marker` says that it came on port 4500. */
export function isakmpOf(frame: Uint8Array): { message: Uint8Array; from: number; to: number; src: string; dst: string; marker: boolean } | undefined {
  const ip = parseFrame(frame)?.ip;
  const datagram = ip && parseUdp(ip);
  if (!ip || !datagram) return undefined;
  const marker = datagram.from === 4500 || datagram.to === 4500;
  if (!marker && datagram.to !== 500 && datagram.from !== 500) return undefined;
  if (marker && (datagram.body.length < 4 || datagram.body.readUInt32BE(0) !== 0)) return undefined;
  const message = new Uint8Array(marker ? datagram.body.subarray(4) : datagram.body);
  return message.length < HEADER ? undefined : { message, from: datagram.from, to: datagram.to, src: ip.src, dst: ip.dst, marker };
}

/** The frame with another message in it. */
export function withMessage(frame: Uint8Array, message: Uint8Array): Uint8Array {
  const was = isakmpOf(frame)!;
  const body = was.marker ? concat([0, 0, 0, 0], message) : message;
  return ethernet(frame.slice(0, 6), frame.slice(6, 12), 0x0800, ipv4(was.src, was.dst, 17, udp(was.from, was.to, body)));
}

/** A frame's message in fragments, a frame each; other frames stay what they are. */
export function cutFrame(frame: Uint8Array, size: number, id = 1): Uint8Array[] {
  const found = isakmpOf(frame);
  if (!found || found.message[16] === FRAGMENT || found.message.length <= size) return [frame];
  return cutMessage(found.message, size, id).map((piece) => withMessage(frame, piece));
}
