/**
 * PKCS#10 (RFC 2986): what a certificate is asked for with. The octets that are to be signed come first, then the whole of it around
 * the signature:
 *
 *      CertificationRequest { CertificationRequestInfo { 0, subject, subjectPKInfo, [0] attributes }, algorithm, BIT STRING }
 *      attributes: extensionRequest { keyUsage critical, subjectAltName }
 */
import { put32 } from "../util/bytes";
import { Tag } from "./der";
import * as writer from "./der_writer";
import { KeyPair, KeyUse, PairKind, Trustpoint } from "./store";

// @ts-ignore: decorator
@lazy
const address: usize = memory.data(4, 4);

function keyword(p: usize, len: u32, s: string): bool {
  if (len != <u32>s.length) return false;
  for (let i: u32 = 0; i < len; i++) if ((<u32>load<u8>(p + i) | 32) != <u32>s.charCodeAt(i)) return false;
  return true;
}

/** Writes the OID of an attribute's short name. False: unknown. */
function writeType(p: usize, len: u32): bool {
  if (keyword(p, len, "cn")) writer.oid("550403");
  else if (keyword(p, len, "c")) writer.oid("550406");
  else if (keyword(p, len, "l")) writer.oid("550407");
  else if (keyword(p, len, "st")) writer.oid("550408");
  else if (keyword(p, len, "o")) writer.oid("55040a");
  else if (keyword(p, len, "ou")) writer.oid("55040b");
  else if (keyword(p, len, "serialnumber")) writer.oid("550405");
  else if (keyword(p, len, "dc")) writer.oid("0992268993f22c640119");
  else if (keyword(p, len, "uid")) writer.oid("0992268993f22c640101");
  else if (keyword(p, len, "e") || keyword(p, len, "emailaddress")) writer.oid("2a864886f70d010901");
  else return false;
  return true;
}

/** Which kind of string an attribute's value is. */
function stringTag(p: usize, len: u32): u32 {
  if (keyword(p, len, "c") || keyword(p, len, "serialnumber")) return Tag.PRINTABLE_STRING;
  return keyword(p, len, "dc") || keyword(p, len, "e") || keyword(p, len, "emailaddress") ? Tag.IA5_STRING : Tag.UTF8_STRING;
}

/** Whether a comma at `i` is one of the value, behind a backslash. */
// @ts-ignore: decorator
@inline
function escaped(p: usize, i: u32): bool {
  return i > 0 && load<u8>(p + i - 1) == 92;
}

/**
 * Writes the Name of `CN=moon, OU=Test, C=CH`: the text's first part is the name's last (RFC 4514, 2.1); `\,` is a comma of a value.
 * "" or why it is none.
 */
export function writeName(p: usize, len: u32): string {
  const end = writer.at;
  // Written from its end, a name has its last part first, which is the text's first.
  for (let i: u32 = 0; i < len;) {
    while (i < len && load<u8>(p + i) == 32) i++;
    let stop = i;
    while (stop < len && (load<u8>(p + stop) != 44 || escaped(p, stop))) stop++;
    let equals = i;
    while (equals < stop && load<u8>(p + equals) != 61) equals++;
    let last = stop;
    while (last > equals && load<u8>(p + last - 1) == 32) last--;
    let typeEnd = equals;
    while (typeEnd > i && load<u8>(p + typeEnd - 1) == 32) typeEnd--;
    let value = equals + 1;
    while (value < last && load<u8>(p + value) == 32) value++;
    if (equals >= stop || value >= last) return "a name is parts like CN=router, O=Example with commas between them";
    const attribute = writer.at;
    for (let k = last; k > value; k--) {
      const c = <u32>load<u8>(p + k - 1);
      if (c == 92 && k < last && load<u8>(p + k) == 44) continue;
      writer.octet(c);
    }
    writer.wrap(stringTag(p + i, typeEnd - i), attribute);
    if (!writeType(p + i, typeEnd - i)) return "of names these parts are known: CN, OU, O, L, ST, C, DC, UID, E, serialNumber";
    writer.wrap(Tag.SEQUENCE, attribute);
    writer.wrap(Tag.SET, attribute);
    i = stop + 1;
  }
  writer.wrap(Tag.SEQUENCE, end);
  return writer.short ? "it is too long" : "";
}

/** Writes CertificationRequestInfo: "" or why it can't be made. `subject` is the Name in text. */
export function writeBody(point: Trustpoint, pair: KeyPair, subject: usize, subjectLen: u32): string {
  const end = writer.at;
  if (point.address || point.fqdnLen) {
    if (point.fqdnLen) {
      const name = writer.at;
      writer.octets(point.fqdn, point.fqdnLen);
      writer.wrap(0x82, name);
    }
    if (point.address) {
      const name = writer.at;
      put32(address, point.address);
      writer.octets(address, 4);
      writer.wrap(0x87, name);
    }
    writer.wrap(Tag.SEQUENCE, end);
    writer.wrap(Tag.OCTET_STRING, end);
    writer.oid("551d11");
    writer.wrap(Tag.SEQUENCE, end);
  }
  // digitalSignature, keyEncipherment: as the key may be used.
  const usage = writer.at;
  if (pair.kind != PairKind.RSA || pair.use == KeyUse.SIGNATURE) writer.hex("03020780");
  else writer.hex(pair.use == KeyUse.ENCRYPTION ? "03020520" : "030205a0");
  writer.wrap(Tag.OCTET_STRING, usage);
  writer.hex("0101ff");
  writer.oid("551d0f");
  writer.wrap(Tag.SEQUENCE, usage);
  writer.wrap(Tag.SEQUENCE, end);
  writer.wrap(Tag.SET, end);
  writer.oid("2a864886f70d01090e");
  writer.wrap(Tag.SEQUENCE, end);
  writer.wrap(0xa0, end);
  writer.octets(pair.spki, pair.spkiLen);
  const fault = writeName(subject, subjectLen);
  if (fault.length) return fault;
  writer.smallInteger(0);
  writer.wrap(Tag.SEQUENCE, end);
  return writer.short ? "it is too long" : "";
}

/** Writes the whole request around a body and its signature: of RSA PKCS#1 with SHA-256, of a curve DER of r and s with the curve's hash. */
export function writeWhole(pair: KeyPair, body: usize, bodyLen: u32, signature: usize, signatureLen: u32): bool {
  const end = writer.at;
  if (pair.kind == PairKind.RSA) writer.octets(signature, signatureLen);
  else {
    const half = signatureLen >> 1;
    writer.integer(signature + half, half);
    writer.integer(signature, half);
    writer.wrap(Tag.SEQUENCE, end);
  }
  writer.octet(0);
  writer.wrap(Tag.BIT_STRING, end);
  const algorithm = writer.at;
  switch (pair.kind) {
    case PairKind.RSA: {
      writer.hex("0500");
      writer.oid("2a864886f70d01010b");
      break;
    }
    case PairKind.EC_256: {
      writer.oid("2a8648ce3d040302");
      break;
    }
    case PairKind.EC_384: {
      writer.oid("2a8648ce3d040303");
      break;
    }
    default: writer.oid("2a8648ce3d040304");
  }
  writer.wrap(Tag.SEQUENCE, algorithm);
  writer.octets(body, bodyLen);
  writer.wrap(Tag.SEQUENCE, end);
  return !writer.short;
}
