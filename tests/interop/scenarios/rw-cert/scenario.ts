/**
 * strongSwan's rw-cert, rw-cert-aggressive, ecdsa-certs and frags-ipv4: carol and dave at moon, known by mail addresses that their certificates bear.
 */
import type { NetworkScenario } from "../../bench/scenario.ts";
import { once } from "../../signed/site.ts";
import { onTheRoad, people } from "../../signed/warriors.ts";

const FRAGMENT = 132;

export default [
  ...onTheRoad({ name: "rw-cert", about: "two road warriors with RSA certificates", people: once(() => people()) }),
  ...onTheRoad({ name: "rw-cert-aggressive", about: "two road warriors with RSA certificates in Aggressive Mode", people: once(() => people()), aggressive: true }),
  ...onTheRoad({ name: "ecdsa-certs", about: "two road warriors with ECDSA certificates on P-521 below an authority on P-521", people: once(() => people("P-521")), method: "ecdsa-sig" }),
  ...onTheRoad({
    name: "frags-ipv4", about: "two road warriors with RSA certificates, every message in fragments as small as can be", people: once(() => people()),
    lines: ["fragmentation = force"], daemon: "fragment_size = 300", ours: "crypto isakmp fragmentation mtu 300\n",
    check: (network) => {
      for (const direction of ["out", "in"] as const)
        if (!network.wan.isakmp(direction).some(({ isakmp }) => isakmp.payloads[0] === FRAGMENT)) throw new Error(`there are no fragments ${direction === "out" ? "of ours" : "of theirs"}`);
      return Promise.resolve();
    },
  }),
] satisfies NetworkScenario[];
