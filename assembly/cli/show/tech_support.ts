/**
 * `show tech-support`: what whoever helps wants to see, one command after another, each in a turn of its own so that packets keep flowing. Keys are
 * hidden in it, whoever asks.
 */
import { putString } from "../../util/bytes";
import { Mode, row, rowHandler } from "../grammar";
import * as login from "../login";
import * as matcher from "../matcher";
import { Outcome } from "../matcher";
import { nl, out, say } from "../output";
import * as words from "../words";
import * as work from "../work";

const COMMANDS: StaticArray<string> = [
  "show version",
  "show clock detail",
  "show inventory",
  "show running-config",
  "show configuration ignored",
  "show interfaces",
  "show ip interface",
  "show ip route",
  "show ip arp",
  "show access-lists",
  "show ip nat statistics",
  "show ip nat translations",
  "show ip inspect sessions",
  "show dhcp lease",
  "show ip dhcp binding",
  "show crypto isakmp policy",
  "show crypto isakmp sa detail",
  "show crypto isakmp peers",
  "show crypto isakmp stats",
  "show crypto isakmp diagnose error",
  "show crypto session detail",
  "show crypto map",
  "show crypto ipsec sa detail",
  "show crypto engine connections active",
  "show crypto pki certificates",
  "show ntp status",
  "show ntp associations",
  "show hosts",
  "show users",
  "show debugging",
  "show memory",
  "show ip traffic",
  "show logging",
];
const line: usize = memory.data(64, 4);
let next: i32 = 0;

export function rows(): void {
  row("e:show tech-support", begin);
}

function begin(no: bool): bool {
  next = 0;
  work.begin(one, dropped);
  return true;
}

/** Carries out the next command. True: it was the last. */
function one(): bool {
  const command = unchecked(COMMANDS[next++]);
  out.clear();
  nl();
  out.put("------------------ ").put(command).put(" ------------------");
  nl();
  nl();
  words.setLine(line, putString(line, command));
  if (matcher.match(Mode.EXEC) == Outcome.MATCH) {
    const handler = rowHandler(matcher.row);
    login.cover(true);
    if (handler) handler(false);
    login.cover(false);
  } else say("% This command is not known.");
  return next == COMMANDS.length;
}

function dropped(): void {
  next = 0;
}
