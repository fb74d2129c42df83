/**
 * The settings that hold for every SA (`crypto ipsec security-association ...`), and the bounds that an SA gets from its
 * algorithms, whatever was configured.
 */
import { REPLAY_WINDOW_DEFAULT, REPLAY_WINDOW_MAX } from "../../limits";
import { Refusal, touch } from "../../lists/setting";
import { Transform, smallBlock } from "../terms/suite";

/** Bounds of what may be configured. */
export const SECONDS_MIN: u32 = 30;
export const SECONDS_MAX: u32 = 2592000;
export const KILOBYTES_MIN: u32 = 2560;

export const SECONDS_DEFAULT: u32 = 3600;
export const KILOBYTES_DEFAULT: u32 = 4608000;

/** Global lifetimes of new SAs. `kilobytes` 0: no limit. */
export let seconds: u32 = SECONDS_DEFAULT;
export let kilobytes: u32 = KILOBYTES_DEFAULT;
/** `crypto ipsec security-association idle-time`: seconds after which a pair without traffic goes; 0: none does. */
export let idle: u32 = 0;
export const IDLE_MIN: u32 = 60;
export const IDLE_MAX: u32 = 86400;
/** Packets of the replay window of new SAs; 0: disabled. */
export let window: u32 = REPLAY_WINDOW_DEFAULT;

export function init(): void {
  seconds = SECONDS_DEFAULT;
  kilobytes = KILOBYTES_DEFAULT;
  idle = 0;
  window = REPLAY_WINDOW_DEFAULT;
}

export function setSeconds(value: u32): Refusal {
  if (value < SECONDS_MIN || value > SECONDS_MAX) return Refusal.LIFETIME;
  seconds = value;
  return Refusal.NONE;
}

/** 0: `lifetime kilobytes disable` */
export function setKilobytes(value: u32): Refusal {
  if (value != 0 && value < KILOBYTES_MIN) return Refusal.LIFETIME;
  kilobytes = value;
  return Refusal.NONE;
}

/** `idle-time N`; 0: none */
export function setIdle(value: u32): void {
  idle = value;
  touch();
}

/** `replay window-size N`; 0: `replay disable` */
export function setWindow(packets: u32): Refusal {
  if (packets != 0 && (packets < 32 || packets > REPLAY_WINDOW_MAX || (packets & (packets - 1)) != 0)) return Refusal.WINDOW;
  window = packets;
  return Refusal.NONE;
}

/**
 * The sequence number may not come around (RFC 4303, 3.3.3). A new SA is asked for while so many packets are left: more
 * than ten seconds of the smallest packets on a gigabit link, half an hour on the boards this runs on.
 */
export const SEQUENCE_RESERVE: u64 = 0xffffff;

/**
 * The last number of an SA. ICVs of 64 bits bear 2^32 packets of a key whatever their numbers are (SP 800-38D, appendix
 * C: with packets of up to 2 kB, a forgery among them then still has a probability below 2^-24; SP 800-38C, appendix B).
 */
export function lastSequence(transform: u32, esn: bool): u64 {
  return esn && transform != <u32>Transform.AES_GCM_8 && transform != <u32>Transform.AES_CCM_8 ? u64.MAX_VALUE : 0xffffffff;
}

/**
 * Octets under one key at which a 64-bit block cipher is renewed, and at which it stops. After b blocks two ciphertext
 * blocks are equal, and give away the difference of two plaintext blocks, with a probability of b^2 / 2^65 (the birthday
 * bound; "Sweet32", 2016): 2^-11 at one GiB, 2^-9 at two. The hundreds of gigabytes of that attack never come together.
 */
const SMALL_BLOCK_SOFT: u64 = 1 << 30;
const SMALL_BLOCK_HARD: u64 = 2 << 30;

/**
 * The same for blocks of 128 bits, in whatever mode: 2^-31 after 2^49 blocks. RFC 4106 and RFC 3686 bound a packet's blocks
 * by 2^32, which no IPv4 datagram has, and a key's packets by its IVs: these are the sequence numbers.
 */
const LARGE_BLOCK_SOFT: u64 = 1 << 52;
const LARGE_BLOCK_HARD: u64 = 1 << 53;

/** Octets at which an SA is used up. @param kilobytes as negotiated, 0: no limit */
export function hardBytes(transform: u32, kilobytes: u32): u64 {
  const negotiated = kilobytes == 0 ? u64.MAX_VALUE : <u64>kilobytes << 10;
  return min(negotiated, smallBlock(transform) ? SMALL_BLOCK_HARD : LARGE_BLOCK_HARD);
}

/** Octets at which it is to be renewed. @param part of what was negotiated, in 4096ths; 0: nine tenths */
export function softBytes(transform: u32, kilobytes: u32, part: u32): u64 {
  const negotiated = kilobytes == 0 ? u64.MAX_VALUE : ((<u64>kilobytes << 10) * <u64>(part ? part : 3686)) >> 12;
  return min(negotiated, smallBlock(transform) ? SMALL_BLOCK_SOFT : LARGE_BLOCK_SOFT);
}
