/** `interface NAME` and what is set there. */
import { INTERFACES, MTU_MAX, PORTS, SECONDARY_ADDRESSES } from "../../limits";
import { Cut, Df } from "../../ipsec/tunnel";
import * as df from "../../ipsec/tunnel";
import * as accessGroup from "../../filter/access_group";
import { Direction } from "../../filter/access_group";
import * as filter from "../../filter/filter";
import { State } from "../../net/dhcp/client";
import * as dhcpClient from "../../net/dhcp/client";
import * as interfaces from "../../net/interface";
import { DESCRIPTION_MAX, Kind, NO_INTERFACE, Status } from "../../net/interface";
import * as names from "../../net/interface_names";
import { Made } from "../../net/interface_names";
import { Type } from "../../net/interface_type";
import * as routeMaps from "../../lists/route_map";
import * as nat from "../../net/nat/nat";
import * as policyRoute from "../../net/policy_route";
import * as services from "../../services/services";
import * as route from "../../net/route";
import * as tunnels from "../../net/tunnels";
import * as maps from "../../sadb/settings/crypto_map";
import * as localAddress from "../../sadb/settings/local_address";
import { Mode, row } from "../grammar";
import * as ignored from "../ios/ignored";
import * as matcher from "../matcher";
import * as log from "../../util/log";
import { noSuchPort, portMade } from "../ports";
import { nl, out, refuse, refused, say, tooLong } from "../output";
import { writeBinding } from "./crypto_map";
import { writeInterface as writeFilters } from "./filter";
import { writeAddress } from "./dhcp_address";
import { writeInterface } from "./ipsec";
import * as tunnel from "./tunnel";
import { writeInterface as writeNat } from "./nat_side";
import { writeInterface as writePolicy } from "./route_map";
import * as session from "../session";
import * as startup from "../startup";
import * as words from "../words";

export { noSuchPort, portMade } from "../ports";

export function rows(): void {
  row("c:interface~ IF [point-to-point|multipoint]", enter);
  row("c:default interface IF", restore);
  row("e:port-name <0-31> IF", portName);
  row("i:description~ LINE", description);
  row("i:encapsulation dot1Q~ <1-4094> [native]", encapsulation);
  row("i:ip address~ A.B.C.D M.M.M.M [secondary]", address);
  row("i:ip unnumbered~ IF", unnumbered);
  row("i:ip mtu~ <576-1500>", ipMtu);
  row("i:ip tcp adjust-mss~ <500-1460>", adjustMss);
  row("i:ip (redirects|unreachables|proxy-arp)~", manners);
  row("i:mtu~ <576-1500>", mtu);
  row("i:mac-address~ H.H.H", macAddress);
  row("i:shutdown~", shutdown);
}

function enter(no: bool): bool {
  const k = matcher.base + 1;
  if (no) return remove(k);
  matcher.readInterface(k);
  if (names.make() == Made.NO_PORT && names.mayBePort() && startup.applying) takeIdle();
  const port = portMade(k);
  if (port == NO_INTERFACE) return false;
  const own = interfaces.at(port);
  if (port < PORTS) unchecked((entered[port] = true));
  // A circuit of a serial line: what stands for it here has frames without a tag.
  else if (own.kind == Kind.SUBINTERFACE && !own.vlan && interfaces.at(own.parent).type == Type.SERIAL) interfaces.setVlan(port, 1, true);
  tunnels.changed(port);
  session.enter(Mode.INTERFACE, port, 0, 0);
  session.setSub(interfaces.at(port).kind == Kind.SUBINTERFACE);
  return true;
}

/** Ports whose lines the configuration has begun. */
const entered = new StaticArray<bool>(<i32>PORTS);

/** Whether a port has a name of the configuration's and nothing to do: a switch port, or one that nobody has connected. */
function isIdle(port: u32): bool {
  const own = interfaces.at(port);
  if (!unchecked(entered[port]) || !own.named || own.namedByHost || own.address || own.lender != NO_INTERFACE) return false;
  if (maps.boundLen(port) || dhcpClient.at(port).state != State.OFF || accessGroup.lenOf(port, Direction.IN) || accessGroup.lenOf(port, Direction.OUT)) return false;
  for (let i: u32 = PORTS; i < INTERFACES; i++) if (interfaces.at(i).kind == Kind.SUBINTERFACE && interfaces.at(i).parent == port) return false;
  return true;
}

/** All ports have names, and one more is wanted: the first that has nothing to do gives up its own. */
function takeIdle(): void {
  for (let port: u32 = 0; port < PORTS; port++) {
    if (!isIdle(port)) continue;
    interfaces.name(log.message("LINK-6-IDLE").put("Interface "), port).put(" has no address, and its port is given to the next name: this box has ").u32(PORTS).put(" ports");
    log.end();
    forget(port);
    names.unname(port);
    unchecked((entered[port] = false));
    return;
  }
}

function remove(k: u32): bool {
  const port = matcher.port(k);
  if (port == NO_INTERFACE) return noSuchPort(port);
  if (interfaces.at(port).kind == Kind.PORT) {
    interfaces.name(refuse(""), port).put(" is a port of this box and can't be removed: `default interface` forgets its settings.");
    nl();
    return false;
  }
  forget(port);
  tunnels.removeInterface(port);
  localAddress.removeInterface(port);
  services.forget(port);
  routeMaps.forgetInterface(port);
  names.remove(port);
  return true;
}

/** What all rooms keep of an interface goes. */
function forget(port: u32): void {
  dhcpClient.stop(port);
  maps.unbind(port);
  filter.forget(port);
  df.setInterfaceDf(port, Df.UNSAID);
  df.setInterfaceCut(port, Cut.UNSAID);
  route.removeInterface(port);
  tunnel.forget(port);
  nat.removeInterface(port);
  policyRoute.removeInterface(port);
  ignored.removeInterface(port);
}

function restore(no: bool): bool {
  const port = matcher.port(matcher.base + 2);
  if (port == NO_INTERFACE) return noSuchPort(port);
  forget(port);
  interfaces.at(port).reset();
  interfaces.settle();
  return true;
}

/** What the host calls its ports, before it gives the startup configuration (host/abi.md). */
function portName(no: bool): bool {
  matcher.readInterface(matcher.base + 2);
  if (names.namePort(matcher.number(matcher.base + 1))) return true;
  names.putRead(refuse("")).put(" can't be the name of that port.");
  nl();
  return false;
}

function encapsulation(no: bool): bool {
  const own = interfaces.at(session.subject);
  if (own.kind != Kind.SUBINTERFACE) return refused("Only a subinterface has a VLAN: `interface NAME.N` makes one.");
  const status = no ? interfaces.setVlan(session.subject, 0, false) : interfaces.setVlan(session.subject, matcher.number(matcher.base + 2), matcher.argCount() > matcher.base + 3);
  if (status == Status.OK) return true;
  refuse("VLAN ").u32(matcher.number(matcher.base + 2)).put(", or the frames without a tag, are those of ");
  interfaces.name(out, interfaces.conflict()).put(" already.");
  nl();
  return false;
}

function unnumbered(no: bool): bool {
  if (no) {
    if (interfaces.at(session.subject).lender != NO_INTERFACE) interfaces.clearAddress(session.subject);
    return true;
  }
  const subject = session.subject;
  const lender = portMade(matcher.base + 2);
  if (lender == NO_INTERFACE) return false;
  if (interfaces.borrow(subject, lender) == Status.OK) return true;
  return refused("Only a tunnel borrows an address, and from another interface that has one of its own.");
}

function ipMtu(no: bool): bool {
  interfaces.setIpMtu(session.subject, no ? 0 : matcher.number(matcher.base + 2));
  return true;
}

function adjustMss(no: bool): bool {
  interfaces.setMss(session.subject, no ? 0 : matcher.number(matcher.base + 3));
  return true;
}

function manners(no: bool): bool {
  const own = interfaces.at(session.subject);
  const k = matcher.base + 1;
  if (!no && !matcher.isKeyword(k, "unreachables")) return refused("This is not built: it is off on every interface.");
  if (matcher.isKeyword(k, "redirects")) own.redirects = !no;
  else if (matcher.isKeyword(k, "unreachables")) own.unreachables = !no;
  else own.proxyArp = !no;
  return true;
}

function description(no: bool): bool {
  if (no) {
    interfaces.setDescription(session.subject, 0, 0);
    return true;
  }
  const k = matcher.base + 1;
  const len = words.restLen(k);
  if (len > DESCRIPTION_MAX) return tooLong("description", DESCRIPTION_MAX);
  interfaces.setDescription(session.subject, words.word(k), len);
  return true;
}

function address(no: bool): bool {
  const secondary = matcher.argCount() > matcher.base + 4;
  if (no) {
    if (!secondary) {
      dhcpClient.stop(session.subject);
      interfaces.clearAddress(session.subject);
    }
    else if (interfaces.removeSecondary(session.subject, matcher.address(matcher.base + 2)) != Status.OK) return refused("This interface has no such secondary address.");
    return true;
  }
  const a = matcher.address(matcher.base + 2);
  const mask = matcher.address(matcher.base + 3);
  if (route.isNextHop(a)) {
    refuse("").ip(a).put(" is the next hop of a route: another address is wanted, or `no ip route` first.");
    nl();
    return false;
  }
  // IOS writes secondary addresses before the first one.
  if (secondary && startup.applying && !interfaces.at(session.subject).address && hold(a, mask)) return true;
  const status = secondary ? interfaces.addSecondary(session.subject, a, mask) : interfaces.setAddress(session.subject, a, mask);
  if (status == Status.OK) {
    if (!secondary) {
      dhcpClient.configured(session.subject);
      return addHeld();
    }
    return true;
  }
  return noAddress(status, a, mask);
}

/** Secondary addresses that wait for the first one of the interface `heldFor`. */
const held = new StaticArray<u32>(<i32>(2 * SECONDARY_ADDRESSES));
let heldCount: u32 = 0;
let heldFor: u32 = NO_INTERFACE;

/** Keeps a secondary address until the interface has its first. False: there is no room for it. */
function hold(a: u32, mask: u32): bool {
  if (heldFor != session.subject) heldCount = 0;
  heldFor = session.subject;
  if (heldCount == SECONDARY_ADDRESSES) return false;
  unchecked((held[2 * heldCount] = a));
  unchecked((held[2 * heldCount++ + 1] = mask));
  return true;
}

function addHeld(): bool {
  const n = heldFor == session.subject ? heldCount : 0;
  heldCount = 0;
  heldFor = NO_INTERFACE;
  for (let i: u32 = 0; i < n; i++) {
    const a = unchecked(held[2 * i]);
    const mask = unchecked(held[2 * i + 1]);
    const status = route.isNextHop(a) ? Status.OVERLAP : interfaces.addSecondary(session.subject, a, mask);
    if (status != Status.OK) return noAddress(status, a, mask);
  }
  return true;
}

/** Says why an address was not taken. Always false. */
function noAddress(status: Status, a: u32, mask: u32): bool {
  refuse("").ip(a);
  switch (status) {
    case Status.NO_VLAN:
      out.put(" can't be set before the subinterface has a VLAN: `encapsulation dot1Q N` is wanted first.");
      break;
    case Status.NOT_FOUND:
      out.put(" can't be a secondary address: the interface has no first one.");
      break;
    case Status.TABLE_FULL:
      out.put(" is one too many: ").u32(SECONDARY_ADDRESSES).put(" secondary addresses are the most.");
      break;
    case Status.BAD_MASK:
      out.put(" can't have the mask ").ip(mask).put(": ones, then zeros, and not 0.0.0.0.");
      break;
    case Status.NETWORK_ADDRESS:
      out.put(" with mask ").ip(mask).put(" names a network: give a station's address.");
      break;
    case Status.BROADCAST_ADDRESS:
      out.put(" with mask ").ip(mask).put(" is the broadcast address: give a station's address.");
      break;
    case Status.OVERLAP:
      out.put(" overlaps with ");
      interfaces.name(out, interfaces.conflict()).char(46);
      break;
    default:
      out.put(" is no address that a station may have.");
  }
  nl();
  return false;
}

function mtu(no: bool): bool {
  if (!interfaces.at(session.subject).hasStations) return refused("Only a port and its subinterfaces have an MTU of their own: `ip mtu` is for tunnels.");
  interfaces.setMtu(session.subject, no ? 1500 : matcher.number(matcher.base + 1));
  return true;
}

const mac: usize = memory.data(8, 4);

function macAddress(no: bool): bool {
  if (interfaces.at(session.subject).kind != Kind.PORT) return refused("Only a port has a MAC address of its own.");
  if (no) {
    interfaces.setMac(session.subject, 0);
    return true;
  }
  const k = matcher.base + 1;
  words.parseMac(words.word(k), words.wordLen(k), mac);
  if (interfaces.setMac(session.subject, mac) == Status.OK) return true;
  refuse("").mac(mac).put(" is no station's address: not all zeros and no group address is allowed.");
  nl();
  return false;
}

function shutdown(no: bool): bool {
  if (!no) dhcpClient.release(session.subject);
  interfaces.setShutdown(session.subject, !no);
  return true;
}

/** The interface's lines of the configuration. */
export function write(port: u32): void {
  const own = interfaces.at(port);
  out.put("interface ");
  interfaces.name(out, port);
  nl();
  if (own.descriptionLen) {
    out.put(" description ").ascii(own.description, own.descriptionLen);
    nl();
  }
  if (own.macConfigured) {
    out.put(" mac-address ").mac(own.mac);
    nl();
  }
  if (own.vlan) {
    out.put(" encapsulation dot1Q ").u32(own.vlan).put(own.native ? " native" : "");
    nl();
  }
  if (!writeAddress(port)) {
    if (own.lender != NO_INTERFACE) interfaces.name(out.put(" ip unnumbered "), own.lender);
    else if (own.address) out.put(" ip address ").ip(own.address).char(32).ip(own.mask);
    else out.put(" no ip address");
    nl();
  }
  for (let k: u32 = 0; k < own.secondaryCount; k++) {
    out.put(" ip address ").ip(own.secondary(k)).char(32).ip(own.secondaryMask(k)).put(" secondary");
    nl();
  }
  if (own.redirects) say(" ip redirects");
  if (!own.unreachables) say(" no ip unreachables");
  if (own.proxyArp) say(" ip proxy-arp");
  if (own.hasStations && own.linkMtu != MTU_MAX) {
    out.put(" mtu ").u32(own.linkMtu);
    nl();
  }
  if (own.ipMtu) {
    out.put(" ip mtu ").u32(own.ipMtu);
    nl();
  }
  if (own.mss) {
    out.put(" ip tcp adjust-mss ").u32(own.mss);
    nl();
  }
  if (own.shutdown) {
    out.put(" shutdown");
    nl();
  }
  tunnel.writeInterface(port);
  writeNat(port);
  writeFilters(port);
  writePolicy(port);
  writeInterface(port);
  ignored.writeInterface(port);
  writeBinding(port);
}
