/**
 * DER (X.690) as a tree, and what a hostile hand does to it: elements left out, doubled, moved, of another type, with other contents; lengths around them made
 * right again, or lies. Mutated octets alone hardly ever come past the first length.
 */
import { concat } from "../support/second/ike_peer.ts";
import type { Random } from "../support/world/random.ts";
import { mutateBytes } from "./mutate.ts";

export interface Element {
  tag: number;
  /** Content of what has no elements within itself; of a BIT STRING around elements: the octet before them. */
  body: Uint8Array;
  within?: Element[];
  /** Length octets that are not true. */
  lie?: number[];
}

const CONSTRUCTED = 0x20, BIT_STRING = 3, OCTET_STRING = 4;

/** The elements of octets that are nothing but DER. */
export function elements(octets: Uint8Array, depth = 0): Element[] | undefined {
  const out: Element[] = [];
  for (let at = 0; at < octets.length; ) {
    const tag = octets[at]!;
    const first = octets[at + 1];
    if (first === undefined || (tag & 31) === 31 || tag === 0 || depth > 24) return undefined;
    let length = first;
    let body = at + 2;
    if (first > 127) {
      if (first === 128 || first > 131) return undefined;
      length = 0;
      for (; body < at + 2 + (first & 127); body++) length = length * 256 + (octets[body] ?? 0);
    }
    if (body + length > octets.length) return undefined;
    const content = octets.subarray(body, body + length);
    out.push(element(tag, content, depth));
    at = body + length;
  }
  return out;
}

function element(tag: number, content: Uint8Array, depth: number): Element {
  const bits = tag === BIT_STRING && content[0] === 0 ? 1 : 0;
  const holds = (tag & CONSTRUCTED) !== 0 || (content.length > 2 && (tag === OCTET_STRING || bits));
  const within = holds ? elements(content.subarray(bits), depth + 1) : undefined;
  return within && (within.length > 0 || tag & CONSTRUCTED) ? { tag, body: content.subarray(0, bits), within } : { tag, body: content };
}

export function lengthOctets(n: number): number[] {
  return n < 128 ? [n] : n < 256 ? [0x81, n] : n < 65536 ? [0x82, n >> 8, n & 255] : [0x83, n >> 16, (n >> 8) & 255, n & 255];
}

export const encoded = (all: readonly Element[]): Uint8Array => concat(...all.map(encodedOne));

export function encodedOne({ tag, body, within, lie }: Element): Uint8Array {
  const content = within ? concat(body, encoded(within)) : body;
  return concat([tag, ...(lie ?? lengthOctets(content.length))], content);
}

const copy = (one: Element): Element => ({ ...one, ...(one.within && { within: one.within.map(copy) }) });

/** Tags of what certificates are made of, and of what they are not. */
const TAGS = [0, 1, 2, 3, 4, 5, 6, 9, 10, 12, 19, 20, 22, 23, 24, 28, 30, 0x1f, 0x30, 0x31, 0x24, 0x80, 0x81, 0x82, 0x84, 0x86, 0x87, 0x88, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xff];
const FILL = (n: number, octet: number): Uint8Array => new Uint8Array(n).fill(octet);
const TEXT = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Contents that break who trusts them: numbers of every sign and size, dates, names, OIDs. */
const CONTENTS: (() => Uint8Array)[] = [
  () => FILL(0, 0),
  () => FILL(1, 0),
  () => FILL(1, 1),
  () => FILL(1, 2),
  () => FILL(1, 0x7f),
  () => FILL(1, 0x80),
  () => FILL(1, 0xff),
  () => FILL(2, 0),
  () => Uint8Array.of(0, 1),
  () => Uint8Array.of(0, 0x80),
  () => FILL(4, 0xff),
  () => FILL(8, 0x7f),
  () => FILL(9, 0x80),
  () => FILL(20, 0xff),
  () => FILL(21, 1),
  () => FILL(128, 0xfe),
  () => concat([0], FILL(256, 0xff)),
  () => FILL(1025, 0x7f),
  () => FILL(1100, 0x41),
  () => TEXT("200230000000Z"),
  () => TEXT("991231235960Z"),
  () => TEXT("99991231235959Z"),
  () => TEXT("0000"),
  () => TEXT("20200101000000.5Z"),
  () => TEXT("a\u0000b"),
  () => TEXT("*.example.org"),
  () => TEXT("\u001b[2J\r\n% \""),
  () => TEXT("."),
  () => TEXT("@"),
  () => FILL(1, 0x2a),
  () => Uint8Array.of(0x80, 0x80, 1),
  () => Uint8Array.of(0x2b, 0x80),
  () => concat([0x2a], FILL(60, 0xff)),
  () => Uint8Array.of(0x55, 0x1d, 0x20, 0),
];

const LIES = [[0], [0x80], [0x81, 0], [0x81, 5], [0x82, 0, 5], [0x82, 0xff, 0xff], [0x83, 1, 0, 0], [0x84, 0, 0, 0, 5], [0x84, 0xff, 0xff, 0xff, 0xff], [0x84, 0x80, 0, 0, 0], [0x85, 1, 0, 0, 0, 0], [0xff], [0x7f]];

/** Every element with the list that it is in. */
function places(list: Element[], out: { list: Element[]; at: number }[] = []): { list: Element[]; at: number }[] {
  for (const [at, { within }] of list.entries()) {
    out.push({ list, at });
    if (within) places(within, out);
  }
  return out;
}

/** One to three changes of a tree, in place. */
export function mutateElements(r: Random, root: Element[]): void {
  const all = places(root);
  for (let n = r.chance(0.6) ? 1 : 2 + r.below(2); n > 0; n--) {
    if (all.length === 0) return;
    const { list, at: first } = r.pick(all);
    if (list.length === 0) continue;
    const at = Math.min(first, list.length - 1);
    const one = list[at]!;
    // Most of what is whole consists of octets that may as well be others.
    if (!one.within && one.body.length && r.chance(0.4)) {
      one.body = one.body.slice();
      one.body[r.below(one.body.length)]! ^= 1 << r.below(8);
      continue;
    }
    switch (r.below(12)) {
      case 0:
        list.splice(at, 1);
        break;
      case 1:
        for (let k = r.chance(0.05) ? 100 : 1 + r.below(2); k > 0; k--) list.splice(at, 0, copy(one));
        break;
      case 2: { // another's copy in its place, or beside it
        const other = r.pick(all);
        const from = other.list[other.at];
        if (from) list.splice(at, r.below(2), copy(from));
        break;
      }
      case 3:
        one.tag = r.chance(0.8) ? r.pick(TAGS) : r.below(256);
        break;
      case 4:
      case 5:
        list[at] = { tag: one.tag, body: r.pick(CONTENTS)() };
        break;
      case 6:
      case 7:
        list[at] = { tag: one.tag, body: mutateBytes(r, one.within ? concat(one.body, encoded(one.within)) : one.body, 2000) };
        break;
      case 8: {
        const length = encodedOne(one).length;
        one.lie = r.chance(0.5) ? lengthOctets(Math.max(0, length - 2 + r.pick([-2, -1, 1, 2, 30]))) : r.pick(LIES);
        break;
      }
      case 9: { // deep
        let inner = copy(one);
        for (let k = r.pick([1, 2, 22, 23, 24, 25, 60]); k > 0; k--) inner = { tag: r.pick([0x30, 0x31, 0xa0, 4]), body: FILL(0, 0), within: [inner] };
        list[at] = inner;
        break;
      }
      case 10:
        list.splice(at, 0, { tag: r.pick(TAGS), body: r.chance(0.5) ? r.pick(CONTENTS)() : r.fill(new Uint8Array(r.below(40))) });
        break;
      default: {
        const k = r.below(list.length);
        [list[at], list[k]] = [list[k]!, list[at]!];
      }
    }
  }
}

/** DER changed; octets that are none are changed as octets. */
export function mutateDer(r: Random, from: Uint8Array, max = 20_000): Uint8Array {
  // A Buffer's slices would be no copies.
  const octets = new Uint8Array(from);
  const tree = r.chance(0.12) ? undefined : elements(octets);
  if (!tree) return mutateBytes(r, octets, max);
  mutateElements(r, tree);
  let out = encoded(tree);
  if (r.chance(0.05)) out = concat(out, r.fill(new Uint8Array(1 + r.below(8))));
  return out.length > max ? out.slice(0, max) : out;
}
