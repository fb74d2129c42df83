/** Who is at the console, at which level, and what was typed. */
import * as clock from "../../util/clock";
import { row } from "../grammar";
import * as history from "../history";
import * as login from "../login";
import * as matcher from "../matcher";
import { nl, out, say } from "../output";

export function rows(): void {
  row("ue:show users", showUsers);
  row("ue:show privilege", showPrivilege);
  row("ue:show history", showHistory);
  row("ue:terminal (length|width)~ <0-512>", nothing);
  row("ue:terminal (monitor|no monitor)", nothing);
  row("ue:terminal history~ [size <0-256>]", setHistory);
}

function showUsers(no: bool): bool {
  say("    Line       User       Host(s)              Idle       Location");
  out.put("*  0 con 0     ").ascii(login.name, login.nameLen).to(26).char(32).put("idle").to(48);
  const idle = (clock.now() - login.lastInput) / 1000;
  out.padded(<u32>(idle / 3600), 2).char(58).padded(<u32>((idle / 60) % 60), 2).char(58).padded(<u32>(idle % 60), 2);
  nl();
  if (login.failures) {
    nl();
    out.put("  ").u32(login.failures).put(login.failures == 1 ? " wrong password since the start" : " wrong passwords since the start");
    nl();
  }
  return true;
}

function showPrivilege(no: bool): bool {
  out.put("Current privilege level is ").u32(login.level);
  nl();
  return true;
}

function showHistory(no: bool): bool {
  history.print();
  return true;
}

function setHistory(no: bool): bool {
  const k = matcher.find("size", matcher.base);
  history.setSize(no ? 0 : k == 0xffffffff ? history.LINES_DEFAULT : matcher.number(k + 1));
  return true;
}

/** Paging and width are the terminal's own business. */
function nothing(no: bool): bool {
  return true;
}
