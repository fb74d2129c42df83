/**
 * Packets that come together are worked on together (assembly/ipsec/burst.ts): whatever their number and their SAs, what leaves is
 * what would have left one by one, in the same order, and nothing leaves before it is sealed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ETHERNET_HEADER, ETHERNET_IPV4, IP_ESP, echo, ethernet, ipv4 } from "../support/world/frame.ts";
import { Pair, type PairOptions } from "../support/world/pair.ts";
import type { Router } from "../support/world/world.ts";

const WAN = 1;
const LAN = 0;

/** A pair whose tunnel is up, and both of whose stations are known. */
function up(options: PairOptions = {}): Pair {
  const pair = new Pair(options);
  assert.ok(pair.ping());
  assert.ok(pair.ping(1000, "b"));
  pair.world.run(200);
  pair.a.received.length = pair.b.received.length = 0;
  return pair;
}

const protocol = (frame: Uint8Array): number => (frame[12] === 8 && frame[13] === 0 ? frame[ETHERNET_HEADER + 9]! : 0);
const number = (esp: Uint8Array): number => new DataView(esp.buffer, esp.byteOffset).getUint32(ETHERNET_HEADER + 24);

/** The MAC of alpha's LAN interface, as it told of itself. */
const gatewayOf = (pair: Pair): string => pair.a.neighbours.get("10.1.0.1")!;

/** What a station sends to the other's: an echo request of `size` octets with a content of its own. */
function request(pair: Pair, sequence: number, size: number, df = false): Uint8Array {
  const data = Uint8Array.from({ length: size }, (_, i) => (i * 7 + sequence) & 255);
  return ethernet(gatewayOf(pair), pair.a.mac, ETHERNET_IPV4, ipv4("10.1.0.10", "10.2.0.10", 1, echo(8, 77, sequence, data), { id: sequence, df }));
}

/** The frames that a router sends by a port while `act` runs. */
function sent(router: Router, port: number, act: () => void): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const end = router.port(port);
  const send = end.send;
  end.send = (frame) => void frames.push(frame.slice());
  try {
    act();
  } finally {
    end.send = send;
  }
  return frames;
}

const echoOf = (frame: Uint8Array): string => Buffer.from(frame.subarray(ETHERNET_HEADER + 20)).toString("hex");

const suites = ["esp-aes 128 esp-sha-hmac", "esp-aes 256 esp-sha256-hmac", "esp-aes 192 esp-sha256-hmac\n esn", "esp-3des esp-sha-hmac", "esp-aes-ctr 128 esp-sha256-hmac", "esp-aes esp-sha512-hmac", "esp-gcm 128",
  "esp-camellia 128 esp-sha-hmac", "esp-ccm 192 icv 12", "esp-gmac 128\n esn", "esp-chacha20-poly1305"];

for (const esp of suites)
  test(`${esp.replace("\n", "")}: one to nine together, out and in`, () => {
    const pair = up({ both: { esp } });
    for (let count = 1, next = 1000; count <= 9; count++, next += 16) {
      const requests = Array.from({ length: count }, (_, i) => request(pair, next + i, [56, 1300, 0, 700, 1, 1301, 64, 63, 200][i]!));
      const esps = sent(pair.alpha, WAN, () => pair.alpha.burst(requests.map((frame) => ({ port: LAN, frame }))));
      assert.deepEqual(esps.map(protocol), requests.map(() => IP_ESP));
      assert.deepEqual(esps.map((frame) => number(frame) - number(esps[0]!)), requests.map((_, i) => i));
      const inner = sent(pair.beta, LAN, () => pair.beta.burst(esps.map((frame) => ({ port: WAN, frame }))));
      assert.deepEqual(inner.map(echoOf), requests.map(echoOf));
    }
  });

test("packets of two hashes and two tunnels in turn", () => {
  const extra = (other: number): string => `crypto ipsec transform-set OTHER esp-aes esp-sha-hmac
ip access-list extended SECOND
 permit ip ${other === 2 ? "10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255" : "10.3.0.0 0.0.0.255 10.1.0.0 0.0.0.255"}
crypto map CM 20 ipsec-isakmp
 set peer 192.0.2.${other}
 set transform-set OTHER
 match address SECOND`;
  const pair = up({ alpha: { extra: extra(2) }, beta: { extra: `${extra(1)}\nip route 10.3.0.0 255.255.255.0 10.2.0.10` } });
  const to = (sequence: number, dst: string): Uint8Array =>
    ethernet(gatewayOf(pair), pair.a.mac, ETHERNET_IPV4, ipv4("10.1.0.10", dst, 1, echo(8, 77, sequence, new Uint8Array(100).fill(sequence)), { id: sequence }));
  pair.alpha.frame(LAN, to(1, "10.3.0.10"));
  pair.world.run(1000);
  assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" }).length, 2);
  const requests = Array.from({ length: 10 }, (_, i) => to(10 + i, i % 3 === 0 ? "10.3.0.10" : "10.2.0.10"));
  const esps = sent(pair.alpha, WAN, () => pair.alpha.burst(requests.map((frame) => ({ port: LAN, frame }))));
  assert.equal(esps.length, 10);
  const inner = sent(pair.beta, LAN, () => pair.beta.burst(esps.map((frame) => ({ port: WAN, frame }))));
  assert.deepEqual(inner.map(echoOf), requests.map(echoOf));
});

test("one that comes twice in a burst is opened once; a forged one is none", () => {
  const pair = up();
  const esps = sent(pair.alpha, WAN, () => pair.alpha.burst([1, 2, 3].map((i) => ({ port: LAN, frame: request(pair, i, 60) }))));
  const forged = esps[1]!.slice();
  forged[forged.length - 1]! ^= 1;
  const before = pair.beta.counters();
  const inner = sent(pair.beta, LAN, () => pair.beta.burst([esps[0]!, forged, esps[0]!, esps[2]!, esps[1]!, esps[1]!].map((frame) => ({ port: WAN, frame }))));
  assert.deepEqual(inner.map((frame) => frame[ETHERNET_HEADER + 27]), [1, 3, 2]);
  const after = pair.beta.counters();
  const grown = [...after].filter(([name, count]) => name !== "" && count !== (before.get(name) ?? 0)).map(([name]) => name);
  assert.equal(grown.filter((name) => /replay|ICV|authenticat/i.test(name)).length, 2, grown.join(", "));
});

test("what came before a Delete is opened, what comes after it is not", () => {
  const pair = up();
  const esps = sent(pair.alpha, WAN, () => pair.alpha.burst([1, 2, 3].map((i) => ({ port: LAN, frame: request(pair, i, 60) }))));
  const messages = sent(pair.alpha, WAN, () => pair.alpha.type("clear crypto sa")).filter((frame) => protocol(frame) === 17);
  assert.ok(messages.length > 0);
  const frames = [esps[0]!, esps[1]!, ...messages, esps[2]!];
  const inner = sent(pair.beta, LAN, () => pair.beta.burst(frames.map((frame) => ({ port: WAN, frame }))));
  assert.deepEqual(inner.map((frame) => frame[ETHERNET_HEADER + 27]), [1, 2]);
});

test("one whose SA goes before it is sealed never leaves", () => {
  const pair = up();
  const frames = sent(pair.alpha, WAN, () => {
    pair.alpha.give(LAN, request(pair, 1, 60));
    pair.alpha.give(LAN, request(pair, 2, 60));
    // console_in comes between on_frame and poll: the host may do so.
    pair.alpha.type("clear crypto sa");
  });
  assert.deepEqual(frames.filter((frame) => protocol(frame) === IP_ESP), []);
  const seen = Buffer.concat(frames).toString("latin1");
  for (const sequence of [1, 2]) {
    const plain = Buffer.from(request(pair, sequence, 60).subarray(ETHERNET_HEADER + 28)).toString("latin1");
    assert.ok(!seen.includes(plain.slice(0, 24)), `the content of ${sequence} is on the wire`);
  }
  assert.ok(pair.ping());
});

test("what waits for ARP, and what is cut, is sealed first", () => {
  const pair = up({ both: { extra: "interface Ethernet1\n crypto ipsec df-bit clear\n mtu 600" } });
  const big = [1, 2, 3].map((i) => request(pair, i, 900, true));
  const pieces = sent(pair.alpha, WAN, () => pair.alpha.burst(big.map((frame) => ({ port: LAN, frame }))));
  assert.ok(pieces.length > 3 && pieces.every((frame) => protocol(frame) === IP_ESP));
  const wire = Buffer.concat(pieces).toString("latin1");
  for (const frame of big) assert.ok(!wire.includes(Buffer.from(frame.subarray(ETHERNET_HEADER + 28, ETHERNET_HEADER + 52)).toString("latin1")));
  const inner = sent(pair.beta, LAN, () => pair.beta.burst(pieces.map((frame) => ({ port: WAN, frame }))));
  const whole = inner.filter((frame) => protocol(frame) === 1);
  assert.deepEqual(whole.map(echoOf), big.map(echoOf));
  pair.alpha.type("clear arp");
  const asked = sent(pair.alpha, WAN, () => pair.alpha.burst([4, 5].map((i) => ({ port: LAN, frame: request(pair, i, 60) }))));
  assert.deepEqual(asked.map(protocol), [0], "an ARP request alone");
});

test("many frames behind one that waits to be sealed take no buffers from those that come", () => {
  const pair = up();
  const plain = (sequence: number): Uint8Array =>
    ethernet(gatewayOf(pair), pair.a.mac, ETHERNET_IPV4, ipv4("10.1.0.10", "198.51.100.1", 17, new Uint8Array(100), { id: sequence }));
  const frames = [request(pair, 1, 60), ...Array.from({ length: 300 }, (_, i) => plain(i)), request(pair, 2, 60)];
  const out = sent(pair.alpha, WAN, () => pair.alpha.burst(frames.map((frame) => ({ port: LAN, frame }))));
  assert.deepEqual(out.map(protocol), [IP_ESP, ...new Array(300).fill(17), IP_ESP]);
});
