/** How lines of access lists are written: protocols, addresses, ports and what stands behind them, in IOS's words. */
import { AccessLine, AccessList, Icmp, LineAction, LineFlag, Log, Ports } from "../../lists/access_list";
import { ObjectGroup } from "../../lists/object_group";
import { Text } from "../../util/text";
import { putIcmp, putPort } from "../list_words";
import * as matcher from "../matcher";
import { nl, out } from "../output";

const PROTOCOLS: StaticArray<string> = ["icmp", "igmp", "ipinip", "tcp", "udp", "gre", "esp", "ahp", "eigrp", "ospf", "nos", "pim", "pcp", "sctp"];
const NUMBERS: StaticArray<u8> = [1, 2, 4, 6, 17, 47, 50, 51, 88, 89, 94, 103, 108, 132];

/** The protocol at word `k` of the command; 0: any. */
export function protocolOf(k: u32): u32 {
  if (matcher.isKeyword(k, "ip")) return 0;
  for (let i = 0; i < PROTOCOLS.length; i++) if (matcher.isKeyword(k, unchecked(PROTOCOLS[i]))) return <u32>unchecked(NUMBERS[i]);
  return matcher.number(k);
}

/** A protocol's word, or its number. */
export function putProtocol(text: Text, protocol: u32): Text {
  if (protocol == 0) return text.put("ip");
  for (let i = 0; i < PROTOCOLS.length; i++) if (<u32>unchecked(NUMBERS[i]) == protocol) return text.put(unchecked(PROTOCOLS[i]));
  return text.u32(protocol);
}

function putAddress(text: Text, group: ObjectGroup | null, address: u32, wildcard: u32, last: u32): void {
  if (group) text.put(" object-group ").ascii(group.name, group.nameLen);
  else if (last) text.put(" range ").ip(address).char(32).ip(last);
  else if (wildcard == 0xffffffff) text.put(" any");
  else if (wildcard == 0) text.put(" host ").ip(address);
  else text.char(32).ip(address).char(32).ip(wildcard);
}

function putPorts(text: Text, udp: bool, operator: Ports, first: u32, last: u32, set: usize): void {
  switch (operator) {
    case Ports.ANY: return;
    case Ports.NEQ:
      text.put(" neq ");
      break;
    case Ports.GT:
      text.put(" gt ");
      break;
    case Ports.LT:
      text.put(" lt ");
      break;
    case Ports.RANGE:
      text.put(" range ");
      putPort(text, udp, first);
      text.char(32);
      return putPort(text, udp, last);
    case Ports.SEVERAL: {
      text.put(" eq");
      const n = <u32>load<u16>(set);
      for (let i: u32 = 1; i <= n; i++) putPort(text.char(32), udp, <u32>load<u16>(set + <usize>(i << 1)));
      return;
    }
    default:
      text.put(" eq ");
  }
  putPort(text, udp, first);
}

/** `permit ip 10.1.0.0 0.0.0.255 any`, or the remark: a line of an extended list. */
export function putLine(text: Text, line: AccessLine): Text {
  if (line.action == <u8>LineAction.REMARK) return text.put("remark ").ascii(line.remark, line.remarkLen);
  const udp = line.protocol == 17;
  putProtocol(text.put(line.action == <u8>LineAction.PERMIT ? "permit " : "deny "), line.protocol);
  putAddress(text, line.sourceGroup, line.source, line.sourceWildcard, line.sourceLast);
  putPorts(text, udp, <Ports>line.sourceOperator, line.sourcePort, line.sourcePortLast, line.sourceSet);
  putAddress(text, line.destinationGroup, line.destination, line.destinationWildcard, line.destinationLast);
  putPorts(text, udp, <Ports>line.destinationOperator, line.destinationPort, line.destinationPortLast, line.destinationSet);
  if (line.icmp != <u8>Icmp.ANY) putIcmp(text.char(32), line.icmpType, line.icmp == <u8>Icmp.CODE, line.icmpCode);
  if (line.flags & <u8>LineFlag.ESTABLISHED) text.put(" established");
  if (line.flags & <u8>LineFlag.FRAGMENTS) text.put(" fragments");
  return putLog(text, line);
}

function putLog(text: Text, line: AccessLine): Text {
  return line.log == <u8>Log.NONE ? text : text.put(line.log == <u8>Log.LOG ? " log" : " log-input");
}

/** A line of a standard list. @param shown as `show access-lists` has it */
export function putStandardLine(text: Text, line: AccessLine, shown: bool): Text {
  if (line.action == <u8>LineAction.REMARK) return putLine(text, line);
  text.put(line.action == <u8>LineAction.PERMIT ? "permit " : "deny ");
  if (line.sourceWildcard == 0xffffffff) text.put("any");
  else {
    text.ip(line.source);
    if (line.sourceWildcard) text.put(shown ? ", wildcard bits " : " ").ip(line.sourceWildcard);
  }
  return putLog(text, line);
}

/** A line as the configuration has it. */
export function writeLine(list: AccessList, line: AccessLine): void {
  out.char(32);
  out.u32(line.sequence).char(32);
  if (list.standard) putStandardLine(out, line, false);
  else putLine(out, line);
  nl();
}

/** `show access-lists`: a list with its lines and their matches. */
export function showList(list: AccessList): void {
  out.put(list.standard ? "Standard IP access list " : "Extended IP access list ").ascii(list.name, list.nameLen);
  nl();
  let line = list.first;
  while (line) {
    if (line.action != <u8>LineAction.REMARK) {
      out.put("    ").u32(line.sequence).char(32);
      if (list.standard) putStandardLine(out, line, true);
      else putLine(out, line);
      if (line.hits) out.put(" (").u64(line.hits).put(line.hits == 1 ? " match)" : " matches)");
      nl();
    }
    line = line.next;
  }
}
