/** Lines, good and bad, and exactly what the console answers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Console } from "./console.ts";

const invalid = (column: number) => `${" ".repeat(column)}^\n% Invalid input detected at '^' marker.\n`;
const CONFIG = "Router(config)#".length;

/** mode, line, what is printed before the next prompt */
const exec: [line: string, answer: string][] = [
  ["show", "% Incomplete command.\n"],
  ["sh c", '% Ambiguous command:  "sh c"\n'],
  ["c", '% Ambiguous command:  "c"\n'],
  ["shw version", invalid(7)],
  ["show version now", invalid(20)],
  ["show  versoin", invalid(13)],
  ["frobnicate", invalid(7)],
  ["hostname alpha", invalid(7)],
  ["ping", "% Incomplete command.\n"],
  ["ping 10.0.0.256", `${invalid(12)}% 10.0.0.256 is no IPv4 address: four numbers from 0 to 255 are allowed, with dots between.\n`],
  ["ping 10.0.0.1 size 20", `${invalid(26)}% 20 is out of range: 36 to 9000 is allowed.\n`],
  ["ping 10.0.0.1 source 10.9.9.9", "% 10.9.9.9 is no address of this router's interfaces that are up.\n"],
  ["ping 10.0.0.1 source Ethernet7", "% There is no Ethernet7: interfaces here are Ethernet0 to Ethernet3.\n"],
  ["show interfaces ethernet 9", "% There is no Ethernet9: interfaces here are Ethernet0 to Ethernet3.\n"],
  ["clear crypto isakmp 77", "% There is no ISAKMP SA 77: `show crypto isakmp sa` lists them as conn-id.\n"],
  ["r", '% Ambiguous command:  "r"\n'],
  ["show startup-config", "% startup-config is not present\n"],
  ["é show", invalid(7)],
  ["show é", invalid(12)],
  ["show running-config | grep x", invalid(29)],
];

const config: [line: string, answer: string][] = [
  ["hostname", "% Incomplete command.\n"],
  ["hostname two words", invalid(CONFIG + 13)],
  ["hostname a/b", "% A host name is made of letters, digits, '-', '.' and '_'.\n"],
  [`hostname ${"a".repeat(49)}`, `% ${"a".repeat(49)} is too long: up to 48 characters are allowed.\n`],
  ["interface Ethernet4", "% There is no Ethernet4: interfaces here are Ethernet0 to Ethernet3.\n"],
  ["ip route 10.0.0.1 255.255.255.0 10.9.9.9", "% 10.0.0.1 has bits outside the mask 255.255.255.0: the network is 10.0.0.0.\n"],
  ["ip route 10.0.0.0 255.0.255.0 10.9.9.9", `${invalid(CONFIG + 18)}% 255.0.255.0 is no subnet mask: ones and then zeros are allowed, as in 255.255.255.0.\n`],
  ["ip route 10.0.0.0 255.0.0.0 10.9.9.9 0", `${invalid(CONFIG + 37)}% 0 is out of range: 1 to 255 is allowed.\n`],
  ["no ip route 10.0.0.0 255.0.0.0 10.9.9.9", "% No such route is configured.\n"],
  ["crypto isakmp policy 0", `${invalid(CONFIG + 21)}% 0 is out of range: 1 to 10000 is allowed.\n`],
  ["no crypto isakmp policy 5", "% There is no policy of priority 5.\n"],
  ["crypto isakmp key", "% Incomplete command.\n"],
  ["crypto isakmp key secretsecret address", "% Incomplete command.\n"],
  ["crypto isakmp key secretsecret address 1.2.3", invalid(CONFIG + 39)],
  ["no crypto isakmp key x address 1.2.3.4", "% There is no key for that peer.\n"],
  [`crypto isakmp key ${"k".repeat(129)} address 1.2.3.4`, "% The key is too long: up to 128 characters are allowed.\n"],
  ["crypto ipsec transform-set TS", "% Incomplete command.\n"],
  ["crypto ipsec transform-set TS esp-aes 257", invalid(CONFIG + 38)],
  ["crypto ipsec transform-set TS esp-sha-hmac", "% Incomplete command.\n"],
  ["crypto ipsec transform-set TS esp-null", "% esp-null encrypts nothing: it needs an authentication beside it, as in `esp-null esp-sha256-hmac`.\n"],
  ["crypto ipsec transform-set TS esp-gcm 256 esp-sha-hmac", "% esp-gcm authenticates by itself: it stands alone, without esp-sha-hmac.\n"],
  ["crypto ipsec transform-set TS esp-aes-ctr 192", "% esp-aes-ctr needs an authentication beside it, as in `esp-aes-ctr esp-sha256-hmac`: without one, anybody turns any bit of what it carries.\n"],
  ["crypto ipsec transform-set TS esp-3des esp-aes-xcbc-mac", "% esp-3des does not go with esp-aes-xcbc-mac: esp-aes, esp-aes-ctr, esp-camellia and esp-null do.\n"],
  ["crypto ipsec transform-set TS ah-sha-hmac ah-sha256-hmac", invalid(CONFIG + 42)],
  ["crypto ipsec transform-set TS ah-sha-hmac esp-sha256-hmac", "% Incomplete command.\n"],
  ["crypto ipsec transform-set TS ah-sha-hmac esp-null", "% esp-null encrypts nothing: it needs an authentication beside it, as in `esp-null esp-sha256-hmac`.\n"],
  ["crypto ipsec transform-set TS esp-gcm icv 10", invalid(CONFIG + 42)],
  ["crypto ipsec transform-set TS esp-ccm 128 icv 8 esp-sha-hmac", "% esp-ccm authenticates by itself: it stands alone, without esp-sha-hmac.\n"],
  ["crypto ipsec transform-set TS esp-sha256-hmac esp-gmac 192", "% esp-gmac authenticates by itself: it stands alone, without esp-sha256-hmac.\n"],
  ["crypto ipsec transform-set TS esp-chacha20-poly1305 esp-aes-xcbc-mac", "% esp-chacha20-poly1305 authenticates by itself: it stands alone, without esp-aes-xcbc-mac.\n"],
  ["crypto ipsec transform-set TS esp-chacha20-poly1305 256", invalid(CONFIG + 52)],
  ["crypto ipsec transform-set TS esp-gmac icv 8", invalid(CONFIG + 39)],
  ["crypto ipsec transform-set TS esp-ccm icv 10", invalid(CONFIG + 42)],
  ["no crypto ipsec transform-set TS", "% TS is no transform set.\n"],
  ["crypto ipsec security-association lifetime seconds 5", `${invalid(CONFIG + 51)}% 5 is out of range: 30 to 2592000 is allowed.\n`],
  ["access-list 99 permit ip any any", invalid(CONFIG + 22)],
  ["access-list 200 permit ip any any", `${invalid(CONFIG + 12)}% 200 is out of range: 100 to 199 is allowed.\n`],
  ["access-list 100 permit ip any any eq 80", "% A port from 1 to 65535 is allowed with tcp and udp only.\n"],
  ["access-list 100 permit frog any any", invalid(CONFIG + 23)],
  ["access-list 100 permit 256 any any", `${invalid(CONFIG + 23)}% 256 is out of range: 0 to 255 is allowed.\n`],
  ["no access-list 100", "% 100 is no access list.\n"],
  ["ip access-list extended 5", "% 5 is no extended access list: 100 to 199, 2000 to 2699, or a name, is allowed.\n"],
  ["crypto map CM 10", "% CM 10 is new: say what it does, ipsec-isakmp, bypass or discard.\n"],
  ["crypto map CM 0 ipsec-isakmp", `${invalid(CONFIG + 14)}% 0 is out of range: 1 to 65535 is allowed.\n`],
  ["no crypto map CM", "% CM is no crypto map.\n"],
  ["no exit", invalid(CONFIG + 3)],
  ["no no hostname", invalid(CONFIG + 3)],
  ["do configure", "% Incomplete command.\n"],
  ["do hostname x", invalid(CONFIG + 3)],
  ["access-list 100 no hostname", invalid(CONFIG + 16)],
];

const submodes: [enter: string, prompt: string, line: string, answer: string][] = [
  ["interface e0", "(config-if)#", "mtu 9999", "MARK 4% 9999 is out of range: 576 to 1500 is allowed.\n"],
  ["interface e0", "(config-if)#", "ip address 10.0.0.0 255.0.0.0", "% 10.0.0.0 with mask 255.0.0.0 names a network: give a station's address.\n"],
  ["ip route 10.0.0.0 255.0.0.0 192.0.2.2\ninterface e0", "(config-if)#", "ip address 192.0.2.2 255.255.255.0", "% 192.0.2.2 is the next hop of a route: another address is wanted, or `no ip route` first.\n"],
  ["interface e0", "(config-if)#", "ip address 10.255.255.255 255.0.0.0", "% 10.255.255.255 with mask 255.0.0.0 is the broadcast address: give a station's address.\n"],
  ["interface e0", "(config-if)#", "ip address 127.0.0.1 255.0.0.0", "% 127.0.0.1 is no address that a station may have.\n"],
  ["interface e0", "(config-if)#", "ip adress 10.0.0.1 255.0.0.0", "MARK 3"],
  ["interface e0", "(config-if)#", "mac-address 0100.0000.0001", "% 0100.0000.0001 is no station's address: not all zeros and no group address is allowed.\n"],
  ["interface e0", "(config-if)#", "crypto map NONE", "% NONE is no crypto map.\n"],
  ["crypto isakmp policy 10", "(config-isakmp)#", "group 6", "MARK 6"],
  ["crypto isakmp policy 10", "(config-isakmp)#", "encryption aes 512", "MARK 15"],
  ["crypto isakmp policy 10", "(config-isakmp)#", "lifetime 10", "MARK 9% 10 is out of range: 60 to 86400 is allowed.\n"],
  ["ip access-list extended A", "(config-ext-nacl)#", "no 10", "% There is no such line.\n"],
  ["ip access-list extended A", "(config-ext-nacl)#", "permit ip any", "% Incomplete command.\n"],
  ["crypto map M 1 ipsec-isakmp", "(config-crypto-map)#", "set peer 224.0.0.1", "% No station can have that address.\n"],
  ["crypto map M 1 ipsec-isakmp", "(config-crypto-map)#", "set transform-set X", "% X is no transform set: `crypto ipsec transform-set` makes one.\n"],
  ["crypto map M 1 ipsec-isakmp", "(config-crypto-map)#", "set pfs group6", "MARK 8"],
];

const warnings: [lines: string, sentence: string][] = [
  ["crypto isakmp policy 10\nencryption des", "% Warning: policy 10: DES is broken: its keys are found in hours."],
  ["crypto isakmp policy 10\nhash md5", "% Warning: policy 10: MD5 is obsolete."],
  ["crypto isakmp policy 10\ngroup 1", "% Warning: policy 10: group 1 (768 bits) is broken."],
  ["crypto isakmp policy 10\ngroup 5", "% Warning: policy 10: group 5 (1536 bits) is below today's strength."],
  ["crypto isakmp policy 10\ngroup 3", "% Warning: policy 10: group 3 (an elliptic curve of 155 bits whose field has subfields) is broken."],
  ["crypto isakmp key short address 1.2.3.4", "% Warning: a key of 5 characters is soon guessed; use 8 or more."],
  ["crypto ipsec transform-set T esp-des esp-md5-hmac", "% Warning: transform set T: DES is broken: its keys are found in hours."],
  ["crypto ipsec transform-set T esp-aes", "% Warning: transform set T: ESP without authentication lets anybody change what it carries."],
  ["crypto ipsec transform-set T ah-sha256-hmac", "% Warning: transform set T: AH hides nothing: anybody on the way can read what it carries."],
  ["crypto ipsec transform-set T ah-sha256-hmac esp-null esp-sha-hmac", "% Warning: transform set T: AH hides nothing: anybody on the way can read what it carries."],
  ["crypto ipsec transform-set T esp-gmac 256", "% Warning: transform set T: esp-gmac encrypts nothing: anybody on the way can read what it carries."],
  ["crypto ipsec transform-set T ah-sha256-hmac esp-gmac", "% Warning: transform set T: esp-gmac encrypts nothing: anybody on the way can read what it carries."],
  ["crypto ipsec transform-set T ah-md5-hmac esp-aes", "% Warning: transform set T: MD5 is obsolete."],
  ["crypto ipsec transform-set T esp-aes\nesn", "% Warning: transform set T: extended sequence numbers are not offered without authentication."],
  ["crypto ipsec security-association replay disable\ncrypto ipsec transform-set T esp-gcm\nesn", "% Warning: transform set T: extended sequence numbers are not offered without a replay window."],
  ["crypto ipsec security-association replay disable", "% Warning: without a replay window, packets that were recorded are accepted again."],
  ["crypto map M 1 ipsec-isakmp\nset pfs group2", "% Warning: crypto map M 1: group 2 (1024 bits) is within reach of a large attacker; group14 is the least to use."],
];

const running = (c: Console) => c.type("show running-config");

test("bad lines in EXEC mode", () => {
  const c = new Console();
  const before = running(c);
  for (const [line, answer] of exec) {
    assert.equal(c.type(line), answer, line);
    assert.equal(c.refused, 1, line);
  }
  assert.equal(running(c), before);
});

test("bad lines in configuration mode leave the configuration as it was", () => {
  const c = new Console();
  const before = running(c);
  c.type("configure terminal");
  for (const [line, answer] of config) {
    assert.equal(c.type(line), answer, line);
    assert.equal(c.refused, 1, line);
    assert.equal(c.prompt, "Router(config)#", line);
  }
  c.type("end");
  assert.equal(running(c), before);
});

test("bad lines in submodes", () => {
  for (const [enter, prompt, line, answer] of submodes) {
    const c = new Console();
    c.type(`configure terminal\n${enter}`);
    assert.equal(c.prompt, `Router${prompt}`);
    const before = c.type("do show running-config");
    const expected = answer.replace(/^MARK (\d+)/, (_, n) => invalid(prompt.length + 6 + Number(n)));
    assert.equal(c.type(line), expected, line);
    assert.equal(c.refused, 1);
    assert.equal(c.type("do show running-config"), before, line);
  }
});

test("insecure settings are taken with a warning", () => {
  for (const [lines, sentence] of warnings) {
    const c = new Console();
    const answer = c.type(`configure terminal\n${lines}`);
    assert.equal(c.refused, 0, lines);
    assert.ok(answer.split("\n").includes(sentence), `${lines}:\n${answer}`);
  }
});

test("a line too long, and a line of too many words", () => {
  const c = new Console();
  assert.equal(c.type("x".repeat(513)), "% The line is longer than 512 characters.\n");
  assert.equal(c.type("a ".repeat(200)), invalid(7));
  assert.match(c.type(`show ${"version ".repeat(60)}`), /\^ *\n% Invalid input/);
  assert.equal(c.type("show clock"), "*00:00:00.000 UTC Fri Mar 1 2002\n");
});

test("abbreviations, case and blanks", () => {
  const c = new Console();
  const version = c.type("show version");
  assert.match(version, /^Postern /);
  for (const line of ["sh ver", "SHOW VERSION", "  show    version  ", "show version\r"]) assert.equal(c.type(line), version, line);
  c.type("conf t\nint eth0\nip add 10.0.0.1 255.0.0.0\nint Ethernet 1\nip ad 10.0.0.2 255.0.0.0");
  c.type("end");
  const text = running(c);
  assert.match(text, /interface Ethernet0\n ip address 10\.0\.0\.1 255\.0\.0\.0/);
  assert.match(text, /interface Ethernet1\n no ip address/);
});

test("sha is no ambiguity though sha256 begins with it", () => {
  const c = new Console();
  c.type("conf t\ncrypto isakmp policy 1\nhash sha\ngroup 1\nend");
  assert.match(running(c), / hash sha\n authentication pre-share\n group 1\n/);
});

test("modes, prompts, exit, end and Ctrl-Z", () => {
  const c = new Console();
  const at = (line: string, prompt: string) => {
    c.type(line);
    assert.equal(c.prompt, prompt, line);
  };
  assert.equal(c.prompt, "Router#");
  at("disable", "Router>");
  at("configure terminal", "Router>");
  at("enable", "Router#");
  at("configure terminal", "Router(config)#");
  at("hostname alpha", "alpha(config)#");
  at("interface Ethernet0", "alpha(config-if)#");
  at("crypto isakmp policy 1", "alpha(config-isakmp)#");
  at("exit", "alpha(config)#");
  at("crypto ipsec transform-set T esp-aes esp-sha-hmac", "alpha(cfg-crypto-trans)#");
  at("crypto map M 1 ipsec-isakmp", "alpha(config-crypto-map)#");
  at("ip access-list extended A", "alpha(config-ext-nacl)#");
  at("do show clock", "alpha(config-ext-nacl)#");
  at("end", "alpha#");
  c.type("configure terminal\ninterface e1");
  c.input("shutdown\u001a");
  assert.equal(c.prompt, "alpha#");
  assert.match(running(c), /interface Ethernet1\n no ip address\n shutdown/);
  c.type("configure terminal\nno hostname");
  c.input("\u0003");
  assert.equal(c.prompt, "Router#");
});
