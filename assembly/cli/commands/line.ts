/** `line console 0`: whether the console asks who is there, and for how long it waits. */
import * as line from "../../access/line";
import { Login } from "../../access/line";
import * as secrets from "../../access/secret";
import * as users from "../../access/users";
import { Mode, row } from "../grammar";
import * as history from "../history";
import * as ignored from "../ios/ignored";
import * as login from "../login";
import * as matcher from "../matcher";
import { nl, out, refuse } from "../output";
import * as session from "../session";
import * as aaa from "./aaa";
import { putSecret, take } from "./users";

/** What a line's mode is about, in session.subject. */
export const CONSOLE: u32 = 0;

export function rows(): void {
  row("c:line console 0", enter);
  row("l:login~ [local]", setLogin);
  row("l:password~ [0|5|7|8|9] WORD", setPassword);
  row("l:privilege level~ <0-15>", setPrivilege);
  row("l:exec-timeout~ <0-35791> [<0-59>]", setTimeout);
  row("l:logging synchronous~", setSynchronous);
  row("l:history size~ <0-256>", setHistory);
  row("l:length~ <0-512>", setLength);
  row("l:width~ <0-512>", setWidth);
}

function enter(no: bool): bool {
  session.enter(Mode.LINE, CONSOLE, 0, 0);
  return true;
}

/** Lines that are not the console lead nowhere here: what is set for them has no effect. */
function elsewhere(): bool {
  return session.subject != CONSOLE;
}

/** Says who can't get in any more. */
function warn(): void {
  if (line.login == Login.PASSWORD && !users.line.kind) {
    refuse("Warning: login is disabled on line 0 until `password` is set.");
    nl();
  } else if (line.login == Login.LOCAL && !users.any()) {
    refuse("Warning: nobody can log in until there is a `username` with a secret.");
    nl();
  } else if (line.login != Login.NONE && !users.enable.kind && !highest()) {
    refuse("Warning: nobody can configure once this session ends: there is neither `enable secret` nor a `username` of privilege 15.");
    nl();
  }
}

function highest(): bool {
  if (line.login == Login.PASSWORD) return line.privilege == login.ALL;
  for (let i: u32 = 0; i < users.slots(); i++) {
    const user = users.at(i);
    if (user && user.secret.kind && user.level == login.ALL) return true;
  }
  return false;
}

function setLogin(no: bool): bool {
  if (elsewhere()) return true;
  line.setLogin(no ? Login.NONE : matcher.find("local", matcher.base) != 0xffffffff ? Login.LOCAL : Login.PASSWORD);
  warn();
  return true;
}

function setPassword(no: bool): bool {
  if (elsewhere()) return true;
  if (no) {
    secrets.clear(users.line);
    warn();
    return true;
  }
  return take(users.line, matcher.base, true);
}

function setPrivilege(no: bool): bool {
  if (!elsewhere()) line.setPrivilege(no ? line.UNSET : matcher.number(matcher.base + 2));
  return true;
}

function setTimeout(no: bool): bool {
  if (elsewhere()) return true;
  const k = matcher.base + 1;
  line.setTimeout(!no, no ? 0 : matcher.number(k) * 60 + (matcher.argCount() > k + 1 ? matcher.number(k + 1) : 0));
  return true;
}

function setSynchronous(no: bool): bool {
  if (!elsewhere()) line.setSynchronous(!no);
  return true;
}

function setHistory(no: bool): bool {
  if (elsewhere()) return true;
  line.setHistory(no ? line.UNSET : matcher.number(matcher.base + 2));
  history.setSize(no ? history.LINES_DEFAULT : line.history);
  return true;
}

function setLength(no: bool): bool {
  if (!elsewhere()) line.setLength(no ? line.UNSET : matcher.number(matcher.base + 1));
  return true;
}

function setWidth(no: bool): bool {
  if (!elsewhere()) line.setWidth(no ? line.UNSET : matcher.number(matcher.base + 1));
  return true;
}

function writeNumber(word: string, value: u32): void {
  if (value == line.UNSET) return;
  out.put(word).u32(value);
  nl();
}

/** The console's lines of the configuration, where something is set. */
export function write(): void {
  const any = line.login != Login.NONE || users.line.kind >= 5 || line.timeoutSet || line.synchronous || line.privilege != line.UNSET || line.history != line.UNSET || line.length != line.UNSET || line.width != line.UNSET || aaa.hasLine() || ignored.has(ignored.CONSOLE);
  if (!any) return;
  out.put("line con 0");
  nl();
  if (line.timeoutSet) {
    out.put(" exec-timeout ").u32(line.timeout() / 60).char(32).u32(line.timeout() % 60);
    nl();
  }
  writeNumber(" privilege level ", line.privilege);
  if (line.synchronous) {
    out.put(" logging synchronous");
    nl();
  }
  if (users.line.kind >= 5) {
    out.put(" password");
    putSecret(users.line, login.hides());
    nl();
  }
  writeNumber(" history size ", line.history);
  writeNumber(" length ", line.length);
  writeNumber(" width ", line.width);
  aaa.writeLine();
  ignored.print(ignored.CONSOLE);
  if (line.login != Login.NONE && !aaa.decides()) {
    out.put(line.login == Login.LOCAL ? " login local" : " login");
    nl();
  }
  out.char(33);
  nl();
}
