import { encode, letterOf } from "../../../assembly/access/letters";
import * as scrypt from "../../../assembly/access/scrypt";
import * as secrets from "../../../assembly/access/secret";
import { PLAIN, Secret } from "../../../assembly/access/secret";
import * as drbg from "../../../assembly/crypto/drbg";
import { putString } from "../../../assembly/util/bytes";

const text: usize = memory.data(256, 4);
const word: usize = memory.data(256, 4);
const room: usize = heap.alloc(<usize>scrypt.TABLE);
const secret: Secret = changetype<Secret>(heap.alloc(offsetof<Secret>()));

secrets.init();

function set(kind: u32, hash: string): void {
  const n = putString(text, hash);
  expect<string>(secrets.fault(kind, text, n)).toBe("", hash);
  secrets.setHash(secret, kind, text, n);
}

function fits(password: string): bool {
  secrets.check(secret, word, putString(word, password), room);
  while (!secrets.step()) {}
  return secrets.matches;
}

function bad(kind: u32, hash: string): bool {
  return secrets.fault(kind, text, putString(text, hash)).length > 0;
}

describe("passwords", () => {
  test("the alphabet", () => {
    const all = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (let i = 0; i < 64; i++) expect<u32>(letterOf(i)).toBe(all.charCodeAt(i));
    store<u8>(text, 0xff);
    expect<u32>(encode(text, 1, word)).toBe(2);
    expect<u32>(<u32>load<u16>(word)).toBe(0x6b7a);
  });
  test("type 5", () => {
    set(5, "$1$aB3x$U7NERajb11KD.cSFY1Edv0");
    expect<bool>(fits("Example-Pass1")).toBe(true);
    expect<bool>(fits("Example-Pass2")).toBe(false);
    expect<bool>(fits("")).toBe(false);
  });
  test("type 8", () => {
    set(8, "$8$nTs.Zq4vW0aKb/$Hm2JguwsxuTsNQD1L.V8FMEWBbmb0RuS.TNWbr8wJhk");
    expect<bool>(fits("Example-Pass1")).toBe(true);
    expect<bool>(fits("example-Pass1")).toBe(false);
    set(8, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk");
    expect<bool>(fits("hashcat")).toBe(true);
  });
  test("type 9, in 32 KiB, which are wiped", () => {
    set(9, "$9$nTs.Zq4vW0aKb/$6KcvUtOw/ygqN/UP2W.NEta46BSWxL2B/hTff5o3d4A");
    expect<bool>(fits("Example-Pass1")).toBe(true);
    let left: u8 = 0;
    for (let i: u32 = 0; i < scrypt.TABLE; i++) left |= load<u8>(room + i);
    expect<u8>(left).toBe(0);
    set(9, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6");
    expect<bool>(fits("hashcat")).toBe(true);
    expect<bool>(fits("hashcaT")).toBe(false);
  });
  test("what is given in plain is hashed as type 8, of a salt of its own", () => {
    for (let i = 0; i < 32; i++) store<u8>(text + i, <u8>i);
    drbg.instantiateWith(text, 32);
    secrets.setPlain(secret, word, putString(word, "swordfish"));
    expect<bool>(fits("swordfish")).toBe(true);
    expect<bool>(fits("swordfis")).toBe(false);
    expect<bool>(fits("swordfish2")).toBe(false);
    while (!secrets.work(secret)) {}
    expect<u32>(secret.kind).toBe(8);
    expect<string>(secrets.fault(8, secret.text, secret.len)).toBe("");
    expect<bool>(fits("swordfish")).toBe(true);
    expect<bool>(fits("swordfisH")).toBe(false);
    memory.copy(text, secret.text, 64);
    secrets.setPlain(secret, word, putString(word, "swordfish"));
    while (!secrets.work(secret)) {}
    expect<i32>(memory.compare(text + 3, secret.text + 3, 14)).not.toBe(0);
  });
  test("a check in between leaves what is being hashed alone", () => {
    secrets.setPlain(secret, word, putString(word, "swordfish"));
    for (let i = 0; i < 20; i++) secrets.work(secret);
    const other = changetype<Secret>(heap.alloc(offsetof<Secret>()));
    memory.fill(changetype<usize>(other), 0, offsetof<Secret>());
    secrets.setNobody(other, 8);
    secrets.check(other, word, putString(word, "swordfish"), room);
    while (!secrets.step()) {}
    expect<bool>(secrets.matches).toBe(false);
    while (!secrets.work(secret)) {}
    expect<bool>(fits("swordfish")).toBe(true);
  });
  test("no longer than a password is", () => {
    secrets.setPlain(secret, word, putString(word, "0123456789012345678901234567890123456789012345678901234567890123"));
    expect<bool>(fits("0123456789012345678901234567890123456789012345678901234567890123")).toBe(true);
    expect<bool>(fits("01234567890123456789012345678901234567890123456789012345678901234")).toBe(false);
  });
  test("of nobody", () => {
    for (let kind: u32 = 5; kind < 10; kind += kind == 5 ? 3 : 1) {
      secrets.setNobody(secret, kind);
      expect<string>(secrets.fault(kind, secret.text, secret.len)).toBe("");
    }
    secrets.clear(secret);
    expect<bool>(fits("")).toBe(false);
  });
  test("what is no hash", () => {
    expect<bool>(bad(5, "$1$aB3x$U7NERajb11KD.cSFY1Edv")).toBe(true);
    expect<bool>(bad(5, "$1$$U7NERajb11KD.cSFY1Edv0")).toBe(true);
    expect<bool>(bad(5, "$1$aB3xaB3xa$U7NERajb11KD.cSFY1Edv0")).toBe(true);
    expect<bool>(bad(5, "$1$aB3x$U7NERajb11KD.cSFY1Edv-")).toBe(true);
    expect<bool>(bad(5, "")).toBe(true);
    expect<bool>(bad(8, "$9$nTs.Zq4vW0aKb/$Hm2JguwsxuTsNQD1L.V8FMEWBbmb0RuS.TNWbr8wJhk")).toBe(true);
    expect<bool>(bad(8, "$8$nTs.Zq4vW0aKb$Hm2JguwsxuTsNQD1L.V8FMEWBbmb0RuS.TNWbr8wJhk")).toBe(true);
    expect<bool>(bad(9, "$9$nTs.Zq4vW0aKb/$6KcvUtOw/ygqN/UP2W.NEta46BSWxL2B/hTff5o3d4A1")).toBe(true);
    expect<u32>(PLAIN).toBe(1);
  });
});
