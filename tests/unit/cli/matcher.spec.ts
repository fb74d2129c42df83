import * as grammar from "../../../assembly/cli/grammar";
import { Mode, row } from "../../../assembly/cli/grammar";
import * as matcher from "../../../assembly/cli/matcher";
import { Outcome } from "../../../assembly/cli/matcher";
import * as names from "../../../assembly/net/interface_names";
import { Shape } from "../../../assembly/net/interface_names";
import * as words from "../../../assembly/cli/words";
import { putString } from "../../../assembly/util/bytes";

const text: usize = memory.data(600, 4);

function set(line: string): void {
  words.setLine(text, putString(text, line));
}

function match(line: string, mode: Mode = Mode.EXEC): Outcome {
  set(line);
  return matcher.match(mode);
}

function bad(line: string, mode: Mode = Mode.EXEC): u32 {
  expect<u32>(match(line, mode)).toBe(<u32>Outcome.INVALID, line);
  return matcher.badWord;
}

describe("words of a line", () => {
  test("blanks around and between", () => {
    set("  show   version ");
    expect<u32>(words.wordCount()).toBe(2);
    expect<u32>(words.wordStart(1)).toBe(9);
    expect<u32>(words.wordLen(1)).toBe(7);
    expect<u32>(words.lineLen).toBe(16);
    set("");
    expect<u32>(words.wordCount()).toBe(0);
  });
  test("more words than are told apart", () => {
    for (let i = 0; i < 300; i++) store<u8>(text + i, i & 1 ? 32 : 97);
    words.setLine(text, 300);
    expect<u32>(words.wordCount()).toBe(words.WORDS_MAX);
    expect<u32>(words.wordStart(words.WORDS_MAX - 1) + words.wordLen(words.WORDS_MAX - 1)).toBe(words.lineLen);
  });
  test("columns count characters, not octets", () => {
    set("ae x");
    store<u8>(words.line, 0xc3);
    store<u8>(words.line + 1, 0xa4);
    expect<u32>(words.columns(3)).toBe(2);
  });
});

function number(s: string): bool {
  return words.parseNumber(text, putString(text, s));
}

function address(s: string): bool {
  return words.parseAddress(text, putString(text, s));
}

describe("values", () => {
  test("numbers", () => {
    expect<bool>(number("0")).toBe(true);
    expect<bool>(number("4294967295")).toBe(true);
    expect<u32>(words.value).toBe(0xffffffff);
    expect<bool>(number("4294967296")).toBe(false);
    expect<bool>(number("00000000001")).toBe(false);
    expect<bool>(number("")).toBe(false);
    expect<bool>(number("1a")).toBe(false);
    expect<bool>(number("-1")).toBe(false);
  });
  test("addresses", () => {
    expect<bool>(address("192.0.2.1")).toBe(true);
    expect<u32>(words.value).toBe(0xc0000201);
    expect<bool>(address("255.255.255.255")).toBe(true);
    const wrong = ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1..2.3", ".1.2.3", "1.2.3.", "1.2.3.4a", "0001.2.3.4", "1.2.3.4."];
    for (let i = 0; i < wrong.length; i++) expect<bool>(address(wrong[i])).toBe(false, wrong[i]);
  });
  test("masks", () => {
    expect<bool>(words.parseMask(text, putString(text, "255.255.254.0"))).toBe(true);
    expect<bool>(words.parseMask(text, putString(text, "0.0.0.0"))).toBe(true);
    expect<bool>(words.parseMask(text, putString(text, "255.0.255.0"))).toBe(false);
    expect<bool>(words.parseMask(text, putString(text, "0.0.0.255"))).toBe(false);
  });
  test("MAC addresses", () => {
    const out = text + 100;
    expect<bool>(words.parseMac(text, putString(text, "0250.4F53.5"), out)).toBe(true);
    expect<u64>(bswap<u64>(load<u64>(out)) >>> 16).toBe(0x02504f530005);
    expect<bool>(words.parseMac(text, putString(text, "0250.4f53"), 0)).toBe(false);
    expect<bool>(words.parseMac(text, putString(text, "0250.4f53.00000"), 0)).toBe(false);
    expect<bool>(words.parseMac(text, putString(text, "0250.4g53.0000"), 0)).toBe(false);
  });
  test("interfaces", () => {
    expect<i32>(names.read(text, putString(text, "Ethernet12"))).toBe(Shape.WHOLE);
    const whole = ["e0", "GigabitEthernet0/0", "gi0/0.20", "fa0/1", "Serial0/1/0:23", "t0", "lo99", "port-ch1"];
    for (let i = 0; i < whole.length; i++) expect<i32>(names.read(text, putString(text, whole[i]))).toBe(Shape.WHOLE, whole[i]);
    expect<i32>(names.read(text, putString(text, "ethernet"))).toBe(Shape.TYPE);
    const wrong = ["eth0x", "0", "", "e0/", "e/0", "e0.", "e0.0", "e0.1.2", "e0.4294967295", "e65536", "e000001", "x0", "gigabitethernets0", "e0/0/0/0/0/0/0/0/0"];
    for (let i = 0; i < wrong.length; i++) expect<i32>(names.read(text, putString(text, wrong[i]))).toBe(Shape.NONE, wrong[i]);
  });
});

describe("the matcher", () => {
  beforeAll(() => {
    grammar.clear();
    row("e:show version", null); // 0
    row("e:show (clock|counters [all])", null); // 1
    row("e:ping A.B.C.D {repeat <1-100>|df-bit|source (A.B.C.D|IF)}", null); // 2
    row("ci:do @e", null); // 3
    row("ci:no !", null); // 4
    row("c:hostname~ WORD", null); // 5
    row("c:access-list <100-199>~ @a", null); // 6
    row("a:[<1-9>~] (permit|deny) (any|host A.B.C.D)~", null); // 7
    row("a:remark LINE", null); // 8
    row("i:mtu~ <576-1500>", null); // 9
    row("c:hash (sha|sha256|sha512)", null); // 10
    row("c:set pfs [group1|group14]~", null); // 11
  });

  test("keywords, abbreviated", () => {
    expect<u32>(match("sh ver")).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.row).toBe(0);
    expect<bool>(matcher.isKeyword(1, "version")).toBe(true);
    expect<u32>(match("SHOW Version")).toBe(<u32>Outcome.MATCH);
    expect<u32>(match("show")).toBe(<u32>Outcome.INCOMPLETE);
    expect<u32>(bad("show versions")).toBe(1);
    expect<u32>(bad("show version x")).toBe(2);
    expect<u32>(bad("x")).toBe(0);
  });
  test("ambiguity is judged at its place", () => {
    expect<u32>(match("show c")).toBe(<u32>Outcome.AMBIGUOUS);
    expect<u32>(matcher.badWord).toBe(1);
    expect<u32>(match("show co")).toBe(<u32>Outcome.MATCH);
    expect<u32>(match("hash sha", Mode.CONFIG)).toBe(<u32>Outcome.MATCH, "an exact word is never ambiguous");
    expect<u32>(match("hash sh", Mode.CONFIG)).toBe(<u32>Outcome.AMBIGUOUS);
    expect<u32>(match("set pfs group1", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.keywordValue(2)).toBe(1);
    expect<u32>(match("set pfs group14", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.keywordValue(2)).toBe(14);
  });
  test("optional words and filters", () => {
    expect<u32>(match("show counters")).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.find("all")).toBe(0xffffffff);
    expect<u32>(match("show counters all | inc some text")).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.find("all")).toBe(2);
    expect<bool>(matcher.filtered()).toBe(true);
    expect<u32>(matcher.argCount()).toBe(3);
    expect<u32>(matcher.filterKind()).toBe(105);
    expect<u32>(match("show counters |")).toBe(<u32>Outcome.INCOMPLETE);
    expect<u32>(bad("ping 1.2.3.4 | include x")).toBe(2);
  });
  test("options in any order, any number of times", () => {
    expect<u32>(match("ping 10.0.0.1 df-bit source e1 rep 7")).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.number(matcher.find("repeat") + 1)).toBe(7);
    expect<u32>(matcher.port(matcher.find("source") + 1)).toBe(1);
    expect<u32>(matcher.address(1)).toBe(0x0a000001);
    expect<u32>(match("ping 10.0.0.1 source")).toBe(<u32>Outcome.INCOMPLETE);
    expect<u32>(bad("ping 10.0.0.1 repeat 0")).toBe(3);
    expect<u32>(bad("ping 10.0.0.1 repeat 101")).toBe(3);
  });
  test("no forms end early, and only where a row has one", () => {
    expect<u32>(match("no hostname", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<bool>(matcher.no).toBe(true);
    expect<u32>(matcher.base).toBe(1);
    expect<u32>(match("no hostname x", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(match("hostname", Mode.CONFIG)).toBe(<u32>Outcome.INCOMPLETE);
    expect<u32>(bad("no hash sha", Mode.CONFIG)).toBe(1);
    expect<u32>(bad("no no hostname", Mode.CONFIG)).toBe(1);
    expect<u32>(bad("no mtu", Mode.CONFIG)).toBe(1);
    expect<u32>(match("no mtu", Mode.INTERFACE)).toBe(<u32>Outcome.MATCH);
  });
  test("rows that go on with another mode's", () => {
    expect<u32>(match("do show version", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.row).toBe(0);
    expect<u32>(matcher.base).toBe(1);
    expect<u32>(match("access-list 100 permit host 1.2.3.4", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.row).toBe(7);
    expect<u32>(matcher.base).toBe(0);
    expect<u32>(match("access-list 100", Mode.CONFIG)).toBe(<u32>Outcome.INCOMPLETE);
    expect<u32>(match("no access-list 100", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.row).toBe(6);
    expect<u32>(match("no access-list 100 permit any", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<bool>(matcher.no).toBe(true);
    expect<u32>(match("no access-list 100 5", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(bad("access-list 100 do show version", Mode.CONFIG)).toBe(2);
    expect<u32>(bad("access-list 99 permit any", Mode.CONFIG)).toBe(1);
  });
  test("the rest of a line", () => {
    expect<u32>(match("access-list 101 remark a | b ?  c", Mode.CONFIG)).toBe(<u32>Outcome.MATCH);
    expect<u32>(matcher.row).toBe(8);
    expect<u32>(words.restLen(3)).toBe(10);
    expect<u32>(match("access-list 101 remark", Mode.CONFIG)).toBe(<u32>Outcome.INCOMPLETE);
  });
});
