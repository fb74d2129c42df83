// Numbers modulo the orders; and what ECDSA's jobs do with the one workspace.
import * as drbg from "../../../../assembly/crypto/drbg";
import { Curve } from "../../../../assembly/number/curve/curves";
import * as ec from "../../../../assembly/number/curve/ec";
import { scalarFits } from "../../../../assembly/number/ecdsa/nonce";
import { hashToScalar, orderLessTwo, reduceOnce, scalarSignature, scalarTimes } from "../../../../assembly/number/ecdsa/scalar";
import { EcdsaSign } from "../../../../assembly/number/ecdsa/sign";
import { EcdsaVerify } from "../../../../assembly/number/ecdsa/verify";
import { freeWorkspace, init, takeWorkspace } from "../../../../assembly/number/workspace";
import { curveById } from "../../../../assembly/oakley/groups";
import { toHex } from "../../crypto/bytes";

const a: usize = memory.data(80, 8);
const b: usize = memory.data(80, 8);
const c: usize = memory.data(80, 8);
const out: usize = memory.data(256, 8);
const digest: usize = memory.data(64, 8);
const point: usize = memory.data(132, 8);
const signer = new EcdsaSign();
const verifier = new EcdsaVerify();
const multiple = new ec.Multiple();

const GROUPS: StaticArray<u32> = [19, 20, 21];

/** value + n, for a small n. */
function add(value: usize, len: u32, n: i32): void {
  let carry = n;
  for (let i = len; i > 0; i--) {
    carry += <i32>load<u8>(value + i - 1);
    store<u8>(value + i - 1, <u8>carry);
    carry >>= 8;
  }
}

function small(out: usize, len: u32, n: u8): void {
  memory.fill(out, 0, len);
  store<u8>(out + len - 1, n);
}

beforeAll(() => {
  init();
  drbg.init();
  drbg.seed();
});

describe("numbers modulo an order", () => {
  test("about the order", () => {
    for (let g = 0; g < 3; g++) {
      const curve = curveById(GROUPS[g]) as Curve;
      const len = curve.scalarBytes;
      for (let n = -3; n <= 3; n++) {
        memory.copy(a, curve.order, len);
        add(a, len, n);
        expect(scalarFits(curve, a)).toBe(n < 0);
        reduceOnce(a, curve.order, len);
        if (n < 0) expect(scalarFits(curve, a)).toBe(true);
        else expect(toHex(a, len)).toBe("00".repeat(len - 1) + "0" + n.toString());
      }
      small(a, len, 0);
      expect(scalarFits(curve, a)).toBe(false);
      small(a, len, 1);
      expect(scalarFits(curve, a)).toBe(true);
      // (order - 2)^2 = 4; 3 * (7 + 5 * 11) = 186.
      orderLessTwo(curve, b);
      scalarTimes(curve, b, b, out);
      expect(toHex(out, len)).toBe("00".repeat(len - 1) + "04");
      small(a, len, 3);
      small(b, len, 7);
      small(c, len, 5);
      small(out, len, 11);
      scalarSignature(curve, a, b, c, out, point);
      expect(toHex(point, len)).toBe("00".repeat(len - 1) + "ba");
    }
  });

  test("hashes longer and shorter than the order", () => {
    const curve = curveById(20) as Curve;
    for (let i = 0; i < 64; i++) store<u8>(digest + i, <u8>(i + 1));
    hashToScalar(curve, digest, 64, out);
    expect(toHex(out, 48)).toBe(toHex(digest, 48));
    hashToScalar(curve, digest, 20, out);
    expect(toHex(out, 48)).toBe("00".repeat(28) + toHex(digest, 20));
  });
});

describe("jobs of several parts", () => {
  test("keep the workspace from one part to the next", () => {
    const curve = curveById(19) as Curve;
    memory.fill(digest, 9, 32);
    expect(ec.ecPrivate(curve, a)).toBe(true);
    expect(multiple.start(curve, 0, 0, a, 32)).toBe(true);
    while (!multiple.step()) {}
    expect(multiple.result(point)).toBe(64);
    expect(signer.start(curve, 4, a, digest, 32, false)).toBe(true);
    expect(signer.start(curve, 4, a, digest, 32, false)).toBe(false, "it runs");
    let free = 0;
    while (!signer.step()) if (takeWorkspace()) free++;
    expect(free).toBe(0);
    expect(signer.result(out)).toBe(64);
    expect(signer.busy).toBe(false);
    expect(verifier.start(curve, point, 64, digest, 32, out, 64)).toBe(true);
    while (!verifier.step()) if (takeWorkspace()) free++;
    expect(verifier.result()).toBe(true);
    expect(free).toBe(0);
    const again = takeWorkspace();
    expect(again).not.toBe(0);
    freeWorkspace(again);
  });

  test("start not at all without the workspace, and are dropped without a trace", () => {
    const curve = curveById(19) as Curve;
    const taken = takeWorkspace();
    expect(signer.start(curve, 4, a, digest, 32, false)).toBe(false);
    expect(signer.busy).toBe(false);
    expect(verifier.start(curve, point, 64, digest, 32, out, 64)).toBe(false);
    freeWorkspace(taken);
    expect(signer.start(curve, 4, a, digest, 32, false)).toBe(true);
    signer.step();
    signer.abort();
    expect(verifier.start(curve, point, 64, digest, 32, out, 64)).toBe(true);
    verifier.step();
    verifier.abort();
    expect(verifier.busy).toBe(false);
    const again = takeWorkspace();
    expect(again).not.toBe(0);
    freeWorkspace(again);
  });

  test("do not start without entropy", () => {
    const curve = curveById(19) as Curve;
    drbg.wipe();
    expect(signer.start(curve, 4, a, digest, 32, false)).toBe(false);
    expect(signer.start(curve, 4, a, digest, 32, true)).toBe(true, "k by RFC 6979 alone needs none");
    signer.abort();
    drbg.seed();
  });
});
