/** `interface EthernetN` and what is set there. */
import { PORTS } from "../../limits";
import * as interfaces from "../../net/interface";
import { DESCRIPTION_MAX, Status } from "../../net/interface";
import * as route from "../../net/route";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse } from "../output";
import { writeBinding } from "./crypto_map";
import { writeInterface } from "./ipsec";
import { writeInterface as writeNat } from "./nat";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("c:interface (IF|Ethernet <0-999>)", enter);
  row("i:description~ LINE", description);
  row("i:ip address~ A.B.C.D M.M.M.M", address);
  row("i:mtu~ <576-1500>", mtu);
  row("i:mac-address~ H.H.H", macAddress);
  row("i:shutdown~", shutdown);
}

/** Says that there is no such port, and which there are. */
export function noSuchPort(port: u32): bool {
  refuse("There is no Ethernet").u32(port).put(": Ethernet0 to Ethernet").u32(PORTS - 1).put(" are there.");
  nl();
  return false;
}

function enter(no: bool): bool {
  const port = matcher.port(matcher.base + 1);
  if (port >= PORTS) return noSuchPort(port);
  session.enter(Mode.INTERFACE, port, 0, 0);
  return true;
}

function description(no: bool): bool {
  if (no) {
    interfaces.setDescription(session.subject, 0, 0);
    return true;
  }
  const k = matcher.base + 1;
  const len = words.restLen(k);
  if (len > DESCRIPTION_MAX) {
    refuse("The description is too long: up to ").u32(DESCRIPTION_MAX).put(" characters are allowed.");
    nl();
    return false;
  }
  interfaces.setDescription(session.subject, words.word(k), len);
  return true;
}

function address(no: bool): bool {
  if (no) {
    interfaces.clearAddress(session.subject);
    return true;
  }
  const a = matcher.address(matcher.base + 2);
  const mask = matcher.address(matcher.base + 3);
  if (route.isNextHop(a)) {
    refuse("").ip(a).put(" is the next hop of a route: another address is wanted, or `no ip route` first.");
    nl();
    return false;
  }
  const status = interfaces.setAddress(session.subject, a, mask);
  if (status == Status.OK) return true;
  refuse("").ip(a);
  switch (status) {
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
  interfaces.setMtu(session.subject, no ? 1500 : matcher.number(matcher.base + 1));
  return true;
}

const mac: usize = memory.data(8, 4);

function macAddress(no: bool): bool {
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
  interfaces.setShutdown(session.subject, !no);
  return true;
}

/** The port's lines of the configuration; a port as it was at the start has none. */
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
  if (own.address) out.put(" ip address ").ip(own.address).char(32).ip(own.mask);
  else out.put(" no ip address");
  nl();
  if (own.mtu != 1500) {
    out.put(" mtu ").u32(own.mtu);
    nl();
  }
  if (own.shutdown) {
    out.put(" shutdown");
    nl();
  }
  writeNat(port);
  writeInterface(port);
  writeBinding(port);
}
