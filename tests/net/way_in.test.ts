/** What a datagram is taken for when it has come: what is inside a tunnel's packet, what ICMP says of tunnels, where an error comes from. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum, echo, ethernet, ipv4, udp } from "../support/world/frame.ts";
import { openWithNode, sealWithNode, suites } from "../support/second/esp.ts";
import { concat } from "../support/second/ike_peer.ts";
import { CONFIG, Negotiation } from "../support/second/negotiation.ts";
import { Pair } from "../support/world/pair.ts";
import { Lan, lastIcmp } from "./lan.ts";

const ESP = suites.find((suite) => suite.name === "aes-128/sha1")!;

/** A tunnel with the second implementation. */
class Tunnel {
  readonly n: Negotiation;
  private sequence = 0;

  constructor(config = CONFIG) {
    this.n = new Negotiation(31, config);
    for (const step of this.n.initiate()) assert.ok(step.go(), `${step.name}: ${this.n.router.output}`);
    assert.ok(this.n.world.run(100, () => this.n.tunnelUp()));
  }

  /** Sends a datagram through the tunnel. */
  sends(datagram: Uint8Array): void {
    const { n } = this;
    n.station.inbox.length = 0;
    const sealed = sealWithNode(ESP, n.keymat.toRouter, Buffer.from(n.routerSpi).readUInt32BE(), ++this.sequence, datagram);
    n.station.datagram(ipv4(n.station.address, n.station.router, 50, sealed));
    n.world.run(50);
  }

  /** What the router sent through it since. */
  came(): Buffer[] {
    return this.n.station.inbox.filter(({ srcPort }) => srcPort === 0).map(({ data }) => openWithNode(ESP, this.n.keymat.fromRouter, Buffer.from(data)).payload);
  }

  count(reason: string): number {
    return this.n.router.counters().get(reason) ?? 0;
  }
}

test("what comes out of a tunnel is looked at as what comes by a wire", () => {
  const tunnel = new Tunnel();
  const inner = ipv4("10.2.0.10", "10.1.0.1", 1, echo(8, 1, 1, new Uint8Array(20)));
  tunnel.sends(inner);
  assert.equal(tunnel.came().length, 1, "an echo of ours");
  const wrong = (change: (d: Uint8Array) => void) => {
    const datagram = inner.slice();
    change(datagram);
    tunnel.sends(datagram);
    assert.deepEqual(tunnel.came(), []);
  };
  wrong((d) => (d[10]! ^= 1));
  wrong((d) => (d[0] = 0x65));
  wrong((d) => (d[3]! += 1));
  assert.equal(tunnel.count("bad packet inside ESP"), 3);
  tunnel.sends(ipv4("10.2.0.255", "10.1.0.255", 1, echo(8, 1, 2, new Uint8Array(20))));
  assert.equal(tunnel.count("IPv4 broadcast or multicast"), 1);
  assert.deepEqual(tunnel.came(), []);
});

/** An ICMP message whose checksum is right unless `flip` says otherwise. */
function icmp(type: number, code: number, low: number, body: Uint8Array, flip = 0): Uint8Array {
  const message = concat([type, code, 0, 0, 0, 0, low >> 8, low & 255], body);
  new DataView(message.buffer).setUint16(2, checksum(message) ^ flip);
  return message;
}

for (const [what, first, second, selector] of [
  ["the first one's is below the selector", "10.1.0.1 255.255.255.0", "10.3.7.1 255.255.0.0", "10.3.0.0 0.0.255.255"],
  ["the first one's is above it", "10.9.0.1 255.255.255.0", "10.3.7.1 255.255.0.0", "10.3.0.0 0.0.255.255"],
  ["the second one's is the last within it", "10.1.0.1 255.255.255.0", "10.3.7.1 255.255.0.0", "10.3.7.0 0.0.0.1"],
  ["the second one's is the first within it", "10.1.0.1 255.255.255.0", "10.3.7.2 255.255.0.0", "10.3.7.2 0.0.0.1"],
  ["the first one is shut down", "10.3.6.1 255.255.255.0\n shutdown", "10.3.7.1 255.255.255.0", "10.3.0.0 0.0.255.255"],
] as const) {
  test(`an error about what came through a tunnel goes back through it, from an address of ours that it is for: ${what}`, () => {
    const interfaces = `interface Ethernet0\n ip address ${first}\ninterface Ethernet2\n ip address ${second}\n`;
    const pair = new Pair({ both: { selectors: [[selector, "10.2.0.0 0.0.0.255"]] }, alpha: { extra: interfaces } });
    const target = selector.startsWith("10.3.7.2") ? "10.3.7.3" : selector.startsWith("10.3.7.0") ? "10.3.7.0" : "10.3.8.8";
    for (let i = 0; i < 2; i++) {
      pair.b.ping(target, 7, 56, { ttl: 2 });
      pair.world.run(3000);
    }
    const error = pair.b.received.filter((r) => r.protocol === 1).at(-1);
    assert.deepEqual([error?.payload[0], error?.payload[1], error?.src], [11, 0, second.split(" ")[0]]);
  });
}

test("fragmentation needed about a tunnel: only a whole and right message of that kind is believed", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const esp = pair.wan.filter(({ frame, direction }) => direction === 0 && frame[23] === 50).at(-1)!.frame;
  const quoted = esp.slice(14, 42);
  new DataView(quoted.buffer).setUint16(2, 1500);
  const passes = () => {
    pair.a.replies.delete(4000);
    pair.a.datagram(ipv4(pair.a.address, pair.b.address, 1, echo(8, 0x1234, 4000, new Uint8Array(1300)), { df: true }));
    pair.world.run(1000);
    return pair.a.replies.has(4000);
  };
  const hears = (message: Uint8Array) => pair.alpha.frame(1, ethernet(esp.slice(6, 12), esp.slice(0, 6), 0x0800, ipv4("198.51.100.1", "192.0.2.1", 1, message)));
  for (const message of [icmp(3, 4, 900, quoted, 1), icmp(3, 1, 900, quoted), icmp(3, 13, 900, quoted), icmp(11, 4, 900, quoted), icmp(4, 4, 900, quoted), icmp(3, 4, 900, quoted.slice(0, 27)), icmp(3, 4, 900, quoted.slice(0, 20)), icmp(3, 4, 900, new Uint8Array())]) {
    hears(message);
    assert.ok(passes(), Buffer.from(message).toString("hex"));
  }
  hears(icmp(3, 4, 900, quoted));
  assert.equal(passes(), false, "64 bits behind the header are enough (RFC 792)");
});

test("ping of the console hears what routers on the way say of its requests, and of nothing else", () => {
  const lan = new Lan("ip route 10.77.0.0 255.255.0.0 10.2.0.10\n");
  let answer: (request: Uint8Array) => Uint8Array = () => new Uint8Array();
  lan.b.onDatagram = (d) => d[16] === 10 && d[17] === 77 && lan.b.datagram(ipv4("10.2.0.10", "10.2.0.1", 1, answer(d)));
  const pings = (how: typeof answer) => {
    answer = how;
    const before = lan.router.output.length;
    lan.router.type("ping 10.77.0.1 repeat 3 timeout 1");
    lan.world.run(10_000);
    return /^[!.UMNPQA&?]+$/m.exec(lan.router.output.slice(before).replaceAll("\r", ""))?.[0];
  };
  assert.equal(pings((d) => icmp(11, 0, 0, d.slice(0, 28))), "&&&");
  assert.equal(pings((d) => icmp(3, 1, 0, d.slice(0, 28))), "UUU");
  assert.equal(pings((d) => icmp(3, 4, 600, d.slice(0, 28))), "MMM");
  assert.equal(pings((d) => icmp(3, 1, 0, d.slice(0, 27))), "...", "a request cut off");
  assert.equal(pings((d) => icmp(3, 1, 0, d.slice(0, 28), 1)), "...", "a wrong checksum");
  for (const [code, marks] of [[0, "NNN"], [2, "PPP"], [3, "UUU"], [9, "AAA"], [10, "AAA"], [13, "AAA"]] as const) assert.equal(pings((d) => icmp(3, code, 0, d.slice(0, 28))), marks);
  assert.equal(pings((d) => icmp(4, 0, 0, d.slice(0, 28))), "QQQ");
  assert.equal(pings((d) => icmp(12, 0, 0, d.slice(0, 28))), "???", "another error");
  assert.equal(pings((d) => icmp(5, 0, 0, d.slice(0, 28))), "...", "a redirect is none");
  assert.equal(lan.count("malformed ICMP"), 3);
});

test("UDP for us that is malformed is dropped without a word", () => {
  const lan = new Lan();
  lan.a.ping("10.1.0.1", 1);
  lan.world.run(100);
  lan.a.received.length = 0;
  const good = udp(500, 7, new Uint8Array(20));
  lan.a.datagram(ipv4(lan.a.address, "10.1.0.1", 17, good.slice(0, 7)));
  const long = good.slice();
  long[5]! += 1;
  long[6] = long[7] = 0;
  lan.a.datagram(ipv4(lan.a.address, "10.1.0.1", 17, long));
  lan.world.run(100);
  assert.deepEqual(lan.a.received, []);
  assert.equal(lan.count("malformed UDP"), 2);
  lan.a.datagram(ipv4(lan.a.address, "10.1.0.1", 17, good));
  lan.world.run(100);
  assert.equal(lastIcmp(lan.a), "3/3");
});
