/** Keyrings: whose keys count for whom, and how a responder in Main Mode picks one before it knows a name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULTS, Pair } from "../support/world/pair.ts";

const PSK = DEFAULTS.psk;

/** Alpha has its keys in keyrings alone, and its map's entry is for profile P. */
const alpha = (rings: string, profile = " match identity address 192.0.2.2\n"): string => `no crypto isakmp key ${PSK} address 192.0.2.2
${rings}
crypto isakmp profile P
 keyring K
${profile}crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;

const ring = (name: string, ...lines: string[]): string => [`crypto keyring ${name}`, ...lines.map((line) => ` ${line}`)].join("\n");
const FOR_BETA = `pre-shared-key address 192.0.2.2 key ${PSK}`;

/** A pair in which alpha's configuration was taken whole. */
function pairOf(extra: string, beta = ""): Pair {
  const pair = new Pair({ alpha: { extra }, beta: { extra: beta } });
  assert.equal(pair.alpha.refusedLines, 0, pair.alpha.output);
  return pair;
}

for (const from of ["a", "b"] as const)
  test(`the keyring of a profile has the key: first packet from ${from}`, () => {
    const pair = pairOf(alpha(ring("K", FOR_BETA)));
    assert.ok(pair.ping(30_000, from), pair.alpha.output);
    assert.match(pair.alpha.type("show crypto isakmp profile"), /Keyring\(s\): K[^]*ISAKMP SAs: 1/);
  });

for (const from of ["a", "b"] as const)
  test(`another key in the keyring makes no tunnel: first packet from ${from}`, () => {
    const pair = pairOf(alpha(ring("K", "pre-shared-key address 192.0.2.2 key another-secret-altogether")));
    assert.equal(pair.ping(30_000, from), false);
    assert.doesNotMatch(pair.alpha.type("show crypto isakmp sa"), /QM_IDLE/);
  });

test("a keyring's longest mask counts, and everybody's key draws a warning", () => {
  const pair = pairOf(alpha(ring("K", "pre-shared-key address 0.0.0.0 key another-secret-altogether", "pre-shared-key address 192.0.2.0 255.255.255.0 key a-second-secret-of-all", FOR_BETA)));
  assert.match(pair.alpha.output, /Warning: this key is every peer's/);
  assert.ok(pair.ping(30_000, "b"), pair.alpha.output);
});

test("a responder takes everybody's key of a keyring, and the name says which profile it is", () => {
  const pair = pairOf(alpha(ring("K", `pre-shared-key address 0.0.0.0 0.0.0.0 key ${PSK}`), " match identity host beta\n"), "crypto isakmp identity hostname\n");
  assert.ok(pair.ping(30_000, "b"), pair.alpha.output);
  assert.match(pair.alpha.type("show crypto isakmp profile"), /ISAKMP SAs: 1/);
});

test("who shows a keyring's key but a name of no profile is refused", () => {
  const pair = pairOf(alpha(ring("K", `pre-shared-key address 0.0.0.0 0.0.0.0 key ${PSK}`), " match identity host gamma\n"), "crypto isakmp identity hostname\n");
  assert.equal(pair.ping(30_000, "b"), false);
  assert.doesNotMatch(pair.alpha.type("show crypto isakmp sa"), /QM_IDLE/);
});

test("a keyring that no profile names serves nobody, in either role", () => {
  for (const from of ["a", "b"] as const) {
    const pair = pairOf(`no crypto isakmp key ${PSK} address 192.0.2.2\n${ring("K", FOR_BETA)}\n`);
    assert.equal(pair.ping(30_000, from), false, from);
  }
});

test("a keyring that is not configured has no key: the default one does not stand in for it", () => {
  const pair = pairOf("crypto isakmp profile P\n keyring GONE\n match identity address 192.0.2.2\ncrypto map CM 10 ipsec-isakmp\n set isakmp-profile P\n");
  assert.equal(pair.ping(30_000, "a"), false);
  assert.equal(pair.ping(30_000, "b"), false);
  pair.alpha.type("configure terminal");
  pair.alpha.type("crypto isakmp profile P");
  pair.alpha.type("keyring default");
  pair.alpha.type("end");
  pair.world.run(20_000);
  assert.ok(pair.ping(30_000, "a"), pair.alpha.output);
});

test("two keyrings with keys for the same address work from one side only, and it is said", () => {
  const rings = `${ring("OTHER", "pre-shared-key address 192.0.2.2 key another-secret-altogether")}
crypto isakmp profile Q
 keyring OTHER
 match identity host nobody
${ring("K", FOR_BETA)}`;
  // Profile P is known by its name alone, so that the address does not lead to it.
  const config = alpha(rings, " match identity host beta\n");
  const initiator = pairOf(config, "crypto isakmp identity hostname\n");
  assert.match(initiator.alpha.output, /Warning: keyring OTHER has another key for 192\.0\.2\.2 255\.255\.255\.255: who answers in Main Mode takes the key before the name is known, here that of keyring OTHER\./);
  assert.ok(initiator.ping(30_000, "a"), initiator.alpha.output);
  assert.equal(pairOf(config, "crypto isakmp identity hostname\n").ping(30_000, "b"), false);
});

test("a global key beside a keyring's for the same address draws the warning, in either order", () => {
  assert.match(pairOf(`${ring("K", "pre-shared-key address 192.0.2.2 key another-secret-altogether")}\n`).alpha.output, /Warning: the default keyring has another key for 192\.0\.2\.2/);
  const pair = pairOf(`${ring("K", "pre-shared-key address 192.0.2.9 key another-secret-altogether")}\ncrypto isakmp key a-third-secret-of-all address 192.0.2.9\n`);
  assert.match(pair.alpha.output, /Warning: keyring K has another key for 192\.0\.2\.9/);
  assert.doesNotMatch(pairOf(`${ring("K", FOR_BETA)}\n`).alpha.output, /has another key/);
});

for (const [local, works] of [["192.0.2.1", true], ["Ethernet1", true], ["192.0.2.77", false], ["Ethernet0", false]] as const)
  test(`local-address ${local}: the keyring ${works ? "serves" : "does not serve"} at 192.0.2.1`, () => {
    for (const from of ["a", "b"] as const) {
      const pair = pairOf(alpha(ring("K", `local-address ${local}`, FOR_BETA), " match identity host beta\n"), "crypto isakmp identity hostname\n");
      assert.equal(pair.ping(30_000, from), works, from);
    }
  });

test("a keyring survives the running configuration, and goes when no profile names it", () => {
  const pair = pairOf(alpha(ring("K", "description keys of the branches", "local-address Ethernet1", FOR_BETA, "pre-shared-key hostname beta key 0 0")));
  const { alpha: router } = pair;
  const shown = router.type("show running-config");
  assert.match(shown, /crypto keyring K\n description keys of the branches\n local-address Ethernet1\n pre-shared-key address 192\.0\.2\.2 key correct-horse-battery-staple\n pre-shared-key hostname beta key 0 0\n!\n/);
  assert.match(shown, /crypto isakmp profile P\n keyring K\n/);
  assert.match(router.type("show crypto isakmp key"), /^K {12}192\.0\.2\.2 /m);
  router.type("configure terminal");
  assert.match(router.type("no crypto keyring K"), /K is the keyring of isakmp profile P\./);
  router.type("no crypto isakmp profile P");
  assert.doesNotMatch(router.type("no crypto keyring K"), /%/);
  assert.match(router.type("no crypto keyring K"), /K is no keyring\./);
  assert.match(router.type("crypto keyring default"), /needs another name/);
  router.type("end");
  assert.doesNotMatch(router.type("show running-config"), /keyring|pre-shared-key/);
});

test("a full table of keyrings is one sentence", () => {
  const pair = pairOf("");
  const { alpha: router } = pair;
  router.type("configure terminal");
  let said = "";
  for (let i = 0; i < 100 && !said.includes("%"); i++) said = router.type(`crypto keyring K${i}`);
  assert.match(said, /There are \d+ keyrings already, which is the most\./);
});
