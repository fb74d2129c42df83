/**
 * A password as it is kept: a hash in one of IOS's forms, as text. What was given in plain is hashed as type 8 in the background, slice by slice
 * (`work`), and is in the secret only until then.
 *
 *      5     $1$SALT$22 letters                     MD5-crypt: taken for checking
 *      8     $8$14 letters of salt$43 letters       PBKDF2 with HMAC-SHA-256, 20000 rounds: what is made here
 *      9     $9$14 letters of salt$43 letters       scrypt: taken for checking
 */
import * as drbg from "../crypto/drbg";
import { putString } from "../util/bytes";
import * as ct from "../util/ct";
import { areLetters, encode, letterOf } from "./letters";
import * as md5Crypt from "./md5_crypt";
import * as scrypt from "./scrypt";
import { OCTETS, Stretch } from "./stretch";

/** Octets of a password, and of a hash. */
export const PASSWORD_MAX: u32 = 64;
const ROUNDS: u32 = 20000;
const SALT: u32 = 14;
const HASH: u32 = 43;
const LONG: u32 = 4 + SALT + HASH;

@unmanaged
export class Secret {
  /** 0: none; 5, 8, 9; PLAIN: not hashed yet. */
  kind: u32;
  len: u32;
  private a0: u64;
  private a1: u64;
  private a2: u64;
  private a3: u64;
  private a4: u64;
  private a5: u64;
  private a6: u64;
  private a7: u64;

  /** PASSWORD_MAX octets. */
  get text(): usize {
    return changetype<usize>(this) + 8;
  }
}
export const PLAIN: u32 = 1;
/** There may be one that is not hashed yet (`users.work`). */
export let unhashed: bool = false;

export function setUnhashed(is: bool): void {
  unhashed = is;
}

export function clear(secret: Secret): void {
  if (secret === hashing) stop();
  ct.wipe(changetype<usize>(secret), offsetof<Secret>());
}

/** Takes a password in plain, of 1 to PASSWORD_MAX octets. */
export function setPlain(secret: Secret, p: usize, len: u32): void {
  clear(secret);
  secret.kind = PLAIN;
  unhashed = true;
  secret.len = len;
  memory.copy(secret.text, p, <usize>len);
}

/** Where the character is, or `len`. */
function indexOf(c: u32, from: u32, p: usize, len: u32): u32 {
  while (from < len && <u32>load<u8>(p + from) != c) from++;
  return from;
}

/** A hash of that type that no password has but by chance. */
export function setNobody(secret: Secret, kind: u32): void {
  clear(secret);
  secret.kind = kind;
  secret.len = putString(secret.text, kind == 5 ? "$1$....$" : kind == 8 ? "$8$..............$" : "$9$..............$");
  for (let i: u32 = kind == 5 ? md5Crypt.LENGTH : HASH; i > 0; i--) store<u8>(secret.text + secret.len++, 46);
}

/** What is wrong with a hash of that type; "": nothing. */
export function fault(kind: u32, p: usize, len: u32): string {
  if (kind == 5) {
    const end = indexOf(36, 3, p, len);
    const good = len > 3 && load<u8>(p) == 36 && load<u8>(p + 1) == 49 && load<u8>(p + 2) == 36 && end > 3 && end <= 11 && len - end == 1 + md5Crypt.LENGTH;
    return good && areLetters(p + 3, end - 3) && areLetters(p + end + 1, md5Crypt.LENGTH) ? "" : "a hash of type 5 reads $1$SALT$ and 22 letters";
  }
  const good = len == LONG && load<u8>(p) == 36 && <u32>load<u8>(p + 1) == 48 + kind && load<u8>(p + 2) == 36 && load<u8>(p + 3 + SALT) == 36;
  if (good && areLetters(p + 3, SALT) && areLetters(p + 4 + SALT, HASH)) return "";
  return kind == 8 ? "a hash of type 8 reads $8$, 14 letters of salt, $ and 43 letters" : "a hash of type 9 reads $9$, 14 letters of salt, $ and 43 letters";
}

/** Takes a hash that has no fault. */
export function setHash(secret: Secret, kind: u32, p: usize, len: u32): void {
  clear(secret);
  secret.kind = kind;
  secret.len = len;
  memory.copy(secret.text, p, <usize>len);
}

let checker: Stretch = changetype<Stretch>(0);
let maker: Stretch = changetype<Stretch>(0);

export function init(): void {
  checker = new Stretch();
  maker = new Stretch();
  hashing = null;
  checking = false;
}

// One check at a time, and one new hash.

/** What a check computes: 32 octets, and their letters. */
// @ts-ignore: decorator
@lazy
const octets: usize = memory.data(32, 8);
// @ts-ignore: decorator
@lazy
const made: usize = memory.data(64, 8);
// @ts-ignore: decorator
@lazy
const candidate: usize = memory.data(64, 8);
// What a check is made against: the secret may be changed, or go, while it runs.
// @ts-ignore: decorator
@lazy
const wanted: usize = memory.data(80, 8);
/** The hash that is being made. */
// @ts-ignore: decorator
@lazy
const fresh: usize = memory.data(64, 8);
let candidateLen: u32 = 0;
let checking: bool = false;
let hashing: Secret | null = null;

function stop(): void {
  hashing = null;
  maker.wipe();
}

function target(): Secret {
  return changetype<Secret>(wanted);
}

/**
 * Begins to check a password against a secret; `step` goes on. @param room scrypt.TABLE octets to work in, which are wiped.
 * A password that is too long is none, and takes as long as another.
 */
export function check(secret: Secret, p: usize, len: u32, room: usize): void {
  memory.copy(wanted, changetype<usize>(secret), offsetof<Secret>());
  candidateLen = min<u32>(len, PASSWORD_MAX);
  memory.copy(candidate, p, <usize>candidateLen);
  tooLong = len > PASSWORD_MAX;
  checking = true;
  matches = false;
  const one = target();
  if (one.kind == 5) {
    const end = indexOf(36, 3, one.text, one.len);
    md5Crypt.begin(candidate, candidateLen, one.text + 3, end - 3);
  } else if (one.kind == 8) checker.begin(candidate, candidateLen, one.text + 3, SALT, ROUNDS);
  else if (one.kind == 9) scrypt.begin(candidate, candidateLen, one.text + 3, SALT, room);
}
let tooLong: bool = false;
/** What the last check found. */
export let matches: bool = false;

/** One slice of the check; true when `matches` is known. */
export function step(): bool {
  const one = target();
  const kind = one.kind;
  if (kind == 5) {
    if (!md5Crypt.step()) return false;
    md5Crypt.result(made);
    matches = ct.equal(made, one.text + one.len - md5Crypt.LENGTH, md5Crypt.LENGTH);
  } else if (kind == 8 || kind == 9) {
    if (kind == 8 ? !checker.step() : !scrypt.step()) return false;
    if (kind == 9) scrypt.result(octets);
    else memory.copy(octets, checker.derived, OCTETS);
    encode(octets, OCTETS, made);
    matches = ct.equal(made, one.text + one.len - HASH, HASH);
  } else if (kind == PLAIN) {
    // In whole, so that its length alone shows.
    memory.fill(candidate + candidateLen, 0, <usize>(PASSWORD_MAX - candidateLen));
    matches = ct.equal(candidate, one.text, PASSWORD_MAX) && candidateLen == one.len;
  }
  if (tooLong) matches = false;
  endCheck();
  return true;
}

/** Ends a check, done or not. */
export function endCheck(): void {
  checking = false;
  ct.wipe(candidate, PASSWORD_MAX);
  ct.wipe(made, 64);
  ct.wipe(octets, 32);
  ct.wipe(wanted, 80);
  checker.wipe();
  md5Crypt.wipe();
  scrypt.wipe();
}

/** Whether the hash under way has its salt: not where there is no entropy. */
export function salted(): bool {
  return hashing != null;
}

/** A slice of hashing what was given in plain. True: `secret` is hashed, or was. */
export function work(secret: Secret): bool {
  if (secret.kind != PLAIN) return true;
  if (secret !== hashing) {
    stop();
    if (!drbg.fill(fresh + 4, SALT)) return false;
    hashing = secret;
    putString(fresh, "$8$");
    for (let i: u32 = 0; i < SALT; i++) store<u8>(fresh + 3 + i, <u8>letterOf(<u32>load<u8>(fresh + 4 + i) & 63));
    store<u8>(fresh + 3 + SALT, 36);
    maker.begin(secret.text, secret.len, fresh + 3, SALT, ROUNDS);
    return false;
  }
  if (!maker.step()) return false;
  encode(maker.derived, OCTETS, fresh + 4 + SALT);
  stop();
  setHash(secret, 8, fresh, LONG);
  ct.wipe(fresh, 64);
  return true;
}
