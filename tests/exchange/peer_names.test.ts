/** `set peer NAME dynamic`: the tunnel goes to what the name stands for, follows it when nothing stands, and fails closed without it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { QUESTION, dns, record, serve } from "../support/world/servers.ts";

const EXTRA = "ip name-server 10.1.0.10\ncrypto map CM 10 ipsec-isakmp\n no set peer 192.0.2.2\n set peer beta.example.org dynamic\n";

/** A pair whose alpha knows beta by name; `at` is what the name stands for. */
function named(): { pair: Pair; at: { address: number[] | undefined }; asked: { length: number } } {
  const pair = new Pair({ alpha: { extra: EXTRA } });
  const at: { address: number[] | undefined } = { address: [192, 0, 2, 2] };
  const asked = serve(pair.a, 53, (q) => (at.address ? dns(q, [record(QUESTION, 1, 60, at.address)]) : dns(q, [], 3)));
  return { pair, at, asked };
}

test("the tunnel comes up with the peer that the name stands for", () => {
  const { pair, asked } = named();
  pair.world.run(2000);
  assert.ok(pair.ping());
  assert.ok(asked.length > 0);
  const shown = pair.alpha.type("show running-config");
  assert.match(shown, /^ set peer beta\.example\.org dynamic$/m);
  assert.doesNotMatch(shown, /^ set peer 192/m);
});

test("a name that stands for another address ends nothing that stands, and the next attempt goes there", () => {
  const { pair, at } = named();
  pair.world.run(2000);
  assert.ok(pair.ping());
  const spis = pair.spis(pair.alpha).join();
  at.address = [192, 0, 2, 77];
  pair.world.run(300_000);
  assert.equal(pair.spis(pair.alpha).join(), spis);
  assert.ok(pair.ping());
  at.address = [192, 0, 2, 77];
  pair.alpha.type("clear crypto sa");
  pair.world.run(10_000);
  assert.match(pair.alpha.type("show crypto map"), /192\.0\.2\.77/);
  assert.equal(pair.ping(5000), false);
  at.address = [192, 0, 2, 2];
  pair.world.run(120_000);
  assert.ok(pair.ping(60_000));
});

test("no such name: what the entry matches is discarded, and it is said once", () => {
  const { pair, at } = named();
  at.address = undefined;
  pair.world.run(2000);
  assert.equal(pair.ping(10_000), false);
  pair.world.run(300_000);
  assert.equal(pair.alpha.type("show logging").match(/%CRYPTO-4-PEER_NAME: crypto map CM 10: there is no name beta\.example\.org/g)?.length, 1);
  at.address = [192, 0, 2, 2];
  pair.world.run(120_000);
  assert.ok(pair.ping());
});

test("what is refused", () => {
  const { pair } = named();
  const said = (line: string) => pair.alpha.configure(`crypto map CM 10 ipsec-isakmp\n ${line}`);
  assert.match(said("set peer 10.0.0.300 dynamic"), /% 10\.0\.0\.300 is no IPv4 address/);
  assert.match(said("no set peer other.example.org dynamic"), /% No such peer is configured\./);
  said("no set peer beta.example.org dynamic");
  assert.doesNotMatch(pair.alpha.type("show running-config"), /set peer/);
});
