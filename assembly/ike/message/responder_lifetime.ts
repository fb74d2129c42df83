/**
 * RESPONDER-LIFETIME (RFC 2407, 4.6.3.1): a responder whose lifetimes are shorter than the offer's says so. Its data are the
 * attributes of a lifetime, which both phases number alike (RFC 2409, appendix A, says 11 and 12 where this notify says 1 and 2).
 */
import * as attribute from "../../wire/attribute";
import { LifeType, Notify, Payload } from "../../wire/ike_numbers";
import { IPSEC_DOI, IpsecAttribute } from "../../wire/ipsec_doi";
import { MessageWriter } from "../../wire/message_writer";
import * as notify from "../../wire/notify";
import * as stats from "../state/stats";

/** What `read` has found, 0: not said. */
export let seconds: u32 = 0;
export let kilobytes: u32 = 0;

/** Writes the payload. @param kilobytes 0: no limit, and none is said */
export function emit(w: MessageWriter, protocol: u32, spi: usize, spiLen: u32, seconds: u32, kilobytes: u32): void {
  stats.notify(Notify.RESPONDER_LIFETIME, true);
  w.payload(Payload.NOTIFY);
  w.u32(IPSEC_DOI);
  w.u8(protocol);
  w.u8(spiLen);
  w.u16(Notify.RESPONDER_LIFETIME);
  w.bytes(spi, spiLen);
  attribute.emit(w, IpsecAttribute.SA_LIFE_TYPE, LifeType.SECONDS);
  attribute.emit(w, IpsecAttribute.SA_LIFE_DURATION, seconds);
  if (!kilobytes) return;
  attribute.emit(w, IpsecAttribute.SA_LIFE_TYPE, LifeType.KILOBYTES);
  attribute.emit(w, IpsecAttribute.SA_LIFE_DURATION, kilobytes);
}

/** Reads a notify body that notify.check accepted. False: it is no RESPONDER-LIFETIME, or its attributes are malformed. */
export function read(body: usize, len: u32): bool {
  seconds = kilobytes = 0;
  if (notify.messageType(body) != Notify.RESPONDER_LIFETIME) return false;
  let p = notify.data(body);
  const end = body + <usize>len;
  if (attribute.check(p, <u32>(end - p))) return false;
  let type: u32 = 0;
  for (; p < end; p += <usize>attribute.length(p)) {
    const v = attribute.value(p);
    if (attribute.attributeType(p) == IpsecAttribute.SA_LIFE_TYPE) type = v;
    else if (attribute.attributeType(p) == IpsecAttribute.SA_LIFE_DURATION) {
      if (type == LifeType.SECONDS) seconds = v;
      else if (type == LifeType.KILOBYTES) kilobytes = v;
    }
  }
  return true;
}
