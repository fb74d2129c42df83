/**
 * DHCP messages as octets (RFC 2131, 2), and a server and a client of the simplest kind, for tests. Independent of the router's own
 * code on purpose.
 */
import { BROADCAST, ETHERNET_IPV4, ethernet, IP_UDP, ip, ipText, ipv4, macBytes, macText, parseFrame, parseUdp, udp, type Mac } from "../world/frame.ts";

export const TYPE = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7, inform: 8 } as const;
const COOKIE = 0x63825363;

export interface Dhcp {
  op: number;
  xid: number;
  flags: number;
  ciaddr: string;
  yiaddr: string;
  siaddr: string;
  giaddr: string;
  mac: string;
  file: string;
  /** By code; parts of one option joined. */
  options: Map<number, Buffer>;
}

export interface Made extends Partial<Omit<Dhcp, "options" | "mac">> {
  mac?: Mac;
  options?: [code: number, octets: Uint8Array][];
  /** In place of what is right. */
  cookie?: number;
  htype?: number;
  hlen?: number;
  sname?: Uint8Array;
  fileOctets?: Uint8Array;
  /** Without the END and what pads. */
  bare?: boolean;
}

export const address = (...texts: string[]): Uint8Array => { const b = Buffer.alloc(4 * texts.length); texts.forEach((t, i) => b.writeUInt32BE(ip(t), 4 * i)); return b; };
export const u32 = (n: number): Uint8Array => { const b = Buffer.alloc(4); b.writeUInt32BE(n >>> 0); return b; };

export function make(m: Made): Buffer {
  const head = Buffer.alloc(240);
  head[0] = m.op ?? 2; head[1] = m.htype ?? 1; head[2] = m.hlen ?? 6;
  head.writeUInt32BE(m.xid ?? 0, 4);
  head.writeUInt16BE(m.flags ?? 0, 10);
  for (const [at, text] of [[12, m.ciaddr], [16, m.yiaddr], [20, m.siaddr], [24, m.giaddr]] as const) head.writeUInt32BE(ip(text ?? "0.0.0.0"), at);
  head.set(macBytes(m.mac ?? "02:00:00:00:00:01"), 28);
  if (m.sname) head.set(m.sname, 44);
  if (m.fileOctets) head.set(m.fileOctets, 108);
  head.writeUInt32BE(m.cookie ?? COOKIE, 236);
  const options = (m.options ?? []).map(([code, octets]) => Buffer.concat([Buffer.from([code, octets.length]), octets]));
  const whole = Buffer.concat([head, ...options, ...(m.bare ? [] : [Buffer.from([255])])]);
  return m.bare || whole.length >= 300 ? whole : Buffer.concat([whole], 300);
}

export function parse(b: Buffer): Dhcp | undefined {
  if (b.length < 240 || b.readUInt32BE(236) !== COOKIE) return undefined;
  const options = new Map<number, Buffer>();
  for (let i = 240; i < b.length && b[i] !== 255;) {
    if (b[i] === 0) { i++; continue; }
    const octets = b.subarray(i + 2, i + 2 + b[i + 1]!);
    options.set(b[i]!, Buffer.concat([options.get(b[i]!) ?? Buffer.alloc(0), octets]));
    i += 2 + b[i + 1]!;
  }
  const at = (offset: number): string => ipText(b.readUInt32BE(offset));
  return {
    op: b[0]!, xid: b.readUInt32BE(4), flags: b.readUInt16BE(10), ciaddr: at(12), yiaddr: at(16), siaddr: at(20), giaddr: at(24), mac: macText(b.subarray(28, 34)),
    file: b.toString("latin1", 108, 236).replace(/\0.*$/s, ""), options,
  };
}

export const typeOf = (m: Dhcp): number => m.options.get(53)?.[0] ?? 0;
export const addressIn = (m: Dhcp, code: number): string | undefined => { const o = m.options.get(code); return o && o.length >= 4 ? ipText(o.readUInt32BE(0)) : undefined; };

/** A frame around a message. */
export function frame(from: { mac: Mac; ip: string; port: number }, to: { mac?: Mac; ip: string; port: number }, message: Uint8Array): Uint8Array {
  return ethernet(to.mac ?? BROADCAST, from.mac, ETHERNET_IPV4, ipv4(from.ip, to.ip, IP_UDP, udp(from.port, to.port, message)));
}

export interface Heard { message: Dhcp; type: number; src: string; dst: string; to: string; from: string; sport: number; dport: number }

/** The DHCP message in a frame. */
export function heard(bytes: Uint8Array): Heard | undefined {
  const f = parseFrame(bytes), u = f?.ip && parseUdp(f.ip);
  if (!f?.ip || !u || ![67, 68].includes(u.to)) return undefined;
  const message = parse(u.body);
  return message && { message, type: typeOf(message), src: f.ip.src, dst: f.ip.dst, to: f.dst, from: f.src, sport: u.from, dport: u.to };
}
