/** INITIAL-CONTACT is about who a peer is, and not about where (RFC 2407, 4.6.3.3; RFC 3947, 6): branches of docs/examples/hub-aggressive behind one NAT. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { Nat } from "../support/world/nat.ts";
import { World } from "../support/world/world.ts";

/** A router that starts afresh keeps its MAC addresses: its neighbours' ARP is not what is looked at. */
const macs = (name: string): string => [0, 1].map((port) => `\ninterface Ethernet${port}\n mac-address 0250.4f5${port}.${Buffer.from(name).toString("hex").slice(0, 4)}`).join("");
const text = (name: string): string => readFileSync(new URL(`../../docs/examples/hub-aggressive/${name}.ios`, import.meta.url), "utf8").replaceAll("203.0.113.", "198.51.100.") + macs(name);

function behindOneNat() {
  const world = new World(7);
  const hub = world.router("hub", { config: text("hub") });
  const h = new Endpoint("10.0.0.10", "10.0.0.1");
  world.wire(h, hub.port(0));
  const gateway = /ip route 0.0.0.0 0.0.0.0 (\S+)/.exec(text("north"))![1]!;
  const names = ["north", "south"];
  const addresses = names.map((name) => /interface Ethernet1\n ip address (\S+)/.exec(text(name))![1]!);
  const nat = new Nat(addresses[0]!, gateway, "192.0.2.254", "192.0.2.1");
  world.wire(nat.outside, hub.port(1));
  const [north, south] = names.map((name, i) => {
    const router = world.router(name, { config: text(name) });
    const host = new Endpoint(`10.${16 + i}.0.10`, `10.${16 + i}.0.1`);
    world.wire(host, router.port(0));
    world.wire(router.port(1), i === 0 ? nat.inside : nat.also(addresses[i]!, gateway));
    return { router, host };
  }) as [{ router: typeof hub; host: Endpoint }, { router: typeof hub; host: Endpoint }];
  let sequence = 0;
  const ping = (from: Endpoint, to: Endpoint, ms = 20_000): boolean => {
    const n = ++sequence;
    from.ping(to.address, n);
    return world.run(ms, () => from.replies.has(n));
  };
  const removed = (): unknown[] => hub.eventsOf("ike.sa", { state: "down", reason: "initial-contact" });
  return { world, hub, h, north, south, ping, removed };
}

test("two identities behind one address: what the second begins with leaves the first one's SAs", () => {
  const { h, north, south, ping, removed } = behindOneNat();
  assert.ok(ping(north.host, h), north.router.output);
  assert.ok(ping(south.host, h), south.router.output);
  for (const { host } of [north, south]) assert.ok(ping(h, host, 2000) && ping(host, h, 2000));
  assert.deepEqual(removed(), []);
});

test("one that starts afresh replaces what it had itself, and nobody else's", () => {
  const { h, hub, north, south, ping, removed } = behindOneNat();
  assert.ok(ping(north.host, h) && ping(south.host, h));
  south.router.start(text("south"));
  assert.ok(ping(south.host, h));
  assert.equal(removed().length, 1, hub.output);
  for (const { host } of [north, south]) assert.ok(ping(h, host, 2000) && ping(host, h, 2000));
});
