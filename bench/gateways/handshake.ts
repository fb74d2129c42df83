/**
 * A handshake, main mode with a pre-shared key and quick mode: what it costs postern-linux and charon, in either role; and what many in flight
 * do to a tunnel that is up (flight.ts).
 */
import { suiteNamed, suiteValues } from "../../tests/interop/bench/configure.ts";
import { sleep } from "../../tests/interop/bench/process.ts";
import { spread, type Effort, type Row } from "../measure.ts";
import { PROCESSORS } from "../peers/openssl.ts";
import type { Bench, Suite } from "../suite.ts";
import { flight } from "./flight.ts";
import { GatewaySite, lacking } from "./site.ts";

const GROUPS = [2, 14, 15, 16, 19, 20, 31];

export const handshake: Bench = async (effort, done) => [await costs(effort, done), await flight(effort, done)];

async function costs(effort: Effort, done: (row: Row) => void): Promise<Suite> {
  const missing = lacking(false);
  const rows: Row[] = [];
  const suite = {
    name: "handshake", about: "handshakes of postern-linux and charon with each other: main mode, pre-shared key, quick mode without a group", unit: "ms" as const, axis: "group", rows, missing: missing ? [missing] : [],
    notes: ["Processor time of a gateway's process from the first message to a tunnel. charon is told to begin by swanctl, whose work is part of its figure as initiator; as responders both are asked by nobody."],
  };
  if (missing) return suite;
  const rounds = effort.quick ? 1 : 11;
  for (const group of effort.quick ? [14] : GROUPS) {
    const spent = { ours: [] as { ours: number; theirs: number }[], theirs: [] as { ours: number; theirs: number }[] };
    const site = new GatewaySite();
    try {
      await site.open(suiteValues(suiteNamed("aes256-sha256"), group), PROCESSORS.OpenSSL);
      // The first of each role is for warming up.
      for (let round = 0; round < rounds + 1; round++)
        for (const role of ["theirs", "ours"] as const) {
          const before = site.spent;
          await site.up(role);
          // The last message may still be on its way.
          await sleep(50);
          const after = site.spent;
          await site.down();
          if (round > 0) spent[role].push({ ours: after.ours - before.ours, theirs: after.theirs - before.theirs });
        }
    } finally {
      await site.close();
    }
    for (const [role, mine, other] of [["responder", spent.theirs, spent.ours], ["initiator", spent.ours, spent.theirs]] as const) {
      const row: Row = {
        group: role,
        size: group,
        contenders: [
          { name: "postern-linux", cost: spread(mine.map((one) => one.ours)), ratio: spread([1]) },
          { name: "charon", cost: spread(other.map((one) => one.theirs)), ratio: spread(other.map((one, i) => one.theirs / mine[i]!.ours)) },
        ],
      };
      rows.push(row);
      done(row);
    }
  }
  rows.sort((a, b) => b.group.localeCompare(a.group) || a.size - b.size);
  return suite;
}
