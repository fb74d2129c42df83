/**
 * Every field of what RSA encryption sends set wrong (RFC 2409, 5.2 and 5.3), in messages 3 to 6 of Main Mode. What anybody sees is refused and counted; what
 * only the key shows goes on as ever, and is a wrong proof at the end. No tunnel comes up, and the next negotiation is taken. A row
 * without an effect is taken.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EncryptedNegotiation } from "../support/second/encrypted_negotiation.ts";
import { rawEncrypt, sizeOf, spkiOf } from "../support/second/encrypted_peer.ts";
import { difference, payload } from "../support/second/fields.ts";
import { P, concat, type Payload } from "../support/second/ike_peer.ts";
import { CONFIG } from "../support/second/negotiation.ts";
import { keyOf, publicOf, rawKey } from "../support/second/signed_negotiation.ts";

const MISSING = "ISAKMP payload missing", UNEXPECTED = "ISAKMP payload unexpected", FAILED = "ISAKMP authentication failed", KE_BAD = "ISAKMP public value refused", IDENTITY = "ISAKMP identity refused";
const OURS = keyOf("fields gate", 1024), THEIRS = keyOf("fields moon", 1024), OTHER = keyOf("fields other", 1024);

type Change = (payloads: Payload[], n: EncryptedNegotiation) => Payload[] | void;
interface Row {
  name: string;
  /** Of the message with KE, from its payloads; or set beforehand. */
  change?: Change;
  before?: (n: EncryptedNegotiation) => void;
  /** The drop of a refusal; "goes on": wrong at the end. */
  effect?: string;
  revised?: boolean;
  /** Only the initiator sends it, and the responder's is refused otherwise. */
  initiatorOnly?: boolean;
}

const GOES_ON = "goes on";
const body = (type: number, change: (body: Uint8Array, n: EncryptedNegotiation) => Uint8Array | void): Change => (list, n) => {
  const one = payload(list, type);
  one.body = change(one.body, n) ?? one.body;
};
const without = (type: number): Change => (list) => list.filter((one) => one.type !== type);
const twice = (type: number): Change => (list) => void list.push({ ...payload(list, type) });
const rsa = (what: "ID" | "NONCE", change: (block: Uint8Array) => Uint8Array | void) => (n: EncryptedNegotiation) => {
  n.peer.twistRsa = (which, block) => {
    if (which !== what) return block;
    const copy = block.slice();
    return change(copy) ?? copy;
  };
};
const inner = (what: "KE" | "ID", change: (padded: Uint8Array) => Uint8Array | void) => (n: EncryptedNegotiation) => {
  n.peer.twistBody = (which, padded) => {
    if (which !== what) return padded;
    const copy = padded.slice();
    return change(copy) ?? copy;
  };
};
/** A block whose message has so many octets. */
const ofLength = (length: number) => (block: Uint8Array) => concat([0, 2], new Uint8Array(block.length - 3 - length).fill(0x55), [0], new Uint8Array(length).fill(0x11));

const both: Row[] = [
  { name: "KE missing", change: without(P.KE), effect: MISSING },
  { name: "ID missing", change: without(P.ID), effect: MISSING },
  { name: "nonce missing", change: without(P.NONCE), effect: MISSING },
  { name: "KE twice", change: twice(P.KE), effect: UNEXPECTED },
  { name: "ID twice", change: twice(P.ID), effect: UNEXPECTED },
  { name: "nonce twice", change: twice(P.NONCE), effect: UNEXPECTED },
  { name: "SIG beside it", change: (list) => void list.push({ type: P.SIG, body: new Uint8Array(128) }), effect: UNEXPECTED },
  { name: "KE of no octets", change: body(P.KE, () => new Uint8Array()), effect: KE_BAD },
  { name: "KE an octet too short", change: body(P.KE, (b) => b.slice(1)), effect: KE_BAD },
  { name: "KE an octet too long", change: body(P.KE, (b) => concat(b, [0])), effect: KE_BAD },
  ...rsaRows("NONCE"),
  { name: "HASH(1) of another key", change: (list, n) => void list.unshift({ type: P.HASH, body: n.peer.hash(spkiOf(OTHER)) }), effect: "ISAKMP no key for this peer", initiatorOnly: true },
  { name: "HASH(1) of no octets", change: (list) => void list.unshift({ type: P.HASH, body: new Uint8Array() }), effect: "ISAKMP no key for this peer", initiatorOnly: true },
  { name: "HASH(1) an octet too short", change: (list, n) => void list.unshift({ type: P.HASH, body: n.peer.hash(spkiOf(OURS)).slice(1) }), effect: "ISAKMP no key for this peer", initiatorOnly: true },
  { name: "HASH(1) that is right", change: (list, n) => void list.unshift({ type: P.HASH, body: n.peer.hash(spkiOf(OURS)) }), initiatorOnly: true },
];

function rsaRows(what: "ID" | "NONCE"): Row[] {
  const type = P[what];
  return [
    { name: `${what} of no octets`, change: body(type, () => new Uint8Array()), effect: GOES_ON },
    { name: `${what} an octet shorter than the modulus`, change: body(type, (b) => b.slice(1)), effect: GOES_ON },
    { name: `${what} an octet longer`, change: body(type, (b) => concat([0], b)), effect: GOES_ON },
    { name: `${what} of zeros`, change: body(type, (b) => b.fill(0)), effect: GOES_ON },
    { name: `${what} not less than the modulus`, change: body(type, (b) => b.fill(0xff)), effect: GOES_ON },
    { name: `${what} with a bit changed`, change: body(type, (b) => void (b[60]! ^= 8)), effect: GOES_ON },
    { name: `${what} by another key`, change: body(type, (b, n) => rawEncrypt(publicOf(OTHER), n.peer.block2(new Uint8Array(20), sizeOf(OTHER))).slice(0, b.length)), effect: GOES_ON },
    { name: `${what} with a block of type 1`, before: rsa(what, (b) => void (b[1] = 1)), effect: GOES_ON },
    { name: `${what} with a first octet that is not 0`, before: rsa(what, (b) => void (b[0] = 1)), effect: GOES_ON },
    { name: `${what} with a 0 in the first octet of the padding`, before: rsa(what, (b) => void (b[2] = 0)), effect: GOES_ON },
    { name: `${what} with a 0 in the eighth octet of the padding`, before: rsa(what, (b) => void (b[9] = 0)), effect: GOES_ON },
    { name: `${what} without a 0 behind the padding`, before: rsa(what, (b) => b.map((octet, i) => (i < 2 ? octet : octet || 7))), effect: GOES_ON },
    { name: `${what} with an empty message`, before: rsa(what, ofLength(0)), effect: GOES_ON },
    { name: `${what} too short`, before: rsa(what, ofLength(what === "ID" ? 4 : 7)), effect: GOES_ON },
    { name: `${what} as long as the key takes, and another's`, before: rsa(what, ofLength(117)), effect: GOES_ON },
  ];
}

const plain: Row[] = [
  ...rsaRows("ID"),
  { name: "ID of a type that nobody has", before: (n) => (n.peer.identity = new Uint8Array([200, 0, 0, 0, 1, 2, 3, 4])), effect: IDENTITY },
  { name: "ID of an address of three octets", before: (n) => (n.peer.identity = new Uint8Array([1, 0, 0, 0, 192, 0, 2])), effect: IDENTITY },
  { name: "ID of another address", before: (n) => (n.peer.identity = new Uint8Array([1, 0, 0, 0, 192, 0, 2, 9])), effect: IDENTITY },
  { name: "ID with port 77", before: (n) => (n.peer.identity = new Uint8Array([1, 17, 0, 77, 192, 0, 2, 2])), effect: IDENTITY },
  { name: "KE of zeros", change: body(P.KE, (b) => b.fill(0)), effect: KE_BAD },
  { name: "KE of ones", change: body(P.KE, (b) => b.fill(0xff)), effect: KE_BAD },
  { name: "payloads in another order", change: (list) => [...list].reverse() },
];

const revised: Row[] = [
  { name: "KE before the nonce", change: (list) => [payload(list, P.KE), ...list.filter(({ type }) => type !== P.KE)], effect: UNEXPECTED },
  { name: "ID before the nonce", change: (list) => [payload(list, P.ID), ...list.filter(({ type }) => type !== P.ID)], effect: UNEXPECTED },
  { name: "HASH(1) behind the nonce", change: (list, n) => void list.push({ type: P.HASH, body: n.peer.hash(spkiOf(OURS)) }), effect: UNEXPECTED, initiatorOnly: true },
  { name: "KE in plain", change: body(P.KE, (_, n) => n.peer.KE().body), effect: KE_BAD },
  { name: "KE a block too long", change: body(P.KE, (b) => concat(b, new Uint8Array(16))), effect: KE_BAD },
  { name: "KE with a bit changed", change: body(P.KE, (b) => void (b[40]! ^= 1)), effect: GOES_ON },
  { name: "KE of zeros under the key", before: inner("KE", (b) => void b.fill(0, 0, 96)), effect: GOES_ON },
  { name: "KE whose padding is not 0", before: inner("KE", (b) => void (b[b.length - 2] = 1)), effect: GOES_ON },
  { name: "KE whose padding counts itself", before: inner("KE", (b) => void b[b.length - 1]!++), effect: GOES_ON },
  { name: "KE whose padding counts 255", before: inner("KE", (b) => void (b[b.length - 1] = 255)), effect: GOES_ON },
  { name: "ID in plain", change: body(P.ID, (_, n) => n.peer.ID().body), effect: IDENTITY },
  { name: "ID of no octets", change: body(P.ID, () => new Uint8Array()), effect: IDENTITY },
  { name: "ID of seventeen blocks", change: body(P.ID, () => new Uint8Array(17 * 16)), effect: IDENTITY },
  { name: "ID with a bit changed", change: body(P.ID, (b) => void (b[3]! ^= 1)), effect: GOES_ON },
  { name: "ID whose padding is not 0", before: inner("ID", (b) => void (b[b.length - 2] = 1)), effect: GOES_ON },
  { name: "ID whose padding counts itself", before: inner("ID", (b) => void b[b.length - 1]!++), effect: GOES_ON },
  { name: "ID whose padding counts a block", before: inner("ID", (b) => void (b[b.length - 1] = 16)), effect: GOES_ON },
  { name: "ID whose padding counts 255", before: inner("ID", (b) => void (b[b.length - 1] = 255)), effect: GOES_ON },
  { name: "ID of padding alone", before: inner("ID", (b) => b.fill(0).fill(15, 15)), effect: GOES_ON },
  { name: "ID before KE, as the RFC leaves open", before: swapped },
];

/** The order behind the nonce is free: the IV goes from one to the next as they stand. */
function swapped(n: EncryptedNegotiation): void {
  const peer = n.peer;
  const made = peer.sealed.bind(peer);
  peer.sealed = () => {
    const list = made();
    if (!peer.revised) return list;
    const ID = list.find(({ type }) => type === P.ID)!, KE = list.find(({ type }) => type === P.KE)!;
    const chained = peer.chained(peer.initiator);
    ID.body = chained.seal(peer.ID().body);
    KE.body = chained.seal(peer.KE().body);
    return [...list.filter(({ type }) => type !== P.ID && type !== P.KE), ID, KE];
  };
}

const last: { name: string; change: Change; drop?: string }[] = [
  { name: "HASH missing", change: () => [{ type: P.VID, body: new Uint8Array(16) }], drop: FAILED },
  { name: "HASH with a bit changed", change: body(P.HASH, (b) => void (b[5]! ^= 1)), drop: FAILED },
  { name: "HASH an octet too short", change: body(P.HASH, (b) => b.slice(1)), drop: FAILED },
  { name: "HASH of no octets", change: body(P.HASH, () => new Uint8Array()), drop: FAILED },
  { name: "HASH of the other side", change: body(P.HASH, (_, n) => (n.peer.initiator ? n.peer.HASH_R(n.peer.theirIdentity) : n.peer.HASH_I(n.peer.theirIdentity))), drop: FAILED },
  { name: "HASH over another identity", change: body(P.HASH, (_, n) => (n.peer.initiator ? n.peer.HASH_I(n.peer.theirIdentity) : n.peer.HASH_R(n.peer.theirIdentity))), drop: FAILED },
  { name: "HASH twice", change: twice(P.HASH), drop: UNEXPECTED },
  { name: "ID behind HASH", change: (list, n) => void list.push(n.peer.ID()), drop: UNEXPECTED },
  { name: "SIG behind HASH", change: (list) => void list.push({ type: P.SIG, body: new Uint8Array(128) }), drop: UNEXPECTED },
  { name: "a vendor ID behind HASH", change: (list) => void list.push({ type: P.VID, body: new Uint8Array(16) }) },
];

function negotiation(seed: number, isRevised: boolean): EncryptedNegotiation {
  const config = CONFIG.replace("authentication pre-share", `authentication rsa-encr${isRevised ? " revised" : ""}`).replace(/crypto isakmp key .*\n/, "");
  const n = new EncryptedNegotiation(seed, config, OURS, THEIRS);
  n.peer.revised = isRevised;
  n.importKey("gate", OURS);
  const said = n.router.configure(rawKey("addressed-key 192.0.2.2 encryption", THEIRS));
  assert.doesNotMatch(said, /%(?! Warning: an RSA key of 1024 bits is weak\.)/, said);
  return n;
}

function again(n: EncryptedNegotiation, role: "initiate" | "respond"): void {
  n.peer.twistRsa = (_, block) => block;
  n.peer.twistBody = (_, padded) => padded;
  n.peer.identity = undefined;
  n.clear(120_000);
  for (const step of n[role]()) assert.ok(step.go(), `a new negotiation, ${step.name}: ${n.router.output.slice(-900)}`);
  assert.ok(n.world.run(200, () => n.tunnelUp()), n.router.output.slice(-900));
}

let seed = 1;
for (const isRevised of [false, true]) {
  for (const row of [...both, ...(isRevised ? revised : plain)]) {
    for (const [role, name, next] of [["initiate", "main 3", "main 5"], ["respond", "main 4", "main 6"]] as const) {
      const effect = row.initiatorOnly && role === "respond" ? UNEXPECTED : row.effect;
      test(`${row.name} (${isRevised ? "revised, " : ""}${name})`, () => {
        const n = negotiation(seed++, isRevised);
        row.before?.(n);
        let drop: string | undefined;
        for (const step of n[role]()) {
          if (step.name === name && row.change) {
            const list = step.payloads.map((one) => ({ ...one, body: one.body.slice() }));
            const changed = row.change(list, n) ?? list;
            step.payloads.splice(0, step.payloads.length, ...changed);
          }
          const before = n.router.counters();
          // Of what goes on the answer to message 4 is one that we can't read.
          if (step.name === name && effect === GOES_ON && role === "respond") {
            n.inject(step.make(step.payloads));
            assert.ok(n.await((d) => (d[19]! & 1) === 1 && d[18] === 2), `message 5 comes as ever: ${n.router.output.slice(-900)}`);
            drop = GOES_ON;
            break;
          }
          // An identity that is encrypted by RSA is looked at when its proof is right.
          if (step.name === name && effect !== undefined && effect !== GOES_ON && (effect !== IDENTITY || isRevised)) {
            n.inject(step.make(step.payloads));
            n.world.run(3000);
            [drop] = difference(before, n.router.counters());
            break;
          }
          if (step.name === next && effect !== undefined) {
            n.inject(step.make(step.payloads));
            n.world.run(3000);
            [drop] = difference(before, n.router.counters());
            if (effect === GOES_ON) assert.equal(drop, FAILED);
            break;
          }
          assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-900)}`);
        }
        if (effect === undefined) assert.ok(n.world.run(200, () => n.tunnelUp()), n.router.output.slice(-900));
        else {
          assert.equal(drop, effect === GOES_ON && role === "initiate" ? FAILED : effect, n.router.output.slice(-600));
          assert.ok(!n.tunnelUp());
          again(n, role);
        }
      });
    }
  }

  for (const row of last) {
    for (const [role, name] of [["initiate", "main 5"], ["respond", "main 6"]] as const) {
      test(`${row.name} (${isRevised ? "revised, " : ""}${name})`, () => {
        const n = negotiation(seed++, isRevised);
        for (const step of n[role]()) {
          if (step.name === name) {
            const list = step.payloads.map((one) => ({ ...one, body: one.body.slice() }));
            const changed = row.change(list, n) ?? list;
            if (row.drop === undefined) step.payloads.splice(0, step.payloads.length, ...changed);
            else {
              const before = n.router.counters();
              n.inject(step.make(changed));
              n.world.run(3000);
              assert.deepEqual(difference(before, n.router.counters()), [row.drop], n.router.output.slice(-600));
              break;
            }
          }
          assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-900)}`);
        }
        if (row.drop === undefined) assert.ok(n.world.run(200, () => n.tunnelUp()));
        else {
          assert.ok(!n.tunnelUp());
          again(n, role);
        }
      });
    }
  }
}
