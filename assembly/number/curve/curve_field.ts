/**
 * The prime field of a curve, and what the curves do in it, by whichever kernels the build has: modulus.ts, ecp.ts and x25519.ts,
 * or with SIMD those of number/simd/. Elements are `stride` octets.
 */
import * as c25519 from "../simd/c25519_field";
import { EcpField, FIELD_256, FIELD_384, FIELD_521, addPoint, solves } from "../simd/ecp";
import * as lanes from "../simd/x25519";
import { Modulus } from "../modulus";
import { Curve, CurveKind } from "./curves";
import { onCurve, pointAdd, pointDouble } from "./ecp";
import { ladderStep } from "./x25519";

export class CurveField {
  /** Octets of an element. */
  stride: usize = 0;
  /** The element 1. */
  one: usize = 0;
  private readonly modulus: Modulus = new Modulus();
  private ecp: EcpField = changetype<EcpField>(0);
  private prime: usize = 0;
  private ofPoints: bool = false;

  /** The field of a curve that is not EC2N. `space` holds MODULUS_NUMBERS elements of curve.limbs limbs. */
  set(c: Curve, space: usize): void {
    this.ofPoints = c.kind == CurveKind.ECP;
    this.prime = c.p;
    if (ASC_FEATURE_SIMD) {
      if (this.ofPoints) {
        const f = c.bits == 256 ? FIELD_256 : c.bits == 384 ? FIELD_384 : FIELD_521;
        this.ecp = f;
        this.stride = f.stride;
        this.one = f.one;
      } else {
        this.stride = c25519.ELEMENT;
        this.one = lanes.ONE;
      }
    } else {
      this.modulus.set(space, c.p, c.fieldBytes, c.bits, c.limbs, c.limbBits, true);
      this.stride = this.modulus.stride;
      this.one = this.modulus.one;
    }
  }

  /** Reads a number of `len` octets, big-endian. */
  enter(r: usize, p: usize, len: u32): void {
    if (ASC_FEATURE_SIMD) {
      if (this.ofPoints) this.ecp.enter2(r, p, r, p, len);
      else lanes.fromOctets(r, p, len);
    } else {
      this.modulus.enter(r, p, len);
    }
  }

  /** r = a * b; r may be a or b. */
  multiply(r: usize, a: usize, b: usize): void {
    if (ASC_FEATURE_SIMD) {
      if (this.ofPoints) this.ecp.multiply2(r, a, b, r, a, b);
      else c25519.multiply2(r, a, b, r, a, b);
    } else {
      this.modulus.multiply(r, a, b);
    }
  }

  /** r = a^2. */
  squareOf(r: usize, a: usize): void {
    if (ASC_FEATURE_SIMD) {
      if (this.ofPoints) this.ecp.square2(r, a, r, a);
      else c25519.square2(r, a, r, a);
    } else {
      this.modulus.squareOf(r, a);
    }
  }

  /** r = a as a plain number, less than p. */
  // @ts-ignore: decorator
  @inline
  private leave(r: usize, a: usize): void {
    if (this.ofPoints) this.ecp.leave(r, a, this.prime, r + this.stride);
    else lanes.leave(r, a);
  }

  /** Whether a is 0; `scratch` holds 3 elements. */
  isZero(a: usize, scratch: usize): bool {
    if (ASC_FEATURE_SIMD) {
      this.leave(scratch, a);
      return this.ofPoints ? this.ecp.none(scratch) : lanes.none(scratch);
    } else {
      return this.modulus.isZero(a, scratch);
    }
  }

  /** Writes a as `len` octets, the field's, big-endian; `scratch` holds 3 elements. */
  write(out: usize, len: u32, a: usize, scratch: usize): void {
    if (ASC_FEATURE_SIMD) {
      this.leave(scratch, a);
      if (this.ofPoints) this.ecp.write(out, scratch);
      else lanes.toOctets(out, scratch);
    } else {
      this.modulus.write(out, len, a, scratch);
    }
  }

  /** ECP: p := p + q; q may be p. `scratch` holds 9 elements. */
  pointAdd(p: usize, q: usize, b: usize, scratch: usize): void {
    if (ASC_FEATURE_SIMD) addPoint(this.ecp, p, q, b, scratch);
    else pointAdd(this.modulus, p, q, b, scratch);
  }

  /** ECP: p := 2p. */
  pointDouble(p: usize, b: usize, scratch: usize): void {
    if (ASC_FEATURE_SIMD) addPoint(this.ecp, p, p, b, scratch);
    else pointDouble(this.modulus, p, b, scratch);
  }

  /** ECP: whether (x, y) is a point of the curve. Public points only. */
  onCurve(x: usize, y: usize, b: usize, scratch: usize): bool {
    if (ASC_FEATURE_SIMD) return solves(this.ecp, x, y, b, this.prime, scratch);
    else return onCurve(this.modulus, x, y, b, scratch);
  }

  /** X25519: one bit of the ladder (x25519.ts). */
  ladderStep(state: usize, x1: usize, a24: usize, swap: u32, scratch: usize): void {
    if (ASC_FEATURE_SIMD) lanes.step(state, x1, a24, swap, scratch);
    else ladderStep(this.modulus, state, x1, a24, swap, scratch);
  }
}
