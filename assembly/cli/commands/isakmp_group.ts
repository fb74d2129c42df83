/** `crypto isakmp group`: MODP groups of private use, offered to peers in New Group Mode; and what shows them. */
import { PRIVATE_GROUPS } from "../../limits";
import { PrivateGroup, GENERATOR_MAX, PRIME_MAX } from "../../ike/settings/private_groups";
import * as groups from "../../ike/settings/private_groups";
import { hexDigit } from "../../util/bytes";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("c:crypto isakmp group <32768-65535>~", enter);
  row("g:prime~ LINE", prime);
  row("g:generator~ WORD", generator);
  row("ue:show crypto isakmp groups", show);
}

const octets: usize = memory.data(512, 4);
/** Octets of a line of the configuration. */
const LINE: u32 = 32;

function enter(no: bool): bool {
  const id = matcher.number(matcher.base + 3);
  const known = groups.find(0, id);
  if (no) {
    if (!known) return refused("There is no such group.");
    groups.remove(known);
    return true;
  }
  const group = groups.add(0, id);
  if (!group) {
    refuse("There are ").u32(PRIVATE_GROUPS / 2).put(" groups already, which is the most.");
    nl();
    return false;
  }
  // Lines of `prime` follow each other; the first one since the mode was entered begins anew.
  group.begun = false;
  if (!group.generatorLen) {
    store<u8>(group.generator, 2);
    group.generatorLen = 1;
  }
  session.enter(Mode.GROUP, id, 0, 0);
  return true;
}

function current(): PrivateGroup | null {
  const group = groups.find(0, session.subject);
  if (!group) refused("This group is gone.");
  return group;
}

/** Octets of `len` characters, blanks left out, at `octets`; 0xffffffff: they are no pairs of hexadecimal digits, or too many. */
function hex(p: usize, len: u32, most: u32): u32 {
  let n: u32 = 0;
  let half: u32 = 16;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + i);
    if (c == 32) continue;
    const d = hexDigit(c);
    if (d > 15 || n == most) return 0xffffffff;
    if (half > 15) half = d;
    else {
      store<u8>(octets + n++, (half << 4) | d);
      half = 16;
    }
  }
  return half > 15 ? n : 0xffffffff;
}

/** Drops leading zeros of what `hex` has read; they are not sent either. */
function withoutZeros(n: u32): u32 {
  let zeros: u32 = 0;
  while (zeros < n && !load<u8>(octets + zeros)) zeros++;
  memory.copy(octets, octets + zeros, <usize>(n - zeros));
  return n - zeros;
}

function prime(no: bool): bool {
  const group = current();
  if (!group) return false;
  const k = matcher.base + 1;
  if (no) {
    group.primeLen = 0;
    group.valid = false;
    return true;
  }
  const before: u32 = group.begun ? group.primeLen : 0;
  let n = hex(words.word(k), words.restLen(k), PRIME_MAX - before);
  if (n == 0xffffffff) return refused("A prime is pairs of hexadecimal digits, up to 4096 bits in all its lines.");
  if (!before) n = withoutZeros(n);
  memory.copy(group.prime + before, octets, <usize>n);
  group.primeLen = before + n;
  group.begun = true;
  group.valid = false;
  return true;
}

function generator(no: bool): bool {
  const group = current();
  if (!group) return false;
  const k = matcher.base + 1;
  group.valid = false;
  if (no) {
    store<u8>(group.generator, 2);
    group.generatorLen = 1;
    return true;
  }
  let n = hex(words.word(k), words.wordLen(k), GENERATOR_MAX);
  if (n != 0xffffffff) n = withoutZeros(n);
  if (n == 0xffffffff || !n) {
    refuse("A generator is pairs of hexadecimal digits, up to ").u32(GENERATOR_MAX).put(" octets: 02, for instance.");
    nl();
    return false;
  }
  memory.copy(group.generator, octets, <usize>n);
  group.generatorLen = n;
  return true;
}

/** The groups' lines of the configuration. */
export function write(): void {
  for (let i: u32 = 0; i < groups.slots(); i++) {
    const group = groups.at(i);
    if (!group || group.owner) continue;
    out.put("crypto isakmp group ").u32(group.id);
    nl();
    for (let at: u32 = 0; at < group.primeLen; at += LINE) {
      out.put(" prime ").hexBytes(group.prime + at, min(LINE, group.primeLen - at));
      nl();
    }
    out.put(" generator ").hexBytes(group.generator, group.generatorLen);
    nl();
    out.char(33);
    nl();
  }
}

function show(no: bool): bool {
  say("Group  Bits  Generator         Of             Proved");
  for (let i: u32 = 0; i < groups.slots(); i++) {
    const group = groups.at(i);
    if (!group) continue;
    out.u32(group.id).to(7).u32(group.primeLen << 3).to(13).hexBytes(group.generator, group.generatorLen).to(31);
    if (group.owner) out.put("conn-id ").u32(group.owner);
    else out.put("configuration");
    out.to(46).put(group.valid ? "yes" : "not yet");
    nl();
  }
  return true;
}
