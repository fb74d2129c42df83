/**
 * Filters: what comes in plain by an interface and what leaves by one is looked at here, by the access list of that direction, by where its source
 * belongs, by flows that stand. And what a crypto map protects, before and behind its protection (`set ip access-group`). Where nothing of it is
 * configured, one look at `active` says so.
 */
import { INTERFACES } from "../limits";
import { AccessList, LineAction } from "../lists/access_list";
import * as lists from "../lists/access_list";
import * as match from "../lists/match";
import * as setting from "../lists/setting";
import * as flow from "../net/flow";
import * as icmp from "../net/icmp";
import * as interfaces from "../net/interface";
import { Policy } from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import * as sad from "../sadb/sas/sad";
import { CryptoMapEntry } from "../sadb/settings/crypto_map";
import * as maps from "../sadb/settings/crypto_map";
import { anyDue } from "../util/deadline";
import { Packet } from "../util/packet";
import { Drop, drop } from "../util/status";
import { Type, Unreachable } from "../wire/icmp";
import * as ipv4 from "../wire/ipv4";
import { Protocol } from "../wire/ipv4";
import * as accessGroup from "./access_group";
import { Direction } from "./access_group";
import * as inspect from "./inspect";
import * as inspectSetting from "./inspect_setting";
import * as listLog from "./list_log";
import * as sources from "./sources";
import { Reach } from "./sources";

const enum Watch {
  LIST_IN = 1,
  LIST_OUT = 2,
  SOURCES = 4,
  INSPECT_IN = 8,
  INSPECT_OUT = 16,
}

const BOOT_SERVER: u32 = 67;
const BOOT_CLIENT: u32 = 68;

/** Whether anything here has a say in what passes. */
export let active: bool = false;
/** Whether an entry of a crypto map has a list for what it protects. */
export let ofMaps: bool = false;
/** What each interface is watched for. */
const watch: usize = memory.data(<i32>INTERFACES, 4);
/** The revision of the settings that all this was made from. */
let seen: u32 = 0;

export function init(): void {
  accessGroup.init();
  listLog.init();
  sources.init();
  inspectSetting.init();
  inspect.init();
  memory.fill(watch, 0, <usize>INTERFACES);
  active = ofMaps = false;
  seen = 0;
}

/** What has been configured takes effect. Called behind sadb.refresh, between packets. */
export function follow(): void {
  if (seen == setting.revision) return;
  seen = setting.revision;
  accessGroup.follow();
  sources.follow();
  active = sources.watches();
  for (let port: u32 = 0; port < INTERFACES; port++) {
    let what: u32 = 0;
    if (accessGroup.lenOf(port, Direction.IN)) what |= Watch.LIST_IN;
    if (accessGroup.lenOf(port, Direction.OUT)) what |= Watch.LIST_OUT;
    if (sources.reachOf(port) != Reach.NONE) what |= Watch.SOURCES;
    if (inspectSetting.boundTo(port, Direction.IN)) what |= Watch.INSPECT_IN;
    if (inspectSetting.boundTo(port, Direction.OUT)) what |= Watch.INSPECT_OUT;
    store<u8>(watch + port, <u8>what);
    active = active || what != 0;
  }
  ofMaps = maps.filters() != 0;
}

export function poll(): void {
  if (!anyDue()) return;
  accessGroup.poll();
  listLog.poll();
  inspect.poll();
}

/** An interface has been removed, or is as it was at the start. */
export function forget(port: u32): void {
  accessGroup.forget(port);
  sources.forget(port);
  inspectSetting.forget(port);
}

/** Lists that are applied and not there: what was meant to protect and can't act (nothing passes in their direction). */
export function unprotected(): u32 {
  return accessGroup.missing();
}

/** Whether a datagram that came in plain by `packet.port`, `ptr` at its IPv4 header, goes on; false: counted. Ask `active` first. */
export function mayCome(packet: Packet): bool {
  const port = packet.port;
  const what = <u32>load<u8>(watch + port);
  if ((what & (Watch.LIST_IN | Watch.SOURCES | Watch.INSPECT_IN)) != 0 && !lookIn(packet, port, what)) return false;
  return !sources.watches() || sources.mayCome(packet, port, ipv4.source(packet.ptr));
}

function lookIn(packet: Packet, port: u32, what: u32): bool {
  const p = packet.ptr;
  if (!flow.read(p, packet.len)) {
    drop(Drop.FILTER_UNREADABLE);
    return false;
  }
  if ((what & Watch.LIST_IN) != 0 && !isBoot() && !inspect.admits(p, packet.len)) {
    const reason = judge(accessGroup.listOf(port, Direction.IN), port);
    if (reason != Drop.NONE) return refuse(packet, port, reason, true);
  }
  if ((what & Watch.SOURCES) != 0 && !isBoot() && !sources.isReachable(port)) return false;
  if ((what & Watch.INSPECT_IN) != 0) {
    const rule = inspectSetting.boundTo(port, Direction.IN);
    if (rule) packet.inspected = <u8>inspectSetting.numberOf(rule);
  }
  return true;
}

/** DHCP for us or for whoever serves: lists are asked about it no more than in IOS. */
function isBoot(): bool {
  if (flow.protocol != Protocol.UDP || (flow.flags & match.LATER_FRAGMENT) != 0) return false;
  const to = flow.destinationPort;
  const from = flow.sourcePort;
  if ((to != BOOT_SERVER && to != BOOT_CLIENT) || (from != BOOT_SERVER && from != BOOT_CLIENT)) return false;
  return flow.destination == 0xffffffff || interfaces.isOurs(flow.destination) || interfaces.isBroadcast(flow.destination);
}

/** What a list says of the datagram that `net/flow` has read; null: it is not there, and nothing passes. */
function judge(list: AccessList | null, port: u32): Drop {
  if (!list) return Drop.FILTER_NO_LIST;
  const line = match.find(list, flow.protocol, flow.source, flow.destination, flow.sourcePort, flow.destinationPort, flow.flags);
  if (!line) return Drop.FILTER_IMPLICIT;
  line.hits++;
  if (line.log) listLog.note(list, line, port);
  return line.action == <u8>LineAction.PERMIT ? Drop.NONE : Drop.FILTER_DENIED;
}

/** Counts, and tells who sent it (RFC 1812, 5.2.7.1) unless it is nobody whom an answer would reach. */
function refuse(packet: Packet, port: u32, reason: Drop, tell: bool): bool {
  drop(reason);
  if (tell) icmp.error(packet, Type.UNREACHABLE, Unreachable.PROHIBITED, 0, interfaces.at(port).address);
  return false;
}

/**
 * Whether a datagram, as the wire will carry it, leaves by `port`; false: counted. Ask `active` first.
 * What is our own passes the list by, and its answers come in.
 */
export function mayLeave(packet: Packet, port: u32): bool {
  const what = <u32>load<u8>(watch + port);
  const number = <u32>packet.inspected;
  if ((what & (Watch.LIST_OUT | Watch.INSPECT_OUT)) == 0 && number == 0 && !(packet.own && (what & Watch.LIST_IN) != 0)) return true;
  const p = packet.ptr;
  if (!flow.read(p, packet.len)) {
    drop(Drop.FILTER_UNREADABLE);
    return false;
  }
  if (packet.own) {
    if ((what & Watch.LIST_IN) != 0 && !isIke()) inspect.leave(p, null);
    return true;
  }
  if ((what & Watch.LIST_OUT) != 0 && !inspect.admits(p, packet.len)) {
    const reason = judge(accessGroup.listOf(port, Direction.OUT), port);
    if (reason != Drop.NONE) return refuse(packet, port, reason, packet.spi == 0 && packet.unsealed == 0);
  }
  const rule = number ? inspectSetting.numbered(number) : inspectSetting.boundTo(port, Direction.OUT);
  if (!rule) return true;
  const reason = inspect.leave(p, rule);
  if (reason == Drop.NONE) return true;
  drop(reason);
  return false;
}

/** IKE and ESP in UDP are let in by the list or not at all, as in IOS: who may begin a tunnel is the list's to say. */
function isIke(): bool {
  return flow.protocol == Protocol.UDP && (flow.sourcePort == 500 || flow.sourcePort == 4500);
}

/** Whether what came out of a tunnel passes the list of its entry, `set ip access-group NAME in`; false: counted. Ask `ofMaps` first. */
export function mayComeOut(packet: Packet): bool {
  const sa = sad.bySpi(packet.spi);
  const chain = sa ? sa.policy : null;
  return !chain || passes(packet, changetype<Policy>(chain).entry, false);
}

/** Whether what is about to be protected passes the list of its entry, `set ip access-group NAME out`; false: counted. Ask `ofMaps` first. */
export function mayGoIn(packet: Packet, port: u32): bool {
  if (packet.own || packet.answers != 0 || !spd.active(port) || !flow.read(packet.ptr, packet.len)) return true;
  const ports = flow.protocol == Protocol.TCP || flow.protocol == Protocol.UDP;
  const policy = spd.lookup(port, flow.source, flow.destination, flow.protocol, ports ? flow.sourcePort : 0, ports ? flow.destinationPort : 0);
  return !policy || passes(packet, policy.entry, true);
}

function passes(packet: Packet, entry: CryptoMapEntry, out: bool): bool {
  const len = entry.filterLen(out);
  if (!len) return true;
  if (!flow.read(packet.ptr, packet.len)) {
    drop(Drop.FILTER_UNREADABLE);
    return false;
  }
  if (inspect.admits(packet.ptr, packet.len)) return true;
  const list = lists.find(entry.filterName(out), len);
  const reason = judge(list && lists.hasRules(list) ? list : null, packet.port);
  if (reason == Drop.NONE) return true;
  drop(reason);
  return false;
}
