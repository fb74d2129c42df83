/** What lists, inspection and NAT cost a packet on a board: guest instructions of datagrams of UDP that are routed in plain, from one network to the other. */
import { tunnel, type Timeline } from "./timelines.ts";

/** Prices the packets that lead to a mark, each. */
export type Packet = (timeline: Timeline, mark: string) => Promise<number>;

export interface Filtered {
  name: string;
  /** guest instructions a packet */
  cost: number;
}

/** The most instructions that a line of a list may cost a packet. */
export const LINE_BAR = 150;
const LINES = [1, 10, 50];
const LENGTH = 64;

/** A list whose last line is the one that fits: the others look as far as a line can, and differ in the port. */
const list = (lines: number): string =>
  `ip access-list extended F\n${Array.from({ length: lines - 1 }, (_, i) => ` deny udp any host 10.2.0.10 eq ${1000 + i}\n`).join("")} permit ip any any\ninterface Ethernet0\n ip access-group F in\n`;
const NAT = "ip access-list extended NAT\n permit ip 10.1.0.0 0.0.0.255 any\nip nat inside source list NAT interface Ethernet1 overload\ninterface Ethernet0\n ip nat inside\ninterface Ethernet1\n ip nat outside\n";
const INSPECT = "ip inspect name FW udp\ninterface Ethernet1\n ip inspect FW out\n";

const KINDS: [name: string, extra: string][] = [
  ["neither", ""],
  ...LINES.map((lines): [string, string] => [`a list of ${lines} line${lines === 1 ? "" : "s"}`, list(lines)]),
  ["NAT", NAT],
  ["inspection", INSPECT],
  [`a list of ${LINES.at(-1)} lines, NAT and inspection`, list(LINES.at(-1)!) + NAT + INSPECT],
];

export async function filters(packet: Packet): Promise<Filtered[]> {
  const figures: Filtered[] = [];
  for (const [name, extra] of KINDS) {
    const [timeline] = tunnel({}, { traffic: true, clear: true, udp: true, extra });
    figures.push({ name, cost: await packet(timeline, `out ${LENGTH}`) });
  }
  return figures;
}

/** Instructions that one more line costs a packet. */
export function lineCost(figures: readonly Filtered[]): number {
  const of = (lines: number): number => figures.find(({ name }) => name.startsWith(`a list of ${lines} line`) && !name.includes(","))!.cost;
  return (of(LINES.at(-1)!) - of(LINES[0]!)) / (LINES.at(-1)! - LINES[0]!);
}
