/**
 * Transform sets: `crypto ipsec transform-set NAME ...`. Numbers are RFC 2407's (4.4.4 ESP transforms; 4.5 authentication
 * algorithms) and later ones' (suite.ts), 0 where the set has none.
 */
import { NAME_MAX, TRANSFORM_SETS } from "../../limits";
import { Pool } from "../../util/pool";
import { Integrity, integrityOf } from "../terms/suite";
import * as lifetime from "./lifetime";

export const enum Mode {
  TUNNEL = 1,
  TRANSPORT = 2,
}

@unmanaged
export class TransformSet {
  /** suite.Transform */
  espCipher: u8;
  /** suite.Auth */
  espAuth: u8;
  /** the same numbers; 0: no AH */
  ahAuth: u8;
  /** Mode */
  mode: u8;
  /** `mode transport require`: nothing else is offered or taken. */
  required: bool;
  /** `esn` */
  esn: bool;
  /** 128, 192 or 256 with AES and Camellia; 0 where the cipher has one length only */
  keyBits: u16;
  nameLen: u16;
  /**
   * Whether extended sequence numbers are negotiated: they want a replay window (RFC 4303, 3.4.3), and an ICV, which is
   * where their upper half goes.
   */
  get wantsEsn(): bool {
    return this.esn && lifetime.window != 0 && !this.bare;
  }
  /** Whether its ESP, or all of it, has no ICV. */
  get bare(): bool {
    return this.espCipher ? integrityOf(this.espCipher, this.espAuth) == Integrity.NONE : this.ahAuth == 0;
  }
  /** NAME_MAX octets follow the fields. */
  get name(): usize {
    return changetype<usize>(this) + offsetof<TransformSet>();
  }
}

let pool = changetype<Pool<TransformSet>>(0);

export function init(): void {
  pool = new Pool<TransformSet>("transform sets", TRANSFORM_SETS, NAME_MAX);
}

/** Number of slots; walk with `at(i)`, which is null where a slot is empty. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): TransformSet | null {
  return pool.at(i);
}

export function find(name: usize, len: u32): TransformSet | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const set = at(i);
    if (set && <u32>set.nameLen == len && memory.compare(set.name, name, <usize>len) == 0) return set;
  }
  return null;
}

/** Finds the set of that name or makes an empty one (mode tunnel); null when the pool is used up or the name too long. */
export function add(name: usize, len: u32): TransformSet | null {
  const known = find(name, len);
  if (known) return known;
  if (len > NAME_MAX) return null;
  const set = pool.take();
  if (!set) return null;
  set.mode = <u8>Mode.TUNNEL;
  set.nameLen = <u16>len;
  memory.copy(set.name, name, <usize>len);
  return set;
}

/** The caller has made sure that no crypto map uses the set (crypto_map.usesTransformSet). */
export function remove(set: TransformSet): void {
  pool.free(set);
}
