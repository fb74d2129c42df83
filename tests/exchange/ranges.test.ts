/** Ranges of addresses in access lists (`range FIRST LAST`), offered and taken as ID_IPV4_ADDR_RANGE (RFC 2407, 4.6.2.4 and 4.6.2.8). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { P, concat, u32, type Payload } from "../support/second/ike_peer.ts";
import { CONFIG, Negotiation } from "../support/second/negotiation.ts";
import { ip } from "../support/world/frame.ts";

const LINE = "permit ip range 10.1.0.5 10.1.0.20 range 10.2.0.3 10.2.0.77";
const config = (line = LINE) => CONFIG.replace(/permit ip .*/, line);
const RANGE = (first: string, last: string): Payload => ({ type: P.ID, body: concat([7, 0, 0, 0], u32(ip(first)), u32(ip(last))) });
const OURS: [string, string] = ["10.1.0.5", "10.1.0.20"], THEIRS: [string, string] = ["10.2.0.3", "10.2.0.77"];

/** The flows of the SA that is up, seen from the router. */
const flows = (n: Negotiation) => n.router.eventsOf("ipsec.sa", { state: "up" }).map(({ local, remote }) => `${local} ${remote}`);

test("typed, kept, shown, removed; what is no range is refused", () => {
  const n = new Negotiation(1, config());
  const lines = () => n.router.type("show running-config").split("\n").filter((line) => / permit ip /.test(line)).map((line) => line.trim());
  assert.deepEqual(lines(), [`10 ${LINE}`]);
  assert.match(n.router.type("show access-lists"), /permit ip range 10\.1\.0\.5 10\.1\.0\.20 range 10\.2\.0\.3 10\.2\.0\.77/);
  const said = n.router.configure("ip access-list extended VPN\n permit ip range 10.1.0.20 10.1.0.5 any\n permit ip any range 10.1.0.1 0.0.0.0\n permit ip range 10.1.0.5 10.1.0.20 range 10.2.0.3 10.2.0.77");
  assert.equal(said.match(/The second address of a range is the higher one/g)?.length, 2, said);
  assert.match(said, /has that line already/);
  n.router.configure("ip access-list extended VPN\n permit tcp range 10.1.0.9 10.1.0.9 eq 80 range 10.2.0.0 10.2.0.255 eq 443\n permit ip range 10.1.0.5 10.1.0.21 range 10.2.0.3 10.2.0.77");
  assert.match(n.router.type("show running-config"), / 20 permit tcp host 10\.1\.0\.9 eq www range 10\.2\.0\.0 10\.2\.0\.255 eq 443/);
  n.router.configure(`ip access-list extended VPN\n no ${LINE}\n no 20`);
  assert.deepEqual(lines(), ["30 permit ip range 10.1.0.5 10.1.0.21 range 10.2.0.3 10.2.0.77"]);
});

test("as initiator the range is offered; a packet from outside of it goes in plain", () => {
  // LAN host 10.1.0.10 and 10.2.0.10 lie in both ranges.
  const n = new Negotiation(2, config());
  for (const step of n.respond()) {
    if (step.name === "quick 2") {
      const IDs = step.payloads.filter(({ type }) => type === P.ID);
      assert.deepEqual(IDs.map(({ body }) => [...body]), [RANGE(...OURS), RANGE(...THEIRS)].map(({ body }) => [...body]));
    }
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
  }
  assert.ok(n.world.run(100, () => n.tunnelUp()));
  assert.deepEqual(flows(n), ["10.1.0.5-10.1.0.20 10.2.0.3-10.2.0.77"]);
  assert.ok(n.echo());
  for (const [to, leaves] of [["10.2.0.77", 50], ["10.2.0.78", 1]] as const) {
    n.station.inbox.length = 0;
    n.lan.ping(to, 1);
    n.world.run(50);
    assert.ok(n.station.inbox.some(({ srcPort }) => srcPort === 0) === (leaves === 50), to);
  }
});

const answered = (ids: Payload[] | undefined, role: "initiate" | "respond", line?: string): Negotiation => {
  const n = new Negotiation(3, config(line));
  for (const step of n[role]()) {
    if (ids && (step.name === "quick 1" || step.name === "quick 2")) {
      let k = 0;
      step.payloads.splice(0, step.payloads.length, ...step.payloads.map((p) => (p.type === P.ID ? ids[k++]! : p)));
    }
    if (!step.go()) break;
  }
  n.world.run(100);
  return n;
};

test("as responder: the range itself, and one within it; one that reaches beyond is refused", () => {
  for (const [theirs, ours, good] of [[THEIRS, OURS, true], [["10.2.0.4", "10.2.0.76"], ["10.1.0.6", "10.1.0.19"], true], [["10.2.0.10", "10.2.0.10"], OURS, true], [["10.2.0.2", "10.2.0.77"], OURS, false], [["10.2.0.3", "10.2.0.78"], OURS, false], [THEIRS, ["10.1.0.5", "10.1.0.21"], false], [THEIRS, ["10.1.0.4", "10.1.0.20"], false]] as [[string, string], [string, string], boolean][]) {
    const n = answered([RANGE(...theirs), RANGE(...ours)], "initiate");
    assert.equal(n.tunnelUp(), good, `${theirs} ${ours}: ${n.router.output}`);
    assert.deepEqual(flows(n), good ? [`${ours.join("-")} ${theirs.join("-")}`] : []);
    if (good) assert.ok(n.echo());
  }
});

test("as initiator: a responder that narrows the range is taken at its word, one that widens it is refused", () => {
  for (const [theirs, ours, good] of [[["10.2.0.4", "10.2.0.76"], ["10.1.0.6", "10.1.0.19"], true], [["10.2.0.3", "10.2.0.78"], OURS, false], [THEIRS, ["10.1.0.4", "10.1.0.20"], false]] as [[string, string], [string, string], boolean][]) {
    const n = answered([RANGE(...ours), RANGE(...theirs)], "respond");
    assert.equal(n.tunnelUp(), good, n.router.output);
    assert.deepEqual(flows(n), good ? [`${ours.join("-")} ${theirs.join("-")}`] : []);
    if (good) assert.ok(n.echo());
  }
});

test("a range that is a network is offered as one, and narrowed by a subnet", () => {
  const n = answered(undefined, "respond", "permit ip range 10.1.0.0 10.1.0.255 range 10.2.0.0 10.2.0.255");
  assert.ok(n.tunnelUp());
  assert.deepEqual(flows(n), ["10.1.0.0-10.1.0.255 10.2.0.0-10.2.0.255"]);
});
