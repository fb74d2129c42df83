/**
 * `crypto pki certificate map NAME NUMBER`: which certificates are meant. A map is entries, in the order of their numbers; an entry is
 * criteria, all of which a certificate must meet; a map takes what any of its entries takes. Names are compared as text in RFC 4514's form, small and
 * large letters alike, blanks behind commas left out.
 */
import { CERTIFICATE_RULES, NAME_MAX } from "../limits";
import { Pool } from "../util/pool";
import { Text } from "../util/text";
import { Certificate } from "./certificate";
import * as der from "./der";
import * as names from "./name";

/** Octets of a criterion's text. */
export const VALUE_MAX: u32 = 128;

export const enum Field { SUBJECT = 1, ISSUER = 2, ALT_SUBJECT = 3, SERIAL = 4 }
/** co: it holds the text; eq: it is the text; nc, ne: not so. */
export const enum Test { CO = 1, EQ = 2, NC = 3, NE = 4 }

@unmanaged
export class Criterion {
  number: u32;
  field: Field;
  test: Test;
  nameLen: u32;
  valueLen: u32;

  get name(): usize {
    return changetype<usize>(this) + offsetof<Criterion>();
  }
  get value(): usize {
    return this.name + NAME_MAX;
  }
}

let pool: Pool<Criterion> = changetype<Pool<Criterion>>(0);
let text: Text = changetype<Text>(0);

export function init(): void {
  pool = new Pool<Criterion>("crypto pki certificate maps", CERTIFICATE_RULES, NAME_MAX + VALUE_MAX);
  text = new Text(1024);
}

export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): Criterion | null {
  return pool.at(i);
}

function isOf(c: Criterion, name: usize, len: u32): bool {
  return c.nameLen == len && memory.compare(c.name, name, <usize>len) == 0;
}

export function exists(name: usize, len: u32): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const c = pool.at(i);
    if (c && isOf(c, name, len)) return true;
  }
  return false;
}

/** Adds a criterion to an entry; the same one twice is there once. False: no room. @param len, valueLen at most NAME_MAX, VALUE_MAX */
export function add(name: usize, len: u32, number: u32, field: Field, test: Test, value: usize, valueLen: u32): bool {
  if (find(name, len, number, field, test, value, valueLen)) return true;
  const c = pool.take();
  if (!c) return false;
  c.number = number;
  c.field = field;
  c.test = test;
  memory.copy(c.name, name, <usize>len);
  c.nameLen = len;
  memory.copy(c.value, value, <usize>valueLen);
  c.valueLen = valueLen;
  return true;
}

function find(name: usize, len: u32, number: u32, field: Field, test: Test, value: usize, valueLen: u32): Criterion | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const c = pool.at(i);
    if (c && isOf(c, name, len) && c.number == number && c.field == field && c.test == test && c.valueLen == valueLen && memory.compare(c.value, value, <usize>valueLen) == 0) return c;
  }
  return null;
}

/** False: there is none. */
export function remove(name: usize, len: u32, number: u32, field: Field, test: Test, value: usize, valueLen: u32): bool {
  const c = find(name, len, number, field, test, value, valueLen);
  if (!c) return false;
  pool.free(c);
  return true;
}

/** Removes an entry. False: there is none. */
export function removeEntry(name: usize, len: u32, number: u32): bool {
  let any = false;
  for (let i: u32 = 0; i < pool.size; i++) {
    const c = pool.at(i);
    if (!c || !isOf(c, name, len) || c.number != number) continue;
    pool.free(c);
    any = true;
  }
  return any;
}

/** Whether a map takes a certificate. A map that is not there takes none. */
export function matches(name: usize, len: u32, certificate: Certificate): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const c = pool.at(i);
    // Each entry is looked at once, where its first criterion stands.
    if (c && isOf(c, name, len) && isFirst(i, c) && entryMatches(c, certificate)) return true;
  }
  return false;
}

function isFirst(i: u32, c: Criterion): bool {
  for (let k: u32 = 0; k < i; k++) {
    const other = pool.at(k);
    if (other && other.number == c.number && isOf(other, c.name, c.nameLen)) return false;
  }
  return true;
}

function entryMatches(entry: Criterion, certificate: Certificate): bool {
  for (let i: u32 = 0; i < pool.size; i++) {
    const c = pool.at(i);
    if (c && c.number == entry.number && isOf(c, entry.name, entry.nameLen) && !meets(c, certificate)) return false;
  }
  return true;
}

function meets(c: Criterion, certificate: Certificate): bool {
  const found = holds(c, certificate);
  return c.test == Test.CO || c.test == Test.EQ ? found : !found;
}

/** Whether the field, or one of its values, holds the text or is it. */
function holds(c: Criterion, certificate: Certificate): bool {
  const whole = c.test == Test.EQ || c.test == Test.NE;
  text.clear();
  switch (c.field) {
    case Field.SUBJECT: {
      names.write(text, certificate.subject, certificate.subjectLen, 1000);
      return compare(c, whole);
    }
    case Field.ISSUER: {
      names.write(text, certificate.issuer, certificate.issuerLen, 1000);
      return compare(c, whole);
    }
    case Field.SERIAL: {
      text.hexBytes(certificate.serial, certificate.serialLen);
      return compare(c, whole);
    }
    default: {
      const end = certificate.altNames + certificate.altNamesLen;
      for (let p = certificate.altNames; p < end; p = der.next) {
        if (!der.read(p, end)) return false;
        const after = der.next;
        text.clear();
        if (!writeAlternative(text, der.tag, der.body, der.len)) continue;
        if (compare(c, whole)) return true;
        der.read(p, end);
        if (der.next != after) return false;
      }
      return false;
    }
  }
}

/** Writes a GeneralName: mail address, host name, IPv4 address, directory name. False: another kind. */
export function writeAlternative(to: Text, tag: u32, p: usize, len: u32): bool {
  if (tag == 0x81 || tag == 0x82) to.escaped(p, len);
  else if (tag == 0x87 && len == 4) to.ip(bswap<u32>(load<u32>(p)));
  else if (tag == 0xa4) names.write(to, p, len, 1000);
  else return false;
  return true;
}

// @ts-ignore: decorator
@inline
function lower(c: u32): u32 {
  return c - 65 < 26 ? c | 32 : c;
}

/** The place of the next letter that counts: blanks behind a comma don't. */
function skip(p: usize, i: u32, len: u32): u32 {
  while (i > 0 && i < len && load<u8>(p + i) == 32 && load<u8>(p + i - 1) == 44) i++;
  return i;
}

/** Whether the text written holds the criterion's, or is it. */
function compare(c: Criterion, whole: bool): bool {
  if (text.cut) return false;
  for (let from: u32 = 0; from <= text.len; from++) {
    let i = from;
    let k: u32 = 0;
    while (true) {
      i = skip(text.base, i, text.len);
      k = skip(c.value, k, c.valueLen);
      if (k == c.valueLen || i == text.len) break;
      if (lower(<u32>load<u8>(text.base + i)) != lower(<u32>load<u8>(c.value + k))) break;
      i++;
      k++;
    }
    if (k == c.valueLen && (!whole || i == text.len)) return true;
    if (whole) return false;
  }
  return false;
}
