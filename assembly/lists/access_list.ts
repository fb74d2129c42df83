/**
 * Access lists, named or numbered. Extended: `permit|deny PROTOCOL SOURCE [PORTS] DESTINATION [PORTS] ...`; standard: `permit|deny SOURCE`. An
 * address and its wildcard may be `range FIRST LAST` or an object group. Crypto maps match extended ones: source is the side behind this
 * gateway. Lines are kept by sequence number: 10, 20, ... Which line fits a packet: match.ts.
 */
import { ACCESS_LISTS, ACCESS_LIST_ENTRIES, ACCESS_LIST_PORT_SETS, ACCESS_LIST_REMARKS, NAME_MAX, REMARK_MAX } from "../limits";
import { Index, NONE, keyOf } from "../util/index";
import { Blocks, Pool } from "../util/pool";
import * as groups from "./object_group";
import { ObjectGroup } from "./object_group";
import { Refusal, touch } from "./setting";

export const enum LineAction {
  PERMIT = 1,
  DENY = 2,
  REMARK = 3,
}

/** Which ports a line is for, on either side. */
export const enum Ports {
  ANY = 0,
  EQ,
  NEQ,
  GT,
  LT,
  RANGE,
  /** one of a set of them */
  SEVERAL,
}

/** AccessLine.flags */
export const enum LineFlag {
  ESTABLISHED = 1,
  FRAGMENTS = 2,
}

/** AccessLine.icmp: how much of an ICMP message a line looks at. */
export const enum Icmp {
  ANY = 0,
  TYPE,
  CODE,
}

/** AccessLine.log */
export const enum Log {
  NONE = 0,
  LOG,
  LOG_INPUT,
}

/** Ports of `eq`, at most; a set is their number, and they, 16 bits each. */
export const PORTS_OF_LINE: u32 = 10;
const PORT_SET: u32 = 2 + 2 * PORTS_OF_LINE;

const STEP: u32 = 10;
const SEQUENCE_MAX: u64 = 0x7fffffff;

@unmanaged
export class AccessLine {
  next: AccessLine | null;
  sequence: u32;
  /** Matched packets: those that a list stopped or let through, and those that went out by the policy made of it. */
  hits: u64;
  /** Octets of a remark at `remark`. */
  remark: usize;
  remarkLen: u32;
  /** Sets of ports of Ports.SEVERAL. */
  sourceSet: usize;
  destinationSet: usize;

  // From here on: what the line says. Two lines of a list that agree in all of it are one.
  source: u32;
  sourceWildcard: u32;
  destination: u32;
  destinationWildcard: u32;
  /** The last address of a range that begins with the address, whose wildcard is 0 then; 0: there is no range. */
  sourceLast: u32;
  destinationLast: u32;
  /** In place of addresses; null: there is none. */
  sourceGroup: ObjectGroup | null;
  destinationGroup: ObjectGroup | null;
  /** The port, or the first of a range. */
  sourcePort: u16;
  destinationPort: u16;
  sourcePortLast: u16;
  destinationPortLast: u16;
  /** Ports */
  sourceOperator: u8;
  destinationOperator: u8;
  /** LineAction */
  action: u8;
  /** 0: ip */
  protocol: u8;
  /** Icmp, and what it compares. */
  icmp: u8;
  icmpType: u8;
  icmpCode: u8;
  /** LineFlag */
  flags: u8;
  /** Log */
  log: u8;
  /** Wildcards alone say which addresses: neither range nor group, and it is no remark. */
  plain: bool;
  /** It looks further than at addresses and protocol. */
  further: bool;

  /** The first and the last address of either side, where it is a range of addresses. */
  get sourceFirst(): u32 {
    const group = this.sourceGroup;
    return group ? group.lowest : this.source;
  }
  get destinationFirst(): u32 {
    const group = this.destinationGroup;
    return group ? group.lowest : this.destination;
  }
  get sourceEnd(): u32 {
    const group = this.sourceGroup;
    return group ? group.highest : this.sourceLast ? this.sourceLast : this.source | this.sourceWildcard;
  }
  get destinationEnd(): u32 {
    const group = this.destinationGroup;
    return group ? group.highest : this.destinationLast ? this.destinationLast : this.destination | this.destinationWildcard;
  }

  /** Why no selector says the same (RFC 4301, 4.4.1.1, as this gateway has them); NONE: one does. */
  get selects(): Refusal {
    if (this.action == <u8>LineAction.REMARK) return Refusal.NONE;
    if (!isContiguous(this.sourceWildcard) || !isContiguous(this.destinationWildcard)) return Refusal.WILDCARD;
    if (!isOnePort(this.sourceOperator, this.sourcePort) || !isOnePort(this.destinationOperator, this.destinationPort)) return Refusal.SELECTOR_PORTS;
    if (this.flags != 0 || this.icmp != <u8>Icmp.ANY) return Refusal.SELECTOR;
    const from = this.sourceGroup;
    const to = this.destinationGroup;
    return (from && !from.single) || (to && !to.single) ? Refusal.SELECTOR_GROUP : Refusal.NONE;
  }

  /** Works out what `find` asks first. */
  settle(): void {
    this.plain = this.action != <u8>LineAction.REMARK && (this.sourceLast | this.destinationLast) == 0 && !this.sourceGroup && !this.destinationGroup;
    this.further = (this.sourceOperator | this.destinationOperator | this.icmp | this.flags) != 0;
  }
}

function isOnePort(operator: u8, port: u16): bool {
  return operator == <u8>Ports.ANY || (operator == <u8>Ports.EQ && port != 0);
}

@unmanaged
export class AccessList {
  /** Lines by sequence number. */
  first: AccessLine | null;
  nameLen: u32;
  /** It looks at the source alone. */
  standard: bool;
  get name(): usize {
    return changetype<usize>(this) + offsetof<AccessList>();
  }
}

/** Where the next line is written down before it is added: `begin` empties it. */
export const draft: AccessLine = changetype<AccessLine>(memory.data(128, 8));
const draftSets: usize = memory.data(<i32>PORT_SET * 2, 4);

let listPool = changetype<Pool<AccessList>>(0);
let linePool = changetype<Pool<AccessLine>>(0);
let remarkPool: Blocks = changetype<Blocks>(0);
let setPool: Blocks = changetype<Blocks>(0);
let byName: Index = changetype<Index>(0);

export function init(): void {
  listPool = new Pool<AccessList>("access lists", ACCESS_LISTS, NAME_MAX);
  byName = new Index(ACCESS_LISTS);
  linePool = new Pool<AccessLine>("access list lines", ACCESS_LIST_ENTRIES);
  remarkPool = new Blocks("access list remarks", REMARK_MAX, ACCESS_LIST_REMARKS);
  setPool = new Blocks("access list ports", PORT_SET, ACCESS_LIST_PORT_SETS);
  if (offsetof<AccessLine>() > 128) unreachable();
  groups.init();
}

function isContiguous(wildcard: u32): bool {
  return (wildcard & (wildcard + 1)) == 0;
}

/** Number of slots; walk with `at(i)`, null where one is empty. */
export function slots(): u32 {
  return listPool.size;
}

export function at(i: u32): AccessList | null {
  return listPool.at(i);
}

export function find(name: usize, len: u32): AccessList | null {
  for (let i = byName.first(keyOf(name, len)); i != NONE; i = byName.next(i)) {
    const list = at(i);
    if (list && list.nameLen == len && memory.compare(list.name, name, <usize>len) == 0) return list;
  }
  return null;
}

/** Finds the list of that name or makes an empty one; null when the name is too long or the pool used up. The caller looks of which kind it is. */
export function add(name: usize, len: u32, standard: bool = false): AccessList | null {
  const known = find(name, len);
  if (known) return known;
  if (len == 0 || len > NAME_MAX) return null;
  const list = listPool.take();
  if (!list) return null;
  list.nameLen = len;
  list.standard = standard;
  memory.copy(list.name, name, <usize>len);
  byName.add(listPool.indexOf(list), keyOf(name, len));
  touch();
  return list;
}

/** Removes a list with its lines. Crypto maps that match it by name then protect nothing by it. */
export function remove(list: AccessList): void {
  let line = list.first;
  while (line) {
    const next = line.next;
    freeLine(line);
    line = next;
  }
  byName.remove(listPool.indexOf(list), keyOf(list.name, list.nameLen));
  listPool.free(list);
  touch();
}

function freeLine(line: AccessLine): void {
  if (line.remark) remarkPool.free(line.remark);
  if (line.sourceSet) setPool.free(line.sourceSet);
  if (line.destinationSet) setPool.free(line.destinationSet);
  groups.release(line.sourceGroup);
  groups.release(line.destinationGroup);
  linePool.free(line);
}

/** Empties the draft: a line of this action and protocol for whatever it is about. */
export function begin(action: LineAction, protocol: u32): AccessLine {
  const line = draft;
  memory.fill(changetype<usize>(line), 0, offsetof<AccessLine>());
  memory.fill(draftSets, 0, <usize>(PORT_SET * 2));
  line.action = <u8>action;
  line.protocol = <u8>protocol;
  line.sourceWildcard = line.destinationWildcard = 0xffffffff;
  return line;
}

/** Adds a port to those of the draft's `eq`. False: there are PORTS_OF_LINE already. */
export function alsoPort(source: bool, port: u32): bool {
  const set = source ? draftSets : draftSets + <usize>PORT_SET;
  const n = <u32>load<u16>(set);
  if (n == PORTS_OF_LINE) return false;
  store<u16>(set, <u16>(n + 1));
  store<u16>(set + <usize>(2 + (n << 1)), <u16>port);
  const operator = <u8>(n == 0 ? Ports.EQ : Ports.SEVERAL);
  const first = load<u16>(set, 2);
  if (source) {
    draft.sourceOperator = operator;
    draft.sourcePort = first;
  } else {
    draft.destinationOperator = operator;
    draft.destinationPort = first;
  }
  return true;
}

/** Adds what the draft says. @param sequence its number; 0: ten more than the last line's @param selector a crypto map matches the list */
export function addDraft(list: AccessList, sequence: u32, selector: bool): Refusal {
  const said = draft;
  if ((said.sourceLast && said.sourceLast <= said.source) || (said.destinationLast && said.destinationLast <= said.destination)) return Refusal.RANGE;
  if ((said.sourceOperator | said.destinationOperator) != 0 && said.protocol != 6 && said.protocol != 17) return Refusal.PORT;
  if (isEmptyRange(said.sourceOperator, said.sourcePort, said.sourcePortLast)) return Refusal.PORT_RANGE;
  if (isEmptyRange(said.destinationOperator, said.destinationPort, said.destinationPortLast)) return Refusal.PORT_RANGE;
  const why = selector ? said.selects : Refusal.NONE;
  if (why != Refusal.NONE) return why;
  if (findDraft(list)) return Refusal.DUPLICATE_LINE;
  const sets = <u32>(said.sourceOperator == <u8>Ports.SEVERAL) + <u32>(said.destinationOperator == <u8>Ports.SEVERAL);
  if (setPool.left < sets) return Refusal.FULL;
  const refusal = insert(list, sequence, <LineAction>said.action);
  if (refusal != Refusal.NONE) return refusal;
  const line = inserted as AccessLine;
  const from = offsetof<AccessLine>("source");
  memory.copy(changetype<usize>(line) + from, changetype<usize>(said) + from, offsetof<AccessLine>() - from);
  if (line.sourceOperator == <u8>Ports.SEVERAL) line.sourceSet = keepSet(draftSets);
  if (line.destinationOperator == <u8>Ports.SEVERAL) line.destinationSet = keepSet(draftSets + <usize>PORT_SET);
  groups.hold(line.sourceGroup);
  groups.hold(line.destinationGroup);
  touch();
  return Refusal.NONE;
}

function isEmptyRange(operator: u8, first: u16, last: u16): bool {
  return operator == <u8>Ports.RANGE && last < first;
}

function keepSet(from: usize): usize {
  const set = setPool.take();
  memory.copy(set, from, <usize>PORT_SET);
  return set;
}

/** The line that says what the draft says (remarks apart), or null. */
export function findDraft(list: AccessList): AccessLine | null {
  const said = draft;
  said.source &= ~said.sourceWildcard;
  said.destination &= ~said.destinationWildcard;
  said.settle();
  const from = offsetof<AccessLine>("source");
  let line = list.first;
  while (line) {
    if (
      memory.compare(changetype<usize>(line) + from, changetype<usize>(said) + from, offsetof<AccessLine>() - from) == 0 &&
      (line.sourceSet == 0 || memory.compare(line.sourceSet, draftSets, <usize>PORT_SET) == 0) &&
      (line.destinationSet == 0 || memory.compare(line.destinationSet, draftSets + <usize>PORT_SET, <usize>PORT_SET) == 0)
    ) return line;
    line = line.next;
  }
  return null;
}

/** Whether a set of ports has one. */
export function setHas(set: usize, port: u32): bool {
  const n = <u32>load<u16>(set);
  for (let i: u32 = 1; i <= n; i++) if (<u32>load<u16>(set + <usize>(i << 1)) == port) return true;
  return false;
}

function draftOf(
  action: LineAction, protocol: u32,
  source: u32, sourceWildcard: u32, sourcePort: u32, destination: u32, destinationWildcard: u32, destinationPort: u32,
  sourceLast: u32, destinationLast: u32,
): void {
  const said = begin(action, protocol);
  said.source = source;
  said.sourceWildcard = sourceWildcard;
  said.sourceLast = sourceLast;
  said.destination = destination;
  said.destinationWildcard = destinationWildcard;
  said.destinationLast = destinationLast;
  if (sourcePort) alsoPort(true, sourcePort);
  if (destinationPort) alsoPort(false, destinationPort);
}

/**
 * Adds a line of the plainest kind. Host bits that a wildcard covers are dropped.
 * @param ranges whether a selector has to say the same, as whoever uses the list wants it (a crypto map)
 * @param sequence its number; 0: ten more than the last line's
 * @param sourcePort 0: any
 * @param sourceLast, destinationLast the last address where `range` says one, 0: it does not
 */
export function addLine(
  list: AccessList, sequence: u32, action: LineAction, protocol: u32,
  source: u32, sourceWildcard: u32, sourcePort: u32, destination: u32, destinationWildcard: u32, destinationPort: u32,
  ranges: bool = false, sourceLast: u32 = 0, destinationLast: u32 = 0,
): Refusal {
  if (sourcePort > 0xffff || destinationPort > 0xffff) return Refusal.PORT;
  draftOf(action, protocol, source, sourceWildcard, sourcePort, destination, destinationWildcard, destinationPort, sourceLast, destinationLast);
  return addDraft(list, sequence, ranges);
}

/** Adds a remark, cut at REMARK_MAX. */
export function addRemark(list: AccessList, sequence: u32, text: usize, len: u32): Refusal {
  const block = remarkPool.take();
  if (!block) return Refusal.FULL;
  const refusal = insert(list, sequence, LineAction.REMARK);
  if (refusal != Refusal.NONE) {
    remarkPool.free(block);
    return refusal;
  }
  const line = inserted as AccessLine;
  line.remark = block;
  line.remarkLen = len < REMARK_MAX ? len : REMARK_MAX;
  memory.copy(block, text, <usize>line.remarkLen);
  return Refusal.NONE;
}

let inserted: AccessLine | null = null;

/** Puts a new line at its place; it is then `inserted`. */
function insert(list: AccessList, sequence: u32, action: LineAction): Refusal {
  let before: AccessLine | null = null;
  let line = list.first;
  while (line && (sequence == 0 || line.sequence <= sequence)) {
    if (line.sequence == sequence) return Refusal.DUPLICATE_SEQUENCE;
    before = line;
    line = line.next;
  }
  const added = linePool.take();
  if (!added) return Refusal.FULL;
  added.sequence = sequence ? sequence : before ? before.sequence + STEP : STEP;
  added.action = <u8>action;
  added.next = line;
  if (before) before.next = added;
  else list.first = added;
  inserted = added;
  return Refusal.NONE;
}

/** The line of the plainest kind that says the same (remarks apart), or null. */
export function findLine(
  list: AccessList, action: LineAction, protocol: u32,
  source: u32, sourceWildcard: u32, sourcePort: u32, destination: u32, destinationWildcard: u32, destinationPort: u32,
  sourceLast: u32 = 0, destinationLast: u32 = 0,
): AccessLine | null {
  draftOf(action, protocol, source, sourceWildcard, sourcePort, destination, destinationWildcard, destinationPort, sourceLast, destinationLast);
  return findDraft(list);
}

/** Removes the line of that sequence number. */
export function removeLine(list: AccessList, sequence: u32): Refusal {
  let before: AccessLine | null = null;
  let line = list.first;
  while (line) {
    if (line.sequence == sequence) {
      if (before) before.next = line.next;
      else list.first = line.next;
      freeLine(line);
      touch();
      return Refusal.NONE;
    }
    before = line;
    line = line.next;
  }
  return Refusal.NOT_FOUND;
}

/** `ip access-list resequence`: numbers the lines anew. Refusal.SEQUENCE: they would go beyond the highest number. */
export function resequence(list: AccessList, first: u32, step: u32): Refusal {
  let n: u64 = <u64>first;
  let line = list.first;
  while (line) {
    if (n > SEQUENCE_MAX) return Refusal.SEQUENCE;
    n += <u64>step;
    line = line.next;
  }
  n = <u64>first;
  line = list.first;
  while (line) {
    line.sequence = <u32>n;
    n += <u64>step;
    line = line.next;
  }
  touch();
  return Refusal.NONE;
}

/** Why a crypto map can't match the list: its kind, or its first line that no selector says; NONE: it can. */
export function selects(list: AccessList): Refusal {
  if (list.standard) return Refusal.STANDARD;
  let line = list.first;
  while (line) {
    const why = line.selects;
    if (why != Refusal.NONE) return why;
    line = line.next;
  }
  return Refusal.NONE;
}

/** Whether a line of the list names that object group. */
export function names(list: AccessList, group: ObjectGroup): bool {
  let line = list.first;
  while (line) {
    if (line.sourceGroup == group || line.destinationGroup == group) return true;
    line = line.next;
  }
  return false;
}

/** Whether the list has a line that says something of packets. */
export function hasRules(list: AccessList): bool {
  let line = list.first;
  while (line) {
    if (line.action != <u8>LineAction.REMARK) return true;
    line = line.next;
  }
  return false;
}

/** `clear access-list counters` */
export function clearHits(list: AccessList): void {
  let line = list.first;
  while (line) {
    line.hits = 0;
    line = line.next;
  }
}
