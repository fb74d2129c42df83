/** Packets that only just fit an Ethernet frame, or do not, through a tunnel that makes each one longer; both ways. */
import { must } from "../../bench/peers/shell.ts";
import { bothRoles } from "../../bench/scenario.ts";

export default bothRoles("large-packets", (role) => ({
  about: "pings of 1400 to 3000 octets: fragments outside and inside",
  peer: "kernel",
  check: async (bench) => {
    await bench.expectTunnel(role);
    for (const size of [1300, 1380, 1400, 1420, 1440, 1472, 2000, 3000]) {
      for (let seq = 0; seq < 2; seq++) {
        if (await bench.lan.echo("10.2.0.10", 500 + size, seq, 15_000, size) === undefined) throw new Error(`from our host: a ping with ${size} octets was not answered`);
      }
      await must(bench.theirs.shell, `ping -n -I 10.2.0.10 -M dont -c 2 -i 0.2 -W 15 -s ${size} 10.1.0.10`, 60);
    }
    bench.expectSealed();
  },
}));
