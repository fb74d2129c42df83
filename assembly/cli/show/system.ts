/** Version, memory, counters, the clock. */
import * as ike from "../../ike/ike";
import { INTERFACES, PORTS, PROFILE, TUNNELS } from "../../limits";
import * as interfaces from "../../net/interface";
import * as clock from "../../util/clock";
import * as log from "../../util/log";
import { poolAt, tables, tablesOfTraffic } from "../../util/pool";
import { Drop, clearDropCounts, dropCount, dropName } from "../../util/status";
import { ABI, VERSION } from "../../util/version";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, say } from "../output";
import * as session from "../session";

export function rows(): void {
  row("ue:show version", version);
  row("ue:show memory", memoryPools);
  row("ue:show counters [all]", counters);
  row("ue:show debugging", debugging);
  row("e:clear counters", clearCounters);
}

function part(n: u64, name: string): void {
  out.char(32).u64(n).char(32).put(name);
  if (n != 1) out.char(115);
}

function version(no: bool): bool {
  out.put("Postern Software (").put(PROFILE).put("), Version ").put(VERSION).put(", IPsec gateway, host contract ").u32(ABI);
  nl();
  session.putHostname(out).put(" uptime is");
  const seconds = clock.uptime() / 1000;
  if (seconds >= 86400) part(seconds / 86400, "day");
  if (seconds >= 3600) part((seconds / 3600) % 24, "hour");
  if (seconds >= 60) part((seconds / 60) % 60, "minute");
  part(seconds % 60, "second");
  nl();
  say(ike.entropyOk() ? "Entropy is there; IKE runs" : "The host gives no entropy: IKE does not run");
  // Which of the two builds of these sources this is: the host chooses, and only the module knows.
  say(ASC_FEATURE_SIMD ? "Cryptography: SIMD" : "Cryptography: scalar");
  out.u32(PORTS).put(" Ethernet interfaces");
  nl();
  out.put("Profile ").put(PROFILE).put(": room for ").u32(TUNNELS).put(" tunnels");
  nl();
  out.u32(<u32>memory.size() * 64).put("K bytes of memory, none of it allocated after the start");
  nl();
  return true;
}

function memoryPools(no: bool): bool {
  say("Pool                              Used      Peak      Size     Bytes  Exhausted");
  for (let i = 0; ; i++) {
    const pool = poolAt(i);
    if (!pool) break;
    out.put(pool.name).to(28);
    out.u64Wide(pool.used, 10).u64Wide(pool.peak, 10).u64Wide(pool.size, 10);
    out.u64Wide(<u64>pool.size * <u64>pool.stride, 10).u64Wide(pool.exhausted, 11);
    nl();
  }
  out.put("tables of these").to(58).u64Wide(tables - tablesOfTraffic, 10);
  nl();
  out.put("tables of interfaces, NAT, filters and the log").to(58).u64Wide(tablesOfTraffic, 10);
  nl();
  return true;
}

function counters(no: bool): bool {
  putDrops(matcher.find("all") != 0xffffffff);
  return true;
}

/** @param all also reasons that nothing was dropped for */
export function putDrops(all: bool): void {
  say("   Dropped  Reason");
  for (let i: u32 = 1; i < <u32>Drop.COUNT; i++) {
    const n = dropCount(<Drop>i);
    if (n == 0 && !all) continue;
    out.u64Wide(n, 10).put("  ").put(dropName(<Drop>i));
    nl();
  }
}

function clearCounters(no: bool): bool {
  clearDropCounts();
  for (let port: u32 = 0; port < INTERFACES; port++) interfaces.clearCounters(port);
  return true;
}

function debugging(no: bool): bool {
  if (log.debugsIsakmp()) say("Crypto ISAKMP debugging is on");
  if (log.debugIpsec) say("Crypto IPSEC debugging is on");
  if (log.debugEngine) say("Crypto Engine debugging is on");
  if (log.debugPeer) {
    out.put("Crypto conditional debug: peer ").ip(log.debugPeer);
    nl();
  }
  return true;
}
