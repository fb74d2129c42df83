// HMAC_DRBG against an independent statement of SP 800-90A, 10.1.2, made of node:crypto's HMAC, and against one of
// NIST's own answers; then how it behaves when entropy fails.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Primitives } from "../support/primitives/primitives.ts";
import { Random } from "../support/world/random.ts";

class Reference {
  private k: Buffer = Buffer.alloc(32, 0);
  private v: Buffer = Buffer.alloc(32, 1);

  constructor(seed: Buffer) {
    this.update(seed);
  }

  private mac(...parts: Buffer[]): Buffer {
    const hmac = createHmac("sha256", this.k);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  }

  update(material?: Buffer): void {
    for (const round of material ? [0, 1] : [0]) {
      this.k = this.mac(this.v, Buffer.of(round), ...(material ? [material] : []));
      this.v = this.mac(this.v);
    }
  }

  generate(length: number): Buffer {
    const out: Buffer[] = [];
    for (let n = 0; n < length; n += 32) out.push((this.v = this.mac(this.v)));
    this.update();
    return Buffer.concat(out).subarray(0, length);
  }
}

test("the generator is HMAC_DRBG of SP 800-90A", async () => {
  const random = new Random(90);
  const seeds: Buffer[] = [];
  const p = await Primitives.load((out) => {
    random.fill(out);
    seeds.push(Buffer.from(out));
    return out.length;
  });
  assert.equal(p.call("drbgSeed"), 1);
  assert.equal(seeds[0]!.length, 48);
  const reference = new Reference(seeds[0]!);
  for (let length = 0; length <= 300; length++) assert.deepEqual(p.fill(length), reference.generate(length));
  assert.equal(p.call("drbgSeed"), 1);
  reference.update(seeds[1]!);
  for (const length of [1, 31, 32, 33, 65536]) assert.deepEqual(p.fill(length), reference.generate(length));
});

test("a published answer: SHA-256, no reseeding, no personalization, no additional input", async () => {
  const p = await Primitives.load();
  const material = Buffer.from("ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488" + "659ba96c601dc69fc902940805ec0ca8", "hex");
  p.call("drbgInstantiate", p.put(0, material), material.length);
  p.fill(128);
  assert.equal(
    p.fill(128)!.toString("hex"),
    "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89d54fbb978a15b5c443c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc1" +
      "07694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8",
  );
});

test("it reseeds from the host after its interval, and not before", async () => {
  let seeds = 0;
  const p = await Primitives.load((out) => {
    seeds++;
    return out.fill(seeds).length;
  });
  p.call("drbgSeed");
  let requests = 0;
  while (seeds === 1) {
    assert.ok(p.fill(8));
    requests++;
    assert.ok(requests < 100000);
  }
  const again = requests;
  assert.ok(again > 16);
  while (seeds === 2) {
    p.fill(8);
    requests++;
  }
  assert.equal(requests - again, again - 1);
});

test("without entropy nothing comes out", async () => {
  let available = 0;
  const p = await Primitives.load((out) => (out.fill(7), Math.min(available, out.length)));
  p.put(65536, new Uint8Array(16).fill(0xa5));
  assert.equal(p.call("drbgReady"), 0);
  assert.equal(p.fill(16), undefined);
  assert.deepEqual(p.get(65536, 16), Buffer.alloc(16), "the caller's buffer holds zeros, not what was there");
  for (available = 0; available < 48; available++) assert.equal(p.call("drbgSeed"), 0);
  assert.equal(p.call("drbgReady"), 0);
  assert.equal(p.call("drbgSeed"), 1);
  assert.equal(p.call("drbgReady"), 1);
  assert.ok(p.fill(16));
  available = 47;
  let requests = 0;
  while (p.fill(1)) assert.ok(requests++ < 100000);
  assert.equal(p.call("drbgReady"), 0, "a reseeding that fails ends it");
  assert.equal(p.fill(16), undefined);
  available = 48;
  assert.equal(p.call("drbgSeed"), 1);
  assert.ok(p.fill(16));
  assert.equal(p.fill(65537), undefined, "a request has a limit");
  p.call("drbgWipe");
  assert.equal(p.call("drbgReady"), 0);
});
