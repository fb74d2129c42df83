import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { ethernet } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

/** A frame with an 802.1Q tag behind its addresses. */
function tagged(vlan: number, frame: Uint8Array, priority = 0): Uint8Array {
  const tag = [0x81, 0, (priority << 5) | (vlan >> 8), vlan & 255];
  return Uint8Array.from([...frame.subarray(0, 12), ...tag, ...frame.subarray(12)]);
}

/** Stations of several VLANs on one wire: each sends with its tag (undefined: without one) and sees its VLAN's frames alone. */
function trunk(world: World, router: Router, port: number, stations: [number | undefined, Endpoint][]): Uint8Array[] {
  const seen: Uint8Array[] = [];
  const end = router.port(port);
  end.send = (frame) => {
    seen.push(frame);
    const isTagged = frame[12] === 0x81 && frame[13] === 0;
    const vlan = isTagged ? ((frame[14]! << 8) | frame[15]!) & 0xfff : undefined;
    const plain = isTagged ? Uint8Array.from([...frame.subarray(0, 12), ...frame.subarray(16)]) : frame;
    for (const [own, station] of stations) if (own === vlan) world.at(world.now, () => station.receive(plain));
  };
  for (const [own, station] of stations) {
    station.send = (frame) => world.at(world.now, () => end.receive(own === undefined ? frame : tagged(own, frame)));
  }
  return seen;
}

function start(config: string): { world: World; router: Router } {
  const world = new World();
  return { world, router: world.router("gamma", { config }) };
}

test("names of ports go to the ports in the order of appearance, and are said once; EthernetN stays port N", () => {
  const { router } = start(`
interface GigabitEthernet0/0
 ip address 10.1.0.1 255.255.255.0
interface Serial0/1/0
 ip address 10.2.0.1 255.255.255.0
interface Gi 0/0
 description the first again
ip route 10.9.0.0 255.255.0.0 se0/1/0
`);
  assert.equal(router.refusedLines, 0, router.output);
  assert.equal(router.output.match(/%LINK-6-NAMED: Interface GigabitEthernet0\/0 is port 0 of this box/g)?.length, 1);
  assert.equal(router.output.match(/%LINK-6-NAMED: Interface Serial0\/1\/0 is port 1 of this box/g)?.length, 1);
  const text = router.type("show running-config");
  assert.match(text, /interface GigabitEthernet0\/0\n description the first again\n ip address 10\.1\.0\.1/);
  assert.match(text, /interface Serial0\/1\/0\n ip address 10\.2\.0\.1[^!]*!\ninterface Ethernet2\n/);
  assert.match(text, /ip route 10\.9\.0\.0 255\.255\.0\.0 Serial0\/1\/0/);
  assert.match(router.type("show ip interface brief"), /^GigabitEthernet0\/0 {9}10\.1\.0\.1 {8}YES manual up {20}up$/m);
  assert.match(router.type("show interfaces e1"), /^Serial0\/1\/0 is up, line protocol is up/m);
});

test("a name beyond the ports is refused with what there is; so are kinds that are not made here, and the removal of a port", () => {
  const { router } = start("interface Fa0/0\ninterface Fa0/1\ninterface Fa1/0\ninterface Fa1/1\n");
  assert.match(router.configure("interface Fa2/0"), /% There is no FastEthernet2\/0: interfaces here are FastEthernet0\/0, FastEthernet0\/1, FastEthernet1\/0 and FastEthernet1\/1\./);
  assert.match(router.configure("interface Multilink1"), /% Multilink1 is of a kind that there is not here: interfaces are .* Loopback and Tunnel\./);
  assert.match(router.configure("interface Dialer0"), /% PPPoE is not built, and so there is no Dialer interface/);
  assert.match(router.configure("interface Loopback0.1"), /% Loopback0\.1 can't be/);
  assert.match(router.configure("no interface FastEthernet0/0"), /% FastEthernet0\/0 is a port of this box and can't be removed/);
  assert.match(router.configure("no interface Loopback9"), /% There is no Loopback9: /);
});

test("the host's names of ports come before the configuration's", () => {
  const world = new World();
  const router = world.router("gamma", {});
  router.type("port-name 1 GigabitEthernet0/0\nport-name 0 GigabitEthernet0/1");
  router.input("configure startup\ninterface GigabitEthernet0/0\n ip address 10.1.0.1 255.255.255.0\ninterface Ethernet3\n shutdown\ninterface FastEthernet0/0\nend startup\n");
  assert.match(router.type("show ip interface brief"), /GigabitEthernet0\/1 +unassigned[^]*GigabitEthernet0\/0 +10\.1\.0\.1[^]*FastEthernet0\/0 [^]*Ethernet3 .*administratively down/);
  assert.match(router.type("port-name 2 GigabitEthernet0/0"), /% GigabitEthernet0\/0 can't be the name of that port\./);
});

test("no two ports get one name, and EthernetN is port N's alone", () => {
  const world = new World();
  const router = world.router("gamma", {});
  assert.match(router.type("port-name 0 Ethernet2"), /% Ethernet2 can't be the name of that port\./);
  assert.match(router.type("port-name 0 Ethernet9"), /% Ethernet9 can't be the name of that port\./);
  assert.match(router.type("port-name 9 FastEthernet0/9"), /% FastEthernet0\/9 can't be the name of that port\./);
  assert.match(router.type("port-name 0 Loopback0"), /% Loopback0 can't be/);
  assert.doesNotMatch(router.type("port-name 0 FastEthernet0/0\nport-name 2 Ethernet2\nport-name 3 Ethernet3"), /%/);
  assert.match(router.type("port-name 1 FastEthernet0/0"), /% FastEthernet0\/0 can't be/);
  // What the configuration names goes to the one port that the host has not spoken of, then to none.
  router.input("configure startup\ninterface GigabitEthernet0/0\n ip address 10.9.0.1 255.255.255.0\ninterface GigabitEthernet0/1\nend startup\n");
  assert.match(router.output, /% There is no GigabitEthernet0\/1: interfaces here are FastEthernet0\/0, GigabitEthernet0\/0, Ethernet2 and Ethernet3\./);
  assert.match(router.type("port-name 3 GigabitEthernet0/0"), /% GigabitEthernet0\/0 can't be/);
  const names = [...router.type("show ip interface brief").matchAll(/^(\S*Ethernet\S+) /gm)].map(([, name]) => name);
  assert.deepEqual(names, ["FastEthernet0/0", "GigabitEthernet0/0", "Ethernet2", "Ethernet3"]);
});

test("in a startup configuration a port without an address gives way to the next name; one that has something to do does not", () => {
  const { router } = start("interface Fa0\n switchport access vlan 1\ninterface Fa1\ninterface Fa2\n ip address 10.2.0.1 255.255.255.0\ninterface Fa3\n shutdown\ninterface Fa4\n ip address 10.4.0.1 255.255.255.0\ninterface Vlan1\n ip address 10.1.0.1 255.255.255.0\n");
  assert.equal(router.refusedLines, 0, router.output);
  const names = [...router.type("show ip interface brief").matchAll(/^(\S+\d+) +\S+ +YES/gm)].map(([, name]) => name);
  assert.deepEqual(names, ["FastEthernet4", "Vlan1", "FastEthernet2", "FastEthernet3"]);
  assert.match(router.output, /%LINK-6-IDLE: Interface FastEthernet0 has no address, and its port is given to the next name/);
  assert.doesNotMatch(router.type("show running-config"), /switchport/);
});

const VLANS = `
interface GigabitEthernet0/0
 no ip address
interface GigabitEthernet0/0.10
 encapsulation dot1Q 10
 ip address 10.10.0.1 255.255.255.0
interface GigabitEthernet0/0.20
 encapsulation dot1Q 20
 ip address 10.20.0.1 255.255.255.0
interface GigabitEthernet0/0.99
 encapsulation dot1Q 99 native
 ip address 10.99.0.1 255.255.255.0
`;

test("802.1Q: VLANs are routed between, each by its tag, the native one without; frames of other VLANs are counted", () => {
  const { world, router } = start(VLANS);
  assert.equal(router.refusedLines, 0, router.output);
  const a = new Endpoint("10.10.0.10", "10.10.0.1");
  const b = new Endpoint("10.20.0.10", "10.20.0.1");
  const c = new Endpoint("10.99.0.10", "10.99.0.1");
  const seen = trunk(world, router, 0, [[10, a], [20, b], [undefined, c]]);
  a.ping("10.20.0.10", 1, 1472);
  b.ping("10.99.0.10", 2);
  c.ping("10.10.0.10", 3);
  c.ping("10.99.0.1", 4);
  world.run(100);
  assert.deepEqual([...a.replies.keys(), ...b.replies.keys(), ...c.replies.keys()].sort(), [1, 2, 3, 4]);
  assert.ok(seen.some((frame) => frame.length === 1518), "a whole datagram of 1500 octets and its tag");
  const before = router.counters().get("VLAN that no subinterface has") ?? 0;
  a.send = (frame) => router.port(0).receive(tagged(30, frame));
  a.ping("10.10.0.1", 5);
  world.run(100);
  assert.equal(router.counters().get("VLAN that no subinterface has"), before + 1);
  assert.ok(!a.replies.has(5));
  router.port(0).receive(ethernet(c.neighbours.get("10.99.0.1")!, c.mac, 0x8100, new Uint8Array(2)));
  assert.equal(router.counters().get("frame too short"), 1);
});

test("priority-tagged frames, VLAN 0, are taken as frames without a tag; the native VLAN's own tag is taken too", () => {
  const { world, router } = start(VLANS);
  const c = new Endpoint("10.99.0.10", "10.99.0.1");
  trunk(world, router, 0, [[undefined, c]]);
  const plain = c.send;
  c.send = (frame) => router.port(0).receive(tagged(0, frame, 5));
  c.ping("10.99.0.1", 1);
  world.run(100);
  c.send = (frame) => router.port(0).receive(tagged(99, frame));
  c.ping("10.99.0.1", 2);
  world.run(100);
  c.send = plain;
  assert.deepEqual([...c.replies.keys()], [1, 2]);
});

test("a subinterface wants its VLAN before its address, a VLAN has one; `no interface` forgets it and its routes", () => {
  const { router } = start(VLANS);
  assert.match(router.configure("interface gi0/0.30\nip address 10.30.0.1 255.255.255.0"), /% 10\.30\.0\.1 can't be set before the subinterface has a VLAN/);
  assert.match(router.configure("interface gi0/0.30\nencapsulation dot1Q 20"), /% VLAN 20, or the frames without a tag, are those of GigabitEthernet0\/0\.20 already\./);
  assert.match(router.configure("interface gi0/0\nencapsulation dot1Q 20"), /% Only a subinterface has a VLAN/);
  router.configure("ip route 10.50.0.0 255.255.0.0 gi0/0.20\nip route 10.60.0.0 255.255.0.0 10.20.0.7");
  assert.match(router.type("show ip route"), /10\.50\.0\.0\/16 is directly connected|10\.50\.0\.0\/16 \[1\/0\] is directly connected, GigabitEthernet0\/0\.20/);
  router.configure("no interface gi0/0.20");
  const routes = router.type("show ip route");
  assert.doesNotMatch(routes, /10\.(20|50|60)\./);
  assert.doesNotMatch(router.type("show running-config"), /10\.50|0\/0\.20\n/);
  assert.match(router.configure("interface gi0/0.21\nencapsulation dot1Q 20\nip address 10.20.0.1 255.255.255.0"), /^(?!.*%)[^]*$/);
});

test("a loopback answers whatever port it is asked by; what is beside it on its network has no way", () => {
  const { world, router } = start(`
interface Loopback0
 ip address 10.255.0.1 255.255.255.0
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
`);
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  world.wire(a, router.port(0));
  a.ping("10.255.0.1", 1);
  a.ping("10.255.0.2", 2);
  world.run(5000);
  assert.deepEqual([...a.replies.keys()], [1]);
  assert.match(router.type("show interfaces lo0"), /Loopback0 is up, line protocol is up\n {2}Hardware is Loopback\n {2}Internet address is 10\.255\.0\.1\/24/);
  router.configure("interface Loopback0\nshutdown");
  a.ping("10.255.0.1", 3);
  world.run(100);
  assert.ok(!a.replies.has(3));
});

test("secondary addresses answer, are announced, have their network's route, and are what ARP asks with", () => {
  const { world, router } = start(`
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
 ip address 10.2.0.1 255.255.255.0 secondary
interface Ethernet1
 ip address 10.3.0.1 255.255.255.0
`);
  const a = new Endpoint("10.2.0.10", "10.2.0.1");
  const b = new Endpoint("10.3.0.10", "10.3.0.1");
  const asked: string[] = [];
  world.wire(a, router.port(0), { tap: (frame) => void (frame[12] === 8 && frame[13] === 6 && frame[21] === 1 && asked.push(frame.subarray(28, 32).join("."))) });
  world.wire(b, router.port(1));
  b.ping("10.2.0.10", 1);
  world.run(100);
  a.ping("10.2.0.1", 2);
  world.run(100);
  assert.ok(b.replies.has(1) && a.replies.has(2));
  assert.ok(asked.includes("10.2.0.1"), "the router asks from the address of that network");
  assert.match(router.type("show running-config"), / ip address 10\.1\.0\.1 255\.255\.255\.0\n ip address 10\.2\.0\.1 255\.255\.255\.0 secondary\n/);
  assert.match(router.configure("interface Ethernet1\nip address 10.2.0.9 255.255.255.0"), /% 10\.2\.0\.9 overlaps with Ethernet0\./);
  router.configure("interface Ethernet0\nno ip address 10.2.0.1 255.255.255.0 secondary");
  assert.doesNotMatch(router.type("show ip route"), /10\.2\.0\.0/);
});

test("no ip unreachables: what can't be delivered is dropped without a word, path MTUs are told all the same", () => {
  const { world, router } = start("interface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n no ip unreachables\ninterface Ethernet1\n ip address 10.2.0.1 255.255.255.0\n mtu 1000\n");
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  world.wire(a, router.port(0));
  a.ping("10.9.0.1", 1);
  world.run(100);
  assert.equal(a.received.length, 0);
  a.ping("10.2.0.9", 2, 1200, { df: true });
  world.run(100);
  assert.deepEqual([...a.received.at(-1)!.payload.subarray(0, 2)], [3, 4]);
  assert.match(router.configure("interface Ethernet0\nip proxy-arp"), /% This is not built: it is off on every interface\./);
});

test("MAC addresses are drawn at each start, and stay where the host has a device key, of which each has its own", () => {
  const macs = (deviceKey?: Uint8Array, seed = 1): string[] => {
    const router = new World().router("gamma", { config: "hostname gamma", seed, ...(deviceKey && { deviceKey }) });
    return [...router.type("show interfaces").matchAll(/address is ([0-9a-f.]{14})/g)].map((m) => m[1]!);
  };
  const key = (n: number) => new Uint8Array(32).fill(n);
  assert.equal(new Set(macs()).size, 4);
  assert.notDeepEqual(macs(), macs(undefined, 2));
  assert.equal(new Set(macs(key(1))).size, 4);
  assert.deepEqual(macs(key(1)), macs(key(1), 2));
  assert.notDeepEqual(macs(key(1)), macs(key(2)));
  for (const mac of macs(key(1))) assert.equal(parseInt(mac.slice(0, 2), 16) & 3, 2, mac);
});
