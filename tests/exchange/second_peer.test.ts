/** A second implementation of IKEv1 opposite, which shares no code with the module: every Oakley group in both phases. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { oakleyGroup } from "../support/dh_groups.ts";
import { CONFIG, Negotiation, SUITE } from "../support/negotiation.ts";

/** Group of phase 1, and of Quick Mode. */
const GROUPS: [phase1: number, pfs: number | undefined][] = [[1, undefined], [2, 1], [5, 2], [14, 5]];

for (const [group, pfs] of GROUPS)
  for (const role of ["initiate", "respond"] as const)
    test(`group ${group}${pfs ? `, PFS in group ${pfs}` : ""}: the second implementation ${role}s`, () => {
      const config = CONFIG.replace(" group 1\n", ` group ${group}\n`).replace(" set transform-set TS\n", ` set transform-set TS\n${pfs ? ` set pfs group${pfs}\n` : ""}`);
      const n = new Negotiation(group * 100 + (pfs ?? 0), config, { ...SUITE, group });
      if (pfs) n.pfs = { id: pfs, group: oakleyGroup(pfs) };
      assert.equal(n.complete(role), undefined);
      for (let i = 0; i < 3; i++) assert.ok(n.echo(), `echo ${i}`);
    });
