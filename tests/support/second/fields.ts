/**
 * Rows of a table "this field, set wrong, gives that": each row is a test for each step that it names. The changed message
 * is sent in an otherwise honest negotiation, before the honest message of the step; then the negotiation goes on, or a
 * new one is made. A row without `drop` is tolerated: the changed message itself is the step's message, and taken.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AggressiveNegotiation } from "./aggressive.ts";
import { EXCHANGE, IkePeer, P, concat, u32, type Payload } from "./ike_peer.ts";
import { CONFIG, Negotiation, type Step } from "./negotiation.ts";

export type StepName = "main 1" | "main 2" | "main 3" | "main 4" | "main 5" | "main 6" | "quick 1" | "quick 2" | "quick 3" | "aggressive 1" | "aggressive 2" | "aggressive 3";

/** The steps in which the router responds, and those in which it initiates. */
export const AS_RESPONDER: StepName[] = ["main 1", "main 3", "main 5", "quick 1", "quick 3"];
export const AS_INITIATOR: StepName[] = ["main 2", "main 4", "main 6", "quick 2"];
export const PLAIN: StepName[] = ["main 1", "main 2", "main 3", "main 4"];
export const ENCRYPTED: StepName[] = ["main 5", "main 6", "quick 1", "quick 2", "quick 3"];

export interface Row {
  /** What is set wrong: the test's name, with the step behind it. */
  name: string;
  /** Section of RFC 2408, unless it says another. */
  clause: string;
  steps: StepName[];
  /** Changes the payloads before HASH(n) and encryption; they are copies, bodies too. */
  payloads?: (payloads: Payload[], n: Negotiation) => Payload[] | void;
  /** Changes the octets that go out; a copy. */
  octets?: (message: Uint8Array, n: Negotiation) => Uint8Array | void;
  /** The counted reason. Without one the message is taken. */
  drop?: string;
  /** The notify that answers; without one there must be none. */
  notify?: number;
  /** The exchange is over: what comes next is a new negotiation. */
  ends?: boolean;
  config?: string;
}

/** Payload of this type among some; its body may be changed in place or be replaced. */
export function payload(payloads: Payload[], type: number, k = 0): Payload {
  const found = payloads.filter((p) => p.type === type)[k];
  assert.ok(found, `the step has no payload ${type}`);
  return found;
}

/** A change of one payload's body. */
export const body =
  (type: number, change: (body: Uint8Array, n: Negotiation) => Uint8Array | void, k = 0): NonNullable<Row["payloads"]> =>
  (payloads, n) => {
    const p = payload(payloads, type, k);
    p.body = change(p.body, n) ?? p.body;
  };

/** Some octets of the header written over. */
export const header =
  (at: number, ...octets: number[]): NonNullable<Row["octets"]> =>
  (message) =>
    message.set(octets, at);

/** A VENDOR ID more, so that the message ends an octet behind a multiple of four. */
export const unaligned: NonNullable<Row["payloads"]> = (payloads) => {
  const length = payloads.reduce((sum, { body }) => sum + 4 + body.length, 0);
  payloads.push({ type: P.VID, body: new Uint8Array(16 + ((1 - length) & 3)) });
};

/** So many octets of one value behind the last payload, the header's length counting them. */
export const padded =
  (octets: number, value = 0): NonNullable<Row["octets"]> =>
  (message) => {
    const out = concat(message, new Uint8Array(octets).fill(value));
    out.set(u32(out.length), 24);
    return out;
  };

const copy = (payloads: Payload[]): Payload[] => payloads.map((p) => ({ ...p, body: p.body.slice() }));

/** Names of the counters that differ, `name` or `name x2`. */
export function difference(before: Map<string, number>, after: Map<string, number>): string[] {
  return [...after].flatMap(([name, value]) => {
    const more = value - (before.get(name) ?? 0);
    return more === 0 || !/ISAKMP/.test(name) ? [] : [more === 1 ? name : `${name} x${more}`];
  });
}

/** Types of the notifies among what the router has sent; encrypted ones are opened. `ivs`: where phase 1's chain may be. */
export function notifies(n: Negotiation, ivs: Uint8Array[]): number[] {
  const type = (payloads: Payload[]) => payloads.filter((p) => p.type === P.N && p.body.length >= 8).map((p) => (p.body[6]! << 8) | p.body[7]!);
  return n.station.inbox.flatMap(({ data, srcPort }) => {
    if (srcPort !== 500 || data[18] !== EXCHANGE.INFORMATIONAL) return [];
    if (!(data[19]! & 1)) return type(n.peer.open(data));
    const mid = new DataView(data.buffer, data.byteOffset).getUint32(20);
    for (const iv of ivs) {
      const payloads = IkePeer.payloads(data[16]!, n.peer.decrypt(n.peer.hash(iv, data.subarray(20, 24)).slice(0, n.peer.block), data.subarray(28)));
      if (payloads[0]?.type === P.HASH && payloads[0].body.length === n.peer.prf(n.peer.SKEYID_a).length && mid !== 0 && payloads.length > 1) return type(payloads);
    }
    return [-1];
  });
}

function change(row: Row, step: Step, n: Negotiation): Uint8Array {
  const payloads = copy(step.payloads);
  const message = step.make(row.payloads?.(payloads, n) ?? payloads).slice();
  return row.octets?.(message, n) ?? message;
}

/** Sends the changed message and looks at what comes of it. */
function refused(row: Row, step: Step, n: Negotiation): void {
  const before = n.router.counters();
  const message = change(row, step, n);
  const ivs = n.peer.iv.length ? [n.peer.iv, n.peer.lastBlock(message)] : [];
  n.station.inbox.length = 0;
  n.inject(message);
  n.world.run(60);
  assert.deepEqual(difference(before, n.router.counters()), [row.drop], `what is counted; the console: ${n.router.output.slice(-600)}`);
  assert.deepEqual(notifies(n, ivs), row.notify ? [row.notify] : [], "the notifies that answer");
}

/** Has the changed message stand for the step's own. */
function taken(row: Row, step: Step, n: Negotiation): void {
  const payloads = copy(step.payloads);
  step.payloads.splice(0, step.payloads.length, ...(row.payloads?.(payloads, n) ?? payloads));
  if (step.name === "main 1" || step.name === "aggressive 1") n.peer.SAi_b = payload(step.payloads, P.SA).body;
  const make = step.make;
  step.make = (payloads) => {
    const message = make(payloads).slice();
    return row.octets?.(message, n) ?? message;
  };
}

/** What has the router answer and begin in Aggressive Mode. */
export const AGGRESSIVE = `
crypto isakmp profile P
 match identity address 192.0.2.2
 pre-shared-key correct-horse-battery
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;

/** The negotiation in which a step comes, and how to make its steps. */
function setting(row: Row, name: StepName, seed: number): { n: Negotiation; steps: () => Generator<Step> } {
  if (name.startsWith("aggressive")) {
    const n = new AggressiveNegotiation(seed, CONFIG + AGGRESSIVE + (row.config ?? ""));
    return { n, steps: () => (name === "aggressive 2" ? n.aggressiveRespond() : n.aggressiveInitiate()) };
  }
  const n = new Negotiation(seed, CONFIG + (row.config ?? ""));
  return { n, steps: () => (AS_RESPONDER.includes(name) ? n.initiate() : n.respond()) };
}

/** One row in one step. */
export function check(row: Row, name: StepName, seed: number): void {
  const { n, steps } = setting(row, name, seed);
  for (const step of steps()) {
    if (step.name === name) {
      if (row.drop === undefined) taken(row, step, n);
      else refused(row, step, n);
      if (row.ends) {
        n.clear(120_000);
        for (const again of steps()) assert.ok(again.go(), `a new negotiation, ${again.name}: ${n.router.output.slice(-1200)}`);
        assert.ok(n.world.run(100, () => n.tunnelUp()), `a new tunnel: ${n.router.output.slice(-1200)}`);
        return;
      }
    }
    assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-1200)}`);
  }
  assert.ok(n.world.run(100, () => n.tunnelUp()), `the tunnel is up: ${n.router.output.slice(-1200)}`);
}

/** Makes the tests of a table. */
export function table(rows: Row[]): void {
  let seed = 100;
  for (const row of rows) for (const step of row.steps) test(`${row.name} (${step}; ${row.clause.startsWith("RFC") ? row.clause : `RFC 2408, ${row.clause}`})`, () => check(row, step, seed++));
}
