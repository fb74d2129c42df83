/**
 * Vendor IDs (RFC 2408, 3.16): what a peer says about itself. Unknown ones are taken and ignored. Most are the MD5 of
 * a sentence; some carry a version behind a fixed beginning, which alone is compared.
 */
import { Payload } from "../wire/ike_numbers";
import { MessageWriter } from "../wire/message_writer";

export const enum Vendor {
  UNKNOWN = 0,
  POSTERN,
  /** RFC 3947 */
  NATT_RFC,
  NATT_03,
  /** draft-ietf-ipsec-nat-t-ike-02 with the line feed that most implementations hash */
  NATT_02N,
  NATT_02,
  NATT_01,
  NATT_00,
  /** RFC 3706 */
  DPD,
  XAUTH,
  UNITY,
  FRAGMENTATION,
  CISCO_IOS,
  CISCO_VPN3000,
  CISCO_DELETE_REASON,
  STRONGSWAN,
  OPENSWAN,
  LIBRESWAN,
  KAME_RACOON,
  MS_NT5,
  FORTIGATE,
  HEARTBEAT,
  INITIAL_CONTACT,
  COUNT,
}

/** Which Vendor a body of `len` octets is. */
export function recognise(body: usize, len: u32): Vendor {
  return Vendor.UNKNOWN;
}

/** The name for `show` and `debug`, a static string. */
export function vendorName(v: Vendor): string {
  return "unknown vendor ID";
}

/** Writes a Vendor ID payload. */
export function emit(w: MessageWriter, v: Vendor): void {}
