/**
 * Whether a certificate bears an identity of IKE (RFC 4945, 3.1; RFC 2407, 4.6.2): DN by the subject or a directoryName, FQDN by a
 * dNSName, USER_FQDN by an rfc822Name, addresses by an iPAddress. A common name is a name for people and never stands for a host.
 */
import { IdType } from "../wire/ipsec_doi";
import { get16, get32 } from "../util/bytes";
import { Text } from "../util/text";
import { Certificate } from "./certificate";
import { sameMailbox } from "./constraints";
import * as der from "./der";
import { Kind } from "./general_name";
import * as names from "./name";

/** Names that are listed for people, and octets of each. */
const LISTED: u32 = 6;
const LISTED_OCTETS: u32 = 64;

/** `*.example.com` stands for one label in the place of the first, where more than one label follows. */
function wildcard(pattern: usize, patternLen: u32, host: usize, len: u32): bool {
  if (patternLen < 3 || load<u8>(pattern) != 42 || load<u8>(pattern + 1) != 46) return false;
  let dot: u32 = 0;
  while (dot < len && load<u8>(host + dot) != 46) dot++;
  if (dot == 0 || dot == len) return false;
  let dots: u32 = 0;
  for (let i: u32 = 1; i < patternLen; i++) {
    const c = <u32>load<u8>(pattern + i);
    if (c == 42) return false;
    if (c == 46) dots++;
  }
  return dots > 1 && names.sameFolded(pattern + 1, patternLen - 1, host + dot, len - dot);
}

/** The tag of a GeneralName that proves an ID type; 0: none does. */
export function kindOf(type: u32): u32 {
  switch (type) {
    case IdType.FQDN: return Kind.DNS;
    case IdType.USER_FQDN: return Kind.EMAIL;
    case IdType.DER_ASN1_DN: return Kind.DIRECTORY;
    case IdType.IPV4_ADDR:
    case IdType.IPV6_ADDR: return Kind.IP;
    default: return 0;
  }
}

/** Whether the certificate bears the identity. @param data the ID payload's data @param wildcards whether `*.x.y` stands for hosts */
export function bears(c: Certificate, type: u32, data: usize, len: u32, wildcards: bool): bool {
  const kind = kindOf(type);
  if (kind == 0 || len == 0) return false;
  if (kind == Kind.DIRECTORY) {
    if (!der.wellFormed(data, data + len) || !names.check(data, len)) return false;
    // An empty DN is nobody's.
    if (names.isEmpty(data, len)) return false;
    if (names.equal(c.subject, c.subjectLen, data, len)) return true;
  }
  if (kind == Kind.IP && len != (type == IdType.IPV4_ADDR ? <u32>4 : <u32>16)) return false;
  const end = c.altNames + c.altNamesLen;
  for (let p = c.altNames; p < end;) {
    if (!der.read(p, end)) return false;
    p = der.next;
    if (der.tag != kind) continue;
    const name = der.body;
    const nameLen = der.len;
    if (kind == Kind.DNS) {
      if (names.sameFolded(name, nameLen, data, len) || (wildcards && wildcard(name, nameLen, data, len))) return true;
    } else if (kind == Kind.EMAIL) {
      if (sameMailbox(name, nameLen, data, len)) return true;
    } else if (kind == Kind.DIRECTORY) {
      if (names.equal(name, nameLen, data, len)) return true;
    } else if (der.same(name, nameLen, data, len)) return true;
  }
  return false;
}

/** One GeneralName as people write it; false where it is of a kind that is not written. */
export function writeName(text: Text, tag: u32, p: usize, len: u32): bool {
  switch (tag) {
    case Kind.EMAIL: case Kind.DNS: case Kind.URI: {
      text.escaped(p, min(len, LISTED_OCTETS));
      if (len > LISTED_OCTETS) text.put("...");
      return true;
    }
    case Kind.DIRECTORY: {
      if (!names.check(p, len)) return false;
      text.char(34);
      names.write(text, p, len, LISTED_OCTETS);
      text.char(34);
      return true;
    }
    case Kind.IP: {
      if (len == 4) text.ip(get32(p));
      else {
        for (let i: u32 = 0; i + 1 < len; i += 2) {
          if (i) text.char(58);
          text.hex16(get16(p + i));
        }
      }
      return true;
    }
    default: return false;
  }
}

/** What the certificate bears: `"CN=moon", moon.example.com, 192.0.2.1`. */
export function writeAll(text: Text, c: Certificate): void {
  let count: u32 = 0;
  if (!names.isEmpty(c.subject, c.subjectLen)) {
    writeName(text, Kind.DIRECTORY, c.subject, c.subjectLen);
    count++;
  }
  const end = c.altNames + c.altNamesLen;
  for (let p = c.altNames; p < end;) {
    if (!der.read(p, end)) return;
    p = der.next;
    const tag = der.tag;
    if (tag != Kind.EMAIL && tag != Kind.DNS && tag != Kind.URI && tag != Kind.IP && tag != Kind.DIRECTORY) continue;
    if (count == LISTED) {
      text.put(", ...");
      return;
    }
    if (count++) text.put(", ");
    writeName(text, tag, der.body, der.len);
  }
  if (!count) text.put("none");
}
