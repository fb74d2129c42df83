/**
 * PKCS#12 (RFC 7292): certificates and one private key under a password. The octets are decrypted where they lie, and stay there:
 * what `open` found are addresses within them; the key is at private_key.secret.
 *
 *      PFX { 3, ContentInfo { data, [0] OCTET STRING { AuthenticatedSafe } }, MacData { DigestInfo, salt, rounds } }
 *      AuthenticatedSafe: ContentInfos of SafeContents, in clear (data) or encrypted (encryptedData)
 *      SafeContents: SafeBags { identifier, [0] value, SET of attributes }
 */
import * as der from "./der";
import { Tag } from "./der";
import * as password from "./password";
import * as privateKey from "./private_key";
import { rsadsi } from "./password";

/** Certificates of one file that are found. */
export const CERTIFICATES_MAX: u32 = 8;
// @ts-ignore: decorator
@lazy
const found: usize = memory.data(128, 8);
export let certificates: u32 = 0;
let hasKey: bool = false;

export function certificateAt(i: u32): usize {
  return load<usize>(found + <usize>(i << 4));
}

export function certificateLenAt(i: u32): u32 {
  return load<u32>(found + <usize>(i << 4), 8);
}

const NONE = "it is no PKCS#12";

/** Opens it: "", or why it can't be used. */
export function open(p: usize, len: u32, secret: usize, secretLen: u32): string {
  certificates = 0;
  hasKey = false;
  privateKey.forget();
  const fault = read(p, p + len, secret, secretLen);
  if (fault.length) privateKey.forget();
  return fault.length ? fault : !hasKey ? "it holds no private key" : !certificates ? "it holds no certificate" : "";
}

function read(p: usize, end: usize, secret: usize, secretLen: u32): string {
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return NONE;
  if (!der.expect(der.body, end, Tag.INTEGER) || der.small(der.body, der.len) != 3) return NONE;
  if (!der.expect(der.next, end, Tag.SEQUENCE)) return NONE;
  const macAt = der.next;
  if (!der.expect(der.body, macAt, Tag.OID) || rsadsi(der.body, der.len) != 0x010701) return NONE;
  if (!der.expect(der.next, macAt, 0xa0) || !der.expect(der.body, macAt, Tag.OCTET_STRING) || der.next != macAt) return NONE;
  const safe = der.body;
  const safeLen = der.len;
  if (macAt == end) return "it has no MAC, so that nobody knows who made it";
  if (!der.expect(macAt, end, Tag.SEQUENCE) || der.next != end) return NONE;
  const fault = password.checkMac(der.body, end, safe, safeLen, secret, secretLen);
  return fault.length ? fault : readSafe(safe, safe + safeLen, secret, secretLen);
}

function readSafe(p: usize, end: usize, secret: usize, secretLen: u32): string {
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return NONE;
  for (p = der.body; p < end;) {
    if (!der.expect(p, end, Tag.SEQUENCE)) return NONE;
    const after = der.next;
    if (!der.expect(der.body, after, Tag.OID)) return NONE;
    const type = rsadsi(der.body, der.len);
    if (!der.expect(der.next, after, 0xa0) || der.next != after) return NONE;
    let fault: string;
    if (type == 0x010701) fault = der.expect(der.body, after, Tag.OCTET_STRING) && der.next == after ? readBags(der.body, after, secret, secretLen) : NONE;
    else if (type == 0x010706) fault = readEncrypted(der.body, after, secret, secretLen);
    else fault = "a part of it is encrypted in a way that is not taken";
    if (fault.length) return fault;
    p = after;
  }
  return "";
}

/** EncryptedData { 0, EncryptedContentInfo { data, algorithm, [0] octets } }. */
function readEncrypted(p: usize, end: usize, secret: usize, secretLen: u32): string {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end || !der.expect(der.body, end, Tag.INTEGER)) return NONE;
  if (!der.expect(der.next, end, Tag.SEQUENCE) || der.next != end) return NONE;
  if (!der.expect(der.body, end, Tag.OID) || rsadsi(der.body, der.len) != 0x010701) return NONE;
  if (!der.expect(der.next, end, Tag.SEQUENCE)) return NONE;
  const algorithm = der.body;
  const algorithmEnd = der.next;
  if (!der.expect(algorithmEnd, end, 0x80) || der.next != end) return NONE;
  const data = der.body;
  const fault = password.open(algorithm, algorithmEnd, data, der.len, secret, secretLen);
  return fault.length ? fault : readBags(data, data + password.plainLen, secret, secretLen);
}

function readBags(p: usize, end: usize, secret: usize, secretLen: u32): string {
  if (!der.wellFormed(p, end) || !der.expect(p, end, Tag.SEQUENCE) || der.next != end) return NONE;
  for (p = der.body; p < end;) {
    if (!der.expect(p, end, Tag.SEQUENCE)) return NONE;
    const after = der.next;
    if (!der.expect(der.body, after, Tag.OID)) return NONE;
    const type = rsadsi(der.body, der.len);
    if (!der.expect(der.next, after, 0xa0)) return NONE;
    const value = der.body;
    const valueEnd = der.next;
    let fault = "";
    if (type == 0x010c0a0103) fault = takeCertificate(value, valueEnd);
    else if (type == 0x010c0a0101) fault = takeKey(value, <u32>(valueEnd - value));
    else if (type == 0x010c0a0102) {
      if (!der.expect(value, valueEnd, Tag.SEQUENCE) || der.next != valueEnd || !der.expect(der.body, valueEnd, Tag.SEQUENCE)) return NONE;
      const algorithm = der.body;
      const algorithmEnd = der.next;
      if (!der.expect(algorithmEnd, valueEnd, Tag.OCTET_STRING) || der.next != valueEnd) return NONE;
      const data = der.body;
      fault = password.open(algorithm, algorithmEnd, data, der.len, secret, secretLen);
      if (!fault.length) fault = takeKey(data, password.plainLen);
    }
    if (fault.length) return fault;
    p = after;
  }
  return "";
}

function takeKey(p: usize, len: u32): string {
  if (hasKey) return "it holds more than one private key";
  hasKey = true;
  return privateKey.parse(p, len);
}

function takeCertificate(p: usize, end: usize): string {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end) return NONE;
  if (!der.expect(der.body, end, Tag.OID) || rsadsi(der.body, der.len) != 0x01091601) return "";
  if (!der.expect(der.next, end, 0xa0) || !der.expect(der.body, end, Tag.OCTET_STRING)) return NONE;
  if (certificates == CERTIFICATES_MAX) return "it holds more than 8 certificates";
  const slot = found + <usize>(certificates++ << 4);
  store<usize>(slot, der.body);
  store<u32>(slot, der.len, 8);
  return "";
}
