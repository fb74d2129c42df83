/**
 * What people type on the first day, at a router with a tunnel up: each command is known. What an operator of a VPN needs is answered, the rest is
 * one sentence; nothing that is shown is wider than a terminal.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Pair } from "../support/world/pair.ts";
import { Console } from "./console.ts";

const own = fileURLToPath(new URL("exec_commands.txt", import.meta.url));
const others = fileURLToPath(new URL("../../../shared/cases/ios/exec-commands.txt", import.meta.url));
const linesOf = (file: string) => readFileSync(file, "utf8").split("\n").map((line) => line.trim()).filter(Boolean);

/** Lines that IOS itself prints wider: scripts look for them as they are. */
const WIDE = /^Interface +IP-Address|^Syslog logging:|^ +(Console|Monitor|Buffer|Trap) logging:|^ +encryption algorithm:/;

function configured(): Pair {
  const extra = "ip access-list extended WAN-IN\n permit ip any any\nlogging buffered 8192\n";
  const pair = new Pair({ both: { encryption: "aes 256", group: 14, pfs: 14, extra } });
  assert.ok(pair.ping());
  return pair;
}

for (const [title, file] of [["the list here", own], ["a list that others have written", others]] as const) {
  test(`every command of ${title} is known`, { skip: !existsSync(file) && "it is not here" }, () => {
    const pair = configured();
    const router = pair.alpha;
    const bad: string[] = [];
    for (const line of linesOf(file)) {
      const before = router.output.length;
      router.input(line + "\n");
      if (/^(ping|tr)/.test(line)) pair.world.run(300_000, () => /[>#]$/.test(router.output.slice(before).replace(/^[^\n]*\n/, "")));
      pair.world.run(200);
      const answer = router.output.slice(before).replace(/[\w.-]+[>#]$/, "");
      // `ping` alone asks a person, and nobody on a pipe.
      if (/Invalid input|Ambiguous|Unrecognized/.test(answer) || (/Incomplete/.test(answer) && line !== "ping" && line !== "traceroute")) bad.push(`${line}: ${answer}`);
      if (/^sh/.test(line)) for (const shown of answer.split("\n")) if (shown.length > 80 && !WIDE.test(shown)) bad.push(`${line}: ${shown.length} columns: ${shown}`);
      // Whoever has left comes back.
      if (/^(logout|exit|quit)$/.test(line)) router.input("\n");
      router.input("enable\n");
    }
    assert.deepEqual(bad, []);
  });
}

test("what an operator needs is answered with something", () => {
  const router = configured().alpha;
  for (const [line, wanted] of [
    ["show crypto session", /Session status: UP-ACTIVE/],
    ["show crypto ipsec sa | include encaps|decaps", /#pkts encaps: \d+[^]*#pkts decaps: \d+/],
    ["show run interface Ethernet1", /^Building[^]*\ninterface Ethernet1\n ip address 192\.0\.2\.1 255\.255\.255\.0\n crypto map CM\n( .*\n)*!\n$/],
    ["show run | section crypto map", /^crypto map CM 10 ipsec-isakmp\n( .*\n)+/],
    ["show ip interface Ethernet1", /Internet address is 192\.0\.2\.1\/24\n[^]*Associated crypto map is CM\n/],
    ["show ip route 10.2.0.10", /^Routing entry for 0\.0\.0\.0\/0, supernet\n {2}Known via "static", distance 1, metric 0, candidate default path\n {2}Routing Descriptor Blocks:\n {2}\* 192\.0\.2\.2, via Ethernet1\n/],
    ["show ip route 10.1.0.0 255.255.255.0", /^Routing entry for 10\.1\.0\.0\/24\n {2}Known via "connected"/],
    ["show ip route 10.9.0.0 255.255.255.0", /^% Subnet not in table\n$/],
    ["show ip route connected", /\nC {8}10\.1\.0\.0\/24 is directly connected, Ethernet0\nL {8}10\.1\.0\.1\/32 is directly connected, Ethernet0\n/],
    ["show interfaces description | include Ethernet0", /^Ethernet0 +up +up\n$/],
    ["show protocols Ethernet0", /^Ethernet0 is up, line protocol is up\n {2}Internet address is 10\.1\.0\.1\/24\n$/],
    ["show ip traffic", /Rcvd: +[1-9]\d* total/],
    ["dir", /^Directory of nvram:\/\n/],
    ["telnet 10.2.0.10", /^% There is no telnet here: .*\n$/],
    ["copy running-config tftp://192.0.2.9/x", /^% There is no file transfer here: .*\n$/],
    ["show processes cpu", /^There are no processes here: .*\n$/],
  ] as const) {
    assert.match(router.type(line).replace(/[\w.-]+[>#]$/, ""), wanted, line);
  }
});

test("ping and traceroute alone ask a person what they are to do, and nobody else", () => {
  const c = new Console({ startup: "interface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n" });
  for (const command of ["ping", "traceroute"]) assert.equal(c.type(command), "% Incomplete command.\n");
  c.type("terminal editing");
  const answers = (...lines: string[]) => {
    const before = c.output.length;
    for (const line of lines) c.input(`${line}\n`);
    c.wait(20_000);
    return c.output.slice(before);
  };
  assert.match(
    answers("ping", "", "10.1.0.9", "2", "", "1", "y", "e0", "y", "", "12"),
    /^Protocol \[ip\]: Target IP address: Repeat count \[5\]: [^]*Data pattern \[0xABCD\]: Type escape[^]*Sending 2, 100-byte ICMP Echos to 10\.1\.0\.9, timeout is 1 seconds:\nPacket sent with a source address of 10\.1\.0\.1\nPacket sent with the DF bit set\nPacket has data pattern 0x0012\n\.\.\nSuccess rate is 0 percent/,
  );
  assert.match(answers("traceroute", "ip", "10.1.0.9", "", "1", "1", "3", "4", ""), /Port Number \[33434\]: Type escape[^]*\n {2}3 \*\n {2}4 \*\nRouter#$/);
  assert.match(answers("ping", "ipx"), /% ipx is no protocol here: ip is\.\nRouter#$/);
  assert.match(answers("ping", "", ""), /% Bad IP address or host name\nRouter#$/);
  assert.match(answers("ping", "", "10.1.0.9", "0"), /% A decimal number between 1 and 100000\.\nRouter#$/);
  assert.match(answers("ping", "", "10.1.0.9", "", "", "", "y", "frob"), /% Invalid source address or interface\nRouter#$/);
  assert.match(answers("ping", "", "10.1.0.9 df-bit"), /% One word is wanted\.\nRouter#$/);
  // The operator's break ends the questions, and the next line is a command.
  c.input("ping\n\u0003");
  assert.match(c.type("show privilege"), /^Current privilege level is 15\n$/);
  c.type("terminal no editing\nno terminal editing");
  assert.equal(c.type("ping"), "% Incomplete command.\n");
});

test("show tech-support: everything, with keys hidden, filtered to its end, ended by Ctrl-C", () => {
  const c = new Console({ startup: "crypto isakmp key TOPSECRET address 192.0.2.9\ninterface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n" });
  const before = c.output.length;
  c.input("show tech-support\nshow clock\n");
  c.wait(1000);
  const shown = c.output.slice(before);
  assert.ok([...shown.matchAll(/^-{18} (show .*) -{18}$/gm)].length > 30);
  assert.doesNotMatch(shown, /TOPSECRET|% /);
  assert.match(shown, /crypto isakmp key <hidden> address 192\.0\.2\.9\n/);
  assert.match(shown, /\d\d:\d\d:\d\d\.\d{3} \S+ .*\nRouter#$/, "what was typed meanwhile runs behind it");
  assert.match(c.type("show running-config"), /TOPSECRET/);
  const counted = c.output.length;
  c.input("show tech-support | count ^------\n");
  c.wait(1000);
  assert.match(c.output.slice(counted), /^Number of lines which match regexp = 33\nRouter#$/);
  c.input("show tech-support | include ^------\n\u0003");
  assert.match(c.type("show privilege"), /^Current privilege level is 15\n$/);
});
