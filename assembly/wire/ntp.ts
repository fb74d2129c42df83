/**
 * NTP's packet as SNTP has it (RFC 4330, 4).
 *
 *      0   LI, version, mode      1   stratum    2   poll    3   precision
 *      4   root delay             8   root dispersion        12  reference identifier
 *      16  reference timestamp    24  originate  32  receive             40  transmit
 */
import { get32, get64, put64 } from "../util/bytes";

export const PORT: u32 = 123;
export const LENGTH: u32 = 48;
const VERSION: u32 = 4;
const CLIENT: u32 = 3;
const SERVER: u32 = 4;
const STRATUM_MAX: u32 = 15;

export const enum Reply {
  /** the fields below are set */
  TIME = 0,
  /** it says to stop asking (RFC 4330, 8): `reference` says why */
  KISS,
  /** it doesn't know the time itself */
  UNSYNCHRONISED,
  MALFORMED,
  /** it answers something else */
  MISMATCH,
}

export let stratum: u32 = 0;
/** An address, or four letters. */
export let reference: u32 = 0;
/** When it got our request and sent its answer, milliseconds since 1970. */
export let received: u64 = 0;
export let transmitted: u64 = 0;
/** Of the server itself, milliseconds. */
export let rootDelay: u32 = 0;
export let rootDispersion: u32 = 0;

/** Writes a request to `p`, LENGTH octets. @param stamp any number: its answer has it too */
export function request(p: usize, stamp: u64): void {
  memory.fill(p, 0, <usize>LENGTH);
  store<u8>(p, <u8>((VERSION << 3) | CLIENT));
  put64(p + 40, stamp);
}

/** Milliseconds since 1970 of a timestamp; one whose first bit isn't set is of the years from 2036 on (RFC 4330, 3). */
function milliseconds(p: usize): u64 {
  const seconds = <u64>get32(p);
  const since = seconds >>> 31 ? seconds - 2208988800 : seconds + 2085978496;
  return since * 1000 + ((<u64>get32(p + 4) * 1000) >> 32);
}

/** Reads an answer of `len` octets to the request with that stamp. */
export function read(p: usize, len: u32, stamp: u64): Reply {
  if (len < LENGTH) return Reply.MALFORMED;
  const first = <u32>load<u8>(p);
  const version = (first >>> 3) & 7;
  if ((first & 7) != SERVER || version == 0 || version > VERSION || get64(p + 24) != stamp) return Reply.MISMATCH;
  stratum = <u32>load<u8>(p + 1);
  reference = get32(p + 12);
  // Seconds in 16.16.
  rootDelay = <u32>((<u64>get32(p + 4) * 1000) >> 16);
  rootDispersion = <u32>((<u64>get32(p + 8) * 1000) >> 16);
  if (stratum == 0 && isKiss(p + 12)) return Reply.KISS;
  if (first >>> 6 == 3 || stratum == 0 || stratum > STRATUM_MAX) return Reply.UNSYNCHRONISED;
  if (get64(p + 40) == 0) return Reply.MALFORMED;
  received = milliseconds(p + 32);
  transmitted = milliseconds(p + 40);
  return transmitted < received ? Reply.MALFORMED : Reply.TIME;
}

/** DENY, RSTR, RATE and the like: letters alone; what isn't synchronised has zeros, or says so. */
function isKiss(p: usize): bool {
  for (let i: u32 = 0; i < 4; i++) if (<u32>load<u8>(p + i) - 65 > 25) return false;
  const code = get32(p);
  // INIT and STEP: it is about to know.
  return code != 0x494e4954 && code != 0x53544550;
}

/** Whether the kiss asks for fewer requests alone: RATE. */
export function isRate(): bool {
  return reference == 0x52415445;
}
