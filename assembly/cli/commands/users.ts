/** Who may configure: `enable secret`, `username`, and moving between the levels. */
import * as secrets from "../../access/secret";
import { PASSWORD_MAX, Secret } from "../../access/secret";
import * as type7 from "../../access/type7";
import * as users from "../../access/users";
import { User } from "../../access/users";
import { NAME_MAX, USERS } from "../../limits";
import { Mode, row } from "../grammar";
import * as login from "../login";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, tooLong } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("c:enable secret~ [level <1-15>] [0|4|5|7|8|9] WORD", enableSecret);
  row("c:enable password~ [level <1-15>] [0|7] WORD", enablePassword);
  row("c:username WORD~ [privilege <0-15>] [(secret|password) [0|4|5|7|8|9] WORD]", username);
  row("ue:enable [<0-15>]", enable);
  row("e:disable [<0-15>]", disable);
  row("ue:exit", leave);
  row("ue:logout", leave);
  row("ue:quit", leave);
}

/** `enable` has a password that was given by `enable password`. */
let byPassword: bool = false;

export function init(): void {
  byPassword = false;
}

/** A password shorter than this draws a warning. */
const SHORT: u32 = 8;

/**
 * Takes the last word of the line as a secret, of the type in the word before it, where that is behind word `k`. False: refused, and it has said
 * why. @param weak it was asked for as a `password`
 */
export function take(secret: Secret, k: u32, weak: bool): bool {
  const last = matcher.argCount() - 1;
  const kind = last > k + 1 ? matcher.keywordValue(last - 1) : 0;
  let p = words.word(last);
  let len = words.wordLen(last);
  if (kind == 4) return refused("A secret of type 4 is one SHA-256 without a salt, which is soon guessed: give the password, or its hash of type 8.");
  if (kind == 7 && !weak) return refused("A secret of type 7 can be read by anybody: give the password, or its hash of type 8.");
  if (kind == 5 || kind >= 8) {
    const fault = secrets.fault(kind, p, len);
    if (fault.length) {
      out.clear();
      refuse("That is no hash: ").put(fault).char(46);
      nl();
      return false;
    }
    secrets.setHash(secret, kind, p, len);
    return true;
  }
  if (kind == 7) {
    len = type7.read(p, len);
    if (!len) return refused("That is no password of type 7: two digits from 00 to 15, and two hexadecimal digits for each character.");
    p = type7.text;
  }
  if (len > PASSWORD_MAX) return tooLong("password", PASSWORD_MAX);
  secrets.setPlain(secret, p, len);
  if (kind == 7) {
    refuse("Warning: passwords of type 7 can be read by anybody; it is kept as a secret of type 8 from here on.");
    nl();
  } else if (weak) {
    refuse("Warning: a password is kept as a secret of type 8, and shown as that.");
    nl();
  }
  if (len < SHORT) {
    refuse("Warning: a password of ").u32(len).put(" characters is soon guessed; use ").u32(SHORT).put(" or more.");
    nl();
  }
  type7.wipe();
  return true;
}

/** `level N` where it stands; false: it is none that there is. */
function wrongLevel(k: u32): bool {
  if (!matcher.isKeyword(k, "level") || matcher.number(k + 1) == login.ALL) return false;
  refuse("There is one password for `enable`, of level 15; level ").u32(matcher.number(k + 1)).put(" has none.");
  nl();
  return true;
}

function enableSecret(no: bool): bool {
  const k = matcher.base + 1;
  if (no) {
    secrets.clear(users.enable);
    return true;
  }
  if (wrongLevel(k + 1)) return false;
  const from = matcher.isKeyword(k + 1, "level") ? k + 2 : k;
  if (!take(users.enable, from, false)) return false;
  byPassword = false;
  return true;
}

function enablePassword(no: bool): bool {
  const k = matcher.base + 1;
  if (no) {
    if (byPassword) secrets.clear(users.enable);
    return true;
  }
  if (wrongLevel(k + 1)) return false;
  if (users.enable.kind && !byPassword) {
    refuse("Warning: `enable secret` is there and counts; this password is not kept.");
    nl();
    return true;
  }
  if (!take(users.enable, matcher.isKeyword(k + 1, "level") ? k + 2 : k, true)) return false;
  byPassword = true;
  return true;
}

function username(no: bool): bool {
  const k = matcher.base + 1;
  const p = words.word(k);
  const len = words.wordLen(k);
  if (no) {
    if (users.remove(p, len)) return true;
    refuse("There is no user ").ascii(p, len).char(46);
    nl();
    return false;
  }
  if (len > NAME_MAX) return tooLong("name", NAME_MAX);
  const existed = users.find(p, len) != null;
  const user = users.add(p, len);
  if (!user) {
    refuse("There are ").u32(USERS).put(" users already, which is the most.");
    nl();
    return false;
  }
  const level = matcher.isKeyword(k + 1, "privilege");
  const at = level ? k + 3 : k + 1;
  const weak = matcher.isKeyword(at, "password");
  if ((weak || matcher.isKeyword(at, "secret")) && !take(user.secret, at, weak)) {
    if (!existed) users.remove(p, len);
    return false;
  }
  if (level) user.level = matcher.number(k + 2);
  return true;
}

function enable(no: bool): bool {
  const k = matcher.base + 1;
  if (matcher.argCount() > k && matcher.number(k) < login.ALL) {
    if (session.mode == Mode.USER) return true;
    return disable(no);
  }
  return login.enable();
}

function disable(no: bool): bool {
  login.lower();
  return true;
}

function leave(no: bool): bool {
  login.leave();
  return true;
}

/** Writes a secret's type and hash. False: it has none to write. */
export function putSecret(secret: Secret, hidden: bool): bool {
  if (secret.kind < 5) return false;
  out.char(32).u32(secret.kind).char(32);
  if (hidden) out.put("<hidden>");
  else out.ascii(secret.text, secret.len);
  return true;
}

export function write(): void {
  users.settle();
  let any = false;
  if (users.enable.kind >= 5) {
    out.put("enable secret");
    putSecret(users.enable, login.hides());
    nl();
    any = true;
  }
  for (let i: u32 = 0; i < users.slots(); i++) {
    const user = users.at(i);
    if (!user) continue;
    writeUser(user);
    any = true;
  }
  if (any) {
    out.char(33);
    nl();
  }
}

function writeUser(user: User): void {
  out.put("username ").ascii(user.name, user.nameLen);
  if (user.level != 1) out.put(" privilege ").u32(user.level);
  if (user.secret.kind >= 5) {
    out.put(" secret");
    putSecret(user.secret, login.hides());
  }
  nl();
}
