/**
 * Asking by ARP whether somebody has an address already, before it is taken into use here (RFC 5227, 2.1.1) or offered to a client
 * (RFC 2131, 3.1): requests of the sender 0.0.0.0, which change nobody's cache. A station answers them whatever it filters, so that
 * they say more than an echo request would.
 */
import { ARP_PROBES } from "../limits";
import * as packets from "../util/packet";
import { Drop, drop } from "../util/status";
import * as wire from "../wire/arp";
import { Operation } from "../wire/arp";
import * as ethernet from "../wire/ethernet";
import { EtherType } from "../wire/ethernet";
import { transmit } from "./egress";
import * as interfaces from "./interface";

/** In place of a probe: there is no room for another. */
export const NO_PROBE: u32 = 0xffffffff;

@unmanaged
class Probe {
  port: u32;
  address: u32;
  inUse: bool;
  /** Somebody else has the address. */
  taken: bool;
  /** Who asks for the address as well takes it: two stations that probe at once both give way (RFC 5227, 2.1.1). */
  rivals: bool;
  /** A station whose answer says nothing: it is the one that the address is for. */
  except: bool;
  mac0: u32;
  mac4: u32;
  by0: u32;
  by4: u32;

  get mac(): usize {
    return changetype<usize>(this) + offsetof<Probe>("mac0");
  }

  get by(): usize {
    return changetype<usize>(this) + offsetof<Probe>("by0");
  }
}

const SIZE: u32 = <u32>offsetof<Probe>();
let table: usize = 0;
let active: u32 = 0;
const everybody: usize = memory.data(8, 4);

export function init(): void {
  table = heap.alloc(<usize>(ARP_PROBES * SIZE));
  memory.fill(table, 0, <usize>(ARP_PROBES * SIZE));
  memory.fill(everybody, 0xff, 6);
  active = 0;
}

function at(i: u32): Probe {
  return changetype<Probe>(table + <usize>(i * SIZE));
}

/** Begins to listen for who has an address on a port. @param except the six octets of a station that may have it, 0: none */
export function watch(port: u32, address: u32, rivals: bool, except: usize): u32 {
  for (let i: u32 = 0; i < ARP_PROBES; i++) {
    const probe = at(i);
    if (probe.inUse) continue;
    memory.fill(changetype<usize>(probe), 0, <usize>SIZE);
    probe.inUse = true;
    probe.port = port;
    probe.address = address;
    probe.rivals = rivals;
    probe.except = except != 0;
    if (except) ethernet.copyMac(probe.mac, except);
    active++;
    return i;
  }
  return NO_PROBE;
}

/** Whether somebody has been heard of who has the address. */
export function taken(i: u32): bool {
  return i < ARP_PROBES && at(i).taken;
}

/** The hardware address of who has it. */
export function holder(i: u32): usize {
  return at(i).by;
}

/** How many listen. */
export function used(): u32 {
  return active;
}

/** Ends listening. */
export function forget(i: u32): void {
  if (i >= ARP_PROBES || !at(i).inUse) return;
  at(i).inUse = false;
  active--;
}

/** Asks everybody on the port once. */
export function ask(i: u32): void {
  if (i >= ARP_PROBES) return;
  const probe = at(i);
  const packet = packets.allocReserved();
  if (!packet) return drop(Drop.NO_BUFFER);
  packet.len = wire.LENGTH;
  wire.emit(packet.ptr, Operation.REQUEST, interfaces.at(probe.port).mac, 0, 0, probe.address);
  transmit(packet, probe.port, everybody, EtherType.ARP);
}

/** Told of every ARP message of another station. Whether somebody listens on that port. */
export function heard(port: u32, sender: u32, target: u32, mac: usize): bool {
  if (active == 0) return false;
  let listened = false;
  for (let i: u32 = 0; i < ARP_PROBES; i++) {
    const probe = at(i);
    if (!probe.inUse || probe.port != port) continue;
    listened = true;
    if (sender != probe.address && !(probe.rivals && sender == 0 && target == probe.address)) continue;
    if (probe.except && ethernet.sameMac(mac, probe.mac)) continue;
    probe.taken = true;
    ethernet.copyMac(probe.by, mac);
  }
  return listened;
}
