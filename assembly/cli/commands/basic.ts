/** Moving between modes, the router's name, debugging, restarting. */
import { Halt, halt } from "../../util/host";
import * as log from "../../util/log";
import { NAME_MAX } from "../../limits";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, refuse, refused, say, wordTooLong } from "../output";
import * as session from "../session";
import * as startup from "../startup";
import * as words from "../words";

export function rows(): void {
  row("e:configure terminal", configureTerminal);
  row("e:configure startup", configureStartup);
  row("e:reload", reload);
  row("e:debug~ crypto (isakmp|ipsec|engine) [error]", debug);
  row("e:debug~ crypto condition (peer ipv4 A.B.C.D|reset)", condition);
  row("e:undebug (all|crypto (isakmp|ipsec|engine) [error])", undebug);
  row("e:undebug crypto condition (peer ipv4 A.B.C.D|reset)", noCondition);
  row("e:no (debug all|!)", undebug);
  row("c:hostname~ WORD", hostname);
  row("c:exit", exitConfiguration);
  row("iptmafgnkbhsodrlqv:exit", exitSubmode);
  row("ciptmafgnkybhsodrlqv:end", exitConfiguration);
  row("ciptmafgnkybhsodrlqv:do @e", null);
  row("ciptmafgnkybhsodrlqv:no !", null);
}

function configureTerminal(no: bool): bool {
  session.setMode(Mode.CONFIG);
  return true;
}

function configureStartup(no: bool): bool {
  startup.begin();
  return true;
}

/** Also leads `end` from any submode. */
function exitConfiguration(no: bool): bool {
  session.setMode(startup.top());
  return true;
}

function exitSubmode(no: bool): bool {
  session.setMode(Mode.CONFIG);
  return true;
}

function reload(no: bool): bool {
  // One letter must not be enough.
  if (words.wordLen(matcher.base) < 3) return refused("Write out more of `reload`: it takes the router down.");
  halt(Halt.RELOAD, 0);
  return true;
}

function debug(no: bool): bool {
  const k = matcher.base + 2;
  if (matcher.isKeyword(k, "engine")) {
    log.setDebugEngine(!no);
    say(no ? "Crypto Engine debugging is off" : "Crypto Engine debugging is on");
    return true;
  }
  // Errors are always said at the console, and once; debugging shows them among all the rest.
  const isakmp = matcher.isKeyword(k, "isakmp");
  log.setDebug(isakmp ? !no : log.debugsIsakmp(), isakmp ? log.debugIpsec : !no);
  say(isakmp ? (no ? "Crypto ISAKMP debugging is off" : "Crypto ISAKMP debugging is on") : no ? "Crypto IPSEC debugging is off" : "Crypto IPSEC debugging is on");
  return true;
}

function undebug(no: bool): bool {
  if (matcher.find("all") == 0xffffffff) return debug(true);
  log.setDebug(false, false);
  log.setDebugEngine(false);
  log.setDebugPeer(0);
  say("All possible debugging has been turned off");
  return true;
}

function condition(no: bool): bool {
  const k = matcher.base + 3;
  log.setDebugPeer(no || matcher.isKeyword(k, "reset") ? 0 : matcher.address(k + 2));
  return true;
}

function noCondition(no: bool): bool {
  return condition(true);
}

function hostname(no: bool): bool {
  if (no) {
    session.resetHostname();
    return true;
  }
  const k = matcher.base + 1;
  const w = words.word(k);
  const len = words.wordLen(k);
  if (len > NAME_MAX) return wordTooLong(w, len, NAME_MAX);
  // Letters, digits, hyphen, dot and underscore; a letter or digit first.
  for (let i: u32 = 0; i < len; i++) {
    const c = words.lower(<u32>load<u8>(w + i));
    if (c - 97 < 26 || c - 48 < 10 || (i > 0 && (c == 45 || c == 46 || c == 95))) continue;
    return refused("A host name is made of letters, digits, '-', '.' and '_'.");
  }
  session.setHostname(w, len);
  return true;
}
