/** The crypto core on the board's core against code that was compiled for it: guest instructions, counted. */
import { createCipheriv, createDecipheriv, createECDH, createHash, createHmac } from "node:crypto";
import { AES, DES3 } from "../../tests/support/primitives/primitives.ts";
import { octets } from "../inputs.ts";
import type { Measured, Row } from "../measure.ts";
import { AT } from "../ours.ts";
import { work, type Task } from "../peers/tasks.ts";
import { power } from "../primitives/power.ts";
import type { Suite } from "../suite.ts";
import { Guest, lacking, ours, theirs } from "./guests.ts";

type Argument = number | { at: keyof typeof AT };
type Step = [name: string, ...args: Argument[]];

interface Subject {
  group: string;
  size: number;
  /** What the others are asked: a name, and three places. */
  name: string;
  key: Uint8Array;
  iv: Uint8Array;
  data: Uint8Array;
  expected: Uint8Array;
  /** What is done once, what is counted, and where the result lies. */
  before: Step[];
  counted: Step[];
  result: { at: keyof typeof AT; length: number }[];
}

const at = (place: keyof typeof AT): Argument => ({ at: place });
const LENGTH = 1408;

function cipher(group: string, name: string, id: number, algorithm: string, keyLength: number, ivLength: number): Subject {
  const [key, iv, data] = [octets(keyLength, "key"), octets(ivLength, "iv"), octets(LENGTH, "data")];
  const encrypt = name.endsWith("encrypt");
  return {
    group, size: LENGTH, name, key, iv, data,
    expected: (encrypt ? createCipheriv : createDecipheriv)(algorithm, key, iv).setAutoPadding(false).update(data),
    before: [["cipherSetKey", id, at("ctx"), at("key"), keyLength]],
    counted: [[encrypt ? "cbcEncrypt" : "cbcDecrypt", id, at("ctx"), at("iv"), at("data"), LENGTH]],
    result: [{ at: "data", length: LENGTH }],
  };
}

function gcm(): Subject {
  const [key, iv, data] = [octets(16, "key"), octets(12, "nonce"), octets(LENGTH, "data")];
  const sealed = createCipheriv("aes-128-gcm", key, iv);
  return {
    group: "AES-128-GCM, sealed", size: LENGTH, name: "aes-gcm-seal", key, iv, data,
    expected: Buffer.concat([sealed.update(data), sealed.final(), sealed.getAuthTag()]),
    before: [["gcmKey", at("ctx"), at("key"), 16]],
    counted: [["gcmSeal", at("ctx"), at("iv"), at("aad"), 0, at("data"), LENGTH, at("icv"), 16]],
    result: [{ at: "data", length: LENGTH }, { at: "icv", length: 16 }],
  };
}

function hash(group: string, name: string, id: number, length: number): Subject {
  const data = octets(LENGTH, "data");
  return {
    group, size: LENGTH, name, key: octets(20, "key"), iv: octets(1, "iv"), data,
    expected: createHash(name).update(data).digest(),
    before: [],
    counted: [["hashInit", id, at("ctx")], ["hashUpdate", id, at("ctx"), at("data"), LENGTH], ["hashFinal", id, at("ctx"), at("out")]],
    result: [{ at: "out", length }],
  };
}

function hmac(group: string, name: string, id: number, length: number): Subject {
  const [key, data] = [octets(20, "key"), octets(LENGTH, "data")];
  return {
    group, size: LENGTH, name: `hmac-${name}`, key, iv: octets(1, "iv"), data,
    expected: createHmac(name, key).update(data).digest(),
    before: [["hmacKey", id, at("state"), at("key"), key.length]],
    counted: [["hmacStart", id, at("state"), at("ctx")], ["hashUpdate", id, at("ctx"), at("data"), LENGTH], ["hmacFinal", id, at("state"), at("ctx"), at("out")]],
    result: [{ at: "out", length }],
  };
}

const bytes = (value: bigint, length: number): Buffer => Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex");
const number = (data: Uint8Array): bigint => BigInt(`0x${Buffer.from(data).toString("hex")}`);

/** A power in group 14; `prime` is the group's. */
function modp(prime: Uint8Array): Subject {
  const [exponent, value] = [octets(32, "exponent"), bytes(power(2n, number(octets(32, "peer")), number(prime)), prime.length)];
  return {
    group: "MODP 2048, 256-bit exponent", size: 2048, name: "modexp", key: prime, iv: exponent, data: value,
    expected: bytes(power(number(value), number(exponent), number(prime)), prime.length),
    before: [],
    counted: [["modexpAll", 14, at("data"), prime.length, at("iv"), exponent.length, at("out")]],
    result: [{ at: "out", length: prime.length }],
  };
}

function curve(group: string, name: string, id: number, task: Task, secret: Uint8Array, value: Uint8Array): Subject {
  return {
    group, size: id === 31 ? 255 : 256, name, key: secret, iv: octets(1, "iv"), data: value, expected: work(task).result(),
    before: [],
    counted: [["ecAll", id, at("data"), value.length, at("key"), secret.length, at("out")]],
    result: [{ at: "out", length: 32 }],
  };
}

const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");

class Ours {
  private base = 0;
  /** Instructions of a call that does nothing. */
  private nothing = 0;

  constructor(
    readonly name: string,
    private readonly guest: Guest,
  ) {}

  async open(): Promise<Uint8Array> {
    this.base = await this.call("call", ["scratch"]);
    await this.call("count", ["scratch"]);
    this.nothing = await this.guest.count();
    await this.call("call", ["groupPrime", 14, at("out")]);
    return this.get("out", 256);
  }

  private address(place: keyof typeof AT): number {
    return this.base + AT[place];
  }

  private async call(verb: "call" | "count", [name, ...args]: Step): Promise<number> {
    this.guest.send([verb, name, ...args.map((arg) => (typeof arg === "number" ? arg : this.address(arg.at)))].join(" "));
    return Number(await this.guest.answer());
  }

  private async get(place: keyof typeof AT, length: number): Promise<Buffer> {
    this.guest.send(`get ${this.address(place)} ${length}`);
    return Buffer.from(await this.guest.answer(), "hex");
  }

  private lay({ key, iv, data }: Subject): void {
    for (const [place, octets] of [["key", key], ["iv", iv], ["data", data]] as const) this.guest.send(`put ${this.address(place)} ${hex(octets)}`);
  }

  /** Instructions of a subject's work; its result was the right one. */
  async cost(subject: Subject): Promise<number> {
    let sum = 0;
    // The first time warms up, as the others do.
    for (const verb of ["call", "count"] as const) {
      this.lay(subject);
      for (const step of subject.before) await this.call("call", step);
      for (const step of subject.counted) {
        await this.call(verb, step);
        if (verb === "count") sum += (await this.guest.count()) - this.nothing;
      }
    }
    const parts: Buffer[] = [];
    for (const { at: place, length } of subject.result) parts.push(await this.get(place, length));
    check(subject, this.name, Buffer.concat(parts));
    return sum;
  }
}

function check(subject: Subject, name: string, got: Uint8Array): void {
  if (Buffer.compare(got, subject.expected) !== 0) throw new Error(`${subject.group}: ${name} gives ${hex(got).slice(0, 64)} and not ${hex(subject.expected).slice(0, 64)}`);
}

/** Both tables: packets by the octet, powers by the million instructions. */
export async function native(quick: boolean, done: (row: Row) => void): Promise<Suite[]> {
  const packets: Suite = { name: "core", about: "the crypto core on the i.MX6UL's core (Cortex-A7), against native code: packets of 1408 octets", unit: "instructions an octet", axis: "octets of a packet", rows: [], missing: [], notes: ["Guest instructions under qemu-user, keys set up beforehand. BearSSL's constant-time code and OpenSSL's are Debian's for armhf; OpenSSL's AES without NEON and its 3DES use tables indexed by secrets."] };
  const powers: Suite = { ...packets, name: "core-power", about: "the same: powers and curves", unit: "million instructions", axis: "bits", rows: [], missing: [], notes: [] };
  const missing = lacking();
  if (missing) {
    packets.missing.push(missing);
    return [packets];
  }
  const guests: Guest[] = [];
  try {
    const mine: Ours[] = [];
    let prime: Uint8Array = new Uint8Array();
    for (const [name, guest] of await ours()) {
      guests.push(guest);
      const one = new Ours(name, guest);
      prime = await one.open();
      mine.push(one);
    }
    let others: [string, Guest][] = [];
    try {
      others = theirs();
      guests.push(...others.map(([, guest]) => guest));
    } catch (error) {
      packets.missing.push(`BearSSL and OpenSSL for armhf were not measured: Debian's packages libbearssl-dev and libssl-dev can't be had or built with (${(error as Error).message}).`);
    }
    const [secret, peer] = [octets(32, "secret"), octets(32, "peer")];
    secret[0]! &= 0x7f;
    peer[31]! &= 0x7f;
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(octets(32, "key"));
    const value = ecdh.getPublicKey();
    const subjects = quick
      ? [hash("SHA-1", "sha1", 2, 20)]
      : [
          cipher("AES-128-CBC encrypt", "aes-cbc-encrypt", AES, "aes-128-cbc", 16, 16), cipher("AES-128-CBC decrypt", "aes-cbc-decrypt", AES, "aes-128-cbc", 16, 16),
          cipher("AES-256-CBC encrypt", "aes-cbc-encrypt", AES, "aes-256-cbc", 32, 16), gcm(),
          cipher("3DES-CBC encrypt", "3des-cbc-encrypt", DES3, "des-ede3-cbc", 24, 8), cipher("3DES-CBC decrypt", "3des-cbc-decrypt", DES3, "des-ede3-cbc", 24, 8),
          hash("SHA-1", "sha1", 2, 20), hash("SHA-256", "sha256", 4, 32), hmac("HMAC-SHA-1", "sha1", 2, 20), hmac("HMAC-SHA-256", "sha256", 4, 32),
          modp(prime),
          curve("P-256", "p256", 19, { kind: "ecdh", curve: "prime256v1", secret: hex(secret), value: hex(value) }, secret, value.subarray(1)),
          curve("X25519", "x25519", 31, { kind: "x25519", secret: hex(secret), value: hex(peer) }, secret, peer),
        ];
    for (const subject of subjects) {
      const suite = subject.size === LENGTH ? packets : powers;
      const costs: [string, number][] = [];
      for (const one of mine) costs.push([one.name, await one.cost(subject)]);
      for (const [name, guest] of others) {
        guest.send([subject.name, subject.key, subject.iv, subject.data].map((word) => (typeof word === "string" ? word : hex(word))).join(" "));
        check(subject, name, Buffer.from(await guest.answer(), "hex"));
        costs.push([name, await guest.count()]);
      }
      const scale = suite === packets ? LENGTH : 1e6;
      const flat = (n: number) => ({ q1: n, median: n, q3: n });
      const row: Row = { group: subject.group, size: subject.size, contenders: costs.map(([name, cost]): Measured => ({ name, cost: flat(cost / scale), ratio: flat(cost / costs[0]![1]) })) };
      suite.rows.push(row);
      done(row);
    }
  } finally {
    for (const guest of guests) guest.end();
  }
  return [packets, powers].filter(({ rows, missing: gaps }) => rows.length + gaps.length > 0);
}
