/** What the data path reads of datagrams and changes in them, by itself: for the fuzzer of parsers. What must hold is asserted here. */
import * as flow from "../../../assembly/net/flow";
import * as mss from "../../../assembly/net/mss";
import * as quoted from "../../../assembly/net/nat/quoted";
import * as rewrite from "../../../assembly/net/nat/rewrite";
import { DESTINATION, DESTINATION_PORT, SAME_PORT, SOURCE, SOURCE_PORT } from "../../../assembly/net/nat/rewrite";
import { Drop } from "../../../assembly/util/status";
import { get16, get32 } from "../../../assembly/util/bytes";
import * as checksums from "../../../assembly/wire/checksum";
import * as gre from "../../../assembly/wire/gre";
import * as icmp from "../../../assembly/wire/icmp";
import * as ipv4 from "../../../assembly/wire/ipv4";
import { Protocol } from "../../../assembly/wire/ipv4";

const ADDRESS: u32 = 0xc6336407;
const PORT: u32 = 40001;

/** What is left of a transport's checksum over a datagram that is whole: whatever it is, a translation leaves it so. 0 and 0xffff are one. */
function rest(p: usize): u32 {
  const header = ipv4.headerLength(p);
  const len = ipv4.totalLength(p) - header;
  const protocol = ipv4.protocol(p);
  let sum = checksums.add(p + header, len);
  if (protocol != Protocol.ICMP) sum += checksums.pseudo(ipv4.source(p), ipv4.destination(p), protocol, len);
  return checksums.fold(sum) % 0xffff;
}

/** Whether its transport says nothing of a sum: UDP without one. */
function without(p: usize): bool {
  const q = p + ipv4.headerLength(p);
  return ipv4.protocol(p) == Protocol.UDP && get16(q + 6) == 0;
}

/** Reads a datagram's flow; a valid one is translated, has its MSS lowered, and must be as right or wrong as before. */
export function datagram(p: usize, len: u32): bool {
  if (!flow.read(p, len)) return false;
  if (ipv4.check(p, len) != Drop.NONE) return true;
  const total = ipv4.totalLength(p);
  if (!flow.read(p, total)) return false;
  const protocol = flow.protocol;
  const ported = protocol == Protocol.TCP || protocol == Protocol.UDP;
  const summed = (ported || protocol == Protocol.ICMP) && !ipv4.isFragment(p) && !without(p);
  const was = summed ? rest(p) : 0;
  mss.adjust(p, total, 536);
  if (summed && rest(p) != was) unreachable();
  const source = ipv4.source(p);
  const port = flow.sourcePort;
  rewrite.change(p, total, SOURCE, ADDRESS, SOURCE_PORT, ported ? PORT : SAME_PORT);
  if (ipv4.source(p) != ADDRESS || ipv4.check(p, total) != Drop.NONE) unreachable();
  if (ported && !ipv4.fragmentOffset(p) && get16(p + ipv4.headerLength(p)) != PORT) unreachable();
  if (summed && rest(p) != was) unreachable();
  if (ported && !summed && !ipv4.isFragment(p) && !without(p)) unreachable();
  rewrite.change(p, total, SOURCE, source, SOURCE_PORT, ported ? port : SAME_PORT);
  rewrite.change(p, total, DESTINATION, ADDRESS, DESTINATION_PORT, ported ? PORT : SAME_PORT);
  if (ipv4.destination(p) != ADDRESS || ipv4.source(p) != source || ipv4.check(p, total) != Drop.NONE) unreachable();
  if (summed && rest(p) != was) unreachable();
  return true;
}

/** An ICMP message: the flow that it quotes, which is translated there, whatever the quote says of its lengths. */
export function quote(p: usize, len: u32): bool {
  if (!quoted.read(p, len)) return false;
  const at = p + icmp.HEADER_LENGTH;
  rewrite.changeQuoted(p, len, SOURCE, ADDRESS, quoted.portAt(SOURCE_PORT), PORT);
  if (get32(at + 12) != ADDRESS || checksums.compute(p, len) != 0) unreachable();
  rewrite.changeQuoted(p, len, DESTINATION, ADDRESS, quoted.portAt(DESTINATION_PORT), SAME_PORT);
  if (get32(at + 16) != ADDRESS || checksums.compute(p, len) != 0) unreachable();
  return true;
}

/** A GRE header: what is inside begins within it. */
export function greHeader(p: usize, len: u32): bool {
  const header = gre.check(p, len);
  if (header == 0) return false;
  if (header > len || (gre.hasKey(p) && header < 8)) unreachable();
  return gre.hasKey(p) ? gre.key(p) != 1 : gre.protocolType(p) == 0x0800;
}
