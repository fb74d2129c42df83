/** Postern says why: each way in which a negotiation fails, and the sentences about it, to the letter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { checksum, ipv4, udp } from "../support/world/frame.ts";
import { P, concat } from "../support/second/ike_peer.ts";
import { Nat } from "../support/world/nat.ts";
import { Negotiation } from "../support/second/negotiation.ts";
import { DEFAULTS, Pair, configuration } from "../support/world/pair.ts";
import { Station } from "../support/world/station.ts";
import { World, type Router } from "../support/world/world.ts";

const small = { group: 2 };

/** The five lines about a peer, by their first words; times are left out. */
function lines(router: Router, peer = router.name === "alpha" ? "192.0.2.2" : "192.0.2.1"): Record<string, string> {
  const text = router.type(`show crypto isakmp diagnose ${peer}`);
  const shown = text.split("\n").slice(0, -1);
  assert.equal(shown.length, 5, text);
  return Object.fromEntries(
    shown.map((line) => {
      const [, name = "", rest = ""] = /^(Last attempt|Sent|Came back|Why|Likely):? (.*)$/.exec(line) ?? [];
      return [name, rest.replace(/,? the last (ISAKMP message )?\d+ seconds? ago/, "").replace(/ \d+ seconds? ago/, "")];
    }),
  );
}

/** The messages of a kind on a console. */
const said = (router: Router, tag: string) => router.output.split("\n").flatMap((line) => (line.includes(`%${tag}: `) ? [line.slice(line.indexOf(`%${tag}: `) + tag.length + 3)] : []));

function failing(options: ConstructorParameters<typeof Pair>[0], ms = 5000): Pair {
  const pair = new Pair({ ...options, both: { ...small, ...options?.both } });
  assert.equal(pair.ping(ms), false);
  return pair;
}

test("a tunnel that came up, and a peer that nobody has met", () => {
  const pair = new Pair({ both: small });
  assert.ok(pair.ping());
  assert.deepEqual(lines(pair.alpha), {
    "Last attempt": "with 192.0.2.2: phase 2, begun by this router, the tunnel is up",
    Sent: "2 messages from UDP port 500",
    "Came back": "1 ISAKMP message",
    Why: "nothing has failed",
    Likely: "no fault",
  });
  assert.match(pair.alpha.type("show crypto isakmp diagnose 192.0.2.77"), /^% Nothing is remembered of 192\.0\.2\.77: no negotiation with it was begun by either side\.\n/);
});

test("phase 1 proposals: each transform, the first attribute that differed, what is wanted, the policy that decides", () => {
  const extra = "crypto isakmp policy 20\n encryption aes 256\n hash md5\n group 2\ncrypto isakmp policy 30\n encryption 3des\n group 14\n";
  const pair = failing({ alpha: { extra }, beta: { encryption: "aes 256", extra: "crypto isakmp policy 5\n encryption aes 128\n hash sha512\n group 2\n" } });
  const why =
    "192.0.2.1 offered nothing for phase 1 that is configured here: proposal 1 transform 1: hash offered SHA-256, wanted SHA-512 (crypto isakmp policy 5); " +
    "proposal 1 transform 2: hash offered MD5, wanted SHA-256 (crypto isakmp policy 10); proposal 1 transform 3: encryption offered 3DES, wanted AES-128 (crypto isakmp policy 5)";
  assert.deepEqual(said(pair.beta, "CRYPTO-4-IKE_PROPOSAL"), [why]);
  assert.deepEqual(lines(pair.beta), {
    "Last attempt": "with 192.0.2.1: phase 1, begun by the peer, refused by this router",
    Sent: "0 messages",
    "Came back": "1 ISAKMP message",
    Why: why,
    Likely: "both sides need one 'crypto isakmp policy' in common",
  });
  assert.deepEqual(said(pair.alpha, "CRYPTO-4-IKE_NOTIFY"), ["192.0.2.2 answers NO-PROPOSAL-CHOSEN (14), unprotected: its isakmp policies differ from ours, or it has no key for us"]);
  // The peer gets the notify and nothing else: a header, and a payload of twelve octets.
  const answers = pair.isakmp().filter(({ direction }) => direction === 1);
  assert.ok(answers.length > 0);
  for (const { data } of answers) assert.equal(data.length, 40);
  pair.world.run(70_000);
  assert.equal(lines(pair.alpha).Why, "192.0.2.2 answers NO-PROPOSAL-CHOSEN (14), unprotected", "silence afterwards does not hide what was said");
});

test("phase 1 group, with every transform in debug output", () => {
  const pair = new Pair({ alpha: { group: 5 }, beta: { group: 2, extra: "crypto isakmp policy 20\n encryption aes 128\n group 1\n" } });
  pair.beta.type("debug crypto isakmp");
  assert.equal(pair.ping(3000), false);
  assert.match(pair.beta.output, /:proposal 1 transform 1: group offered group 5 \(MODP 1536\), wanted group 2 \(MODP 1024\) \(crypto isakmp policy 10\)\n/);
  assert.match(pair.beta.output, /:proposal 1 transform 1: group offered group 5 \(MODP 1536\), wanted group 1 \(MODP 768\) \(crypto isakmp policy 20\)\n/);
  // The second time it is no message to everybody any more, but debugging shows it.
  assert.match(pair.beta.output, /ISAKMP:\(0\):192\.0\.2\.1 offered nothing for phase 1 that is configured here: /);
});

test("phase 2 proposals: the transform set that decides, or set pfs", () => {
  const cipher = failing({ alpha: { esp: "esp-aes 128 esp-sha-hmac" }, beta: { esp: "esp-aes 256 esp-sha256-hmac" } });
  assert.equal(
    lines(cipher.beta).Why,
    "192.0.2.1 offered no transform that is configured for crypto map CM 10: proposal 1 transform 1: encryption offered ESP-AES-128, wanted ESP-AES-256 (crypto ipsec transform-set TS)",
  );
  assert.equal(lines(cipher.beta).Likely, "both sides need one transform set and the same PFS");
  assert.equal(lines(cipher.alpha).Why, "192.0.2.2 answers NO-PROPOSAL-CHOSEN (14), about crypto map CM 10");
  assert.equal(lines(cipher.alpha).Likely, "its transform sets or its PFS differ from ours");
  const pfs = failing({ alpha: { pfs: 2 }, beta: { pfs: 5 } });
  assert.deepEqual(said(pfs.beta, "CRYPTO-4-IPSEC_PROPOSAL"), [
    "192.0.2.1 offered no transform that is configured for crypto map CM 10: proposal 1 transform 1: PFS offered group 2 (MODP 1024), wanted group 5 (MODP 1536) (set pfs of crypto map CM 10)",
  ]);
});

test("selectors: both sides', and the entry", () => {
  const pair = failing({ beta: { selectors: [["10.1.0.0 0.0.0.255", "10.9.0.0 0.0.0.255"], ["10.4.0.0 0.0.0.255", "10.9.0.0 0.0.0.255"]] } });
  const why =
    "192.0.2.1 wants to protect 10.2.0.0/24 <-> 10.1.0.0/24 (here <-> there), but with it crypto map CM 10 permits by list VPN 10.9.0.0/24 <-> 10.1.0.0/24, 10.9.0.0/24 <-> 10.4.0.0/24";
  assert.deepEqual(said(pair.beta, "CRYPTO-4-IPSEC_SELECTORS"), [why]);
  assert.equal(lines(pair.beta).Why, why);
  assert.equal(lines(pair.beta).Likely, "the access lists (match address) must be mirror images of each other");
  assert.deepEqual(said(pair.alpha, "CRYPTO-4-IKE_NOTIFY"), ["192.0.2.2 answers INVALID-ID-INFORMATION (18), about crypto map CM 10: its access list is no mirror image of ours"]);
});

test("the failure of one flow stays to be read while another one's tunnel comes up", () => {
  const pair = new Pair({ both: small, alpha: { selectors: [["10.1.0.0 0.0.0.255", "10.2.0.0 0.0.0.255"], ["10.1.0.0 0.0.0.255", "10.3.0.0 0.0.0.255"]] } });
  pair.a.ping("10.3.0.10", 500);
  pair.world.run(2000);
  const before = lines(pair.alpha);
  assert.equal(before["Last attempt"], "with 192.0.2.2: phase 2, begun by this router, refused by the peer");
  assert.equal(before.Why, "192.0.2.2 answers INVALID-ID-INFORMATION (18), about crypto map CM 10");
  assert.ok(pair.ping());
  assert.equal(lines(pair.alpha).Why, before.Why);
});

test("no pre-shared key, on either side", () => {
  const there = failing({ beta: { extra: "no crypto isakmp key correct-horse-battery-staple address 192.0.2.1" } });
  const why = (peer: string) => `there is no pre-shared key for ${peer}: it needs a line 'crypto isakmp key ... address ${peer}'`;
  assert.deepEqual(said(there.beta, "CRYPTO-4-IKE_NO_KEY"), [why("192.0.2.1")]);
  assert.equal(lines(there.beta).Why, why("192.0.2.1"));
  assert.equal(lines(there.beta).Likely, "the key is missing, or the peer has another address than was thought");
  const here = failing({ alpha: { extra: "no crypto isakmp key correct-horse-battery-staple address 192.0.2.2" } });
  assert.deepEqual(lines(here.alpha), {
    "Last attempt": "with 192.0.2.2: phase 1, begun by this router, refused by this router",
    Sent: "0 messages",
    "Came back": "nothing at all",
    Why: why("192.0.2.2"),
    Likely: "the key is missing, or the peer has another address than was thought",
  });
});

test("pre-shared keys that differ: a message that is rubbish, and the notify about it", () => {
  const pair = failing({ beta: { psk: "another-key-altogether" } });
  assert.deepEqual(said(pair.beta, "CRYPTO-4-IKE_WRONG_KEY"), [
    "the authentication of 192.0.2.1 cannot be read: the pre-shared keys of both sides probably differ (crypto isakmp key ... address 192.0.2.1)",
  ]);
  assert.deepEqual(said(pair.alpha, "CRYPTO-4-IKE_WRONG_KEY"), [
    "our authentication was not accepted by 192.0.2.2 (PAYLOAD-MALFORMED): the pre-shared keys of both sides probably differ (crypto isakmp key ... address 192.0.2.2)",
  ]);
  assert.equal(lines(pair.alpha).Likely, "the pre-shared keys of both sides differ");
  assert.equal(lines(pair.alpha)["Last attempt"], "with 192.0.2.2: phase 1, begun by this router, refused by the peer");
  assert.equal(lines(pair.beta)["Last attempt"], "with 192.0.2.1: phase 1, begun by the peer, refused by this router");
});

/** A negotiation up to the peer's message 5, which `change` makes. */
function message5(seed: number, change: (n: Negotiation) => { type: number; body: Uint8Array }[], config?: string): Negotiation {
  const n = new Negotiation(seed, config);
  for (const step of n.initiate()) {
    if (step.name !== "main 5") {
      assert.ok(step.go(), step.name);
      continue;
    }
    n.inject(step.make(change(n)));
    break;
  }
  n.world.run(500);
  return n;
}

test("a HASH that is wrong although the keys decrypt", () => {
  const n = message5(21, ({ peer }) => [peer.ID(), { type: P.HASH, body: new Uint8Array(20) }]);
  const why = "192.0.2.2 did not prove who it is, its HASH is wrong: the pre-shared keys of both sides differ (crypto isakmp key ... address 192.0.2.2)";
  assert.deepEqual(said(n.router, "CRYPTO-4-IKE_AUTHENTICATION"), [why]);
  assert.equal(lines(n.router, "192.0.2.2").Why, why);
});

test("identities that differ from the configured ones: both are shown, the peer's octets escaped", () => {
  const named = (type: number, data: Uint8Array | number[]) => ({ peer }: Negotiation) => {
    const ID = { type: P.ID, body: concat([type, 0, 0, 0], data) };
    return [ID, { type: P.HASH, body: peer.HASH_I(ID.body) }];
  };
  const address = message5(22, named(1, [10, 9, 8, 7]));
  assert.equal(lines(address.router, "192.0.2.2").Why, "192.0.2.2 calls itself ID_IPV4_ADDR 10.9.8.7, but is known here as 192.0.2.2 (set peer)");
  const rubbish = message5(23, named(9, new TextEncoder().encode('x"\n%CRYPTO-1-FORGED: ')));
  assert.deepEqual(said(rubbish.router, "CRYPTO-4-IKE_IDENTITY"), ['192.0.2.2 calls itself ID_DER_ASN1_DN "x\\x22\\x0a%CRYPTO-1-FORGED:\\x20", which is no kind of identity that is taken here']);
  assert.equal(lines(rubbish.router, "192.0.2.2").Likely, "the peer's 'crypto isakmp identity', or the key that it is given here");
  const claims = new Pair({ both: small, alpha: { extra: "crypto isakmp key somebody-elses-key hostname mallory\n" }, beta: { extra: "crypto isakmp identity key-id mallory\n" } });
  assert.equal(claims.ping(3000, "b"), false);
  assert.equal(
    lines(claims.alpha).Why,
    '192.0.2.2 calls itself ID_KEY_ID "mallory", but that name\'s key (crypto isakmp key ... hostname) is not the one that it has shown (crypto isakmp key ... address 192.0.2.2)',
  );
});

test("a stranger: named, and kept among a few", () => {
  const n = new Negotiation(24);
  const message = (() => {
    const step = n.initiate().next().value!;
    return step.make(step.payloads);
  })();
  const from = (address: string) => n.station.datagram(ipv4(address, "192.0.2.1", 17, udp(500, 500, message), { id: 1 }));
  from("192.0.2.77");
  n.world.run(10);
  assert.deepEqual(said(n.router, "CRYPTO-4-IKE_UNKNOWN_PEER"), ["192.0.2.77 asked for a negotiation, but no crypto map in use has 'set peer 192.0.2.77'"]);
  assert.deepEqual(lines(n.router, "192.0.2.77"), {
    "Last attempt": "with 192.0.2.77: phase 1, begun by the peer, refused by this router",
    Sent: "0 messages",
    "Came back": "1 ISAKMP message",
    Why: "192.0.2.77 asked for a negotiation, but no crypto map in use has 'set peer 192.0.2.77'",
    Likely: "it has another address than configured (set peer; NAT?), or the crypto map is on no interface",
  });
  assert.equal(n.complete("initiate"), undefined);
  // A flood of strangers turns the few places over slowly, and never touches the peer's.
  for (let i = 0; i < 200; i++) from(`198.51.100.${i}`);
  n.world.run(10);
  assert.equal(lines(n.router, "192.0.2.2").Why, "nothing has failed");
  assert.equal(lines(n.router, "192.0.2.77").Likely.startsWith("it has another address"), true, "four a second at most");
  let known = 0;
  for (let i = 0; i < 200; i++) if (!/^% Nothing/.test(n.router.type(`show crypto isakmp diagnose 198.51.100.${i}`))) known++;
  assert.ok(known <= 4, `${known} strangers are remembered`);
});

/** alpha alone, its WAN port on a station that never speaks IKE. */
function silent(change: (config: string) => string = (c) => c, address = "192.0.2.2") {
  const world = new World(5);
  const alpha = world.router("alpha", { config: change(configuration(1, { ...DEFAULTS, ...small })) });
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  const station = new Station(address, "192.0.2.1");
  world.wire(a, alpha.port(0));
  world.wire(alpha.port(1), station);
  a.ping("10.2.0.10", 1);
  return { world, alpha, station };
}

const silence = "192.0.2.2 does not answer message 1 of Main Mode";

/** The lines about silence, after the station has sent `datagram`. */
function heardOnly(datagram?: (station: Station) => void): { came: string; likely: string; logged: string } {
  const { world, alpha, station } = silent();
  world.run(1500);
  datagram?.(station);
  world.run(70_000);
  const shown = lines(alpha);
  assert.equal(shown.Why, silence);
  assert.equal(shown.Sent, "9 messages from UDP port 500");
  assert.equal(shown["Last attempt"], "with 192.0.2.2: phase 1, begun by this router, not answered");
  return { came: shown["Came back"]!, likely: shown.Likely!, logged: said(alpha, "CRYPTO-4-IKE_NO_ANSWER")[0]! };
}

/** An ICMP error about alpha's message 1. */
function icmpError(from: string, type: number, code: number) {
  return (station: Station) => {
    const quoted = ipv4("192.0.2.1", "192.0.2.2", 17, udp(500, 500, new Uint8Array(0)));
    const message = concat([type, code, 0, 0, 0, 0, 0, 0], quoted);
    new DataView(message.buffer).setUint16(2, checksum(message));
    station.datagram(ipv4(from, "192.0.2.1", 1, message, { id: 7 }));
  };
}

test("silence: nothing at all", () => {
  const { came, likely, logged } = heardOnly();
  assert.equal(came, "nothing at all");
  assert.equal(likely, "a firewall that drops UDP port 500, a NAT that does not forward it, a wrong address (set peer), or a peer that is down");
  assert.equal(logged, `${silence}, sent 9 times in 64 seconds; came back: nothing at all; likely ${likely}`);
});

test("silence: ICMP says which kind, and who", () => {
  const expected: [type: number, code: number, from: string, name: string, likely: string][] = [
    [3, 3, "192.0.2.2", "port unreachable", "no IKE there: nothing listens on UDP port 500"],
    [3, 13, "192.0.2.9", "administratively prohibited", "a firewall: 192.0.2.9 forbids UDP port 500"],
    [3, 10, "192.0.2.9", "administratively prohibited", "a firewall: 192.0.2.9 forbids UDP port 500"],
    [3, 1, "192.0.2.9", "host unreachable", "routing: 192.0.2.9 does not reach it"],
    [3, 0, "192.0.2.9", "network unreachable", "routing: 192.0.2.9 does not reach it"],
    [11, 0, "192.0.2.9", "time exceeded", "routing: 192.0.2.9 does not reach it"],
  ];
  for (const [type, code, from, name, wanted] of expected) {
    const { came, likely } = heardOnly(icmpError(from, type, code));
    assert.equal(came, `ICMP ${name} from ${from}`);
    assert.equal(likely, wanted);
  }
});

test("silence: ICMP about anything but a message of ours to it is no sign", () => {
  /** From a stranger, about what `quoted` is made of. */
  const about = (quoted: Uint8Array, flip = 0) => (station: Station) => {
    const message = concat([3, 1, 0, 0, 0, 0, 0, 0], quoted);
    new DataView(message.buffer).setUint16(2, checksum(message) ^ flip);
    station.datagram(ipv4("192.0.2.9", "192.0.2.1", 1, message, { id: 7 }));
  };
  const message1 = (from = "192.0.2.1", to = "192.0.2.2", port = 500, protocol = 17) => ipv4(from, to, protocol, udp(port, 500, new Uint8Array(8)));
  const optioned = concat([0x46], message1().slice(1, 20), [1, 1, 1, 1], message1().slice(20));
  for (const quoted of [message1(), message1("192.0.2.1", "192.0.2.2", 4500), message1().slice(0, 24), optioned, optioned.slice(0, 28)]) {
    assert.equal(heardOnly(about(quoted)).came, "ICMP host unreachable from 192.0.2.9");
  }
  const others: Record<string, Uint8Array> = {
    "another's message": message1("192.0.2.77"),
    "to another peer": message1("192.0.2.1", "198.51.100.9"),
    "another port": message1("192.0.2.1", "192.0.2.2", 501),
    "a port between": message1("192.0.2.1", "192.0.2.2", 4501),
    "not UDP": message1("192.0.2.1", "192.0.2.2", 500, 6),
    "cut before the ports' end": message1().slice(0, 23),
    "cut before the ports' end, with options": optioned.slice(0, 27),
    "a header too short": concat([0x44], message1().slice(1)),
    nothing: new Uint8Array(),
  };
  for (const [what, quoted] of Object.entries(others)) assert.equal(heardOnly(about(quoted)).came, "nothing at all", what);
  assert.equal(heardOnly(about(message1(), 1)).came, "nothing at all", "a wrong checksum");
});

test("silence: other signs of life", () => {
  const alive = "a firewall that drops UDP port 500, or no IKE there: the address itself is alive";
  const esp = heardOnly((s) => s.datagram(ipv4("192.0.2.2", "192.0.2.1", 50, new Uint8Array(64).fill(7))));
  assert.deepEqual([esp.came, esp.likely], ["ESP that no SA is for", alive]);
  const tcp = heardOnly((s) => s.datagram(ipv4("192.0.2.2", "192.0.2.1", 6, new Uint8Array(20))));
  assert.deepEqual([tcp.came, tcp.likely], ["other packets", alive]);
  const port = heardOnly((s) => s.udp(500, 1500, new Uint8Array(40)));
  assert.deepEqual([port.came, port.likely], ["UDP from port 500 to port 1500", "a wrong port: it, or a NAT before it, does not use UDP port 500"]);
});

test("silence: no ARP answer, no route", () => {
  const gone = silent((c) => c, "192.0.2.99");
  gone.world.run(70_000);
  assert.equal(lines(gone.alpha)["Came back"], "nothing at all, and its next hop 192.0.2.2 does not answer ARP");
  assert.equal(lines(gone.alpha).Likely, "the link: 192.0.2.2 is not there (show ip arp, ip route)");
  const lost = silent((c) => c.replaceAll("192.0.2.2\n", "198.51.100.9\n").replace("ip route 0.0.0.0 0.0.0.0 198.51.100.9", "ip route 10.2.0.0 255.255.255.0 Ethernet1"));
  lost.world.run(70_000);
  assert.deepEqual(lines(lost.alpha, "198.51.100.9"), {
    "Last attempt": "with 198.51.100.9: phase 1, begun by this router, not answered",
    Sent: "9 messages from UDP port 500",
    "Came back": "nothing at all, and there is no route to it",
    Why: "198.51.100.9 does not answer message 1 of Main Mode",
    Likely: "routing: this router has no route to it (ip route)",
  });
});

test("silence: UDP 500 passes and UDP 4500 does not", () => {
  const world = new World(3);
  const alpha = world.router("alpha", {
    config: configuration(1, { ...DEFAULTS, ...small }).replace("192.0.2.1 255.255.255.0", "198.51.100.1 255.255.255.0").replace("0.0.0.0 0.0.0.0 192.0.2.2", "0.0.0.0 0.0.0.0 198.51.100.254"),
  });
  const beta = world.router("beta", {
    config: configuration(2, { ...DEFAULTS, ...small }).replace("set peer 192.0.2.1", "set peer 192.0.2.254").replace("address 192.0.2.1\n", "address 192.0.2.254\n").replace("0.0.0.0 0.0.0.0 192.0.2.1", "0.0.0.0 0.0.0.0 192.0.2.254"),
  });
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  const nat = new Nat("198.51.100.1", "198.51.100.254", "192.0.2.254", "192.0.2.2");
  world.wire(a, alpha.port(0));
  world.wire(alpha.port(1), nat.inside, { fault: (frame) => (frame[23] === 17 && ((frame[36]! << 8) | frame[37]!) === 4500 ? undefined : [{ frame }]) });
  world.wire(nat.outside, beta.port(1));
  a.ping("10.2.0.10", 1);
  world.run(80_000);
  assert.deepEqual(said(alpha, "CRYPTO-4-IKE_NO_ANSWER"), [
    "192.0.2.2 does not answer message 5 of Main Mode, sent 9 times in 64 seconds; came back: 2 ISAKMP messages; likely a firewall or a NAT: UDP port 500 passes, UDP port 4500 does not",
  ]);
  assert.deepEqual(said(beta, "CRYPTO-4-IKE_STOPPED"), ["192.0.2.254 began, and has not gone on after our message 4 of phase 1; likely UDP port 4500 does not pass (firewall, NAT), or it refuses our answer"]);
});

test("silence: a peer that begins, and whom our answers do not reach", () => {
  const pair = failing({ fault: (frame, _, direction) => (direction === 1 && frame[12] === 8 && frame[13] === 0 ? undefined : [{ frame }]) }, 90_000);
  assert.equal(lines(pair.beta).Why, "192.0.2.1 began, and has not gone on after our message 2 of phase 1");
  assert.equal(lines(pair.beta).Likely, "our answers do not reach it (routing, firewall, NAT), or it refuses them");
});

test("a peer's notify: its name and what it usually means", () => {
  const meanings: [notify: number, name: string, means: string][] = [
    [5, "INVALID-MAJOR-VERSION", "it speaks another version (IKEv2?) than IKEv1"],
    [7, "INVALID-EXCHANGE-TYPE", "it does not take this mode of phase 1"],
    [18, "INVALID-ID-INFORMATION", "it does not accept our identity (crypto isakmp identity)"],
    [17, "INVALID-KEY-INFORMATION", "it wants another group, or PFS where we have none"],
    [13, "ATTRIBUTES-NOT-SUPPORTED", "it does not know what we propose: offer it less"],
    [4, "INVALID-COOKIE", "it has forgotten this phase 1: it was restarted"],
    [8000, "unknown notify", "nothing that is known here: its log says more"],
  ];
  for (const [type, name, means] of meanings) {
    const { world, alpha, station } = silent();
    world.run(500);
    const message1 = station.inbox.find((d) => d.srcPort === 500)!.data;
    const notify = concat([0, 0, 0, 12, 0, 0, 0, 1, 1, 0], [type >> 8, type & 255]);
    station.udp(500, 500, concat(message1.subarray(0, 8), new Uint8Array(8), [11, 0x10, 5, 0, 0, 0, 0, 0, 0, 0, 0, 40], notify));
    world.run(500);
    assert.deepEqual(said(alpha, "CRYPTO-4-IKE_NOTIFY"), [`192.0.2.2 answers ${name} (${type}), unprotected: ${means}`]);
    assert.equal(lines(alpha).Likely, means);
  }
});

test("a peer that speaks another version, and one whose messages are malformed", () => {
  const { world, alpha, station } = silent();
  world.run(500);
  const message1 = station.inbox.find((d) => d.srcPort === 500)!.data;
  const newer = message1.slice();
  newer[17] = 0x20;
  station.udp(500, 500, newer);
  world.run(500);
  assert.deepEqual(said(alpha, "CRYPTO-4-IKE_VERSION"), ["192.0.2.2 speaks IKEv2, this router IKEv1"]);
  assert.equal(lines(alpha).Likely, "the peer has to be set to IKEv1");
  const other = silent();
  other.world.run(500);
  const answer = concat(other.station.inbox.find((d) => d.srcPort === 500)!.data.subarray(0, 8), new Uint8Array(8).fill(9), [1, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 40], [0, 0, 0, 200], new Uint8Array(8));
  other.station.udp(500, 500, answer);
  other.world.run(100);
  assert.equal(lines(other.alpha).Why, "a message of 192.0.2.2 was dropped: malformed ISAKMP payload");
  assert.equal(lines(other.alpha).Likely, "a fault of the peer's, or damage on the way (show counters)");
});

test("Aggressive Mode: not allowed, a name that nobody knows, a key that differs, a profile that is not there", () => {
  const profile = (match: string, self: string, key = "a-long-key-of-this-profile", mode = "aggressive") =>
    `crypto isakmp profile P\n match identity host ${match}\n self-identity fqdn ${self}\n pre-shared-key ${key}\n mode ${mode}\ncrypto map CM 10 ipsec-isakmp\n set isakmp-profile P\n`;
  const between = (alpha: string, beta: string, ms = 5000) => failing({ alpha: { extra: alpha }, beta: { extra: beta } }, ms);
  const off = between(profile("b", "a"), profile("a", "b", undefined, "main"));
  assert.equal(lines(off.beta).Why, "192.0.2.1 asks for Aggressive Mode, which no 'crypto isakmp profile' with 'mode aggressive' allows");
  assert.equal(lines(off.beta).Likely, "no profile has its name (match identity), or that profile lacks 'mode aggressive'");
  assert.equal(lines(off.alpha).Why, "192.0.2.2 answers INVALID-EXCHANGE-TYPE (7), unprotected");
  const unknown = between(profile("b", "a"), profile("c", "b"), 90_000);
  assert.equal(lines(unknown.beta).Why, `192.0.2.1 asks for Aggressive Mode as ID_FQDN "a", which no 'crypto isakmp profile' with 'mode aggressive' matches: it gets no answer`);
  assert.equal(lines(unknown.alpha).Why, "192.0.2.2 does not answer message 1 of Aggressive Mode");
  assert.match(lines(unknown.alpha).Likely!, /^it has no profile for our name, or a firewall that drops UDP port 500, /);
  const key = between(profile("b", "a"), profile("a", "b", "another-key-of-this-profile"));
  assert.match(lines(key.alpha).Why!, /^192\.0\.2\.2 did not prove who it is, its HASH is wrong: the pre-shared keys of both sides differ/);
  assert.equal(lines(key.alpha).Likely, "the pre-shared keys of both sides differ");
  const name = between(profile("b", "a"), profile("a", "x"));
  assert.equal(lines(name.alpha).Why, '192.0.2.2 calls itself ID_FQDN "x", which its isakmp profile does not match (match identity)');
  const gone = between("crypto map CM 10 ipsec-isakmp\n set isakmp-profile NOWHERE\n", "");
  assert.equal(lines(gone.alpha).Why, "crypto map CM 10 has 'set isakmp-profile NOWHERE', but there is no 'crypto isakmp profile NOWHERE'");
  assert.equal(lines(gone.alpha).Likely, "a name that is misspelt (set isakmp-profile, crypto isakmp profile)");
});
