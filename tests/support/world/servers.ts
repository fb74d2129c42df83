/** Servers at endpoints: whatever a test wants said on a UDP port, and answers of DNS. */
import { ipv4, udp } from "./frame.ts";
import type { Endpoint } from "./endpoint.ts";

export interface Asked {
  from: string;
  port: number;
  data: Uint8Array;
}

/** Makes an endpoint a server on a UDP port: `answer` says what goes back, if anything. */
export function serve(endpoint: Endpoint, port: number, answer: (asked: Asked) => Uint8Array | Uint8Array[] | undefined): Asked[] {
  const all: Asked[] = [];
  const before = endpoint.onPacket;
  endpoint.onPacket = (packet) => {
    const p = packet.payload;
    if (packet.protocol !== 17 || ((p[2]! << 8) | p[3]!) !== port) return before?.(packet) ?? false;
    const asked = { from: packet.src, port: (p[0]! << 8) | p[1]!, data: p.slice(8) };
    all.push(asked);
    const said = answer(asked);
    for (const one of said instanceof Uint8Array ? [said] : (said ?? [])) reply(endpoint, asked, port, one);
    return true;
  };
  return all;
}

export function reply(endpoint: Endpoint, asked: Asked, port: number, data: Uint8Array, source = endpoint.address): void {
  endpoint.datagram(ipv4(source, asked.from, 17, udp(port, asked.port, data)));
}

// DNS

export const u16 = (n: number) => [n >> 8, n & 255];
export const name = (text: string) => [...text.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0];
export const record = (owner: number[], type: number, ttl: number, data: number[]) => [...owner, ...u16(type), 0, 1, 0, 0, ...u16(ttl), ...u16(data.length), ...data];
export const QUESTION = [0xc0, 12];
/** The text of the name that was asked for. */
export function askedName({ data }: Asked): string {
  const labels: string[] = [];
  for (let i = 12; data[i]; i += data[i]! + 1) labels.push(new TextDecoder().decode(data.subarray(i + 1, i + 1 + data[i]!)));
  return labels.join(".");
}
/** An answer to a question, with records; `code` is its RCODE. */
export function dns({ data }: Asked, records: number[][], code = 0, authorities: number[][] = []): Uint8Array {
  return Uint8Array.from([data[0]!, data[1]!, 0x81, 0x80 | code, 0, 1, ...u16(records.length), ...u16(authorities.length), 0, 0, ...data.subarray(12), ...records.flat(), ...authorities.flat()]);
}
