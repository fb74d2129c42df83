/**
 * What people's scripts make of what is shown: ntc_templates, which parse IOS's output, parse ours, and find the values that are there.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { packagesOf } from "../support/python/packages.ts";
import { Pair } from "../support/world/pair.ts";
import { World } from "../support/world/world.ts";

const packages = packagesOf("ntc_templates");

type Row = Record<string, string | string[]>;
type Shown = { command: string; text: string };

/** Rows that each command's template finds; a text instead of them: why it finds none. */
function parse(shown: Shown[]): (Row[] | string)[] {
  const program = `
import json, sys
from ntc_templates.parse import parse_output
out = []
for one in json.load(sys.stdin):
    try:
        out.append(parse_output(platform="cisco_ios", command=one["command"], data=one["text"]))
    except Exception as e:
        out.append(repr(e))
json.dump(out, sys.stdout)
`;
  const python = spawnSync("python3", ["-c", program], { input: JSON.stringify(shown), encoding: "utf8", env: { ...process.env, PYTHONPATH: "path" in packages ? packages.path : "" } });
  assert.equal(python.status, 0, python.stderr);
  return JSON.parse(python.stdout) as (Row[] | string)[];
}

const EXTRA = `interface Ethernet0
 description inside of the office
 ip address 10.1.5.1 255.255.255.0 secondary
interface Ethernet1
 description outside
interface Ethernet2
 ip address 10.3.0.1 255.255.255.0
 ip nat inside
 ip access-group LAN in
interface Ethernet3
 ip address 10.4.0.1 255.255.255.0
 ip nat outside
 ip verify unicast source reachable-via rx
ip access-list extended LAN
 permit tcp any host 192.0.2.1 eq www
 permit udp 10.3.0.0 0.0.0.255 range 1024 2048 any eq domain
 deny ip any any log
ip access-list standard NTP
 permit 10.1.0.0 0.0.0.255
ip nat inside source static 10.3.0.20 10.4.0.8
ip dhcp pool PRINTER
 host 10.3.0.77 255.255.255.0
 hardware-address 0250.0000.0001
ip dhcp pool LAN
 network 10.3.0.0 255.255.255.0
ip route 172.16.0.0 255.255.0.0 Null0
logging buffered 8192
service timestamps log datetime msec
service sequence-numbers
crypto logging session
`;

/** What is to be found in a row of a command, by the template's names. */
const WANTED: [command: string, template: string, rows: number, row: Row][] = [
  ["show version", "show version", 1, { hostname: "alpha", version: "*" }],
  ["show inventory", "show inventory", 1, { name: "Chassis", pid: "*", vid: "*", sn: "*" }],
  ["show interfaces", "show interfaces", 4, { interface: "Ethernet0", link_status: "up", protocol_status: "up", hardware_type: "Ethernet", mac_address: "*", bia: "*", description: "inside of the office", ip_address: "10.1.0.1", prefix_length: "24", mtu: "1500", encapsulation: "ARPA", input_packets: "*", output_packets: "*", queue_drops: "*" }],
  ["show interfaces description", "show interfaces description", 4, { port: "Ethernet1", status: "up", protocol: "up", description: "outside" }],
  ["show interfaces status", "show interfaces status", 4, { port: "Et1", name: "outside", status: "connected", vlan_id: "routed" }],
  ["show ip interface brief", "show ip interface brief", 4, { interface: "Ethernet1", ip_address: "192.0.2.1", status: "up", proto: "up" }],
  ["show ip interface", "show ip interface", 4, { interface: "Ethernet0", link_status: "up", ip_address: ["10.1.0.1", "10.1.5.1"], prefix_length: ["24", "24"], mtu: "1500" }],
  ["show ip interface", "show ip interface", 4, { interface: "Ethernet2", inbound_acl: "LAN", outgoing_acl: "" }],
  ["show ip route", "show ip route", 12, { protocol: "S", network: "0.0.0.0", prefix_length: "0", distance: "1", metric: "0", nexthop_ip: "192.0.2.2" }],
  ["show ip route", "show ip route", 12, { protocol: "L", network: "10.1.5.1", prefix_length: "32", nexthop_if: "Ethernet0" }],
  ["show ip route", "show ip route", 12, { protocol: "S", network: "172.16.0.0", prefix_length: "16", nexthop_if: "Null0" }],
  ["show ip route static", "show ip route", 2, { protocol: "S", network: "172.16.0.0", prefix_length: "16" }],
  ["show ip arp", "show ip arp", 6, { protocol: "Internet", ip_address: "10.1.0.1", type: "ARPA", interface: "Ethernet0" }],
  ["show arp", "show arp", 6, { address: "192.0.2.2", interface: "Ethernet1" }],
  ["show ip access-lists", "show ip access-lists", 0, { acl_type: "Extended", acl_name: "LAN", line_num: "10", action: "permit", protocol: "tcp", src_any: "any", dst_host: "192.0.2.1", dst_port: "www" }],
  ["show access-lists", "show access-lists", 0, { name: "NTP", type: "Standard", sn: "10", action: "permit", source: "10.1.0.0, wildcard bits 0.0.0.255" }],
  ["show ip nat translations", "show ip nat translations", 1, { protocol: "---", inside_global_ip: "10.4.0.8", inside_local_ip: "10.3.0.20" }],
  ["show crypto session detail", "show crypto session detail", 1, { interface: "Ethernet1", session_status: "UP-ACTIVE", peer: "192.0.2.2", port: "500", local_ip: "192.0.2.1", conn_id: "*", active_sa: "2" }],
  ["show crypto ipsec sa detail", "show crypto ipsec sa detail", 0, { interface: "Ethernet1", crypto_map_tag: "CM", local_addr: "192.0.2.1" }],
  ["show logging", "show logging", 0, { facility: "*", severity: "*", mnemonic: "*", message: "*" }],
  ["show clock", "show clock", 1, { time: "*", timezone: "UTC", year: "*" }],
  ["show users", "show users", 1, { line: "*  0 con 0", idle: "00:00:00" }],
  ["show archive", "show archive", 1, { state: "not enabled" }],
  ["show running-config interface Ethernet0", "show running-config interface", 1, { interface: "Ethernet0", description: "inside of the office", ip_address: "10.1.5.1" }],
  ["ping 10.2.0.1 source Ethernet0 repeat 3", "ping", 1, { sent_qty: "3", destination: "10.2.0.1", source: "10.1.0.1", success_pct: "100", success_qty: "3", response_stream: ["!!!"], rtt_min: "*" }],
  ["ping 10.4.0.99 repeat 2 timeout 1", "ping", 1, { sent_qty: "2", success_pct: "0", success_qty: "0", response_stream: [".."] }],
  ["traceroute 10.2.0.1 source Ethernet0", "traceroute", 1, { hop_num: "1", ip_address: "10.2.0.1", rtt_response: ["10", "10", "10"] }],
  ["traceroute 10.4.0.99 ttl 2 3 timeout 1", "traceroute", 2, { hop_num: "3", rtt_response: ["*", "*", "*"] }],
];

/** Whether a row has what is wanted; "*": any text. */
const has = (row: Row, wanted: Row) => Object.entries(wanted).every(([name, value]) => (value === "*" ? row[name] !== undefined && row[name] !== "" : JSON.stringify(row[name]) === JSON.stringify(value)));

test("ntc_templates parse what is shown", { skip: "reason" in packages && packages.reason }, () => {
  const pair = new Pair({ both: { encryption: "aes 256", group: 14, pfs: 14 }, alpha: { extra: EXTRA } });
  assert.ok(pair.ping());
  const router = pair.alpha;
  const shown = WANTED.map(([command, template]) => {
    const before = router.output.length;
    router.input(`${command}\n`);
    if (/^(ping|trace)/.test(command)) pair.world.run(30_000);
    return { command: template, text: router.output.slice(before).replace(/[\w.-]+[>#]$/, "") };
  });
  const bad: string[] = [];
  for (const [i, rows] of parse(shown).entries()) {
    const [command, , count, wanted] = WANTED[i]!;
    if (typeof rows === "string") bad.push(`${command}: ${rows}\n${shown[i]!.text}`);
    else if (count && rows.length !== count) bad.push(`${command}: ${rows.length} rows, not ${count}: ${JSON.stringify(rows)}`);
    else if (!rows.some((row) => has(row, wanted))) bad.push(`${command}: no row has ${JSON.stringify(wanted)}: ${JSON.stringify(rows)}`);
  }
  assert.deepEqual(bad, []);
});

test("ntc_templates parse leases", { skip: "reason" in packages && packages.reason }, () => {
  const world = new World(1);
  const server = world.router("server", { config: "hostname server\ninterface Ethernet0\n ip address 10.9.0.1 255.255.255.0\nip dhcp pool LAN\n network 10.9.0.0 255.255.255.0\n default-router 10.9.0.1\n" });
  const client = world.router("client", { config: "hostname client\ninterface Ethernet0\n ip address dhcp\n" });
  world.wire(server.port(0), client.port(0));
  world.run(20_000);
  const strip = (text: string) => text.replace(/[\w.-]+[>#]$/, "");
  const [lease, bindings, brief] = parse([
    { command: "show dhcp lease", text: strip(client.type("show dhcp lease")) },
    { command: "show ip dhcp binding", text: strip(server.type("show ip dhcp binding")) },
    { command: "show ip interface brief", text: strip(client.type("show ip interface brief")) },
  ]);
  assert.ok(Array.isArray(lease) && Array.isArray(bindings) && Array.isArray(brief), JSON.stringify([lease, bindings, brief]));
  const address = lease[0]?.["ip_address"];
  assert.match(String(address), /^10\.9\.0\.\d+$/);
  assert.ok(lease.some((row) => has(row, { ip_address: address!, netmask: "255.255.255.0", interface: "Ethernet0", server: "10.9.0.1", gateway: "10.9.0.1", time_lease: "86400" })), JSON.stringify(lease));
  assert.ok(bindings.some((row) => has(row, { ip_address: address!, type: "Automatic" })), JSON.stringify(bindings));
  assert.ok(brief.some((row) => has(row, { interface: "Ethernet0", ip_address: address! })), JSON.stringify(brief));
});
