/**
 * The regular expressions of output filters, in IOS's manner: `a|b`, `^`, `$`, `.`, `*`, `+`, `?`, `[a-z]`, `[^a-z]`, `(...)`, `\x`, and `_` for
 * whatever parts words. Large and small letters are the same.
 *
 * An expression becomes a short program, and a line is followed through all of its ways at once: the work is at most the length of the
 * expression times that of the line, whatever the expression is.
 */
import * as ct from "../util/ct";
import { lower } from "./words";

const enum Op {
  /** the expression is found */
  FOUND = 0,
  /** the character `value` */
  CHARACTER,
  ANY,
  /** one of set number `value` */
  SET,
  /** at the beginning, at the end of the line: no character */
  BEGIN,
  END,
  /** goes on with the next one, and at `offset` from here */
  SPLIT,
  JUMP,
  /** leads nowhere: nothing stands between two bars */
  NEVER,
}

@unmanaged
class Step {
  op: u8;
  value: u8;
  offset: i16;
}

const STEPS: u32 = 256;
const SETS: u32 = 16;
const DEPTH_MAX: u32 = 8;
const program: usize = memory.data(1024, 4);
const sets: usize = memory.data(512, 4); // 32 octets each, a bit for each character
let used: u32 = 0;
let setCount: u32 = 0;

/** The expression while it is read. */
let source: usize = 0;
let length: u32 = 0;
let at: u32 = 0;
let depth: u32 = 0;
let failed: bool = false;

// @ts-ignore: decorator
@inline
function step(i: u32): Step {
  return changetype<Step>(program + <usize>(i << 2));
}

function emit(op: Op, value: u32, offset: i32): void {
  if (used == STEPS) {
    failed = true;
    return;
  }
  const s = step(used++);
  s.op = <u8>op;
  s.value = <u8>value;
  s.offset = <i16>offset;
}

/** Makes room for a step before those from `from` on, which lead among themselves only. */
function insert(from: u32, op: Op, offset: i32): void {
  emit(op, 0, 0);
  if (failed) return;
  const p = program + <usize>(from << 2);
  memory.copy(p + 4, p, <usize>((used - 1 - from) << 2));
  step(from).op = <u8>op;
  step(from).value = 0;
  step(from).offset = <i16>offset;
}

/** Reads an expression. False: it is not whole, or too long. */
export function compile(p: usize, len: u32): bool {
  source = p;
  length = len;
  at = used = setCount = depth = 0;
  failed = false;
  alternatives();
  emit(Op.FOUND, 0, 0);
  return !failed;
}

/** Forgets the expression: it may have been a key that somebody looks for. */
export function wipe(): void {
  ct.wipe(program, STEPS << 2);
  ct.wipe(sets, SETS << 5);
  used = 0;
}

function peek(): u32 {
  return at < length ? <u32>load<u8>(source + at) : 0;
}

/** `a|b|c`, up to the end or the bracket that closes it. */
function alternatives(): void {
  const from = used;
  sequence();
  if (used == from) emit(Op.NEVER, 0, 0);
  if (failed || peek() != 124) return;
  at++;
  insert(from, Op.SPLIT, <i32>(used - from) + 2);
  const jump = used;
  emit(Op.JUMP, 0, 0);
  alternatives();
  if (!failed) step(jump).offset = <i16>(used - jump);
}

function sequence(): void {
  for (;;) {
    const c = peek();
    if (failed || at == length || c == 124 || (c == 41 && depth > 0)) return;
    const from = used;
    atom(c);
    repetition(from);
  }
}

/** One character, set or group. */
function atom(c: u32): void {
  at++;
  switch (c) {
    case 94: return emit(Op.BEGIN, 0, 0);
    case 36: return emit(Op.END, 0, 0);
    case 46: return emit(Op.ANY, 0, 0);
    case 95: return delimiter();
    case 91: return set();
    case 40: return group();
    case 92: {
      if (at == length) return emit(Op.CHARACTER, 92, 0);
      emit(Op.CHARACTER, lower(peek()), 0);
      at++;
      return;
    }
    default: return emit(Op.CHARACTER, lower(c), 0);
  }
}

function group(): void {
  if (++depth > DEPTH_MAX) {
    failed = true;
    return;
  }
  alternatives();
  depth--;
  if (peek() == 41) at++;
  else failed = true;
}

/** `*`, `+`, `?` behind what begins at `from`. */
function repetition(from: u32): void {
  for (; !failed; at++) {
    const c = peek();
    const size = <i32>(used - from);
    if (c == 42) {
      insert(from, Op.SPLIT, size + 2);
      emit(Op.JUMP, 0, -(size + 1));
    } else if (c == 43) {
      emit(Op.SPLIT, 0, -size);
    } else if (c == 63) insert(from, Op.SPLIT, size + 1);
    else return;
  }
}

/** `_`: the beginning, the end, a blank, a comma, a brace or a bracket. */
function delimiter(): void {
  emit(Op.SPLIT, 0, 3);
  emit(Op.BEGIN, 0, 0);
  emit(Op.JUMP, 0, 5);
  emit(Op.SPLIT, 0, 3);
  emit(Op.END, 0, 0);
  emit(Op.JUMP, 0, 2);
  const bits = newSet();
  if (failed) return;
  const all = " ,{}()";
  for (let i = 0; i < all.length; i++) put(bits, <u32>all.charCodeAt(i));
}

/** A set without members, and the step that asks for it. */
function newSet(): usize {
  if (setCount == SETS) {
    failed = true;
    return sets;
  }
  const bits = sets + <usize>(setCount << 5);
  memory.fill(bits, 0, 32);
  emit(Op.SET, setCount++, 0);
  return bits;
}

function put(bits: usize, c: u32): void {
  const p = bits + <usize>(c >>> 3);
  store<u8>(p, <u8>((<u32>load<u8>(p)) | (1 << (c & 7))));
}

/** `[...]`: characters and ranges; a `]` that comes first is one of them. */
function set(): void {
  const bits = newSet();
  const not = peek() == 94;
  if (not) at++;
  const first = at;
  for (; !failed; at++) {
    if (at == length) {
      failed = true;
      return;
    }
    const c = peek();
    if (c == 93 && at > first) break;
    let last = c;
    if (at + 2 < length && load<u8>(source + at + 1) == 45 && load<u8>(source + at + 2) != 93) {
      at += 2;
      last = peek();
    }
    for (let one = c; one <= last; one++) put(bits, lower(one));
  }
  at++;
  if (not) for (let i: usize = 0; i < 32; i++) store<u8>(bits + i, ~load<u8>(bits + i));
}

// While a line is followed: the steps reached, before and behind a character, and when each was reached last.
let now: usize = memory.data(512, 4);
let then: usize = memory.data(512, 4);
const open: usize = memory.data(1024, 4);
const reachedAt: usize = memory.data(1024, 4);
let round: u32 = 0;
let arrived: bool = false;

/** Adds to `list`, which has `count` steps, all that want a character and are reached from step `from`. How many it has then. */
function reach(list: usize, count: u32, from: u32, begins: bool, ends: bool): u32 {
  let waiting: u32 = 1;
  store<u16>(open, <u16>from);
  while (waiting) {
    const i = <u32>load<u16>(open + <usize>(--waiting << 1));
    const seen = reachedAt + <usize>(i << 2);
    if (load<u32>(seen) == round) continue;
    store<u32>(seen, round);
    const s = step(i);
    switch (<u32>s.op) {
      case Op.FOUND:
        arrived = true;
        return count;
      case Op.SPLIT:
        store<u16>(open + <usize>(waiting++ << 1), <u16>(i + 1));
      case Op.JUMP:
        store<u16>(open + <usize>(waiting++ << 1), <u16>(<i32>i + s.offset));
        break;
      case Op.BEGIN:
        if (begins) store<u16>(open + <usize>(waiting++ << 1), <u16>(i + 1));
        break;
      case Op.END:
        if (ends) store<u16>(open + <usize>(waiting++ << 1), <u16>(i + 1));
        break;
      case Op.NEVER: break;
      default: store<u16>(list + <usize>(count++ << 1), <u16>i);
    }
  }
  return count;
}

function takes(s: Step, c: u32): bool {
  if (s.op == <u8>Op.ANY) return true;
  if (s.op == <u8>Op.CHARACTER) return <u32>s.value == c;
  return (((<u32>load<u8>(sets + <usize>((<u32>s.value << 5) + (c >>> 3)))) >>> (c & 7)) & 1) != 0;
}

/** Whether the line holds the expression. */
export function found(line: usize, len: u32): bool {
  let count: u32 = 0;
  arrived = false;
  next();
  for (let i: u32 = 0; i <= len; i++) {
    count = reach(now, count, 0, i == 0, i == len);
    if (arrived) return true;
    if (i == len) break;
    const c = lower(<u32>load<u8>(line + i));
    next();
    let behind: u32 = 0;
    for (let k: u32 = 0; k < count; k++) {
      const s = <u32>load<u16>(now + <usize>(k << 1));
      if (takes(step(s), c)) behind = reach(then, behind, s + 1, false, i + 1 == len);
    }
    if (arrived) return true;
    const list = now;
    now = then;
    then = list;
    count = behind;
  }
  return false;
}

/** A new round: no step is reached. */
function next(): void {
  if (++round != 0) return;
  memory.fill(reachedAt, 0, 1024);
  round = 1;
}
