/** Groups on elliptic curves in both phases: encodings on the wire, and public values that would give the secret away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";

/** Octets of a KE payload's body: RFC 2409, 6.3 and 6.4 (x alone), RFC 5903, 7 (x | y), RFC 8031, 2. */
const PUBLIC: Record<number, number> = { 3: 20, 4: 24, 7: 21, 19: 64, 20: 96, 21: 132, 31: 32 };

/** The KE body of a Main Mode message in an Ethernet frame, if its first payload is KE. */
function ke(frame: Uint8Array): Uint8Array | undefined {
  if (frame[12] !== 8 || frame[13] !== 0 || frame[23] !== 17 || frame[42 + 16] !== 4) return undefined;
  return frame.subarray(42 + 28 + 4, 42 + 28 + ((frame[42 + 30]! << 8) | frame[42 + 31]!));
}

for (const [group, octets] of Object.entries(PUBLIC)) {
  test(`group ${group} in Main Mode and in Quick Mode`, () => {
    const pair = new Pair({ both: { group: Number(group), pfs: Number(group) } });
    assert.ok(pair.ping(20_000), pair.alpha.output);
    assert.ok(pair.ping(1000, "b"));
    const values = pair.wan.map(({ frame }) => ke(frame)).filter((body) => body !== undefined);
    assert.equal(values.length, 2, "messages 3 and 4");
    for (const body of values) assert.equal(body.length, octets);
    assert.equal(pair.alpha.eventsOf("ike.sa", { state: "up", group }).length, 1);
    assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up", pfs: group }).length, 1);
    assert.match(pair.alpha.type("show crypto ipsec sa"), new RegExp(`DH group: group${group}\\b`));
  });
}

const bad: Record<string, [group: number, change: (body: Uint8Array) => void]> = {
  "a point beside the curve": [19, (body) => void (body[63]! ^= 1)],
  "a coordinate not less than p": [20, (body) => void body.fill(0xff, 0, 48)],
  "zero for x and y": [21, (body) => void body.fill(0)],
  "X25519: zero, whose secret is zero": [31, (body) => void body.fill(0)],
  "X25519: one, of small order": [31, (body) => void body.fill(0).fill(1, 0, 1)],
  "EC2N: x = 0, of order 2": [3, (body) => void body.fill(0)],
  "EC2N: x outside the field": [4, (body) => void body.fill(0xff)],
};

for (const [what, [group, change]] of Object.entries(bad)) {
  for (const direction of [0, 1] as const) {
    test(`${what}, sent by the ${direction === 0 ? "initiator" : "responder"}: refused`, () => {
      const pair = new Pair({
        both: { group },
        fault: (frame, _, way) => {
          const body = way === direction ? ke(frame) : undefined;
          if (body) {
            change(body);
            frame[40] = frame[41] = 0;
          }
          return [{ frame }];
        },
      });
      assert.equal(pair.ping(40_000), false);
      const victim = direction === 0 ? pair.beta : pair.alpha;
      assert.match(victim.output, /Diffie-Hellman value that is refused/);
      assert.ok((victim.counters().get("ISAKMP public value refused") ?? 0) >= 1);
      assert.equal(victim.eventsOf("ike.sa", { state: "up" }).length, 0);
    });
  }
}

test("weak curves are named in a warning, in both phases", () => {
  const pair = new Pair({ both: { group: 14 } });
  const said = pair.alpha.configure("crypto isakmp policy 20\n group 3\n group 7\n group 19\ncrypto map CM 10\n set pfs group4\n set pfs group31");
  assert.match(said, /Warning: policy 20: group 3 .* broken/);
  assert.match(said, /Warning: policy 20: group 7 /);
  assert.match(said, /Warning: crypto map CM 10: group 4 /);
  assert.doesNotMatch(said, /group (19|31)/);
  assert.match(pair.alpha.type("show running-config | include group"), /group 19[^]*set pfs group31/);
});
