/**
 * The commonest mistake with NAT and crypto maps: a list is written with inside addresses, NAT takes them away before the map is asked, and
 * what was meant for the tunnel would go out translated and in plain. It does not go out, and the console names the line that would
 * exempt it: once a policy, and not many at a time.
 */
import * as flow from "../ipsec/flow";
import { POLICIES } from "../limits";
import { AccessList } from "../lists/access_list";
import * as nat from "../net/nat/nat";
import { Policy } from "../sadb/policies/policy";
import * as spd from "../sadb/policies/spd";
import { Budget } from "../util/budget";
import * as log from "../util/log";
import { Packet } from "../util/packet";
import { Text } from "../util/text";

const TOLD_OCTETS: i32 = <i32>(POLICIES + 7) / 8;
const told: usize = memory.data(TOLD_OCTETS, 4);
/** The policies that those bits are of. */
let epoch: u32 = 0;
const messages = new Budget(4, 15000);

export function init(): void {
  memory.fill(told, 0, <usize>TOLD_OCTETS);
  epoch = 0;
  messages.reset();
}

/** Whether a packet that NAT has just translated would have been a policy's before, and is none's now. Says so. */
export function misses(packet: Packet, port: u32): bool {
  flow.read(packet);
  const policy = spd.lookup(port, nat.wasSource, packet.dst, packet.protocol, nat.wasPort, packet.dstPort);
  if (!policy) return false;
  if (spd.lookup(port, packet.src, packet.dst, packet.protocol, packet.srcPort, packet.dstPort)) return false;
  if (epoch != spd.epoch()) {
    memory.fill(told, 0, <usize>TOLD_OCTETS);
    epoch = spd.epoch();
  }
  const at = told + <usize>(policy.slot >>> 3);
  const bit: u8 = 1 << <u8>(policy.slot & 7);
  if ((load<u8>(at) & bit) != 0 || !messages.take()) return true;
  store<u8>(at, load<u8>(at) | bit);
  tell(policy, packet);
  return true;
}

function tell(policy: Policy, packet: Packet): void {
  const entry = policy.entry;
  const line = policy.line;
  const text = log.message("NAT-4-MISSES_CRYPTO").ip(nat.wasSource).put(" -> ").ip(packet.dst).put(": crypto map ").ascii(entry.name, <u32>entry.nameLen)
    .char(32).u32(entry.number).put(" protects it, but NAT makes its source ").ip(packet.src).put(" before the map is asked: dropped. Exempt it: ");
  const rule = nat.byRule;
  if (!rule) {
    text.put("`route-map NAME` on its `ip nat inside source static`, with `deny` and `match ip address ").ascii(entry.list, <u32>entry.listLen).char(96);
  } else if (rule.byMap) {
    const map = rule.map;
    text.put("`route-map ").ascii(rule.name, rule.nameLen).put(" deny ").u32(map ? map.sequence >>> 1 : 5)
      .put("`, `match ip address ").ascii(entry.list, <u32>entry.listLen).char(96);
  } else {
    const list = rule.list as AccessList;
    const first = list.first;
    text.put("`ip access-list extended ").ascii(rule.name, rule.nameLen).put("`, `").u32(first && first.sequence > 1 ? first.sequence >>> 1 : 1).put(" deny ip");
    putRange(text, line.sourceFirst, line.sourceEnd);
    putRange(text, line.destinationFirst, line.destinationEnd).char(96);
  }
  log.end();
}

/** ` 10.1.0.0 0.0.0.255`, ` host 10.1.0.9`, ` any`, ` range FIRST LAST` */
function putRange(text: Text, first: u32, last: u32): Text {
  const wild = first ^ last;
  if (wild == 0xffffffff) return text.put(" any");
  if (wild == 0) return text.put(" host ").ip(first);
  if ((wild & (wild + 1)) == 0 && (first & wild) == 0) return text.char(32).ip(first).char(32).ip(wild);
  return text.put(" range ").ip(first).char(32).ip(last);
}
