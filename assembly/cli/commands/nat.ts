/** `ip nat`: pools, rules and static translations. */
import { INTERFACES, NAME_MAX, NAT_POOLS, NAT_RULES, NAT_STATICS } from "../../limits";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE } from "../../net/interface";
import * as nat from "../../net/nat/nat";
import * as ports from "../../net/nat/ports";
import { NO_PORT, Protocol, Rule, Static, isUnicast } from "../../net/nat/settings";
import * as settings from "../../net/nat/settings";
import { NONE } from "../../util/index";
import { Item, row } from "../grammar";
import * as listWords from "../list_words";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as words from "../words";
import { noSuchPort, portMade } from "./interface";

export function rows(): void {
  const extras = " {extendable|no-alias|route-map WORD}~";
  row("c:ip nat pool WORD~ A.B.C.D A.B.C.D (netmask M.M.M.M|prefix-length <1-30>)~", pool);
  row("c:ip nat inside source (list|route-map) WORD~ (interface IF|pool WORD) [overload|reversible]~", rule);
  row("c:ip nat inside source static A.B.C.D A.B.C.D" + extras, wholeStatic);
  row("c:ip nat inside source static network A.B.C.D A.B.C.D (M.M.M.M|WORD)" + extras, networkStatic);
  row("c:ip nat inside source static tcp A.B.C.D TCP-PORT (A.B.C.D|interface IF) TCP-PORT" + extras, portStatic);
  row("c:ip nat inside source static udp A.B.C.D UDP-PORT (A.B.C.D|interface IF) UDP-PORT" + extras, portStatic);
}

/** Says that a name is too long. */
function tooLong(k: u32): bool {
  refuse("").ascii(words.word(k), words.wordLen(k)).put(" is too long: at most ").u32(NAME_MAX).put(" characters are allowed.");
  nl();
  return false;
}

function pool(no: bool): bool {
  const k = matcher.base + 3;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (len > NAME_MAX) return tooLong(k);
  const known = settings.findPool(name, len);
  if (no) {
    if (!known) {
      refuse("").ascii(name, len).put(" is no NAT pool.");
      nl();
      return false;
    }
    if (settings.poolUsed(known)) {
      refuse("").ascii(name, len).put(" is in use: take the `ip nat inside source` away that names it.");
      nl();
      return false;
    }
    settings.removePool(known);
    return true;
  }
  const first = matcher.address(k + 1);
  const last = matcher.address(k + 2);
  const prefix = matcher.isKeyword(k + 3, "prefix-length");
  const mask: u32 = prefix ? u32.MAX_VALUE << (32 - matcher.number(k + 4)) : matcher.address(k + 4);
  if (first > last || !isUnicast(first) || !isUnicast(last) || (first & mask) != (last & mask) || ~mask > 0xffff) {
    refuse("").ip(first).put(" to ").ip(last).put(" is no range within one network of mask ").ip(mask).put(": the first address, then the last of the same network, of 65536 addresses at most.");
    nl();
    return false;
  }
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port).address;
    // A pool of nothing but an interface's address is that interface's overload.
    if (own == 0 || own < first || own > last || first == last) continue;
    refuse("").ip(own).put(" is in that range and the address of ");
    interfaces.name(out, port).put(": leave it out, or use `interface` in the rule.");
    nl();
    return false;
  }
  if (known && settings.poolUsed(known)) {
    refuse("").ascii(name, len).put(" is in use: take the `ip nat inside source` away that names it.");
    nl();
    return false;
  }
  if (settings.setPool(name, len, first, last, mask, prefix)) return true;
  refuse("There are ").u32(NAT_POOLS).put(" NAT pools already, which is the most.");
  nl();
  return false;
}

function rule(no: bool): bool {
  const k = matcher.base + 5;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (len > NAME_MAX) return tooLong(k);
  const byMap = matcher.isKeyword(k - 1, "route-map");
  const known = settings.findRule(name, len, byMap);
  if (no) {
    if (!known) {
      refuse("There is no `ip nat inside source` with ").put(byMap ? "route-map " : "list ").ascii(name, len).char(46);
      nl();
      return false;
    }
    end(known);
    return true;
  }
  let port = NO_PORT;
  let ofPool = matcher.isKeyword(k + 1, "pool");
  if (ofPool) {
    const pool = settings.findPool(words.word(k + 2), words.wordLen(k + 2));
    const owner = pool && pool.first == pool.last ? ownerOf(pool.first) : NO_PORT;
    if (owner != NO_PORT) {
      ofPool = false;
      port = owner;
      interfaces.name(refuse("Warning: ").ip(pool!.first).put(" is the address of "), port).put(": taken as `interface` with `overload`.");
      nl();
    } else if (!pool) {
      refuse("").ascii(words.word(k + 2), words.wordLen(k + 2)).put(" is no NAT pool: `ip nat pool` makes one.");
      nl();
      return false;
    }
  } else {
    port = portMade(k + 2);
    if (port == NO_INTERFACE) return false;
  }
  // An interface has one address: it can only be shared.
  const overload = !ofPool || matcher.find("overload", k + 1) != 0xffffffff;
  if (known) end(known);
  const poolName = ofPool ? words.word(k + 2) : 0;
  if (settings.addRule(name, len, byMap, port, poolName, ofPool ? words.wordLen(k + 2) : 0, overload)) return true;
  refuse("There are ").u32(NAT_RULES).put(" rules of NAT already, which is the most.");
  nl();
  return false;
}

/** The interface that has the address; NO_PORT: none has. */
function ownerOf(address: u32): u32 {
  for (let port: u32 = 0; port < INTERFACES; port++) if (interfaces.at(port).address == address) return port;
  return NO_PORT;
}

function end(rule: Rule): void {
  nat.clearRule(settings.ruleNumber(rule));
  settings.removeRule(rule);
}

function wholeStatic(no: bool): bool {
  const k = matcher.base + 5;
  return fixed(no, 0, matcher.address(k), 0, matcher.address(k + 1), 0, NO_PORT, k + 1);
}

/** A port, a number or a word; 0 is none. */
function portAt(protocol: u32, k: u32): u32 {
  listWords.readPort(protocol == Protocol.UDP, words.word(k), words.wordLen(k));
  return listWords.value;
}

/** All hosts of a network, each with its number in another. */
function networkStatic(no: bool): bool {
  const k = matcher.base + 6;
  const mask = matcher.kindOf(k + 2) == Item.MASK ? matcher.address(k + 2) : words.prefixMask(k + 2);
  if (mask == 0 || mask == u32.MAX_VALUE || (matcher.address(k + 1) & ~mask) != 0 || !isUnicast(matcher.address(k + 1))) {
    refuse("").ip(matcher.address(k + 1)).put(" and ").ascii(words.word(k + 2), words.wordLen(k + 2)).put(" are no network: its first address and a mask, or a prefix as /24, are wanted.");
    nl();
    return false;
  }
  return fixed(no, 0, matcher.address(k) & mask, 0, matcher.address(k + 1), 0, NO_PORT, k + 2, mask);
}

function portStatic(no: bool): bool {
  const k = matcher.base + 5;
  const protocol = matcher.isKeyword(k, "tcp") ? Protocol.TCP : Protocol.UDP;
  let port = NO_PORT;
  let outside: u32 = 0;
  let at = k + 3;
  if (matcher.isKeyword(at, "interface")) {
    port = no ? matcher.port(++at) : portMade(++at);
    if (port == NO_INTERFACE) return no ? noSuchPort(port) : false;
    at = matcher.behindPort(at) - 1;
  } else outside = matcher.address(at);
  return fixed(no, protocol, matcher.address(k + 1), portAt(protocol, k + 2), outside, portAt(protocol, at + 1), port, at + 1);
}

/** The interface that has an address; NO_PORT: none. */
function withAddress(address: u32): u32 {
  for (let port: u32 = 0; port < INTERFACES; port++) if (interfaces.at(port).has(address)) return port;
  return NO_PORT;
}

function isSame(one: Static, protocol: u32, inside: u32, insidePort: u32, outside: u32, outsidePort: u32, port: u32, mask: u32): bool {
  return (
    <u32>one.protocol == protocol && one.inside == inside && <u32>one.insidePort == insidePort &&
    one.outside == outside && <u32>one.outsidePort == outsidePort && one.port == port && one.mask == mask
  );
}

function fixed(no: bool, protocol: u32, inside: u32, insidePort: u32, outside: u32, outsidePort: u32, port: u32, last: u32, mask: u32 = u32.MAX_VALUE): bool {
  for (let i: u32 = 0; i < settings.staticSlots(); i++) {
    const one = settings.staticAt(i);
    if (!one || !isSame(one, protocol, inside, insidePort, outside, outsidePort, port, mask)) continue;
    settings.removeStatic(one);
    if (no) return true;
  }
  if (no) return refused("There is no such static translation.");
  const network = mask != u32.MAX_VALUE;
  if (!isUnicast(inside) || (!network && withAddress(inside) != NO_PORT)) {
    refuse("").ip(inside).put(withAddress(inside) == NO_PORT ? " is no address that a station may have." : " is an address of our own: an inside host's is wanted.");
    nl();
    return false;
  }
  if (port == NO_PORT && !isUnicast(outside)) {
    refuse("").ip(outside).put(" is no address that a station may have.");
    nl();
    return false;
  }
  // What comes for the gateway itself stays its own, in a network as well.
  const own = network ? NO_PORT : port == NO_PORT ? withAddress(outside) : port;
  if (own != NO_PORT && protocol == 0) {
    refuse("").ip(outside).put(" is the address of ");
    interfaces.name(out, own).put(", and IKE and ESP come for it: forward single ports of it (`static tcp|udp`), or use another address.");
    nl();
    return false;
  }
  if (own != NO_PORT && ports.isOurs(protocol, outsidePort)) {
    refuse("UDP port ").u32(outsidePort).put(" of ");
    interfaces.name(out, own).put(" is the gateway's own (IKE, NAT-T, DHCP, NTP, syslog): use another.");
    nl();
    return false;
  }
  const extendable = matcher.find("extendable", last) != 0xffffffff;
  for (let i: u32 = 0; i < settings.staticSlots(); i++) {
    const one = settings.staticAt(i);
    // A host has a translation of its own before that of its network.
    if (!one || (one.mask != mask && (network || one.mask != u32.MAX_VALUE))) continue;
    const sameOutside = one.port == port && one.outside == outside && (one.protocol == 0 || protocol == 0 || (<u32>one.protocol == protocol && <u32>one.outsidePort == outsidePort));
    const sameInside = one.inside == inside && <u32>one.protocol == protocol && <u32>one.insidePort == insidePort && !extendable && !one.extendable;
    // A host's own ports may be forwarded beside a translation of all of another's; not of the same outside address.
    if (!sameOutside && !sameInside) continue;
    if (sameOutside && (one.protocol == 0) != (protocol == 0) && one.inside == inside) continue;
    refuse("That is taken: ");
    putStatic(one);
    out.put(sameOutside ? " has the outside address." : " has the inside one (`extendable` allows several).");
    nl();
    return false;
  }
  const map = matcher.find("route-map", last);
  if (map != 0xffffffff && words.wordLen(map + 1) > NAME_MAX) return tooLong(map + 1);
  const added = settings.addStatic(
    protocol, inside, insidePort, outside, outsidePort, port, map == 0xffffffff ? 0 : words.word(map + 1), map == 0xffffffff ? 0 : words.wordLen(map + 1), mask,
  );
  if (added) {
    added.extendable = extendable;
    return true;
  }
  refuse("There are ").u32(NAT_STATICS).put(" static translations already, which is the most.");
  nl();
  return false;
}

function putStatic(one: Static): void {
  out.put("ip nat inside source static ");
  if (one.protocol) out.put(one.protocol == <u8>Protocol.TCP ? "tcp " : "udp ");
  if (one.mask != u32.MAX_VALUE) {
    out.put("network ").ip(one.inside).char(32).ip(one.outside).put(" /").u32(popcnt<u32>(one.mask));
    if (one.nameLen) out.put(" route-map ").ascii(one.name, one.nameLen);
    return;
  }
  out.ip(one.inside).char(32);
  if (one.protocol) out.u32(one.insidePort).char(32);
  if (one.port == NO_PORT) out.ip(one.outside);
  else interfaces.name(out.put("interface "), one.port);
  if (one.protocol) out.char(32).u32(one.outsidePort);
  if (one.nameLen) out.put(" route-map ").ascii(one.name, one.nameLen);
  if (one.extendable) out.put(" extendable");
}

/** The lines of the configuration. */
export function write(): void {
  let any = false;
  for (let i: u32 = 0; i < settings.poolSlots(); i++) {
    const pool = settings.poolAt(i);
    if (!pool) continue;
    any = true;
    out.put("ip nat pool ").ascii(pool.name, pool.nameLen).char(32).ip(pool.first).char(32).ip(pool.last);
    if (pool.prefix) out.put(" prefix-length ").u32(popcnt<u32>(pool.mask));
    else out.put(" netmask ").ip(pool.mask);
    nl();
  }
  for (let i = settings.firstRuleAt(); i != NONE; ) {
    const rule = settings.ruleAt(i) as Rule;
    i = rule.order;
    any = true;
    out.put("ip nat inside source ").put(rule.byMap ? "route-map " : "list ").ascii(rule.name, rule.nameLen);
    if (rule.port == NO_PORT) out.put(" pool ").ascii(rule.poolName, rule.poolLen);
    else interfaces.name(out.put(" interface "), rule.port);
    if (rule.overload) out.put(" overload");
    nl();
  }
  for (let i: u32 = 0; i < settings.staticSlots(); i++) {
    const one = settings.staticAt(i);
    if (!one) continue;
    any = true;
    putStatic(one);
    nl();
  }
  if (any) say("!");
}
