/** What IOS shows of sessions, engines and SAs, and what clears them; and IOS's words that are refused by name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { Console } from "./console.ts";

/** The lines of an answer, the command and the prompt left out. */
const answer = (pair: Pair, command: string): string => pair.alpha.type(command).replace(/alpha#$/, "");
const fits = (text: string): void => {
  for (const line of text.split("\n")) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
};

test("show crypto session: down, negotiating, active, idle, without IKE", () => {
  const pair = new Pair();
  const status = (): string => /Session status: (\S+)/.exec(answer(pair, "show crypto session"))?.[1] ?? "";
  assert.equal(status(), "DOWN");
  pair.a.ping("10.2.0.10", 1);
  pair.world.run(8);
  assert.equal(status(), "DOWN-NEGOTIATING");
  assert.ok(pair.ping());
  assert.equal(
    answer(pair, "show crypto session"),
    `Crypto session current status

Interface: Ethernet1
Session status: UP-ACTIVE
Peer: 192.0.2.2 port 500
  Session ID: 0
  IKEv1 SA: local 192.0.2.1/500 remote 192.0.2.2/500 Active
  IPSEC FLOW: permit ip 10.1.0.0/255.255.255.0 10.2.0.0/255.255.255.0
        Active SAs: 2, origin: crypto map

`,
  );
  pair.alpha.type("clear crypto sa");
  pair.world.run(100);
  assert.equal(status(), "UP-IDLE");
  assert.ok(pair.ping());
  pair.beta.type("clear crypto isakmp");
  pair.world.run(100);
});

test("show crypto session detail has what scripts read, and brief a line for each", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  pair.world.run(3_845_000);
  const shown = answer(pair, "show crypto session detail");
  fits(shown);
  assert.match(shown, /^Code: C - IKE Configuration mode, D - Dead Peer Detection$/m);
  assert.match(
    shown,
    /Interface: Ethernet1\nUptime: 01:0[1-4]:\d\d\nSession status: UP-ACTIVE\nPeer: 192\.0\.2\.2 port 500 fvrf: \(none\) ivrf: \(none\)\n {6}Phase1_id: 192\.0\.2\.2\n {6}Desc: \(none\)\n {2}Session ID: 0\n {2}IKEv1 SA: local 192\.0\.2\.1\/500 remote 192\.0\.2\.2\/500 Active\n {10}Capabilities:DF connid:1001 lifetime:22:5[5-8]:\d\d\n {2}IPSEC FLOW: permit ip 10\.1\.0\.0\/255\.255\.255\.0 10\.2\.0\.0\/255\.255\.255\.0\n {8}Active SAs: \d, origin: crypto map\n {8}Inbound: {2}#pkts dec'ed \d+ drop 0 life \(KB\/Sec\) \d+\/\d+\n {8}Outbound: #pkts enc'ed \d+ drop 0 life \(KB\/Sec\) \d+\/\d+\n/,
  );
  const brief = answer(pair, "show crypto session brief");
  fits(brief);
  assert.match(brief, /^192\.0\.2\.2 {7}Ethernet1 {9}192\.0\.2\.2 {21}01:0[1-4]:\d\d A$/m);
  assert.match(answer(pair, "show crypto session remote 192.0.2.2"), /UP-ACTIVE/);
  assert.doesNotMatch(answer(pair, "show crypto session remote 192.0.2.9"), /Interface/);
  assert.match(answer(pair, "show crypto session local 192.0.2.1 detail"), /Uptime/);
});

test("show crypto engine connections active: a row for each SA and direction, then phase 1", () => {
  const pair = new Pair({ both: { esp: "esp-aes 256 esp-sha256-hmac", encryption: "aes 256" } });
  assert.ok(pair.ping());
  const shown = answer(pair, "show crypto engine connections active");
  fits(shown);
  assert.match(shown, /^ {3}ID {2}Type {4}Algorithm {11}Encrypt {2}Decrypt LastSeqN IP-Address$/m);
  assert.match(shown, /^ +\d+ {2}IPsec {3}AES256\+SHA256 {13}0 {8}1 {8}1 192\.0\.2\.1$/m);
  assert.match(shown, /^ +\d+ {2}IPsec {3}AES256\+SHA256 {13}1 {8}0 {8}0 192\.0\.2\.1$/m);
  assert.match(shown, /^ 1001 {2}IKE {5}SHA256\+AES256 {13}0 {8}0 {8}0 192\.0\.2\.1$/m);
  assert.match(answer(pair, "show crypto eli"), /IKE-Session {3}: +1 active, +\d+ max, 0 failed\n[^]*IPSec-Session : +2 active/);
});

test("show crypto ipsec sa: by peer, map, interface, with named counters", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const all = answer(pair, "show crypto ipsec sa");
  fits(all);
  for (const which of ["peer 192.0.2.2", "map CM", "interface Ethernet1"]) assert.equal(answer(pair, `show crypto ipsec sa ${which}`), all, which);
  for (const which of ["peer 192.0.2.9", "map NONE", "interface Ethernet0"]) assert.equal(answer(pair, `show crypto ipsec sa ${which}`).trim(), "", which);
  assert.match(answer(pair, "show crypto ipsec sa interface Ethernet77"), /^% /m);
  assert.match(all, /plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb Ethernet1\n/);
  assert.match(all, /conn id: 1001, flow_id: SW:1001, sibling_flags 80000040, crypto map: CM\n/);
  assert.match(all, /Status: ACTIVE\(ACTIVE\)\n/);
  const detail = answer(pair, "show crypto ipsec sa detail");
  fits(detail);
  assert.match(detail, /#pkts no sa \(send\) 0, #pkts invalid sa \(rcv\) 0\n[^]*##pkts replay failed \(rcv\): 0\n/);
  assert.doesNotMatch(detail, /#send errors/);
});

test("clear crypto sa counters, spi, map; clear crypto ipsec sa; clear crypto isakmp sa", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  answer(pair, "clear crypto sa counters");
  assert.match(answer(pair, "show crypto ipsec sa"), /#pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n/);
  assert.ok(pair.ping());
  assert.match(answer(pair, "show crypto ipsec sa"), /#pkts encaps: 1, /);
  const spi = (): string => /outbound esp sas:\n +spi: 0x[0-9a-f]+\((\d+)\)/.exec(answer(pair, "show crypto ipsec sa"))?.[1] ?? "";
  assert.match(answer(pair, "clear crypto sa spi 192.0.2.2 esp 4242"), /There is no SA of 192\.0\.2\.2 with the SPI 4242/);
  assert.equal(pair.spis(pair.alpha).length, 1);
  answer(pair, `clear crypto sa spi 192.0.2.2 esp ${spi()}`);
  assert.equal(pair.spis(pair.alpha).length, 0);
  for (const command of ["clear crypto sa map CM", "clear crypto ipsec sa", "clear crypto sa peer 192.0.2.2"]) {
    assert.ok(pair.ping(), command);
    answer(pair, command);
    pair.world.run(100);
    assert.equal(pair.spis(pair.alpha).length + pair.spis(pair.beta).length, 0, command);
  }
  assert.match(answer(pair, "clear crypto sa map NONE"), /NONE is no crypto map\./);
  answer(pair, "clear crypto isakmp sa");
  assert.doesNotMatch(answer(pair, "show crypto isakmp sa"), /QM_IDLE/);
});

test("clear crypto session takes phase 1 and pairs of one peer, or of all", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  assert.match(answer(pair, "clear crypto session remote 192.0.2.9"), /There is no session with 192\.0\.2\.9/);
  assert.equal(pair.spis(pair.alpha).length, 1);
  for (const command of ["clear crypto session remote 192.0.2.2", "clear crypto session local 192.0.2.1", "clear crypto session"]) {
    assert.ok(pair.ping(), command);
    answer(pair, command);
    pair.world.run(100);
    for (const router of [pair.alpha, pair.beta]) {
      assert.equal(pair.spis(router).length, 0, command);
      assert.doesNotMatch(router.type("show crypto isakmp sa"), /QM_IDLE/, command);
    }
  }
});

test("crypto logging session says when a tunnel comes and goes", () => {
  const pair = new Pair({ alpha: { extra: "crypto logging session\n", ipsecLifetime: 120 } });
  assert.ok(pair.ping());
  pair.world.run(200_000);
  assert.equal((pair.alpha.output.match(/%CRYPTO-5-SESSION_STATUS: Crypto tunnel is UP {2}\. {2}Peer 192\.0\.2\.2:500 {7}Id: 192\.0\.2\.2\n/g) ?? []).length, 1, "a renewal is none");
  assert.doesNotMatch(pair.alpha.output, /is DOWN/);
  pair.beta.type("clear crypto session");
  pair.world.run(100);
  assert.equal((pair.alpha.output.match(/%CRYPTO-5-SESSION_STATUS: Crypto tunnel is DOWN\. {2}Peer 192\.0\.2\.2:500 {7}Id: 192\.0\.2\.2\n/g) ?? []).length, 1);
});

test("without nat-transparency nobody looks for NATs; keepalives at their pace", () => {
  const pair = new Pair({ alpha: { extra: "no crypto ipsec nat-transparency udp-encapsulation\ncrypto isakmp nat keepalive 60\n" } });
  assert.ok(pair.ping());
  const vendors = pair.isakmp().filter(({ data }) => Buffer.from(data).includes(Buffer.from("4a131c81070358455c5728f20e95452f", "hex")));
  assert.equal(vendors.filter(({ direction }) => direction === 0).length, 0, "RFC 3947's vendor ID");
  assert.match(answer(pair, "show running-config"), /^no crypto ipsec nat-transparency udp-encapsulation$/m);
  assert.match(answer(pair, "show running-config"), /^crypto isakmp nat keepalive 60$/m);
  const other = new Pair();
  assert.ok(other.ping());
  assert.ok(other.isakmp().some(({ data }) => Buffer.from(data).includes(Buffer.from("4a131c81070358455c5728f20e95452f", "hex"))), "and otherwise they do");
});

test("debug crypto condition: only the peer in question", () => {
  for (const [peer, expected] of [["192.0.2.2", true], ["192.0.2.9", false]] as const) {
    const pair = new Pair();
    pair.alpha.type(`debug crypto isakmp\ndebug crypto condition peer ipv4 ${peer}`);
    assert.match(answer(pair, "show debugging"), new RegExp(`Crypto ISAKMP debugging is on\nCrypto conditional debug: peer ${peer}\n`));
    assert.ok(pair.ping());
    assert.equal(/ISAKMP:\(\d+\)/.test(pair.alpha.output), expected, peer);
    pair.alpha.type("undebug all");
    assert.equal(answer(pair, "show debugging").trim(), "");
  }
});

test("transport mode that is required is not given up for tunnel mode", () => {
  const transport = "crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac\n mode transport require\n";
  const pair = new Pair({ alpha: { extra: transport } });
  assert.match(pair.alpha.type("show running-config"), /^ mode transport require$/m);
  assert.equal(pair.ping(15_000), false, "networks can't have it");
});

test("after-encryption: what is protected is cut, and arrives", () => {
  for (const [line, cut] of [["crypto ipsec fragmentation after-encryption", true], ["crypto ipsec fragmentation before-encryption", false]] as const) {
    const pair = new Pair({ alpha: { extra: `${line}\n` } });
    assert.ok(pair.ping());
    pair.wan.length = 0;
    pair.alpha.input("ping 10.2.0.1 source Ethernet0 size 1500 repeat 1\n");
    pair.world.run(3000);
    assert.match(pair.alpha.output, /100 percent \(1\/1\)/);
    const sent = pair.wan.filter(({ direction, frame }) => direction === 0 && frame[12] === 8 && frame[13] === 0 && frame[23] === 50);
    const fragments = sent.filter(({ frame }) => ((frame[20]! << 8) | frame[21]!) & 0x3fff);
    assert.equal(fragments.length > 0, cut, line);
  }
});

/** Lines of IOS for protection that is not made here, and a word of the sentence. */
const REFUSED: [mode: string, line: string, sentence: RegExp][] = [
  ["", "crypto isakmp client configuration group VPNUSERS", /Xauth, Mode Config/],
  ["", "crypto map CM client authentication list USERS", /Xauth, Mode Config/],
  ["", "crypto map CM isakmp authorization list GROUPS", /Xauth, Mode Config/],
  ["", "crypto isakmp peer hostname beta.example.org", /`crypto isakmp peer address A\.B\.C\.D`/],
  ["", "crypto call admission limit ike sa 20", /fixed by the profile of size/],
  ["", "crypto map CM 30 ipsec-manual", /Keys set by hand/],
  ["", "crypto map CM 30 ipsec-isakmp profile P", /tunnel interface/],
  ["", "crypto ipsec optional", /never goes in plain/],
  ["", "crypto ipsec transform-set T esp-aes esp-sha-hmac comp-lzs", /LZS/],
  ["", "crypto ipsec transform-set T comp-lzs", /LZS/],
  ["", "crypto ipsec transform-set T esp-seal esp-sha-hmac", /SEAL/],
  ["", "crypto ipsec security-association dummy pps 10", /Dummy packets/],
  ["", "crypto ipsec nat-transparency spi-matching", /SPI matching/],
  ["", "crypto ikev2 proposal P", /IKEv1/],
  ["crypto map CM 10 ipsec-isakmp", "set security-association level per-host", /a line for each host/],
  ["crypto map CM 10 ipsec-isakmp", "set security-association dummy seconds 10", /Dummy packets/],
  ["crypto map CM 10 ipsec-isakmp", "set security-association replay window-size 128", /one for all/],
  ["crypto map CM 10 ipsec-isakmp", "reverse-route static remote-peer 0.0.0.0", /can't be a next hop/],
  ["crypto isakmp profile P", "client authentication list USERS", /Xauth, Mode Config/],
  ["crypto isakmp profile P", "keepalive 10 retry 3", /one for all/],
  ["crypto isakmp profile P", "match identity group VPNUSERS", /Xauth, Mode Config/],
];

for (const [mode, line, sentence] of REFUSED)
  test(`${mode ? `${mode}: ` : ""}${line} is refused by name, and nothing changes`, () => {
    const c = new Console({ startup: "crypto isakmp profile P\n match identity address 192.0.2.2\nip access-list extended VPN\n permit ip any any\ncrypto map CM 10 ipsec-isakmp\n set peer 192.0.2.2\n match address VPN\n" });
    const before = c.type("show running-config");
    c.type("configure terminal");
    if (mode) c.type(mode);
    const said = c.type(line);
    assert.match(said, sentence);
    assert.equal(said.trim().split("\n").length, 1, said);
    c.type("end");
    assert.equal(c.type("show running-config"), before);
  });

test("what is set is written, and read back", () => {
  const lines = [
    "crypto isakmp invalid-spi-recovery",
    "crypto isakmp nat keepalive 30",
    "crypto isakmp aggressive-mode disable",
    "crypto isakmp diagnose error 20",
    "crypto logging session",
    "crypto ipsec security-association idle-time 600",
    "crypto ipsec fragmentation after-encryption",
    "no crypto ipsec nat-transparency udp-encapsulation",
    "crypto map CM isakmp-profile P",
    " set peer 192.0.2.2 default",
    " set isakmp-profile P",
    " set security-association lifetime kilobytes disable",
    " set security-association idle-time 120 default",
    " reverse-route remote-peer 192.0.2.9 distance 7 tag 3",
  ];
  const c = new Console({
    startup: `${lines.slice(0, 9).join("\n")}\ncrypto map CM 10 ipsec-isakmp\n${lines.filter((line) => line.startsWith(" ") && !line.includes("isakmp-profile")).join("\n")}\ninterface Ethernet1\n crypto ipsec fragmentation before-encryption\n`,
  });
  const shown = c.type("show running-config");
  for (const line of [...lines, " crypto ipsec fragmentation before-encryption"]) assert.ok(shown.includes(`${line}\n`), line);
  const text = shown.replace("Building configuration...\n\nCurrent configuration:\n", "");
  const again = new Console({ startup: text });
  assert.equal(again.type("show running-config"), shown);
  c.type("configure terminal");
  for (const line of lines.slice(0, 7)) c.type(`no ${line.replace(/ \d+$/, "").replace(/ (after-encryption)$/, "")}`);
  c.type("crypto ipsec nat-transparency udp-encapsulation");
  c.type("end");
  const bare = c.type("show running-config");
  for (const line of lines.slice(0, 8)) assert.ok(!bare.includes(line), line);
});
