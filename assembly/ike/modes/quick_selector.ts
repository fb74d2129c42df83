/**
 * The flows of a Quick Mode: IDci and IDcr (RFC 2409, 5.5) as a selector seen from here, and whether the responder's are
 * those that were offered.
 */
import { Mode } from "../../sadb/settings/transform_set";
import { Selector } from "../../sadb/terms/selector";
import { IdRange } from "../../wire/id";
import * as id from "../../wire/id";
import { Payload } from "../../wire/ike_numbers";
import * as message from "../message/message";
import { Exchange } from "../state/exchange";

let idc: IdRange = changetype<IdRange>(0);
const selectorBlock: usize = memory.data(32, 8);

export function init(): void {
  idc = changetype<IdRange>(heap.alloc(offsetof<IdRange>()));
}

/** For a selector that is looked at and forgotten. */
export function selectorScratch(): Selector {
  return changetype<Selector>(selectorBlock);
}

/** Whether the flows are those between both peers themselves, which is what transport mode is for (RFC 4301, 4.1). */
export function betweenPeers(ex: Exchange): bool {
  const s = ex.selector;
  const sa = ex.sa;
  return s.localFirst == sa.localAddress && s.localLast == sa.localAddress && s.remoteFirst == sa.configured && s.remoteLast == sa.configured;
}

/**
 * IDci and IDcr as a selector seen from here. Without them the flows are those between both peers themselves
 * (RFC 2409, 5.5). False: of another kind, or of two different protocols.
 */
export function readSelector(ex: Exchange, out: Selector): bool {
  const sa = ex.sa;
  const payloads = message.payloads;
  memory.fill(changetype<usize>(out), 0, offsetof<Selector>());
  if (!payloads.count(Payload.ID)) {
    out.localFirst = out.localLast = sa.localAddress;
    out.remoteFirst = out.remoteLast = sa.peerAddress;
    return true;
  }
  // IDci names the initiator's side.
  if (id.toRange(payloads.body(Payload.ID, 0), payloads.bodyLen(Payload.ID, 0), idc)) return false;
  const protocol = idc.protocol;
  setSide(out, idc, ex.initiator);
  if (id.toRange(payloads.body(Payload.ID, 1), payloads.bodyLen(Payload.ID, 1), idc)) return false;
  setSide(out, idc, !ex.initiator);
  out.protocol = <u8>protocol;
  return protocol == idc.protocol;
}

function setSide(out: Selector, range: IdRange, local: bool): void {
  if (local) {
    out.localFirst = range.first;
    out.localLast = range.last;
    out.localPort = <u16>range.port;
  } else {
    out.remoteFirst = range.first;
    out.remoteLast = range.last;
    out.remotePort = <u16>range.port;
  }
}

/**
 * Whether the responder's IDs name the flows that were offered, or ranges of addresses within them: then `agreed` is what the SAs
 * are for (charon narrows so; RFC 2409, 5.5, has no word for it, and whoever wants less than he may have is no danger). In transport mode behind a NAT strongSwan names the two
 * hosts by the addresses that it sees, the ones of its NAT-OA payloads; the SAs are for our own selector all the same.
 */
export function sameFlows(ex: Exchange, agreed: Selector): bool {
  const s = ex.selector;
  if (ex.choice.mode == Mode.TRANSPORT && ex.sa.natDetected) {
    if (agreed.localFirst == agreed.localLast && agreed.localFirst == ex.localOriginal) agreed.localFirst = agreed.localLast = s.localFirst;
    if (agreed.remoteFirst == agreed.remoteLast && agreed.remoteFirst == ex.peerOriginal) agreed.remoteFirst = agreed.remoteLast = s.remoteFirst;
  }
  return s.contains(agreed) && agreed.protocol == s.protocol && agreed.localPort == s.localPort && agreed.remotePort == s.remotePort;
}
