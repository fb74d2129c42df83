/** Configurations of IOS taken whole: lines that act, lines without effect, lines that are refused with what stands below them, and what stays shut for it. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { Random } from "../support/world/random.ts";
import { Console } from "./console.ts";

const running = (c: Console) => c.type("show running-config").replace("Building configuration...\n\nCurrent configuration:\n", "");
const start = (text: string) => new Console({ startup: `${text.trim()}\n` });

const WITHOUT_EFFECT = `Building configuration...

Current configuration : 1132 bytes
!
! Last configuration change at 12:00:00 UTC
version 12.4
service tcp-keepalives-in
no service pad
!
hostname RouterA
!
boot-start-marker
boot-end-marker
!
no aaa new-model
resource policy
dot11 syslog
ip source-route
ip cef
no ipv6 cef
multilink bundle-name authenticated
voice-card 0
 dspfarm
!
crypto pki token default removal timeout 0
license udi pid CISCO2801 sn XXXXXXXXXXX
redundancy
!
interface Ethernet0
 ip address 10.1.1.1 255.255.255.0
 ip virtual-reassembly
 half-duplex
 duplex auto
 speed 100
 speed auto
 clock rate 64000
 bandwidth 4000
 no ip mroute-cache
 cdp enable
!
ip forward-protocol nd
no ip http server
ip http secure-server
snmp-server community public RO
cdp run
control-plane
!
banner motd ^C
   Keep out!

interface Ethernet3
 shutdown
^C
line aux 0
line vty 0 4
 login
 transport input all
 access-class 10 in
!
scheduler allocate 20000 1000
end
`;

test("lines without effect: taken, counted once, listed, kept in the running configuration and given back by it", () => {
  const c = start(WITHOUT_EFFECT);
  assert.equal(c.refused, 0);
  assert.match(c.output, /^42 lines have no effect here: `show configuration ignored`\n/m);
  assert.equal(c.output.match(/have no effect/g)!.length, 1);
  assert.equal(c.exports.unprotected(), 0);
  const text = running(c);
  assert.match(text, /^!\nversion 12\.4\nservice tcp-keepalives-in\nno service pad\nboot-start-marker\n/);
  assert.match(text, /\ninterface Ethernet0\n ip address 10\.1\.1\.1 255\.255\.255\.0\n(?: .*\n)*? duplex auto\n speed auto\n clock rate 64000\n bandwidth 4000\n/);
  assert.doesNotMatch(text, /speed 100|half-duplex/);
  assert.match(text, /\nbanner motd \^C\n {3}Keep out!\n\ninterface Ethernet3\n shutdown\n\^C\n!\nline aux 0\n!\nline vty 0 4\n login\n transport input all\n access-class 10 in\n/);
  assert.match(c.type("show interfaces | include Ethernet3"), /^Ethernet3 is (?!admin)/);
  const list = c.type("show configuration ignored");
  assert.match(list, /^42 lines of the configuration have no effect here:\nversion 12\.4\n/);
  assert.match(list, /\ninterface Ethernet0\n ip virtual-reassembly\n/);
  const again = start(text);
  assert.equal(again.refused, 0);
  assert.equal(running(again), text);
  // Typed once more, they are there once.
  const typed = again.type(`configure terminal\n${text}`);
  assert.equal(again.refused, 0, typed);
  const sorted = (s: string) => s.split("\n").sort();
  assert.deepEqual(sorted(running(again)), sorted(text));
});

const LINES = new URL("ios_lines/", import.meta.url);

test("lines as configurations have them, by the hundred: none is refused, and what is kept goes through show and back", () => {
  for (const name of readdirSync(LINES)) {
    const text = readFileSync(new URL(name, LINES), "utf8");
    const c = start(text);
    assert.equal(c.refused, 0, `${name}\n${c.output}`);
    // Where the console asks who is there it shows nothing.
    if (/^(?:enable|username|line con) /m.test(text)) continue;
    const again = start(running(c));
    assert.equal(again.refused, 0, `${name}\n${again.output}`);
    assert.equal(running(again), running(c), name);
  }
});

test("what is indented below an interface is its own: a line of another mode, and one that is refused, leave it open", () => {
  for (const line of ["ip ips sdm_ips_rule in", "ip dhcp client client-id Ethernet0", "ip nat enable", "ip auth-proxy X", "vrf X", "ip accounting-list x", "track 1"]) {
    const c = start(`interface Ethernet0\n ip address 10.0.0.1 255.0.0.0\n ${line}\n mtu 1400\n description still here`);
    assert.match(running(c), /^interface Ethernet0\n(?: .*\n)*? description still here\n(?: .*\n)*? mtu 1400$/m, `${line}\n${c.output}`);
  }
  const ips = start("ip ips name X\ninterface Ethernet0\n ip ips X in\n ip audit Y in");
  assert.equal(ips.output.match(/% Warning: nothing is looked for by that here: what it would find or refuse passes\./g)!.length, 3, ips.output);
});

test("every mode has `exit`, `no`, `do` and `end`", () => {
  for (const [head, line] of [["route-map X permit 10", "match interface Ethernet0"], ["ip access-list standard S", "permit any"], ["object-group network O", "host 10.0.0.1"], ["crypto ipsec profile P", "set pfs group14"]] as const) {
    const c = new Console();
    c.type(`configure terminal\n${head}\n${line}\nno ${line}\ndo show clock\nexit`);
    assert.equal(c.refused, 0, `${head}\n${c.output}`);
    assert.equal(c.prompt, "Router(config)#");
    assert.doesNotMatch(running(c), new RegExp(`^ ${line}`, "m"));
    c.type(`${head}\nend`);
    assert.equal(c.prompt, "Router#");
  }
});

test("inspection: protocols by name are followed; what would look into them is warned of", () => {
  const c = start("ip inspect name F ldap timeout 30\nip inspect name F isakmp\nip inspect name F http java-list 10\nip inspect name F appfw A\nip inspect name F fragment maximum 256 timeout 1\nappfw policy-name A\n application http\n  strict-http action allow alarm\n");
  assert.equal(c.refused, 0, c.output);
  assert.match(c.output, /ldap is followed as tcp, on every port\./);
  assert.match(c.output, /isakmp is followed as udp, on every port\./);
  assert.match(c.output, /http is followed as tcp, on every port, and applets are not looked for: they pass\./);
  assert.match(c.output, /% Warning: nothing looks into applications here/);
  assert.match(running(c), /^ip inspect name F tcp(?: timeout 30)?\nip inspect name F udp$/m);
});

test("a route map that looks at what there is not here lets nothing pass where NAT or a policy asks it, after a restart too", () => {
  const c = start("route-map X permit 10\n match tag 5\n match ip address 10\n set metric 5\n");
  assert.match(c.output, /% Warning: nothing looks at that here: NAT and policy routing let nothing pass that comes to this entry\./);
  assert.match(running(c), /^route-map X permit 10\n match ip address 10\n match tag$/m);
  assert.equal(start(running(c)).refused, 0);
});

test("`no` takes a line without effect back; one that nobody gave is kept as it is", () => {
  const c = start("ip cef\nsnmp-server community public RO\nline vty 0 4\n login\ninterface Ethernet0\n duplex full\n");
  c.type("configure terminal\nno snmp-server\nno ip cef\nno line vty 0 4\nno cdp run\ninterface Ethernet0\nno duplex\nno cdp enable\nend");
  assert.equal(c.refused, 0);
  assert.equal(c.type("show configuration ignored"), "2 lines of the configuration have no effect here:\nno cdp run\ninterface Ethernet0\n no cdp enable\n");
  c.type("configure terminal\ncdp run\ndefault interface Ethernet0\nend");
  assert.equal(c.type("show configuration ignored"), "1 line of the configuration has no effect here:\ncdp run\n");
});

test("the room for lines without effect is bounded, and that is said once", () => {
  const lines = Array.from({ length: 160 }, (_, i) => `snmp-server host 10.0.0.${i} ${"x".repeat(60)}`).join("\n");
  const c = start(`hostname full\n${lines}\ninterface Ethernet0\n ip address 10.0.0.1 255.0.0.0\n`);
  assert.equal(c.refused, 0);
  assert.equal(c.output.match(/no room for more lines without effect/g)!.length, 1);
  assert.match(running(c), / ip address 10\.0\.0\.1 255\.0\.0\.0/);
});

test("a banner that does not end leaves the router as it is, and is told", () => {
  const c = start("hostname a\nbanner motd #\nno end\nhostname b");
  assert.match(c.output, /% The banner has no end/);
  assert.equal(c.refused, 0);
  assert.match(running(c), /^hostname a$/m);
  assert.equal(c.prompt, "a#");
});

test("a refused line has its number, the caret under the word, and what is taken there", () => {
  const c = start("hostname x\ncrypto isakmp policy 10\n hash whirlpool\n encr foo\nip routing fast\nfrobnicate");
  assert.match(c.output, /startup-config line 3: {2}hash whirlpool\n {29}\^\n% Invalid input detected at '\^' marker\.\n% Taken there: md5, sha, sha256, sha384, sha512\.\n/);
  assert.match(c.output, /% Taken there: 3des, aes, camellia, des\.\n/);
  assert.match(c.output, /startup-config line 6: frobnicate\n {23}\^\n% Invalid input detected at '\^' marker\.\n(?!% Taken)/);
});

test("routing protocols, AAA servers, telnet and others are named, with what stands below them", () => {
  for (const [text, sentence] of [
    ["router ospf 1\n router-id 1.1.1.1\n network 10.0.0.0 0.0.0.255 area 0", "Routing protocols are missing here"],
    ["router eigrp 200\nnetwork 10.0.0.0\nredistribute static", "Routing protocols are missing here"],
    ["router bgp 65000\n address-family ipv4\n  neighbor 1.2.3.4 activate\n exit-address-family", "Routing protocols are missing here"],
    ["router rip\n version 2", "Routing protocols are missing here"],
    ["aaa authentication login default group radius local", "AAA and its servers are missing here"],
    ["aaa group server radius R\n server 10.0.0.1", "AAA and its servers are missing here"],
    ["radius-server host 10.0.0.1 key x", "AAA and its servers are missing here"],
    ["ip telnet source-interface Ethernet0", "telnet are missing here"],
    ["interface Ethernet0\n ip ospf cost 10", "Routing protocols are missing here"],
    ["interface Ethernet0\n pppoe enable", "PPPoE is "],
    ["interface Ethernet0\n ppp chap hostname x", "PPPoE and PPP are missing here"],
    ["crypto ikev2 proposal P\n encryption aes-cbc-256", "IKEv2 is "],
  ] as const) {
    const c = start(`${text}\nhostname after\n`);
    assert.ok(c.output.includes(sentence), `${text}: ${c.output}`);
    assert.equal(c.refused, text.startsWith("interface") ? 1 : text.split("\n").length, c.output);
    assert.match(running(c), /^hostname after$/m);
    if (!text.includes("ikev2")) assert.equal(c.exports.unprotected(), 0, text);
  }
});

/** What was open before a refused mode line, with a line that would fit it, and what shows that it had no effect. */
const hijacks: [before: string, refused: string, line: string, shown: RegExp][] = [
  ["interface Ethernet0\n ip address 10.1.0.1 255.255.255.0", "interface Dialer1", "ip address 10.255.0.1 255.255.255.255", /10\.255\.0\.1/],
  ["interface Ethernet0\n ip address 10.1.0.1 255.255.255.0", "bba-group pppoe global", "shutdown", /^ shutdown/m],
  ["interface Ethernet0\n ip address 10.1.0.1 255.255.255.0", "router ospf 1", "mtu 1400", /mtu 1400/],
  ["interface Ethernet0\n ip address 10.1.0.1 255.255.255.0", "unheard of", "mtu 1400", /mtu 1400/],
  ["crypto isakmp policy 10\n group 14", "crypto isakmp policy 99999", "group 1", /^ group 1$/m],
  ["crypto isakmp policy 10\n group 14", "crypto ikev2 policy 1", "encryption des", /encryption des/],
  ["crypto ipsec transform-set A esp-aes esp-sha-hmac\n mode tunnel", "crypto ipsec transform-set B esp-nonsense", "mode transport", /mode transport/],
  ["crypto map M 10 ipsec-isakmp\n set peer 192.0.2.2", "crypto map M 20 ipsec-manual", "set peer 192.0.2.77", /192\.0\.2\.77/],
  ["crypto map M 10 ipsec-isakmp\n set peer 192.0.2.2", "crypto map M 70000 ipsec-isakmp", "set pfs group5", /pfs group5/],
  ["crypto map M 10 ipsec-isakmp\n set peer 192.0.2.2", "crypto dynamic-map", "set pfs group5", /pfs group5/],
  ["ip access-list extended A\n permit ip 10.1.0.0 0.0.255.255 any", "ip access-list reflexive B", "permit ip any any", /permit ip any any/],
  ["ip access-list extended A\n permit ip 10.1.0.0 0.0.255.255 any", "ipv6 access-list B", "deny ip any any", /deny ip any any/],
  ["crypto isakmp profile P\n match identity address 192.0.2.2", "crypto gdoi group G", "match identity address 192.0.2.9", /192\.0\.2\.9/],
  ["crypto pki trustpoint T\n revocation-check none", "crypto ca profile S", "revocation-check crl", /revocation-check crl/],
];

test("a refused mode line closes the mode: what is indented below it, and what only it could have, reaches nothing else", () => {
  for (const [before, refused, line, shown] of hijacks) {
    for (const below of [` ${line}`, ...(refused === "unheard of" ? [] : [line])]) {
      const c = start(`hostname a\n${before}\n${refused}\n${below}\nhostname b`);
      assert.equal(c.refused, 2, c.output);
      const text = running(c);
      assert.doesNotMatch(text, shown, `${refused} / ${below}\n${c.output}`);
      assert.match(text, /^hostname b$/m);
      assert.match(c.output, /% It stands below line \d+, `|% Invalid input/);
      // Typed, the same.
      const typed = new Console();
      typed.type(`configure terminal\n${before}\n${refused}\n${below}\nend`);
      assert.doesNotMatch(running(typed), shown, `typed: ${refused} / ${below}`);
    }
  }
});

test("a slip in a mode leaves it open for the lines that follow, and `exit` leaves what was refused alone", () => {
  const c = new Console();
  c.type("configure terminal\ninterface Ethernet0\nip adress 1.2.3.4 255.0.0.0\nip address 10.0.0.1 255.0.0.0");
  assert.equal(c.prompt, "Router(config-if)#");
  c.type("router ospf 1\nnetwork 10.0.0.0 0.0.0.255 area 0\nexit\nhostname still");
  assert.equal(c.prompt, "still(config)#");
});

const TUNNEL = `crypto isakmp key a-long-random-secret address 192.0.2.2
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto ipsec transform-set S esp-aes 256 esp-sha256-hmac
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
crypto map WAN 10 ipsec-isakmp
 set peer 192.0.2.2
 set transform-set S
 match address VPN
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 crypto map WAN
`;
const down = (c: Console) => [0, 1, 2, 3].filter((n) => new RegExp(`^interface Ethernet${n}\\n( .*\\n)* shutdown\\n`, "m").test(running(c)));

test("a refused line that protects: counted, the interfaces that it is for stay shut down, the console says why", () => {
  for (const [added, lines, shut] of [
    ["interface Ethernet0\n ip access-group WAN-IN sideways", 1, [0]],
    ["interface Ethernet1\n ip verify unicast nonsense\n no shutdown", 1, [1]],
    ["interface Ethernet1\n ip inspect FW in backwards", 1, [1]],
    ["interface Ethernet1\n ip nat outside now", 1, [1]],
    ["interface Ethernet2\n ip address 10.9.0.1 255.255.255.0\n crypto map NOT-THERE", 1, [2]],
    ["interface Ethernet0\n zone-member security INSIDE", 1, [0]],
    ["crypto isakmp policy 20\n encr rot13", 1, [1]],
    ["crypto map WAN 20 ipsec-manual\n set peer 192.0.2.9\n description x", 3, [1]],
    ["crypto map WAN 10 ipsec-isakmp\n set nonsense", 1, [1]],
    ["crypto ikev2 proposal P\n encryption aes-cbc-256", 2, [1]],
    ["access-list 101 permit nonsense any any", 1, [0, 1, 2, 3]],
    ["ip access-list extended OTHER\n deny ip host nobody any", 1, [0, 1, 2, 3]],
    ["ip inspect name FW nonsense", 1, [0, 1, 2, 3]],
    ["ip nat inside source nonsense", 1, [0, 1, 2, 3]],
    ["class-map type inspect match-any C\n match protocol tcp", 2, [0, 1, 2, 3]],
    ["no crypto isakmp nonsense", 0, []],
    ["interface Ethernet0\n no ip access-group NOT-THERE sideways", 0, []],
    ["interface Ethernet0\n frobnicate", 0, []],
    ["interface Dialer0\n crypto map WAN\n ip access-group X in", 2, []],
  ] as const) {
    const c = start(TUNNEL + added);
    assert.equal(c.exports.unprotected(), lines, `${added}\n${c.output}`);
    assert.deepEqual(down(c), shut, `${added}\n${c.output}`);
    for (const n of shut) assert.match(c.output, new RegExp(`%IP-3-UNPROTECTED: Ethernet${n} stays shut down: line \\d+ of the startup configuration would have protected it`));
    if (lines) assert.match(c.output, new RegExp(`% ${lines} lines? of these would have filtered`));
  }
  assert.equal(start(TUNNEL).exports.unprotected(), 0);
  assert.deepEqual(down(start(TUNNEL)), []);
});

test("a crypto map that goes by a list that is missing or empty", () => {
  for (const list of ["", "ip access-list extended VPN\n remark nothing else\n"]) {
    const c = start(TUNNEL.replace(/ip access-list extended VPN\n permit.*\n/, list));
    assert.equal(c.exports.unprotected(), 1);
    assert.deepEqual(down(c), [1]);
    assert.match(c.output, /Ethernet1 stays shut down: crypto map WAN 10 goes by the list VPN, which is missing or empty/);
    c.type("configure terminal\ninterface Ethernet1\nno shutdown\nend");
    assert.deepEqual(down(c), []);
  }
});

test("what IOS leaves unsaid: its defaults under `version`, each named; ours otherwise", () => {
  const policy = "crypto isakmp policy 10\n lifetime 3600\ncrypto isakmp policy 20\n encr aes\n hash sha256\n authentication pre-share\n group 14\n";
  const ios = start(`version 12.4\n${policy}hostname a`);
  assert.match(running(ios), /crypto isakmp policy 10\n encryption des\n hash sha\n authentication rsa-sig\n group 1\n lifetime 3600\n/);
  for (const [word, means] of [["encryption", "DES"], ["hash", "SHA-1"], ["group", "group 1 (768 bits)"], ["authentication", "rsa-sig"]])
    assert.ok(ios.output.includes(`% Warning: policy 10 says no \`${word}\`: that is ${means} in IOS, and here under its \`version\`.`), word);
  assert.doesNotMatch(ios.output, /policy 20 says no/);
  // The last policy of all, and one that is typed.
  assert.match(start("version 15.1\ncrypto isakmp policy 7\n encr aes").output, /policy 7 says no `hash`/);
  assert.match(ios.type("configure terminal\ncrypto isakmp policy 30\ngroup 14\nend"), /policy 30 says no `encryption`/);
  const ours = start(policy);
  assert.match(running(ours), /crypto isakmp policy 10\n encryption aes 256\n hash sha256\n authentication pre-share\n group 14\n/);
  assert.doesNotMatch(ours.output, /says no/);
  // A policy that is gone on with keeps what it has.
  ios.type("configure terminal\ncrypto isakmp policy 20\nlifetime 600\nend");
  assert.match(running(ios), /policy 20\n encryption aes 128\n hash sha256\n authentication pre-share\n group 14\n lifetime 600\n/);
  const map = "crypto map M 10 ipsec-isakmp\n set pfs\n";
  assert.match(running(start(`version 12.4\n${map}`)), / set pfs group1\n/);
  assert.match(running(start(map)), / set pfs group14\n/);
});

test("keys: everybody's without a mask, no-xauth, hexadecimal and base64", () => {
  const c = start("crypto isakmp key everybodys-key address 0.0.0.0\ncrypto isakmp key another-key address 192.0.2.2 no-xauth\ncrypto isakmp key third-key-x address 198.51.100.0 255.255.255.0 no-xauth");
  assert.equal(c.refused, 0);
  assert.match(c.output, /line 1: .*\n% Warning: this key is every peer's/);
  assert.match(running(c), /crypto isakmp key everybodys-key address 0\.0\.0\.0 0\.0\.0\.0\ncrypto isakmp key another-key address 192\.0\.2\.2\ncrypto isakmp key third-key-x address 198\.51\.100\.0 255\.255\.255\.0\n/);
  const forms = start("crypto isakmp key hex 00ff0a0b0c0d0e0f address 192.0.2.3\ncrypto isakmp key hex 6c6f6e672d6b6579 address 192.0.2.4\ncrypto isakmp key base64 bG9uZy1rZXktMg== address 192.0.2.5\ncrypto isakmp key hex address 192.0.2.6\ncrypto isakmp key hex 0x3031323334353637 address 192.0.2.7");
  assert.equal(forms.refused, 0, forms.output);
  const text = running(forms);
  assert.match(text, /key hex 00ff0a0b0c0d0e0f address 192\.0\.2\.3\ncrypto isakmp key long-key address 192\.0\.2\.4\ncrypto isakmp key long-key-2 address 192\.0\.2\.5\ncrypto isakmp key (?:0 )?hex address 192\.0\.2\.6\ncrypto isakmp key 01234567 address 192\.0\.2\.7\n/);
  assert.equal(running(start(text)), text);
  for (const bad of ["hex 0", "hex 00fg", "base64 abc", "base64 ****"]) assert.equal(start(`crypto isakmp key ${bad} address 192.0.2.3`).refused, 1, bad);
});

test("abbreviations and other spellings of IOS, and what a pasted session has between them", () => {
  const c = start(`enable
configure terminal
access-list 110 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 exit
crypto isakmp key lab-secret-1 address 198.51.100.2
crypto ipsec transform-set S esp-aes esp-sha-hmac
 mode tunnel
crypto dynamic-map D 10
 set transform S
crypto map M 10 ipsec-isakmp
 description VPN to R3
 set peer 198.51.100.2
 set transform S
 match address 110
exit
crypto map M 20 ipsec-isakmp dynamic D
int eth0
 ip add 10.1.0.1 255.255.255.0
 no shut
end
copy running-config startup-config
write memory
conf t
wr mem
`);
  assert.equal(c.refused, 0, c.output);
  assert.equal(c.nvram, undefined);
  assert.match(running(c), / description VPN to R3\n set peer 198\.51\.100\.2\n set transform-set S\n match address 110\n/);
  // Where somebody types it, a word that does not belong there is no command that was done.
  c.type("configure terminal\ncopy running-config startup-config");
  assert.equal(c.refused, 1);
});

test("configurations in pieces, in any order and depth, with words changed: what is kept goes through show and back", () => {
  const random = new Random(14);
  const lines = `${WITHOUT_EFFECT}${TUNNEL}router ospf 1\n network 10.0.0.0 0.0.0.255 area 0\nline con 7\nbanner exec #one#\nbanner login ^Ctwo\n^C\nno ip cef\nno duplex\nno line vty 0 4\nno banner motd\nversion 15.1\ncrypto isakmp policy 20\nexit\n`.split("\n");
  for (let round = 0; round < 60; round++) {
    const text: string[] = [];
    for (let n = random.below(60); n >= 0; n--) {
      let line = lines[random.below(lines.length)]!;
      if (random.chance(0.1)) line = line.split(" ").slice(0, -1).join(" ");
      if (random.chance(0.1)) line = `${line} ${["x", "10", "in", "^C", "#", "no", "\u00e9"][random.below(7)]}`;
      if (random.chance(0.1)) line = `${" ".repeat(random.below(4))}${line.trim()}`;
      if (random.chance(0.05)) line = `no ${line.trim()}`;
      text.push(line);
    }
    const c = start(text.join("\n"));
    const kept = running(c);
    const again = start(kept);
    assert.equal(again.refused, 0, `${text.join("\n")}\n--- gives\n${kept}\n--- and\n${again.output}`);
    assert.equal(running(again), kept, text.join("\n"));
    assert.match(c.prompt, /^\S+#$/);
  }
});
