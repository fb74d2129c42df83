/**
 * What interfaces are called. A port has the name that the host gave it, or else the first name of a port that the
 * configuration uses and no port has yet: such names go to the ports in their order. EthernetN is always port N.
 * Subinterfaces, loopbacks and tunnels are made by being named.
 */
import { INTERFACES, PORTS } from "../limits";
import * as log from "../util/log";
import { Text } from "../util/text";
import * as interfaces from "./interface";
import { Interface, Kind, NO_INTERFACE, NUMBER_MAX } from "./interface";
import * as types from "./interface_type";
import { Type } from "./interface_type";

/** What a word is as an interface's name. */
export const enum Shape {
  NONE = 0,
  WHOLE,
  /** the type's word alone: its number is the next word */
  TYPE,
}

export const enum Made {
  OK = 0,
  /** it is no name of a port here, and all ports have names */
  NO_PORT,
  /** interfaces of this type are not made here */
  NO_TYPE,
  /** INTERFACES are there */
  FULL,
  /** a number that such an interface cannot have */
  BAD_NUMBER,
}

/** What `read` and `readNumber` read last. */
let type: Type = Type.NONE;
let number: usize = 0;
let numberLen: u32 = 0;
let sub: u32 = NO_INTERFACE;
/** The interface that `make` found or made. */
export let made: u32 = 0;

// @ts-ignore: decorator
@inline
function digit(c: u32): bool {
  return c - 48 <= 9;
}

/** Reads "GigabitEthernet0/0.20", "e0", or a type's word alone. */
export function read(p: usize, len: u32): Shape {
  let letters: u32 = 0;
  while (letters < len && !digit(<u32>load<u8>(p + letters))) letters++;
  type = types.find(p, letters);
  if (type == Type.NONE) return Shape.NONE;
  if (letters == len) return Shape.TYPE;
  return readNumber(p + letters, len - letters) ? Shape.WHOLE : Shape.NONE;
}

/** Reads what stands behind the type: digits apart by slashes, a channel behind a colon, a subinterface behind a dot. */
export function readNumber(p: usize, len: u32): bool {
  let digits: u32 = 0;
  let n: u64 = 0;
  number = p;
  numberLen = len;
  sub = NO_INTERFACE;
  let inSub = false;
  for (let i: u32 = 0; i <= len; i++) {
    const c = i < len ? <u32>load<u8>(p + i) : 0;
    if (digit(c)) {
      if (++digits > 10) return false;
      n = n * 10 + <u64>(c - 48);
      continue;
    }
    if (digits == 0 || (inSub && c != 0) || (c != 0 && c != 46 && c != 47 && c != 58)) return false;
    if (!inSub && (n > 0xffff || digits > 5)) return false;
    if (inSub) {
      if (n == 0 || n >= <u64>NO_INTERFACE) return false;
      sub = <u32>n;
    } else if (c == 46) {
      numberLen = i;
      inSub = true;
    }
    digits = 0;
    n = 0;
  }
  return numberLen <= NUMBER_MAX;
}

function plain(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < numberLen; i++) {
    const c = <u32>load<u8>(number + i);
    if (!digit(c)) return NO_INTERFACE;
    n = n * 10 + c - 48;
  }
  return n;
}

function isCalled(own: Interface): bool {
  return own.type == type && own.numberLen == numberLen && memory.compare(own.number, number, <usize>numberLen) == 0;
}

/** The interface of the name without what stands behind its dot. */
function findBase(): u32 {
  for (let i: u32 = 0; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (own.kind != Kind.NONE && own.kind != Kind.SUBINTERFACE && isCalled(own)) return i;
  }
  const n = type == Type.ETHERNET ? plain() : NO_INTERFACE;
  return n < PORTS ? n : NO_INTERFACE;
}

function findSub(parent: u32): u32 {
  for (let i: u32 = PORTS; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (own.kind == Kind.SUBINTERFACE && own.parent == parent && own.sub == sub) return i;
  }
  return NO_INTERFACE;
}

/** The interface of the name that was read; NO_INTERFACE: there is none. */
export function find(): u32 {
  const base = findBase();
  return base == NO_INTERFACE || sub == NO_INTERFACE ? base : findSub(base);
}

function call(own: Interface): void {
  own.type = type;
  own.numberLen = numberLen;
  memory.copy(own.number, number, <usize>numberLen);
}

/** An empty slot. */
function take(kind: Kind): u32 {
  for (let i: u32 = PORTS; i < INTERFACES; i++) {
    const own = interfaces.at(i);
    if (own.kind != Kind.NONE) continue;
    own.kind = kind;
    own.parent = i;
    own.link = kind != Kind.TUNNEL;
    own.named = true;
    interfaces.clearCounters(i);
    return i;
  }
  return NO_INTERFACE;
}

/** Finds the interface of the name that was read, or makes it: `made`. */
export function make(): Made {
  made = find();
  if (made != NO_INTERFACE) {
    interfaces.at(made).named = true;
    return Made.OK;
  }
  let base = findBase();
  if (base == NO_INTERFACE) {
    const status = types.isPort(type) ? givePort() : makeVirtual();
    if (status != Made.OK) return status;
    base = made;
  }
  if (sub == NO_INTERFACE) return Made.OK;
  if (base >= PORTS) return Made.BAD_NUMBER;
  made = take(Kind.SUBINTERFACE);
  if (made == NO_INTERFACE) return Made.FULL;
  const own = interfaces.at(made);
  own.parent = base;
  own.sub = sub;
  own.shareMac(interfaces.at(base));
  interfaces.at(base).named = true;
  interfaces.settle();
  return Made.OK;
}

/** The first port that nobody has named gets the name; a number alone behind "Ethernet" is a port's, or none. */
function givePort(): Made {
  if (type == Type.ETHERNET && plain() != NO_INTERFACE) return Made.NO_PORT;
  for (let port: u32 = 0; port < PORTS; port++) {
    const own = interfaces.at(port);
    if (own.named) continue;
    call(own);
    own.named = true;
    made = port;
    interfaces.name(log.message("LINK-6-NAMED").put("Interface "), port).put(" is port ").u32(port).put(" of this box, in the order in which the configuration names them");
    log.end();
    return Made.OK;
  }
  return Made.NO_PORT;
}

function makeVirtual(): Made {
  if (type != Type.LOOPBACK && type != Type.TUNNEL) return Made.NO_TYPE;
  if (sub != NO_INTERFACE || plain() == NO_INTERFACE) return Made.BAD_NUMBER;
  made = take(type == Type.LOOPBACK ? Kind.LOOPBACK : Kind.TUNNEL);
  if (made == NO_INTERFACE) return Made.FULL;
  call(interfaces.at(made));
  interfaces.at(made).sub = plain();
  interfaces.settle();
  return Made.OK;
}

/** The host says what a port of its is called (host/abi.md). False: it is no port's name, or there is no such port. */
export function namePort(port: u32): bool {
  if (port >= PORTS || !types.isPort(type) || sub != NO_INTERFACE) return false;
  const own = interfaces.at(port);
  // EthernetN is port N, whatever else that is called: no other port can be called so, and a port of which it is said has this name alone.
  if (type == Type.ETHERNET && plain() != NO_INTERFACE) {
    if (plain() != port) return false;
    own.named = own.namedByHost = true;
    return true;
  }
  const known = findBase();
  if (known != NO_INTERFACE && known != port) return false;
  call(own);
  own.named = own.namedByHost = true;
  return true;
}

/** Removes what the configuration made; whoever keeps settings of it has been told to forget them. */
export function remove(port: u32): void {
  const own = interfaces.at(port);
  if (port < PORTS || own.kind == Kind.NONE) return;
  own.reset();
  own.keepMac();
  own.parent = port;
  own.kind = Kind.NONE;
  own.type = Type.NONE;
  own.numberLen = own.sub = 0;
  own.named = own.up = false;
  for (let i: u32 = 0; i < INTERFACES; i++) if (interfaces.at(i).lender == port) interfaces.clearAddress(i);
  interfaces.settle();
}

/** Whether the name that was read is one that a port could be given. */
export function mayBePort(): bool {
  return types.isPort(type) && !(type == Type.ETHERNET && plain() != NO_INTERFACE);
}

/** A port has no name of the configuration's any more. */
export function unname(port: u32): void {
  const own = interfaces.at(port);
  if (port >= PORTS || own.namedByHost) return;
  own.reset();
  own.type = Type.ETHERNET;
  own.numberLen = 0;
  own.named = false;
  interfaces.settle();
}

/** The type that was read. */
export function readType(): Type {
  return type;
}

/** Writes the name that was read. */
export function putRead(text: Text): Text {
  text.put(types.word(type)).ascii(number, numberLen);
  return sub == NO_INTERFACE ? text : text.char(46).u32(sub);
}

/** Says which ports there are: Ethernet0 to Ethernet3, or their names. */
export function putPorts(text: Text): Text {
  let named = false;
  for (let port: u32 = 0; port < PORTS; port++) if (interfaces.at(port).numberLen) named = true;
  if (!named) return text.put("Ethernet0 to Ethernet").u32(PORTS - 1);
  for (let port: u32 = 0; port < PORTS; port++) interfaces.name(port == 0 ? text : text.put(port == PORTS - 1 ? " and " : ", "), port);
  return text;
}
