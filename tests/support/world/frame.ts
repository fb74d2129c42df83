/**
 * Ethernet, ARP, IPv4, ICMP echo and UDP as octets, for hosts beside the router and watchers of the wire: demonstration,
 * tests and benches build and read frames with this and nothing else. Independent of the router's own code on purpose: a
 * fault there must not hide itself here.
 *
 * Builders return fresh arrays; what parsers return are views of what they were given. Addresses are texts; of an Ethernet
 * address a builder takes the text ("02:00:00:00:00:01") or its six octets.
 */
export const ETHERNET_IPV4 = 0x0800;
export const ETHERNET_ARP = 0x0806;
export const IP_ICMP = 1;
export const IP_TCP = 6;
export const IP_UDP = 17;
export const IP_ESP = 50;
/** Octets before the body of a frame. */
export const ETHERNET_HEADER = 14;

export type Mac = string | Uint8Array;
export const BROADCAST = new Uint8Array(6).fill(255);
const NOBODY = new Uint8Array(6);

export interface Arp { operation: number; senderMac: string; senderIp: string; targetIp: string }
export interface Ipv4 { src: string; dst: string; protocol: number; ttl: number; fragment: boolean; id: number; offset: number; more: boolean; header: number; payload: Buffer; checksumGood: boolean }
export interface Echo { request: boolean; id: number; seq: number; data: Buffer }
export interface Frame { dst: string; src: string; type: number; ip?: Ipv4; arp?: Arp }

const buffer = (b: Uint8Array): Buffer => (Buffer.isBuffer(b) ? b : Buffer.from(b.buffer, b.byteOffset, b.length));

/** An IPv4 address as a number. */
export const ip = (text: string): number => text.split(".").reduce((n, part) => n * 256 + Number(part), 0);
export const ipText = (n: number): string => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join(".");
export const macText = (mac: Uint8Array): string => buffer(mac).toString("hex").replace(/(..)(?=.)/g, "$1:");
export const macBytes = (mac: Mac): Uint8Array => (typeof mac === "string" ? Uint8Array.from(mac.split(":"), (octet) => parseInt(octet, 16)) : mac);

/** Whether `address` lies in `subnet`, written as 10.1.0.0/16. */
export function inSubnet(address: string, subnet: string): boolean {
  const [net = "", bits] = subnet.split("/");
  const shift = 32 - Number(bits);
  return shift === 32 || ip(address) >>> shift === ip(net) >>> shift;
}

/** The internet checksum (RFC 1071); 0 over what holds a right one. */
export function checksum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A frame without its check sequence; shorter than 60 octets: `padded` to that, as a card does. */
export function ethernet(dst: Mac, src: Mac, type: number, body: Uint8Array, padded = false): Uint8Array {
  const out = new Uint8Array(Math.max(padded ? 60 : 0, ETHERNET_HEADER + body.length));
  out.set(macBytes(dst), 0);
  out.set(macBytes(src), 6);
  out[12] = type >> 8;
  out[13] = type & 255;
  out.set(body, ETHERNET_HEADER);
  return out;
}

/** An ARP message (RFC 826): operation 1 asks, 2 answers. */
export function arp(operation: number, senderMac: Mac, senderIp: string, targetIp: string, targetMac: Mac = NOBODY): Uint8Array {
  const out = new Uint8Array(28);
  const view = new DataView(out.buffer);
  out.set([0, 1, ETHERNET_IPV4 >> 8, ETHERNET_IPV4 & 255, 6, 4, 0, operation]);
  out.set(macBytes(senderMac), 8);
  view.setUint32(14, ip(senderIp));
  out.set(macBytes(targetMac), 18);
  view.setUint32(24, ip(targetIp));
  return out;
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

/** The same datagram (without options) in fragments of `mtu` octets at most (RFC 791, 2.3); one that fits stays whole. */
export function fragments(datagram: Uint8Array, mtu: number): Uint8Array[] {
  if (datagram.length <= mtu) return [datagram];
  const { src, dst, protocol, id, ttl, payload } = parseIpv4(datagram)!;
  const step = (mtu - 20) & ~7;
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < payload.length; offset += step)
    parts.push(ipv4(src, dst, protocol, payload.subarray(offset, offset + step), { id, ttl, mf: offset + step < payload.length, offset }));
  return parts;
}

/** An ICMP message in the form of an echo (RFC 792): type 8 asks, 0 answers; an error has no number and quotes. */
export function echo(type: number, id: number, sequence: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(8 + data.length);
  const view = new DataView(out.buffer);
  out[0] = type;
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  out.set(data, 8);
  view.setUint16(2, checksum(out));
  return out;
}

/** A UDP datagram without a checksum (RFC 768). */
export function udp(srcPort: number, dstPort: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(8 + data.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, srcPort);
  view.setUint16(2, dstPort);
  view.setUint16(4, out.length);
  out.set(data, 8);
  return out;
}

/** Undefined for what is no IPv4 datagram. */
export function parseIpv4(bytes: Uint8Array): Ipv4 | undefined {
  const p = buffer(bytes);
  if (p.length < 20 || p[0]! >> 4 !== 4) return undefined;
  const header = (p[0]! & 15) * 4;
  const total = p.readUInt16BE(2);
  if (header < 20 || total < header || total > p.length) return undefined;
  const word = p.readUInt16BE(6);
  return {
    src: ipText(p.readUInt32BE(12)), dst: ipText(p.readUInt32BE(16)), protocol: p[9]!, ttl: p[8]!,
    fragment: (word & 0x3fff) !== 0, id: p.readUInt16BE(4), offset: (word & 0x1fff) * 8, more: (word & 0x2000) !== 0,
    header, payload: p.subarray(header, total), checksumGood: checksum(p.subarray(0, header)) === 0,
  };
}

/** Undefined for what is too short to be a frame; a frame whose inside makes no sense has neither `ip` nor `arp`. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const b = buffer(bytes);
  if (b.length < ETHERNET_HEADER) return undefined;
  const frame: Frame = { dst: macText(b.subarray(0, 6)), src: macText(b.subarray(6, 12)), type: b.readUInt16BE(12) };
  const body = b.subarray(ETHERNET_HEADER);
  if (frame.type === ETHERNET_IPV4) {
    const datagram = parseIpv4(body);
    if (datagram) frame.ip = datagram;
  } else if (frame.type === ETHERNET_ARP && body.length >= 28) {
    frame.arp = { operation: body.readUInt16BE(6), senderMac: macText(body.subarray(8, 14)), senderIp: ipText(body.readUInt32BE(14)), targetIp: ipText(body.readUInt32BE(24)) };
  }
  return frame;
}

/** The echo message of a whole datagram whose checksum is right. */
export function parseEcho(datagram: Ipv4): Echo | undefined {
  const p = datagram.payload;
  if (datagram.protocol !== IP_ICMP || datagram.fragment || p.length < 8 || (p[0] !== 8 && p[0] !== 0) || checksum(p) !== 0) return undefined;
  return { request: p[0] === 8, id: p.readUInt16BE(4), seq: p.readUInt16BE(6), data: p.subarray(8) };
}

/** The UDP datagram of a whole IPv4 datagram. */
export function parseUdp(datagram: Ipv4): { from: number; to: number; body: Buffer } | undefined {
  const p = datagram.payload;
  if (datagram.protocol !== IP_UDP || datagram.fragment || p.length < 8) return undefined;
  return { from: p.readUInt16BE(0), to: p.readUInt16BE(2), body: p.subarray(8) };
}
