/**
 * Whoever has proved nothing costs a bounded slice of time and room: an honest new peer, in Main or Aggressive Mode, is in within
 * five seconds, and what is up loses no packet, whatever strangers send (docs/DESIGN.md, "Floods"). They stand off the path; those with
 * addresses of their own receive what is sent to them, and answer it with rubbish.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { P, chain, concat, tlv, tv, u16, u32 } from "../support/second/ike_peer.ts";
import { ip, ipText, ipv4, udp } from "../support/world/frame.ts";
import { Hub } from "../support/world/hub.ts";

const WITHIN = 5000;
const FIRST = ip("203.0.113.1");
const MORE = `
crypto isakmp profile B3
 match identity host branch3
 pre-shared-key a-long-random-key-of-b3
 mode aggressive
crypto dynamic-map ANY 10
 set transform-set TS
crypto dynamic-map ANY 20
 set transform-set TS
 set isakmp-profile B3
crypto map CM 900 ipsec-isakmp dynamic ANY`;
/** Branch 3 in Aggressive Mode. */
const AGGRESSIVE = `
crypto isakmp profile HUB
 match identity address 192.0.2.1
 self-identity fqdn branch3
 pre-shared-key a-long-random-key-of-b3
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile HUB
`;

interface Attack {
  /** First messages a second, and from how many addresses; 0: each from another one that is not the attacker's. */
  rate: number;
  addresses: number;
  /** In Aggressive Mode, as branch3. */
  aggressive?: boolean | "both";
  /** The last message of an attacker's: 1, 3 (rubbish KE), 5 (a proof that is none). */
  upTo: 1 | 3 | 5;
  /** How often each message is sent. */
  times?: number;
  /** All from this address. */
  forging?: string;
}

const attributes = [...tv(1, 7), ...tv(14, 128), ...tv(2, 4), ...tv(3, 1), ...tv(4, 2), ...tv(11, 1), ...tlv(12, 86400)];
const transform = concat([0, 0], u16(8 + attributes.length), [1, 1, 0, 0], attributes);
const SA = concat(u32(1), u32(1), [0, 0], u16(8 + transform.length), [1, 1, 0, 1], transform);

/** Runs the attack for three seconds, then with an honest peer until that is up; how long that took. */
function attacked(attack: Attack, honest: "main" | "aggressive", limit = WITHIN) {
  const hub = new Hub([2, 3], { more: MORE });
  const { random } = hub.world;
  const beta = hub.branch(2);
  assert.ok(beta.ping());
  const carry = hub.internet.carry.bind(hub.internet);
  let sent = 0;
  const send = (from: number, message: Uint8Array) => {
    for (let k = 0; k < (attack.times ?? 1); k++)
      hub.world.at(hub.world.now + 1000 * k, () => carry(ipv4(ipText(from), "192.0.2.1", 17, udp(500, 500, message), { id: sent++ & 0xffff })));
  };
  const bytes = (n: number) => random.fill(new Uint8Array(n));
  const KE = () => { const value = bytes(128); value[0] = 1; return { type: P.KE, body: value }; };
  const plain = (type: number, ckyI: Uint8Array, ckyR: Uint8Array, payloads: { type: number; body: Uint8Array }[]) => {
    const body = chain(payloads);
    return concat(ckyI, ckyR, [payloads[0]!.type, 0x10, type, 0], u32(0), u32(28 + body.length), body);
  };
  const rubbish = (type: number, ckyI: Uint8Array, ckyR: Uint8Array) => concat(ckyI, ckyR, [P.ID, 0x10, type, 1], u32(0), u32(28 + 64), bytes(64));
  const mine = (address: number) => attack.addresses > 0 && address >= FIRST && address < FIRST + attack.addresses;
  hub.internet.carry = (d) => {
    const to = new DataView(d.buffer, d.byteOffset).getUint32(16);
    if (!mine(to)) return carry(d);
    const m = d.slice(28);
    const ckyI = m.slice(0, 8), ckyR = m.slice(8, 16), type = m[18]!;
    if (type === 2 && m[16] === P.SA && attack.upTo > 1) send(to, plain(2, ckyI, ckyR, [KE(), { type: P.NONCE, body: bytes(16) }]));
    else if ((type === 2 && m[16] === P.KE) || (type === 4 && m[16] === P.SA)) if (attack.upTo > 3) send(to, rubbish(type, ckyI, ckyR));
  };
  let begun = 0;
  const first = () => {
    const from = attack.forging ? ip(attack.forging) : attack.addresses ? FIRST + (begun % attack.addresses) : (random.u32() & 0x3fffffff | 0x04000000) >>> 0;
    const aggressive = attack.aggressive === "both" ? begun % 2 === 1 : attack.aggressive;
    begun++;
    const id = { type: P.ID, body: concat([2, 0, 0, 0], new TextEncoder().encode("branch3")) };
    send(from, aggressive ? plain(4, bytes(8), new Uint8Array(8), [{ type: P.SA, body: SA }, KE(), { type: P.NONCE, body: bytes(16) }, id]) : plain(2, bytes(8), new Uint8Array(8), [{ type: P.SA, body: SA }]));
  };
  const powers = () => Number(/modular exponentiations\s+(\d+)/.exec(hub.router.type("show crypto isakmp stats"))![1]);
  const before = powers();
  const pings: number[] = [];
  hub.host.replies.clear();
  let gamma: ReturnType<Hub["branch"]> | undefined;
  let up = -1;
  let due = 0;
  for (let ms = 0; ms < 3000 + limit && up < 0; ms += 10) {
    // The first eight come at once: they take what is free.
    for (due += ms ? attack.rate / 100 : 8; due >= 1; due--) first();
    if (ms % 100 === 0) pings.push(beta.send("hub"));
    if (ms >= 3000 && !gamma) gamma = hub.branch(3, honest === "aggressive" ? { extra: AGGRESSIVE } : {});
    if (gamma && ms % 1000 === 0) gamma.send();
    hub.world.run(10);
    if (gamma?.router.eventsOf("ipsec.sa", { state: "up" }).length) up = ms - 3000 + 10;
  }
  const seconds = 3 + (up < 0 ? limit : up) / 1000;
  const spent = powers() - before;
  hub.world.run(200);
  return { hub, up, lost: pings.filter((n) => !hub.host.replies.has(n)).length, powers: spent, seconds };
}

const kinds: [string, Attack][] = [
  ["eight first messages a minute", { rate: 8 / 60, addresses: 0, upTo: 1 }],
  ["100 first messages a second from anywhere", { rate: 100, addresses: 0, upTo: 1 }],
  ["four addresses, rubbish KE", { rate: 16, addresses: 4, upTo: 3 }],
  ["four addresses, rubbish KE, each message three times", { rate: 16, addresses: 4, upTo: 3, times: 3 }],
  ["one address, a proof that is none, 100 a second", { rate: 100, addresses: 1, upTo: 5 }],
  ["four addresses, a proof that is none", { rate: 16, addresses: 4, upTo: 5 }],
  ["100 addresses, a proof that is none, 200 a second", { rate: 200, addresses: 100, upTo: 5 }],
  ["1000 addresses, a proof that is none, 1000 a second", { rate: 1000, addresses: 1000, upTo: 5 }],
  ["1000 addresses, rubbish KE, 4000 a second", { rate: 4000, addresses: 1000, upTo: 3 }],
  ["Aggressive Mode: eight first messages a minute", { rate: 8 / 60, addresses: 0, upTo: 1, aggressive: true }],
  ["Aggressive Mode: eight a second from anywhere", { rate: 8, addresses: 0, upTo: 1, aggressive: true }],
  ["Aggressive Mode: 100 a second from anywhere", { rate: 100, addresses: 0, upTo: 1, aggressive: true }],
  ["Aggressive Mode: 1000 a second from anywhere", { rate: 1000, addresses: 0, upTo: 1, aggressive: true }],
  ["Aggressive Mode: four a second from anywhere, each three times", { rate: 4, addresses: 0, upTo: 1, aggressive: true, times: 3 }],
  ["Aggressive Mode: four addresses, a proof that is none", { rate: 16, addresses: 4, upTo: 5, aggressive: true }],
  ["Aggressive Mode: 100 addresses, a proof that is none, 100 a second", { rate: 100, addresses: 100, upTo: 5, aggressive: true }],
  ["both modes: four addresses, a proof that is none, each message three times", { rate: 32, addresses: 4, upTo: 5, aggressive: "both", times: 3 }],
  ["both modes from the peer's own address, ten a second", { rate: 10, addresses: 0, upTo: 1, aggressive: "both", forging: "198.51.100.3" }],
];

for (const [name, attack] of kinds)
  for (const honest of ["main", "aggressive"] as const)
    test(`${name}; an honest new peer in ${honest === "main" ? "Main" : "Aggressive"} Mode`, (t) => {
      const { hub, up, lost, powers, seconds } = attacked(attack, honest);
      t.diagnostic(`up after ${up} ms; ${powers} powers in ${seconds.toFixed(1)} s`);
      assert.ok(up >= 0, `not up after ${WITHIN} ms: ${hub.router.type("show crypto isakmp stats")}`);
      assert.equal(lost, 0, "pings through the tunnel that is up");
      // The budget, what was computed before the load was seen, and the honest peer's own.
      assert.ok(powers <= 16 + 4 + 11 * seconds + 20, `${powers} powers in ${seconds} s`);
    });
