/**
 * One side loses all its state without a word: our side when it is the one that starts again, the peer when it is. The new
 * tunnel replaces the old one, and traffic flows both ways.
 */
import { bothRoles } from "../../bench/scenario.ts";

export default bothRoles("restart", (role) => ({
  about: `${role === "initiator" ? "we lose our" : "the peer loses its"} state and start${role === "initiator" ? "" : "s"} again`,
  peer: "kernel",
  standin: "no",
  check: async (bench) => {
    await bench.expectTunnel(role);
    if (role === "initiator") await bench.restartOurs();
    else await bench.theirs.start(bench.configurations().theirs);
    await bench.expectTunnel(role);
  },
}));
