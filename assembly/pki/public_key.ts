/** SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 3279, 4055, 5480, 8410): RSA, RSASSA-PSS, named curves, Ed25519. */
import { Certificate, KeyKind } from "./certificate";
import * as der from "./der";
import { Tag } from "./der";
import { Oid, identify } from "./oids";

/** RSAPublicKey: an odd modulus and an odd exponent above 1, no longer than 64 bits. */
function rsa(c: Certificate, p: usize, end: usize): bool {
  if (!der.expect(p, end, Tag.SEQUENCE) || der.next != end) return false;
  if (!der.expect(der.body, end, Tag.INTEGER) || !der.minimal(der.body, der.len)) return false;
  let at = der.body;
  let len = der.len;
  if (load<u8>(at) & 0x80) return false;
  if (load<u8>(at) == 0) {
    at++;
    len--;
  }
  if (len == 0 || !(load<u8>(at + len - 1) & 1)) return false;
  c.modulus = at;
  c.modulusLen = len;
  c.keyBits = len * 8 - (clz<u32>(<u32>load<u8>(at)) - 24);
  if (!der.expect(der.next, end, Tag.INTEGER) || der.next != end || !der.minimal(der.body, der.len)) return false;
  at = der.body;
  len = der.len;
  if (load<u8>(at) & 0x80) return false;
  if (load<u8>(at) == 0) {
    at++;
    len--;
  }
  if (len == 0 || len > 8 || !(load<u8>(at + len - 1) & 1) || (len == 1 && load<u8>(at) == 1)) return false;
  c.exponent = at;
  c.exponentLen = len;
  return true;
}

/** SubjectPublicKeyInfo, whose content is [p, end). */
export function parsePublicKey(c: Certificate, p: usize, end: usize): bool {
  if (!der.expect(p, end, Tag.SEQUENCE)) return false;
  const parametersEnd = der.next;
  if (!der.expect(der.body, parametersEnd, Tag.OID) || !der.oid(der.body, der.len)) return false;
  const is = identify(der.body, der.len);
  const parameters = der.next;
  if (!der.expect(parametersEnd, end, Tag.BIT_STRING) || der.next != end || der.len < 2 || load<u8>(der.body) != 0) return false;
  const key = der.body + 1;
  const len = der.len - 1;
  switch (is) {
    case Oid.RSA: {
      c.key = KeyKind.RSA;
      if (parameters != parametersEnd && (!der.expect(parameters, parametersEnd, Tag.NULL) || der.next != parametersEnd)) return false;
      return der.wellFormed(key, end) && rsa(c, key, end);
    }
    case Oid.RSA_PSS: {
      c.key = KeyKind.RSA_PSS;
      return der.wellFormed(key, end) && rsa(c, key, end);
    }
    case Oid.EC: {
      // Named curves alone (RFC 5480, 2.1.1); a curve that is spelled out is one that nobody here has checked.
      if (!der.read(parameters, parametersEnd) || der.next != parametersEnd) return false;
      if (der.tag != Tag.OID) return true;
      const curve = identify(der.body, der.len);
      if (curve < Oid.P256 || curve > Oid.P521) return true;
      const octets: u32 = curve == Oid.P256 ? 32 : curve == Oid.P384 ? 48 : 66;
      if (len != 2 * octets + 1 || load<u8>(key) != 4) return false;
      c.key = KeyKind.EC;
      c.curve = curve;
      c.keyBits = curve == Oid.P521 ? 521 : octets * 8;
      c.point = key;
      c.pointLen = len;
      return true;
    }
    case Oid.ED25519: {
      if (parameters != parametersEnd || len != 32) return false;
      c.key = KeyKind.ED25519;
      c.keyBits = 256;
      c.point = key;
      c.pointLen = len;
      return true;
    }
    default: return true;
  }
}
