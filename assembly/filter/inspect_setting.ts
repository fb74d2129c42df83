/** `ip inspect name NAME tcp|udp|icmp`: which protocols a rule follows, and where rules are applied. */
import { INSPECT_RULES, INTERFACES, NAME_MAX } from "../limits";
import { touch } from "../lists/setting";
import { Pool } from "../util/pool";
import { Direction } from "./access_group";

/** Protocols that are followed; a rule has a bit and an idle time for each. */
export const enum Kind {
  TCP = 0,
  UDP,
  ICMP,
  COUNT,
}

/** Seconds that a flow may be idle where the rule says nothing. */
export const IDLE: StaticArray<u32> = [3600, 30, 10];

@unmanaged
export class Rule {
  nameLen: u32;
  /** A bit for each Kind. */
  kinds: u32;
  /** Interfaces and directions that have it. */
  uses: u32;
  tcp: u32;
  udp: u32;
  icmp: u32;
  get name(): usize {
    return changetype<usize>(this) + offsetof<Rule>();
  }
  has(kind: Kind): bool {
    return (this.kinds >>> kind & 1) != 0;
  }
  /** Configured idle time; 0: the usual one. */
  own(kind: Kind): u32 {
    return kind == Kind.TCP ? this.tcp : kind == Kind.UDP ? this.udp : this.icmp;
  }
  idle(kind: Kind): u32 {
    const seconds = this.own(kind);
    return seconds ? seconds : unchecked(IDLE[<i32>kind]);
  }
}

let pool = changetype<Pool<Rule>>(0);
const bindings: usize = memory.data(<i32>(INTERFACES * 8), 4); // Rule | null, in and out

export function init(): void {
  pool = new Pool<Rule>("inspection rules", INSPECT_RULES, NAME_MAX);
  memory.fill(bindings, 0, <usize>(INTERFACES * 8));
}

export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): Rule | null {
  return pool.at(i);
}

export function find(name: usize, len: u32): Rule | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const rule = pool.at(i);
    if (rule && rule.nameLen == len && memory.compare(rule.name, name, <usize>len) == 0) return rule;
  }
  return null;
}

/** Adds a protocol to a rule, which is made if there is none. False: there is no room, or the name is too long. @param seconds 0: the usual time */
export function add(name: usize, len: u32, kind: Kind, seconds: u32): bool {
  let rule = find(name, len);
  if (!rule) {
    if (len == 0 || len > NAME_MAX) return false;
    rule = pool.take();
    if (!rule) return false;
    rule.nameLen = len;
    memory.copy(rule.name, name, <usize>len);
  }
  rule.kinds |= 1 << kind;
  if (kind == Kind.TCP) rule.tcp = seconds;
  else if (kind == Kind.UDP) rule.udp = seconds;
  else rule.icmp = seconds;
  touch();
  return true;
}

/** Takes a protocol from a rule; the last one takes the rule with it, unless it is applied. False: it is. */
export function remove(rule: Rule, kinds: u32): bool {
  if ((rule.kinds & ~kinds) == 0) {
    if (rule.uses) return false;
    pool.free(rule);
  } else rule.kinds &= ~kinds;
  touch();
  return true;
}

/** Applies a rule; null: none. */
export function bind(port: u32, direction: Direction, rule: Rule | null): void {
  const before = boundTo(port, direction);
  if (before) before.uses--;
  if (rule) rule.uses++;
  store<u32>(bindings + <usize>((port * 2 + direction) << 2), <u32>changetype<usize>(rule));
  touch();
}

export function forget(port: u32): void {
  bind(port, Direction.IN, null);
  bind(port, Direction.OUT, null);
}

// @ts-ignore: decorator
@inline
export function boundTo(port: u32, direction: Direction): Rule | null {
  return changetype<Rule | null>(<usize>load<u32>(bindings + <usize>((port * 2 + direction) << 2)));
}

/** The number of a rule that a packet carries, above 0. */
export function numberOf(rule: Rule): u32 {
  return pool.indexOf(rule) + 1;
}

/** The rule of a number; null: it has gone. */
export function numbered(n: u32): Rule | null {
  return n - 1 < pool.size ? pool.at(n - 1) : null;
}
