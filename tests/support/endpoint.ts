/** A host of the simplest kind: one address, one gateway; it answers ARP and ICMP echo, and counts what comes. */
import type { Port } from "./world.ts";

export const ip = (text: string): number => text.split(".").reduce((n, part) => n * 256 + Number(part), 0);
export const ipText = (n: number): string => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join(".");

/** The internet checksum (RFC 1071) of some octets. */
export function checksum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface IpOptions {
  id?: number;
  ttl?: number;
  tos?: number;
  df?: boolean;
  mf?: boolean;
  offset?: number;
}

/** An IPv4 datagram without options. */
export function ipv4(src: string, dst: string, protocol: number, payload: Uint8Array, o: IpOptions = {}): Uint8Array {
  const out = new Uint8Array(20 + payload.length);
  const view = new DataView(out.buffer);
  out[0] = 0x45;
  out[1] = o.tos ?? 0;
  view.setUint16(2, out.length);
  view.setUint16(4, o.id ?? 0);
  view.setUint16(6, (o.df ? 0x4000 : 0) | (o.mf ? 0x2000 : 0) | ((o.offset ?? 0) >> 3));
  out[8] = o.ttl ?? 64;
  out[9] = protocol;
  view.setUint32(12, ip(src));
  view.setUint32(16, ip(dst));
  view.setUint16(10, checksum(out.subarray(0, 20)));
  out.set(payload, 20);
  return out;
}

export function echo(type: 0 | 8, id: number, sequence: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(8 + data.length);
  const view = new DataView(out.buffer);
  out[0] = type;
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  out.set(data, 8);
  view.setUint16(2, checksum(out));
  return out;
}

export function udp(srcPort: number, dstPort: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(8 + data.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, srcPort);
  view.setUint16(2, dstPort);
  view.setUint16(4, out.length);
  out.set(data, 8);
  return out;
}

export function ethernet(dst: Uint8Array, src: Uint8Array, type: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(14 + payload.length);
  out.set(dst, 0);
  out.set(src, 6);
  out[12] = type >> 8;
  out[13] = type & 255;
  out.set(payload, 14);
  return out;
}

export const BROADCAST = new Uint8Array(6).fill(255);

export class Endpoint implements Port {
  send: (frame: Uint8Array) => void = () => {};
  mac: Uint8Array;
  /** Datagrams for us, in order of arrival. */
  received: { src: string; protocol: number; payload: Uint8Array; datagram: Uint8Array }[] = [];
  /** Echo replies seen, by sequence number. */
  replies = new Map<number, number>();
  requests = 0;
  duplicates = 0;
  private neighbours = new Map<number, Uint8Array>();
  private waiting: { nextHop: number; datagram: Uint8Array }[] = [];
  onDatagram: ((datagram: Uint8Array) => void) | undefined;

  constructor(
    public address: string,
    public gateway: string,
    mac = [2, 0, 0, 0xee, 0, 1],
    public prefix = 24,
  ) {
    this.mac = new Uint8Array(mac);
    this.mac[5] = ip(address) & 255;
    this.mac[4] = (ip(address) >>> 8) & 255;
    this.mac[3] = (ip(address) >>> 16) & 255;
  }

  /** Sends an echo request. */
  ping(dst: string, sequence: number, size = 56, o: IpOptions = {}): void {
    const data = new Uint8Array(size).map((_, i) => (i * 7 + sequence) & 255);
    this.datagram(ipv4(this.address, dst, 1, echo(8, 0x1234, sequence, data), o));
  }

  /** Sends a datagram, asking ARP first where it must. */
  datagram(datagram: Uint8Array): void {
    const dst = new DataView(datagram.buffer, datagram.byteOffset).getUint32(16);
    const mask = (0xffffffff << (32 - this.prefix)) >>> 0;
    const nextHop = ((dst & mask) >>> 0) === ((ip(this.address) & mask) >>> 0) ? dst : ip(this.gateway);
    const mac = this.neighbours.get(nextHop);
    if (mac) this.send(ethernet(mac, this.mac, 0x0800, datagram));
    else {
      this.waiting.push({ nextHop, datagram });
      this.arp(1, BROADCAST, new Uint8Array(6), nextHop);
    }
  }

  private arp(operation: number, to: Uint8Array, targetMac: Uint8Array, targetIp: number): void {
    const body = new Uint8Array(28);
    const view = new DataView(body.buffer);
    body.set([0, 1, 8, 0, 6, 4, 0, operation]);
    body.set(this.mac, 8);
    view.setUint32(14, ip(this.address));
    body.set(targetMac, 18);
    view.setUint32(24, targetIp);
    this.send(ethernet(to, this.mac, 0x0806, body));
  }

  receive(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    if (frame.length < 34 || !((frame[0]! & 1) === 1 || frame.subarray(0, 6).every((b, i) => b === this.mac[i]))) return;
    const type = view.getUint16(12);
    if (type === 0x0806) {
      const sender = view.getUint32(28);
      const target = view.getUint32(38);
      if (target !== ip(this.address)) return;
      this.neighbours.set(sender, frame.slice(22, 28));
      if (view.getUint16(20) === 1) this.arp(2, frame.slice(22, 28), frame.slice(22, 28), sender);
      const ready = this.waiting.filter((w) => w.nextHop === sender);
      this.waiting = this.waiting.filter((w) => w.nextHop !== sender);
      for (const w of ready) this.datagram(w.datagram);
      return;
    }
    if (type !== 0x0800) return;
    const datagram = frame.slice(14, 14 + view.getUint16(16));
    this.onDatagram?.(datagram);
    if (view.getUint32(30) !== ip(this.address)) return;
    const header = (datagram[0]! & 15) * 4;
    const payload = datagram.subarray(header);
    const src = ipText(view.getUint32(26));
    this.received.push({ src, protocol: datagram[9]!, payload, datagram });
    if (datagram[9] !== 1 || checksum(payload) !== 0 || (view.getUint16(20) & 0x3fff) !== 0) return;
    const sequence = (payload[6]! << 8) | payload[7]!;
    if (payload[0] === 8) {
      this.requests++;
      this.datagram(ipv4(this.address, src, 1, echo(0, (payload[4]! << 8) | payload[5]!, sequence, payload.slice(8))));
    } else if (payload[0] === 0) {
      if (this.replies.has(sequence)) this.duplicates++;
      this.replies.set(sequence, this.received.length);
    }
  }
}
