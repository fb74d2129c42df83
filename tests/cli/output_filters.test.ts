/** What stands behind `|`: filters, and the regular expressions of IOS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Console } from "./console.ts";

const STARTUP = `crypto isakmp policy 10
 encryption aes 256
 group 14
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
 description to (the) inside, floor_2
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.2
`;

test("section: what matches, with what stands below it; include and exclude name which", () => {
  const c = new Console({ startup: STARTUP });
  assert.match(c.type("show running-config | section isakmp policy"), /^crypto isakmp policy 10\n encryption aes 256\n( .*\n)+$/);
  assert.equal(c.type("show run | sec ^interface Ethernet1"), "interface Ethernet1\n ip address 192.0.2.1 255.255.255.0\n");
  assert.equal(c.type("show run | section include ^interface Ethernet1"), "interface Ethernet1\n ip address 192.0.2.1 255.255.255.0\n");
  assert.doesNotMatch(c.type("show run | section exclude ^interface"), /interface|ip address|floor/);
  // A line below another that matches by itself stands alone.
  assert.equal(c.type("show run | section floor"), " description to (the) inside, floor_2\n");
});

test("count says how many lines match, and nothing else", () => {
  const c = new Console({ startup: STARTUP });
  assert.equal(c.type("show run | count ^interface"), "Number of lines which match regexp = 4\n");
  assert.equal(c.type("show run | cou nothing like it"), "Number of lines which match regexp = 0\n");
  assert.match(c.type("show run | begin ^interface Ethernet3"), /^interface Ethernet3\n[^]*end\n$/);
});

test("expressions", () => {
  const c = new Console({ startup: STARTUP });
  const lines = c.type("show running-config").split("\n").filter(Boolean);
  // What JavaScript says of the same expression is what is to be found; `_` is a boundary there that is not the same.
  for (const expression of ["^ip|^int", "net[01]$", "[^a-z!]$", "a.*p.*i", "1+", "10\\.1", "^(interface|ip) .*[02]$", "(ab|c)*d", "^!?$", "x|", "e[t]h?er+net0", "[a-cx-z]{", "(a|b)(c|r)y", "((p|q)*)*licy", "i..erface", "[]e]t", "en.r"]) {
    const trimmed = expression.replace(/\|$/, "").replace("[]e]", "[\\]e]").replace("{", "\\{");
    const wanted = lines.filter((line) => new RegExp(trimmed, "i").test(line));
    assert.deepEqual(c.type(`show running-config | include ${expression}`).split("\n").filter(Boolean), wanted, expression);
  }
  assert.equal(c.type("show run | include _the_"), " description to (the) inside, floor_2\n");
  assert.equal(c.type("show run | include inside_.floor"), " description to (the) inside, floor_2\n");
  assert.equal(c.type("show run | include ^end_"), "end\n");
  assert.equal(c.type("show run | include floor\\_2_"), " description to (the) inside, floor_2\n");
});

test("an expression that is not whole is refused, and one that would take for ever elsewhere is not slow", () => {
  const c = new Console({ startup: STARTUP });
  for (const bad of ["(a", "[a", "a(b", "x".repeat(300), "(".repeat(9) + "a" + ")".repeat(9)]) {
    assert.equal(c.type(`show run | include ${bad}`), "% The expression behind `|` has a bracket without its other half, or is too long.\n", bad);
    assert.match(c.type("show run | inc hostname"), /^hostname Router\n$/);
  }
  c.type(`configure terminal\ninterface e0\ndescription ${"a".repeat(80)}\nend`);
  const started = performance.now();
  assert.equal(c.type("show run | include (a*)*(a*)*(a*)*(a*)*b(a|aa)+$"), "");
  assert.ok(performance.now() - started < 1000);
});
