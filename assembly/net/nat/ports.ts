/**
 * Which port of ours a flow gets: its own where that is free, otherwise one that nobody can guess (RFC 6056, 3.3.1). What the gateway
 * itself uses on an address is never given away: neither its services' ports nor those that it asks others from (`reserve`).
 */
import { mix } from "../../util/index";
import { Protocol } from "../../wire/ipv4";
import * as settings from "./settings";
import * as table from "./table";

/** No port is free. */
export const NONE: u32 = 0xffffffff;
/** Ports that are tried before a flow is refused. */
const TRIES: u32 = 128;
const LOWEST: u32 = 1024;
/** Identifiers of echo requests from here on are the gateway's own (net/ping.ts). */
export const OWN_IDENTIFIERS: u32 = 0xff00;

let seed: u32 = 0;
let count: u32 = 0;

/** Asked of each UDP port beside those below; null: nobody else has any. */
let ownPort: ((port: u32) => bool) | null = null;

export function init(random: u32): void {
  seed = random;
  count = 0;
  ownPort = null;
}

/** Whoever has UDP ports of his own on our addresses says which. */
export function reserve(isOwn: (port: u32) => bool): void {
  ownPort = isOwn;
}

/** Whether the gateway has a port for itself: DHCP, NTP, IKE, ESP in UDP, its log; and identifiers of its pings. */
export function isOurs(protocol: u32, port: u32): bool {
  if (protocol == Protocol.ICMP) return port >= OWN_IDENTIFIERS;
  if (protocol != Protocol.UDP) return false;
  if (port == 67 || port == 68 || port == 123 || port == 500 || port == 4500 || port == 514) return true;
  const own = ownPort;
  return own ? own(port) : false;
}

function isFree(protocol: u32, global: u32, port: u32, inside: u32, insidePort: u32): bool {
  if (isOurs(protocol, port) || settings.isStaticPort(protocol, global, port)) return false;
  const other = table.mappingOf(protocol, global, port);
  return !other || (other.inside == inside && <u32>other.insidePort == insidePort);
}

/** A port of `global` for a flow from an inside address and port; NONE: there is none. Of ICMP it is the identifier. */
export function choose(protocol: u32, global: u32, inside: u32, insidePort: u32): u32 {
  if (isFree(protocol, global, insidePort, inside, insidePort)) return insidePort;
  for (let i: u32 = 0; i < TRIES; i++) {
    const port = LOWEST + (mix(seed + ++count) % (0x10000 - LOWEST));
    if (isFree(protocol, global, port, inside, insidePort)) return port;
  }
  return NONE;
}
