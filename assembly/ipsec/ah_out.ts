/** AH on the way out (RFC 4302, 3.3): behind the IPv4 header of a whole datagram, in place. */
import * as expiry from "../sadb/sas/expiry";
import { SA, State } from "../sadb/sas/sa";
import { SEQUENCE_RESERVE } from "../sadb/settings/lifetime";
import { put16 } from "../util/bytes";
import { Packet } from "../util/packet";
import { Drop } from "../util/status";
import * as ah from "../wire/ah";
import { Protocol } from "../wire/ipv4";
import * as ipv4 from "../wire/ipv4";
import { mayUse } from "./esp_out";
import * as immutable from "./immutable";
import * as integrity from "./integrity";

/**
 * Puts AH into the datagram at `ptr`, which is no fragment (RFC 4302, 3.3.4). Drop.NONE, or why it cannot be sent: it is
 * then as it was. The header needs no padding over IPv4: 12 octets and an ICV of 12, 16, 24 or 32 are whole words
 * (RFC 4302, 3.3.3.2.1); so do peers that once aligned to 64 bits, Linux with `align4` among them.
 */
export function seal(sa: SA, packet: Packet): Drop {
  const length = sa.ahLength;
  if (packet.headroom < length) return Drop.NO_BUFFER;
  const header = ipv4.headerLength(packet.ptr);
  const payload = packet.len - header;
  const reason = mayUse(sa, sa.pair as SA, payload);
  if (reason != Drop.NONE) return reason;
  const sequence = ++sa.sequence;

  immutable.save(packet.ptr);
  const next = ipv4.protocol(packet.ptr);
  packet.push(length);
  const p = packet.ptr;
  immutable.restore(p);
  put16(p + 2, packet.len);
  store<u8>(p, <u8>Protocol.AH, 9);
  immutable.zeroMutable(p);
  const at = p + <usize>header;
  ah.emit(at, next, length, sa.spi, <u32>sequence);
  memory.copy(at + ah.FIXED, integrity.compute(sa, p, packet.len, sequence), <usize>sa.icvLength);
  immutable.restore(p);
  put16(p + 2, packet.len);
  store<u8>(p, <u8>Protocol.AH, 9);
  ipv4.setChecksum(p);

  sa.packets++;
  sa.bytes += <u64>payload;
  const used = sa.bytes >= sa.softBytes || sequence >= sa.lastSequence - SEQUENCE_RESERVE;
  if (used && sa.state == <u8>State.MATURE) expiry.wantRekey(sa);
  return Drop.NONE;
}
