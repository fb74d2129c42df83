/** One side takes the tunnel down and says so: the other follows at once, and the tunnel can be built again. */
import { bothRoles } from "../../bench/scenario.ts";

const ours = bothRoles("delete-ours", (role) => ({
  about: "our side deletes; the peer follows, and a new tunnel comes up",
  peer: "kernel",
  check: async (bench) => {
    await bench.expectTunnel(role);
    await bench.ours.clear();
    await bench.theirs.logs(/received DELETE for/);
    await bench.expectDown(5);
    await bench.expectTunnel(role);
  },
}));

const theirs = bothRoles("delete-theirs", (role) => ({
  about: "the peer deletes; our side follows, and a new tunnel comes up",
  peer: "kernel",
  check: async (bench) => {
    await bench.expectTunnel(role);
    await bench.theirs.terminate();
    await bench.expectDown(5);
    await bench.expectTunnel(role);
  },
}));

export default [...ours, ...theirs];
