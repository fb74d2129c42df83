/**
 * What a tunnel interface is: its ends, GRE or the datagram as it is (`tunnel mode ipsec ipv4`, which needs protection),
 * GRE's key, and whether the other end is asked for signs of life. What protects it is in sadb; who is up is decided by
 * device/tunnel_way.ts, which sees both.
 */
import { INTERFACES, MTU_MAX, PORTS } from "../limits";
import * as gre from "../wire/gre";
import * as ipv4 from "../wire/ipv4";
import * as interfaces from "./interface";
import { Kind, NO_INTERFACE } from "./interface";

export class Tunnel {
  /** `tunnel source`: an address, or else an interface whose address it is. */
  source: u32 = 0;
  sourcePort: u32 = NO_INTERFACE;
  destination: u32 = 0;
  /** `tunnel mode ipsec ipv4`: no GRE */
  bare: bool = false;
  keyed: bool = false;
  key: u32 = 0;
  /** `keepalive`: seconds between two, 0: none; so many unanswered take the line down. */
  period: u32 = 0;
  retries: u32 = 0;

  /** When the next keepalive is due, and how many have not been answered. */
  due: u64 = 0;
  unanswered: u32 = 0;
  /** The console has been told that what goes through is plain. */
  told: bool = false;

  reset(): void {
    this.source = this.destination = this.key = this.period = this.retries = this.unanswered = 0;
    this.sourcePort = NO_INTERFACE;
    this.bare = this.keyed = this.told = false;
    this.due = 0;
  }

  /** The address that it ends at here, 0: none at present. */
  get local(): u32 {
    if (this.sourcePort == NO_INTERFACE) return this.source;
    const port = interfaces.at(this.sourcePort);
    return port.shutdown ? 0 : port.address;
  }

  /** Octets that GRE and its IPv4 header take. */
  get overhead(): u32 {
    return this.bare ? 0 : ipv4.HEADER_LENGTH + gre.lengthOf(this.keyed);
  }

  get silent(): bool {
    return this.period != 0 && this.unanswered > this.retries;
  }
}

const table = new StaticArray<Tunnel>(<i32>(INTERFACES - PORTS));
/** There is one. */
export let any: bool = false;

export function init(): void {
  for (let i = 0; i < table.length; i++) unchecked((table[i] = new Tunnel()));
  any = false;
}

/** The tunnel of an interface of that kind. */
// @ts-ignore: decorator
@inline
export function at(port: u32): Tunnel {
  return unchecked(table[port - PORTS]);
}

export function isTunnel(port: u32): bool {
  return port >= PORTS && port < INTERFACES && interfaces.at(port).kind == Kind.TUNNEL;
}

/** The next tunnel interface from `port` on; NO_INTERFACE: there is no other. */
export function next(port: u32): u32 {
  for (; port < INTERFACES; port++) if (isTunnel(port)) return port;
  return NO_INTERFACE;
}

/** Whether an address may be an end of a tunnel. */
export function isStation(address: u32): bool {
  return ipv4.isUnicast(address);
}

/** A setting has changed: what fits through does too. */
export function changed(port: u32): void {
  any = next(PORTS) != NO_INTERFACE;
  if (!isTunnel(port)) return;
  const tunnel = at(port);
  tunnel.unanswered = 0;
  tunnel.due = 0;
  tunnel.told = false;
  interfaces.at(port).linkMtu = MTU_MAX - tunnel.overhead;
  interfaces.settle();
}

/** All that was set of a tunnel is as at first. */
export function forget(port: u32): void {
  if (port < PORTS) return;
  at(port).reset();
  changed(port);
}

/** An interface is removed: no tunnel ends there any more. */
export function removeInterface(port: u32): void {
  forget(port);
  for (let i = next(PORTS); i != NO_INTERFACE; i = next(i + 1)) {
    const tunnel = at(i);
    if (tunnel.sourcePort != port) continue;
    tunnel.sourcePort = NO_INTERFACE;
    changed(i);
  }
}

/** The GRE tunnel between two addresses with this key; NO_INTERFACE: there is none. */
export function between(local: u32, remote: u32, keyed: bool, key: u32): u32 {
  for (let i = next(PORTS); i != NO_INTERFACE; i = next(i + 1)) {
    const tunnel = at(i);
    if (tunnel.bare || tunnel.destination != remote || tunnel.local != local || tunnel.keyed != keyed) continue;
    if ((!keyed || tunnel.key == key) && !interfaces.at(i).shutdown) return i;
  }
  return NO_INTERFACE;
}
