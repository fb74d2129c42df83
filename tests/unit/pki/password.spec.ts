// Keys from passwords (RFC 6070, RFC 7914, 11), base64 (RFC 4648, 10), and DER from its end.
import { sha1 } from "../../../assembly/crypto/sha1";
import { sha256 } from "../../../assembly/crypto/sha2_32";
import * as base64 from "../../../assembly/pki/base64";
import * as writer from "../../../assembly/pki/der_writer";
import { beginPbkdf2, derived as key, step, wipe } from "../../../assembly/pki/derivation";
import { Hash } from "../../../assembly/crypto/hash";
import { putString } from "../../../assembly/util/bytes";
import { toHex } from "../crypto/bytes";

const password: usize = memory.data(64, 8);
const salt: usize = memory.data(64, 8);
const out: usize = memory.data(64, 8);
const text: usize = memory.data(512, 8);

function derived(hash: Hash, p: string, s: string, rounds: u32, len: u32): string {
  const n = putString(password, p);
  const m = putString(salt, s);
  beginPbkdf2(hash, password, n, salt, m, rounds, len);
  let slices: u32 = 1;
  while (!step()) slices++;
  expect(slices).toBeGreaterThan((rounds - 1) / 64);
  const hex = toHex(key, len);
  wipe();
  return hex;
}

function encoded(s: string): string {
  const n = base64.encode(password, putString(password, s), text);
  return String.UTF8.decodeUnsafe(text, <usize>n);
}

function decoded(s: string): string {
  const n = base64.decode(text, putString(text, s), text);
  return n == base64.BAD ? "bad" : String.UTF8.decodeUnsafe(text, <usize>n);
}

describe("PBKDF2", () => {
  test("with HMAC-SHA-1", () => {
    expect(derived(sha1, "password", "salt", 1, 20)).toBe("0c60c80f961f0e71f3a9b524af6012062fe037a6");
    expect(derived(sha1, "password", "salt", 2, 20)).toBe("ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
    expect(derived(sha1, "password", "salt", 4096, 20)).toBe("4b007901b765489abead49d926f721d065a429c1");
    expect(derived(sha1, "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 25)).toBe("3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
  });
  test("with HMAC-SHA-256, over several blocks", () => {
    expect(derived(sha256, "passwd", "salt", 1, 64)).toBe(
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
    );
  });
});

describe("base64", () => {
  test("both ways", () => {
    const plain = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
    const letters = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
    for (let i = 0; i < plain.length; i++) {
      expect(encoded(plain[i])).toBe(letters[i]);
      expect(decoded(letters[i])).toBe(plain[i]);
    }
    expect(decoded("Zm9v\nYm Fy\r\n")).toBe("foobar");
  });
  test("what is none", () => {
    const wrong = ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "Zg==Zg==", "Zm-v", "Zm_v", "Zm9v=", "Zm9@", "Zm9["];
    for (let i = 0; i < wrong.length; i++) expect(decoded(wrong[i])).toBe("bad", wrong[i]);
  });
  test("every letter", () => {
    for (let i: u32 = 0; i < 48; i++) store<u8>(out + i, <u8>(i * 37 + 11));
    const n = base64.encode(out, 48, text);
    expect(base64.decode(text, n, text)).toBe(48);
    expect(memory.compare(text, out, 48)).toBe(0);
  });
});

describe("DER from its end", () => {
  test("lengths and integers", () => {
    writer.begin(text, 512);
    const end = writer.at;
    writer.smallInteger(128);
    writer.smallInteger(0);
    writer.smallInteger(65537);
    // 00 00 00 80 in memory: leading zeros go, and one comes for the sign.
    store<u32>(out, 0x80000000);
    writer.integer(out, 4);
    writer.wrap(0x30, end);
    expect(toHex(writer.at, <u32>(end - writer.at))).toBe("3010" + "02020080" + "0203010001" + "020100" + "02020080");
    expect(writer.short).toBe(false);
  });
  test("a length of two octets, and too little room", () => {
    writer.begin(text, 512);
    const end = writer.at;
    memory.fill(password, 1, 64);
    for (let i = 0; i < 5; i++) writer.octets(password, 60);
    writer.wrap(0x04, end);
    expect(toHex(writer.at, 4)).toBe("0482012c");
    writer.begin(text, 10);
    writer.octets(password, 11);
    expect(writer.short).toBe(true);
    writer.begin(text, 2);
    writer.octet(1);
    writer.wrap(0x04, text + 2);
    expect(writer.short).toBe(true);
  });
});
