/**
 * Textual encodings (RFC 7468): blocks between `-----BEGIN LABEL-----` and `-----END LABEL-----`, with any text around them.
 * A block is decoded in place, over its own letters. Headers within a block (RFC 1421: DEK-Info) are not taken.
 */
import * as base64 from "./base64";

export const enum Label {
  /** No block with one of the labels below. */
  UNKNOWN = 0,
  CERTIFICATE,
  CRL,
  /** RSA PRIVATE KEY, EC PRIVATE KEY, PRIVATE KEY: the octets say themselves which */
  PRIVATE_KEY,
  ENCRYPTED_PRIVATE_KEY,
  PUBLIC_KEY,
  PKCS7,
  PKCS12,
  /** EC PARAMETERS, CERTIFICATE REQUEST and the like: passed over */
  OTHER,
}

/** What `next` found: the kind of the block, its octets, and where to go on. */
export let label: Label = Label.UNKNOWN;
export let der: usize = 0;
export let derLen: u32 = 0;
export let rest: usize = 0;
/** "" or why a block that begins is none to be used. */
export let fault: string = "";

// @ts-ignore: decorator
@inline
function is(p: usize, end: usize, s: string): bool {
  if (end - p < <usize>s.length) return false;
  for (let i = 0; i < s.length; i++) if (<u32>load<u8>(p + <usize>i) != <u32>s.charCodeAt(i)) return false;
  return true;
}

/** Where `s` begins in [p, end), or 0. */
function find(p: usize, end: usize, s: string): usize {
  for (; p < end; p++) if (is(p, end, s)) return p;
  return 0;
}

function labelAt(p: usize, len: u32): Label {
  const end = p + len;
  switch (len) {
    case 11: return is(p, end, "CERTIFICATE") ? Label.CERTIFICATE : is(p, end, "PRIVATE KEY") ? Label.PRIVATE_KEY : Label.OTHER;
    case 3: return is(p, end, "CRL") ? Label.CRL : Label.OTHER;
    case 8: return is(p, end, "X509 CRL") ? Label.CRL : Label.OTHER;
    case 15: return is(p, end, "RSA PRIVATE KEY") ? Label.PRIVATE_KEY : Label.OTHER;
    case 14: return is(p, end, "EC PRIVATE KEY") ? Label.PRIVATE_KEY : Label.OTHER;
    case 21: return is(p, end, "ENCRYPTED PRIVATE KEY") ? Label.ENCRYPTED_PRIVATE_KEY : Label.OTHER;
    case 10: return is(p, end, "PUBLIC KEY") ? Label.PUBLIC_KEY : Label.OTHER;
    case 5: return is(p, end, "PKCS7") ? Label.PKCS7 : Label.OTHER;
    case 6: return is(p, end, "PKCS12") ? Label.PKCS12 : Label.OTHER;
    default: return Label.OTHER;
  }
}

/** Finds and decodes the next block of [p, end). False: there is none, or `fault` says what is wrong with it. */
export function next(p: usize, end: usize): bool {
  fault = "";
  label = Label.UNKNOWN;
  const begin = find(p, end, "-----BEGIN ");
  if (!begin) return false;
  const name = begin + 11;
  const nameEnd = find(name, end, "-----");
  if (!nameEnd || nameEnd - name > 40) {
    fault = "a line that begins a block is not whole";
    return false;
  }
  const nameLen = <u32>(nameEnd - name);
  const body = nameEnd + 5;
  const last = find(body, end, "-----END ");
  const lastName = last + 9;
  if (!last || end - lastName < <usize>nameLen + 5 || memory.compare(name, lastName, <usize>nameLen) != 0 || !is(lastName + nameLen, end, "-----")) {
    fault = "a block does not end as it began";
    return false;
  }
  if (find(body, last, ":")) {
    fault = "its key is encrypted in the old way of PEM (DEK-Info): use PKCS#8, openssl pkcs8 -topk8";
    return false;
  }
  label = labelAt(name, nameLen);
  const n = base64.decode(body, <u32>(last - body), body);
  if (n == base64.BAD || n == 0) {
    label = Label.UNKNOWN;
    fault = "a block is not base64";
    return false;
  }
  der = body;
  derLen = n;
  rest = lastName + nameLen + 5;
  return true;
}

/** Whether a block begins somewhere in [p, end). */
export function begins(p: usize, end: usize): bool {
  return find(p, end, "-----BEGIN ") != 0;
}
