/**
 * IKE as the rest of the gateway sees it (RFC 2407, 2408, 2409). The device gives messages and polls; the console has
 * its verbs here and in settings/; the data path asks through sadb/work.ts.
 */
import * as spd from "../sadb/policies/spd";
import * as sad from "../sadb/sas/sad";
import * as maps from "../sadb/settings/crypto_map";
import * as drbg from "../crypto/drbg";
import { anyDue } from "../util/deadline";
import { Packet } from "../util/packet";
import { assertThat } from "../util/status";
import * as chain from "../pki/chain";
import { ISAKMP_MESSAGES_A_POLL } from "../limits";
import * as cookies from "./engine/cookies";
import * as dispatch from "./engine/dispatch";
import * as inbox from "./engine/inbox";
import * as jobs from "./engine/jobs";
import * as line from "./engine/line";
import * as timers from "./engine/timers";
import * as message from "./message/message";
import * as output from "./message/output";
import * as tell from "./message/tell";
import * as quickMode from "./modes/quick_mode";
import * as quickPair from "./modes/quick_pair";
import * as quickSelector from "./modes/quick_selector";
import * as table from "./modes/table";
import * as ownCertificate from "./proof/own_certificate";
import { Sign } from "./report/last_attempt";
import * as lastAttempt from "./report/last_attempt";
import * as notices from "./report/notices";
import * as trace from "./report/trace";
import * as deadPeerSetting from "./settings/dead_peer_setting";
import * as diagnosis from "./settings/diagnosis";
import * as fragmentation from "./settings/fragmentation";
import * as skeyidReading from "./settings/skeyid_reading";
import * as keyrings from "./settings/keyring";
import * as keys from "./settings/keys";
import * as ownIdentity from "./settings/own_identity";
import * as nat from "./settings/nat";
import * as recovery from "./settings/recovery";
import * as policy from "./settings/policy";
import * as privateGroups from "./settings/private_groups";
import * as profiles from "./settings/profile";
import * as buffers from "./state/buffers";
import { State } from "./state/exchange";
import * as exchange from "./state/exchange";
import { IsakmpSa, Phase } from "./state/isakmp_sa";
import * as isakmpSa from "./state/isakmp_sa";
import * as joinings from "./state/joinings";
import * as pairs from "./state/pairs";
import * as peers from "./state/peer";
import * as sessions from "./state/sessions";
import * as stats from "./state/stats";
import * as strangers from "./state/strangers";
import * as renewal from "./upkeep/renewal";
import * as succession from "./upkeep/succession";
import * as upkeep from "./upkeep/upkeep";
import * as wanted from "./upkeep/wanted";

export { Sign } from "./report/last_attempt";

/** Whether the last `poll` dealt with messages: then jobs are next. */
let tookLast: bool = false;

/** Makes the room's state; after sadb's and oakley's. */
export function init(): void {
  chain.init();
  ownCertificate.init();
  policy.init();
  keys.init();
  keyrings.init();
  recovery.init();
  diagnosis.init();
  nat.init();
  profiles.init();
  privateGroups.init();
  ownIdentity.init();
  buffers.init();
  joinings.init();
  cookies.init();
  deadPeerSetting.init();
  fragmentation.init();
  skeyidReading.init();
  stats.init();
  peers.init();
  strangers.init();
  sessions.init();
  isakmpSa.init();
  exchange.init();
  message.init();
  output.init();
  lastAttempt.init();
  notices.init();
  trace.init();
  quickMode.init();
  quickPair.init();
  quickSelector.init();
  tell.init();
  inbox.init();
  line.init();
  tookLast = false;
  pairs.init();
  wanted.init();
  table.init();
}

/**
 * Takes over an ISAKMP message that has come: ptr and len without UDP header and non-ESP marker, src, dst and ports as received. As a rule
 * it waits for `poll`.
 */
export function arrive(packet: Packet): void {
  assertThat(packet.len > 0, 40302);
  dispatch.arrive(packet);
  settle();
}

/** Likewise, and it is dealt with now. */
export function receive(packet: Packet): void {
  assertThat(packet.len > 0, 40301);
  dispatch.receive(packet);
  settle();
}

/** What follows from what has been dealt with; then the packets that waited for it, each with what follows from it. */
function settle(): void {
  upkeep.look();
  for (let packet = inbox.next(); packet; packet = inbox.next()) {
    dispatch.receive(packet);
    upkeep.look();
  }
}

/**
 * Messages that wait, or a slice of what exchanges compute: in turn where both are there, so that neither waits for the whole of the
 * other, and packets come in between. True: there is more to do at once.
 */
function work(): bool {
  tookLast = line.length != 0 && !(tookLast && exchange.jobsWanted);
  if (!tookLast) return jobs.work() || line.length != 0;
  for (let n: u32 = 0; n < ISAKMP_MESSAGES_A_POLL && dispatch.takeNext(); n++) settle();
  return line.length != 0 || exchange.jobsWanted != 0;
}

/** True: there is more to do at once, for messages wait or something is computed. Drain `nextOutput` afterwards. */
export function poll(): bool {
  upkeep.run();
  const more = work();
  settle();
  if (!anyDue()) return more;
  while (timers.timeOutNext()) settle();
  upkeep.pollSas();
  renewal.poll();
  settle();
  joinings.poll();
  return more;
}

/**
 * The next datagram to send, or null: a UDP payload (with the non-ESP marker where it goes from port 4500) whose src, dst
 * and ports are set. It is the caller's.
 */
export function nextOutput(): Packet | null {
  return output.next();
}

/** Something was seen of an address beside ISAKMP: it tells a firewall from a wrong route (lastAttempt.ts). */
export function observed(address: u32, sign: Sign, detail: u32, from: u32): void {
  lastAttempt.seen(address, sign, detail, from);
}

/** Whether there are random octets; without them IKE does not run. */
export function entropyOk(): bool {
  return drbg.ready();
}

/** `clear crypto isakmp [ID]`: 0 clears all. ESP SAs go with the last ISAKMP SA of a peer. Returns how many were cleared. */
export function clearIsakmp(number: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || (number && sa.number != number)) continue;
    succession.removeWithPairs(sa, "cleared");
    n++;
  }
  return n;
}

/** `clear crypto sa [peer A]`: 0 clears all. The peers are told. */
export function clearSas(peer: u32): void {
  renewal.deletePairsAt(peer, "cleared");
}

/** `clear crypto sa map NAME` */
export function clearSasOfMap(name: usize, len: u32): void {
  for (let i: u32 = 0; i < spd.policySlots(); i++) {
    const policy = spd.policyAt(i);
    if (!policy) continue;
    const own = <u32>policy.entry.nameLen == len && memory.compare(policy.entry.name, name, <usize>len) == 0;
    const bound = maps.boundLen(policy.interface) == len && memory.compare(maps.boundName(policy.interface), name, <usize>len) == 0;
    if (own || bound) renewal.deletePairsOf(i, "cleared");
  }
}

/** `clear crypto sa spi ADDRESS PROTOCOL SPI`: the pair that an SA belongs to. @param address where the SA ends: ours or the peer's. False: there is none. */
export function clearSasOfSpi(address: u32, protocol: u32, spi: u32): bool {
  const outbound = sad.outboundOf(address, spi, protocol);
  const own = sad.bySpi(spi);
  const found = outbound ? outbound.pair : own && <u32>own.protocol == protocol && own.localAddress == address ? own : null;
  return found != null && renewal.deletePairOf(sad.firstOf(found).spi);
}

/** `clear crypto session [local|remote A]`: ISAKMP SAs and all pairs; 0: whichever. Returns how many there were. */
export function clearSessions(local: u32, remote: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (!sa || (local && sa.localAddress != local) || (remote && sa.peerAddress != remote && sa.configured != remote)) continue;
    if (sa.phase != Phase.NEGOTIATING) renewal.deletePairs(sa.peerNumber, "cleared");
    succession.removeWithPairs(sa, "cleared");
    n++;
  }
  return n + renewal.deletePairsBetween(local, remote, "cleared");
}

/** IOS's word for where an ISAKMP SA stands. */
export function stateName(sa: IsakmpSa): string {
  if (sa.phase != Phase.NEGOTIATING) return "QM_IDLE";
  const ex = sa.exchange;
  if (!ex) return sa.aggressive ? "AG_NO_STATE" : "MM_NO_STATE";
  switch (ex.state) {
    case State.MAIN_I2:
    case State.MAIN_R1: return "MM_SA_SETUP";
    case State.MAIN_I3:
    case State.MAIN_R2: return "MM_KEY_EXCH";
    case State.MAIN_DONE: return "MM_KEY_AUTH";
    case State.AGGR_R1: return "AG_INIT_EXCH";
    case State.AGGR_I1: return ex.suspended ? "AG_INIT_EXCH" : "AG_NO_STATE";
    case State.AGGR_DONE: return "AG_AUTH";
    case State.AGGR_I0:
    case State.AGGR_R0: return "AG_NO_STATE";
    default: return "MM_NO_STATE";
  }
}
