/** Emulated boards on our side, the kernel's ESP opposite: the tunnel, new keys under a ping, a bad wire. */
import loss from "../loss/scenario.ts";
import rekey from "../rekey/scenario.ts";
import { onHost, type Scenario } from "../scenario.ts";
import suites from "../suite/scenario.ts";

/** The scenarios of one thing under another word. */
const as = (host: string, scenarios: readonly Scenario[], what: string, word: string): Scenario[] =>
  onHost(host, scenarios, (name) => (name.startsWith(`${what}-`) ? `${word}${name.slice(what.length)}` : undefined));

export default [
  ...as("imx6ul", suites, "suite-aes256-sha256", "board-imx6ul"),
  ...as("riscv-virt", suites, "suite-aes256-sha256", "board-riscv-virt"),
  ...as("imx6ul", rekey, "rekey-phase2", "board-rekey"),
  ...as("imx6ul", loss, "loss-30", "board-loss-30"),
] satisfies Scenario[];
