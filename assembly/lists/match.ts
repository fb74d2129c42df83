/**
 * Which line of an access list fits a packet. The first one that does decides; that there is none means deny.
 *
 * A later fragment shows neither ports nor flags nor types: it fits a permitting line by addresses and protocol alone, for without its first
 * fragment it is worth nothing, and no denying line that looks further (RFC 1858 says how a first fragment has to look: net/flow.ts).
 */
import { AccessLine, AccessList, Icmp, LineAction, LineFlag, Ports, setHas } from "./access_list";

/** In the flags of a packet: it is a later fragment of a datagram. */
export const LATER_FRAGMENT: u32 = 0x100;
/** Flags of TCP that show that a connection stands: ACK or RST. */
const STANDING: u32 = 0x14;

/**
 * The first line that fits, of either action; null: none does.
 * @param sourcePort, destinationPort of TCP and UDP; of ICMP its type and its code
 * @param flags TCP's in the low octet, and LATER_FRAGMENT
 */
export function find(list: AccessList, protocol: u32, source: u32, destination: u32, sourcePort: u32, destinationPort: u32, flags: u32): AccessLine | null {
  let line = list.first;
  while (line) {
    if (
      (line.plain
        ? (((source ^ line.source) & ~line.sourceWildcard) | ((destination ^ line.destination) & ~line.destinationWildcard)) == 0
        : holds(line, source, destination)) &&
      (line.protocol == 0 || <u32>line.protocol == protocol) &&
      (!line.further || looksFurther(line, sourcePort, destinationPort, flags))
    ) return line;
    line = line.next;
  }
  return null;
}

/** The addresses of a line that has a range or a group. A remark holds nothing. */
function holds(line: AccessLine, source: u32, destination: u32): bool {
  if (line.action == <u8>LineAction.REMARK) return false;
  const from = line.sourceGroup;
  if (from) {
    if (!from.has(source)) return false;
  } else if (line.sourceLast) {
    if (source < line.source || source > line.sourceLast) return false;
  } else if (((source ^ line.source) & ~line.sourceWildcard) != 0) return false;
  const to = line.destinationGroup;
  if (to) return to.has(destination);
  if (line.destinationLast) return destination >= line.destination && destination <= line.destinationLast;
  return ((destination ^ line.destination) & ~line.destinationWildcard) == 0;
}

function looksFurther(line: AccessLine, sourcePort: u32, destinationPort: u32, flags: u32): bool {
  if (line.flags & <u8>LineFlag.FRAGMENTS) return (flags & LATER_FRAGMENT) != 0;
  if (flags & LATER_FRAGMENT) return line.action == <u8>LineAction.PERMIT;
  if (line.flags & <u8>LineFlag.ESTABLISHED && (flags & STANDING) == 0) return false;
  if (line.icmp != <u8>Icmp.ANY) {
    if (sourcePort != <u32>line.icmpType) return false;
    return line.icmp == <u8>Icmp.TYPE || destinationPort == <u32>line.icmpCode;
  }
  return (
    isAmong(<Ports>line.sourceOperator, line.sourcePort, line.sourcePortLast, line.sourceSet, sourcePort) &&
    isAmong(<Ports>line.destinationOperator, line.destinationPort, line.destinationPortLast, line.destinationSet, destinationPort)
  );
}

function isAmong(operator: Ports, first: u32, last: u32, set: usize, port: u32): bool {
  switch (operator) {
    case Ports.ANY: return true;
    case Ports.EQ: return port == first;
    case Ports.NEQ: return port != first;
    case Ports.GT: return port > first;
    case Ports.LT: return port < first;
    case Ports.RANGE: return port >= first && port <= last;
    default: return setHas(set, port);
  }
}
