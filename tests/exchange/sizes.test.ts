/** Profiles of size (assembly/limits/): every number may be another one, and nothing but the profile says how many there are of anything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "../../host/node/contract.ts";
import { buildSized } from "../../tools/build/build.mjs";
import { commonSource, numbersOf, profiles, sourceOf, STANDARD } from "../../tools/build/limits.mjs";
import { Pair } from "../support/world/pair.ts";

const board = numbersOf(sourceOf(STANDARD));

/** What has to be a power of two. */
const powers = new Set(["FLOWS", "ARP_BUCKETS", "REPLAY_WINDOW_MAX", "LOG_BUFFER", "LOG_QUEUE"]);
/** Of assembly/limits.ts: what a protocol, the host or the layout of a buffer says stays, the others are odd. */
const fixed = new Set(["FRAME_MAX", "MTU_MAX", "MTU_MIN", "CONSOLE_BUFFER", "PING_SIZE_MIN", "PING_SIZE_MAX", "ICMP_ERROR_MAX", "REPLAY_WINDOW_DEFAULT", "OFFER_MAX", "OFFERS_SHORT", "OFFERS_LONG"]);
const strides = new Set(["PACKET_STRIDE", "LARGE_PACKET_STRIDE"]);

const odd = (n: number): number => n + (n % 2 ? 2 : 1);

test("all profiles have the same names, and every number is one of some profile", () => {
  for (const profile of profiles()) {
    assert.deepEqual(Object.keys(numbersOf(sourceOf(profile))).sort(), Object.keys(board).sort(), profile);
    assert.match(sourceOf(profile), new RegExp(`^export const PROFILE: string = "${profile}";$`, "m"));
  }
  assert.ok(profiles().includes("board") && profiles().includes("branch") && profiles().includes("hub"));
});

test("what the numbers owe each other is checked by the compiler", async () => {
  await assert.rejects(buildSized("postern.test.bad", { FLOWS: 100 }), /FLOWS is to be a power of two/);
  await assert.rejects(buildSized("postern.test.bad", { TUNNELS: 128 }), /SAS leaves no room for a renewal beside all TUNNELS/);
});

test("with every number another one, odd where it may be, two routers negotiate, renew and carry packets", async () => {
  const changes = Object.fromEntries(Object.entries(board).map(([name, n]) => [name, powers.has(name) ? n / 2 : odd(n)]));
  const common = numbersOf(commonSource());
  const others = Object.fromEntries(Object.entries(common).filter(([name]) => !fixed.has(name)).map(([name, n]) => [name, strides.has(name) ? n + 64 : odd(n)]));
  const module = loadModule(await buildSized("postern.test.odd", changes, { others }));
  const pair = new Pair({ both: { ipsecLifetime: 300, ikeLifetime: 600, group: 2 }, alphaOptions: { module } });
  assert.ok(pair.ping());
  assert.ok(pair.ping(2000, "b"));
  assert.deepEqual(pair.pings(700_000, 500).lost, 0);
  assert.ok(pair.alpha.eventsOf("ipsec.sa", { state: "rekeyed" }).length >= 2);
  assert.equal(pair.spis(pair.alpha).length, 1);
  const shown = pair.alpha.type("show memory");
  for (const [pool, name] of [["policies", "POLICIES"], ["security associations", "SAS"], ["isakmp sas", "ISAKMP_SAS"], ["routes", "ROUTES"], ["isakmp keys", "ISAKMP_KEYS"], ["ARP entries", "ARP_ENTRIES"]] as const)
    assert.match(shown, new RegExp(`^${pool} +\\d+ +\\d+ +${changes[name]} `, "m"), shown);
  assert.match(pair.alpha.type("show version"), new RegExp(`^Profile board: room for ${changes.TUNNELS} tunnels$`, "m"));
  // All ports, and as many routes as there are: slots beyond an octet's among them.
  const said = pair.alpha.configure(Array.from({ length: changes.ROUTES! + 3 }, (_, n) => `ip route 172.${16 + (n >> 8)}.${n & 255}.0 255.255.255.0 Null0`).join("\n"));
  assert.equal(said.match(/^% /gm)?.length, 4, "those beyond are refused line by line, each by itself");
  assert.ok(pair.ping());
});
