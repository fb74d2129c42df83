/**
 * What can be wrong with the form of an ISAKMP message, the notify that RFC 2408, 5 asks for, and the counted reason.
 */
import { Drop } from "../util/status";
import { Notify } from "./ike_numbers";

export const enum Malformed {
  NONE = 0,
  /** shorter than the fixed part of its format */
  TOO_SHORT,
  /** the header's length is not the datagram's */
  LENGTH,
  /** other major version */
  VERSION,
  /** higher minor version */
  MINOR_VERSION,
  /** a RESERVED octet is not zero */
  RESERVED,
  /** a payload type that no chain may have */
  PAYLOAD_TYPE,
  /** a payload shorter than its header or longer than the message */
  PAYLOAD_LENGTH,
  /** more payloads than MAX_PAYLOADS */
  TOO_MANY,
  DOI,
  SITUATION,
  /** proposals or transforms do not fill the SA payload, or their number is wrong */
  PROPOSAL,
  /** SPI size */
  SPI,
  /** an attribute reaches over its transform's end */
  ATTRIBUTE,
  /** identification data of a wrong length, or a mask with holes, or an empty range */
  ID,
}

/** The notify that answers it (RFC 2408, 5.2 to 5.15). */
export function notifyOf(m: u32): u32 {
  switch (m) {
    case Malformed.NONE: return Notify.NONE;
    case Malformed.LENGTH: return Notify.UNEQUAL_PAYLOAD_LENGTHS;
    case Malformed.VERSION: return Notify.INVALID_MAJOR_VERSION;
    case Malformed.MINOR_VERSION: return Notify.INVALID_MINOR_VERSION;
    case Malformed.PAYLOAD_TYPE: return Notify.INVALID_PAYLOAD_TYPE;
    case Malformed.DOI: return Notify.DOI_NOT_SUPPORTED;
    case Malformed.SITUATION: return Notify.SITUATION_NOT_SUPPORTED;
    case Malformed.PROPOSAL: return Notify.BAD_PROPOSAL_SYNTAX;
    case Malformed.SPI: return Notify.INVALID_SPI;
    case Malformed.ATTRIBUTE: return Notify.BAD_PROPOSAL_SYNTAX;
    case Malformed.ID: return Notify.INVALID_ID_INFORMATION;
    default: return Notify.PAYLOAD_MALFORMED;
  }
}

export function dropOf(m: u32): Drop {
  switch (m) {
    case Malformed.NONE: return Drop.NONE;
    case Malformed.TOO_SHORT: return Drop.IKE_TOO_SHORT;
    case Malformed.LENGTH: return Drop.IKE_LENGTH;
    case Malformed.VERSION:
    case Malformed.MINOR_VERSION: return Drop.IKE_VERSION;
    default: return Drop.IKE_PAYLOAD;
  }
}

export function malformedName(m: u32): string {
  switch (m) {
    case Malformed.NONE: return "well formed";
    case Malformed.TOO_SHORT: return "too short";
    case Malformed.LENGTH: return "length in the header is not the datagram's";
    case Malformed.VERSION: return "other major version";
    case Malformed.MINOR_VERSION: return "higher minor version";
    case Malformed.RESERVED: return "reserved octet not zero";
    case Malformed.PAYLOAD_TYPE: return "payload type unknown";
    case Malformed.PAYLOAD_LENGTH: return "payload length wrong";
    case Malformed.TOO_MANY: return "too many payloads";
    case Malformed.DOI: return "DOI not supported";
    case Malformed.SITUATION: return "situation not supported";
    case Malformed.PROPOSAL: return "bad proposal syntax";
    case Malformed.SPI: return "SPI size wrong";
    case Malformed.ATTRIBUTE: return "bad attribute";
    case Malformed.ID: return "bad identification data";
    default: return "malformed";
  }
}
