/** The ISAKMP header (RFC 2408, 3.1 and 5.2), field by field, and the generic payload header (3.2 and 5.3). */
import { concat, u32 } from "../support/second/ike_peer.ts";
import { AS_INITIATOR, AS_RESPONDER, ENCRYPTED, PLAIN, header, padded, table, unaligned, type Row } from "../support/second/fields.ts";

const ALL = [...AS_RESPONDER, ...AS_INITIATOR];
const UNKNOWN_COOKIES = "unknown ISAKMP cookies";

const rows: Row[] = [
  { name: "initiator cookie zero", clause: "5.2 (1)", steps: ALL, octets: header(0, 0, 0, 0, 0, 0, 0, 0, 0), drop: UNKNOWN_COOKIES },
  { name: "initiator cookie of nobody", clause: "5.2 (1)", steps: ALL.filter((s) => s !== "main 1"), octets: header(3, 0x5a, 0xa5, 0x3c), drop: UNKNOWN_COOKIES },
  { name: "responder cookie of nobody", clause: "5.2 (1)", steps: ALL.filter((s) => s !== "main 2"), octets: header(11, 0x5a, 0xa5, 0x3c), drop: UNKNOWN_COOKIES },
  { name: "responder cookie zero behind the first message", clause: "2.5.3", steps: ALL.filter((s) => s !== "main 1" && s !== "main 5"), octets: header(8, 0, 0, 0, 0, 0, 0, 0, 0), drop: UNKNOWN_COOKIES },
  { name: "responder cookie zero behind the first message", clause: "2.5.3", steps: ["main 5"], octets: header(8, 0, 0, 0, 0, 0, 0, 0, 0), drop: "ISAKMP duplicate" },

  { name: "first payload of an unknown type", clause: "5.2 (2)", steps: PLAIN, octets: header(16, 99), drop: "malformed ISAKMP payload", notify: 1 },
  { name: "first payload of a private type", clause: "5.2 (2)", steps: PLAIN, octets: header(16, 200), drop: "malformed ISAKMP payload", notify: 1 },
  { name: "first payload a proposal", clause: "5.2 (2)", steps: PLAIN, octets: header(16, 2), drop: "malformed ISAKMP payload", notify: 1 },
  { name: "first payload known and not of this exchange", clause: "5.2 (2)", steps: PLAIN, octets: header(16, 12), drop: "ISAKMP payload unexpected", notify: 1 },
  { name: "no payload at all", clause: "5.2 (2)", steps: PLAIN, octets: header(16, 0), drop: "ISAKMP length does not match", notify: 30 },
  { name: "first payload of an unknown type, encrypted", clause: "5.2 (2)", steps: ["main 5", "main 6"], octets: header(16, 99), drop: "ISAKMP payload missing", notify: 16 },
  { name: "first payload of an unknown type, in phase 2", clause: "5.2 (2)", steps: ["quick 1", "quick 2", "quick 3"], octets: header(16, 99), drop: "ISAKMP payload missing" },
  { name: "first payload not HASH, in phase 2", clause: "5.2 (2)", steps: ["quick 1", "quick 2", "quick 3"], octets: header(16, 10), drop: "ISAKMP payload unexpected" },

  { name: "major version 0", clause: "5.2 (3)", steps: ALL, octets: header(17, 0x00), drop: "other ISAKMP version", notify: 5 },
  { name: "major version 2", clause: "5.2 (3)", steps: ALL, octets: header(17, 0x20), drop: "other ISAKMP version", notify: 5 },
  { name: "minor version 1", clause: "3.1", steps: ALL, octets: header(17, 0x11), drop: "other ISAKMP version", notify: 6 },
  { name: "minor version 15", clause: "3.1", steps: ["main 1", "main 2"], octets: header(17, 0x1f), drop: "other ISAKMP version", notify: 6 },

  { name: "exchange type 0", clause: "5.2 (4)", steps: ALL, octets: header(18, 0), drop: "ISAKMP exchange type not handled", notify: 7 },
  { name: "exchange type Base", clause: "5.2 (4)", steps: ALL, octets: header(18, 1), drop: "ISAKMP exchange type not handled", notify: 7 },
  { name: "exchange type Authentication Only", clause: "5.2 (4)", steps: ALL, octets: header(18, 3), drop: "ISAKMP exchange type not handled", notify: 7 },
  { name: "exchange type of IKEv2", clause: "5.2 (4)", steps: ALL, octets: header(18, 34), drop: "ISAKMP exchange type not handled", notify: 7 },
  { name: "exchange type 255", clause: "5.2 (4)", steps: ALL, octets: header(18, 255), drop: "ISAKMP exchange type not handled", notify: 7 },
  { name: "exchange type Quick Mode in phase 1", clause: "5.2 (4)", steps: ["main 3", "main 4", "main 5", "main 6"], octets: header(18, 32), drop: "bad ISAKMP header" },
  { name: "exchange type Main Mode in phase 2", clause: "5.2 (4)", steps: ["quick 1", "quick 2", "quick 3"], octets: header(18, 2), drop: "bad ISAKMP header" },
  { name: "exchange type Informational, with the exchange's message ID", clause: "5.2 (4)", steps: ["quick 1"], octets: header(18, 5), drop: "ISAKMP payload unexpected" },
  { name: "exchange type Informational, with the message ID of a running exchange", clause: "5.2 (4)", steps: ["quick 2", "quick 3"], octets: header(18, 5), drop: "ISAKMP duplicate" },

  { name: "reserved flags", clause: "5.2 (5)", steps: ALL, octets: (m) => void (m[19]! |= 0x80) },
  { name: "reserved flag next to the known ones", clause: "5.2 (5)", steps: ALL, octets: (m) => void (m[19]! |= 0x08) },
  { name: "encryption flag on a plain message", clause: "5.2 (5)", steps: PLAIN, octets: (m) => void (m[19]! |= 1), drop: "ISAKMP flags wrong" },
  { name: "encryption flag missing", clause: "5.2 (5)", steps: ENCRYPTED, octets: (m) => void (m[19]! &= ~1), drop: "ISAKMP flags wrong" },
  { name: "commit flag in phase 1", clause: "3.1", steps: ["main 1", "main 2", "main 3", "main 4", "main 5", "main 6"], octets: (m) => void (m[19]! |= 2) },
  { name: "authentication only flag outside of an Informational", clause: "3.1", steps: ALL, octets: (m) => void (m[19]! |= 4), drop: "ISAKMP flags wrong", notify: 8 },

  { name: "message ID in phase 1", clause: "5.2 (6)", steps: ["main 1", "main 2", "main 3", "main 4", "main 5", "main 6"], octets: header(20, 0, 0, 0, 1), drop: "bad ISAKMP header" },
  { name: "message ID zero in phase 2", clause: "5.2 (6)", steps: ["quick 1", "quick 2", "quick 3"], octets: header(20, 0, 0, 0, 0), drop: "bad ISAKMP header" },
  { name: "message ID of another exchange", clause: "5.2 (6)", steps: ["quick 1", "quick 2", "quick 3"], octets: (m) => void (m[22]! ^= 0x55), drop: "ISAKMP decryption gave no message" },

  { name: "length one too short", clause: "5.1", steps: ALL, octets: (m) => m.set(u32(m.length - 1), 24), drop: "ISAKMP length does not match", notify: 30 },
  { name: "length one too long", clause: "5.1", steps: ALL, octets: (m) => m.set(u32(m.length + 1), 24), drop: "ISAKMP length does not match", notify: 30 },
  { name: "length of a header alone", clause: "5.1", steps: ALL, octets: header(24, 0, 0, 0, 28), drop: "ISAKMP length does not match", notify: 30 },
  { name: "length less than a header", clause: "5.1", steps: ALL, octets: header(24, 0, 0, 0, 27), drop: "ISAKMP length does not match", notify: 30 },
  { name: "length zero", clause: "5.1", steps: ALL, octets: header(24, 0, 0, 0, 0), drop: "ISAKMP length does not match", notify: 30 },
  { name: "length of 4 GB", clause: "5.1", steps: ALL, octets: header(24, 255, 255, 255, 255), drop: "ISAKMP length does not match", notify: 30 },
  { name: "datagram cut short of its length", clause: "5.1", steps: ALL, octets: (m) => m.slice(0, m.length - 4), drop: "ISAKMP length does not match", notify: 30 },
  { name: "octets behind the message", clause: "5.1", steps: ALL, octets: (m) => concat(m, [0, 0, 0, 0]), drop: "ISAKMP length does not match", notify: 30 },
  { name: "datagram shorter than a header", clause: "5.1", steps: ALL, octets: (m) => m.slice(0, 27), drop: "ISAKMP too short" },
  { name: "a header alone", clause: "5.1", steps: PLAIN, octets: (m) => (m.set([0], 16), m.set(u32(28), 24), m.slice(0, 28)), drop: "ISAKMP payload missing" },
  { name: "ciphertext that is not whole blocks", clause: "RFC 2409, appendix B", steps: ENCRYPTED, octets: (m) => (m.set(u32(m.length - 1), 24), m.slice(0, m.length - 1)), drop: "ISAKMP decryption gave no message" },
  { name: "an encrypted header alone", clause: "RFC 2409, appendix B", steps: ENCRYPTED, octets: (m) => (m.set(u32(28), 24), m.slice(0, 28)), drop: "ISAKMP decryption gave no message" },

  { name: "a payload's next payload of an unknown type", clause: "5.3", steps: PLAIN, payloads: (p) => void (p[0]!.next = 99), drop: "malformed ISAKMP payload", notify: 1 },
  { name: "a payload's next payload of an unknown type, behind HASH", clause: "5.3", steps: ["quick 1", "quick 2"], payloads: (p) => void (p[0]!.next = 99), drop: "ISAKMP payload missing" },
  { name: "the last payload names a next one", clause: "5.3", steps: PLAIN, payloads: (p) => void (p.at(-1)!.next = 13), drop: "malformed ISAKMP payload", notify: 16 },
  { name: "a payload says that it is the last", clause: "5.3", steps: ["main 1", "main 3", "main 4"], payloads: (p) => void (p[0]!.next = 0), drop: "ISAKMP length does not match", notify: 30 },
  { name: "RESERVED of a payload in plain", clause: "5.3", steps: PLAIN, payloads: (p) => void (p[0]!.reserved = 1) },
  { name: "RESERVED of an encrypted payload of phase 1", clause: "5.3", steps: ["main 5", "main 6"], payloads: (p) => void (p[0]!.reserved = 1), drop: "ISAKMP decryption gave no message", notify: 16 },
  { name: "RESERVED of an encrypted payload of phase 2", clause: "5.3", steps: ["quick 1", "quick 2"], payloads: (p) => void (p[0]!.reserved = 1), drop: "ISAKMP decryption gave no message" },
  // Padding behind the last payload, as pluto sends it.
  { name: "padded to a multiple of four octets", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(3) },
  { name: "padded beyond a multiple of four octets", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(7), drop: "ISAKMP length does not match", notify: 30 },
  { name: "padded to no multiple of four octets", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(2), drop: "ISAKMP length does not match", notify: 30 },
  { name: "padded with other octets than zeros", clause: "3.6", steps: PLAIN, payloads: unaligned, octets: padded(3, 1), drop: "ISAKMP length does not match", notify: 30 },
  { name: "payload length 0", clause: "5.3", steps: PLAIN, payloads: (p) => void (p[0]!.length = 0), drop: "malformed ISAKMP payload", notify: 16 },
  { name: "payload length 3", clause: "5.3", steps: PLAIN, payloads: (p) => void (p[0]!.length = 3), drop: "malformed ISAKMP payload", notify: 16 },
  { name: "payload length of 65535", clause: "5.3", steps: PLAIN, payloads: (p) => void (p[0]!.length = 0xffff), drop: "malformed ISAKMP payload", notify: 16 },
  { name: "the last payload's length one too long", clause: "5.3", steps: PLAIN, payloads: (p) => void (p.at(-1)!.length = p.at(-1)!.body.length + 5), drop: "malformed ISAKMP payload", notify: 16 },
  { name: "the last payload's length one too short", clause: "5.3", steps: PLAIN, payloads: (p) => void (p.at(-1)!.length = p.at(-1)!.body.length + 3), drop: "ISAKMP length does not match", notify: 30 },
  { name: "payload length beyond the message, encrypted", clause: "5.3", steps: ["main 5", "main 6"], payloads: (p) => void (p[0]!.length = 0x7fff), drop: "ISAKMP decryption gave no message", notify: 16 },
  { name: "payload length beyond the message, in phase 2", clause: "5.3", steps: ["quick 1", "quick 2", "quick 3"], payloads: (p) => void (p[0]!.length = 0x7fff), drop: "ISAKMP decryption gave no message" },
  { name: "payload length 2, in phase 2", clause: "5.3", steps: ["quick 1", "quick 2", "quick 3"], payloads: (p) => void (p[0]!.length = 2), drop: "ISAKMP decryption gave no message" },
];

table(rows);
