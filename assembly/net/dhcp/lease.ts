/**
 * What servers told our interfaces: the address and how long it is ours, the default router, routes, name servers, time servers and the
 * domain. Whoever needs one of these asks here (`nameServer`, `timeServer`, `domain`); `revision` changes whenever one of them does.
 */
import { INTERFACES } from "../../limits";
import { get32 } from "../../util/bytes";
import * as wire from "../../wire/dhcp";
import { Option } from "../../wire/dhcp";
import * as ipv4 from "../../wire/ipv4";
import * as interfaces from "../interface";

/** Servers of a kind and routes that are kept of one lease, and octets of its domain. */
export const SERVERS_MAX: u32 = 4;
export const ROUTES_MAX: u32 = 8;
export const DOMAIN_MAX: u32 = 64;
/** A lease of so many seconds has no end. */
export const FOREVER: u32 = 0xffffffff;
const ROUTE: u32 = 12;

export class Lease {
  /** It is ours: bound, and not expired. */
  bound: bool = false;
  address: u32 = 0;
  mask: u32 = 0;
  server: u32 = 0;
  /** Seconds; wire.FOREVER: without an end. */
  seconds: u32 = 0;
  renewal: u32 = 0;
  rebinding: u32 = 0;
  /** The first default router (option 3); 0: none, or routes without class in place of it. */
  router: u32 = 0;
  nameServers: u32 = 0;
  timeServers: u32 = 0;
  routes: u32 = 0;
  domainLen: u32 = 0;
  domain: usize;
  private names: usize;
  private times: usize;
  private table: usize;

  constructor() {
    this.domain = heap.alloc(<usize>(DOMAIN_MAX + 8 * SERVERS_MAX + ROUTE * ROUTES_MAX));
    this.names = this.domain + <usize>DOMAIN_MAX;
    this.times = this.names + <usize>(4 * SERVERS_MAX);
    this.table = this.times + <usize>(4 * SERVERS_MAX);
  }

  clear(): void {
    this.bound = false;
    this.address = this.mask = this.server = this.seconds = this.renewal = this.rebinding = this.router = 0;
    this.nameServers = this.timeServers = this.routes = this.domainLen = 0;
  }

  nameServer(i: u32): u32 {
    return load<u32>(this.names + <usize>(i << 2));
  }

  timeServer(i: u32): u32 {
    return load<u32>(this.times + <usize>(i << 2));
  }

  routePrefix(i: u32): u32 {
    return load<u32>(this.table + <usize>(i * ROUTE));
  }

  routeMask(i: u32): u32 {
    return load<u32>(this.table + <usize>(i * ROUTE), 4);
  }

  /** 0: the prefix is on the link. */
  routeGateway(i: u32): u32 {
    return load<u32>(this.table + <usize>(i * ROUTE), 8);
  }

  /**
   * Reads an acknowledgement that wire.check accepted; false: it makes no lease, and nothing of this one has changed.
   * @param yours the address in it
   */
  read(yours: u32, server: u32): bool {
    const seconds = wire.option32(Option.LEASE);
    if (seconds < LEASE_MIN || !ipv4.isUnicast(yours)) return false;
    let mask = wire.option32(Option.MASK);
    // RFC 2131 leaves it out where the class of the address says it.
    if (mask == 0) mask = yours >>> 31 == 0 ? 0xff000000 : yours >>> 30 == 2 ? 0xffff0000 : 0xffffff00;
    if (!interfaces.contiguous(mask)) return false;
    this.address = yours;
    this.mask = mask;
    this.server = server;
    this.seconds = seconds;
    // RFC 2131, 4.4.5: half, and seven eighths, where the server says nothing that fits.
    const renewal = wire.option32(Option.RENEWAL);
    const rebinding = wire.option32(Option.REBINDING);
    this.rebinding = rebinding > 0 && rebinding < seconds ? rebinding : seconds - seconds / 8;
    this.renewal = renewal > 0 && renewal < this.rebinding ? renewal : min(seconds / 2, this.rebinding - 1);
    this.nameServers = servers(Option.NAME_SERVER, this.names);
    this.timeServers = servers(Option.NTP_SERVER, this.times);
    this.readDomain();
    this.router = 0;
    // RFC 3442: who gives routes without class means these, and not option 3.
    if (!this.readRoutes() && wire.option(Option.ROUTER) >= 4) this.router = get32(wire.value);
    if (!ipv4.isUnicast(this.router) || this.router == yours) this.router = 0;
    return true;
  }

  /** A name as RFC 1123 writes it; any other is left out. */
  private readDomain(): void {
    let len = wire.option(Option.DOMAIN_NAME);
    while (len > 0 && load<u8>(wire.value + <usize>(len - 1)) == 0) len--;
    this.domainLen = 0;
    if (len > DOMAIN_MAX || !areHostLetters(wire.value, len)) return;
    memory.copy(this.domain, wire.value, <usize>len);
    this.domainLen = len;
  }

  /** Option 121: a length of prefix, its significant octets, a router. Whether it is there and makes sense to its end. */
  private readRoutes(): bool {
    this.routes = 0;
    const len = wire.option(Option.CLASSLESS_ROUTES);
    for (let i: u32 = 0; i < len; ) {
      const bits = <u32>load<u8>(wire.value + <usize>i);
      const octets = (bits + 7) >>> 3;
      if (bits > 32 || len - i < 1 + octets + 4) {
        this.routes = 0;
        return false;
      }
      let prefix: u32 = 0;
      for (let k: u32 = 0; k < octets; k++) prefix |= <u32>load<u8>(wire.value + <usize>(i + 1 + k)) << (24 - 8 * k);
      const mask = bits == 0 ? 0 : 0xffffffff << (32 - bits);
      const gateway = get32(wire.value + <usize>(i + 1 + octets));
      i += 1 + octets + 4;
      if (this.routes == ROUTES_MAX || (gateway != 0 && !ipv4.isUnicast(gateway))) continue;
      const p = this.table + <usize>(this.routes * ROUTE);
      store<u32>(p, prefix & mask);
      store<u32>(p, mask, 4);
      store<u32>(p, gateway, 8);
      this.routes++;
    }
    return len > 0;
  }
}

/** Whether all are letters, digits, `-`, `_` and `.`: what servers put into the DNS. */
export function areHostLetters(p: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(p + <usize>i);
    if (c != 45 && c != 46 && c != 95 && c - 48 > 9 && (c | 32) - 97 > 25) return false;
  }
  return true;
}

/** Who gets an address for less than this would do nothing but renew it. */
const LEASE_MIN: u32 = 10;

/** Keeps the first stations of an option. How many. */
function servers(code: u32, into: usize): u32 {
  const len = wire.option(code);
  let n: u32 = 0;
  for (let i: u32 = 0; i + 4 <= len && n < SERVERS_MAX; i += 4) {
    const address = get32(wire.value + <usize>i);
    if (ipv4.isUnicast(address)) store<u32>(into + <usize>(n++ << 2), address);
  }
  return n;
}

const table = new StaticArray<Lease>(INTERFACES);
/** Changes whenever a lease begins, is renewed or ends. */
export let revision: u32 = 0;

export function init(): void {
  for (let port: u32 = 0; port < INTERFACES; port++) unchecked((table[port] = new Lease()));
  revision = 0;
}

/** The lease of an interface, whether it is bound or not. */
export function at(port: u32): Lease {
  return unchecked(table[port]);
}

export function changed(): void {
  revision++;
}

/** Name server number `i` of all interfaces that have a lease; 0: there are no more. */
export function nameServer(i: u32): u32 {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const lease = at(port);
    if (!lease.bound) continue;
    if (i < lease.nameServers) return lease.nameServer(i);
    i -= lease.nameServers;
  }
  return 0;
}

/** Time server (NTP) number `i` of all interfaces that have a lease; 0: there are no more. */
export function timeServer(i: u32): u32 {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const lease = at(port);
    if (!lease.bound) continue;
    if (i < lease.timeServers) return lease.timeServer(i);
    i -= lease.timeServers;
  }
  return 0;
}

/** The first lease that names a domain, `domain` and `domainLen`; null: none does. */
export function withDomain(): Lease | null {
  for (let port: u32 = 0; port < INTERFACES; port++) if (at(port).bound && at(port).domainLen) return at(port);
  return null;
}
