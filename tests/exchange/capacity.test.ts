/**
 * A router that is full: as many tunnels as its profile of size has (assembly/limits/), all of them renewed, under a ping through each of
 * them that never misses an answer; and what goes beyond the profile is refused with its reason.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { loadModule } from "../../host/node/contract.ts";
import { build, buildSized } from "../../tools/build/build.mjs";
import { Crowd, crowdConfig, HOST, memberHost } from "../support/second/crowd.ts";
import { Endpoint } from "../support/world/endpoint.ts";
import { IP_ICMP, ipv4, echo as makeEcho, parseEcho, parseIpv4 } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

/** The profile `board`, with room for so many tunnels, and for the renewal of four of them at a time. */
const TUNNELS = 24;
const small = { TUNNELS, SAS: 2 * TUNNELS + 8, POLICIES: TUNNELS + 3, DYNAMIC_POLICIES: TUNNELS, FLOWS: 64, ISAKMP_SAS: TUNNELS + 9, ISAKMP_SAS_RESERVED: 5, PEERS: TUNNELS + 3 };

/** A full router, whose peers answer every echo, and renew by themselves if `eager`. */
class Full {
  readonly world = new World(3);
  readonly router: Router;
  readonly crowd: Crowd;
  readonly host = new Endpoint(HOST, "172.16.0.1", { prefix: 16 });
  private answers = 0;
  private sent = 0;

  constructor(module: WebAssembly.Module, readonly tunnels: number, lifetime: number) {
    this.router = this.world.router("centre", { module, config: crowdConfig(lifetime) });
    this.world.wire(this.host, this.router.port(0), { delay: 0 });
    this.crowd = new Crowd(this.world, this.router, lifetime);
    this.crowd.onDatagram = (datagram, member) => {
      const packet = parseIpv4(datagram)!;
      const echo = parseEcho(packet);
      if (!echo?.request) return;
      this.crowd.datagram(member.seal(ipv4(packet.dst, packet.src, IP_ICMP, makeEcho(0, echo.id, echo.seq, echo.data))));
    };
    this.host.onReply = () => {
      this.answers++;
    };
    this.crowd.grow(tunnels);
    this.meet();
  }

  /** All neighbours know each other: what comes in a burst need not wait for ARP. */
  meet(): void {
    this.host.ping(memberHost(0), 0);
    this.world.run(100);
  }

  /** An echo through every tunnel; how many were answered. */
  round(): number {
    this.sent++;
    this.answers = 0;
    for (let n = 0; n < this.tunnels; n++) this.host.ping(memberHost(n), this.sent & 0xffff);
    this.world.run(10);
    this.host.received.length = 0;
    return this.answers;
  }

  /** Pings for so long. Returns how many echoes were not answered. */
  pings(ms: number, every: number): number {
    let lost = 0;
    for (const end = this.world.now + ms; this.world.now < end; this.world.run(every - 10)) lost += this.tunnels - this.round();
    return lost;
  }

  renewals(): number {
    return this.router.eventsOf("ipsec.sa", { state: "rekeyed" }).length;
  }
}

/** A table of `show memory`: octets of each pool. */
const memoryOf = (router: Router): Map<string, number> =>
  new Map(router.type("show memory").split("\n").flatMap((line) => {
    const [, name, octets] = /^(\S.*?) {2,}(?:\d+ +\d+ +\d+ +)?(\d+)(?: +\d+)?$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(octets)] as const];
  }));

describe("the profile hub", () => {
  it("brings up 4,096 tunnels, carries a packet through each, renews them all, and takes 4 kB of memory for each", async () => {
    await build({ only: ["postern.hub.simd"], log: () => {} });
    const full = new Full(loadModule(fileURLToPath(new URL("../../build/postern.hub.simd.wasm", import.meta.url))), 4096, 3600);
    full.router.events.length = 0;
    assert.equal(full.round(), 4096);
    full.world.run(3_600_000);
    assert.equal(full.renewals(), 4096);
    assert.equal(full.router.eventsOf("ipsec.sa", { state: "down" }).filter(({ reason }) => reason !== "replaced").length, 0);
    full.meet();
    assert.equal(full.round(), 4096);
    const memory = memoryOf(full.router);
    const tunnels = ["security associations", "ipsec sa pairs", "policies", "isakmp sas", "isakmp peers", "tables of these"].map((name) => {
      assert.ok(memory.get(name)! > 0, name);
      return memory.get(name)!;
    });
    const each = tunnels.reduce((sum, octets) => sum + octets) / 4096;
    assert.ok(each <= 4096, `${each.toFixed(0)} octets a tunnel`);
  });
});

describe("a full router", () => {
  let module: WebAssembly.Module;
  before(async () => {
    module = loadModule(await buildSized("postern.test.full", small));
  });

  it("renews all its tunnels, and no packet is lost", () => {
    const full = new Full(module, TUNNELS, 300);
    assert.equal(full.round(), TUNNELS);
    assert.equal(full.pings(900_000, 500), 0);
    assert.ok(full.renewals() >= 2 * TUNNELS, `${full.renewals()} renewals`);
    assert.equal(full.router.counters().get("no buffer") ?? 0, 0);
  });

  it("renews tunnels that carry nothing as well: none comes to its end", () => {
    const full = new Full(module, TUNNELS, 300);
    full.world.run(900_000);
    assert.ok(full.renewals() >= 2 * TUNNELS, `${full.renewals()} renewals`);
    assert.equal(full.router.eventsOf("ipsec.sa", { state: "down", reason: "lifetime" }).length, 0);
    assert.equal(full.round(), TUNNELS);
  });

  it("lets its peers renew all of them within some seconds, and no packet is lost", () => {
    const full = new Full(module, TUNNELS, 3600);
    for (let round = 0; round < 3; round++) {
      for (const member of full.crowd.members) {
        const made = full.crowd.made;
        member.renew();
        assert.ok(full.world.run(1000, () => full.crowd.made > made), `member ${member.n}, round ${round}: ${full.router.output.slice(-300)}`);
        assert.equal(full.pings(500, 250), 0);
      }
    }
  });

  it("takes no further peer, and says why", () => {
    const full = new Full(module, TUNNELS, 3600);
    assert.throws(() => full.crowd.grow(1), /does not come up/);
    assert.match(full.router.output, /198\.18\.0\.25/);
    assert.equal(full.round(), TUNNELS, "all others are as they were");
  });

  it("refuses lines of an access list that would make further tunnels, each with one sentence", () => {
    const world = new World();
    const router = world.router("centre", { module, config: "crypto ipsec transform-set TS esp-aes 128 esp-sha-hmac\nip access-list extended VPN\n permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.0.255\ncrypto map CM 10 ipsec-isakmp\n set peer 192.0.2.2\n set transform-set TS\n match address VPN\ninterface Ethernet1\n ip address 192.0.2.1 255.255.255.0\n crypto map CM" });
    let refused = 0;
    for (let n = 1; n < TUNNELS + 5; n++) {
      const said = router.configure(`ip access-list extended VPN\n permit ip 10.1.0.0 0.0.255.255 10.2.${n}.0 0.0.0.255`);
      if (/^% /m.test(said)) {
        refused++;
        assert.match(said, /% There is no room for a further tunnel: profile board has 24, and 27 policies in all\./);
      }
    }
    assert.equal(refused, 5);
    assert.equal(router.type("show access-lists VPN").match(/permit/g)?.length, TUNNELS);
  });
});
