/**
 * A real translator of addresses between the two (RFC 3947, RFC 3948): before our side when we start, before the peer when
 * it does. Then the same with all mappings forgotten on the way, so that packets come from another port.
 */
import type { Bench } from "../../bench/bench.ts";
import { parseUdp } from "../../../support/world/frame.ts";
import { until } from "../../bench/process.ts";
import { bothRoles } from "../../bench/scenario.ts";

/** Only ESP in UDP, and the ports of the translated side as the outer world saw them. */
function expectEncapsulated(bench: Bench): Set<number> {
  const raw = bench.wan.esp().find(({ esp }) => !esp.udp);
  if (raw) throw new Error("raw ESP passes a translator of ports");
  const outer = bench.scenario.nat === "ours" ? bench.peerWire.esp("out") : bench.wan.esp("in");
  return new Set(outer.map(({ frame }) => parseUdp(frame.ip!)!.from));
}

const plain = bothRoles("natt", (role) => ({
  about: `${role === "initiator" ? "we are" : "the peer is"} behind a translator: ESP in UDP 4500`,
  peer: "libipsec",
  nat: role === "initiator" ? "ours" : "theirs",
  check: async (bench) => {
    await bench.expectTunnel(role);
    expectEncapsulated(bench);
    const [sa] = await bench.theirs.sas();
    if (!sa!.children[0]!.udp) throw new Error("the peer does not show UDP encapsulation");
    // RFC 3948, 4: the side behind the translator keeps its mapping alive while it has nothing else to say.
    if (role === "initiator" && bench.ours.name === "postern") {
      await until("a NAT keepalive", 30, () => bench.wan.seen.some(({ direction, frame: { ip } }) => {
        const udp = direction === "out" && ip ? parseUdp(ip) : undefined;
        return udp?.to === 4500 && udp.body.length === 1 && udp.body[0] === 0xff;
      }));
    }
  },
}));

const remap = bothRoles("natt-remap", (role) => ({
  about: `${role === "initiator" ? "our" : "the peer's"} mapping changes on the way`,
  peer: "kernel",
  nat: role === "initiator" ? "ours" : "theirs",
  check: async (bench) => {
    await bench.expectTunnel(role);
    const before = expectEncapsulated(bench);
    await bench.nat!.remap();
    // The side behind the translator sends; the other one learns the new port from what it can authenticate.
    await until("pings after the mapping changed", 30, async () => {
      if (role === "initiator") return (await bench.lan.ping("10.2.0.10", 1, 50, 1000)).received === 1;
      return (await bench.theirs.ping("10.2.0.10", "10.1.0.10", 1)).received === 1;
    });
    await bench.expectPings();
    bench.expectSealed();
    const after = expectEncapsulated(bench);
    if (after.size <= before.size) throw new Error("the translator kept its mapping: nothing was proved");
  },
}));

export default [...plain, ...remap];
