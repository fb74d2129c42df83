/** The whole way of a packet, from card to card: postern-linux, and charon with kernel-libipsec on the same packets. */
import { transformValues } from "../../tests/interop/bench/configure.ts";
import { spread, type Row } from "../measure.ts";
import { onlyX64, PROCESSORS, type Processor } from "../peers/openssl.ts";
import type { Bench } from "../suite.ts";
import { GatewaySite, HERE, lacking, THERE } from "./site.ts";

const SUITES = [
  ["AES-128-GCM", "esp-gcm 128", "aes128gcm16"],
  ["AES-128-CBC + SHA-256", "esp-aes 128 esp-sha256-hmac", "aes128-sha256"],
  ["AES-128-CBC + SHA-1", "esp-aes 128 esp-sha-hmac", "aes128-sha1"],
] as const;
const LENGTHS = [128, 512, 1400];
const THEIR_PROCESSORS: Processor[] = ["OpenSSL", "OpenSSL without AES, PCLMUL, SHA"];
/** IPv4's and UDP's headers. */
const HEADERS = 28;
/** Packets a second that both are sent: with fewer their sleeping and waking is what is measured, with more some are lost. */
const RATE = 6000;

/** One flow of iperf3's; the packets that arrived. */
async function flow(site: GatewaySite, out: boolean, length: number, seconds: number): Promise<number> {
  const bits = RATE * (length - HEADERS) * 8;
  const text = await site.exec("left", `iperf3 -c ${THERE} -B ${HERE} -u -l ${length - HEADERS} -b ${bits} -t ${seconds} -J ${out ? "" : "-R"}`, seconds + 30);
  const { end } = JSON.parse(text.slice(text.indexOf("{"))) as { end: { sum: { packets: number; lost_packets: number } } };
  return end.sum.packets - end.sum.lost_packets;
}

export const path: Bench = async (effort, done) => {
  const missing = lacking(true);
  const rows: Row[] = [];
  const about = "the whole way of a packet through a gateway: postern-linux, and charon with kernel-libipsec as its peer";
  const suite = { name: "path", about, unit: "µs" as const, axis: "octets of the inner datagram", rows, missing: missing ? [missing] : onlyX64 ? [onlyX64] : [], notes: [] as string[] };
  if (missing) return suite;
  const lengths = effort.quick ? [1400] : LENGTHS;
  const [rounds, seconds] = effort.quick ? [1, 1] : [5, 1];
  for (const [name, ours, theirs] of effort.quick ? SUITES.slice(0, 1) : SUITES) {
    /** By direction and length: our costs and theirs in each run with each processor. */
    const costs = new Map<string, { processor: Processor; ours: number; theirs: number }[]>();
    for (const processor of THEIR_PROCESSORS.filter((one) => PROCESSORS[one] === undefined || !onlyX64)) {
      const site = new GatewaySite();
      try {
        await site.open(transformValues(ours, theirs), PROCESSORS[processor]);
        await site.up("theirs");
        await site.exec("right", `iperf3 -s -B ${THERE} -D -I /run/iperf3.pid`);
        await flow(site, true, 1400, 1);
        for (let round = 0; round < rounds; round++)
          for (const length of lengths)
            for (const out of [true, false]) {
              const before = site.spent;
              const packets = await flow(site, out, length, seconds);
              const after = site.spent;
              if (packets < RATE * seconds * 0.5) throw new Error(`${name}: ${packets} packets of ${RATE * seconds} arrived: the machine is too busy`);
              const key = `${out ? "out" : "in"} ${length}`;
              // What we seal they open.
              costs.set(key, [...(costs.get(key) ?? []), { processor, ours: (after.ours - before.ours) / packets, theirs: (after.theirs - before.theirs) / packets }]);
            }
      } finally {
        await site.exec("right", "[ -f /run/iperf3.pid ] && kill $(tr -d '\\0' </run/iperf3.pid); true").catch(() => {});
        await site.close();
      }
    }
    for (const way of ["out", "in"] as const)
      for (const length of lengths) {
        const mine = costs.get(`${way} ${length}`)!;
        // Their work of the same kind is that of the other direction, in the same round.
        const other = costs.get(`${way === "out" ? "in" : "out"} ${length}`)!;
        const peer = (processor: Processor, label: string) => {
          const pairs = mine.flatMap((one, i) => (one.processor === processor ? [{ cost: other[i]!.theirs, ratio: other[i]!.theirs / one.ours }] : []));
          return pairs.length > 0 ? [{ name: label, cost: spread(pairs.map(({ cost }) => cost)), ratio: spread(pairs.map(({ ratio }) => ratio)) }] : [];
        };
        const row: Row = {
          group: `${name}, ${way === "out" ? "out (sealed)" : "in (opened)"}`,
          size: length,
          contenders: [
            { name: "postern-linux", cost: spread(mine.map((one) => one.ours)), ratio: spread([1]) },
            ...peer("OpenSSL", "charon, libipsec"),
            ...peer("OpenSSL without AES, PCLMUL, SHA", "charon, libipsec, without AES, PCLMUL, SHA"),
          ],
        };
        rows.push(row);
        done(row);
      }
  }
  suite.notes.push(
    `${RATE} packets a second of UDP by iperf3, one direction at a time; a cost is a gateway's processor time, its system calls included, for a packet that arrived. One gateway seals what the other opens: compared are the same directions, in neighbouring runs.`,
  );
  return suite;
};
