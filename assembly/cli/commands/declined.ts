/**
 * Commands of IOS that do nothing here: each is answered with one sentence that says so, and with what to do instead.
 */
import { assertThat } from "../../util/status";
import { row, rowCount } from "../grammar";
import * as matcher from "../matcher";
import { refused, say } from "../output";

const MOST: u32 = 48;
const sentences = new StaticArray<string>(<i32>MOST);
let first: u32 = 0;

export function rows(): void {
  first = rowCount();
  answered("ue:show archive", " Archive feature not enabled");
  answered("ue:show cdp [neighbors [detail]|interface]", "% CDP is not enabled");
  answered("ue:show lldp [neighbors [detail]]", "% LLDP is not enabled");
  answered("ue:show ip protocols", "No routing protocol runs here: `show ip route` has connected and static ones.");
  answered("ue:show ip (bgp|eigrp|ospf|rip) [WORD] [WORD]", "% No routing protocol runs here: routes are connected and static.");
  answered("ue:show processes [cpu [sorted|history]|memory]", "There are no processes here: the host knows the load that this one makes.");
  answered("ue:show environment [all]", "Temperature, fans and power are the host's to tell.");
  answered("ue:show license [all|udi]", "No licence is needed: everything that is built is there.");
  answered("ue:show boot", "The host chooses what it starts; the configuration it starts with is `show startup-config`.");
  answered("ue:show (aaa|ssh|tcp|snmp|vrf|stacks|platform) [WORD] [WORD]", "There is nothing of that here.");
  answered("ue:where", "% No connections open");
  answered("ue:resume [LINE]", "% No connections open");
  declined("ue:telnet [LINE]", "There is no telnet here: type from a station, or try `ping` and `traceroute`.");
  declined("ue:ssh [LINE]", "There is no SSH here: type from a station, or try `ping` and `traceroute`.");
  declined("e:test LINE", "Nothing is tested here: `ping A source B` begins a negotiation, `show crypto isakmp diagnose A` tells how one went.");
  declined("e:monitor LINE", "Packets are not captured here: capture on the host's link, or count with an access list's `log`.");
  declined("e:copy (running-config|startup-config) WORD [WORD]", "There is no file transfer here: `copy running-config startup-config` stores, `show running-config` is there to be copied.");
  declined("e:copy (tftp:|ftp:|scp:|http:|https:|flash:) [WORD] [WORD]", "There is no file transfer here: paste the lines behind `configure terminal`.");
  declined("e:debug~ ip LINE", "Packets are not traced here: count them with an access list's `log`, and look at `show counters`.");
  declined("e:undebug ip LINE", "Packets are not traced here: there is nothing to turn off.");
  assertThat(rowCount() - first <= MOST, 803);
}

/** What is asked is answered: the sentence is what there is to know. */
function answered(text: string, sentence: string): void {
  unchecked((sentences[rowCount() - first] = sentence));
  row(text, answer);
}

/** What was to be done is not. */
function declined(text: string, sentence: string): void {
  unchecked((sentences[rowCount() - first] = sentence));
  row(text, decline);
}

function answer(no: bool): bool {
  say(unchecked(sentences[matcher.row - first]));
  return true;
}

function decline(no: bool): bool {
  return refused(unchecked(sentences[matcher.row - first]));
}
