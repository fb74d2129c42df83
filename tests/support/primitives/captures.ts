/** Reads captures (pcap and pcapng, either byte order) as far as tests need it: UDP datagrams over IPv4 and IPv6. */

export interface Datagram {
  /** source and destination */
  ports: [number, number];
  payload: Uint8Array;
  /** the whole frame */
  frame: Uint8Array;
}

/** Every packet: where it is no UDP, ports are 0 and the payload is the frame. */
export function datagrams(file: Uint8Array): Datagram[] {
  return packets(file).map(({ link, frame }) => udp(link, frame) ?? { ports: [0, 0], payload: frame, frame });
}

interface Packet {
  link: number;
  frame: Uint8Array;
}

function packets(file: Uint8Array): Packet[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const magic = view.getUint32(0);
  const list: Packet[] = [];
  if (magic === 0x0a0d0d0a) {
    const little = view.getUint32(8) === 0x4d3c2b1a;
    const links: number[] = [];
    for (let at = 0; at + 12 <= file.length; ) {
      const type = view.getUint32(at, little);
      const length = view.getUint32(at + 4, little);
      if (type === 1) links.push(view.getUint16(at + 8, little));
      if (type === 6) {
        const captured = view.getUint32(at + 20, little);
        list.push({ link: links[view.getUint32(at + 8, little)] ?? 1, frame: file.subarray(at + 28, at + 28 + captured) });
      }
      at += Math.max(length, 12);
    }
    return list;
  }
  const little = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
  const link = view.getUint32(20, little) & 0xffff;
  for (let at = 24; at + 16 <= file.length; ) {
    const captured = view.getUint32(at + 8, little);
    list.push({ link, frame: file.subarray(at + 16, Math.min(at + 16 + captured, file.length)) });
    at += 16 + captured;
  }
  return list;
}

function udp(link: number, frame: Uint8Array): Datagram | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  // LINKTYPE_NULL, ETHERNET, RAW, LINUX_SLL
  let at: number | undefined = ({ 0: 4, 1: 14, 101: 0, 12: 0, 113: 16 } as Record<number, number>)[link];
  if (at === undefined || frame.length < at + 20) return undefined;
  if (link === 1 && view.getUint16(12) === 0x8100) at += 4;
  let protocol: number;
  const version = frame[at]! >> 4;
  if (version === 4) {
    protocol = frame[at + 9]!;
    at += (frame[at]! & 15) * 4;
  } else if (version === 6 && frame.length >= at + 40) {
    protocol = frame[at + 6]!;
    at += 40;
  } else return undefined;
  if (protocol !== 17 || frame.length < at + 8) return undefined;
  const length = view.getUint16(at + 4);
  return { ports: [view.getUint16(at), view.getUint16(at + 2)], payload: frame.subarray(at + 8, Math.max(at + 8, Math.min(at + length, frame.length))), frame };
}
