/**
 * Extended access lists, named or numbered: `permit|deny PROTOCOL SOURCE WILDCARD [eq PORT] DESTINATION WILDCARD [eq PORT]`, where an
 * address and its wildcard may be `range FIRST LAST`. Crypto maps match them: source is the side behind this gateway. Lines are kept by sequence number: 10, 20, ...
 */
import { ACCESS_LISTS, ACCESS_LIST_ENTRIES, ACCESS_LIST_REMARKS, NAME_MAX, REMARK_MAX } from "../limits";
import { Index, NONE, keyOf } from "../util/index";
import { Blocks, Pool } from "../util/pool";
import { Refusal, touch } from "./setting";

export const enum LineAction {
  PERMIT = 1,
  DENY = 2,
  REMARK = 3,
}

const STEP: u32 = 10;

@unmanaged
export class AccessLine {
  next: AccessLine | null;
  sequence: u32;
  /** Matched packets that went out; counted on the data path for the line whose policy was taken. */
  hits: u64;
  source: u32;
  sourceWildcard: u32;
  destination: u32;
  destinationWildcard: u32;
  /** The last address of a range that begins with the address, whose wildcard is 0 then; 0: there is no range. */
  sourceLast: u32;
  destinationLast: u32;
  /** 0: any */
  sourcePort: u16;
  destinationPort: u16;
  /** LineAction */
  action: u8;
  /** 0: ip */
  protocol: u8;
  /** Octets of a remark at `remark`. */
  remarkLen: u16;
  remark: usize;

  /** The last address of either side, where it is a range of addresses. */
  get sourceEnd(): u32 {
    return this.sourceLast ? this.sourceLast : this.source | this.sourceWildcard;
  }
  get destinationEnd(): u32 {
    return this.destinationLast ? this.destinationLast : this.destination | this.destinationWildcard;
  }

  /** Whether both wildcards are zeros, then ones: then each address is a range. */
  get contiguous(): bool {
    return isContiguous(this.sourceWildcard) && isContiguous(this.destinationWildcard);
  }
}

@unmanaged
export class AccessList {
  /** Lines by sequence number. */
  first: AccessLine | null;
  nameLen: u32;
  get name(): usize {
    return changetype<usize>(this) + offsetof<AccessList>();
  }
}

let listPool = changetype<Pool<AccessList>>(0);
let linePool = changetype<Pool<AccessLine>>(0);
let remarkPool: Blocks = changetype<Blocks>(0);
let names: Index = changetype<Index>(0);

export function init(): void {
  listPool = new Pool<AccessList>("access lists", ACCESS_LISTS, NAME_MAX);
  names = new Index(ACCESS_LISTS);
  linePool = new Pool<AccessLine>("access list lines", ACCESS_LIST_ENTRIES);
  remarkPool = new Blocks("access list remarks", REMARK_MAX, ACCESS_LIST_REMARKS);
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
  for (let i = names.first(keyOf(name, len)); i != NONE; i = names.next(i)) {
    const list = at(i);
    if (list && list.nameLen == len && memory.compare(list.name, name, <usize>len) == 0) return list;
  }
  return null;
}

/** Finds the list of that name or makes an empty one; null when the name is too long or the pool used up. */
export function add(name: usize, len: u32): AccessList | null {
  const known = find(name, len);
  if (known) return known;
  if (len == 0 || len > NAME_MAX) return null;
  const list = listPool.take();
  if (!list) return null;
  list.nameLen = len;
  memory.copy(list.name, name, <usize>len);
  names.add(listPool.indexOf(list), keyOf(name, len));
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
  names.remove(listPool.indexOf(list), keyOf(list.name, list.nameLen));
  listPool.free(list);
  touch();
}

function freeLine(line: AccessLine): void {
  if (line.remark) remarkPool.free(line.remark);
  linePool.free(line);
}

/**
 * Adds a line. Host bits that a wildcard covers are dropped.
 * @param ranges whether every address has to be a range, as whoever uses the list wants it (a crypto map)
 * @param sequence its number; 0: ten more than the last line's
 * @param sourcePort 0: any
 * @param sourceLast, destinationLast the last address where `range` says one, 0: it does not
 */
export function addLine(
  list: AccessList, sequence: u32, action: LineAction, protocol: u32,
  source: u32, sourceWildcard: u32, sourcePort: u32, destination: u32, destinationWildcard: u32, destinationPort: u32,
  ranges: bool = false, sourceLast: u32 = 0, destinationLast: u32 = 0,
): Refusal {
  if ((sourceLast && sourceLast <= source) || (destinationLast && destinationLast <= destination)) return Refusal.RANGE;
  if ((sourcePort | destinationPort) != 0 && protocol != 6 && protocol != 17) return Refusal.PORT;
  if (sourcePort > 0xffff || destinationPort > 0xffff) return Refusal.PORT;
  if (ranges && !(isContiguous(sourceWildcard) && isContiguous(destinationWildcard))) return Refusal.WILDCARD;
  if (findLine(list, action, protocol, source, sourceWildcard, sourcePort, destination, destinationWildcard, destinationPort, sourceLast, destinationLast)) {
    return Refusal.DUPLICATE_LINE;
  }
  const refusal = insert(list, sequence, action);
  if (refusal != Refusal.NONE) return refusal;
  const line = inserted as AccessLine;
  line.protocol = <u8>protocol;
  line.source = source & ~sourceWildcard;
  line.sourceWildcard = sourceWildcard;
  line.sourcePort = <u16>sourcePort;
  line.destination = destination & ~destinationWildcard;
  line.destinationWildcard = destinationWildcard;
  line.destinationPort = <u16>destinationPort;
  line.sourceLast = sourceLast;
  line.destinationLast = destinationLast;
  touch();
  return Refusal.NONE;
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
  line.remarkLen = <u16>(len < REMARK_MAX ? len : REMARK_MAX);
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

/** The line that says the same (remarks apart), or null. */
export function findLine(
  list: AccessList, action: LineAction, protocol: u32,
  source: u32, sourceWildcard: u32, sourcePort: u32, destination: u32, destinationWildcard: u32, destinationPort: u32,
  sourceLast: u32 = 0, destinationLast: u32 = 0,
): AccessLine | null {
  let line = list.first;
  while (line) {
    if (
      line.action == <u8>action && <u32>line.protocol == protocol &&
      line.source == (source & ~sourceWildcard) && line.sourceWildcard == sourceWildcard &&
      line.destination == (destination & ~destinationWildcard) && line.destinationWildcard == destinationWildcard &&
      line.sourceLast == sourceLast && line.destinationLast == destinationLast &&
      <u32>line.sourcePort == sourcePort && <u32>line.destinationPort == destinationPort
    ) return line;
    line = line.next;
  }
  return null;
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

/** Whether every line of the list can be compiled into selectors. */
export function contiguous(list: AccessList): bool {
  let line = list.first;
  while (line) {
    if (!line.contiguous) return false;
    line = line.next;
  }
  return true;
}

/** `clear access-list counters` */
export function clearHits(list: AccessList): void {
  let line = list.first;
  while (line) {
    line.hits = 0;
    line = line.next;
  }
}
