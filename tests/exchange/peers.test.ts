/** Several peers of an entry: which one is next after a loss, and pairs that nobody uses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { ip } from "../support/world/frame.ts";
import { Internet } from "../support/world/internet.ts";
import { World, type Router } from "../support/world/world.ts";
import { Pair } from "../support/world/pair.ts";

const PSK = "correct-horse-battery-staple";

/** A branch with two gateways to the same network: 198.51.100.1 and 198.51.100.2, both with 10.1.0.0/24 behind them. */
class TwoGateways {
  world = new World(7);
  internet = new Internet(this.world, 10);
  host = new Endpoint("10.9.0.10", "10.9.0.1");
  branch: Router;
  gateways: Router[];
  behind: Endpoint[] = [];
  private sequence = 0;

  constructor(entry: string, extra = "") {
    this.branch = this.world.router("branch", { config: config("branch", "192.0.2.9", "10.9.0", "10.1.0", `${entry}`, `crypto isakmp keepalive 10 2 periodic\n${extra}`) });
    assert.equal(this.branch.refusedLines, 0, this.branch.output);
    this.world.wire(this.host, this.branch.port(0));
    this.internet.join(this.branch.port(1), "192.0.2.9");
    this.gateways = [1, 2].map((n) => {
      const router = this.world.router(`gate${n}`, { config: config(`gate${n}`, `198.51.100.${n}`, "10.1.0", "10.9.0", " set peer 192.0.2.9\n", "crypto isakmp keepalive 10 2 periodic\n") });
      const host = new Endpoint("10.1.0.10", "10.1.0.1");
      this.behind.push(host);
      this.world.wire(host, router.port(0));
      this.internet.join(router.port(1), `198.51.100.${n}`);
      return router;
    });
  }

  ping(ms = 60_000): boolean {
    const sequence = ++this.sequence;
    this.host.ping("10.1.0.10", sequence);
    return this.world.run(ms, () => this.host.replies.has(sequence));
  }

  /** Which gateway has the branch's SAs. */
  get current(): string {
    return /current_peer (\S+)/.exec(this.branch.type("show crypto ipsec sa"))?.[1] ?? "";
  }

  /** A gateway goes out, or comes back with nothing of before. */
  power(n: 1 | 2, on: boolean): void {
    const router = this.gateways[n - 1]!;
    if (on) router.start(router.options.config);
    if (on) this.internet.silent.delete(ip(`198.51.100.${n}`));
    else this.internet.silent.add(ip(`198.51.100.${n}`));
  }
}

function config(name: string, wan: string, own: string, other: string, entry: string, extra: string): string {
  return `
hostname ${name}
crypto isakmp policy 10
 encryption aes 128
 hash sha256
 authentication pre-share
 group 2
crypto isakmp key ${PSK} address 0.0.0.0 0.0.0.0
crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac
ip access-list extended VPN
 permit ip ${own}.0 0.0.0.255 ${other}.0 0.0.0.255
crypto map CM 10 ipsec-isakmp
${entry} set transform-set TS
 match address VPN
interface Ethernet0
 ip address ${own}.1 255.255.255.0
interface Ethernet1
 ip address ${wan} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 ${wan.replace(/\d+$/, "254")}
${extra}`;
}

test("a peer that is dead is followed by the next, and stays so", () => {
  const two = new TwoGateways(" set peer 198.51.100.1\n set peer 198.51.100.2\n");
  assert.ok(two.ping());
  assert.equal(two.current, "198.51.100.1");
  two.power(1, false);
  assert.ok(two.world.run(120_000, () => two.ping(1000)), two.branch.output);
  assert.equal(two.current, "198.51.100.2");
  two.power(1, true);
  two.power(2, false);
  assert.ok(two.world.run(180_000, () => two.ping(1000)), two.branch.output);
  assert.equal(two.current, "198.51.100.1", "round the list");
});

test("after a loss the default peer is the next, though the other one was lost", () => {
  const two = new TwoGateways(" set peer 198.51.100.1 default\n set peer 198.51.100.2\n");
  two.power(1, false);
  assert.ok(two.world.run(180_000, () => two.ping(1000)), two.branch.output);
  assert.equal(two.current, "198.51.100.2");
  two.power(1, true);
  two.power(2, false);
  assert.ok(two.world.run(180_000, () => two.ping(1000)), two.branch.output);
  assert.equal(two.current, "198.51.100.1");
  // The lost one is the default itself: it is asked first, and the other one after it.
  two.power(2, true);
  two.power(1, false);
  const from = two.branch.eventsOf("ike.message", { dir: "out", exchange: "main", number: "1" }).length;
  assert.ok(two.world.run(240_000, () => two.ping(1000)), two.branch.output);
  const tried = two.branch.eventsOf("ike.message", { dir: "out", exchange: "main", number: "1" }).slice(from).map(({ peer }) => peer);
  assert.equal(tried[0], "198.51.100.1:500");
  assert.equal(two.current, "198.51.100.2");
});

test("with `idle-time N default` silence leads back to the default peer", () => {
  const two = new TwoGateways(" set peer 198.51.100.1 default\n set peer 198.51.100.2\n set security-association idle-time 60 default\n");
  two.power(1, false);
  assert.ok(two.world.run(180_000, () => two.ping(1000)), two.branch.output);
  assert.equal(two.current, "198.51.100.2");
  two.power(1, true);
  two.world.run(120_000);
  assert.doesNotMatch(two.branch.type("show crypto ipsec sa"), /spi: 0x\w{8}/, "the pair has gone");
  assert.ok(two.ping(), two.branch.output);
  assert.equal(two.current, "198.51.100.1");
});

test("a default peer is the first of its entry, in one sentence", () => {
  const two = new TwoGateways(" set peer 198.51.100.1\n set peer 198.51.100.2\n");
  two.branch.type("configure terminal");
  two.branch.type("crypto map CM 10");
  assert.match(two.branch.type("set peer 198.51.100.2 default"), /198\.51\.100\.2 cannot be the default peer: it is the first of an entry, which is 198\.51\.100\.1 here\./);
  assert.doesNotMatch(two.branch.type("set peer 198.51.100.1 default"), /%/);
  assert.match(two.branch.type("do show running-config"), / set peer 198\.51\.100\.1 default\n set peer 198\.51\.100\.2\n/);
  assert.match(two.branch.type("do show crypto map tag CM"), /Peer = 198\.51\.100\.1 \(default\)\n {8}Peer = 198\.51\.100\.2\n/);
  two.branch.type("no set peer 198.51.100.1 default");
  assert.match(two.branch.type("do show running-config"), /ipsec-isakmp\n set peer 198\.51\.100\.2\n/);
});

for (const where of ["entry", "global"] as const)
  test(`a pair that carries nothing for its time goes, and the peer hears of it (${where})`, () => {
    const extra = where === "global" ? "crypto ipsec security-association idle-time 60\n" : "crypto map CM 10\n set security-association idle-time 60\n";
    const pair = new Pair({ alpha: { extra } });
    assert.equal(pair.alpha.refusedLines, 0, pair.alpha.output);
    assert.ok(pair.ping());
    for (let i = 0; i < 10; i++) {
      pair.world.run(30_000);
      assert.ok(pair.ping(1000), "traffic keeps it");
    }
    const up = pair.alpha.eventsOf("ipsec.sa", { state: "up" }).length;
    assert.equal(up, 1);
    pair.world.run(55_000);
    assert.equal(pair.spis(pair.alpha).length, 1, "not before its time");
    pair.world.run(25_000);
    assert.equal(pair.spis(pair.alpha).length, 0);
    assert.equal(pair.spis(pair.beta).length, 0, "a Delete has been sent");
    assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "down", reason: "idle" }).length, 1);
    assert.ok(pair.ping(), "and comes again with the next packet");
    assert.match(pair.alpha.type("show running-config"), where === "global" ? /^crypto ipsec security-association idle-time 60$/m : /^ set security-association idle-time 60$/m);
  });

test("an idle time that is set while a pair is up holds for it, and `no` takes it back", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  pair.world.run(100_000);
  pair.alpha.type("configure terminal\ncrypto ipsec security-association idle-time 60\nend");
  pair.world.run(80_000);
  assert.equal(pair.spis(pair.alpha).length, 0);
  pair.alpha.type("configure terminal\nno crypto ipsec security-association idle-time\nend");
  assert.ok(pair.ping());
  pair.world.run(200_000);
  assert.equal(pair.spis(pair.alpha).length, 1);
});
