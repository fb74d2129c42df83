/** An ISAKMP message as a stranger on the wire sees it (RFC 2408, 3.1): the header, and the payloads while they are in the clear. */
import { createHash } from "node:crypto";
import type { IkeMessage } from "../host/node/events.ts";

const PAYLOADS: Record<number, string> = { 1: "SA", 4: "KE", 5: "ID", 6: "CERT", 7: "CR", 8: "HASH", 9: "SIG", 10: "NONCE", 11: "N", 12: "D", 13: "VID", 20: "NAT-D", 21: "NAT-OA" };
const EXCHANGES: Record<number, string> = { 2: "main", 4: "aggressive", 5: "informational", 32: "quick" };

/** How many messages of each exchange have been seen: the numbers of the arrows. */
const seen = new Map<string, Map<string, number>>();

/** The message in an Ethernet frame; undefined: there is none. `digest` tells messages apart. */
export function isakmpMessage(frame: Uint8Array): (IkeMessage & { digest: string }) | undefined {
  if (frame.length < 42 || frame[12] !== 8 || frame[13] !== 0 || frame[23] !== 17) return undefined;
  const ip = 14 + (frame[14]! & 15) * 4;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const port = view.getUint16(ip + 2);
  // RFC 3948: four zero octets in front on port 4500.
  const at = ip + 8 + (port === 4500 ? 4 : 0);
  if ((port !== 500 && port !== 4500) || frame.length < at + 28 || (port === 4500 && view.getUint32(ip + 8) !== 0)) return undefined;
  const hex = (from: number, length: number): string => Buffer.from(frame.subarray(from, from + length)).toString("hex");
  const exchange = EXCHANGES[frame[at + 18]!] ?? "unknown";
  const encrypted = (frame[at + 19]! & 1) !== 0;
  const length = view.getUint32(at + 24);
  const payloads: string[] = [];
  if (encrypted) payloads.push(PAYLOADS[frame[at + 16]!] ?? "?", "...");
  else
    for (let next = frame[at + 16]!, p = at + 28; next !== 0 && p + 4 <= frame.length; next = frame[p]!, p += Math.max(4, view.getUint16(p + 2))) payloads.push(PAYLOADS[next] ?? String(next));
  const digest = createHash("sha256").update(frame.subarray(at, at + length)).digest("hex");
  const key = `${hex(at, 8)} ${exchange} ${hex(at + 20, 4)}`;
  const numbers = seen.get(key) ?? new Map<string, number>();
  seen.set(key, numbers);
  if (!numbers.has(digest)) numbers.set(digest, numbers.size + 1);
  return { event: "ike.message", t: 0, dir: "out", exchange, number: numbers.get(digest)!, peer: "", local: "", cky_i: hex(at, 8), cky_r: hex(at + 8, 8), mid: hex(at + 20, 4), payloads, encrypted, length, retransmission: false, digest };
}
