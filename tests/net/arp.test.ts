import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { ipText } from "../support/world/frame.ts";
import { Lan, arp } from "./lan.ts";

const MAC = new Uint8Array([2, 0, 0, 0x77, 0, 9]);
const OTHER = new Uint8Array([2, 0, 0, 0x66, 0, 9]);

function field(frame: Uint8Array): { operation: number; sender: string; target: string; to: string } {
  const view = new DataView(frame.buffer, frame.byteOffset);
  return { operation: view.getUint16(20), sender: ipText(view.getUint32(28)), target: ipText(view.getUint32(38)), to: Buffer.from(frame.subarray(0, 6)).toString("hex") };
}

test("a new address is announced", () => {
  const lan = new Lan();
  const start = ++lan.world.now;
  lan.router.configure("interface Ethernet0\nip address 10.1.0.5 255.255.255.0");
  assert.deepEqual(lan.sent(0x0806, start).map(field), [{ operation: 1, sender: "10.1.0.5", target: "10.1.0.5", to: "ffffffffffff" }]);
});

test("the router answers for its own address, and for no other", () => {
  const lan = new Lan();
  const start = ++lan.world.now;
  lan.router.frame(0, arp(1, MAC, "10.1.0.9", "10.1.0.1"));
  lan.router.frame(0, arp(1, MAC, "10.1.0.9", "10.1.0.77"));
  lan.router.frame(0, arp(1, MAC, "10.1.0.9", "10.2.0.1"));
  lan.router.frame(0, arp(1, MAC, "0.0.0.0", "10.1.0.1")); // a probe, RFC 5227
  const answers = lan.sent(0x0806, start).map(field);
  assert.deepEqual(
    answers.map((a) => a.operation),
    [2, 2],
  );
  assert.equal(answers[0]!.to, Buffer.from(MAC).toString("hex"));
  assert.equal(answers[0]!.target, "10.1.0.9");
});

test("who asks for us is learned; who merely announces or answers unasked is not", () => {
  const lan = new Lan();
  lan.router.frame(0, arp(2, MAC, "10.1.0.9", "10.1.0.1"));
  lan.router.frame(0, arp(1, MAC, "10.1.0.9", "10.1.0.9"));
  lan.router.frame(0, arp(1, MAC, "10.1.0.9", "10.1.0.50"));
  lan.router.frame(0, arp(1, MAC, "172.16.0.9", "10.1.0.1"));
  assert.doesNotMatch(lan.router.type("show ip arp"), /10\.1\.0\.9|172\.16\.0\.9/);
  lan.router.frame(0, arp(1, MAC, "10.1.0.9", "10.1.0.1"));
  assert.match(lan.router.type("show ip arp"), /10\.1\.0\.9 .*0200\.0077\.0009/);
  // One that is known may move.
  lan.router.frame(0, arp(1, OTHER, "10.1.0.9", "10.1.0.9"));
  assert.match(lan.router.type("show ip arp"), /10\.1\.0\.9 .*0200\.0066\.0009/);
});

test("three requests, a second apart, then host unreachable; three packets wait", () => {
  const lan = new Lan();
  const silent = "10.2.0.99";
  lan.a.ping("10.1.0.1", 1);
  lan.world.run(100);
  const asked: number[] = [];
  const receive = lan.b.receive.bind(lan.b);
  lan.b.receive = (frame) => {
    if (field(frame).target === silent) asked.push(lan.world.now);
    receive(frame);
  };
  for (let i = 2; i < 7; i++) lan.a.ping(silent, i);
  lan.world.run(10_000);
  assert.deepEqual(
    asked.map((t) => Math.round((t - asked[0]!) / 1000)),
    [0, 1, 2],
  );
  const errors = lan.a.received.filter((r) => r.protocol === 1 && r.payload[0] === 3);
  assert.equal(errors.length, 3);
  assert.ok(errors.every((e) => e.payload[1] === 1));
  assert.equal(lan.count("next hop did not answer ARP"), 3);
  assert.equal(lan.count("ARP queue full"), 2);
  assert.equal(lan.buffers(), 0);
});

test("an entry in use is refreshed by unicast before a packet is lost; an idle one goes", () => {
  const lan = new Lan();
  lan.a.ping("10.2.0.10", 1);
  lan.world.run(100);
  const start = lan.world.now;
  const lost: number[] = [];
  for (let i = 2; i < 30; i++) {
    lan.a.ping("10.2.0.10", i);
    lan.world.run(60_000);
    if (!lan.a.replies.has(i)) lost.push(i);
  }
  assert.deepEqual(lost, []);
  const requests = lan.sent(0x0806, start).map(field).filter((f) => f.operation === 1);
  assert.ok(requests.length >= 2, "the router asked again");
  assert.ok(requests.every((f) => f.to !== "ffffffffffff"));
  lan.world.run(1_300_000);
  assert.doesNotMatch(lan.router.type("show ip arp"), /10\.1\.0\.10 /);
});

test("a station with our address is reported, and our address defended, rarely", () => {
  const lan = new Lan();
  const start = ++lan.world.now;
  for (let i = 0; i < 20; i++) lan.router.frame(0, arp(1, MAC, "10.1.0.1", "10.1.0.5"));
  assert.equal(lan.router.output.match(/%IP-4-DUPADDR/g)?.length, 1);
  assert.match(lan.router.output, /Duplicate address 10\.1\.0\.1 on Ethernet0, sourced by 0200\.0077\.0009/);
  assert.equal(lan.sent(0x0806, start).length, 1);
});

test("a flood of requests from new stations keeps the cache within its bounds", () => {
  const lan = new Lan("interface Ethernet0\n ip address 10.1.0.1 255.255.0.0\n");
  lan.world.run(10);
  for (let i = 0; i < 2000; i++) {
    const mac = new Uint8Array([2, 9, 9, 9, i >> 8, i & 255]);
    lan.router.frame(0, arp(1, mac, `10.1.${20 + (i >> 8)}.${i & 255 || 1}`, "10.1.0.1"));
  }
  lan.a.ping("10.1.0.1", 1);
  lan.world.run(100);
  assert.ok(lan.a.replies.has(1));
  assert.equal(lan.buffers(), 0);
});

test("clear arp forgets", () => {
  const lan = new Lan();
  const b: Endpoint = lan.b;
  lan.a.ping(b.address, 1);
  lan.world.run(100);
  assert.match(lan.router.type("show ip arp"), /10\.2\.0\.10 /);
  lan.router.type("clear arp");
  assert.doesNotMatch(lan.router.type("show ip arp"), /10\.2\.0\.10 /);
  lan.a.ping(b.address, 2);
  lan.world.run(100);
  assert.ok(lan.a.replies.has(2));
});
