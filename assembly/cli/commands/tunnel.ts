/** What is set of a tunnel interface, and what protects it. */
import * as interfaces from "../../net/interface";
import { Kind, NO_INTERFACE } from "../../net/interface";
import * as tunnels from "../../net/tunnels";
import * as maps from "../../sadb/settings/crypto_map";
import * as protections from "../../sadb/settings/protection";
import { CRYPTO_MAP_ENTRIES, NAME_MAX } from "../../limits";
import { Refusal, refusalText } from "../../lists/setting";
import { Text } from "../../util/text";
import { Item, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused } from "../output";
import { portMade } from "../ports";
import * as session from "../session";
import * as words from "../words";

const PERIOD_DEFAULT: u32 = 10;
const RETRIES_DEFAULT: u32 = 3;
let mapName: Text = changetype<Text>(0);

export function rows(): void {
  mapName = new Text(NAME_MAX);
  row("i:tunnel source~ (A.B.C.D|IF)", source);
  row("i:tunnel destination~ A.B.C.D", destination);
  row("i:tunnel mode~ (gre ip|ipsec ipv4)", mode);
  row("i:tunnel key~ <0-4294967295>", key);
  row("i:tunnel protection ipsec profile~ WORD [shared]", protection);
  row("i:keepalive~ [<1-32767> [<1-255>]]", keepalive);
}

/** Whether the mode is about a tunnel; else it says that it is not. */
function isTunnel(): bool {
  return interfaces.at(session.subject).kind == Kind.TUNNEL ? true : refused("This is no tunnel: `interface Tunnel0` makes one.");
}

function source(no: bool): bool {
  if (!isTunnel()) return false;
  const subject = session.subject;
  const tunnel = tunnels.at(subject);
  let port: u32 = NO_INTERFACE;
  let address: u32 = 0;
  if (!no) {
    const k = matcher.base + 2;
    if (matcher.kindOf(k) == Item.ADDRESS) {
      address = matcher.address(k);
      if (!tunnels.isStation(address)) return notAStation(address);
    } else {
      port = portMade(k);
      if (port == NO_INTERFACE) return false;
      if (port == subject) return refused("A tunnel can't end at itself.");
    }
  }
  tunnel.source = address;
  tunnel.sourcePort = port;
  tunnels.changed(subject);
  return true;
}

function notAStation(address: u32): bool {
  refuse("").ip(address).put(" is no address that a station may have.");
  nl();
  return false;
}

function destination(no: bool): bool {
  if (!isTunnel()) return false;
  const address: u32 = no ? 0 : matcher.address(matcher.base + 2);
  if (!no && !tunnels.isStation(address)) return notAStation(address);
  tunnels.at(session.subject).destination = address;
  tunnels.changed(session.subject);
  return true;
}

function mode(no: bool): bool {
  if (!isTunnel()) return false;
  tunnels.at(session.subject).bare = !no && matcher.isKeyword(matcher.base + 2, "ipsec");
  guard(session.subject);
  tunnels.changed(session.subject);
  return true;
}

/** Whether what is routed into the tunnel waits for it where it is down. */
function guard(port: u32): void {
  interfaces.at(port).guarded = protections.entryOf(port) != null || tunnels.at(port).bare;
}

function key(no: bool): bool {
  if (!isTunnel()) return false;
  const tunnel = tunnels.at(session.subject);
  tunnel.keyed = !no;
  tunnel.key = no ? 0 : matcher.number(matcher.base + 2);
  tunnels.changed(session.subject);
  return true;
}

function protection(no: bool): bool {
  if (!isTunnel()) return false;
  const port = session.subject;
  if (no) {
    protections.unprotect(port);
    guard(port);
    tunnels.changed(port);
    return true;
  }
  const k = matcher.base + 4;
  if (words.wordLen(k) > NAME_MAX) return refused(refusalText(Refusal.NAME));
  interfaces.name(mapName.clear(), port).put("-head-0");
  const refusal = protections.protect(port, mapName.base, mapName.len, words.word(k), words.wordLen(k));
  interfaces.at(port).guarded = true;
  tunnels.changed(port);
  if (refusal == Refusal.NONE) return true;
  // Nothing is to leave in plain for want of room.
  tunnels.at(port).bare = true;
  if (refusal != Refusal.FULL) return refused(refusalText(refusal));
  refuse("There are ").u32(CRYPTO_MAP_ENTRIES).put(" entries of crypto maps already, which is the most: the tunnel stays down.");
  nl();
  return false;
}

function keepalive(no: bool): bool {
  // Ports have none that could be turned off.
  if (interfaces.at(session.subject).kind != Kind.TUNNEL) return true;
  const tunnel = tunnels.at(session.subject);
  const k = matcher.base + 1;
  const said = matcher.argCount() - k;
  tunnel.period = no ? 0 : said > 0 ? matcher.number(k) : PERIOD_DEFAULT;
  tunnel.retries = no ? 0 : said > 1 ? matcher.number(k + 1) : RETRIES_DEFAULT;
  tunnels.changed(session.subject);
  return true;
}

/** The interface goes, or what was set of it. */
export function forget(port: u32): void {
  protections.unprotect(port);
  tunnels.forget(port);
}

/** A tunnel interface's lines of the configuration. */
export function writeInterface(port: u32): void {
  if (!tunnels.isTunnel(port)) return;
  const tunnel = tunnels.at(port);
  if (tunnel.period) {
    out.put(" keepalive ").u32(tunnel.period).char(32).u32(tunnel.retries);
    nl();
  }
  if (tunnel.sourcePort != NO_INTERFACE) {
    interfaces.name(out.put(" tunnel source "), tunnel.sourcePort);
    nl();
  } else if (tunnel.source) {
    out.put(" tunnel source ").ip(tunnel.source);
    nl();
  }
  if (tunnel.bare) {
    out.put(" tunnel mode ipsec ipv4");
    nl();
  }
  if (tunnel.destination) {
    out.put(" tunnel destination ").ip(tunnel.destination);
    nl();
  }
  if (tunnel.keyed) {
    out.put(" tunnel key ").u32(tunnel.key);
    nl();
  }
  const entry = protections.entryOf(port);
  if (!entry) return;
  out.put(" tunnel protection ipsec profile ").ascii(entry.description, <u32>entry.descriptionLen);
  nl();
}

/** A tunnel interface's lines of `show interfaces`. */
export function showTunnel(port: u32): void {
  if (!tunnels.isTunnel(port)) return;
  const tunnel = tunnels.at(port);
  out.put("  Tunnel source ");
  if (tunnel.local) out.ip(tunnel.local);
  else out.put("UNKNOWN");
  if (tunnel.sourcePort != NO_INTERFACE) interfaces.name(out.put(" ("), tunnel.sourcePort).char(41);
  out.put(", destination ");
  if (tunnel.destination) out.ip(tunnel.destination);
  else out.put("UNKNOWN");
  nl();
  out.put("  Tunnel protocol/transport ").put(tunnel.bare ? "IPSEC/IP" : "GRE/IP");
  nl();
  if (!tunnel.bare) {
    if (tunnel.keyed) out.put("    Key ").u32(tunnel.key).put(", sequencing disabled");
    else out.put("    Key disabled, sequencing disabled");
    nl();
  }
  if (tunnel.period) out.put("  Keepalive set (").u32(tunnel.period).put(" sec), retries ").u32(tunnel.retries);
  else out.put("  Keepalive not set");
  nl();
  const entry = protections.entryOf(port);
  if (!entry) return;
  out.put('  Tunnel protection via IPSec (profile "').ascii(entry.description, <u32>entry.descriptionLen).put('")');
  nl();
}
