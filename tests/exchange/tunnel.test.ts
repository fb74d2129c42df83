/** A tunnel between two instances: what passes on the wire, and what must not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair } from "../support/world/pair.ts";
import { faults } from "../support/world/world.ts";

test("the first ping starts the negotiation, and is answered", () => {
  const pair = new Pair();
  assert.equal(pair.alpha.refusedLines, 0, pair.alpha.output);
  assert.equal(pair.beta.refusedLines, 0, pair.beta.output);
  assert.ok(pair.ping(), pair.alpha.output + pair.beta.output);
  const messages = pair.isakmp();
  assert.deepEqual(
    messages.map(({ direction, data }) => `${direction}:${data[18]}`),
    ["0:2", "1:2", "0:2", "1:2", "0:2", "1:2", "0:32", "1:32", "0:32"],
    "six messages of Main Mode and three of Quick Mode",
  );
  assert.equal(messages.filter(({ data }) => (data[19]! & 1) === 1).length, 5, "messages 5 and 6 and Quick Mode are encrypted");
  assert.equal(pair.ofProtocol(1).length, 0, "no ICMP in plain on the WAN");
  assert.equal(pair.ofProtocol(50).length, 2);
  assert.ok(pair.ping(1000, "b"));
});

for (const pfs of [undefined, 14])
  for (const group of [1, 2, 5, 14])
    test(`group ${group}${pfs ? `, PFS ${pfs}` : ""}`, () => {
      const pair = new Pair({ both: { group, ...(pfs ? { pfs } : {}) } });
      assert.ok(pair.ping(), pair.alpha.output + pair.beta.output);
    });

const suites = [
  ["des", "md5", "esp-des esp-md5-hmac"],
  ["3des", "sha", "esp-3des esp-sha-hmac"],
  ["aes 128", "sha", "esp-aes 128 esp-sha-hmac"],
  ["aes 192", "sha384", "esp-aes 192 esp-sha384-hmac"],
  ["aes 256", "sha256", "esp-aes 256 esp-sha256-hmac"],
  ["aes 256", "sha512", "esp-aes 256 esp-sha512-hmac"],
  ["aes 128", "sha256", "esp-null esp-sha256-hmac"],
  ["aes 128", "md5", "esp-aes esp-aes-xcbc-mac"],
  ["aes 128", "sha", "esp-aes-ctr 256 esp-sha-hmac\n esn"],
  ["3des", "md5", "esp-aes-ctr 192 esp-sha512-hmac"],
  ["aes 128", "sha384", "esp-gcm 128 icv 8\n esn"],
  ["aes 128", "sha384", "esp-gcm 192 icv 12"],
  ["aes 256", "sha512", "esp-gcm 256\n esn"],
  ["aes 256", "sha", "esp-aes 192 esp-sha256-hmac\n esn"],
  ["aes 128", "sha256", "esp-ccm 128 icv 8\n esn"],
  ["aes 128", "sha256", "esp-ccm 192 icv 12"],
  ["aes 256", "sha256", "esp-ccm 256\n esn"],
  ["aes 128", "sha256", "esp-gmac 128\n esn"],
  ["aes 256", "sha256", "esp-gmac 256"],
  ["aes 256", "sha256", "esp-chacha20-poly1305\n esn"],
  ["aes 128", "sha256", "esp-chacha20-poly1305"],
  ["camellia 128", "sha", "esp-camellia 128 esp-sha-hmac"],
  ["camellia 192", "sha256", "esp-camellia 192 esp-sha256-hmac\n esn"],
  ["camellia 256", "sha512", "esp-camellia 256 esp-aes-xcbc-mac"],
] as const;
for (const [encryption, hash, esp] of suites)
  test(`suite ${encryption} ${hash} / ${esp.replace(/\s+/g, " ")}`, () => {
    const pair = new Pair({ both: { encryption, hash, esp, group: 2 } });
    assert.ok(pair.ping(), pair.alpha.output + pair.beta.output);
    for (const size of [0, 1, 7, 8, 63, 200, 1000, 1380]) {
      pair.a.ping("10.2.0.10", 7000 + size, size);
      assert.ok(pair.world.run(2000, () => pair.a.replies.has(7000 + size)), `${size} octets`);
    }
    const up = pair.alpha.events.find(({ event, state }) => event === "ipsec.sa" && state === "up");
    assert.equal(Number(up?.esn), esp.includes("esn") ? 1 : 0);
    // IOS writes esp-256-aes, but esp-gcm 256.
    const shown = esp.replace("\n esn", "").replace(/esp-aes (128 )?(?=esp)/, "esp-aes ").replace(/esp-aes (192|256)/, "esp-$1-aes");
    pair.alpha.type("show crypto ipsec sa");
    assert.equal(pair.alpha.output.split(`transform: ${shown} ,`).length, 3, shown);
    assert.equal(pair.alpha.output.includes("Tunnel, ESN, }"), esp.includes("esn"));
  });

test("two subnets behind each side are two Quick Modes under one phase 1", () => {
  const pair = new Pair({
    both: {
      selectors: [
        ["10.1.0.0 0.0.0.127", "10.2.0.0 0.0.0.127"],
        ["10.1.0.128 0.0.0.127", "10.2.0.128 0.0.0.127"],
      ],
    },
  });
  assert.ok(pair.ping());
  pair.a.address = "10.1.0.200";
  pair.b.address = "10.2.0.200";
  assert.ok(pair.ping());
  assert.equal(pair.alpha.eventsOf("ike.sa", { state: "up" }).length, 1);
  assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" }).length, 2);
});

test("plaintext that should have been protected is dropped and counted", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const before = pair.b.received.length;
  // A frame from the WAN side, in plain, that claims to come from behind alpha.
  const esp = pair.ofProtocol(50)[0]!;
  const forged = Uint8Array.from([...esp.subarray(0, 14), ...pair.a.received[0]!.datagram]);
  forged.set([10, 1, 0, 10], 26);
  forged.set([10, 2, 0, 10], 30);
  pair.beta.frame(1, forged);
  pair.world.run(100);
  assert.equal(pair.b.received.length, before);
});

test("a replayed ESP packet does not arrive twice", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const requests = pair.b.requests;
  pair.beta.frame(1, pair.wan.find(({ frame, direction }) => direction === 0 && frame[23] === 50)!.frame);
  pair.world.run(100);
  assert.equal(pair.b.requests, requests);
  assert.equal(pair.beta.counters().get("ESP replayed or too old"), 1);
});

for (const loss of [0.1, 0.3])
  test(`${loss * 100} % loss, with duplicates and reordering: the tunnel comes up`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const pair = new Pair({ seed, fault: faults({ loss, dup: 0.1, reorder: 0.3 }), both: { group: 2 } });
      let up = false;
      for (let i = 0; i < 20 && !up; i++) up = pair.ping(10_000);
      assert.ok(up, `seed ${seed}: ${pair.alpha.output}`);
    }
  });

test("corruption of any octet on the way costs packets, never the routers", () => {
  const pair = new Pair({ fault: faults({ corrupt: 0.3 }), both: { group: 2 } });
  let up = false;
  for (let i = 0; i < 30 && !up; i++) up = pair.ping(10_000);
  assert.ok(up);
});

test("the clock's 32 bits may wrap in the midst of everything", () => {
  const pair = new Pair({ alphaOptions: { clockOffset: 0xffffffff - 3000 } });
  assert.ok(pair.ping());
  const { lost } = pair.pings(20_000, 500);
  assert.equal(lost, 0);
});
