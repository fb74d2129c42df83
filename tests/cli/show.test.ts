/** What commands print: filters, ping, counters, the tunnel's shows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { Console } from "./console.ts";

test("| include, exclude, begin", () => {
  const c = new Console({ startup: "interface Ethernet0\n ip address 10.0.0.1 255.0.0.0\ninterface Ethernet1\n ip address 192.0.2.1 255.255.255.0\n" });
  assert.equal(c.type("show running-config | include ip address 1"), " ip address 10.0.0.1 255.0.0.0\n ip address 192.0.2.1 255.255.255.0\n");
  assert.equal(c.type("show running-config | inc INTERFACE ethernet0"), "interface Ethernet0\n");
  assert.equal(c.type("show running-config | begin Ethernet3"), "interface Ethernet3\n no ip address\n!\nend\n");
  assert.equal(c.type("show running-config | exclude no such thing").length, c.type("show running-config").length);
  assert.equal(c.type("show ip interface brief | exclude unassigned").split("\n").length, 4);
  assert.equal(c.type("show running-config | include nothing like it"), "");
  assert.equal(c.type("show clock | include"), "% Incomplete command.\n");
  // The next command is not filtered any more.
  assert.equal(c.type("show clock"), "*00:00:00.000 UTC Fri Mar 1 2002\n");
});

test("the clock", () => {
  assert.equal(new Console({ wall: 951782400 }).type("show clock"), "00:00:00.000 UTC Tue Feb 29 2000\n");
  const c = new Console();
  c.type("clock set 4102444799");
  assert.equal(c.type("show clock"), "23:59:59.000 UTC Thu Dec 31 2099\n");
});

test("debug and undebug", () => {
  const c = new Console();
  assert.equal(c.type("debug crypto isakmp"), "Crypto ISAKMP debugging is on\n");
  assert.equal(c.type("debug crypto ipsec"), "Crypto IPSEC debugging is on\n");
  assert.equal(c.type("show debugging"), "Crypto ISAKMP debugging is on\nCrypto IPSEC debugging is on\n");
  assert.equal(c.type("no debug crypto isakmp"), "Crypto ISAKMP debugging is off\n");
  assert.equal(c.type("undebug crypto ipsec"), "Crypto IPSEC debugging is off\n");
  assert.equal(c.type("show debugging"), "");
  for (const line of ["undebug all", "no debug all"]) assert.equal(c.type(line), "All possible debugging has been turned off\n");
});

test("policies and transform sets of every cipher", () => {
  const c = new Console();
  c.type("configure terminal\ncrypto isakmp policy 10\nencryption camellia 192");
  const sets: [words: string, shown: string][] = [
    ["esp-aes 192 esp-sha-hmac", "esp-192-aes esp-sha-hmac"],
    ["esp-camellia esp-sha256-hmac", "esp-camellia 128 esp-sha256-hmac"],
    ["esp-camellia 256 esp-aes-xcbc-mac", "esp-camellia 256 esp-aes-xcbc-mac"],
    ["esp-gcm 256 icv 8", "esp-gcm 256 icv 8"],
    ["esp-ccm", "esp-ccm 128"],
    ["esp-ccm 192 icv 12", "esp-ccm 192 icv 12"],
    ["esp-ccm 256 icv 16", "esp-ccm 256"],
    ["esp-gmac", "esp-gmac 128"],
    ["esp-gmac 256", "esp-gmac 256"],
    ["esp-chacha20-poly1305", "esp-chacha20-poly1305"],
  ];
  for (const [n, [words]] of sets.entries()) c.type(`crypto ipsec transform-set T${n} ${words}`);
  c.type("end");
  assert.match(c.type("show crypto isakmp policy"), /encryption algorithm: {3}Camellia \(192 bit keys\)\.\n/);
  const shown = c.type("show crypto ipsec transform-set");
  for (const [n, [, words]] of sets.entries()) assert.match(shown, new RegExp(`T${n}.*\\{ ${words} +\\}`), shown);
});

test("ping without an answer, and input that is kept meanwhile", () => {
  const c = new Console({ startup: "interface Ethernet0\n ip address 10.0.0.1 255.0.0.0\n" });
  const before = c.output.length;
  c.input("ping 10.0.0.9 repeat 3 timeout 1\nshow clock\n");
  assert.equal(c.output.slice(before), "Type escape sequence to abort.\nSending 3, 100-byte ICMP Echos to 10.0.0.9, timeout is 1 seconds:\n");
  c.input("disable\n");
  c.wait(10_000);
  assert.match(
    c.output.slice(before),
    /^Type escape sequence to abort\.\nSending 3, 100-byte ICMP Echos to 10\.0\.0\.9, timeout is 1 seconds:\n\.\.\.\nSuccess rate is 0 percent \(0\/3\)\n\*00:00:0\d\.\d{3} UTC Fri Mar 1 2002\nRouter>$/,
  );
});

test("Ctrl-C and Ctrl-^ end a ping", () => {
  for (const key of ["\u0003", "\u001e"]) {
    const c = new Console({ startup: "interface Ethernet0\n ip address 10.0.0.1 255.0.0.0\n" });
    c.input("ping 10.0.0.9 repeat 100\n");
    c.wait(4500);
    const before = c.output.length;
    c.input(key);
    assert.match(c.output.slice(before), /^\nSuccess rate is 0 percent \(0\/3\)\nRouter#$/);
    assert.equal(c.type("show clock"), "*00:00:04.500 UTC Fri Mar 1 2002\n");
    // What was typed before and after the key in one piece still runs.
    c.input("ping 10.0.0.9\nshow clock\n" + key + "show clock\n");
    assert.match(c.output, /Success rate is 0 percent \(0\/0\)\n(\*00:00:04\.500 UTC Fri Mar 1 2002\n){2}Router#$/);
  }
});

test("ping to an address of the router's own, with every option", () => {
  const c = new Console({ startup: "interface Ethernet0\n ip address 10.0.0.1 255.0.0.0\n" });
  c.input("ping ip 10.0.0.1 df-bit size 1400 source 10.0.0.1 repeat 75\n");
  c.wait(1000);
  assert.match(
    c.output,
    /Sending 75, 1400-byte ICMP Echos to 10\.0\.0\.1, timeout is 2 seconds:\nPacket sent with a source address of 10\.0\.0\.1\nPacket sent with the DF bit set\n!{70}\n!{5}\nSuccess rate is 100 percent \(75\/75\), round-trip min\/avg\/max = 0\/0\/0 ms\nRouter#$/,
  );
});

test("a tunnel as the shows tell of it", () => {
  const pair = new Pair({ both: { pfs: 14 } });
  assert.ok(pair.ping());
  const sa = pair.alpha.type("show crypto isakmp sa");
  assert.match(sa, /^IPv4 Crypto ISAKMP SA\ndst {13}src {13}state {10}conn-id status\n192\.0\.2\.2 {7}192\.0\.2\.1 {7}QM_IDLE {11}1001 ACTIVE\nalpha#$/);
  assert.match(pair.beta.type("show crypto isakmp sa"), /192\.0\.2\.2 {7}192\.0\.2\.1 {7}QM_IDLE/, "the responder is dst on both sides");
  assert.match(pair.alpha.type("show crypto isakmp sa detail"), /1001 {2}192\.0\.2\.1 {7}192\.0\.2\.2 {7}ACTIVE aes {2}sha256 psk {2}14 23:59:59 DF\n {7}Engine-id:Conn-id = {2}SW:1001, keys of 128 bits\n/);
  const ipsec = pair.alpha.type("show crypto ipsec sa");
  assert.match(ipsec, /#pkts encaps: 1, #pkts encrypt: 1, #pkts digest: 1\n {4}#pkts decaps: 1, #pkts decrypt: 1, #pkts verify: 1\n/);
  assert.match(ipsec, /local {2}ident \(addr\/mask\/prot\/port\): \(10\.1\.0\.0\/255\.255\.255\.0\/0\/0\)/);
  assert.match(ipsec, /PFS \(Y\/N\): Y, DH group: group14/);
  const [inbound = ""] = /inbound esp sas:\n {6}spi: 0x([0-9a-f]{8})/.exec(ipsec)?.slice(1) ?? [];
  assert.match(pair.beta.type("show crypto ipsec sa"), new RegExp(`outbound esp sas:\n {6}spi: 0x${inbound}`));
  assert.match(pair.alpha.type("show access-lists VPN"), /10 permit ip 10\.1\.0\.0 0\.0\.0\.255 10\.2\.0\.0 0\.0\.0\.255 \(\d+ match(es)?\)/);
  pair.alpha.type("clear access-list counters VPN");
  assert.doesNotMatch(pair.alpha.type("show access-lists VPN"), /match/);
  pair.alpha.input("ping 10.2.0.1 source Ethernet0\n");
  pair.world.run(3000);
  assert.match(pair.alpha.output, /!!!!!\nSuccess rate is 100 percent \(5\/5\), round-trip min\/avg\/max = 10\/10\/10 ms\nalpha#$/);
  pair.alpha.type("clear crypto sa peer 192.0.2.2");
  assert.doesNotMatch(pair.alpha.type("show crypto ipsec sa"), /spi: 0x\w{8}/);
  pair.world.run(1000);
  pair.alpha.type("clear crypto isakmp 1001");
  assert.doesNotMatch(pair.alpha.type("show crypto isakmp sa"), /QM_IDLE/);
});

test("what a peer calls itself is escaped", () => {
  const pair = new Pair({ beta: { extra: "crypto isakmp identity key-id a\\x\"b" } });
  assert.ok(pair.ping());
  assert.match(pair.alpha.type("show crypto isakmp sa detail"), /peer identity a\\x5cx\\x22b, /);
});
