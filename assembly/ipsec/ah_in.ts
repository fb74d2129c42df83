/** AH on the way in (RFC 4302, 3.4): number, ICV, window, in this order; the datagram has been reassembled before. */
import * as expiry from "../sadb/sas/expiry";
import * as replay from "../sadb/sas/replay";
import { SA, State } from "../sadb/sas/sa";
import * as clock from "../util/clock";
import * as ct from "../util/ct";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as ah from "../wire/ah";
import * as immutable from "./immutable";
import * as integrity from "./integrity";

/** Room for the longest ICV. */
const icvSent: usize = memory.data(64, 8);

/**
 * Takes the AH header at `ptr`, which the IPv4 header at `packet.outer` is before, off the packet: `ptr` is then at what
 * follows it, and `nextHeader` says what that is. Drop.NONE, or why it is refused; the packet's octets may then be anything.
 */
export function open(sa: SA, packet: Packet): Drop {
  const reason = verify(sa, packet);
  if (reason != Drop.NONE) {
    sa.errors++;
    if (reason == Drop.AH_REPLAY) sa.replayErrors++;
    else if (reason == Drop.AH_ICV) sa.icvErrors++;
  }
  return reason;
}

function verify(sa: SA, packet: Packet): Drop {
  const p = packet.ptr;
  if (packet.len < ah.FIXED) return Drop.AH_MALFORMED;
  const length = ah.length(p);
  const least = sa.ahLength;
  // A peer may pad to 64 bits as IPv6 wants it; the padding is covered as it came (RFC 4302, 2.6 and 3.3.3.2.1).
  if ((length != least && length != least + 4) || length > packet.len) return Drop.AH_MALFORMED;
  const lower = ah.sequence(p);
  const sequence = sa.esn ? replay.extend(sa.sequence, sa.window, lower) : <u64>lower;
  if (!replay.fresh(sa.replay, sa.sequence, sa.window, sequence)) return Drop.AH_REPLAY;

  const header = packet.outer;
  const icv = <u32>sa.icvLength;
  memory.copy(icvSent, p + ah.FIXED, <usize>icv);
  memory.fill(p + ah.FIXED, 0, <usize>icv);
  immutable.save(header);
  immutable.zeroMutable(header);
  const good = ct.equal(integrity.compute(sa, header, <u32>(p - header) + packet.len, sequence), icvSent, icv);
  immutable.restore(header);
  if (!good) return Drop.AH_ICV;
  sa.sequence = replay.note(sa.replay, sa.sequence, sa.window, sequence);

  const payload = packet.len - length;
  if (sa.bytes + <u64>payload > sa.hardBytes || (sa.hard != 0 && clock.now() >= sa.hard)) {
    expiry.usedUp(sa);
    return Drop.AH_LIFETIME;
  }
  packet.nextHeader = <u8>ah.nextHeader(p);
  packet.pull(length);
  sa.packets++;
  sa.bytes += <u64>payload;
  if (sa.state == <u8>State.MATURE && sa.bytes >= sa.softBytes) expiry.wantRekey(sa);
  return Drop.NONE;
}
