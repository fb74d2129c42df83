/** Bodies of SA payloads from a description, every field of which can be told to lie (RFC 2408, 3.4 to 3.6). */
import { concat, tlv, tv, u16, u32 } from "./ike_peer.ts";

export interface TransformSpec {
  attributes: number[];
  number?: number;
  id?: number;
  next?: number;
  reserved?: number;
  length?: number;
  reserved2?: number;
}

export interface ProposalSpec {
  transforms: TransformSpec[];
  number?: number;
  protocol?: number;
  spi?: Uint8Array;
  spiSize?: number;
  count?: number;
  next?: number;
  reserved?: number;
  length?: number;
}

export interface SaSpec {
  proposals: ProposalSpec[];
  doi?: number;
  situation?: number;
}

function transform(t: TransformSpec, i: number, last: boolean, id: number): Uint8Array {
  const length = t.length ?? 8 + t.attributes.length;
  return concat([t.next ?? (last ? 0 : 3), t.reserved ?? 0], u16(length), [t.number ?? i + 1, t.id ?? id], u16(t.reserved2 ?? 0), t.attributes);
}

function proposal(p: ProposalSpec, i: number, last: boolean, protocol: number, id: number): Uint8Array {
  const spi = p.spi ?? new Uint8Array();
  const inner = concat(...p.transforms.map((t, k) => transform(t, k, k === p.transforms.length - 1, id)));
  const length = p.length ?? 8 + spi.length + inner.length;
  return concat([p.next ?? (last ? 0 : 2), p.reserved ?? 0], u16(length), [p.number ?? i + 1, p.protocol ?? protocol, p.spiSize ?? spi.length, p.count ?? p.transforms.length], spi, inner);
}

/** @param protocol, id defaults of proposals and transforms: 1 and 1 in phase 1, 3 and 12 for ESP with AES */
export function saBody(spec: SaSpec, protocol: number, id: number): Uint8Array {
  return concat(u32(spec.doi ?? 1), u32(spec.situation ?? 1), ...spec.proposals.map((p, i) => proposal(p, i, i === spec.proposals.length - 1, protocol, id)));
}

/** Attributes of phase 1 as tests/support/second/negotiation.ts's router wants them; `left` out and `more` behind them. */
export function phase1Attributes(left: number[] = [], ...more: number[][]): number[] {
  const all: [number, number[]][] = [[1, tv(1, 7)], [14, tv(14, 128)], [2, tv(2, 2)], [3, tv(3, 1)], [4, tv(4, 1)], [11, tv(11, 1)], [12, tlv(12, 3600)]];
  return [...all.filter(([type]) => !left.includes(type)).flatMap(([, octets]) => octets), ...more.flat()];
}

/** Attributes of phase 2, the same way. */
export function phase2Attributes(left: number[] = [], ...more: number[][]): number[] {
  const all: [number, number[]][] = [[1, tv(1, 1)], [2, tlv(2, 3600)], [4, tv(4, 1)], [5, tv(5, 2)], [6, tv(6, 128)]];
  return [...all.filter(([type]) => !left.includes(type)).flatMap(([, octets]) => octets), ...more.flat()];
}
