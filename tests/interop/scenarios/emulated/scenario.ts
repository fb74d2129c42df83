/**
 * Emulated boards on our side. The kernel's ESP opposite: the tunnel, new keys under a ping, a bad wire. Postern in Node
 * opposite: the tunnel, and very many frames.
 */
import { suiteNamed, suiteValues } from "../../bench/configure.ts";
import loss from "../loss/scenario.ts";
import rekey from "../rekey/scenario.ts";
import { onHost, type PairScenario, type Role, type Scenario } from "../../bench/scenario.ts";
import suites from "../suite/scenario.ts";

/** The scenarios of one thing under another word. */
const as = (host: string, scenarios: readonly Scenario[], what: string, word: string): Scenario[] =>
  onHost(host, scenarios, (name) => (name.startsWith(`${what}-`) ? `${word}${name.slice(what.length)}` : undefined));

const node = (["initiator", "responder"] as const).map((role: Role): PairScenario => ({
  name: `board-node-${role}`,
  about: `a tunnel between the board imx6ul and Node, ${role === "initiator" ? "the board" : "Node"} starts`,
  peer: "postern",
  host: "imx6ul",
  check: async (pair) => {
    await pair.up(role);
    await pair.expectPings();
    pair.sweep();
    if (pair.carried.out < 20 || pair.carried.in < 20) throw new Error(`${pair.carried.out} and ${pair.carried.in} ESP packets for 20 pings`);
  },
}));

/** In each direction; the two together are what the test is named for. */
const FRAMES = 50_000;

const frames: PairScenario = {
  name: "board-frames",
  about: "100,000 frames of 64 to 1518 octets between the board imx6ul and Node, both ways at once, none lost or altered",
  peer: "postern",
  host: "imx6ul",
  values: suiteValues(suiteNamed("aes128-sha1")),
  record: false,
  // An emulated board beside other work is slow.
  seconds: 400,
  check: async (pair) => {
    await pair.up("initiator");
    const { seconds, octets } = await pair.transfer(FRAMES, 16);
    if (pair.carried.out < FRAMES || pair.carried.in < FRAMES) throw new Error(`${pair.carried.out} and ${pair.carried.in} ESP packets for ${FRAMES} frames each way`);
    console.log(`         board-frames: ${2 * FRAMES} frames in ${seconds.toFixed(1)} s, ${Math.round(2 * FRAMES / seconds)} a second, ${(octets * 8 / seconds / 1e6).toFixed(1)} Mbit/s`);
  },
};

export default [
  ...as("imx6ul", suites, "suite-aes256-sha256", "board-imx6ul"),
  ...as("riscv-virt", suites, "suite-aes256-sha256", "board-riscv-virt"),
  ...as("imx6ul", rekey, "rekey-phase2", "board-rekey"),
  ...as("imx6ul", loss, "loss-30", "board-loss-30"),
  ...node,
  frames,
] satisfies (Scenario | PairScenario)[];
