/**
 * Messages of IKE that come together wait in line for `poll` (assembly/ike/engine/line.ts): what a tunnel carries never waits for them,
 * the order of each source's is kept, and strangers take no place from the peer of an SA.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Crowd, crowdConfig, HOST, Member, memberHost } from "../support/second/crowd.ts";
import { Endpoint } from "../support/world/endpoint.ts";
import { ethernet, ETHERNET_HEADER, ETHERNET_IPV4, IP_ESP, IP_UDP, ipv4, macBytes, udp } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

const LAN = 0;
const WAN = 1;
/** As limits/board.ts has it. */
const LINE = 32;
const FULL = "ISAKMP messages come faster than they are dealt with";

/** A frame's protocol, and its message's exchange type. */
const protocol = (frame: Uint8Array): number => (frame[12] === 8 && frame[13] === 0 ? frame[ETHERNET_HEADER + 9]! : 0);
const exchange = (frame: Uint8Array): number => frame[ETHERNET_HEADER + 28 + 18]!;
const QUICK = 32;

/** A router with one tunnel, to member 0. What comes for it by the WAN waits until it is given. */
class Centre {
  readonly world = new World(5);
  readonly router: Router;
  readonly crowd: Crowd;
  readonly waiting: Uint8Array[] = [];
  /** What the router has sent by the WAN since it was last asked. */
  private sent: Uint8Array[] = [];
  private readonly mac: string;

  constructor() {
    this.router = this.world.router("centre", { config: crowdConfig() });
    this.crowd = new Crowd(this.world, this.router);
    const host = new Endpoint(HOST, "172.16.0.1", { prefix: 16 });
    this.world.wire(host, this.router.port(LAN), { delay: 0 });
    this.crowd.grow(1);
    host.ping("172.16.0.1", 1);
    this.world.run(100);
    this.mac = /address is ([0-9a-f.]+)/i.exec(this.router.type("show interfaces Ethernet0"))![1]!.replaceAll(".", "").replace(/(..)(?=.)/g, "$1:");
    const { router } = this;
    router.frame = (port, frame) => void (port === WAN ? this.waiting.push(frame) : router.burst([{ port, frame }]));
    const end = router.port(WAN);
    const send = end.send;
    end.send = (frame) => {
      this.sent.push(frame.slice());
      send(frame);
    };
  }

  /** First messages of so many members, who begin now: the frames. */
  beginning(from: number, count: number): Uint8Array[] {
    for (let n = from; n < from + count; n++) {
      this.crowd.members[n] = new Member(this.crowd, n, this.world.random);
      this.crowd.members[n]!.begin();
    }
    return this.arrived();
  }

  /** Frames that have come for the router. */
  arrived(): Uint8Array[] {
    this.world.run(0);
    return this.waiting.splice(0);
  }

  /** A datagram of the host's to the member with the tunnel. */
  packet(): Uint8Array {
    return ethernet(this.mac, macBytes("02:00:ac:10:00:0a"), ETHERNET_IPV4, ipv4(HOST, memberHost(0), IP_UDP, udp(5000, 7, new Uint8Array(100))));
  }

  give(frames: readonly Uint8Array[], port = WAN): void {
    for (const frame of frames) this.router.give(port, frame);
  }

  /** What has been sent by the WAN since the last time: protocols. */
  said(): number[] {
    return this.sent.splice(0).map(protocol);
  }

  /** Polls until nothing is due at once. */
  settle(): void {
    do this.router.poll();
    while (this.router.due === this.world.now);
  }

  dropped(): number {
    return this.router.counters().get(FULL) ?? 0;
  }
}

test("what goes into a tunnel, and comes out of it, leaves before the first messages that came before it are answered", () => {
  const centre = new Centre();
  const { router, crowd } = centre;
  const firsts = centre.beginning(1, LINE);
  centre.said();
  centre.give(firsts);
  centre.give([centre.packet()], LAN);
  let landed = 0;
  const lan = router.port(LAN);
  const send = lan.send;
  lan.send = (frame) => void (landed++, send(frame));
  crowd.datagram(crowd.members[0]!.seal(ipv4(memberHost(0), HOST, IP_UDP, udp(7, 5000, new Uint8Array(100)))));
  centre.give(centre.arrived());
  assert.deepEqual(centre.said(), [IP_ESP]);
  // Between any two polls, one that comes goes at once, and at most one message is answered in each.
  let answered = 0;
  let polls = 0;
  do {
    router.poll();
    polls++;
    const answers = centre.said();
    assert.ok(answers.length <= 1 && answers.every((protocol) => protocol === IP_UDP), answers.join());
    answered += answers.length;
    centre.give([centre.packet()], LAN);
    assert.deepEqual(centre.said(), [IP_ESP]);
  } while (router.due === centre.world.now);
  assert.equal(answered, LINE);
  assert.ok(polls >= LINE, `${polls} polls`);
  assert.equal(landed, 1);
  assert.equal(centre.dropped(), 0);
});

test("messages are answered in the order in which they came, and what is computed goes on between them", () => {
  const centre = new Centre();
  const { router, crowd } = centre;
  // One whose public value is computed, while others begin.
  centre.give(centre.beginning(1, 1));
  centre.settle();
  centre.give([...centre.arrived(), ...centre.beginning(2, 20)]);
  const order: number[] = [];
  crowd.members.forEach((member, n) => {
    const receive = member.receive.bind(member);
    member.receive = (message) => {
      order.push(n);
      receive(message);
    };
  });
  for (let polls = 0; polls < 200 && order.length < 21; polls++) {
    router.poll();
    centre.world.run(0);
  }
  assert.equal(order.length, 21);
  assert.deepEqual(order.filter((n) => n > 1), Array.from({ length: 20 }, (_, i) => i + 2));
  assert.ok(order.indexOf(1) < 20, "the fourth message does not wait for all others");
});

test("one source takes half of the line, and the newest messages of strangers go for an SA's peer", () => {
  const centre = new Centre();
  const { router, crowd } = centre;
  const [first] = centre.beginning(1, 1) as [Uint8Array];
  // As many as it likes, each with a cookie of its own.
  const many = Array.from({ length: 40 }, (_, i) => {
    const one = first.slice();
    one[ETHERNET_HEADER + 28] = i + 1;
    // UDP without a checksum.
    one.fill(0, ETHERNET_HEADER + 26, ETHERNET_HEADER + 28);
    return one;
  });
  centre.give(many);
  assert.equal(centre.dropped(), 40 - LINE / 2);
  centre.settle();
  centre.arrived();
  const before = centre.dropped();
  // The line is full of strangers, one message each; then the tunnel's peer renews its pair.
  const strangers = centre.beginning(2, LINE + 8);
  centre.give(strangers);
  crowd.members[0]!.renew();
  const made = crowd.made;
  centre.give(centre.arrived());
  centre.said();
  for (let i = 0; i < 3 * LINE && crowd.made === made; i++) {
    router.poll();
    centre.give(centre.arrived().filter((frame) => exchange(frame) === QUICK));
  }
  assert.equal(crowd.made, made + 1, "the pair is renewed");
  assert.equal(centre.dropped() - before, 8 + 1);
  centre.settle();
});

test("ESP right behind the message that makes its SA is taken", () => {
  const centre = new Centre();
  const { router, crowd } = centre;
  const [member] = crowd.members as [Member];
  let landed = 0;
  const lan = router.port(LAN);
  const send = lan.send;
  lan.send = (frame) => void (landed++, send(frame));
  // The peer renews: its third message, and a packet under the new pair, behind first messages of others.
  member.renew();
  centre.give(centre.arrived());
  centre.settle();
  const third = centre.arrived();
  assert.deepEqual(third.map(exchange), [QUICK]);
  const firsts = centre.beginning(1, 10);
  centre.said();
  crowd.datagram(member.seal(ipv4(memberHost(0), HOST, IP_UDP, udp(7, 5000, new Uint8Array(100)))));
  centre.give([...firsts, ...third, ...centre.arrived()]);
  assert.equal(router.eventsOf("ipsec.sa", { state: "rekeyed" }).length, 1, "before the first messages are answered");
  assert.deepEqual(centre.said().filter((protocol) => protocol === IP_UDP), []);
  router.poll();
  assert.equal(landed, 1);
});
