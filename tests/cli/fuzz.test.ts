/** Hostile console input: nothing traps, nothing grows, and the console answers afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../support/world/random.ts";
import { Console } from "./console.ts";
import { pairs, rows } from "./grammar.ts";
import { WHOLE } from "./whole.ts";

const words = [...new Set(rows().flatMap(({ pattern }) => pairs(pattern.replace(/[@!]\w?/g, "")).map(([, word]) => word)))];
const odd = ["?", "\t", "|", "!", "", " ", "0", "1", "10", "101", "4294967295", "4294967296", "99999999999", "-1", "10.0.0.1", "255.255.255.0", "0.0.0.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "e0", "Ethernet9", "0250.0000.0001", "CM", "TS", "VPN", "x".repeat(33), "y".repeat(500), "\u0000", "\u0003", "\u001a", "\u001e", "é", "\u2028", "\\x41"];

const alive = (c: Console) => {
  c.input("\u0003\nend\nenable\nundebug all\n");
  c.wait(1);
  assert.match(c.type("show version"), /IPsec gateway/);
};

test("lines made of the grammar's words in any order", () => {
  const random = new Random(11);
  const c = new Console({ startup: WHOLE });
  const size = c.exports.memory.buffer.byteLength;
  for (let i = 0; i < 3000; i++) {
    const line: string[] = [];
    for (let n = random.below(9); n >= 0; n--) {
      const word = random.chance(0.7) ? words[random.below(words.length)]! : odd[random.below(odd.length)]!;
      line.push(random.chance(0.2) ? word.slice(0, 1 + random.below(word.length + 1)) : word);
    }
    // `reload`, however short and wherever it comes to stand, ends the instance.
    if (line.some((word) => word !== "" && "reload".startsWith(word.trim()))) continue;
    c.input(line.join(" ") + (random.chance(0.8) ? "\n" : random.chance(0.5) ? "?" : ""));
    if (i % 500 === 499) alive(c);
  }
  alive(c);
  assert.equal(c.exports.memory.buffer.byteLength, size);
});

/** A line that a row takes, as far as a sample value does; wrong in one place now and then. */
function sample(random: Random, pattern: string): string {
  const values: Record<string, () => string> = {
    "A.B.C.D": () => ["10.1.0.1", "0.0.0.255", "192.0.2.2", "0.0.0.0", "255.255.255.255"][random.below(5)]!,
    "M.M.M.M": () => ["255.255.255.0", "0.0.0.0", "255.255.255.255", "128.0.0.0"][random.below(4)]!,
    "H.H.H": () => ["0250.0000.0009", "ffff.ffff.ffff", "0.0.0"][random.below(3)]!,
    WORD: () => ["CM", "TS", "VPN", "N", "101", "z".repeat(random.below(40) + 1)][random.below(6)]!,
    LINE: () => "w ".repeat(random.below(60)) + "end",
    IF: () => [`e${random.below(6)}`, "Loopback1", "Tunnel0", `Tunnel${random.below(3)}`, "e1.7"][random.below(5)]!,
  };
  let text = pattern.replace(/~|@\w|!/g, "");
  // Innermost groups first: one alternative of each, or nothing where that is allowed.
  for (let group; (group = /[([{]([^()[\]{}]*)[)\]}]/.exec(text)); ) {
    const options = group[1]!.split("|");
    const chosen = group[0][0] !== "(" && random.chance(0.4) ? "" : options[random.below(options.length)]!;
    text = text.slice(0, group.index) + chosen + text.slice(group.index + group[0].length);
  }
  return text.replace(/<(\d+)-(\d+)>|\S+/g, (word, low?: string, high?: string) => {
    if (low !== undefined) return random.chance(0.1) ? String(Number(high) + 1) : random.chance(0.5) ? low : String(Math.min(Number(high), Number(low) + random.below(60)));
    return values[word]?.() ?? (random.chance(0.02) ? word + "x" : word);
  });
}

// What ends the session, or asks who is there, would leave the rest of the lines to nobody.
test("lines that rows take, thousands of them, with no forms: the configuration always goes through show and back", () => {
  const random = new Random(12);
  let c = new Console({ startup: WHOLE });
  const table = rows().filter(({ pattern }) => !/^(reload|configure|enable|disable|exit|logout|quit|login|privilege|exec-timeout|end|do|no|write|copy|erase)\b/.test(pattern));
  c.type("configure terminal");
  for (let i = 0; i < 6000; i++) {
    const { modes, pattern } = table[random.below(table.length)]!;
    const line = sample(random, pattern);
    const exec = /[ue]/.test(modes);
    c.input(`${random.chance(0.25) ? "no " : ""}${exec ? "do " : ""}${line}\n`);
    if (exec) c.input("\u0003configure terminal\n");
    if (i % 1000 !== 999) continue;
    c.input("\u0003\n");
    alive(c);
    c.wait(1000);
    // A crypto map whose list is missing keeps its interface shut at a start: it gets one.
    const wanted = new Set([...c.type("show running-config").matchAll(/^ match address (\S+)$/gm)].map(([, name]) => name));
    c.type(`configure terminal\n${[...wanted].map((name) => `ip access-list extended ${name}\npermit ip any any\n`).join("")}end`);
    // Of keys that were made and can't be kept here there is a note alone; a line of the log stands behind the prompt.
    const text = c.type("show running-config").replace("Building configuration...\n\nCurrent configuration:\n", "").replace(/^! key .* is not kept: .*\n/gm, "").replace(/^\S*#.*: %[A-Z].*\n/gm, "");
    const fresh = new Console({ startup: text });
    const errors = fresh.output.split("\n").filter((l) => /^%(?! Warning|LINK|LINEPROTO| \d+ lines? of these would have)/.test(l));
    assert.deepEqual(errors, [], text);
    assert.equal(fresh.type("show running-config").replace("Building configuration...\n\nCurrent configuration:\n", ""), text);
    c = fresh;
    c.type("configure terminal");
  }
});

test("octets of any kind, in pieces of any length", () => {
  const random = new Random(13);
  const c = new Console();
  for (let i = 0; i < 3000; i++) {
    const octets = new Uint8Array(random.below(random.chance(0.05) ? 16384 : 80) + 1);
    for (let k = 0; k < octets.length; k++) octets[k] = random.chance(0.5) ? 32 + random.below(95) : random.below(256);
    c.bytes(octets);
  }
  c.input("\n");
  alive(c);
});
