/** How long a translation stands that nobody uses: `ip nat translation ...-timeout`. IOS's numbers where nothing else is said. */
import { Protocol } from "../../wire/ipv4";
import { State, Translation } from "./translation";

export const enum Kind {
  /** of a pool without overload, and of other protocols */
  SIMPLE = 0,
  TCP,
  UDP,
  DNS,
  ICMP,
  /** TCP that was not answered yet */
  SYN,
  /** TCP that both ends have closed, or one has reset */
  FINRST,
}

export const KINDS: u32 = 7;
/** In place of a time. */
export const NEVER: u32 = 0xffffffff;
/** Seconds: more would not fit the 32 bits of milliseconds that a translation has. */
export const SECONDS_MAX: u32 = 2147483;
const DNS_PORT: u16 = 53;

/** Milliseconds of each kind. */
const times = new StaticArray<u32>(<i32>KINDS);

export function init(): void {
  for (let kind: u32 = 0; kind < KINDS; kind++) set(kind, secondsByDefault(kind));
}

export function secondsByDefault(kind: Kind): u32 {
  switch (kind) {
    case Kind.SIMPLE:
    case Kind.TCP: return 86400;
    case Kind.UDP: return 300;
    default: return 60;
  }
}

/** @param seconds up to SECONDS_MAX, or NEVER */
export function set(kind: Kind, seconds: u32): void {
  unchecked((times[kind] = seconds == NEVER ? NEVER : seconds * 1000));
}

/** Seconds, or NEVER. */
export function get(kind: Kind): u32 {
  const time = unchecked(times[kind]);
  return time == NEVER ? NEVER : time / 1000;
}

/** Milliseconds that a translation may stand still; NEVER: for ever. */
export function lifeOf(t: Translation): u32 {
  return unchecked(times[kindOf(t)]);
}

function kindOf(t: Translation): Kind {
  switch (<u32>t.protocol) {
    case Protocol.TCP: {
      const state = <u32>t.state;
      if ((state & State.ANSWERED) == 0) return Kind.SYN;
      const closed = (state & State.RESET) != 0 || (state & (State.FIN_IN | State.FIN_OUT)) == (State.FIN_IN | State.FIN_OUT);
      return closed ? Kind.FINRST : Kind.TCP;
    }
    case Protocol.UDP: return t.outsidePort == DNS_PORT ? Kind.DNS : Kind.UDP;
    case Protocol.ICMP: return Kind.ICMP;
    default: return Kind.SIMPLE;
  }
}
