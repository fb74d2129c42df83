// Certificate maps: criteria, entries, maps.
import { Certificate } from "../../../assembly/pki/certificate";
import { Field, Test } from "../../../assembly/pki/certificate_map";
import * as maps from "../../../assembly/pki/certificate_map";
import { putString } from "../../../assembly/util/bytes";
import { forgetPools } from "../../../assembly/util/pool";
import { fromHex } from "../crypto/bytes";

const name: usize = memory.data(32, 8);
const value: usize = memory.data(128, 8);
const der: usize = memory.data(512, 8);
const record: usize = memory.data(512, 8);

/** CN=moon, O=Exa, mple! , C=CH by CN=Root, with mo.on, m@oo.n and 192.0.2.1. */
function certificate(): Certificate {
  const c = changetype<Certificate>(record);
  memory.fill(record, 0, 512);
  let at = der;
  c.subject = at;
  c.subjectLen = put(at, "3032310b3009060355040613024348" + "3114301206035504" + "0a0c0b4578612c206d706c652120" + "310d300b06035504030c046d6f6f6e");
  at += c.subjectLen;
  c.issuer = at;
  c.issuerLen = put(at, "300f310d300b06035504030c04526f6f74");
  at += c.issuerLen;
  c.serial = at;
  c.serialLen = put(at, "0afe");
  at += c.serialLen;
  c.altNames = at;
  c.altNamesLen = put(at, "82056d6f2e6f6e" + "81066d406f6f2e6e" + "8704c0000201");
  return c;
}

function put(at: usize, hex: string): u32 {
  return fromHex(at, hex);
}

function add(map: string, number: u32, field: Field, test: Test, text: string): bool {
  const n = putString(name, map);
  return maps.add(name, n, number, field, test, value, putString(value, text));
}

function taken(map: string): bool {
  return maps.matches(name, putString(name, map), certificate());
}

function one(field: Field, test: Test, text: string): bool {
  forgetPools();
  maps.init();
  add("M", 1, field, test, text);
  return taken("M");
}

describe("certificate maps", () => {
  test("subject and issuer", () => {
    expect(one(Field.SUBJECT, Test.CO, "cn=MOON")).toBe(true);
    expect(one(Field.SUBJECT, Test.CO, "cn=moon2")).toBe(false);
    expect(one(Field.SUBJECT, Test.CO, "C=CH")).toBe(true);
    expect(one(Field.SUBJECT, Test.EQ, "CN=moon")).toBe(false);
    expect(one(Field.ISSUER, Test.EQ, "cn=root")).toBe(true);
    expect(one(Field.ISSUER, Test.EQ, "cn=root2")).toBe(false);
    expect(one(Field.ISSUER, Test.EQ, "cn=roo")).toBe(false);
    expect(one(Field.ISSUER, Test.NE, "cn=root")).toBe(false);
    expect(one(Field.ISSUER, Test.NE, "cn=other")).toBe(true);
    expect(one(Field.SUBJECT, Test.NC, "moon")).toBe(false);
    expect(one(Field.SUBJECT, Test.NC, "sun")).toBe(true);
  });
  test("alternative names: any of them, or none", () => {
    expect(one(Field.ALT_SUBJECT, Test.EQ, "mo.on")).toBe(true);
    expect(one(Field.ALT_SUBJECT, Test.EQ, "M@oo.n")).toBe(true);
    expect(one(Field.ALT_SUBJECT, Test.EQ, "192.0.2.1")).toBe(true);
    expect(one(Field.ALT_SUBJECT, Test.EQ, "192.0.2.10")).toBe(false);
    expect(one(Field.ALT_SUBJECT, Test.CO, "o.o")).toBe(true);
    expect(one(Field.ALT_SUBJECT, Test.NE, "192.0.2.1")).toBe(false);
    expect(one(Field.ALT_SUBJECT, Test.NC, "xyz")).toBe(true);
    expect(one(Field.SERIAL, Test.EQ, "0AFE")).toBe(true);
  });
  test("all criteria of an entry, any entry of a map", () => {
    forgetPools();
    maps.init();
    add("M", 1, Field.SUBJECT, Test.CO, "moon");
    add("M", 1, Field.ISSUER, Test.CO, "nobody");
    expect(taken("M")).toBe(false);
    add("M", 2, Field.SERIAL, Test.CO, "fe");
    expect(taken("M")).toBe(true);
    expect(taken("N")).toBe(false);
    expect(maps.removeEntry(name, putString(name, "M"), 2)).toBe(true);
    expect(taken("M")).toBe(false);
    expect(maps.removeEntry(name, putString(name, "M"), 2)).toBe(false);
  });
});
