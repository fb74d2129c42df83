/**
 * Tunnel interfaces: when their line is up, that what protects them is negotiated at once, and their keepalives. `net` knows
 * their ends and `sadb` what protects them; neither sees the other.
 *
 *      tunnel mode ipsec ipv4      up while its SA is there
 *      GRE                         up while its ends are there and a way from one to the other, and keepalives are answered
 */
import { MTU_MAX, PORTS } from "../limits";
import * as pmtu from "../ipsec/pmtu";
import * as greTunnel from "../net/gre_tunnel";
import * as interfaces from "../net/interface";
import { NO_INTERFACE } from "../net/interface";
import * as route from "../net/route";
import { PORT_NULL } from "../net/route";
import * as tunnels from "../net/tunnels";
import { Tunnel } from "../net/tunnels";
import { Policy } from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import { Action } from "../sadb/settings/crypto_map";
import * as protections from "../sadb/settings/protection";
import { Work } from "../sadb/work";
import * as acquire from "../sadb/work";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as log from "../util/log";
import { Packet, PacketQueue } from "../util/packet";
import { Protocol } from "../wire/ipv4";

/** IKE is not asked again for the same tunnel before. */
const AGAIN: u64 = 5000;
/** A tunnel's way may lead through another: they are looked at so often until nothing changes. */
const ROUNDS: u32 = 4;

let deadline: Deadline = changetype<Deadline>(0);
/** Keepalives of ours, for the device to send: `port` is the tunnel. */
let sending: PacketQueue = changetype<PacketQueue>(0);

export function init(): void {
  deadline = new Deadline();
  sending = new PacketQueue();
}

/** A keepalive that is to be sent by tunnel `port`; null: none is. */
export function nextKeepalive(): Packet | null {
  return sending.pop();
}

/** The ends of all tunnels, as policies are made of them: called when an address or a setting may have changed. */
export function follow(): void {
  if (!tunnels.any) return;
  for (let port = tunnels.next(PORTS); port != NO_INTERFACE; port = tunnels.next(port + 1)) {
    const tunnel = tunnels.at(port);
    const local = tunnel.local;
    protections.setEnds(port, local, tunnel.destination, !tunnel.bare);
    spd.setInterfaceAddress(port, interfaces.at(port).shutdown ? 0 : local);
  }
}

/** Whose line is up, what is to be negotiated, which keepalives are due. */
export function poll(): void {
  if (!tunnels.any) return;
  deadline.reset();
  let changes = true;
  for (let round: u32 = 0; changes && round < ROUNDS; round++) {
    changes = false;
    for (let port = tunnels.next(PORTS); port != NO_INTERFACE; port = tunnels.next(port + 1)) {
      const own = interfaces.at(port);
      const up = look(port, tunnels.at(port), own.shutdown);
      if (own.link == up) continue;
      changes = true;
      interfaces.setLink(port, up);
    }
  }
  for (let port = tunnels.next(PORTS); port != NO_INTERFACE; port = tunnels.next(port + 1)) keepAlive(port, tunnels.at(port));
}

/** The port that the way to a tunnel's other end leaves by; NO_INTERFACE: there is none. */
function egressOf(port: u32, tunnel: Tunnel): u32 {
  const local = tunnel.local;
  if (local == 0 || tunnel.destination == 0 || !interfaces.isOurs(local) || interfaces.isOurs(tunnel.destination)) return NO_INTERFACE;
  const found = route.lookup(tunnel.destination);
  if (!found || found.port == PORT_NULL || found.port == port) return NO_INTERFACE;
  // A way that would lead into the tunnel as soon as that is up takes it down for good.
  return route.prefers(port, tunnel.destination, found) ? NO_INTERFACE : found.port;
}

function look(port: u32, tunnel: Tunnel, shutdown: bool): bool {
  const egress = shutdown ? NO_INTERFACE : egressOf(port, tunnel);
  pmtu.setInterfaceMtu(port, egress == NO_INTERFACE ? MTU_MAX : interfaces.at(egress).mtu);
  if (egress == NO_INTERFACE) return false;
  if (!spd.isWalled(port)) {
    if (tunnel.bare) return false;
    if (!tunnel.told && !tunnel.silent) warn(port, tunnel, egress);
    return !tunnel.silent;
  }
  const policy = spd.protectionOf(port);
  if (policy && policy.action == <u8>Action.PROTECT && !policy.outbound) negotiate(policy);
  if (!tunnel.bare) return !tunnel.silent;
  return policy ? policy.outbound != null : false;
}

/** A protected tunnel wants its SA without waiting for traffic. */
function negotiate(policy: Policy): void {
  const now = clock.now();
  if (now >= policy.nextAcquire) {
    const item = acquire.post(Work.ACQUIRE);
    if (!item) return deadline.arm(now + 1000);
    item.policy = policy.slot;
    policy.nextAcquire = now + AGAIN;
  }
  deadline.arm(policy.nextAcquire);
}

/** What nothing protects is said, once: neither the tunnel nor a crypto map of where it leaves. */
function warn(port: u32, tunnel: Tunnel, egress: u32): void {
  tunnel.told = true;
  if (spd.lookup(egress, tunnel.local, tunnel.destination, Protocol.GRE, 0, 0)) return;
  interfaces.name(log.message("TUNNEL-4-PLAIN"), port).put(" is GRE without protection: what goes through it is plain on the way to ").ip(tunnel.destination);
  log.end();
}

function keepAlive(port: u32, tunnel: Tunnel): void {
  if (tunnel.period == 0 || tunnel.bare || interfaces.at(port).shutdown || egressOf(port, tunnel) == NO_INTERFACE) return;
  const now = clock.now();
  if (now >= tunnel.due) {
    tunnel.due = now + <u64>tunnel.period * 1000;
    if (tunnel.unanswered <= tunnel.retries) tunnel.unanswered++;
    const packet = greTunnel.keepalive(port);
    if (packet) {
      packet.port = port;
      sending.push(packet);
    }
  }
  deadline.arm(tunnel.due);
}

/** The other end has sent a keepalive of ours back. */
export function alive(port: u32): void {
  tunnels.at(port).unanswered = 0;
}
