/**
 * Several peers behind one NAT, at one hub: each keeps its own tunnel through INITIAL-CONTACT, renewals, dead peer detection and mappings that
 * move. The figure: every ping, both ways, for each of them; no SA of one removed by another.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { Nat } from "../support/world/nat.ts";
import { type Router, World } from "../support/world/world.ts";

const example = (path: string) => readFileSync(new URL(`../../docs/examples/${path}.ios`, import.meta.url), "utf8").replaceAll("203.0.113.", "198.51.100.");
const gateway = "198.51.100.254";

/** The hub's world: its LAN, and branches behind one NAT, each with a host. */
class Behind {
  world = new World(7);
  hub: Router;
  h = new Endpoint("10.0.0.10", "10.0.0.1");
  branches: { router: Router; host: Endpoint }[] = [];
  nat!: Nat;
  private sequence = 0;

  constructor(hub: string, configs: string[]) {
    this.hub = this.world.router("hub", { config: hub });
    this.world.wire(this.h, this.hub.port(0));
    for (const [i, config] of configs.entries()) {
      const router = this.world.router(`branch${i}`, { config });
      const address = /interface Ethernet1\n ip address (\S+)/.exec(config)![1]!;
      const lan = /interface Ethernet0\n ip address (\d+\.\d+\.\d+)\./.exec(config)![1]!;
      const host = new Endpoint(`${lan}.10`, `${lan}.1`);
      this.world.wire(host, router.port(0));
      let wire: Endpoint;
      if (this.nat) wire = this.nat.also(address, gateway);
      else {
        this.nat = new Nat(address, gateway, "192.0.2.254", "192.0.2.1");
        wire = this.nat.inside;
      }
      this.world.wire(router.port(1), wire);
      this.branches.push({ router, host });
    }
    this.world.wire(this.nat.outside, this.hub.port(1));
  }

  ping(from: Endpoint, to: Endpoint, ms = 3000): boolean {
    const k = ++this.sequence;
    from.ping(to.address, k);
    return this.world.run(ms, () => from.replies.has(k));
  }

  /** A ping each way for everybody. */
  all(when: string, ms = 3000): void {
    for (const { host, router } of this.branches) {
      assert.ok(this.ping(host, this.h, ms), `${when}: ${host.address} to the hub\n${router.output}\n${this.hub.output}`);
      assert.ok(this.ping(this.h, host, ms), `${when}: the hub to ${host.address}\n${this.hub.output}`);
    }
  }

  removed(reason: string): unknown[] {
    return this.hub.events.filter((e) => e.state === "down" && e.reason === reason);
  }
}

test("Aggressive Mode, a name and a key each: both tunnels stay, through renewals and a NAT that reboots", () => {
  const net = new Behind(example("hub-aggressive/hub"), [example("hub-aggressive/north"), example("hub-aggressive/south")]);
  net.all("at first", 20_000);
  net.all("again");
  net.world.run(60_000);
  net.all("after a minute");
  assert.deepEqual(net.removed("initial-contact"), []);
  assert.match(net.hub.type("show crypto isakmp peers"), /north\.example\.com[\s\S]*south\.example\.com/);
  // Each phase 1 anew: what one renews is not the other's.
  for (const { router } of net.branches) {
    router.type("clear crypto isakmp");
    net.world.run(500);
    net.all("after one has begun anew", 20_000);
  }
  assert.equal(net.hub.type("show crypto isakmp peers").match(/Peer:/g)?.length, 2, "who comes back is who it was");
  net.nat.remap();
  net.all("behind other ports", 30_000);
});

test("Main Mode, one key for all: peers are told apart by their IDs", () => {
  const branch = (k: number) => example("hub-and-branches/branch").replaceAll("10.16.0.", `10.${15 + k}.0.`).replaceAll("198.51.100.16", `198.51.100.${15 + k}`);
  const net = new Behind(example("hub-and-branches/hub"), [branch(1), branch(2), branch(3)]);
  net.all("at first", 20_000);
  net.world.run(60_000);
  net.all("after a minute");
  assert.deepEqual(net.removed("initial-contact"), []);
  net.nat.remap();
  net.all("behind other ports", 30_000);
  assert.equal(net.hub.type("show crypto isakmp peers").match(/behind 192\.0\.2\.254/g)?.length, 3);
});

test("two that show the same name and key replace each other, and the console says so", () => {
  const twin = example("hub-aggressive/north").replace("198.51.100.16", "198.51.100.17");
  const net = new Behind(example("hub-aggressive/hub"), [example("hub-aggressive/north"), twin]);
  assert.ok(net.ping(net.branches[0]!.host, net.h, 20_000));
  assert.ok(net.ping(net.branches[1]!.host, net.h, 20_000));
  assert.match(net.hub.output, /peer 1 \(north\.example\.com\) was at 192\.0\.2\.254 port \d+ and is at 192\.0\.2\.254 port \d+; if these are two, they show the same key and name/);
});
