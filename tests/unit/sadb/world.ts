// What the specs of sadb and ipsec share: fresh rooms, a configuration of a few lines, pairs of SAs by hand.
import * as drbg from "../../../assembly/crypto/drbg";
import * as ipsec from "../../../assembly/ipsec/ipsec";
import { AccessList, LineAction } from "../../../assembly/lists/access_list";
import { NAME_MAX } from "../../../assembly/limits";
import * as lists from "../../../assembly/lists/access_list";
import { Policy } from "../../../assembly/sadb/policies/policy";
import * as spd from "../../../assembly/sadb/policies/spd";
import * as sadb from "../../../assembly/sadb/sadb";
import { SA, SaParameters } from "../../../assembly/sadb/sas/sa";
import * as held from "../../../assembly/sadb/sas/held";
import * as sad from "../../../assembly/sadb/sas/sad";
import { Action, CryptoMapEntry } from "../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../assembly/sadb/settings/crypto_map";
import { TransformSet } from "../../../assembly/sadb/settings/transform_set";
import * as sets from "../../../assembly/sadb/settings/transform_set";
import * as acquire from "../../../assembly/sadb/work";
import { get16 } from "../../../assembly/util/bytes";
import * as clock from "../../../assembly/util/clock";
import { remaining } from "../../../assembly/util/deadline";
import * as log from "../../../assembly/util/log";
import { Packet } from "../../../assembly/util/packet";
import * as packets from "../../../assembly/util/packet";
import { forgetPools } from "../../../assembly/util/pool";
import { clearDropCounts } from "../../../assembly/util/status";
import * as ipv4 from "../../../assembly/wire/ipv4";

const nameBuffer: usize = memory.data(64, 8);
export const keymat: usize = memory.data(128, 8);
export const parameters: SaParameters = changetype<SaParameters>(memory.data(96, 8));

export const ALPHA: u32 = 0xc0000201; // 192.0.2.1
export const BETA: u32 = 0xc0000202;
export const NET_A: u32 = 0x0a010000; // 10.1.0.0
export const NET_B: u32 = 0x0a020000;
export const WILD_16: u32 = 0xffff;

export function rooms(): void {
  forgetPools();
  clearDropCounts();
  clock.init(1000, 0);
  log.init();
  packets.init();
  drbg.init();
  drbg.seed();
  sadb.init();
  ipsec.init(7);
}

/** Writes a name and returns its length; it stays at `nameAt()` until the next. */
export function put(name: string): u32 {
  for (let i = 0; i < name.length; i++) store<u8>(nameBuffer + i, <u8>name.charCodeAt(i));
  return <u32>name.length;
}

export function nameAt(): usize {
  return nameBuffer;
}

/** Letters, one more than the longest name has. */
export function longName(): usize {
  memory.fill(nameBuffer, 65, <usize>(NAME_MAX + 1));
  return nameBuffer;
}

export function list(name: string): AccessList {
  return lists.add(nameBuffer, put(name)) as AccessList;
}

/** `permit PROTOCOL net wild net wild`. Like all lines of configuration here, it is in force at once. */
export function permit(to: AccessList, protocol: u32, source: u32, sourceWild: u32, destination: u32, destinationWild: u32, port: u32 = 0): void {
  lists.addLine(to, 0, LineAction.PERMIT, protocol, source, sourceWild, 0, destination, destinationWild, port);
  spd.refresh();
}

export function deny(to: AccessList, source: u32, sourceWild: u32, destination: u32, destinationWild: u32): void {
  lists.addLine(to, 0, LineAction.DENY, 0, source, sourceWild, 0, destination, destinationWild, 0);
  spd.refresh();
}

export function set(name: string): TransformSet {
  const made = sets.add(nameBuffer, put(name)) as TransformSet;
  made.espCipher = 12;
  made.keyBits = 128;
  made.espAuth = 2;
  return made;
}

/** A complete entry. */
export function entry(map: string, sequence: u32, action: Action, listName: string, peer: u32): CryptoMapEntry {
  const made = maps.add(nameBuffer, put(map), sequence, action) as CryptoMapEntry;
  maps.setList(made, nameBuffer, put(listName));
  if (peer) maps.addPeer(made, peer);
  if (action == Action.PROTECT) maps.addTransformSet(made, set("TS"));
  spd.refresh();
  return made;
}

export function bind(port: u32, map: string): void {
  maps.bind(port, nameBuffer, put(map));
  spd.refresh();
}

/** One tunnel on port 1, as alpha sees it: 10.1/16 to 10.2/16 through 192.0.2.2. */
export function tunnel(): Policy {
  permit(list("VPN"), 0, NET_A, WILD_16, NET_B, WILD_16);
  entry("CM", 10, Action.PROTECT, "VPN", BETA);
  bind(1, "CM");
  spd.setInterfaceAddress(1, ALPHA);
  return spd.orderedCount() ? spd.orderedAt(0) : changetype<Policy>(0);
}

/** Parameters of a suite over the whole selector of a policy. */
export function suite(policy: Policy, cipher: u32, keyBits: u32, auth: u32): SaParameters {
  const p = parameters;
  memory.fill(changetype<usize>(p), 0, offsetof<SaParameters>());
  p.protocol = 50;
  p.mode = 1;
  p.transform = <u8>cipher;
  p.keyBits = <u16>keyBits;
  p.auth = <u8>auth;
  p.localAddress = ALPHA;
  p.peerAddress = BETA;
  p.peerSpi = 0x11223344;
  p.ike = 1;
  p.lifetimeSeconds = 3600;
  p.lifetimeKilobytes = 4608000;
  p.softMilliseconds = 3300000;
  p.selector.copyFrom(policy.selector);
  for (let i: u32 = 0; i < 96; i++) store<u8>(keymat + i, <u8>(i * 7 + 5));
  return p;
}

/** A pair with the present `parameters`; the same keys both ways. Returns the inbound SA. */
export function pair(policy: Policy): SA {
  const inbound = sad.reserve(policy) as SA;
  sad.installInbound(inbound, parameters, keymat);
  sad.activate(inbound, parameters, keymat);
  return inbound;
}

/** The policy of `mirror`: any of 10/8 to any of it, between two ends of one address. */
export function mirrorPolicy(): Policy {
  permit(list("VPN"), 0, 0x0a000000, 0xffffff, 0x0a000000, 0xffffff);
  entry("CM", 10, Action.PROTECT, "VPN", ALPHA);
  bind(1, "CM");
  spd.setInterfaceAddress(1, ALPHA);
  return spd.orderedCount() ? spd.orderedAt(0) : changetype<Policy>(0);
}

/** Fresh rooms with a pair that opens what it seals. */
export function mirror(encapsulated: bool = false): SA {
  rooms();
  const policy = mirrorPolicy();
  suite(policy, 12, 128, 2);
  parameters.peerAddress = ALPHA;
  if (encapsulated) {
    parameters.encapsulated = true;
    parameters.localPort = parameters.peerPort = 4500;
  }
  return loop(policy);
}

/** One policy for all between alpha and itself, as transport mode wants it. */
export function hostPolicy(): Policy {
  permit(list("HOST"), 0, ALPHA, 0, ALPHA, 0);
  entry("CM", 10, Action.PROTECT, "HOST", ALPHA);
  bind(1, "CM");
  spd.setInterfaceAddress(1, ALPHA);
  return spd.orderedCount() ? spd.orderedAt(0) : changetype<Policy>(0);
}

/** A bundle of ESP with the present `parameters` and of AH with `auth`, which opens what it seals. Returns the inbound ESP. */
export function bundle(policy: Policy, auth: u32): SA {
  const inbound = sad.reserve(policy) as SA;
  const outer = sad.reserveOuter(inbound) as SA;
  sad.installInbound(inbound, parameters, keymat);
  const cipher = parameters.transform;
  const esp = parameters.auth;
  parameters.protocol = 51;
  parameters.transform = 0;
  parameters.auth = <u8>auth;
  parameters.peerSpi = outer.spi;
  sad.installInbound(outer, parameters, keymat);
  sad.activateOuter(outer, parameters, keymat);
  parameters.protocol = 50;
  parameters.transform = cipher;
  parameters.auth = esp;
  parameters.peerSpi = inbound.spi;
  sad.activate(inbound, parameters, keymat);
  return inbound;
}

/** A pair with the present `parameters` and keys whose outbound SPI is the inbound one. */
export function loop(policy: Policy): SA {
  const inbound = sad.reserve(policy) as SA;
  parameters.peerSpi = inbound.spi;
  sad.installInbound(inbound, parameters, keymat);
  sad.activate(inbound, parameters, keymat);
  return inbound;
}

/** Takes the outer headers off, as device does before it calls `receive`. Returns what is next: 50 or 51. */
export function arrive(packet: Packet): u32 {
  const p = packet.ptr;
  packet.outer = p;
  packet.tos = <u8>ipv4.tos(p);
  packet.src = ipv4.source(p);
  packet.dst = ipv4.destination(p);
  const protocol = ipv4.protocol(p);
  const udp = protocol == 17;
  packet.srcPort = udp ? <u16>get16(p + 20) : 0;
  packet.dstPort = udp ? <u16>get16(p + 22) : 0;
  packet.pull(ipv4.headerLength(p) + (udp ? 8 : 0));
  return udp ? 50 : protocol;
}

/** A datagram of `len` octets in a buffer of its own, as if it had come in by port 0. */
export function datagram(src: u32, dst: u32, protocol: u32, len: u32, word: u32 = 0): Packet {
  const packet = packets.alloc() as Packet;
  packet.len = len;
  for (let i: u32 = 20; i < len; i++) store<u8>(packet.ptr + i, <u8>(i * 11 + len));
  ipv4.emit(packet.ptr, 0, len, 99, word, 63, protocol, src, dst);
  return packet;
}

/** How many policies there are, once what was configured or has gone is in force. */
export function listed(): u32 {
  spd.refresh();
  return spd.orderedCount();
}

/** The room's poll: milliseconds until it wants the next. */
export function poll(): u32 {
  sadb.poll();
  return remaining(min(sad.alarms.deadline.at, held.deadline.at));
}

/** Milliseconds pass. */
export function pass(milliseconds: u32): void {
  clock.set(<u32>(clock.now() - 1) + milliseconds);
}

/** Takes what IKE was asked: the kind, or 0. */
export function work(): u32 {
  const item = acquire.next();
  return item ? item.kind : 0;
}

/** Where an object of a pool lies, 0 for null: as-pect compares numbers. */
export function ref<T>(object: T): usize {
  return changetype<usize>(object);
}
