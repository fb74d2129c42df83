// Constant time of a whole gateway that is asked by RSA encryption: from a third message to the fifth, which is refused, it takes one path over one set of
// addresses, whatever was wrong with the nonce or the identity (tests/exchange/oracle.test.ts looks at the same from outside).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Endpoint } from "../support/world/endpoint.ts";
import { Station } from "../support/world/station.ts";
import { World } from "../support/world/world.ts";
import { EncryptedNegotiation } from "../support/second/encrypted_negotiation.ts";
import { concat } from "../support/second/ike_peer.ts";
import { CONFIG, SUITE } from "../support/second/negotiation.ts";
import { kinds, type Kind } from "../support/second/oracle_kinds.ts";
import { keyOf, rawKey } from "../support/second/signed_negotiation.ts";
import { Trace, instrument } from "./instrument.ts";

const { binary, sites } = instrument(readFileSync(fileURLToPath(new URL("../../build/postern.wasm", import.meta.url))));
const trace = new Trace(sites);
const module = new WebAssembly.Module(binary as BufferSource);
const OURS = keyOf("fields gate", 1024), THEIRS = keyOf("fields moon", 1024);

/** What the gateway does with an attempt, folded; by name: the peer's key is found by what it calls itself. */
function attempt(kind: Kind, revised: boolean, byName: boolean): Int32Array {
  const config = CONFIG.replace("authentication pre-share", `authentication rsa-encr${revised ? " revised" : ""}`).replace(/crypto isakmp key .*\n/, "");
  const world = new World(5);
  const router = world.router("gate", { config, seed: 5, module, imports: { trace: trace.imports } });
  const station = new Station("192.0.2.2", "192.0.2.1");
  const lan = new Endpoint("10.1.0.10", "10.1.0.1");
  world.wire(lan, router.port(0), { delay: 0 });
  world.wire(router.port(1), station, { delay: 0 });
  const n = new EncryptedNegotiation(5, config, OURS, THEIRS, SUITE, { world, router, station, lan, behindPeer: ["10.2.0.0", "255.255.255.0"], behindRouter: ["10.1.0.0", "255.255.255.0"] });
  const { peer } = n;
  peer.revised = revised;
  if (byName) peer.identity = concat([2, 0, 0, 0], new TextEncoder().encode("moon.test"));
  n.importKey("gate", OURS);
  router.configure(rawKey(byName ? "named-key moon.test encryption" : "addressed-key 192.0.2.2 encryption", THEIRS));
  if (kind.block) peer.twistRsa = kind.block;
  const steps = n.initiate();
  assert.ok(steps.next().value!.go());
  const third = steps.next().value!;
  kind.payload?.(third.payloads);
  station.inbox.length = 0;
  trace.start();
  n.inject(third.make(third.payloads));
  world.run(100);
  assert.equal(station.inbox.length, 1);
  const fifth = peer.message(2, 1, 0, [{ type: 8, body: new Uint8Array(28) }]);
  n.inject(fifth);
  world.run(50);
  assert.equal(router.counters().get("ISAKMP authentication failed"), 1, kind.name);
  return trace.take();
}

for (const revised of [false, true])
  for (const byName of [false, true])
    test(`${revised ? "revised " : ""}RSA encryption, a key by ${byName ? "name" : "address"}: a gateway takes one path, whatever was wrong`, (t) => {
      const [model, ...others] = kinds(revised);
      const first = attempt(model, revised, byName);
      t.diagnostic(`${trace.reports} reports`);
      for (const kind of others.filter((one) => !one.length)) assert.deepEqual(trace.difference(first, attempt(kind, revised, byName)), [], kind.name);
    });
