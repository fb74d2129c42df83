/** What can be read of an ISAKMP message without keys (RFC 2408, 3.1): enough to say what passed, and which notify in the clear. */
import { IP_ESP, parseUdp, type Ipv4 } from "../../../support/world/frame.ts";

export interface Isakmp { cookies: string; exchange: number; encrypted: boolean; messageId: number; length: number; payloads: number[]; notifies: number[] }
export interface Esp { spi: number; seq: number; udp: boolean }

export const MAIN_MODE = 2, INFORMATIONAL = 5, QUICK_MODE = 32;
export const NOTIFY = { invalidIdInformation: 18, noProposalChosen: 14, payloadMalformed: 16, authenticationFailed: 24, invalidHash: 23 } as const;

function parseMessage(p: Buffer): Isakmp | undefined {
  if (p.length < 28 || p[17]! >> 4 !== 1) return undefined;
  const message: Isakmp = {
    cookies: p.toString("hex", 0, 16), exchange: p[18]!, encrypted: (p[19]! & 1) !== 0,
    messageId: p.readUInt32BE(20), length: p.readUInt32BE(24), payloads: [], notifies: [],
  };
  if (message.encrypted) return message;
  let next = p[16]!;
  let at = 28;
  while (next !== 0 && at + 4 <= p.length) {
    const length = p.readUInt16BE(at + 2);
    if (length < 4 || at + length > p.length) break;
    message.payloads.push(next);
    if (next === 11 && length >= 12) message.notifies.push(p.readUInt16BE(at + 10));
    next = p[at]!;
    at += length;
  }
  return message;
}

/** An ISAKMP message on UDP 500, or behind the non-ESP marker of RFC 3948, 2.2 on any other port. */
export function isakmpOf(ip: Ipv4): Isakmp | undefined {
  const udp = parseUdp(ip);
  if (!udp) return undefined;
  if (udp.from === 500 || udp.to === 500) return parseMessage(udp.body);
  if (udp.body.length >= 32 && udp.body.readUInt32BE(0) === 0) return parseMessage(udp.body.subarray(4));
  return undefined;
}

/** ESP, raw or in UDP with 4500 at one end at least (RFC 3948, 2.1). */
export function espOf(ip: Ipv4): Esp | undefined {
  if (ip.protocol === IP_ESP && !ip.fragment && ip.payload.length >= 8) {
    return { spi: ip.payload.readUInt32BE(0), seq: ip.payload.readUInt32BE(4), udp: false };
  }
  const udp = parseUdp(ip);
  if (!udp || (udp.from !== 4500 && udp.to !== 4500) || udp.body.length < 8) return undefined;
  const spi = udp.body.readUInt32BE(0);
  return spi === 0 ? undefined : { spi, seq: udp.body.readUInt32BE(4), udp: true };
}
