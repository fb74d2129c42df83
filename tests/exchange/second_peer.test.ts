/** A second implementation of IKEv1 opposite, which shares no code with the module: every Oakley group in both phases. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { oakleyGroup } from "../support/dh_groups.ts";
import { P } from "../support/ike_peer.ts";
import { CONFIG, Negotiation, SUITE } from "../support/negotiation.ts";

/** Group of phase 1, and of Quick Mode. */
const GROUPS: [phase1: number, pfs: number | undefined][] = [
  [1, undefined], [2, 1], [5, 2], [14, 5], [3, 4], [4, 7], [7, 3], [19, 20], [20, 21], [21, 31], [31, 19],
];

for (const [group, pfs] of GROUPS)
  for (const role of ["initiate", "respond"] as const)
    test(`group ${group}${pfs ? `, PFS in group ${pfs}` : ""}: the second implementation ${role}s`, () => {
      const config = CONFIG.replace(" group 1\n", ` group ${group}\n`).replace(" set transform-set TS\n", ` set transform-set TS\n${pfs ? ` set pfs group${pfs}\n` : ""}`);
      const n = new Negotiation(group * 100 + (pfs ?? 0), config, { ...SUITE, group });
      if (pfs) n.pfs = { id: pfs, group: oakleyGroup(pfs) };
      assert.equal(n.complete(role), undefined);
      for (let i = 0; i < 3; i++) assert.ok(n.echo(), `echo ${i}`);
    });

/** Values that are no honest point: nothing, the field's last octets, one octet short, and where x and y stand a point beside the curve. */
function bad(group: number): Map<string, Uint8Array> {
  const { octets, publicOf, privateOctets } = oakleyGroup(group);
  const beside = publicOf(new Uint8Array(privateOctets).fill(3));
  beside[octets - 1]! ^= 1;
  const values = new Map<string, Uint8Array>([["zeros", new Uint8Array(octets)], ["one octet less", new Uint8Array(octets - 1).fill(9)]]);
  if (group !== 31) values.set("ones", new Uint8Array(octets).fill(255));
  if (group >= 19 && group <= 21) values.set("a point beside the curve", beside);
  return values;
}

for (const group of [3, 4, 7, 19, 20, 21, 31])
  test(`group ${group}: public values that give the secret away are refused`, () => {
    for (const [name, body] of bad(group)) {
      const n = new Negotiation(group, CONFIG.replace(" group 1\n", ` group ${group}\n`), { ...SUITE, group });
      for (const step of n.initiate()) {
        if (step.name === "main 3") {
          step.payloads = step.payloads.map((p) => (p.type === P.KE ? { ...p, body } : p));
          // Zeros of X25519 show in the secret alone, behind the answer (RFC 7748, 6.1).
          assert.equal(step.go(), group === 31 && name === "zeros", name);
          break;
        }
        assert.ok(step.go());
      }
      n.world.run(2000);
      assert.equal(n.router.eventsOf("refused", { reason: "public-value-refused" }).length, 1, `${name}: ${n.router.output}`);
      assert.equal(n.tunnelUp(), false);
    }
  });
