/**
 * What protects is never skipped: a refused line of the startup configuration that would have filtered, translated, authenticated or encrypted is
 * counted, and the interfaces that it would have protected stay shut down. So does an interface whose crypto map goes by a list that is missing or
 * empty: nothing of what was meant for a tunnel would get there.
 */
import { INTERFACES } from "../../limits";
import * as accessLists from "../../lists/access_list";
import * as interfaces from "../../net/interface";
import { Kind } from "../../net/interface";
import * as maps from "../../sadb/settings/crypto_map";
import * as log from "../../util/log";
import { Mode } from "../grammar";
import { nl, out } from "../output";
import * as session from "../session";
import * as words from "../words";
import { fits } from "./pattern";

/** Lines of an interface that protect what passes there. */
const OF_INTERFACES: StaticArray<string> = [
  "ip access-group|nat|verify *",
  "ip inspect + in|out",
  "ip ips + in|out",
  "ip admission|auth-proxy +",
  "crypto *",
  "zone-member *",
  "tunnel protection *",
  "service-policy type *",
  "mac access-group *",
];

/** Global lines that have no interface to shut: nothing passes by them. */
const OF_CONSOLE: StaticArray<string> = ["access-class *", "username *", "enable *", "login *", "password *", "privilege *"];

/** Global lines that encrypt, or say with whom. */
const OF_CRYPTO: StaticArray<string> = ["crypto *"];

/** Global lines that filter or translate. */
const OF_ALL: StaticArray<string> = [
  "access-list *",
  "ip access-list|nat|inspect|ips|access-group|verify|admission|auth-proxy *",
  "ipv6 access-list|inspect *",
  "object-group|route-map|zone|zone-pair|parameter-map *",
  "class-map|policy-map|service-policy type *",
];

/** Modes of which every line but a description says what is encrypted, and with whom. */
const CRYPTO_MODES: u32 =
  Mode.ISAKMP | Mode.TRANSFORM | Mode.MAP | Mode.PROFILE | Mode.GROUP | Mode.TRUSTPOINT | Mode.PUBKEY_CHAIN | Mode.PUBKEY | Mode.CERTIFICATE_MAP | Mode.CERTIFICATE_CHAIN | Mode.IPSEC_PROFILE | Mode.KEYRING;
/** Modes of which every line but a remark says what is filtered or translated. */
const LIST_MODES: u32 = Mode.ACCESS_LIST | Mode.STANDARD_LIST | Mode.OBJECT_GROUP | Mode.ROUTE_MAP;

const enum Protects {
  NOTHING,
  INTERFACE,
  CONSOLE,
  CRYPTO,
  ALL,
}

/** Refused lines that would have protected. */
export let lines: u32 = 0;
/** Number of the first such line for each interface, for those with a crypto map, and for all; 0: there is none. */
const ofInterface = new StaticArray<u32>(<i32>INTERFACES);
let ofCrypto: u32 = 0;
let ofAll: u32 = 0;
/** What the refused head is whose lines stand below it. */
let below: u32 = Protects.NOTHING;

/** At the beginning of a startup configuration. */
export function begin(): void {
  lines = ofCrypto = ofAll = 0;
  below = Protects.NOTHING;
  for (let port: u32 = 0; port < INTERFACES; port++) unchecked((ofInterface[port] = 0));
}

function any(patterns: StaticArray<string>): bool {
  for (let i = 0; i < patterns.length; i++) if (fits(unchecked(patterns[i]), 0, 0)) return true;
  return false;
}

/** Whether the line in `words`, one of global configuration, protects. */
export function isNeeded(): bool {
  return kindOf(Mode.CONFIG) != Protects.NOTHING;
}

/** What the line in `words` would have protected in this mode. */
function kindOf(mode: Mode): Protects {
  // What is not there can't be taken away.
  if (words.is(0, "no") || words.is(0, "default") || words.is(0, "description") || words.is(0, "remark")) return Protects.NOTHING;
  if (mode & CRYPTO_MODES) return Protects.CRYPTO;
  if (mode & LIST_MODES) return Protects.ALL;
  if (mode == Mode.INTERFACE && any(OF_INTERFACES)) return Protects.INTERFACE;
  if (any(OF_CONSOLE)) return Protects.CONSOLE;
  if (any(OF_CRYPTO)) return Protects.CRYPTO;
  return any(OF_ALL) ? Protects.ALL : Protects.NOTHING;
}

/**
 * A line of the startup configuration was refused. @param mode the mode that it belongs to @param port the interface, where that is an interface's
 * @param under it stands below a line that was refused @param number of the line
 */
export function refused(mode: Mode, port: u32, under: bool, number: u32): void {
  let kind = kindOf(mode);
  if (under && kind == Protects.NOTHING) kind = <Protects>below;
  // Below an interface that is not there: nothing passes by it.
  else if (under && below == <u32>Protects.NOTHING && any(OF_INTERFACES) && !any(OF_CONSOLE)) kind = Protects.CONSOLE;
  if (!under) below = kind;
  if (kind == Protects.NOTHING) return;
  lines++;
  if (kind == Protects.INTERFACE && port < INTERFACES) {
    if (!unchecked(ofInterface[port])) unchecked((ofInterface[port] = number));
  } else if (kind == Protects.CRYPTO && !ofCrypto) ofCrypto = number;
  else if (kind == Protects.ALL && !ofAll) ofAll = number;
}

/** A line that is below nothing was taken. */
export function taken(): void {
  below = Protects.NOTHING;
}

function stays(port: u32): void {
  interfaces.setShutdown(port, true);
  interfaces.name(log.message("IP-3-UNPROTECTED"), port).put(" stays shut down: ");
}

/** The number of the first refused line that would have protected an interface; 0: there is none. */
function lineFor(port: u32): u32 {
  if (unchecked(ofInterface[port])) return unchecked(ofInterface[port]);
  if (maps.boundLen(port) && ofCrypto) return ofCrypto;
  return interfaces.at(port).kind == Kind.LOOPBACK ? 0 : ofAll;
}

/** At the end of a startup configuration: interfaces that would be open are shut down, and it is said why. */
export function finish(): void {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    if (!interfaces.exists(port)) continue;
    const wanting = unlisted(port);
    if (wanting) lines++;
    const number = lineFor(port);
    if (!number && !wanting) continue;
    stays(port);
    if (number) log.current().put("line ").u32(number).put(" of the startup configuration would have protected it, and was refused");
    else if (wanting)
      log.current().put("crypto map ").ascii(wanting.name, wanting.nameLen).char(32).u32(wanting.number).put(" goes by the list ").ascii(wanting.list, wanting.listLen).put(", which is missing or empty");
    log.current().put("; `no shutdown` brings it up as it is");
    log.end();
  }
  if (!lines) return;
  out.clear().put("% ").u32(lines).put(lines == 1 ? " line of these" : " lines of these").put(" would have filtered, translated, authenticated or encrypted.");
  nl();
}

/** The entry of the interface's crypto map whose list is missing or empty. */
function unlisted(port: u32): maps.CryptoMapEntry | null {
  const len = maps.boundLen(port);
  if (!len) return null;
  let entry = maps.next(maps.boundName(port), len, 0);
  while (entry) {
    if (!entry.dynamic && entry.listLen) {
      const list = accessLists.find(entry.list, entry.listLen);
      if (!list || !accessLists.hasRules(list)) return entry;
    }
    entry = maps.next(maps.boundName(port), len, entry.sequence);
  }
  return null;
}
