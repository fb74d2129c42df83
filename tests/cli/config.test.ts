/** Configuration: `no` forms, the way through show and back, the startup configuration. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Console } from "./console.ts";
import { WHOLE } from "./whole.ts";

const running = (c: Console) => c.type("show running-config").replace("Building configuration...\n\nCurrent configuration:\n", "");

test("show running-config gives back what was configured, and a fresh router takes it", () => {
  const first = new Console({ startup: WHOLE });
  assert.deepEqual(first.events.filter((e) => e.includes("event=config")).map((e) => e.replace(/t=\d+ /, "")), [`event=config state=startup-applied lines=${WHOLE.split("\n").length - 1}`]);
  assert.equal(running(first), WHOLE);
  const typed = new Console();
  typed.type(`configure terminal\n${running(first)}`);
  assert.equal(typed.refused, 0);
  assert.equal(running(typed), WHOLE);
});

test("save, reload, erase", () => {
  const c = new Console({ startup: WHOLE });
  assert.equal(c.type("show startup-config"), `Using ${WHOLE.length} out of 61440 bytes\n${WHOLE}`);
  c.type("configure terminal\nhostname gamma\nend");
  assert.equal(c.nvram, undefined);
  assert.equal(c.type("copy running-config startup-config"), "Building configuration...\n[OK]\n");
  assert.equal(c.nvram, WHOLE.replace("alpha", "gamma"));
  assert.match(c.events.at(-1)!, /event=config t=\d+ state=saved lines=/);
  assert.throws(() => c.type("reload"), /halt 2/);
  const again = new Console({ startup: c.nvram! });
  assert.equal(running(again), c.nvram);
  assert.equal(again.prompt, "gamma#");
  again.type("hostname x\nconfigure terminal\nhostname delta\nend\nwrite memory");
  assert.equal(again.nvram, WHOLE.replace("alpha", "delta"));
  again.type("write erase");
  assert.equal(again.nvram, "");
  assert.match(again.events.at(-1)!, /state=erased/);
  assert.equal(again.type("show startup-config"), "% startup-config is not present\n");
  again.type("erase startup-config");
  assert.equal(again.type("write terminal"), again.type("show running-config"));
});

test("a configuration that the host does not store: the reason, no [OK], and what is stored stays what show startup-config shows", () => {
  const reasons = ["there is no room for it", "it may not be written there", "the medium failed", "there is no medium for it", "the host can't do it"];
  for (const [i, reason] of reasons.entries()) {
    const c = new Console({ startup: "hostname old\n" });
    c.storing = i + 1;
    c.type("configure terminal\nhostname new\nend");
    for (const command of ["write", "write memory", "copy running-config startup-config"]) {
      assert.equal(c.type(command), `Building configuration...\n% Not stored: ${reason}; what was stored before is stored still.\n`);
      assert.equal(c.refused, 1);
      assert.match(c.events.at(-1)!, /state=not-stored lines=\d+$/);
    }
    assert.equal(c.type("erase startup-config"), `% Not stored: ${reason}; what was stored before is stored still.\n`);
    assert.match(c.type("show startup-config"), /\nhostname old\n$/);
    c.storing = 0;
    assert.match(c.type("write"), /\[OK\]/);
    assert.match(c.type("show startup-config"), /\nhostname new\n/);
  }
});

test("a startup configuration with faults: each is shown with its number, the rest is taken", () => {
  const startup = "hostname alpha\n\n! a note\ninterface Ethernet0\n ip adress 10.0.0.1 255.0.0.0\n ip address 10.0.0.1 255.0.0.0\ncrypto map CM 10\nshow version\ndo reload\nend\ninterface Ethernet1\n mtu 1400\ncrypto isakmp policy 10\n group 1\n";
  const c = new Console({ startup });
  assert.match(c.output, /\^\n% Invalid input detected at '\^' marker\.\n% Taken there: .*address, .*mtu, /);
  assert.equal(
    c.output.replace(/^% Taken there: .*\n/m, ""),
    `startup-config line 5:  ip adress 10.0.0.1 255.0.0.0
                           ^
% Invalid input detected at '^' marker.
startup-config line 7: crypto map CM 10
% CM 10 is new: say what it does, ipsec-isakmp, bypass or discard.
startup-config line 8: show version
                       ^
% Invalid input detected at '^' marker.
startup-config line 9: do reload
% This is no line of configuration.
startup-config line 14:  group 1
% Warning: policy 10: group 1 (768 bits) is broken.
% 4 of 14 lines of the startup configuration were refused.
% 1 line of these would have filtered, translated, authenticated or encrypted.
alpha#`,
  );
  assert.equal(c.refused, 4);
  assert.match(c.events.at(-1)!, /state=startup-errors lines=4$/);
  assert.match(running(c), /interface Ethernet0\n ip address 10\.0\.0\.1 255\.0\.0\.0\n/);
  assert.match(running(c), /interface Ethernet1\n no ip address\n mtu 1400\n/);
});

test("a configuration longer than NVRAM is not saved", () => {
  const c = new Console();
  // RFC 3110's octets, e being 65537 and n of 8184 bits, over a few lines.
  const key = Buffer.concat([Buffer.from([3, 1, 0, 1]), Buffer.alloc(1023, 0xff)]).toString("base64").replace(/.{400}/g, "$&\n");
  c.type("configure terminal\nip access-list extended LONG");
  for (let i = 1; i <= 24; i++) c.type(`remark ${"x".repeat(99)}`);
  for (let i = 1; i <= 160; i++) c.type(`permit tcp 100.100.${i}.0 0.0.0.255 eq 10000 200.200.200.0 0.0.0.255 eq 10000`);
  for (let i = 1; i <= 32; i++) c.type(`crypto key pubkey-chain rsa\nnamed-key n${i}\nkey-string\n0s${key}\nquit`);
  for (let i = 1; i <= 24; i++) c.type(`crypto map M${"m".repeat(28)} ${i} ipsec-isakmp\ndescription ${"d".repeat(80)}\nmatch address LONG`);
  c.type("end");
  assert.equal(c.type("write"), "% The configuration is longer than 61440 octets and was not saved.\n");
  assert.equal(c.refused, 1);
  assert.equal(c.nvram, undefined);
});

/** For each line: the mode it is given in, the line, and its `no` form; the latter leads back to where the former began. */
const forms: [enter: string, line: string, no: string][] = [
  ["", "hostname alpha", "no hostname"],
  ["", "hostname alpha", "no hostname alpha"],
  ["", "ip route 10.9.0.0 255.255.0.0 192.0.2.2", "no ip route 10.9.0.0 255.255.0.0"],
  ["", "ip route 10.9.0.0 255.255.0.0 Null0 7", "no ip route 10.9.0.0 255.255.0.0 Null0"],
  ["", "ip route 10.9.0.0 255.255.0.0 Ethernet 0", "no ip route 10.9.0.0 255.255.0.0 Ethernet0"],
  ["", "crypto isakmp policy 5", "no crypto isakmp policy 5"],
  ["", "crypto isakmp key secretsecret address 192.0.2.2", "no crypto isakmp key secretsecret address 192.0.2.2"],
  ["", "crypto isakmp key 0 secretsecret address 192.0.2.0 255.255.255.0", "no crypto isakmp key x address 192.0.2.0 255.255.255.0"],
  ["", "crypto isakmp key secretsecret hostname beta", "no crypto isakmp key secretsecret hostname beta"],
  ["", "crypto isakmp identity hostname", "no crypto isakmp identity"],
  ["", "crypto isakmp identity user-fqdn a@example.com", "crypto isakmp identity address"],
  ["", "crypto ipsec security-association lifetime seconds 120", "no crypto ipsec security-association lifetime seconds"],
  ["", "crypto ipsec security-association lifetime kilobytes 2560", "no crypto ipsec security-association lifetime kilobytes"],
  ["", "crypto ipsec security-association replay window-size 32", "no crypto ipsec security-association replay window-size"],
  ["", "crypto ipsec security-association replay disable", "no crypto ipsec security-association replay disable"],
  ["", "crypto ipsec transform-set X esp-sha384-hmac esp-aes 192", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec df-bit clear", "no crypto ipsec df-bit"],
  ["", "crypto ipsec df-bit set", "crypto ipsec df-bit copy"],
  ["", "crypto ipsec dscp 0", "no crypto ipsec dscp"],
  ["", "crypto ipsec dscp 63", "crypto ipsec dscp copy"],
  ["interface Ethernet3", "crypto ipsec df-bit copy", "no crypto ipsec df-bit"],
  ["", "crypto ipsec transform-set X esp-gcm icv 12", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec transform-set X esp-ccm 192 icv 8", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec transform-set X esp-camellia 192 esp-sha-hmac", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec transform-set X esp-gmac", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec transform-set X esp-chacha20-poly1305", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec transform-set X ah-aes-xcbc-mac", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec transform-set X esp-sha-hmac esp-aes ah-sha-hmac", "no crypto ipsec transform-set X"],
  ["", "crypto ipsec transform-set X esp-aes-xcbc-mac esp-null", "no crypto ipsec transform-set X"],
  ["", "ip access-list extended X", "no ip access-list extended X"],
  ["", "access-list 150 permit ip any any", "no access-list 150"],
  ["", "access-list 150 permit ip any any", "no access-list 150 permit ip any any"],
  ["", "access-list 150 remark hello", "no access-list 150"],
  ["", "crypto map X 1 ipsec-isakmp", "no crypto map X 1"],
  ["", "crypto map X 1 discard", "no crypto map X 1 discard"],
  ["", "crypto map X 1 bypass", "no crypto map X"],
  ["interface Ethernet3", "ip address 10.3.0.1 255.255.255.0", "no ip address"],
  ["interface Ethernet3", "ip address 10.3.0.1 255.255.255.0", "no ip address 10.3.0.1 255.255.255.0"],
  ["interface Ethernet3", "description a b c", "no description"],
  ["interface Ethernet3", "mtu 1000", "no mtu"],
  ["interface Ethernet3", "mac-address 0250.1234.5678", "no mac-address"],
  ["interface Ethernet3", "shutdown", "no shutdown"],
  ["interface Ethernet3", "crypto map M", "no crypto map"],
  ["interface Ethernet3", "crypto map M", "no crypto map M"],
  ["crypto isakmp policy 1", "encryption aes 192", "no encryption"],
  ["crypto isakmp policy 1", "encryption camellia 192", "no encryption"],
  ["crypto isakmp policy 1", "hash sha384", "no hash"],
  ["crypto isakmp policy 1", "group 17", "no group"],
  ["crypto isakmp policy 1", "lifetime 60", "no lifetime 60"],
  ["crypto isakmp policy 1", "authentication pre-share", "no authentication"],
  ["crypto ipsec transform-set T esp-aes esp-sha-hmac", "mode tunnel", "no mode"],
  ["crypto ipsec transform-set T esp-aes esp-sha-hmac", "mode transport", "no mode"],
  ["crypto ipsec transform-set T esp-aes esp-sha-hmac", "esn", "no esn"],
  ["ip access-list extended A", "permit ip any any", "no permit ip any any"],
  ["ip access-list extended A", "15 deny udp any eq 500 host 1.2.3.4", "no 15"],
  ["ip access-list extended A", "30 remark x", "no 30"],
  ["crypto map M 1 ipsec-isakmp", "match address A", "no match address"],
  ["crypto map M 1 ipsec-isakmp", "set peer 192.0.2.9", "no set peer 192.0.2.9"],
  ["crypto map M 1 ipsec-isakmp", "set transform-set T", "no set transform-set"],
  ["crypto map M 1 ipsec-isakmp", "set pfs", "no set pfs"],
  ["crypto map M 1 ipsec-isakmp", "set pfs group18", "no set pfs"],
  ["crypto map M 1 ipsec-isakmp", "set security-association lifetime seconds 60", "no set security-association lifetime seconds"],
  ["crypto map M 1 ipsec-isakmp", "set security-association lifetime kilobytes 4000", "no set security-association lifetime kilobytes"],
  ["crypto map M 1 ipsec-isakmp", "description d", "no description"],
];

test("every no form undoes its line", () => {
  for (const [enter, line, no] of forms) {
    const c = new Console();
    c.type("configure terminal\ncrypto ipsec transform-set T esp-aes esp-sha-hmac\nip access-list extended A\ncrypto map M 1 ipsec-isakmp\nexit");
    if (enter) c.type(enter);
    const before = c.type("do show running-config");
    c.type(line);
    assert.equal(c.refused, 0, line);
    const after = c.type("do show running-config");
    if (!/authentication|mode tunnel/.test(line)) assert.notEqual(after, before, line);
    if (enter && !/interface/.test(enter)) c.type(enter);
    const answer = c.type(no);
    assert.equal(c.refused, 0, `${no}: ${answer}`);
    assert.equal(c.type("do show running-config").replace(/^hostname .*$/m, ""), before.replace(/^hostname .*$/m, ""), `${line} / ${no}`);
  }
});

test("what is in use is not removed", () => {
  const c = new Console({ startup: WHOLE });
  c.type("configure terminal");
  assert.equal(c.type("no crypto ipsec transform-set TS"), "% TS is used by a crypto map.\n");
  assert.equal(c.type("no crypto map CM"), "% CM is the crypto map of Ethernet1.\n");
  c.type("end");
  assert.equal(running(c), WHOLE);
});

test("a global line leaves a submode, and a removed subject does no harm", () => {
  const c = new Console();
  c.type("configure terminal\ncrypto map M 1 ipsec-isakmp");
  c.type("no crypto map M 1");
  assert.equal(c.prompt, "Router(config)#");
  c.type("crypto isakmp policy 7\nexit\ncrypto ipsec transform-set T esp-aes esp-sha-hmac\nno crypto ipsec transform-set T\nmode tunnel");
  assert.match(c.prompt, /\(config\)#$/);
});

test("a secret that was typed stays in one place only", () => {
  const c = new Console();
  c.type("configure terminal\ncrypto isakmp key Zanzibar-4711 address 192.0.2.2\nend\nshow running-config\nwrite memory\nwrite erase");
  const memory = Buffer.from(c.exports.memory.buffer);
  let copies = 0;
  for (let at = memory.indexOf("Zanzibar-4711"); at >= 0; at = memory.indexOf("Zanzibar-4711", at + 1)) copies++;
  assert.equal(copies, 1);
  c.type("configure terminal\nno crypto isakmp key x address 192.0.2.2");
  assert.equal(memory.indexOf("Zanzibar-4711"), -1);
});

test("a shorter secret in the place of a longer one leaves nothing of it", () => {
  for (const where of ["crypto isakmp key SECRET address 192.0.2.2", "crypto isakmp key SECRET hostname gate.example.org", "crypto isakmp profile P\npre-shared-key SECRET"]) {
    const c = new Console();
    for (const secret of ["much-longer-than-it-Zanzibar-4711", "short-one"]) c.type(`configure terminal\n${where.replace("SECRET", secret)}\nend`);
    // The console's own line is of the last command.
    c.type("show clock");
    assert.equal(Buffer.from(c.exports.memory.buffer).indexOf("Zanzibar-4711"), -1, where);
  }
});

test("texts as long as they may be are taken, and one character more is not", () => {
  const long = (n: number) => "k".repeat(n);
  const lines: [at: string, most: number][] = [
    ["crypto isakmp key TEXT address 192.0.2.2", 128],
    ["crypto isakmp key TEXT hostname gate.example.org", 128],
    ["crypto isakmp key secretsecret hostname TEXT", 128],
    ["crypto isakmp identity key-id TEXT", 128],
    ["crypto isakmp profile P\npre-shared-key TEXT", 128],
    ["crypto isakmp profile P\nself-identity key-id TEXT", 128],
    ["crypto isakmp profile P\nmatch identity host TEXT", 128],
  ];
  for (const [at, most] of lines) {
    const c = new Console();
    assert.doesNotMatch(c.type(`configure terminal\n${at.replace("TEXT", long(most))}\nend`), /too long/, at);
    assert.ok(running(c).includes(long(most)), at);
    assert.match(c.type(`configure terminal\n${at.replace("TEXT", long(most + 1))}\nend`), /too long: up to 128/, at);
  }
});

test("dynamic maps: names of their own, no peer, entries that name them, and a key for everybody", () => {
  const c = new Console();
  const said = (lines: string) => c.type(`configure terminal\n${lines}\nend`).split("\n").filter((line) => line.startsWith("%"));
  assert.deepEqual(said("crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac\ncrypto dynamic-map D 10\nset transform-set TS"), []);
  assert.deepEqual(said("crypto dynamic-map D 10\nset peer 192.0.2.2"), ["% A dynamic map is for peers of any address: it has no `set peer`."]);
  assert.deepEqual(said("crypto map D 10 ipsec-isakmp dynamic D"), [], "a map and a dynamic map of one name are two");
  assert.deepEqual(said("crypto map D 10\nmatch address X"), ["% This entry takes all that it needs from its dynamic map."]);
  assert.deepEqual(said("crypto map D 10 ipsec-isakmp"), ["% The entry exists with another action."]);
  assert.deepEqual(said("crypto isakmp key correct-horse address 0.0.0.0 0.0.0.0"), ["% Warning: this key is every peer's: whoever knows it can pose as any peer of a dynamic crypto map."]);
  assert.match(c.type("show crypto map"), /^Crypto Map "D" 10 ipsec-isakmp\n {8}Dynamic map template tag: D\n/);
  assert.match(c.type("show crypto dynamic-map"), /^Crypto Map Template "D" 10 ipsec-isakmp\n {8}Security association lifetime/);
  assert.deepEqual(said("no crypto dynamic-map D"), []);
  assert.match(c.type("show crypto map"), /^Crypto Map "D" 10 ipsec-isakmp \(incomplete: not in force\)\n/);
  assert.deepEqual(said("no crypto dynamic-map D 10"), ["% D is no crypto map."]);
  assert.deepEqual(said("no crypto map D 10"), []);
});
