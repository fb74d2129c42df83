/**
 * The little of Ethernet, ARP, IPv4 and ICMP that a test host and a watcher of the wire need. Independent of the
 * router's own code on purpose: a fault there must not hide itself here.
 */
export const ETHERNET_IPV4 = 0x0800;
export const ETHERNET_ARP = 0x0806;
export const IP_ICMP = 1;
export const IP_UDP = 17;
export const IP_ESP = 50;

export interface Ipv4 { src: string; dst: string; protocol: number; fragment: boolean; id: number; offset: number; more: boolean; header: number; payload: Buffer; checksumGood: boolean }
export interface Arp { operation: number; senderMac: string; senderIp: string; targetIp: string }
export interface Echo { request: boolean; id: number; seq: number; data: Buffer }
export interface Frame { dst: string; src: string; type: number; ip?: Ipv4; arp?: Arp }

export const macText = (b: Buffer): string => b.toString("hex").replace(/(..)(?=.)/g, "$1:");
export const macBytes = (text: string): Buffer => Buffer.from(text.replaceAll(":", ""), "hex");
export const ipText = (b: Buffer, at: number): string => `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;
export const ipBytes = (text: string): Buffer => Buffer.from(text.split(".").map(Number));
export const ipNumber = (text: string): number => ipBytes(text).readUInt32BE(0);

/** Whether `address` lies in `subnet`, written as 10.1.0.0/16. */
export function inSubnet(address: string, subnet: string): boolean {
  const [net, bits] = subnet.split("/");
  const shift = 32 - Number(bits);
  return shift === 32 || ipNumber(address) >>> shift === ipNumber(net!) >>> shift;
}

/** RFC 1071. */
export function checksum(b: Buffer): number {
  let sum = 0;
  for (let i = 0; i + 1 < b.length; i += 2) sum += b.readUInt16BE(i);
  if (b.length % 2 === 1) sum += b[b.length - 1]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export function parseIpv4(p: Buffer): Ipv4 | undefined {
  if (p.length < 20 || p[0]! >> 4 !== 4) return undefined;
  const header = (p[0]! & 15) * 4;
  const total = p.readUInt16BE(2);
  if (header < 20 || total < header || total > p.length) return undefined;
  return {
    src: ipText(p, 12), dst: ipText(p, 16), protocol: p[9]!, fragment: (p.readUInt16BE(6) & 0x3fff) !== 0,
    id: p.readUInt16BE(4), offset: (p.readUInt16BE(6) & 0x1fff) * 8, more: (p.readUInt16BE(6) & 0x2000) !== 0, header,
    payload: p.subarray(header, total), checksumGood: checksum(p.subarray(0, header)) === 0,
  };
}

/** Undefined for what is too short to be a frame; a frame whose inside makes no sense has neither `ip` nor `arp`. */
export function parseFrame(b: Buffer): Frame | undefined {
  if (b.length < 14) return undefined;
  const frame: Frame = { dst: macText(b.subarray(0, 6)), src: macText(b.subarray(6, 12)), type: b.readUInt16BE(12) };
  const body = b.subarray(14);
  if (frame.type === ETHERNET_IPV4) {
    const ip = parseIpv4(body);
    if (ip) frame.ip = ip;
  } else if (frame.type === ETHERNET_ARP && body.length >= 28) {
    frame.arp = {
      operation: body.readUInt16BE(6), senderMac: macText(body.subarray(8, 14)), senderIp: ipText(body, 14), targetIp: ipText(body, 24),
    };
  }
  return frame;
}

export function parseEcho(ip: Ipv4): Echo | undefined {
  const p = ip.payload;
  if (ip.protocol !== IP_ICMP || ip.fragment || p.length < 8 || (p[0] !== 8 && p[0] !== 0)) return undefined;
  return { request: p[0] === 8, id: p.readUInt16BE(4), seq: p.readUInt16BE(6), data: p.subarray(8) };
}

export function buildFrame(dst: string, src: string, type: number, body: Buffer): Buffer {
  const frame = Buffer.alloc(Math.max(60, 14 + body.length));
  macBytes(dst).copy(frame, 0);
  macBytes(src).copy(frame, 6);
  frame.writeUInt16BE(type, 12);
  body.copy(frame, 14);
  return frame;
}

export function buildArp(operation: number, senderMac: string, senderIp: string, targetMac: string, targetIp: string): Buffer {
  const b = Buffer.alloc(28);
  b.writeUInt16BE(1, 0); b.writeUInt16BE(ETHERNET_IPV4, 2); b[4] = 6; b[5] = 4; b.writeUInt16BE(operation, 6);
  macBytes(senderMac).copy(b, 8); ipBytes(senderIp).copy(b, 14); macBytes(targetMac).copy(b, 18); ipBytes(targetIp).copy(b, 24);
  return b;
}

let identification = 1;

export function buildIpv4(src: string, dst: string, protocol: number, payload: Buffer, ttl = 64): Buffer {
  const p = Buffer.alloc(20 + payload.length);
  p[0] = 0x45; p.writeUInt16BE(p.length, 2); p.writeUInt16BE(identification++ & 0xffff, 4); p[8] = ttl; p[9] = protocol;
  ipBytes(src).copy(p, 12); ipBytes(dst).copy(p, 16);
  p.writeUInt16BE(checksum(p.subarray(0, 20)), 10);
  payload.copy(p, 20);
  return p;
}

/** The same datagram in fragments of `mtu` octets at most (RFC 791, 2.3); one that fits stays whole. */
export function fragments(packet: Buffer, mtu: number): Buffer[] {
  if (packet.length <= mtu) return [packet];
  const step = (mtu - 20) & ~7;
  const parts: Buffer[] = [];
  for (let at = 0; at < packet.length - 20; at += step) {
    const body = packet.subarray(20 + at, Math.min(packet.length, 20 + at + step));
    const part = Buffer.concat([packet.subarray(0, 20), body]);
    const more = 20 + at + step < packet.length;
    part.writeUInt16BE(part.length, 2);
    part.writeUInt16BE((more ? 0x2000 : 0) | (at >> 3), 6);
    part.writeUInt16BE(0, 10);
    part.writeUInt16BE(checksum(part.subarray(0, 20)), 10);
    parts.push(part);
  }
  return parts;
}

export function buildEcho(request: boolean, id: number, seq: number, data: Buffer): Buffer {
  const p = Buffer.alloc(8 + data.length);
  p[0] = request ? 8 : 0; p.writeUInt16BE(id, 4); p.writeUInt16BE(seq, 6); data.copy(p, 8);
  p.writeUInt16BE(checksum(p), 2);
  return p;
}
