/** `ntp server`, its keys, `ntp source`, `show ntp status`, `show ntp associations`. */
import { NTP_KEYS, NTP_KEY_MAX, NTP_SERVERS } from "../../limits";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE } from "../../net/interface";
import * as keys from "../../services/ntp_keys";
import * as sntp from "../../services/sntp";
import { Server } from "../../services/sntp";
import * as clock from "../../util/clock";
import { Text } from "../../util/text";
import { Item, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say, tooLong } from "../output";
import * as presented from "../presented";
import * as words from "../words";
import { putClock } from "./clock";
import { portMade } from "./interface";

const NEVER: u32 = 0xffffffff;

export function rows(): void {
  row("c:ntp server (A.B.C.D|NAME)~ {prefer|key <1-4294967295>|source IF|version <1-4>|burst|iburst} [minpoll <4-17>] [maxpoll <4-17>]", server);
  row("c:ntp peer (A.B.C.D|NAME)~ {prefer|key <1-4294967295>|source IF|version <1-4>}", server);
  row("c:ntp authenticate~", setAuthenticate);
  row("c:ntp authentication-key <1-4294967295>~ md5 [0|7|sealed|hex] WORD [0|7]", setKey);
  row("c:ntp trusted-key <1-4294967295>~", trust);
  row("c:sntp server (A.B.C.D|NAME)~ [version <1-4>]", server);
  row("c:ntp source~ IF", source);
  row("ue:show ntp status", status);
  row("ue:show ntp associations", associations);
}

/** Reads a station at word `k`: an address to `address`, or a name. False: it is neither, and that was said. */
export function station(k: u32): bool {
  const p = words.word(k);
  const len = words.wordLen(k);
  nameLen = 0;
  address = 0;
  if (words.parseAddress(p, len)) {
    address = words.value;
    if (address >>> 24 != 0 && address >>> 24 != 127 && address >>> 28 < 14) return true;
    refuse("").ip(address).put(" is no station's address.");
    nl();
    return false;
  }
  nameLen = len;
  if (words.isHostName(p, len)) return true;
  refuse("").escaped(p, len).put(" is no name of a host: letters, digits, '-', '_' and '.' are allowed.");
  nl();
  return false;
}
export let address: u32 = 0;
export let nameLen: u32 = 0;

function server(no: bool): bool {
  const k = matcher.base + 2;
  if (!station(k)) return false;
  if (no) {
    const found = sntp.find(address, words.word(k), nameLen);
    if (!found) return refused("No such NTP server is configured.");
    sntp.remove(found);
    return true;
  }
  const from = matcher.find("source", k + 1);
  let port = NO_INTERFACE;
  if (from != NEVER) {
    port = portMade(from + 1);
    if (port == NO_INTERFACE) return false;
  }
  const one = sntp.add(address, words.word(k), nameLen);
  if (!one) {
    refuse("There are ").u32(NTP_SERVERS).put(" NTP servers already, which is the most.");
    nl();
    return false;
  }
  one.sourceInterface = port;
  one.preferred = matcher.find("prefer", k + 1) != NEVER;
  const under = matcher.find("key", k + 1);
  one.key = under != NEVER ? matcher.number(under + 1) : 0;
  if (!one.key && keys.authenticate) {
    putServer(refuse("Warning: "), one).put(" has no `key`: nothing proves that its answers are its own.");
    nl();
  }
  return true;
}

function setAuthenticate(no: bool): bool {
  keys.setAuthenticate(!no);
  sntp.restart();
  return true;
}

function noRoom(): bool {
  refuse("There are ").u32(NTP_KEYS).put(" NTP keys already, which is the most.");
  nl();
  return false;
}

function setKey(no: bool): bool {
  const k = matcher.base + 2;
  const id = matcher.number(k);
  if (no) {
    sntp.restart();
    return keys.remove(id) || refused("There is no such NTP key.");
  }
  // Behind the key IOS says of which type it is.
  const last = matcher.argCount() - 1;
  const typed = last > k + 2 && matcher.kindOf(last) == Item.KEYWORD;
  if (!presented.take(typed ? last - 1 : last, typed && matcher.isKeyword(last, "7"))) return false;
  if (presented.len > NTP_KEY_MAX) return tooLong("key", NTP_KEY_MAX);
  if (!keys.set(id, presented.at, presented.len)) return noRoom();
  sntp.restart();
  return true;
}

function trust(no: bool): bool {
  if (!keys.trust(matcher.number(matcher.base + 2), !no)) return noRoom();
  sntp.restart();
  return true;
}

function source(no: bool): bool {
  let port = NO_INTERFACE;
  if (!no) {
    port = portMade(matcher.base + 2);
    if (port == NO_INTERFACE) return false;
  }
  sntp.setSourceInterface(port);
  return true;
}

function putServer(text: Text, one: Server): Text {
  return one.nameLen ? text.ascii(one.name, one.nameLen) : text.ip(one.address);
}

/** The lines of the configuration. */
export function write(): void {
  for (let id = keys.next(0); id; id = keys.next(id)) {
    const key = keys.find(id);
    if (!key || !key.secretLen) continue;
    out.put("ntp authentication-key ").u32(key.id).put(" md5 ");
    presented.put(key.secret, key.secretLen);
    nl();
  }
  if (keys.authenticate) say("ntp authenticate");
  for (let id = keys.next(0); id; id = keys.next(id)) {
    const key = keys.find(id);
    if (!key || !key.trusted) continue;
    out.put("ntp trusted-key ").u32(key.id);
    nl();
  }
  if (sntp.sourceInterface != NO_INTERFACE) {
    interfaces.name(out.put("ntp source "), sntp.sourceInterface);
    nl();
  }
  for (let i: u32 = 0; i < NTP_SERVERS; i++) {
    const one = sntp.at(i);
    if (!one.used) continue;
    putServer(out.put("ntp server "), one);
    if (one.key) out.put(" key ").u32(one.key);
    if (one.preferred) out.put(" prefer");
    if (one.sourceInterface != NO_INTERFACE) interfaces.name(out.put(" source "), one.sourceInterface);
    nl();
  }
}

/** Thousandths, from whole ones. */
function putMilliseconds(n: i64): void {
  if (n < 0) out.char(45);
  out.u64(<u64>abs(n)).put(".0000");
}

/** A reference: four letters of a clock, or an address. */
function putReference(one: Server): void {
  if (one.stratum > 1 && one.stratum < 16) {
    out.ip(one.reference);
    return;
  }
  out.char(46);
  for (let shift: u32 = 32; shift > 0; shift -= 8) {
    const c = (one.reference >>> (shift - 8)) & 255;
    if (c > 32 && c < 127) out.char(c);
  }
  if (!one.reference) out.put("INIT");
  out.char(46);
}

/** The layout of IOS. */
function status(no: bool): bool {
  const chosen = sntp.chosen;
  if (chosen >= NTP_SERVERS || !clock.synchronised) {
    say("Clock is unsynchronized, stratum 16, no reference clock");
    return true;
  }
  const one = sntp.at(chosen);
  out.put("Clock is synchronized, stratum ").u32(one.stratum + 1).put(", reference is ").ip(one.address);
  nl();
  say("nominal freq is 1000.0003 Hz, actual freq is 1000.0003 Hz, precision is 2**10");
  out.put("reference time is ").hex32(<u32>(sntp.referenceTime / 1000 + 2208988800)).char(46).hex32(<u32>(((sntp.referenceTime % 1000) << 32) / 1000)).put(" (");
  putClock(out, sntp.referenceTime).char(41);
  nl();
  out.put("clock offset is ");
  putMilliseconds(one.offset);
  out.put(" msec, root delay is ").u32(one.rootDelay + one.delay).put(".00 msec");
  nl();
  out.put("root dispersion is ").u32(one.rootDispersion).put(".00 msec, peer dispersion is 0.00 msec");
  nl();
  out.put("system poll interval is ").u32(1 << sntp.pollExponent).put(", last update was ").u64((clock.now() - one.heard) / 1000).put(" sec ago.");
  nl();
  return true;
}

/** Three octal digits, as IOS shows what was reached. */
function putOctal(n: u32): void {
  let any = false;
  for (let shift: i32 = 6; shift >= 0; shift -= 3) {
    const digit = (n >>> shift) & 7;
    if (digit || any || shift == 0) {
      out.char(48 + digit);
      any = true;
    } else out.char(32);
  }
}

function associations(no: bool): bool {
  say("  address         ref clock       st   when   poll reach  delay  offset   disp");
  for (let i: u32 = 0; i < NTP_SERVERS; i++) {
    const one = sntp.at(i);
    if (!one.used) continue;
    out.char(i == sntp.chosen && clock.synchronised ? 42 : one.refused ? 120 : 32).char(126);
    if (one.address) out.ip(one.address);
    else out.ascii(one.name, min(one.nameLen, 15));
    out.to(18);
    putReference(one);
    out.to(34).u64Wide(one.stratum, 2);
    if (one.heard) out.u64Wide((clock.now() - one.heard) / 1000, 7);
    else out.put("      -");
    out.u64Wide(1 << sntp.pollExponent, 7).put("   ");
    putOctal(one.reach);
    out.u64Wide(one.delay, 3).put(".000 ");
    const offset = <u64>abs(one.offset);
    if (one.offset < 0) out.char(45);
    out.u64(one.heard ? offset : 0).put(".000").u64Wide(one.reach ? 0 : 15937, 3).put(".000");
    nl();
  }
  say(" * sys.peer, # selected, + candidate, - outlyer, x falseticker, ~ configured");
  return true;
}
