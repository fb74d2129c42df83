/** KE, ID, HASH, NONCE, VENDOR ID, CERT, CERT REQUEST, SIG (RFC 2408, 3.7 to 3.16 and 5.7 to 5.13), field by field, in both roles. */
import { ip } from "../support/world/frame.ts";
import { P, concat, prime, tv, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { PLAIN, body, payload, table, type Row, type StepName } from "../support/second/fields.ts";
import type { Negotiation } from "../support/second/negotiation.ts";
import { phase2Attributes, saBody } from "../support/second/sa_body.ts";

const CERT = 6, CERT_REQUEST = 7, SIG = 9, ATTRIBUTES = 14, NAT_D = 20;
const INVALID_PAYLOAD_TYPE = 1, MALFORMED = 16, KEY = 17, ID_INFORMATION = 18, AUTHENTICATION_FAILED = 24;
const KEY_EXCHANGE: StepName[] = ["main 3", "main 4"];
const IDENTITY: StepName[] = ["main 5", "main 6"];
const UNEXPECTED = "ISAKMP payload unexpected";
const MISSING = "ISAKMP payload missing";
const UNDECIPHERABLE = "ISAKMP decryption gave no message";

const bytes = (v: bigint, len = 96) => new Uint8Array(Buffer.from(v.toString(16).padStart(len * 2, "0"), "hex"));
const p = prime(1);
const PUBLIC_VALUES: [name: string, body: Uint8Array][] = [
  ["empty", new Uint8Array()],
  ["0", bytes(0n)],
  ["1", bytes(1n)],
  ["p - 1", bytes(p - 1n)],
  ["p", bytes(p)],
  ["p + 1", bytes(p + 1n)],
  ["all ones", new Uint8Array(96).fill(255)],
  ["an octet too short", bytes(4n, 95)],
  ["an octet too long", bytes(4n, 97)],
  ["of another group's length", bytes(4n, 128)],
];

const without = (type: number): Row["payloads"] => (list) => list.filter((one) => one.type !== type);
const twice = (type: number): Row["payloads"] => (list) => void list.push({ ...payload(list, type) });
const renamed = (from: number, to: number): Row["payloads"] => (list) => void (payload(list, from).type = to);
const added = (type: number, octets: Uint8Array = new Uint8Array(16), times = 1): Row["payloads"] => (list) => void list.push(...Array.from({ length: times }, () => ({ type, body: octets })));

const publicValues: Row[] = [
  ...PUBLIC_VALUES.map(([name, value]): Row => ({ name: `KE ${name}`, clause: "5.7", steps: KEY_EXCHANGE, payloads: body(P.KE, () => value), drop: "ISAKMP public value refused", notify: KEY })),
  { name: "KE missing", clause: "5.7", steps: KEY_EXCHANGE, payloads: without(P.KE), drop: MISSING, notify: MALFORMED },
  { name: "KE twice", clause: "5.7", steps: KEY_EXCHANGE, payloads: twice(P.KE), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  ...PUBLIC_VALUES.map(([name, value]): Row => ({
    name: `KE ${name}, for perfect forward secrecy`,
    clause: "RFC 2409, 5.5",
    steps: ["quick 1"],
    payloads: (list, n) => {
      payload(list, P.SA).body = saBody({ proposals: [{ spi: n.spi, transforms: [{ attributes: phase2Attributes([], tv(3, 1)) }] }] }, 3, 12);
      list.push({ type: P.KE, body: value });
    },
    drop: "ISAKMP public value refused",
    notify: KEY,
    ends: true,
  })),
  { name: "KE without a group, in phase 2", clause: "RFC 2409, 5.5", steps: ["quick 1", "quick 2"], payloads: added(P.KE, bytes(5n)), drop: "ISAKMP public value refused", notify: KEY, ends: true },
];

const nonces: Row[] = [
  ...[0, 1, 7, 257, 600].map((length): Row => ({ name: `NONCE of ${length} octets`, clause: "RFC 2409, 5", steps: KEY_EXCHANGE, payloads: body(P.NONCE, () => new Uint8Array(length).fill(3)), drop: "ISAKMP nonce length refused", notify: MALFORMED })),
  ...[0, 7, 257].map((length): Row => ({ name: `NONCE of ${length} octets, in phase 2`, clause: "RFC 2409, 5", steps: ["quick 1"], payloads: body(P.NONCE, () => new Uint8Array(length).fill(3)), drop: "ISAKMP nonce length refused", notify: MALFORMED, ends: true })),
  ...[0, 7, 257].map((length): Row => ({ name: `NONCE of ${length} octets, in phase 2`, clause: "RFC 2409, 5", steps: ["quick 2"], payloads: body(P.NONCE, () => new Uint8Array(length).fill(3)), drop: "ISAKMP nonce length refused", notify: MALFORMED })),
  { name: "NONCE missing", clause: "5.13", steps: KEY_EXCHANGE, payloads: without(P.NONCE), drop: MISSING, notify: MALFORMED },
  { name: "NONCE missing, in phase 2", clause: "5.13", steps: ["quick 1", "quick 2"], payloads: without(P.NONCE), drop: MISSING },
  { name: "NONCE twice", clause: "5.13", steps: KEY_EXCHANGE, payloads: twice(P.NONCE), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
];

/** An identity under the right HASH: what is refused is the identity. */
const proved =
  (octets: Uint8Array): Row["payloads"] =>
  (list: Payload[], n: Negotiation) => {
    payload(list, P.ID).body = octets;
    payload(list, P.HASH).body = n.peer.initiator ? n.peer.HASH_I(octets) : n.peer.HASH_R(octets);
  };
const text = (s: string) => [...new TextEncoder().encode(s)];
const ADDRESS = u32(ip("192.0.2.2"));
const IDENTITIES: [name: string, octets: Uint8Array][] = [
  ["no body", new Uint8Array()],
  ["three octets", new Uint8Array([1, 0, 0])],
  ["type 0", concat([0, 0], u16(0), ADDRESS)],
  ["type 255", concat([255, 0], u16(0), ADDRESS)],
  ["an address of three octets", concat([1, 0], u16(0), [192, 0, 2])],
  ["an address of five octets", concat([1, 0], u16(0), ADDRESS, [0])],
  ["another address", concat([1, 0], u16(0), u32(ip("192.0.2.3")))],
  ["a subnet", concat([4, 0], u16(0), ADDRESS, u32(0xffffffff))],
  ["a range", concat([7, 0], u16(0), ADDRESS, ADDRESS)],
  ["an IPv6 address", concat([5, 0], u16(0), new Uint8Array(16))],
  ["an empty FQDN", concat([2, 0], u16(0))],
  ["a distinguished name", concat([9, 0], u16(0), [0x30, 0])],
  ["protocol TCP", concat([1, 6], u16(500), ADDRESS)],
  ["port 501", concat([1, 17], u16(501), ADDRESS)],
  ["a port without a protocol", concat([1, 0], u16(500), ADDRESS)],
];

const identities: Row[] = [
  ...IDENTITIES.map(([name, octets]): Row => ({ name: `ID: ${name}`, clause: "5.8", steps: IDENTITY, payloads: proved(octets), drop: "ISAKMP identity refused", notify: ID_INFORMATION, ends: true })),
  { name: "ID: an address with protocol 0 and port 0", clause: "RFC 2407, 4.6.2", steps: IDENTITY, payloads: proved(concat([1, 0], u16(0), ADDRESS)) },
  { name: "ID: a name with UDP and port 500", clause: "RFC 2407, 4.6.2", steps: IDENTITY, payloads: proved(concat([2, 17], u16(500), text("beta.example"))) },
  { name: "ID changed behind the HASH", clause: "5.11", steps: IDENTITY, payloads: body(P.ID, (b) => void (b[7]! ^= 1)), drop: "ISAKMP authentication failed", notify: AUTHENTICATION_FAILED },
  { name: "ID missing", clause: "5.8", steps: IDENTITY, payloads: without(P.ID), drop: MISSING, notify: MALFORMED },
  { name: "ID twice", clause: "5.8", steps: IDENTITY, payloads: twice(P.ID), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
];

const range = (a: string, b: string, type = 7) => concat([type, 0], u16(0), u32(ip(a)), u32(ip(b)));
const SELECTORS: [name: string, octets: Uint8Array][] = [
  ["no body", new Uint8Array()],
  ["type 0", range("10.2.0.0", "255.255.255.0", 0)],
  ["a mask with holes", range("10.2.0.0", "255.0.255.0", 4)],
  ["a subnet of four octets", concat([4, 0], u16(0), u32(ip("10.2.0.0")))],
  ["a range that ends before it begins", range("10.2.0.9", "10.2.0.1")],
  ["a range of twelve octets", concat([7, 0], u16(0), new Uint8Array(12))],
  ["an address of no octets", concat([1, 0], u16(0))],
  ["a name", concat([2, 0], u16(0), text("beta.example"))],
  ["an IPv6 subnet", concat([6, 0], u16(0), new Uint8Array(32))],
  ["a subnet of nobody's", range("10.77.0.0", "255.255.255.0", 4)],
  ["all addresses", range("0.0.0.0", "0.0.0.0", 4)],
  ["another protocol than the other side's", concat([4, 6], u16(0), u32(ip("10.2.0.0")), u32(ip("255.255.255.0")))],
];

const selectors: Row[] = [
  ...SELECTORS.map(([name, octets]): Row => ({ name: `IDci: ${name}`, clause: "5.8", steps: ["quick 1"], payloads: body(P.ID, () => octets), drop: "ISAKMP selectors refused", notify: ID_INFORMATION, ends: true })),
  ...SELECTORS.map(([name, octets]): Row => ({ name: `IDcr: ${name}`, clause: "5.8", steps: ["quick 2"], payloads: body(P.ID, () => octets, 1), drop: "ISAKMP selectors refused", notify: ID_INFORMATION, ends: true })),
  { name: "IDci and IDcr exchanged", clause: "RFC 2409, 5.5", steps: ["quick 1", "quick 2"], payloads: (list) => void list.push(...list.splice(2, 1)), drop: "ISAKMP selectors refused", notify: ID_INFORMATION, ends: true },
  { name: "IDci alone", clause: "RFC 2409, 5.5", steps: ["quick 1", "quick 2"], payloads: (list) => void list.pop(), drop: UNEXPECTED },
  { name: "three identities", clause: "RFC 2409, 5.5", steps: ["quick 1", "quick 2"], payloads: twice(P.ID), drop: UNEXPECTED },
  { name: "no identities, and no policy is between the peers themselves", clause: "RFC 2409, 5.5", steps: ["quick 1"], payloads: without(P.ID), drop: "ISAKMP selectors refused", notify: ID_INFORMATION, ends: true },
];

/** Changes the payloads behind HASH(1) or HASH(2), once. */
const behindHash =
  (change: (list: Payload[]) => Payload[] | void): Row["payloads"] =>
  (list, n) => {
    const hashed = n.peer.hashed;
    n.peer.hashed = (prefix, rest) => {
      n.peer.hashed = hashed;
      const all = hashed.call(n.peer, prefix, rest).map((one) => ({ ...one, body: one.body.slice() }));
      return change(all) ?? all;
    };
    return list;
  };
const hashBody = (change: (b: Uint8Array) => Uint8Array | void) => (list: Payload[]) => {
  const one = payload(list, P.HASH);
  one.body = change(one.body) ?? one.body;
};
const HASHES: [name: string, change: (b: Uint8Array) => Uint8Array | void][] = [
  ["with a bit changed", (b) => void (b[0]! ^= 0x80)],
  ["with its last bit changed", (b) => void (b[b.length - 1]! ^= 1)],
  ["cut to 12 octets", (b) => b.slice(0, 12)],
  ["of no octets", () => new Uint8Array()],
  ["an octet too long", (b) => concat(b, [0])],
  ["of zeros", (b) => void b.fill(0)],
];

const hashes: Row[] = [
  ...HASHES.map(([name, change]): Row => ({ name: `HASH ${name}`, clause: "5.11", steps: IDENTITY, payloads: (list) => hashBody(change)(list), drop: "ISAKMP authentication failed", notify: AUTHENTICATION_FAILED })),
  ...HASHES.map(([name, change]): Row => ({ name: `HASH ${name}, in phase 2`, clause: "5.11", steps: ["quick 1", "quick 2"], payloads: behindHash(hashBody(change)), drop: "ISAKMP HASH wrong" })),
  ...HASHES.map(([name, change]): Row => ({ name: `HASH(3) ${name}`, clause: "5.11", steps: ["quick 3"], payloads: (list) => hashBody(change)(list), drop: "ISAKMP HASH wrong" })),
  { name: "HASH missing", clause: "5.11", steps: IDENTITY, payloads: without(P.HASH), drop: MISSING, notify: MALFORMED },
  { name: "HASH missing, in phase 2", clause: "5.11", steps: ["quick 1", "quick 2"], payloads: behindHash((list) => list.slice(1)), drop: MISSING },
  { name: "HASH not the first payload, in phase 2", clause: "RFC 2409, 5.5", steps: ["quick 1", "quick 2"], payloads: behindHash((list) => [list[1]!, list[0]!, ...list.slice(2)]), drop: "ISAKMP HASH wrong" },
  { name: "HASH twice, in phase 2", clause: "5.11", steps: ["quick 1", "quick 2"], payloads: behindHash((list) => [list[0]!, ...list]), drop: UNEXPECTED },
  { name: "a payload added behind the HASH was made", clause: "5.11", steps: ["quick 1", "quick 2"], payloads: behindHash((list) => [...list, { type: P.VID, body: new Uint8Array(16) }]), drop: "ISAKMP HASH wrong" },
  { name: "two payloads exchanged behind the HASH was made", clause: "5.11", steps: ["quick 1", "quick 2"], payloads: behindHash((list) => [list[0]!, list[2]!, list[1]!, ...list.slice(3)]), drop: "ISAKMP HASH wrong" },
];

const others: Row[] = [
  { name: "VENDOR ID of no octets", clause: "3.16", steps: [...PLAIN, "quick 1", "quick 2"], payloads: added(P.VID, new Uint8Array()) },
  { name: "VENDOR ID of one octet", clause: "3.16", steps: PLAIN, payloads: added(P.VID, new Uint8Array(1)) },
  { name: "VENDOR ID of 1000 octets, unknown", clause: "3.16", steps: PLAIN, payloads: added(P.VID, new Uint8Array(1000).fill(0x41)) },
  { name: "fifteen VENDOR IDs, unknown", clause: "3.16", steps: PLAIN, payloads: added(P.VID, new Uint8Array(16).fill(0x42), 15) },
  { name: "fifty VENDOR IDs: more payloads than a message may have", clause: "5.3", steps: PLAIN, payloads: added(P.VID, new Uint8Array(16).fill(0x42), 50), drop: "malformed ISAKMP payload", notify: MALFORMED },
  { name: "VENDOR ID before the SA", clause: "RFC 2409, 5", steps: ["main 1", "main 2"], payloads: (list) => void list.unshift({ type: P.VID, body: new Uint8Array(16).fill(9) }) },
  { name: "CERT where no signature is", clause: "5.9", steps: PLAIN, payloads: added(CERT), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  { name: "CERT where no signature is, encrypted", clause: "5.9", steps: IDENTITY, payloads: added(CERT), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  { name: "CERT in phase 2", clause: "5.9", steps: ["quick 1", "quick 2"], payloads: added(CERT), drop: UNEXPECTED },
  { name: "CERT REQUEST, which a pre-shared key has no answer to", clause: "5.10", steps: [...PLAIN, ...IDENTITY], payloads: added(CERT_REQUEST, new Uint8Array([4])) },
  { name: "CERT REQUEST of no octets", clause: "5.10", steps: PLAIN, payloads: added(CERT_REQUEST, new Uint8Array()) },
  { name: "CERT REQUEST in phase 2", clause: "5.10", steps: ["quick 1", "quick 2"], payloads: added(CERT_REQUEST), drop: UNEXPECTED },
  { name: "SIG where no signature is", clause: "5.12", steps: PLAIN, payloads: added(SIG), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  { name: "SIG in the place of HASH", clause: "5.12", steps: IDENTITY, payloads: renamed(P.HASH, SIG), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  { name: "ATTRIBUTES payload of Mode Config", clause: "5.3", steps: PLAIN, payloads: added(ATTRIBUTES), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  { name: "NOTIFY in plain", clause: "5.14", steps: PLAIN, payloads: added(P.N, concat(u32(1), [1, 0], u16(24578))), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  { name: "DELETE in a negotiation", clause: "5.15", steps: PLAIN, payloads: added(P.D, concat(u32(1), [3, 4, 0, 1], u32(9))), drop: UNEXPECTED, notify: INVALID_PAYLOAD_TYPE },
  { name: "DELETE in Quick Mode", clause: "5.15", steps: ["quick 1", "quick 2"], payloads: added(P.D, concat(u32(1), [3, 4, 0, 1], u32(9))), drop: UNEXPECTED },
  { name: "NOTIFY of an unknown type in Quick Mode", clause: "3.14.1", steps: ["quick 1", "quick 2"], payloads: added(P.N, concat(u32(1), [3, 0], u16(39999))) },
  { name: "NOTIFY shorter than its fixed part, beside the identity", clause: "5.14", steps: IDENTITY, payloads: added(P.N, new Uint8Array(5)) },
  { name: "NAT-D of no octets, and no vendor ID announced it", clause: "RFC 3947, 3.2", steps: KEY_EXCHANGE, payloads: added(NAT_D, new Uint8Array()) },
  { name: "zeros for ciphertext, in phase 2", clause: "RFC 2409, appendix B", steps: ["quick 1", "quick 2", "quick 3"], octets: (m) => void m.fill(0, 28), drop: UNDECIPHERABLE },
  { name: "zeros for ciphertext", clause: "RFC 2409, appendix B", steps: IDENTITY, octets: (m) => void m.fill(0, 28), drop: UNDECIPHERABLE, notify: MALFORMED },
];

table([...publicValues, ...nonces, ...identities, ...selectors, ...hashes, ...others]);
