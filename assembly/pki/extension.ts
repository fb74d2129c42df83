/**
 * Extensions of certificates, CRLs and CRL entries (RFC 5280, 4.2), one by one:
 *
 *      Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
 */
import * as der from "./der";
import { Tag } from "./der";

/** What `extension` found; the content of its value is [value, valueEnd). */
export let extensionOid: usize = 0;
export let extensionOidLen: u32 = 0;
export let critical: bool = false;
export let value: usize = 0;
export let valueEnd: usize = 0;

/** Reads one Extension at `p`: where the next begins, or 0 where it is malformed. */
export function extension(p: usize, end: usize): usize {
  if (!der.expect(p, end, Tag.SEQUENCE)) return 0;
  const after = der.next;
  if (!der.expect(der.body, after, Tag.OID) || !der.oid(der.body, der.len)) return 0;
  extensionOid = der.body;
  extensionOidLen = der.len;
  p = der.next;
  critical = false;
  if (der.optional(p, after, Tag.BOOLEAN)) {
    const flag = der.boolean(der.body, der.len);
    if (flag < 0) return 0;
    critical = flag == 1;
    p = der.next;
  }
  if (!der.expect(p, after, Tag.OCTET_STRING) || der.next != after) return 0;
  value = der.body;
  valueEnd = der.next;
  return after;
}

/** The content of the SEQUENCE that alone fills an extension's value; false where it is none. */
export function whole(tag: u32): bool {
  return der.expect(value, valueEnd, tag) && der.next == valueEnd;
}

/** AuthorityKeyIdentifier's [0]; the issuer's name and serial number are not used. False where it is malformed. */
export function authorityKeyId(): bool {
  if (!whole(Tag.SEQUENCE)) return false;
  let p = der.body;
  keyId = 0;
  keyIdLen = 0;
  if (der.optional(p, valueEnd, 0x80)) {
    keyId = der.body;
    keyIdLen = der.len;
    p = der.next;
  }
  if (der.optional(p, valueEnd, 0xa1)) p = der.next;
  if (der.optional(p, valueEnd, 0x82)) p = der.next;
  return p == valueEnd;
}

/** What `authorityKeyId` found. */
export let keyId: usize = 0;
export let keyIdLen: u32 = 0;
