/**
 * NOTIFY and DELETE (RFC 2408, 3.14, 3.15, 5.14 and 5.15) in a protected Informational message, field by field, with the
 * router as responder and as initiator of phase 1. Whatever is said wrongly, the tunnel stays, and the honest Delete is
 * taken afterwards.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXCHANGE, P, concat, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { difference, notifies } from "../support/second/fields.ts";
import { Negotiation } from "../support/second/negotiation.ts";

interface Row {
  name: string;
  clause: string;
  payloads: (n: Negotiation) => Payload[];
  /** Counted reasons; none: it is taken, and moves nothing. */
  drops?: string[];
}

const PAYLOAD = ["malformed ISAKMP payload"];
const cookies = (n: Negotiation) => concat(n.peer.ckyI, n.peer.ckyR);
const N = (octets: Uint8Array): Payload => ({ type: P.N, body: octets });
const D = (octets: Uint8Array): Payload => ({ type: P.D, body: octets });
const notify = (doi: number, protocol: number, spiSize: number, type: number, spi: Uint8Array, data: number[] = []) => N(concat(u32(doi), [protocol, spiSize], u16(type), spi, data));
const remove = (doi: number, protocol: number, spiSize: number, count: number, ...spis: Uint8Array[]) => D(concat(u32(doi), [protocol, spiSize], u16(count), ...spis));

const rows: Row[] = [
  { name: "NOTIFY without a body", clause: "5.14", payloads: () => [N(new Uint8Array())], drops: PAYLOAD },
  { name: "NOTIFY of seven octets", clause: "5.14", payloads: () => [N(new Uint8Array(7))], drops: PAYLOAD },
  { name: "NOTIFY of an unknown DOI", clause: "5.14 (2)", payloads: (n) => [notify(2, 3, 4, 14, n.spi)], drops: PAYLOAD },
  { name: "NOTIFY of the DOI 0, which is ISAKMP's own", clause: "3.14", payloads: () => [notify(0, 1, 0, 40000, new Uint8Array())] },
  { name: "NOTIFY of protocol 0", clause: "5.14 (3)", payloads: () => [notify(1, 0, 0, 18, new Uint8Array())] },
  { name: "NOTIFY of protocol 255", clause: "5.14 (3)", payloads: (n) => [notify(1, 255, 4, 14, n.spi)] },
  { name: "NOTIFY whose SPI size is beyond the payload", clause: "5.14 (4)", payloads: (n) => [notify(1, 3, 255, 14, n.spi)], drops: PAYLOAD },
  { name: "NOTIFY whose SPI size is one too long", clause: "5.14 (4)", payloads: (n) => [notify(1, 3, 5, 14, n.spi)], drops: PAYLOAD },
  { name: "NOTIFY of an SPI that is nobody's", clause: "5.14 (4)", payloads: () => [notify(1, 3, 4, 11, new Uint8Array(u32(0xdeadbeef)))] },
  { name: "NOTIFY of type 0", clause: "5.14 (5)", payloads: () => [notify(1, 1, 0, 0, new Uint8Array())] },
  { name: "NOTIFY of the reserved range", clause: "3.14.1", payloads: () => [notify(1, 1, 0, 5000, new Uint8Array())] },
  { name: "NOTIFY of a private type", clause: "3.14.1", payloads: () => [notify(1, 1, 0, 40501, new Uint8Array())] },
  { name: "NOTIFY of type 65535", clause: "3.14.1", payloads: () => [notify(1, 1, 0, 65535, new Uint8Array())] },
  { name: "NOTIFY CONNECTED of an SA that is up", clause: "3.14.1", payloads: (n) => [notify(1, 3, 4, 16384, n.spi)] },
  { name: "RESPONDER-LIFETIME whose attributes lie", clause: "RFC 2407, 4.6.3.1", payloads: (n) => [notify(1, 3, 4, 24576, n.spi, [0x80, 1, 0, 1, 0, 2, 255, 255, 1])] },
  { name: "REPLAY-STATUS without its data", clause: "RFC 2407, 4.6.3.2", payloads: (n) => [notify(1, 3, 4, 24577, n.spi)] },
  { name: "R-U-THERE without a sequence number", clause: "RFC 3706, 5.4", payloads: (n) => [notify(1, 1, 16, 36136, cookies(n))] },
  { name: "R-U-THERE with eight octets of data", clause: "RFC 3706, 5.4", payloads: (n) => [notify(1, 1, 16, 36136, cookies(n), [0, 0, 0, 1, 0, 0, 0, 2])] },
  { name: "R-U-THERE without the cookies", clause: "RFC 3706, 5.3", payloads: () => [notify(1, 1, 0, 36136, new Uint8Array(), [0, 0, 0, 1])] },
  { name: "INVALID-SPI of the SA in use", clause: "5.14", payloads: (n) => [notify(1, 3, 4, 11, n.routerSpi)] },
  { name: "six NOTIFYs in one message", clause: "3.14", payloads: () => Array.from({ length: 6 }, (_, i) => notify(1, 1, 0, 40000 + i, new Uint8Array())) },

  { name: "DELETE without a body", clause: "5.15", payloads: () => [D(new Uint8Array())], drops: PAYLOAD },
  { name: "DELETE of seven octets", clause: "5.15", payloads: () => [D(new Uint8Array(7))], drops: PAYLOAD },
  { name: "DELETE of an unknown DOI", clause: "5.15 (2)", payloads: (n) => [remove(2, 3, 4, 1, n.spi)], drops: PAYLOAD },
  { name: "DELETE of protocol 0", clause: "5.15 (3)", payloads: (n) => [remove(1, 0, 4, 1, n.spi)] },
  { name: "DELETE of protocol AH, with the SPI of ESP", clause: "5.15 (3)", payloads: (n) => [remove(1, 2, 4, 1, n.spi)] },
  { name: "DELETE of protocol IPComp", clause: "5.15 (3)", payloads: (n) => [remove(1, 4, 2, 1, n.spi.slice(0, 2))] },
  { name: "DELETE of protocol 255", clause: "5.15 (3)", payloads: (n) => [remove(1, 255, 4, 1, n.spi)] },
  { name: "DELETE of ESP with an SPI size of 0", clause: "5.15 (4)", payloads: () => [remove(1, 3, 0, 1)], drops: PAYLOAD },
  { name: "DELETE of ESP with an SPI size of 3", clause: "5.15 (4)", payloads: (n) => [remove(1, 3, 3, 1, n.spi.slice(0, 3))], drops: PAYLOAD },
  { name: "DELETE of ESP with an SPI size of 16", clause: "5.15 (4)", payloads: (n) => [remove(1, 3, 16, 1, n.spi, new Uint8Array(12))], drops: PAYLOAD },
  { name: "DELETE of ISAKMP with an SPI size of 4", clause: "5.15 (4)", payloads: (n) => [remove(1, 1, 4, 1, n.spi)], drops: PAYLOAD },
  { name: "DELETE of ISAKMP with an SPI size of 8", clause: "5.15 (4)", payloads: (n) => [remove(1, 1, 8, 1, n.peer.ckyI)], drops: PAYLOAD },
  { name: "DELETE of no SPIs", clause: "5.15", payloads: () => [remove(1, 3, 4, 0)] },
  { name: "DELETE of two SPIs, and one is there", clause: "5.15", payloads: (n) => [remove(1, 3, 4, 2, n.spi)], drops: PAYLOAD },
  { name: "DELETE of one SPI, and two are there", clause: "5.15", payloads: (n) => [remove(1, 3, 4, 1, n.spi, n.spi)], drops: PAYLOAD },
  { name: "DELETE of 65535 SPIs", clause: "5.15", payloads: (n) => [remove(1, 3, 4, 65535, n.spi)], drops: PAYLOAD },
  { name: "DELETE of SPIs that are nobody's", clause: "5.15", payloads: () => [remove(1, 3, 4, 3, new Uint8Array(u32(0)), new Uint8Array(u32(1)), new Uint8Array(u32(0xffffffff)))] },
  { name: "DELETE of the SPI that we receive with: it is not the peer's to delete", clause: "RFC 2408, 3.15", payloads: (n) => [remove(1, 3, 4, 1, n.routerSpi)] },
  { name: "DELETE of an ISAKMP SA that is nobody's", clause: "5.15", payloads: (n) => [remove(1, 1, 16, 1, n.peer.ckyI, n.peer.ckyI)] },
  { name: "a SIG in an Informational", clause: "4.8", payloads: () => [{ type: 9, body: new Uint8Array(16) }], drops: ["ISAKMP payload unexpected"] },
  { name: "a KE in an Informational", clause: "4.8", payloads: () => [{ type: P.KE, body: new Uint8Array(96) }], drops: ["ISAKMP payload unexpected"] },
  { name: "a NOTIFY whose RESERVED is set", clause: "5.3", payloads: () => [{ ...notify(1, 1, 0, 14, new Uint8Array()), reserved: 1 }], drops: ["ISAKMP decryption gave no message"] },
  { name: "a NOTIFY that names a next payload", clause: "5.3", payloads: () => [{ ...notify(1, 1, 0, 14, new Uint8Array()), next: 99 }], drops: ["ISAKMP decryption gave no message"] },
];

for (const row of rows)
  for (const role of ["initiate", "respond"] as const)
    test(`${row.name} (${role === "initiate" ? "responder" : "initiator"}; ${row.clause.startsWith("RFC") ? row.clause : `RFC 2408, ${row.clause}`})`, () => {
      const n = new Negotiation(300);
      assert.equal(n.complete(role), undefined, n.router.output);
      const before = n.router.counters();
      n.station.inbox.length = 0;
      n.inject(n.informational(row.payloads(n)));
      n.world.run(60);
      assert.deepEqual(difference(before, n.router.counters()), row.drops ?? []);
      assert.deepEqual(notifies(n, [n.peer.iv]), [], "no Informational answers an Informational");
      assert.deepEqual([...n.router.eventsOf("ipsec.sa", { state: "down" }), ...n.router.eventsOf("ike.sa", { state: "down" })], []);
      // The honest continuation: R-U-THERE is answered, the true Delete is taken.
      n.inject(n.informational([notify(1, 1, 16, 36136, cookies(n), [0, 0, 0, 7])]));
      assert.ok(n.await((d) => d[18] === EXCHANGE.INFORMATIONAL), "R-U-THERE is answered");
      n.inject(n.informational([n.DELETE_ESP()]));
      assert.equal(n.router.eventsOf("ipsec.sa", { state: "down", reason: "deleted-by-peer" }).length, 1);
    });
