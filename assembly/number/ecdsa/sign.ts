/**
 * ECDSA signatures (FIPS 186-5, 6.4) on P-256, P-384 and P-521, in slices:
 *
 *     if (!sign.start(curve, alg, d, hash, hashLen, false)) ...    // another job runs, no entropy, d or the hash is none
 *     while (!sign.step()) ...
 *     n = sign.result(out);                                        // r | s, each as long as the order
 *
 * k * G by curve/ec.ts; 1/k = k^(order - 2). Everything is one path whatever d, k and the hash are.
 */
import * as drbg from "../../crypto/drbg";
import { hashById } from "../../crypto/registry";
import * as ct from "../../util/ct";
import { assertThat } from "../../util/status";
import { Curve, CurveKind } from "../curve/curves";
import { Multiple } from "../curve/ec";
import { PublicPower } from "../public_power";
import { Task } from "../sliced";
import { drawNonce, scalarFits } from "./nonce";
import { hashToScalar, orderLessTwo, reduceOnce, scalarSignature } from "./scalar";

// Numbers of up to 66 octets: d, the hash, k and 1/k, r and s, the point's y, an exponent; randomness.
const SLOT: usize = 72;
const D: usize = 0;
const Z: usize = SLOT;
const K: usize = 2 * SLOT;
const R: usize = 3 * SLOT;
const S: usize = 5 * SLOT;
const EXPONENT: usize = 6 * SLOT;
const EXTRA: usize = 7 * SLOT;
const EXTRA_BYTES: u32 = 32;
const SPACE: u32 = 7 * 72 + 32;

const enum Stage { IDLE = 0, POINT, INVERSE, DONE }

export class EcdsaSign extends Task {
  private readonly multiple: Multiple = new Multiple();
  private readonly inverse: PublicPower = new PublicPower();
  private readonly space: usize = heap.alloc(<usize>SPACE);
  private curve: Curve = changetype<Curve>(0);
  private stage: Stage = Stage.IDLE;

  /** Whether it is running, or done and its result not taken. */
  get busy(): bool {
    return this.stage != Stage.IDLE;
  }

  /**
   * Begins. `d` is the private key, as long as the order; `alg` is the hash (a HashAlg) of which `hash` comes, of `hashLen` octets,
   * and by which k is made. `plain`: k by RFC 6979 alone, for known answers. False: another job runs, no entropy, d not between
   * 1 and the order less 1, or the hash is none.
   */
  start(c: Curve, alg: u32, d: usize, hash: usize, hashLen: u32, plain: bool): bool {
    const h = hashById(alg);
    if (this.busy || c.kind != CurveKind.ECP || h == null || h.digestLength != hashLen || !scalarFits(c, d)) return false;
    const at = this.space;
    if (!plain && !drbg.fill(at + EXTRA, EXTRA_BYTES)) return false;
    const len = c.scalarBytes;
    memory.copy(at + D, d, <usize>len);
    hashToScalar(c, hash, hashLen, at + Z);
    drawNonce(c, h, at + D, at + Z, at + EXTRA, plain ? 0 : EXTRA_BYTES, at + K);
    if (!this.multiple.start(c, 0, 0, at + K, len)) {
      this.abort();
      return false;
    }
    this.curve = c;
    this.stage = Stage.POINT;
    return true;
  }

  /** One slice; true when the signature is ready. */
  step(): bool {
    assertThat(this.stage != Stage.IDLE, 30531);
    const c = this.curve;
    const at = this.space;
    const len = c.scalarBytes;
    switch (this.stage) {
      case Stage.POINT:
        if (!this.multiple.step()) return false;
        // k is neither 0 nor a multiple of the order: there is a point. Its x is below p, and p below twice the order.
        this.multiple.result(at + R);
        reduceOnce(at + R, c.order, len);
        orderLessTwo(c, at + EXPONENT);
        // The workspace has been free for this moment only.
        assertThat(this.inverse.start(c.order, len, at + K, len, at + EXPONENT, len), 30533);
        this.stage = Stage.INVERSE;
        return false;
      case Stage.INVERSE:
        if (!this.inverse.step()) return false;
        this.inverse.result(at + K);
        scalarSignature(c, at + K, at + Z, at + R, at + D, at + S);
        this.stage = Stage.DONE;
        return true;
      default:
        return true;
    }
  }

  /**
   * Writes r | s and returns their octets, twice the order's. 0, and nothing written, if one of them is 0, of which nobody will
   * see a case. Only after `step` said true.
   */
  result(out: usize): u32 {
    assertThat(this.stage == Stage.DONE, 30532);
    const at = this.space;
    const c = this.curve;
    const len = c.scalarBytes;
    const good = scalarFits(c, at + R) && scalarFits(c, at + S);
    if (good) {
      memory.copy(out, at + R, <usize>len);
      memory.copy(out + len, at + S, <usize>len);
    }
    this.abort();
    return good ? 2 * len : 0;
  }

  /** Drops it, if it is running, and forgets everything. */
  abort(): void {
    this.multiple.abort();
    this.inverse.abort();
    ct.wipe(this.space, SPACE);
    this.stage = Stage.IDLE;
  }
}
