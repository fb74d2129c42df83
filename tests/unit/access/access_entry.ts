// Passwords and encrypted keys by themselves, for tests in Node (tests/support/primitives/access.ts).
import * as master from "../../../assembly/access/master";
import * as scrypt from "../../../assembly/access/scrypt";
import * as sealed from "../../../assembly/access/sealed";
import * as secrets from "../../../assembly/access/secret";
import { Secret } from "../../../assembly/access/secret";
import { Stretch } from "../../../assembly/access/stretch";
import * as type6 from "../../../assembly/access/type6";
import * as type7 from "../../../assembly/access/type7";
import * as drbg from "../../../assembly/crypto/drbg";
import * as base64 from "../../../assembly/pki/base64";
import * as ntpKeys from "../../../assembly/services/ntp_keys";
import { hexDigit } from "../../../assembly/util/bytes";

const arena: usize = heap.alloc(8192);
const room: usize = heap.alloc(<usize>scrypt.TABLE);
const secret: Secret = changetype<Secret>(heap.alloc(offsetof<Secret>()));
const stretched: Stretch = new Stretch();
secrets.init();
master.init();
ntpKeys.init();

/** 8192 octets for the caller. */
export function scratch(): usize {
  return arena;
}

/** The secret that `check` is about. False: such a hash is none. @param kind 0: in plain */
export function set(kind: u32, p: usize, len: u32): bool {
  if (kind == 0) secrets.setPlain(secret, p, len);
  else {
    if (secrets.fault(kind, p, len).length) return false;
    secrets.setHash(secret, kind, p, len);
  }
  return true;
}

export function begin(p: usize, len: u32): void {
  secrets.check(secret, p, len, room);
}

/** Slices of a check, so many at the most; true when `matches` is known. */
export function steps(most: u32): bool {
  for (; most; most--) if (secrets.step()) return true;
  return false;
}

export function matches(): bool {
  return secrets.matches;
}

export function end(): void {
  secrets.endCheck();
}

/** One slice of making a hash of what is in plain. */
export function work(): bool {
  return secrets.work(secret);
}

export function entropy(p: usize, len: u32): void {
  drbg.instantiateWith(p, len);
}

export function secretAt(): usize {
  return secret.text;
}

/** Octets at `out`, OCTETS of them. */
export function stretch(p: usize, len: u32, salt: usize, saltLen: u32, rounds: u32, out: usize): void {
  stretched.begin(p, len, salt, saltLen, rounds);
  while (!stretched.step()) {}
  memory.copy(out, stretched.derived, 32);
  stretched.wipe();
}

export function seal(root: usize, p: usize, len: u32): u32 {
  return sealed.seal(root, p, len);
}

export function open(root: usize, p: usize, len: u32): u32 {
  return sealed.open(root, p, len);
}

export function sealedText(): usize {
  return sealed.text;
}

export function read6(md5: usize, p: usize, len: u32): u32 {
  return type6.read(md5, p, len);
}

export function read7(p: usize, len: u32): u32 {
  return type7.read(p, len);
}

/** What the master key is made of, and its first slice. */
export function masterBegin(p: usize, len: u32): void {
  master.begin(p, len);
  master.step();
  master.abort();
}

export function encode64(p: usize, len: u32, out: usize): u32 {
  return base64.encode(p, len, out);
}

export function decode64(p: usize, len: u32, out: usize): u32 {
  return base64.decode(p, len, out);
}

/** Octets of hexadecimal digits. */
export function hex(p: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) store<u8>(out + i, <u8>((hexDigit(<u32>load<u8>(p + 2 * i)) << 4) | hexDigit(<u32>load<u8>(p + 2 * i + 1))));
}

/** A key of time; then its MAC behind 48 octets, and whether the one that is there is right. */
export function ntpKey(p: usize, len: u32): void {
  ntpKeys.set(1, p, len);
}

export function ntpSeal(p: usize): void {
  ntpKeys.seal(1, p, 48);
}

export function ntpCheck(p: usize): bool {
  return ntpKeys.check(1, p, 48, 48 + ntpKeys.MAC);
}
