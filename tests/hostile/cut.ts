/** Routers on the path that cut datagrams, with what they do to the pieces. */
import { ethernet, ipText, ipv4 } from "../support/world/frame.ts";

/** The pieces of a frame's datagram for a path of that MTU; `tos` may change each one's TOS by its number. */
export function cut(frame: Uint8Array, mtu: number, tos: (tos: number, piece: number) => number = (t) => t): Uint8Array[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const total = view.getUint16(16);
  if (view.getUint16(12) !== 0x0800 || total <= mtu) return [frame];
  const payload = frame.slice(34, 14 + total);
  const step = (mtu - 20) & ~7;
  const pieces: Uint8Array[] = [];
  for (let at = 0, i = 0; at < payload.length; at += step, i++) {
    const options = { id: view.getUint16(18), mf: at + step < payload.length, offset: at, tos: tos(frame[15]!, i) };
    const datagram = ipv4(ipText(view.getUint32(26)), ipText(view.getUint32(30)), frame[23]!, payload.slice(at, at + step), options);
    pieces.push(ethernet(frame.slice(0, 6), frame.slice(6, 12), 0x0800, datagram));
  }
  return pieces;
}
