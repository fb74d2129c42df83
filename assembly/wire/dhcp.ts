/**
 * DHCP messages (RFC 2131, 2; options of RFC 2132).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *      +---------------------------------------------------------------+
 *   0  |  op           | htype: 1      | hlen: 6       | hops          |
 *   4  |                     transaction (xid)                         |
 *   8  |          seconds              |B|          flags              |
 *  12  |  ciaddr: the client's address, which it has and answers for   |
 *  16  |  yiaddr: the client's address, as the server says             |
 *  20  |  siaddr: the next server      |
 *  24  |  giaddr: the relay            |
 *  28  |  chaddr: the client's hardware address, 16 octets             |
 *  44  |  sname: 64 octets, or options (52)                            |
 * 108  |  file: 128 octets, or options (52)                            |
 * 236  |  magic cookie: 99, 130, 83, 99                                |
 * 240  |  options ...
 *
 * Accessors take a message that `check` accepted. An option may come in parts, which belong together (RFC 3396): `option` joins them.
 */
import { get16, get32, put16, put32 } from "../util/bytes";
import { Drop } from "../util/status";
import { copyMac } from "./ethernet";

// Where the fields lie.
const OP: usize = 0;
const HTYPE: usize = 1;
const HLEN: usize = 2;
const XID: usize = 4;
const SECONDS: usize = 8;
const FLAGS: usize = 10;
const CIADDR: usize = 12;
const YIADDR: usize = 16;
const SIADDR: usize = 20;
const GIADDR: usize = 24;
const CHADDR: usize = 28;
const SNAME: usize = 44;
const SNAME_LENGTH: u32 = 64;
const FILE: usize = 108;
export const FILE_LENGTH: u32 = 128;
const COOKIE: usize = 236;
const MAGIC: u32 = 0x63825363;

export const OPTIONS_AT: u32 = 240;
/** Shorter ones are padded to BOOTP's length (RFC 1542, 2.1): some servers and relays want it. */
const LENGTH_MIN: u32 = 300;
/** What every client takes: 576 octets of a datagram (RFC 2131, 2). */
export const LENGTH_MAX: u32 = 548;
export const SERVER_PORT: u32 = 67;
export const CLIENT_PORT: u32 = 68;
/** The flag that asks for answers to every station. */
export const BROADCAST_FLAG: u32 = 0x8000;
export const FOREVER: u32 = 0xffffffff;

export const enum Op {
  REQUEST = 1,
  REPLY = 2,
}

/** DHCP message types (RFC 2132, 9.6). */
export const enum Type {
  NONE = 0,
  DISCOVER = 1,
  OFFER = 2,
  REQUEST = 3,
  DECLINE = 4,
  ACK = 5,
  NAK = 6,
  RELEASE = 7,
  INFORM = 8,
}

export const enum Option {
  PAD = 0,
  MASK = 1,
  ROUTER = 3,
  NAME_SERVER = 6,
  HOST_NAME = 12,
  DOMAIN_NAME = 15,
  NTP_SERVER = 42,
  REQUESTED_ADDRESS = 50,
  LEASE = 51,
  OVERLOAD = 52,
  TYPE = 53,
  SERVER = 54,
  PARAMETERS = 55,
  MESSAGE = 56,
  MAX_LENGTH = 57,
  RENEWAL = 58,
  REBINDING = 59,
  CLIENT_ID = 61,
  BOOT_FILE = 67,
  CLASSLESS_ROUTES = 121,
  END = 255,
}

/** The octets of the option that `option` found last: room for all that a datagram can hold. */
export const value: usize = memory.data(1536, 4);
const VALUE_MAX: u32 = 1536;

let message: usize = 0;
let messageLen: u32 = 0;
let overload: u32 = 0;

/** Checks the fixed part, the cookie and the lengths of all options; what follows reads the message that was checked last. */
export function check(p: usize, len: u32): Drop {
  message = p;
  messageLen = len;
  overload = 0;
  if (len < OPTIONS_AT || load<u8>(p, HTYPE) != 1 || load<u8>(p, HLEN) != 6) return Drop.DHCP_MALFORMED;
  const op = load<u8>(p, OP);
  if (op != <u8>Op.REQUEST && op != <u8>Op.REPLY) return Drop.DHCP_MALFORMED;
  if (get32(p + COOKIE) != MAGIC) return Drop.DHCP_COOKIE;
  if (!fits(p + <usize>OPTIONS_AT, len - OPTIONS_AT)) return Drop.DHCP_OPTIONS;
  const how = walk(p + <usize>OPTIONS_AT, len - OPTIONS_AT, Option.OVERLOAD, 0);
  if (how > 1 || (how == 1 && <u32>load<u8>(value) - 1 > 2)) return Drop.DHCP_OPTIONS;
  if (how == 1) overload = <u32>load<u8>(value);
  // RFC 2132, 9.3: bit 1 the file field, bit 2 the sname field.
  if (overload & 1 && !fits(p + FILE, FILE_LENGTH)) return Drop.DHCP_OPTIONS;
  if (overload & 2 && !fits(p + SNAME, SNAME_LENGTH)) return Drop.DHCP_OPTIONS;
  const types = option(Option.TYPE);
  if (types != 1 || <u32>load<u8>(value) - 1 > 7) return Drop.DHCP_OPTIONS;
  return Drop.NONE;
}

/** Whether every option ends within the field; what is behind an END is not looked at. */
function fits(p: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; ) {
    const code = <u32>load<u8>(p + <usize>i);
    if (code == Option.END) return true;
    if (code == Option.PAD) {
      i++;
      continue;
    }
    if (len - i < 2) return false;
    const n = <u32>load<u8>(p + <usize>i, 1) + 2;
    if (n > len - i) return false;
    i += n;
  }
  return true;
}

/** Copies the parts of an option in a field behind the `have` octets of it that are there. How many there are then. */
function walk(p: usize, len: u32, code: u32, have: u32): u32 {
  for (let i: u32 = 0; i < len; ) {
    const own = <u32>load<u8>(p + <usize>i);
    if (own == Option.END) break;
    if (own == Option.PAD) {
      i++;
      continue;
    }
    const n = <u32>load<u8>(p + <usize>i, 1);
    if (own == code) {
      const take = min(n, VALUE_MAX - have);
      memory.copy(value + <usize>have, p + <usize>(i + 2), <usize>take);
      have += take;
    }
    i += 2 + n;
  }
  return have;
}

/** Joins the parts of an option in `value`, those of the file field and then of the sname field last (RFC 3396, 5). Its length; 0: it is not there. */
export function option(code: u32): u32 {
  let have = walk(message + <usize>OPTIONS_AT, messageLen - OPTIONS_AT, code, 0);
  if (overload & 1) have = walk(message + FILE, FILE_LENGTH, code, have);
  if (overload & 2) have = walk(message + SNAME, SNAME_LENGTH, code, have);
  return have;
}

/** An option that is an address or a number of four octets; 0 where it is not there or has another length. */
export function option32(code: u32): u32 {
  return option(code) == 4 ? get32(value) : 0;
}

/** The type of the message. */
export function type(): u32 {
  return option(Option.TYPE) == 1 ? <u32>load<u8>(value) : <u32>Type.NONE;
}

export function op(p: usize): u32 {
  return <u32>load<u8>(p, OP);
}

export function xid(p: usize): u32 {
  return get32(p + XID);
}

export function flags(p: usize): u32 {
  return get16(p + FLAGS);
}

export function clientAddress(p: usize): u32 {
  return get32(p + CIADDR);
}

export function yourAddress(p: usize): u32 {
  return get32(p + YIADDR);
}

export function relay(p: usize): u32 {
  return get32(p + GIADDR);
}

/** Address of the six octets. */
export function hardware(p: usize): usize {
  return p + CHADDR;
}

/** Where the next option goes, and where there is no more room. */
let cursor: usize = 0;
let limit: usize = 0;

/** Begins a message of LENGTH_MAX octets at the most at `p`. */
export function begin(p: usize, op: u32, type: u32, xid: u32, flags: u32, mac: usize): void {
  memory.fill(p, 0, <usize>LENGTH_MAX);
  store<u8>(p, <u8>op, OP);
  store<u8>(p, 1, HTYPE);
  store<u8>(p, 6, HLEN);
  put32(p + XID, xid);
  put16(p + FLAGS, flags);
  copyMac(p + CHADDR, mac);
  put32(p + COOKIE, MAGIC);
  cursor = p + <usize>OPTIONS_AT;
  // The END has its place.
  limit = p + <usize>(LENGTH_MAX - 1);
  put8(Option.TYPE, type);
}

export function setSeconds(p: usize, seconds: u32): void {
  put16(p + SECONDS, seconds > 0xffff ? 0xffff : seconds);
}

export function setClientAddress(p: usize, address: u32): void {
  put32(p + CIADDR, address);
}

export function setYourAddress(p: usize, address: u32): void {
  put32(p + YIADDR, address);
}

export function setNextServer(p: usize, address: u32): void {
  put32(p + SIADDR, address);
}

/** @param len FILE_LENGTH - 1 at the most */
export function setFile(p: usize, name: usize, len: u32): void {
  memory.copy(p + FILE, name, <usize>len);
}

/** Adds an option of up to 255 octets; false: there is no room, and nothing has been written. */
export function putOption(code: u32, octets: usize, len: u32): bool {
  if (len > 255 || cursor + <usize>(2 + len) > limit) return false;
  store<u8>(cursor, <u8>code);
  store<u8>(cursor, <u8>len, 1);
  memory.copy(cursor + 2, octets, <usize>len);
  cursor += <usize>(2 + len);
  return true;
}

const small: usize = memory.data(8, 4);

export function put8Of(code: u32, number: u32): bool {
  store<u8>(small, <u8>number);
  return putOption(code, small, 1);
}

function put8(code: u32, number: u32): void {
  put8Of(code, number);
}

export function put16Of(code: u32, number: u32): bool {
  put16(small, number);
  return putOption(code, small, 2);
}

/** A number, or an address. */
export function put32Of(code: u32, number: u32): bool {
  put32(small, number);
  return putOption(code, small, 4);
}

/** Ends the message that was begun at `p`. Its length. */
export function finish(p: usize): u32 {
  store<u8>(cursor, <u8>Option.END);
  return max(LENGTH_MIN, <u32>(cursor + 1 - p));
}
