/** `logging ...`, `service timestamps`, `service sequence-numbers`, `show logging`, `clear logging`. */
import { LOG_BUFFER, LOG_HOSTS } from "../../limits";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE } from "../../net/interface";
import * as syslog from "../../services/syslog";
import { FACILITY_DEFAULT } from "../../services/syslog";
import * as log from "../../util/log";
import { INFORMATIONAL, NOTHING, Stamp, Way } from "../../util/log";
import * as stores from "../../util/log_store";
import { Text } from "../../util/text";
import { Item, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as words from "../words";
import { portMade } from "./interface";

const LEVELS = "(<0-7>|emergencies|alerts|critical|errors|warnings|notifications|informational|debugging)";
const STAMPS = "[(log|debug)~ [uptime|datetime {msec|localtime|show-timezone|year}]]";
const NEVER: u32 = 0xffffffff;
const BUFFER_DEFAULT: u32 = 4096;

export function rows(): void {
  row("c:logging on~", setOn);
  row("c:logging buffered~ [<4096-2147483647>] [" + LEVELS + "]", buffered);
  row("c:logging console~ [" + LEVELS + "]", toConsole);
  row("c:logging trap~ [" + LEVELS + "]", trap);
  row("c:logging facility~ (auth|cron|daemon|kern|local0|local1|local2|local3|local4|local5|local6|local7|lpr|mail|news|syslog|user|uucp)", facility);
  row("c:logging host (A.B.C.D|NAME)~ [transport udp port <1-65535>]", host);
  row("c:logging A.B.C.D~", host);
  row("c:logging source-interface~ IF", source);
  row("c:service sequence-numbers~", sequenceNumbers);
  row("c:service timestamps~ " + STAMPS, timestamps);
  row("ue:show logging", show);
  row("e:clear logging", clear);
}

function levelName(level: i32): string {
  switch (level) {
    case 0: return "emergencies";
    case 1: return "alerts";
    case 2: return "critical";
    case 3: return "errors";
    case 4: return "warnings";
    case 5: return "notifications";
    case 6: return "informational";
    default: return "debugging";
  }
}

/** The severity at word `k`. */
function levelAt(k: u32): i32 {
  if (matcher.kindOf(k) == Item.NUMBER) return <i32>matcher.number(k);
  for (let level = 0; level < 7; level++) if (matcher.isKeyword(k, levelName(level))) return level;
  return 7;
}

/** A way takes what a row's last word says; without one everything, and nothing of its `no` form. */
function setLevel(way: Way, no: bool, otherwise: i32): bool {
  const k = matcher.base + 2;
  way.level = no ? NOTHING : matcher.argCount() > k ? levelAt(k) : otherwise;
  return true;
}

function setOn(no: bool): bool {
  log.setOn(!no);
  return true;
}

function toConsole(no: bool): bool {
  return setLevel(log.console, no, 7);
}

function trap(no: bool): bool {
  return setLevel(log.trap, no, <i32>INFORMATIONAL);
}

function buffered(no: bool): bool {
  let k = matcher.base + 2;
  let size = BUFFER_DEFAULT;
  if (matcher.argCount() > k && matcher.kindOf(k) == Item.NUMBER && matcher.number(k) > 7) {
    size = matcher.number(k);
    k++;
  } else if (matcher.argCount() > k && !no) size = log.bufferWanted;
  log.setBuffer(size);
  log.buffered.level = no ? NOTHING : matcher.argCount() > k ? levelAt(k) : 7;
  if (no || size <= LOG_BUFFER) return true;
  refuse("").u32(size).put(" octets are more than there are for the log: the last ").u32(LOG_BUFFER).put(" are kept.");
  nl();
  return true;
}

function facilityName(number: u32): string {
  switch (number) {
    case 0: return "kern";
    case 1: return "user";
    case 2: return "mail";
    case 3: return "daemon";
    case 4: return "auth";
    case 5: return "syslog";
    case 6: return "lpr";
    case 7: return "news";
    case 8: return "uucp";
    case 9: return "cron";
    case 16: return "local0";
    case 17: return "local1";
    case 18: return "local2";
    case 19: return "local3";
    case 20: return "local4";
    case 21: return "local5";
    case 22: return "local6";
    case 23: return "local7";
    default: return "";
  }
}

function facility(no: bool): bool {
  let number = FACILITY_DEFAULT;
  for (let i: u32 = 0; !no && i < 24; i++) if (matcher.isKeyword(matcher.base + 2, facilityName(i))) number = i;
  syslog.setFacility(number);
  return true;
}

function host(no: bool): bool {
  const k = matcher.base + (matcher.isKeyword(matcher.base + 1, "host") ? 2 : 1);
  const p = words.word(k);
  let len = words.wordLen(k);
  let address: u32 = 0;
  if (words.parseAddress(p, len)) {
    address = words.value;
    len = 0;
    if (address == 0 || address == 0xffffffff || address >>> 28 == 14) {
      refuse("").ip(address).put(" is no station's address.");
      nl();
      return false;
    }
  } else if (!words.isHostName(p, len)) {
    refuse("").escaped(p, len).put(" is no name of a host: letters, digits, '-', '_' and '.' are allowed.");
    nl();
    return false;
  }
  const at = matcher.find("port", k);
  if (no) {
    const found = syslog.find(address, p, len);
    if (!found) return refused("No such log host is configured.");
    syslog.remove(found);
    return true;
  }
  if (syslog.add(address, p, len, at == NEVER ? syslog.PORT : matcher.number(at + 1))) return true;
  refuse("There are ").u32(LOG_HOSTS).put(" log hosts already, which is the most.");
  nl();
  return false;
}

function source(no: bool): bool {
  if (no) {
    syslog.setSourceInterface(NO_INTERFACE);
    return true;
  }
  const port = portMade(matcher.base + 2);
  if (port == NO_INTERFACE) return false;
  syslog.setSourceInterface(port);
  return true;
}

function sequenceNumbers(no: bool): bool {
  log.setSequenceNumbers(!no);
  return true;
}

function timestamps(no: bool): bool {
  const k = matcher.base + 2;
  let format: u32 = Stamp.UPTIME;
  if (no) format = Stamp.NONE;
  else if (matcher.find("datetime", k) != NEVER) {
    format = Stamp.DATETIME;
    if (matcher.find("msec", k) != NEVER) format |= Stamp.MILLISECONDS;
    if (matcher.find("localtime", k) != NEVER) format |= Stamp.LOCAL;
    if (matcher.find("show-timezone", k) != NEVER) format |= Stamp.ZONE;
    if (matcher.find("year", k) != NEVER) format |= Stamp.YEAR;
  }
  if (matcher.find("debug", k) == NEVER) log.setStamp(false, format);
  if (matcher.find("log", k) == NEVER) log.setStamp(true, format);
  return true;
}

function putStamp(debugging: bool): void {
  if (log.stampIsDefault(debugging)) return;
  const format = debugging ? log.stampDebug : log.stampLog;
  out.put(format == <u32>Stamp.NONE ? "no service timestamps " : "service timestamps ").put(debugging ? "debug" : "log");
  if (format & Stamp.UPTIME) out.put(" uptime");
  if (format & Stamp.DATETIME) out.put(" datetime");
  if (format & Stamp.MILLISECONDS) out.put(" msec");
  if (format & Stamp.LOCAL) out.put(" localtime");
  if (format & Stamp.ZONE) out.put(" show-timezone");
  if (format & Stamp.YEAR) out.put(" year");
  nl();
}

/** The lines of the configuration that stand at its beginning. */
export function writeStamps(): void {
  putStamp(true);
  putStamp(false);
  if (log.sequenceNumbers) say("service sequence-numbers");
}

function putHost(text: Text, one: syslog.Host): Text {
  return one.nameLen ? text.ascii(one.name, one.nameLen) : text.ip(one.address);
}

function putLevel(way: Way): void {
  out.put(levelName(way.level));
}

/** The lines of the configuration. */
export function write(): void {
  if (!log.on) say("no logging on");
  if (log.buffered.level == NOTHING) say("no logging buffered");
  else if (log.buffered.level != 7 || log.bufferWanted != BUFFER_DEFAULT) {
    out.put("logging buffered ").u32(log.bufferWanted);
    if (log.buffered.level != 7) {
      out.char(32);
      putLevel(log.buffered);
    }
    nl();
  }
  if (log.console.level == NOTHING) say("no logging console");
  else if (log.console.level != 7) {
    out.put("logging console ");
    putLevel(log.console);
    nl();
  }
  if (log.trap.level == NOTHING) say("no logging trap");
  else if (log.trap.level != <i32>INFORMATIONAL) {
    out.put("logging trap ");
    putLevel(log.trap);
    nl();
  }
  if (syslog.facility != FACILITY_DEFAULT) {
    out.put("logging facility ").put(facilityName(syslog.facility));
    nl();
  }
  if (syslog.sourceInterface != NO_INTERFACE) {
    interfaces.name(out.put("logging source-interface "), syslog.sourceInterface);
    nl();
  }
  for (let i: u32 = 0; i < LOG_HOSTS; i++) {
    const one = syslog.at(i);
    if (!one.used) continue;
    putHost(out.put("logging host "), one);
    if (one.port != syslog.PORT) out.put(" transport udp port ").u32(one.port);
    nl();
  }
}

function putWay(name: string, way: Way): void {
  out.put("    ").put(name).put(" logging: ");
  if (way.level == NOTHING) out.put("disabled");
  else {
    out.put("level ");
    putLevel(way);
    out.put(", ").u32(way.count).put(" messages logged, xml disabled, filtering disabled");
  }
  nl();
}

/** The layout of IOS, which scripts parse. */
function show(no: bool): bool {
  let missed: u32 = 0;
  for (let i: u32 = 0; i < LOG_HOSTS; i++) if (syslog.at(i).used) missed += syslog.at(i).missed;
  out.put("Syslog logging: ").put(log.on ? "enabled" : "disabled").put(" (").u32(missed).put(" messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)");
  nl();
  putWay("Console", log.console);
  say("    Monitor logging: level debugging, 0 messages logged, xml disabled, filtering disabled");
  putWay("Buffer", log.buffered);
  out.put("    Trap logging: ");
  if (log.trap.level == NOTHING) out.put("disabled");
  else {
    out.put("level ");
    putLevel(log.trap);
    out.put(", ").u32(log.trap.count).put(" message lines logged");
  }
  nl();
  for (let i: u32 = 0; i < LOG_HOSTS; i++) {
    const one = syslog.at(i);
    if (!one.used) continue;
    putHost(out.put("        Logging to "), one).put(" (udp port ").u32(one.port).put(", audit disabled, link ").put(one.blocked || !one.address ? "down" : "up").put("),");
    nl();
    out.put("              ").u32(one.sent).put(" message lines logged, 0 message lines rate-limited, ").u32(one.missed).put(" message lines dropped-by-queue");
    nl();
  }
  nl();
  out.put("Log Buffer (").u32(log.bufferWanted < LOG_BUFFER ? log.bufferWanted : LOG_BUFFER).put(" bytes):");
  nl();
  const ring = stores.buffer;
  for (let at = ring.first; at != ring.end; ) {
    const len = ring.recordLength(at);
    for (let i: u32 = 2; i < len; i++) out.char(ring.octet(at + i));
    nl();
    at += len;
  }
  return true;
}

function clear(no: bool): bool {
  stores.buffer.clear();
  return true;
}
