/**
 * What lines of access lists with `log` say: the first packet of a flow at once, then a sum every five minutes. Flows are remembered in a table of
 * its own; a packet that finds no room there, or comes when too much is said already, is counted, and the count is told.
 */
import { LIST_LOGS, NAME_MAX } from "../limits";
import { AccessLine, AccessList, LineAction, Log } from "../lists/access_list";
import * as flow from "../net/flow";
import * as interfaces from "../net/interface";
import { Budget } from "../util/budget";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as log from "../util/log";
import { Pool } from "../util/pool";
import { Text } from "../util/text";
import { Protocol } from "../wire/ipv4";

const EVERY: u64 = 300000;
/** Lines at once, and the pause after which there may be another. */
const BURST: u32 = 12;
const PAUSE: u32 = 1000;

@unmanaged
class Entry {
  due: u64;
  source: u32;
  destination: u32;
  sourcePort: u16;
  destinationPort: u16;
  protocol: u8;
  permitted: bool;
  standard: bool;
  /** The interface is told of: log-input. */
  input: bool;
  port: u32;
  /** Packets that have not been told of. */
  count: u32;
  nameLen: u32;
  get name(): usize {
    return changetype<usize>(this) + offsetof<Entry>();
  }
}

let pool = changetype<Pool<Entry>>(0);
const budget = new Budget(BURST, PAUSE);
let deadline: Deadline = changetype<Deadline>(0);
let missed: u32 = 0;

export function init(): void {
  pool = new Pool<Entry>("access list logs", LIST_LOGS, NAME_MAX);
  deadline = new Deadline();
  budget.reset();
  missed = 0;
}

/** The packet that `net/flow` has read fits a line with `log`. */
export function note(list: AccessList, line: AccessLine, port: u32): void {
  const permitted = line.action == <u8>LineAction.PERMIT;
  for (let i: u32 = 0; i < pool.size; i++) {
    const entry = pool.at(i);
    if (!entry || entry.source != flow.source || entry.nameLen != list.nameLen || entry.permitted != permitted) continue;
    if (!list.standard && (entry.destination != flow.destination || <u32>entry.protocol != flow.protocol)) continue;
    if (!list.standard && (<u32>entry.sourcePort != flow.sourcePort || <u32>entry.destinationPort != flow.destinationPort)) continue;
    if (memory.compare(entry.name, list.name, <usize>list.nameLen) != 0) continue;
    entry.count++;
    return;
  }
  const entry = budget.left() ? pool.take() : null;
  if (!entry) {
    missed++;
    deadline.arm(clock.now() + EVERY);
    return;
  }
  budget.spend();
  entry.source = flow.source;
  entry.destination = flow.destination;
  entry.sourcePort = <u16>flow.sourcePort;
  entry.destinationPort = <u16>flow.destinationPort;
  entry.protocol = <u8>flow.protocol;
  entry.permitted = permitted;
  entry.standard = list.standard;
  entry.input = line.log == <u8>Log.LOG_INPUT;
  entry.port = port;
  entry.nameLen = list.nameLen;
  memory.copy(entry.name, list.name, <usize>list.nameLen);
  entry.count = 1;
  say(entry);
}

function say(entry: Entry): void {
  const protocol = <u32>entry.protocol;
  const withPorts = protocol == Protocol.TCP || protocol == Protocol.UDP;
  const text = log.message(entry.standard ? "SEC-6-IPACCESSLOGS" : withPorts ? "SEC-6-IPACCESSLOGP" : protocol == Protocol.ICMP ? "SEC-6-IPACCESSLOGDP" : "SEC-6-IPACCESSLOGNP");
  text.put("list ").ascii(entry.name, entry.nameLen).put(entry.permitted ? " permitted " : " denied ");
  if (entry.standard) text.ip(entry.source).char(32);
  else {
    if (withPorts) text.put(protocol == Protocol.TCP ? "tcp " : "udp ");
    else if (protocol == Protocol.ICMP) text.put("icmp ");
    else text.u32(protocol).char(32);
    putEnd(text, entry.source, withPorts, entry.sourcePort);
    if (entry.input) interfaces.name(text.put(" ("), entry.port).char(41);
    putEnd(text.put(" -> "), entry.destination, withPorts, entry.destinationPort);
    if (protocol == Protocol.ICMP) text.put(" (").u32(entry.sourcePort).char(47).u32(entry.destinationPort).char(41);
    text.put(", ");
  }
  text.u32(entry.count).put(entry.count == 1 ? " packet" : " packets");
  log.end();
  entry.count = 0;
  entry.due = clock.now() + EVERY;
  deadline.arm(entry.due);
}

function putEnd(text: Text, address: u32, withPort: bool, port: u32): void {
  text.ip(address);
  if (withPort) text.char(40).u32(port).char(41);
}

/** Sums that are due; what has been silent for as long is forgotten. */
export function poll(): void {
  if (!deadline.due()) return;
  deadline.reset();
  const now = clock.now();
  for (let i: u32 = 0; i < pool.size; i++) {
    const entry = pool.at(i);
    if (!entry) continue;
    if (entry.due > now) deadline.arm(entry.due);
    else if (entry.count) say(entry);
    else pool.free(entry);
  }
  if (!missed) return;
  log.message("SEC-6-IPACCESSLOGRL").put("access-list logging rate-limited or missed ").u32(missed).put(missed == 1 ? " packet" : " packets");
  log.end();
  missed = 0;
}
