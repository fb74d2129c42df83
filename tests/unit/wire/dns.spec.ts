import * as dns from "../../../assembly/wire/dns";
import { Answer } from "../../../assembly/wire/dns";
import { put16, putString } from "../../../assembly/util/bytes";
import { fromHex } from "./octets";

const p: usize = memory.data(1024, 4);
const name: usize = memory.data(512, 4);
const ID: u32 = 0x1234;

function question(text: string): u32 {
  return dns.question(p, ID, name, putString(name, text));
}

/** A question for a.example with an answer's flags, and whatever follows. */
function answer(flags: u32, answers: u32, more: string): u32 {
  const asked = dns.question(p, ID, name, putString(name, "a.example"));
  put16(p + 2, flags);
  put16(p + 6, answers);
  return asked + fromHex(p + asked, more);
}

function read(len: u32, asked: string): Answer {
  return dns.read(p, len, ID, name, putString(name, asked));
}

const ADDRESS = "c00c 0001 0001 00000064 0004 c0000207";

describe("DNS", () => {
  test("a question: recursion desired, one name, an address of the Internet", () => {
    expect<u32>(question("a.example")).toBe(12 + 11 + 4);
    const other = memory.data(64);
    expect<i32>(memory.compare(p, other, fromHex(other, "1234 0100 0001 0000 0000 0000 01 61 07 6578616d706c65 00 0001 0001"))).toBe(0);
    expect<u32>(question("a.example.")).toBe(27, "a last dot adds nothing");
  });

  test("labels of 63 octets and names of 253 letters, and no longer ones; no empty label", () => {
    const label = "a".repeat(63);
    expect<u32>(question(label)).toBe(12 + 65 + 4);
    expect<u32>(question(label + "a")).toBe(0);
    const longest = label + "." + label + "." + label + "." + "b".repeat(61);
    expect<u32>(question(longest)).toBe(12 + 255 + 4);
    expect<u32>(question(longest + "b")).toBe(0);
    expect<u32>(question("")).toBe(0);
    expect<u32>(question("a..b")).toBe(0);
    expect<u32>(question(".a")).toBe(0);
  });

  test("letters of either case are the same", () => {
    const len = answer(0x8180, 1, ADDRESS);
    expect<Answer>(read(len, "A.eXAMPLe")).toBe(Answer.FOUND);
    expect<u32>(dns.address).toBe(0xc0000207);
    expect<u32>(dns.ttl).toBe(100);
    expect<Answer>(read(len, "b.example")).toBe(Answer.MISMATCH);
  });

  test("an answer that was cut off is used if the address is in it; another server is asked if not", () => {
    expect<Answer>(read(answer(0x8380, 1, ADDRESS), "a.example")).toBe(Answer.FOUND);
    expect<Answer>(read(answer(0x8380, 2, "c00c 0005 0001 00000064 0004 0162c00e"), "a.example")).toBe(Answer.REFUSED);
    expect<Answer>(read(answer(0x8180, 2, "c00c 0005 0001 00000064 0004 0162c00e"), "a.example")).toBe(Answer.MALFORMED, "one that says it is whole");
  });

  test("pointers forwards, to themselves, into the header, and lengths that lie", () => {
    for (let i = 0; i < 4; i++) {
      const owner = ["c01b", "c040", "c000", "c0"][i];
      expect<Answer>(read(answer(0x8180, 1, owner + " 0001 0001 00000064 0004 c0000207"), "a.example")).toBe(Answer.MALFORMED, owner);
    }
    expect<Answer>(read(answer(0x8180, 1, "c00c 0001 0001 00000064 0005 c0000207"), "a.example")).toBe(Answer.MALFORMED);
    expect<Answer>(read(answer(0x8180, 1, "c00c 0001 0001 00000064 0003 c00002"), "a.example")).toBe(Answer.MALFORMED);
    expect<Answer>(read(11, "a.example")).toBe(Answer.MALFORMED);
  });

  test("a time to live with its highest bit set counts as none (RFC 2181, 8)", () => {
    expect<Answer>(read(answer(0x8180, 1, "c00c 0001 0001 80000064 0004 c0000207"), "a.example")).toBe(Answer.FOUND);
    expect<u32>(dns.ttl).toBe(0);
  });
});
