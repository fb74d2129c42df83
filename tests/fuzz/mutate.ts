/** What a hostile or broken peer does to octets: seeded, and biased to the places where parsers break. */
import type { Payload } from "../support/second/ike_peer.ts";
import type { Random } from "../support/world/random.ts";

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 27, 28, 127, 128, 255];

/** Octets changed, cut, doubled, inserted. Never longer than `max`. */
export function mutateBytes(r: Random, from: Uint8Array, max = 2800): Uint8Array {
  let out = from.slice();
  for (let n = 1 + r.below(3); n > 0; n--) {
    const at = out.length ? r.below(out.length) : 0;
    switch (r.below(9)) {
      case 0:
        if (out.length) out[at]! ^= 1 << r.below(8);
        break;
      case 1:
        if (out.length) out[at] = r.pick(INTERESTING);
        break;
      case 2: // a 16-bit field, as lengths are
        if (out.length > 1) new DataView(out.buffer, out.byteOffset).setUint16(Math.min(at, out.length - 2), r.pick([0, 1, 3, 4, 5, 8, 0x7fff, 0x8000, 0xffff, out.length, out.length - 1, out.length + 1]));
        break;
      case 3:
        if (out.length > 3) new DataView(out.buffer, out.byteOffset).setUint32(Math.min(at, out.length - 4), r.pick([0, 1, 28, 0x7fffffff, 0x80000000, 0xffffffff, out.length]));
        break;
      case 4: // cut short
        out = out.slice(0, at);
        break;
      case 5: // cut out
        out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(Math.min(out.length, at + 1 + r.below(16)))]);
        break;
      case 6: // repeat a part
        if (out.length * 2 < max) out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(Math.max(0, at - r.below(64)), at), ...out.subarray(at)]);
        break;
      case 7: {
        const run = r.fill(new Uint8Array(1 + r.below(8)));
        out = Uint8Array.from([...out.subarray(0, at), ...run, ...out.subarray(Math.min(out.length, at + (r.chance(0.5) ? run.length : 0)))]);
        break;
      }
      case 8: // grow a lot
        if (out.length < max - 600) out = Uint8Array.from([...out, ...r.fill(new Uint8Array(r.below(600)))]);
    }
  }
  return out.length > max ? out.slice(0, max) : out;
}

/** The list of payloads changed: a body mutated, a payload left out, doubled, moved, renamed, or a stranger among them. */
export function mutatePayloads(r: Random, from: readonly Payload[]): Payload[] {
  const out = from.map((p) => ({ ...p }));
  for (let n = 1 + r.below(2); n > 0; n--) {
    const at = out.length ? r.below(out.length) : 0;
    const payload = out[at];
    switch (r.below(8)) {
      case 0:
      case 1:
      case 2:
        if (payload) payload.body = mutateBytes(r, payload.body, 1400);
        break;
      case 3:
        out.splice(at, 1);
        break;
      case 4:
        if (payload) out.splice(at, 0, { ...payload });
        break;
      case 5:
        if (payload) out.splice(r.below(out.length), 0, ...out.splice(at, 1));
        break;
      case 6:
        if (payload) payload.type = r.below(r.chance(0.8) ? 24 : 256);
        break;
      case 7:
        out.splice(at, 0, { type: r.pick([1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 20, 21, 130, 131, 255]), body: r.fill(new Uint8Array(r.below(80))) });
    }
  }
  return out;
}

/** Fields of the ISAKMP header (RFC 2408, 3.1), the message's length left as it is or not. */
export function mutateHeader(r: Random, message: Uint8Array): Uint8Array {
  const out = message.slice();
  if (out.length < 28) return out;
  const view = new DataView(out.buffer);
  switch (r.below(6)) {
    case 0:
      out[16] = r.below(24); // next payload
      break;
    case 1:
      out[17] = r.pick([0x11, 0x20, 0x1f, 0]); // version
      break;
    case 2:
      out[18] = r.pick([0, 1, 2, 3, 4, 5, 6, 32, 33, 34, 240]); // exchange type
      break;
    case 3:
      out[19] = r.below(8); // flags
      break;
    case 4:
      view.setUint32(20, r.pick([0, 1, r.u32()])); // message ID
      break;
    default:
      view.setUint32(24, r.pick([0, 27, 28, out.length - 1, out.length + 1, 0xffffffff]));
  }
  return out;
}
