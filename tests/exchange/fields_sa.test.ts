/**
 * The SA payload (RFC 2408, 3.4 to 3.6 and 5.4 to 5.6), field by field: in phase 1 as responder (main 1) and initiator
 * (main 2), in phase 2 as responder (quick 1) and initiator (quick 2). What is refused in phase 2 was authentic: it ends
 * the exchange. What is refused in phase 1 anybody may have sent: the honest message is taken after it.
 */
import { P, tlv, tv, u16 } from "../support/second/ike_peer.ts";
import { payload, table, type Row, type StepName } from "../support/second/fields.ts";
import { phase1Attributes, phase2Attributes, saBody, type ProposalSpec, type SaSpec, type TransformSpec } from "../support/second/sa_body.ts";

const MAIN: StepName[] = ["main 1", "main 2"];
const QUICK: StepName[] = ["quick 1", "quick 2"];
const MALFORMED = 16, DOI = 2, SITUATION = 3, SYNTAX = 15, PROTOCOL = 10, SPI = 11, CHOSEN = 14, KEY = 17;
const NO_PROPOSAL = "ISAKMP no acceptable proposal";

interface Case {
  name: string;
  clause: string;
  spec: (attributes: typeof phase1Attributes, spi: Uint8Array) => Partial<SaSpec> & { proposals: ProposalSpec[] };
  /** What becomes of it as responder, and as initiator: a notify, or "taken". */
  responder: number | "taken";
  initiator?: number | "taken";
  phases?: (1 | 2)[];
}

/** One proposal of one transform with some fields changed. */
const one = (p: Partial<ProposalSpec> = {}, t: Partial<TransformSpec> = {}, sa: Partial<SaSpec> = {}): Case["spec"] =>
  (attributes, spi) => ({ ...sa, proposals: [{ spi, transforms: [{ attributes: attributes(), ...t }], ...p }] });
/** One transform with these attributes. */
const having = (make: (attributes: typeof phase1Attributes) => number[]): Case["spec"] => (attributes, spi) => ({ proposals: [{ spi, transforms: [{ attributes: make(attributes) }] }] });

const BOTH: Case[] = [
  { name: "DOI 0", clause: "5.4 (1)", spec: one({}, {}, { doi: 0 }), responder: DOI },
  { name: "DOI of the group key management", clause: "5.4 (1)", spec: one({}, {}, { doi: 2 }), responder: DOI },
  { name: "situation 0", clause: "5.4 (2)", spec: one({}, {}, { situation: 0 }), responder: SITUATION },
  { name: "situation secrecy", clause: "5.4 (2)", spec: one({}, {}, { situation: 2 }), responder: SITUATION },
  { name: "situation with unknown bits", clause: "5.4 (2)", spec: one({}, {}, { situation: 0x80000001 }), responder: SITUATION },
  { name: "no proposals", clause: "5.4 (3)", spec: () => ({ proposals: [] }), responder: SYNTAX },

  { name: "next payload of a proposal: a transform", clause: "5.5", spec: one({ next: 3 }), responder: SYNTAX },
  { name: "next payload of the last proposal: another", clause: "5.5", spec: one({ next: 2 }), responder: SYNTAX },
  { name: "next payload of the first of two proposals: none", clause: "5.5", spec: (a, spi) => ({ proposals: [{ spi, next: 0, transforms: [{ attributes: a() }] }, { spi, transforms: [{ attributes: a() }] }] }), responder: SYNTAX },
  { name: "RESERVED of a proposal", clause: "5.3", spec: one({ reserved: 0xff }), responder: "taken" },
  { name: "proposal length 0", clause: "5.5", spec: one({ length: 0 }), responder: SYNTAX },
  { name: "proposal length 7", clause: "5.5", spec: one({ length: 7 }), responder: SYNTAX },
  { name: "proposal length beyond the payload", clause: "5.5", spec: one({ length: 400 }), responder: SYNTAX },
  { name: "proposal length of a proposal alone", clause: "5.5", spec: one({ length: 8 }), responder: SYNTAX },
  { name: "proposal number 0", clause: "3.5", spec: one({ number: 0 }), responder: "taken" },
  { name: "proposal number 255", clause: "3.5", spec: one({ number: 255 }), responder: "taken" },
  { name: "protocol 0", clause: "5.5 (1)", spec: one({ protocol: 0 }), responder: CHOSEN, initiator: PROTOCOL },
  { name: "protocol IPComp", clause: "5.5 (1)", spec: one({ protocol: 4 }), responder: CHOSEN, initiator: PROTOCOL },
  { name: "protocol 255", clause: "5.5 (1)", spec: one({ protocol: 255 }), responder: CHOSEN, initiator: PROTOCOL },
  { name: "SPI size of 255, beyond the proposal", clause: "5.5 (2)", spec: one({ spiSize: 255 }), responder: SPI },
  { name: "number of transforms 0", clause: "5.5", spec: one({ count: 0 }), responder: SYNTAX },
  { name: "number of transforms 2, and one is there", clause: "5.5", spec: one({ count: 2 }), responder: SYNTAX },
  { name: "number of transforms 1, and two are there", clause: "5.5", spec: (a, spi) => ({ proposals: [{ spi, count: 1, transforms: [{ attributes: a() }, { attributes: a() }] }] }), responder: SYNTAX },
  { name: "no transforms", clause: "5.5", spec: (_, spi) => ({ proposals: [{ spi, transforms: [] }] }), responder: SYNTAX },
  { name: "two transforms in an answer", clause: "4.2", spec: (a, spi) => ({ proposals: [{ spi, transforms: [{ attributes: a() }, { attributes: a() }] }] }), responder: "taken", initiator: SYNTAX },
  { name: "two proposals in an answer", clause: "4.2", spec: (a, spi) => ({ proposals: [{ spi, transforms: [{ attributes: a() }] }, { spi, transforms: [{ attributes: a() }] }] }), responder: "taken", initiator: SYNTAX },

  { name: "next payload of a transform: a proposal", clause: "5.6", spec: one({}, { next: 2 }), responder: SYNTAX },
  { name: "next payload of the last transform: another", clause: "5.6", spec: one({}, { next: 3 }), responder: SYNTAX },
  { name: "RESERVED of a transform", clause: "5.3", spec: one({}, { reserved: 1 }), responder: "taken" },
  { name: "RESERVED2 of a transform", clause: "3.6", spec: one({}, { reserved2: 0xffff }), responder: "taken" },
  { name: "transform length 0", clause: "5.6", spec: one({}, { length: 0 }), responder: SYNTAX },
  { name: "transform length 7", clause: "5.6", spec: one({}, { length: 7 }), responder: SYNTAX },
  { name: "transform length beyond the proposal", clause: "5.6", spec: one({}, { length: 0x7fff }), responder: SYNTAX },
  { name: "transform number 0", clause: "3.6", spec: one({}, { number: 0 }), responder: "taken" },
  { name: "transform number 255", clause: "3.6", spec: one({}, { number: 255 }), responder: "taken" },
  { name: "transform id 0", clause: "5.6 (1)", spec: one({}, { id: 0 }), responder: CHOSEN },
  { name: "transform id 255", clause: "5.6 (1)", spec: one({}, { id: 255 }), responder: CHOSEN },

  { name: "no attributes", clause: "5.6 (2)", spec: having(() => []), responder: CHOSEN },
  { name: "an attribute of two octets", clause: "3.3", spec: having((a) => [...a(), 0x80, 1]), responder: SYNTAX },
  { name: "an attribute's length beyond its transform", clause: "3.3", spec: having((a) => [...a(), ...u16(12), ...u16(9), 0, 0]), responder: SYNTAX },
  { name: "an attribute's length of 65535", clause: "3.3", spec: having((a) => [...u16(1), 255, 255, ...a()]), responder: SYNTAX },
  { name: "a basic attribute with the AF bit off", clause: "3.3", spec: having((a) => [...a(), ...u16(4), ...u16(1)]), responder: SYNTAX },
  { name: "an attribute of an unknown type", clause: "5.6 (2)", spec: having((a) => a([], tv(99, 1))), responder: CHOSEN },
  { name: "an attribute of a private type", clause: "5.6 (2)", spec: having((a) => a([], tv(16384, 1))), responder: CHOSEN },
  { name: "an attribute of an unknown type without value", clause: "5.6 (2)", spec: having((a) => [...a(), ...u16(77), 0, 0]), responder: CHOSEN },
];

const PHASE1: Case[] = [
  { name: "protocol ESP", clause: "5.5 (1)", spec: one({ protocol: 3 }), responder: CHOSEN, initiator: PROTOCOL },
  { name: "an SPI in phase 1", clause: "3.5", spec: one({ spi: new Uint8Array(8).fill(7) }), responder: "taken" },
  { name: "an SPI of 16 octets in phase 1", clause: "3.5", spec: one({ spi: new Uint8Array(16).fill(7) }), responder: "taken" },
  { name: "numbers in the variable encoding", clause: "3.3", spec: having(() => [...tlv(1, 7), ...u16(14), 0, 2, 0, 128, ...u16(2), 0, 1, 2, ...tlv(3, 1), ...tlv(4, 1), ...tlv(11, 1), ...tlv(12, 3600)]), responder: "taken" },
  { name: "a lifetime in the basic encoding", clause: "RFC 2409, appendix A", spec: having((a) => a([12], tv(12, 3600))), responder: "taken" },
  { name: "attributes in the reverse order", clause: "3.3", spec: having(() => [...tv(11, 1), ...tlv(12, 3600), ...tv(4, 1), ...tv(3, 1), ...tv(2, 2), ...tv(14, 128), ...tv(1, 7)]), responder: "taken" },
  { name: "no encryption algorithm", clause: "RFC 2409, appendix A", spec: having((a) => a([1])), responder: CHOSEN },
  { name: "no hash algorithm", clause: "RFC 2409, appendix A", spec: having((a) => a([2])), responder: CHOSEN },
  { name: "no authentication method", clause: "RFC 2409, appendix A", spec: having((a) => a([3])), responder: CHOSEN },
  { name: "no group", clause: "RFC 2409, appendix A", spec: having((a) => a([4])), responder: CHOSEN },
  { name: "no lifetime", clause: "RFC 2409, appendix A", spec: having((a) => a([11, 12])), responder: "taken" },
  { name: "encryption algorithm twice, the same", clause: "3.3", spec: having((a) => a([], tv(1, 7))), responder: CHOSEN },
  { name: "encryption algorithm twice, and they differ", clause: "3.3", spec: having((a) => [...tv(1, 1), ...a()]), responder: CHOSEN },
  { name: "encryption algorithm 0", clause: "5.6 (2)", spec: having((a) => a([1], tv(1, 0))), responder: CHOSEN },
  { name: "hash algorithm 65535", clause: "5.6 (2)", spec: having((a) => a([2], tv(2, 65535))), responder: CHOSEN },
  { name: "authentication method 0", clause: "5.6 (2)", spec: having((a) => a([3], tv(3, 0))), responder: CHOSEN },
  { name: "authentication method XAUTH", clause: "5.6 (2)", spec: having((a) => a([3], tv(3, 65001))), responder: CHOSEN },
  { name: "group 0", clause: "5.6 (2)", spec: having((a) => a([4], tv(4, 0))), responder: CHOSEN },
  { name: "group in five octets", clause: "3.3", spec: having((a) => a([4], [...u16(4), 0, 5, 1, 0, 0, 0, 1])), responder: CHOSEN },
  { name: "key length 0", clause: "RFC 2409, appendix A", spec: having((a) => a([14], tv(14, 0))), responder: CHOSEN },
  { name: "key length 127", clause: "RFC 3602, 5.3", spec: having((a) => a([14], tv(14, 127))), responder: CHOSEN },
  { name: "key length 65535", clause: "RFC 3602, 5.3", spec: having((a) => a([14], tv(14, 65535))), responder: CHOSEN },
  { name: "no key length", clause: "RFC 3602, 5.3", spec: having((a) => a([14])), responder: CHOSEN },
  { name: "key length for a cipher of one", clause: "RFC 2409, appendix A", spec: having((a) => [...tv(1, 5), ...a([1])]), responder: CHOSEN },
  { name: "life type 0", clause: "RFC 2409, appendix A", spec: having((a) => a([11, 12], tv(11, 0), tlv(12, 3600))), responder: CHOSEN },
  { name: "a life duration without its type", clause: "RFC 2409, appendix A", spec: having((a) => a([11])), responder: CHOSEN },
  { name: "life duration 0", clause: "RFC 2409, appendix A", spec: having((a) => a([12], tlv(12, 0))), responder: CHOSEN },
  { name: "a life duration of eight octets", clause: "3.3", spec: having((a) => a([12], [...u16(12), 0, 8, 1, 0, 0, 0, 0, 0, 0, 0])), responder: "taken" },
  { name: "a group type that contradicts the group", clause: "RFC 2409, appendix A", spec: having((a) => a([], tv(5, 2))), responder: CHOSEN },
  { name: "a pseudo-random function of its own", clause: "RFC 2409, appendix A", spec: having((a) => a([], tv(13, 1))), responder: CHOSEN },
];

const PHASE2: Case[] = [
  { name: "protocol ISAKMP in phase 2", clause: "RFC 2407, 4.4.1", spec: one({ protocol: 1 }), responder: CHOSEN, initiator: PROTOCOL },
  { name: "SPI 0", clause: "RFC 4303, 2.1", spec: one({ spi: new Uint8Array(4) }), responder: CHOSEN, initiator: SPI },
  { name: "SPI 255, which is IANA's", clause: "RFC 4303, 2.1", spec: one({ spi: new Uint8Array([0, 0, 0, 255]) }), responder: CHOSEN, initiator: SPI },
  { name: "no SPI", clause: "5.5 (2)", spec: one({ spi: new Uint8Array() }), responder: CHOSEN, initiator: SPI },
  { name: "SPI of three octets", clause: "5.5 (2)", spec: one({ spi: new Uint8Array(3).fill(9) }), responder: CHOSEN, initiator: SPI },
  { name: "SPI of eight octets", clause: "5.5 (2)", spec: one({ spi: new Uint8Array(8).fill(9) }), responder: CHOSEN, initiator: SPI },
  { name: "numbers in the variable encoding", clause: "3.3", spec: having(() => [...tlv(1, 1), ...tlv(2, 3600), ...tlv(4, 1), ...u16(5), 0, 1, 2, ...u16(6), 0, 2, 0, 128]), responder: "taken" },
  { name: "a lifetime in the basic encoding", clause: "RFC 2407, 4.5", spec: having((a) => a([2], tv(1, 1), tv(2, 3600))), responder: "taken" },
  { name: "encapsulation mode 0", clause: "RFC 2407, 4.5", spec: having((a) => a([4], tv(4, 0))), responder: "taken", initiator: CHOSEN },
  { name: "encapsulation mode 5", clause: "RFC 2407, 4.5", spec: having((a) => a([4], tv(4, 5))), responder: CHOSEN },
  { name: "encapsulation in UDP, and no NAT is there", clause: "RFC 3947, 5.1", spec: having((a) => a([4], tv(4, 3))), responder: CHOSEN },
  { name: "encapsulation in UDP by the drafts, and no NAT is there", clause: "RFC 3947, 5.1", spec: having((a) => a([4], tv(4, 61443))), responder: CHOSEN },
  { name: "encapsulation mode twice", clause: "3.3", spec: having((a) => a([], tv(4, 1))), responder: CHOSEN },
  { name: "no authentication algorithm", clause: "RFC 2407, 4.5", spec: having((a) => a([5])), responder: CHOSEN },
  { name: "authentication algorithm 0", clause: "RFC 2407, 4.5", spec: having((a) => a([5], tv(5, 0))), responder: CHOSEN },
  { name: "authentication algorithm KPDK", clause: "RFC 2407, 4.5", spec: having((a) => a([5], tv(5, 4))), responder: CHOSEN },
  { name: "key length 0", clause: "RFC 2407, 4.5", spec: having((a) => a([6], tv(6, 0))), responder: CHOSEN },
  { name: "key length 120", clause: "RFC 3602, 5.3", spec: having((a) => a([6], tv(6, 120))), responder: CHOSEN },
  { name: "no key length", clause: "RFC 3602, 5.3", spec: having((a) => a([6])), responder: CHOSEN },
  { name: "key rounds", clause: "RFC 2407, 4.5", spec: having((a) => a([], tv(7, 1))), responder: CHOSEN },
  { name: "compression dictionary size", clause: "RFC 2407, 4.5", spec: having((a) => a([], tv(8, 1))), responder: CHOSEN },
  { name: "life type 3", clause: "RFC 2407, 4.5", spec: having((a) => a([1], tv(1, 3))), responder: CHOSEN },
  { name: "a life duration without its type", clause: "RFC 2407, 4.5", spec: having((a) => a([1])), responder: CHOSEN },
  { name: "life duration 0", clause: "RFC 2407, 4.5", spec: having((a) => a([2], tv(1, 1), tlv(2, 0))), responder: CHOSEN },
  { name: "no lifetime", clause: "RFC 2407, 4.5", spec: having((a) => a([1, 2])), responder: "taken" },
  { name: "a lifetime of 136 years", clause: "RFC 2407, 4.5", spec: having((a) => a([2], tv(1, 1), tlv(2, 0xffffffff))), responder: "taken" },
  { name: "a life duration of no octets", clause: "3.3", spec: having((a) => a([2], tv(1, 1), [...u16(2), 0, 0])), responder: CHOSEN },
  { name: "a group, and no public value", clause: "RFC 2409, 5.5", spec: having((a) => a([], tv(3, 1))), responder: KEY, initiator: CHOSEN },
  { name: "group 0", clause: "RFC 2407, 4.5", spec: having((a) => a([], tv(3, 0))), responder: "taken" },
  { name: "extended sequence numbers, and they are not configured", clause: "RFC 4304", spec: having((a) => a([], tv(11, 1))), responder: CHOSEN },
  { name: "extended sequence numbers of a value that is none", clause: "RFC 4304", spec: having((a) => a([], tv(11, 2))), responder: CHOSEN },
  { name: "AH where ESP is wanted", clause: "RFC 2407, 4.4.1", spec: (a, spi) => ({ proposals: [{ protocol: 2, spi, transforms: [{ id: 3, attributes: a([6]) }] }] }), responder: CHOSEN, initiator: PROTOCOL },
  { name: "a bundle of AH and ESP where ESP is wanted", clause: "4.2", spec: (a, spi) => ({ proposals: [{ number: 1, protocol: 2, spi, transforms: [{ id: 3, attributes: a([6]) }] }, { number: 1, spi, transforms: [{ attributes: a() }] }] }), responder: CHOSEN, initiator: PROTOCOL },
  { name: "ESP NULL where encryption is wanted", clause: "RFC 2407, 4.4.4", spec: one({}, { id: 11, attributes: phase2Attributes([6]) }), responder: CHOSEN },
  { name: "ESP NULL without authentication", clause: "RFC 2407, 4.5", spec: one({}, { id: 11, attributes: phase2Attributes([5, 6]) }), responder: CHOSEN },
  { name: "transport mode between subnets", clause: "RFC 4301, 4.1", spec: having((a) => a([4], tv(4, 2))), responder: CHOSEN },
  { name: "a group that nobody has", clause: "RFC 2407, 4.5", spec: having((a) => a([], tv(3, 999))), responder: CHOSEN },
];

function rows(cases: Case[], phase: 1 | 2): Row[] {
  return cases.flatMap(({ name, clause, spec, responder, initiator = responder }) =>
    (phase === 1 ? MAIN : QUICK).map((step, k): Row => {
      const outcome = k ? initiator : responder;
      const change: Row["payloads"] = (p, n) => {
        payload(p, P.SA).body =
          phase === 1 ? saBody(spec(phase1Attributes, new Uint8Array()), 1, 1) : saBody(spec(phase2Attributes, n.spi), 3, 12);
      };
      if (outcome === "taken") return { name, clause, steps: [step], payloads: change };
      return { name, clause, steps: [step], payloads: change, notify: outcome, drop: outcome === KEY ? "ISAKMP public value refused" : NO_PROPOSAL, ends: phase === 2 };
    }),
  );
}

const SHORT: Row[] = [
  { name: "SA payload of four octets", clause: "5.3", steps: ["main 1"], payloads: (p) => void (payload(p, P.SA).body = payload(p, P.SA).body.slice(0, 4)), drop: NO_PROPOSAL, notify: MALFORMED },
  { name: "SA payload without a body", clause: "5.3", steps: ["main 1"], payloads: (p) => void (payload(p, P.SA).body = new Uint8Array()), drop: NO_PROPOSAL, notify: MALFORMED },
  // The notify would be longer than what it answers.
  { name: "SA payload of four octets, alone", clause: "5.3", steps: ["main 2"], payloads: (p) => void (payload(p, P.SA).body = payload(p, P.SA).body.slice(0, 4)), drop: NO_PROPOSAL },
  { name: "SA payload without a body, alone", clause: "5.3", steps: ["main 2"], payloads: (p) => void (payload(p, P.SA).body = new Uint8Array()), drop: NO_PROPOSAL },
  { name: "SA payload of four octets", clause: "5.3", steps: QUICK, payloads: (p) => void (payload(p, P.SA).body = payload(p, P.SA).body.slice(0, 4)), drop: NO_PROPOSAL, notify: MALFORMED, ends: true },
  { name: "SA payload twice", clause: "RFC 2409, 5", steps: MAIN, payloads: (p) => void p.push({ ...payload(p, P.SA) }), drop: "ISAKMP payload unexpected", notify: 1 },
  { name: "SA payload twice in phase 2", clause: "RFC 2409, 5.5", steps: QUICK, payloads: (p) => void p.push({ ...payload(p, P.SA) }), drop: "ISAKMP payload unexpected" },
];

table([...rows(BOTH, 1), ...rows(BOTH, 2), ...rows(PHASE1, 1), ...rows(PHASE2, 2), ...SHORT]);
