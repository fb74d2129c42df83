/**
 * The two sides have different pre-shared keys. Message 5 of Main Mode cannot be decrypted to anything sensible, so the
 * side that gets it answers with a notify, and nobody has a tunnel.
 */
import { INFORMATIONAL } from "../../bench/link/isakmp.ts";
import { bothRoles } from "../../bench/scenario.ts";

const other = { psk: "battery-horse-staple-correct" };

export default bothRoles("wrong-psk", (role) => ({
  about: "different pre-shared keys: a notify, a plain sentence, no tunnel",
  peer: "kernel",
  ours: other,
  standin: other,
  check: async (bench) => {
    await bench.tryInVain(role);
    const refusal = bench.wan.isakmp(role === "initiator" ? "in" : "out").filter(({ isakmp }) => isakmp.exchange === INFORMATIONAL);
    if (refusal.length === 0) throw new Error("no notify on the wire");
    await bench.expectSaid(/the pre-shared keys of both sides (probably )?differ/);
    await bench.expectDown();
    if (bench.wan.esp().length > 0) throw new Error("ESP without a tunnel");
  },
}));
