// Values of the groups on curves at their bounds: private values to the number, coordinates at the prime, lengths of all of them.
import * as drbg from "../../../../assembly/crypto/drbg";
import { Curve, CurveKind } from "../../../../assembly/number/curve/curves";
import * as ec from "../../../../assembly/number/curve/ec";
import { freeWorkspace, init, takeWorkspace } from "../../../../assembly/number/workspace";
import { curveById } from "../../../../assembly/oakley/groups";
import { toHex } from "../../crypto/bytes";

const scalar: usize = memory.data(128, 8);
const value: usize = memory.data(256, 8);
const out: usize = memory.data(256, 8);
const other: usize = memory.data(256, 8);
const order: usize = memory.data(8, 8);
const job = new ec.Multiple();
const IDS: StaticArray<u32> = [3, 4, 7, 19, 20, 21, 31];

/** A curve of which nothing is used but how its private values are drawn. */
function drawn(bits: u32, orderAt: usize): Curve {
  return new Curve(CurveKind.ECP, 256, 64, 32, bits, 10, 28, 0, 0, 0, orderAt, null, 0, 1);
}

/** Adds the `len` octets at `q` to those at `p`, big-endian. */
function add(p: usize, q: usize, len: u32): bool {
  let carry: u32 = 0;
  for (let i = len; i > 0; i--) {
    carry += <u32>load<u8>(p + i - 1) + <u32>load<u8>(q + i - 1);
    store<u8>(p + i - 1, <u8>carry);
    carry >>>= 8;
  }
  return carry == 0;
}

beforeAll(() => {
  init();
  drbg.init();
  drbg.seed();
});

describe("private values", () => {
  test("from 1 to the order less one, each of them, and no other", () => {
    store<u8>(order, 5);
    const small = drawn(3, order);
    let seen: u32 = 0;
    for (let i = 0; i < 400; i++) if (ec.ecPrivate(small, scalar)) seen |= 1 << <u32>load<u8>(scalar);
    expect(seen).toBe(0b11110);
    const open = drawn(2, 0);
    seen = 0;
    for (let i = 0; i < 400; i++) if (ec.ecPrivate(open, scalar)) seen |= 1 << <u32>load<u8>(scalar);
    expect(seen).toBe(0b1110, "without an order: what its bits hold");
    // Two octets: 258 is the order, so that 257 may come and 258 and more may not.
    store<u8>(order, 1);
    store<u8>(order + 1, 2);
    const two = drawn(9, order);
    let most: u32 = 0;
    let least: u32 = 1000;
    let upper: u32 = 0;
    for (let i = 0; i < 8000; i++) {
      if (!ec.ecPrivate(two, scalar)) continue;
      const x = (<u32>load<u8>(scalar) << 8) | <u32>load<u8>(scalar + 1);
      if (x > most) most = x;
      if (x < least) least = x;
      if (x == 256) upper++;
    }
    expect(most).toBe(257);
    expect(least).toBe(1);
    expect(upper).toBeGreaterThan(0, "zeros in one octet alone are no zero");
  });

  test("an order that nothing is below is given up, with nothing left", () => {
    store<u8>(order, 1);
    memory.fill(scalar, 0x5a, 4);
    expect(ec.ecPrivate(drawn(3, order), scalar)).toBe(false);
    expect(load<u8>(scalar)).toBe(0);
    expect(load<u8>(scalar + 1)).toBe(0x5a);
  });
});

describe("public values", () => {
  test("a coordinate is less than p: the same point with p added is none", () => {
    // Of group 21 the octets hold more than p's bits.
    const c = curveById(21) as Curve;
    memory.copy(value, c.G, 132);
    expect(ec.ecCheckPublic(c, value, 132)).toBe(true);
    expect(add(value, c.p, 66)).toBe(true);
    expect(ec.ecCheckPublic(c, value, 132)).toBe(false, "x + p");
    expect(job.start(c, value, 132, c.G, 66)).toBe(false);
    memory.copy(value, c.G, 132);
    expect(add(value + 66, c.p, 66)).toBe(true);
    expect(ec.ecCheckPublic(c, value, 132)).toBe(false, "y + p");
    for (let i = 3; i < 6; i++) {
      const d = curveById(IDS[i]) as Curve;
      const n = d.fieldBytes;
      for (let k: usize = 0; k < 2; k++) {
        memory.copy(value, d.G, 2 * n);
        memory.copy(value + k * n, d.p, n);
        expect(ec.ecCheckPublic(d, value, 2 * n)).toBe(false, "p itself");
      }
    }
  });

  test("an octet changed anywhere is another point, or none: of ECP it is none", () => {
    for (let i = 3; i < 6; i++) {
      const c = curveById(IDS[i]) as Curve;
      for (let at: u32 = 0; at < c.publicBytes; at += 5) {
        memory.copy(value, c.G, c.publicBytes);
        store<u8>(value + at, load<u8>(value + at) ^ 1);
        expect(ec.ecCheckPublic(c, value, c.publicBytes)).toBe(false);
      }
    }
  });

  test("of EC2N within the field: a bit more is refused", () => {
    for (let i = 0; i < 3; i++) {
      const c = curveById(IDS[i]) as Curve;
      memory.copy(value, c.G, c.publicBytes);
      expect(ec.ecCheckPublic(c, value, c.publicBytes)).toBe(true);
      const spare = (c.publicBytes << 3) - c.bits;
      for (let bit: u32 = 0; bit < spare; bit++) {
        memory.copy(value, c.G, c.publicBytes);
        store<u8>(value, <u32>load<u8>(value) | (0x80 >>> bit));
        expect(ec.ecCheckPublic(c, value, c.publicBytes)).toBe(false);
      }
    }
  });

  test("of the group's length, in every group", () => {
    for (let i = 0; i < 7; i++) {
      const c = curveById(IDS[i]) as Curve;
      memory.fill(value, 0, 256);
      memory.copy(value, c.G, c.publicBytes);
      for (let len: u32 = 0; len < 140; len++) expect(ec.ecCheckPublic(c, value, len)).toBe(len == c.publicBytes);
    }
  });
});

describe("results", () => {
  test("lengths, what stands behind, and a workspace that is given back wiped", () => {
    memory.fill(scalar, 0x25, 128);
    const workspace = takeWorkspace();
    freeWorkspace(workspace);
    for (let i = 0; i < 7; i++) {
      const c = curveById(IDS[i]) as Curve;
      for (let own = 0; own < 2; own++) {
        memory.fill(out, 0xee, 256);
        expect(job.start(c, own ? 0 : c.G, own ? 0 : c.publicBytes, scalar, 32)).toBe(true);
        expect(job.busy).toBe(true);
        while (!job.step()) {}
        const n = own ? c.publicBytes : c.secretBytes;
        expect(job.result(out)).toBe(n);
        expect(load<u8>(out + n)).toBe(0xee);
        expect(job.busy).toBe(false);
        let rest: u64 = 0;
        for (let k: usize = 0; k < 8000; k += 8) rest |= load<u64>(workspace + k);
        expect(rest).toBe(0);
        // The generator as a base gives the same x.
        if (own) expect(toHex(out, c.secretBytes)).toBe(toHex(other, c.secretBytes));
        else memory.copy(other, out, 256);
      }
    }
  });

  test("a scalar has 1 to 68 octets, of X25519 exactly 32", () => {
    memory.fill(scalar, 0x25, 128);
    for (let i = 0; i < 7; i++) {
      const c = curveById(IDS[i]) as Curve;
      const lengths: StaticArray<u32> = [0, 1, 31, 32, 33, 68, 69];
      for (let k = 0; k < 7; k++) {
        const len = lengths[k];
        expect(job.start(c, 0, 0, scalar, len)).toBe(IDS[i] == 31 ? len == 32 : len > 0 && len < 69);
        job.abort();
        expect(job.busy).toBe(false);
      }
    }
  });

  test("none while another job holds the workspace", () => {
    const workspace = takeWorkspace();
    expect(job.start(curveById(19) as Curve, 0, 0, scalar, 32)).toBe(false);
    expect(job.busy).toBe(false);
    freeWorkspace(workspace);
  });
});
