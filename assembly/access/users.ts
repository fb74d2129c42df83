/** Who may configure: names with a password and a level, and the password of `enable`. */
import { NAME_MAX, USERS } from "../limits";
import { Pool } from "../util/pool";
import * as secrets from "./secret";
import { PLAIN, Secret } from "./secret";

/** Behind the fields: the name, NAME_MAX octets, and a Secret. */
@unmanaged
export class User {
  /** 15: everything; 2 to 14: sees the configuration without its keys; 0 and 1: sees what goes on. */
  level: u32;
  nameLen: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<User>();
  }
  get secret(): Secret {
    return changetype<Secret>(changetype<usize>(this) + offsetof<User>() + NAME_MAX);
  }
}

let pool: Pool<User> = changetype<Pool<User>>(0);
/** The password of `enable`, and of the console's line. */
export let enable: Secret = changetype<Secret>(0);
export let line: Secret = changetype<Secret>(0);
/** What is checked where there is no such user: of the type that a user has, so that it takes as long. */
let nobody: Secret = changetype<Secret>(0);

function secret(): Secret {
  const s = changetype<Secret>(heap.alloc(offsetof<Secret>()));
  memory.fill(changetype<usize>(s), 0, offsetof<Secret>());
  return s;
}

export function init(): void {
  pool = new Pool<User>("users", USERS, NAME_MAX + offsetof<Secret>());
  enable = secret();
  line = secret();
  nobody = secret();
  secrets.init();
}

/** Walk with slots/at. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): User | null {
  return pool.at(i);
}

export function find(p: usize, len: u32): User | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const user = at(i);
    if (user && user.nameLen == len && memory.compare(user.name, p, <usize>len) == 0) return user;
  }
  return null;
}

/** The user of that name, made where there is none; null: no room. @param len 1 to NAME_MAX */
export function add(p: usize, len: u32): User | null {
  const known = find(p, len);
  if (known) return known;
  const user = pool.take();
  if (!user) return null;
  user.level = 1;
  user.nameLen = len;
  memory.copy(user.name, p, <usize>len);
  return user;
}

/** False: there is none. */
export function remove(p: usize, len: u32): bool {
  const user = find(p, len);
  if (!user) return false;
  secrets.clear(user.secret);
  pool.free(user);
  return true;
}

/** Whether anybody has a password. */
export function any(): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const user = at(i);
    if (user && user.secret.kind) return true;
  }
  return false;
}

/** What a name that nobody has is checked against. */
export function noSecret(): Secret {
  let kind: u32 = 8;
  for (let i: u32 = 0; i < pool.size; i++) {
    const user = at(i);
    if (!user || !user.secret.kind) continue;
    if (user.secret.kind != PLAIN) kind = user.secret.kind;
    break;
  }
  secrets.setNobody(nobody, kind);
  return nobody;
}

/** The first password that is not hashed yet. */
function pending(): Secret | null {
  if (enable.kind == PLAIN) return enable;
  if (line.kind == PLAIN) return line;
  for (let i: u32 = 0; i < pool.size; i++) {
    const user = at(i);
    if (user && user.secret.kind == PLAIN) return user.secret;
  }
  return null;
}

/** A slice of hashing what was given in plain; true: nothing is left to do. */
export function work(): bool {
  if (!secrets.unhashed) return true;
  const one = pending();
  if (!one) {
    secrets.setUnhashed(false);
    return true;
  }
  secrets.work(one);
  // Without entropy there is no salt: what was given waits.
  return one.kind == PLAIN && !secrets.salted();
}

/** Hashes what was given in plain, to the end: somebody wants to write it. False: there is no entropy for a salt. */
export function settle(): bool {
  for (let one = pending(); one; one = pending()) {
    while (!secrets.work(one)) if (!secrets.salted()) return false;
  }
  return true;
}
