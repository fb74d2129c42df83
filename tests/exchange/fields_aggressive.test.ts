/**
 * Aggressive Mode (RFC 2409, 5.4), field by field: its first and third message with the router as responder, its second with
 * the router as initiator. Its plain messages anybody may have sent: the honest one is taken after each.
 */
import { P, concat, tv, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { prime } from "../support/second/dh_groups.ts";
import { body, header, padded, payload, table, unaligned, type Row, type StepName } from "../support/second/fields.ts";
import { phase1Attributes, saBody, type SaSpec } from "../support/second/sa_body.ts";

const ALL: StepName[] = ["aggressive 1", "aggressive 2", "aggressive 3"];
const PLAIN: StepName[] = ["aggressive 1", "aggressive 2"];
const COOKIES = "unknown ISAKMP cookies", VERSION = "other ISAKMP version", LENGTH = "ISAKMP length does not match", PAYLOAD = "malformed ISAKMP payload";
const UNEXPECTED = "ISAKMP payload unexpected", MISSING = "ISAKMP payload missing", NO_PROPOSAL = "ISAKMP no acceptable proposal", UNDECIPHERABLE = "ISAKMP decryption gave no message";

const without = (type: number): Row["payloads"] => (list) => list.filter((one) => one.type !== type);
const twice = (type: number): Row["payloads"] => (list) => void list.push({ ...payload(list, type) });
const SA = (spec: SaSpec): Row["payloads"] => body(P.SA, () => saBody(spec, 1, 1));
const having = (attributes: number[], more: Partial<SaSpec> = {}): Row["payloads"] => SA({ proposals: [{ transforms: [{ attributes }] }], ...more });
const bytes = (v: bigint, len = 96) => new Uint8Array(Buffer.from(v.toString(16).padStart(len * 2, "0"), "hex"));
const p = prime(1);

const rows: Row[] = [
  { name: "initiator cookie zero", clause: "5.2 (1)", steps: ALL, octets: header(0, 0, 0, 0, 0, 0, 0, 0, 0), drop: COOKIES },
  { name: "initiator cookie of nobody", clause: "5.2 (1)", steps: ["aggressive 2", "aggressive 3"], octets: header(3, 0x5a, 0xa5, 0x3c), drop: COOKIES },
  { name: "responder cookie of nobody", clause: "5.2 (1)", steps: ["aggressive 1", "aggressive 3"], octets: header(11, 0x5a, 0xa5, 0x3c), drop: COOKIES },
  { name: "responder cookie zero behind the first message", clause: "2.5.3", steps: ["aggressive 2", "aggressive 3"], octets: header(8, 0, 0, 0, 0, 0, 0, 0, 0), drop: COOKIES },
  { name: "first payload of an unknown type", clause: "5.2 (2)", steps: PLAIN, octets: header(16, 99), drop: PAYLOAD, notify: 1 },
  { name: "major version 2", clause: "5.2 (3)", steps: ALL, octets: header(17, 0x20), drop: VERSION, notify: 5 },
  { name: "minor version 1", clause: "5.2 (3)", steps: ALL, octets: header(17, 0x11), drop: VERSION, notify: 6 },
  { name: "exchange type Main Mode", clause: "5.2 (4)", steps: ["aggressive 1"], octets: header(18, 2), drop: UNEXPECTED, notify: 1 },
  { name: "exchange type Main Mode behind the first message", clause: "5.2 (4)", steps: ["aggressive 2", "aggressive 3"], octets: header(18, 2), drop: "ISAKMP message unexpected in this state" },
  { name: "exchange type Base", clause: "5.2 (4)", steps: ALL, octets: header(18, 1), drop: "ISAKMP exchange type not handled", notify: 7 },
  { name: "reserved flags", clause: "5.2 (5)", steps: ALL, octets: (m) => void (m[19]! |= 0x80) },
  { name: "encryption flag on a plain message", clause: "5.2 (5)", steps: PLAIN, octets: (m) => void (m[19]! |= 1), drop: "ISAKMP flags wrong" },
  { name: "message ID in phase 1", clause: "5.2 (6)", steps: ALL, octets: header(20, 0, 0, 0, 1), drop: "bad ISAKMP header" },
  { name: "length one too short", clause: "5.1", steps: ALL, octets: (m) => m.set(u32(m.length - 1), 24), drop: LENGTH, notify: 30 },
  { name: "octets behind the message", clause: "5.1", steps: ALL, octets: (m) => concat(m, [0, 0, 0, 0]), drop: LENGTH, notify: 30 },
  // Padding behind the last payload, as pluto sends it.
  { name: "padded to a multiple of four octets", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(3) },
  { name: "padded beyond a multiple of four octets", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(7), drop: LENGTH, notify: 30 },
  { name: "padded to no multiple of four octets", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(2), drop: LENGTH, notify: 30 },
  { name: "padded with other octets than zeros", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(3, 1), drop: LENGTH, notify: 30 },
  { name: "payload length 0", clause: "5.3", steps: PLAIN, payloads: (list) => void (list[1]!.length = 0), drop: PAYLOAD, notify: 16 },
  { name: "payload length of 65535", clause: "5.3", steps: PLAIN, payloads: (list) => void (list[2]!.length = 0xffff), drop: PAYLOAD, notify: 16 },
  { name: "a payload's next payload of an unknown type", clause: "5.3", steps: PLAIN, payloads: (list) => void (list[0]!.next = 99), drop: PAYLOAD, notify: 1 },

  { name: "DOI 0", clause: "5.4 (1)", steps: PLAIN, payloads: having(phase1Attributes(), { doi: 0 }), drop: NO_PROPOSAL, notify: 2 },
  { name: "situation 0", clause: "5.4 (2)", steps: PLAIN, payloads: having(phase1Attributes(), { situation: 0 }), drop: NO_PROPOSAL, notify: 3 },
  { name: "no proposals", clause: "5.4 (3)", steps: PLAIN, payloads: SA({ proposals: [] }), drop: NO_PROPOSAL, notify: 15 },
  { name: "protocol ESP", clause: "5.5 (1)", steps: ["aggressive 1"], payloads: SA({ proposals: [{ protocol: 3, transforms: [{ attributes: phase1Attributes() }] }] }), drop: NO_PROPOSAL, notify: 14 },
  { name: "protocol ESP in an answer", clause: "5.5 (1)", steps: ["aggressive 2"], payloads: SA({ proposals: [{ protocol: 3, transforms: [{ attributes: phase1Attributes() }] }] }), drop: NO_PROPOSAL, notify: 10 },
  { name: "key length 0", clause: "RFC 2409, appendix A", steps: PLAIN, payloads: having(phase1Attributes([14], tv(14, 0))), drop: NO_PROPOSAL, notify: 14 },
  { name: "another group than that of KE", clause: "RFC 2409, 5.4", steps: PLAIN, payloads: having(phase1Attributes([4], tv(4, 2))), drop: NO_PROPOSAL, notify: 14 },
  { name: "an attribute of an unknown type", clause: "5.6 (2)", steps: PLAIN, payloads: having(phase1Attributes([], tv(99, 1))), drop: NO_PROPOSAL, notify: 14 },
  { name: "two transforms in an answer", clause: "4.2", steps: ["aggressive 2"], payloads: SA({ proposals: [{ transforms: [{ attributes: phase1Attributes() }, { attributes: phase1Attributes() }] }] }), drop: NO_PROPOSAL, notify: 15 },

  ...([["empty", new Uint8Array()], ["0", bytes(0n)], ["1", bytes(1n)], ["p - 1", bytes(p - 1n)], ["p", bytes(p)], ["an octet too short", bytes(4n, 95)], ["an octet too long", bytes(4n, 97)]] as const).map(
    ([name, value]): Row => ({ name: `KE ${name}`, clause: "5.7", steps: PLAIN, payloads: body(P.KE, () => value), drop: "ISAKMP public value refused", notify: 17 }),
  ),
  ...[0, 7, 257].map((length): Row => ({ name: `NONCE of ${length} octets`, clause: "RFC 2409, 5", steps: PLAIN, payloads: body(P.NONCE, () => new Uint8Array(length).fill(3)), drop: "ISAKMP nonce length refused", notify: 16 })),
  ...[P.SA, P.KE, P.NONCE, P.ID].map((type): Row => ({ name: `payload ${type} missing`, clause: "5.3", steps: PLAIN, payloads: without(type), drop: MISSING, notify: 16 })),
  ...[P.SA, P.KE, P.NONCE, P.ID].map((type): Row => ({ name: `payload ${type} twice`, clause: "5.3", steps: PLAIN, payloads: twice(type), drop: UNEXPECTED, notify: 1 })),
  { name: "HASH missing", clause: "5.11", steps: ["aggressive 2"], payloads: without(P.HASH), drop: MISSING, notify: 16 },
  { name: "HASH in the first message", clause: "5.11", steps: ["aggressive 1"], payloads: (list) => void list.push({ type: P.HASH, body: new Uint8Array(20) }), drop: UNEXPECTED, notify: 1 },

  ...([
    ["no body", new Uint8Array()],
    ["type 0", concat([0, 0], u16(0), u32(1))],
    ["an address of three octets", concat([1, 0], u16(0), [192, 0, 2])],
    ["protocol TCP", concat([1, 6], u16(500), u32(0xc0000202))],
  ] as const).map(([name, octets]): Row => ({ name: `ID: ${name}`, clause: "5.8", steps: ["aggressive 1"], payloads: body(P.ID, () => octets), drop: name === "type 0" ? "ISAKMP Aggressive Mode under an unknown identity" : "ISAKMP identity refused" })),
  { name: "ID of nobody", clause: "5.8", steps: ["aggressive 1"], payloads: body(P.ID, (b) => void (b[7]! = 99)), drop: "ISAKMP Aggressive Mode under an unknown identity" },
  { name: "ID of another, under the right HASH", clause: "5.8", steps: ["aggressive 2"], payloads: (list: Payload[], n) => {
    const one = payload(list, P.ID);
    one.body[7] = 99;
    payload(list, P.HASH).body = n.peer.HASH_R(one.body);
  }, drop: "ISAKMP identity refused", notify: 18, ends: true },
  { name: "ID changed behind the HASH", clause: "5.11", steps: ["aggressive 2"], payloads: body(P.ID, (b) => void (b[7]! = 99)), drop: "ISAKMP authentication failed", notify: 24 },

  ...([
    ["with a bit changed", (b: Uint8Array) => void (b[0]! ^= 0x80)],
    ["cut to 12 octets", (b: Uint8Array) => b.slice(0, 12)],
    ["of no octets", () => new Uint8Array()],
    ["an octet too long", (b: Uint8Array) => concat(b, [0])],
  ] as const).map(([name, change]): Row => ({ name: `HASH ${name}`, clause: "5.11", steps: ["aggressive 2", "aggressive 3"], payloads: body(P.HASH, change), drop: "ISAKMP authentication failed", notify: 24 })),
  { name: "zeros for ciphertext", clause: "RFC 2409, appendix B", steps: ["aggressive 3"], octets: (m) => void m.fill(0, 28), drop: UNDECIPHERABLE, notify: 16 },
  { name: "CERT where no signature is", clause: "5.9", steps: PLAIN, payloads: (list) => void list.push({ type: 6, body: new Uint8Array(16) }), drop: UNEXPECTED, notify: 1 },
  { name: "SIG where no signature is", clause: "5.12", steps: PLAIN, payloads: (list) => void list.push({ type: 9, body: new Uint8Array(16) }), drop: UNEXPECTED, notify: 1 },
  { name: "vendor IDs, unknown", clause: "3.16", steps: PLAIN, payloads: (list) => void list.push({ type: P.VID, body: new Uint8Array(16) }, { type: P.VID, body: new Uint8Array() }) },
];

table(rows);
