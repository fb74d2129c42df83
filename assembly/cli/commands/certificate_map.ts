/** `crypto pki certificate map`: which certificates a profile means. */
import { CERTIFICATE_RULES, NAME_MAX } from "../../limits";
import { Criterion, Field, Test, VALUE_MAX } from "../../pki/certificate_map";
import * as maps from "../../pki/certificate_map";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, tooLong } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("c:crypto pki certificate map WORD <1-65535>~", enter);
  row("b:(subject-name|issuer-name|alt-subject-name|serial-number) (co|eq|nc|ne) LINE~", criterion);
}

function enter(no: bool): bool {
  const k = matcher.base + 4;
  const number = matcher.number(k + 1);
  if (no) return maps.removeEntry(words.word(k), words.wordLen(k), number) || refused("There is no such entry.");
  if (words.wordLen(k) > NAME_MAX) return tooLong("name", NAME_MAX);
  session.enter(Mode.CERTIFICATE_MAP, number, words.word(k), words.wordLen(k));
  return true;
}

function criterion(no: bool): bool {
  const k = matcher.base;
  const field = matcher.isKeyword(k, "subject-name") ? Field.SUBJECT
    : matcher.isKeyword(k, "issuer-name") ? Field.ISSUER
    : matcher.isKeyword(k, "serial-number") ? Field.SERIAL : Field.ALT_SUBJECT;
  const test = matcher.isKeyword(k + 1, "co") ? Test.CO : matcher.isKeyword(k + 1, "eq") ? Test.EQ : matcher.isKeyword(k + 1, "nc") ? Test.NC : Test.NE;
  const value = words.word(k + 2);
  const len = words.restLen(k + 2);
  const name = session.subjectName;
  const nameLen = session.subjectNameLen;
  if (no) return maps.remove(name, nameLen, session.subject, field, test, value, len) || refused("There is no such criterion.");
  if (len > VALUE_MAX) return refused("The text is too long: up to 128 characters are allowed.");
  if (maps.add(name, nameLen, session.subject, field, test, value, len)) return true;
  refuse("There are ").u32(CERTIFICATE_RULES).put(" criteria already, which is the most.");
  nl();
  return false;
}

function same(a: Criterion, b: Criterion): bool {
  return a.number == b.number && a.nameLen == b.nameLen && memory.compare(a.name, b.name, <usize>a.nameLen) == 0;
}

function putCriterion(c: Criterion): void {
  out.put(c.field == Field.SUBJECT ? " subject-name" : c.field == Field.ISSUER ? " issuer-name" : c.field == Field.SERIAL ? " serial-number" : " alt-subject-name");
  out.put(c.test == Test.CO ? " co " : c.test == Test.EQ ? " eq " : c.test == Test.NC ? " nc " : " ne ").ascii(c.value, c.valueLen);
  nl();
}

/** Entries in the order of their making, criteria likewise. */
export function write(): void {
  for (let i: u32 = 0; i < maps.slots(); i++) {
    const c = maps.at(i);
    if (!c) continue;
    let first = true;
    for (let k: u32 = 0; k < i && first; k++) {
      const other = maps.at(k);
      if (other && same(other, c)) first = false;
    }
    if (!first) continue;
    out.put("crypto pki certificate map ").ascii(c.name, c.nameLen).char(32).u32(c.number);
    nl();
    for (let k = i; k < maps.slots(); k++) {
      const other = maps.at(k);
      if (other && same(other, c)) putCriterion(other);
    }
    out.char(33);
    nl();
  }
}
