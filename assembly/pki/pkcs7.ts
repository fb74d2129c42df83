/**
 * PKCS#7 that holds certificates and nothing else (RFC 2315, 9; `crl2pkcs7`): SignedData without signers.
 *
 *      ContentInfo { signedData, [0] SignedData { version, digestAlgorithms, ContentInfo, [0] certificates, [1] CRLs, signerInfos } }
 */
import * as der from "./der";
import { Tag } from "./der";
import { rsadsi } from "./password";

/** The certificates, one behind the other: [certificates, certificatesEnd); the first CRL, 0: none. */
export let certificates: usize = 0;
export let certificatesEnd: usize = 0;
export let crl: usize = 0;
export let crlLen: u32 = 0;

/** Whether it is one. Walk the certificates with der.expect(p, certificatesEnd, Tag.SEQUENCE). */
export function open(p: usize, len: u32): bool {
  const end = p + len;
  certificates = certificatesEnd = crl = 0;
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return false;
  if (!der.expect(der.body, end, Tag.OID) || rsadsi(der.body, der.len) != 0x010702) return false;
  if (!der.expect(der.next, end, 0xa0) || der.next != end || !der.expect(der.body, end, Tag.SEQUENCE) || der.next != end) return false;
  if (!der.expect(der.body, end, Tag.INTEGER)) return false;
  if (!der.expect(der.next, end, Tag.SET)) return false;
  if (!der.expect(der.next, end, Tag.SEQUENCE)) return false;
  p = der.next;
  if (der.optional(p, end, 0xa0)) {
    certificates = der.body;
    certificatesEnd = p = der.next;
  }
  if (der.optional(p, end, 0xa1)) {
    p = der.next;
    if (der.len) {
      if (!der.expect(der.body, p, Tag.SEQUENCE)) return false;
      crl = der.start;
      crlLen = <u32>(der.next - der.start);
    }
  }
  return der.expect(p, end, Tag.SET) && der.next == end;
}
