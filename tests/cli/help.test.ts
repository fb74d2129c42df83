/** `?` and Tab. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Console } from "./console.ts";
import { pairs, rows } from "./grammar.ts";

test("? at the start of a word, in a word, behind a command that may end", () => {
  const c = new Console();
  assert.equal(
    c.input("show crypto isakmp ?"),
    "  diagnose  Why the last attempt with a peer failed\n  groups    Groups of private use\n  key       Pre-shared keys\n  peers     Who has proved to be whom\n  policy    Policies of phase 1\n  profile   Profiles: keys, names and modes by peer\n  sa        ISAKMP SAs\n  stats     Exchanges, messages, notifies and drops, counted\nRouter#show crypto isakmp ",
  );
  assert.equal(c.input("show c?"), "  cdp            Cisco Discovery Protocol (not built)\n  clock          The time of day\n  configuration  Lines of the configuration\n  counters       Reasons for dropped packets, and how many\n  crypto         Encryption: ISAKMP and IPsec\nRouter#show c");
  assert.equal(c.input("show counters ?"), "  all  Also those that are 0\n  |    Output modifiers\n  <cr>\nRouter#show counters ");
  assert.equal(c.input("show clock | ?"), "  begin    From the first line that matches on\n  count    How many lines match\n  exclude  Lines that do not match\n  include  Lines that match\n  section  Lines that match, with what stands below them\nRouter#show clock | ");
  assert.equal(c.input("frob?"), "% Unrecognized command\nRouter#frob");
  assert.equal(c.input("frob ?"), "% Unrecognized command\nRouter#frob ");
  assert.equal(c.input("sh c ?"), '% Ambiguous command:  "sh c"\nRouter#sh c ');
  assert.equal(c.input("clear crypto isakmp ?"), "  <1-4294967295>  conn-id of an ISAKMP SA\n  sa              ISAKMP SAs\n  <cr>\nRouter#clear crypto isakmp ");
});

test("? in submodes lists the mode's own words first, and global ones where they are begun", () => {
  const c = new Console();
  c.type("configure terminal\ninterface e0");
  assert.equal(c.input("m?"), "  mac-address  The interface's MAC address\n  mtu          The longest IPv4 datagram\nRouter(config-if)#m");
  assert.equal(c.input("hostn?"), "  hostname  Set the router's name\nRouter(config-if)#hostn");
  assert.equal(c.input("no ip add?"), "  address  The interface's address\nRouter(config-if)#no ip add");
  assert.equal(c.input("ip address 10.0.0.1 ?"), "  A.B.C.D  Subnet mask\nRouter(config-if)#ip address 10.0.0.1 ");
  assert.equal(c.input("description ?"), "  LINE  Text to the end of the line\nRouter(config-if)#description ");
  assert.equal(c.input("description a b ?"), "  LINE\n  <cr>\nRouter(config-if)#description a b ");
});

test("a question does not run anything, and the line is asked anew", () => {
  const c = new Console();
  c.input("configure terminal ?");
  assert.equal(c.type("show clock"), "*00:00:00.000 UTC Fri Mar 1 2002\n");
  // A question mark inside a line is an ordinary character.
  c.type("configure terminal\ninterface e0\ndescription what? yes?");
  assert.match(c.type("do show running-config"), / description what\? yes\?\n/);
});

test("Tab completes what is unambiguous, as far as it is", () => {
  const c = new Console();
  const tab = (text: string, completed: string) => assert.equal(c.input(text + "\t"), `Router#${completed}`, text);
  tab("sh", "show ");
  tab("show run", "show running-config ");
  tab("SHOW c", "SHOW c");
  tab("show cou", "show counters ");
  tab("show cr", "show crypto ");
  tab("show crypto isakmp ", "show crypto isakmp ");
  tab("clear a", "clear a");
  tab("clear ar", "clear arp");
  tab("frob", "frob");
  tab("", "");
  tab("ping 10.0.0.1 so", "ping 10.0.0.1 source ");
  c.type("configure terminal\ncrypto isakmp policy 1");
  assert.equal(c.input("hash sha2\t"), "Router(config-isakmp)#hash sha256 ");
  assert.equal(c.input("hostn\t"), "Router(config-isakmp)#hostname ");
});

const SAMPLES: Record<string, string> = { N: "1", "A.B.C.D": "255.255.255.0", "H.H.H": "0250.0000.0001", WORD: "NAME", NAME: "NAME", INTERFACE: "Ethernet0", "TCP-PORT": "80", "UDP-PORT": "53", "ICMP-TYPE": "8" };
const MODES: [letter: string, enter: string][] = [
  ["u", "disable"],
  ["e", "enable"],
  ["c", "configure terminal"],
  ["i", "configure terminal\ninterface e0"],
  ["p", "configure terminal\ncrypto isakmp policy 1"],
  ["t", "configure terminal\ncrypto ipsec transform-set A esp-aes esp-sha-hmac"],
  ["m", "configure terminal\ncrypto map M 1 ipsec-isakmp"],
  ["a", "configure terminal\nip access-list extended A"],
  ["s", "configure terminal\nip access-list standard A"],
  ["o", "configure terminal\nobject-group network A"],
  ["n", "configure terminal\ncrypto pki trustpoint X"],
  ["k", "configure terminal\ncrypto key pubkey-chain rsa"],
  ["y", "configure terminal\ncrypto key pubkey-chain rsa\nnamed-key A"],
  ["b", "configure terminal\ncrypto pki certificate map A 1"],
  ["h", "configure terminal\ncrypto pki trustpoint X\nexit\ncrypto pki certificate chain X"],
];

test("every word of the grammar is offered by ?, with an explanation", () => {
  const bare: string[] = [];
  for (const [letter, enter] of MODES) {
    const c = new Console();
    c.type(enter);
    const offered = new Set<string>();
    const seen = new Set<string>();
    const walk = (words: string[]): void => {
      const answer = c.input([...words, "?"].join(" ")).split("\n").slice(0, -1);
      for (const line of answer) {
        const [, word = "", text = ""] = /^ {2}(\S+)\s*(.*)$/.exec(line) ?? [];
        assert.ok(word, `${words.join(" ")} ?: ${line}`);
        if (word === "<cr>") continue;
        offered.add(word);
        if (!text) bare.push(`${letter}: ${words.join(" ")} ${word}`);
        // Lines of access lists have too many ways to say the same.
        const key = [...words.slice(words.includes("permit") || words.includes("deny") ? -2 : -3), word].join(" ");
        // Behind `do` are the words of EXEC mode, which are walked there.
        if (word === "LINE" || word === "|" || words[0] === "do" || seen.has(key) || words.length > 12) continue;
        seen.add(key);
        walk([...words, SAMPLES[word] ?? /^<(\d+)-/.exec(word)?.[1] ?? word]);
      }
    };
    walk([]);
    for (const { modes, pattern } of rows()) {
      if (!modes.includes(letter)) continue;
      for (const [, word] of pairs(pattern.replace(/[@!]\w?/g, ""))) {
        const shown = word === "M.M.M.M" ? "A.B.C.D" : word === "IF" ? "INTERFACE" : word;
        assert.ok(offered.has(shown), `mode ${letter}: ${word} of "${pattern}" is never offered`);
      }
    }
  }
  assert.deepEqual(bare, []);
});
