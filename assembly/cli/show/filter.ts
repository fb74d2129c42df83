/** `show ip inspect`, and what filters have to say of an interface. */
import * as accessGroup from "../../filter/access_group";
import { Direction } from "../../filter/access_group";
import * as inspect from "../../filter/inspect";
import { Flow, State } from "../../filter/inspect";
import { Kind } from "../../filter/inspect_setting";
import * as rules from "../../filter/inspect_setting";
import { Reach } from "../../filter/sources";
import * as sources from "../../filter/sources";
import { INTERFACES } from "../../limits";
import * as interfaces from "../../net/interface";
import { kindName } from "../commands/filter";
import { row } from "../grammar";
import { nl, out, say } from "../output";

export function rows(): void {
  row("ue:show ip inspect sessions", showSessions);
  row("ue:show ip inspect config", showConfig);
  row("e:clear ip inspect [sessions]", clear);
}

function clear(no: bool): bool {
  inspect.clear();
  return true;
}

function showSessions(no: bool): bool {
  if (inspect.used() == 0) return true;
  say("Established and half-open sessions, inside => outside");
  for (let i: u32 = 0; i < inspect.slots(); i++) {
    const flow = inspect.at(i);
    if (flow) showFlow(flow);
  }
  return true;
}

function showFlow(flow: Flow): void {
  out.put(" Session (").ip(flow.inside).char(58).u32(flow.insidePort).put(")=>(").ip(flow.outside).char(58).u32(flow.outsidePort).put(") ")
    .put(kindName(flow.kind)).char(32);
  switch (<u32>flow.state) {
    case State.OPEN:
      out.put("SIS_OPEN");
      break;
    case State.CLOSING:
      out.put("SIS_CLOSING");
      break;
    default:
      out.put("SIS_OPENING");
  }
  out.put(", ").u32(flow.packetsOut).put(" packets out, ").u32(flow.packetsIn).put(" in");
  nl();
}

function showConfig(no: bool): bool {
  for (let i: u32 = 0; i < rules.slots(); i++) {
    const rule = rules.at(i);
    if (!rule) continue;
    out.put("Inspection name ").ascii(rule.name, rule.nameLen);
    nl();
    for (let kind: u32 = 0; kind < <u32>Kind.COUNT; kind++) {
      if (!rule.has(kind)) continue;
      out.put("    ").put(kindName(kind)).put(" timeout ").u32(rule.idle(kind));
      nl();
    }
  }
  for (let port: u32 = 0; port < INTERFACES; port++) {
    for (let way: u32 = 0; way < 2; way++) {
      const rule = rules.boundTo(port, way);
      if (!rule) continue;
      interfaces.name(out.put("Interface "), port).put(way == Direction.IN ? ": inbound rule is " : ": outbound rule is ").ascii(rule.name, rule.nameLen);
      nl();
    }
  }
  return true;
}

/** The lines of `show ip interface` about lists and sources. */
export function showInterface(port: u32): void {
  for (let way: u32 = 2; way-- > 0; ) {
    out.put(way == Direction.OUT ? "  Outgoing access list is " : "  Inbound  access list is ");
    const len = accessGroup.lenOf(port, way);
    if (len) out.ascii(accessGroup.nameOf(port, way), len);
    else out.put("not set");
    if (len && !accessGroup.listOf(port, way)) out.put(", which is not there: everything is dropped");
    nl();
  }
  for (let way: u32 = 2; way-- > 0; ) {
    const rule = rules.boundTo(port, way);
    out.put(way == Direction.OUT ? "  Outgoing inspection rule is " : "  Inbound inspection rule is ");
    if (rule) out.ascii(rule.name, rule.nameLen);
    else out.put("not set");
    nl();
  }
  if (sources.reachOf(port) == Reach.NONE) return;
  out.put("  IP verify source reachable-via ").put(sources.reachOf(port) == Reach.RX ? "RX" : "ANY");
  if (sources.allowsDefault(port)) out.put(", allow default");
  nl();
}
