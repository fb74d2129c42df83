/**
 * docs/CLI.md is true: its table of commands is the grammar's, and every example in a `console` block is run, in order, on
 * router alpha of a pair. `UPDATE=1 node --import tsx --test tests/cli/docs.test.ts` writes both anew.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Pair } from "../support/world/pair.ts";
import { rows } from "./grammar.ts";

const file = fileURLToPath(new URL("../../docs/CLI.md", import.meta.url));
const update = process.env.UPDATE === "1";
const document = () => readFileSync(file, "utf8");
const write = (text: string) => writeFileSync(file, text);

const MODES: [letter: string, title: string][] = [
  ["e", "EXEC"],
  ["c", "Global configuration"],
  ["i", "Interface"],
  ["p", "ISAKMP policy"],
  ["v", "Keyring"],
  ["f", "ISAKMP profile"],
  ["g", "ISAKMP group"],
  ["t", "Transform set"],
  ["m", "Crypto map"],
  ["a", "Access list"],
  ["r", "Route map"],
  ["s", "Standard access list"],
  ["o", "Object group"],
  ["n", "Trustpoint"],
  ["k", "Chain of public keys"],
  ["y", "Public key"],
  ["b", "Certificate map"],
  ["h", "Certificate chain"],
  ["l", "Line"],
  ["d", "DHCP pool"],
];

function table(): string {
  const out: string[] = [];
  for (const [letter, title] of MODES) {
    const own = rows().filter(({ modes }) => (letter === "e" ? /[ue]/.test(modes) : modes.includes(letter)));
    out.push(`### ${title}`, "", "| command | no |", "|---|---|");
    for (const { pattern } of own.sort((a, b) => (a.pattern < b.pattern ? -1 : 1))) {
      const shown = pattern.replace(/~/g, "").replace("!", "COMMAND").replace("@e", "COMMAND").replace("@a", "LINE OF A LIST").replace("@s", "LINE OF A LIST").replaceAll("|", "\\|");
      out.push(`| \`${shown}\` | ${pattern.includes("~") ? "no" : ""} |`);
    }
    out.push("");
  }
  return out.join("\n").trimEnd();
}

const BEGIN = "<!-- commands:begin -->\n";
const END = "\n<!-- commands:end -->";

test("the table of commands is the grammar's", () => {
  const text = document();
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const to = text.indexOf(END.trim());
  if (update) write(`${text.slice(0, from)}${table()}${END}${text.slice(to + END.trim().length)}`);
  else assert.equal(text.slice(from, to).trim(), table(), "write it anew with UPDATE=1");
});

/** What differs between two runs of one world when a random number is drawn more or less. */
const masked = (text: string) =>
  text
    .replace(/\d+ packets (input|output), \d+ bytes/g, "PACKETS $1")
    .replace(/0x[0-9a-f]{8}\(\d+\)/g, "SPI")
    .replace(/\b[0-9a-f]{16} [0-9a-f]{16}\b/g, "COOKIES")
    .replace(/\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b/g, "MAC");

test("every example prints what is printed here", () => {
  const pair = new Pair({ both: { encryption: "aes 256", group: 14, pfs: 14 } });
  assert.ok(pair.ping());
  const router = pair.alpha;
  const prompt = () => /[\w.-]+(\([a-z-]+\))?[>#]$/.exec(router.output)?.[0] ?? "";
  const written = document().replace(/^```console\n([^]*?)^```$/gm, (block, body: string) => {
    const lines: string[] = [];
    for (const line of body.split("\n")) {
      const [, shown, command = ""] = /^(alpha(?:\([a-z-]+\))?[>#])(.*)$/.exec(line) ?? [];
      if (!shown) continue;
      assert.equal(shown, prompt(), line);
      const before = router.output.length;
      router.input(command.endsWith("?") ? command : command + "\n");
      if (/^(ping|traceroute)/.test(command)) pair.world.run(5000);
      // What a question is answered with ends with the prompt and the text again.
      const end = command.endsWith("?") ? shown + command.slice(0, -1) : prompt();
      const answer = router.output.slice(before, -end.length);
      lines.push(line, ...(answer ? answer.replace(/\n$/, "").split("\n") : []));
      if (command.endsWith("?")) router.input("\n");
    }
    return "```console\n" + lines.join("\n") + "\n```";
  });
  if (update) write(written);
  else assert.equal(masked(document()), masked(written), "write it anew with UPDATE=1");
});
