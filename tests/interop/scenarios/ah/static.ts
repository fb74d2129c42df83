/**
 * AH, and AH around ESP as one bundle, against the kernel without any IKE of its own: charon negotiates no bundles, so two of
 * ours do, and then a User-mode Linux guest takes the place of one of them with `ip xfrm` states and two templates.
 */
import { join } from "node:path";
import type { Pair } from "../../bench/pair.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import { must } from "../../bench/peers/shell.ts";
import { readText, until } from "../../bench/process.ts";
import type { PairScenario } from "../../bench/scenario.ts";
import { addPolicies, inPlaceOfFar, pingBothWays } from "../static/guest.ts";
import { AUTHS, state } from "../static/scenario.ts";
import { configuration } from "../static/sets.ts";

const SETS = [
  "ah-sha256-hmac", "ah-sha512-hmac", "ah-aes-xcbc-mac", "ah-sha256-hmac ESN",
  "ah-sha256-hmac esp-aes 256 esp-sha256-hmac", "ah-sha-hmac esp-3des esp-sha-hmac", "ah-sha512-hmac esp-gcm 256", "ah-md5-hmac esp-aes 128", "ah-sha384-hmac esp-aes 256 esp-sha256-hmac ESN",
];

const bundled = (n: number): boolean => SETS[n]!.includes(" esp-");
const rows = (path: string): string[] => readText(path).split("\n").filter((line) => line.startsWith('"'));

/** Which of the networks an SPI of a protocol is for. */
function networks(events: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of events.split("\n")) {
    const n = /^event=ipsec\.sa .*state=up .*local=10\.2\.(\d+)\.0-/.exec(line)?.[1];
    if (n !== undefined) for (const [, spi] of line.matchAll(/spi_(?:in|out)=(0x\w+)/g)) found.set(spi!, Number(n));
  }
  return found;
}

async function check(pair: Pair): Promise<void> {
  const far = pair.far as Postern;
  for (let n = 0; n < SETS.length; n++) void pair.nearLan.ping(`10.2.${n}.10`, 1);
  const wanted = SETS.reduce((sum, _, n) => sum + (bundled(n) ? 4 : 2), 0);
  await until("all tunnels", 40, () => networks(far.events).size === wanted);
  const byNetwork = networks(far.events);
  const esn = (n: number): string => (SETS[n]!.endsWith(" ESN") ? " flag esn" : "");
  const states = rows(join(far.keylog, "esp_sa")).map(state).map(({ spi, words }) => `${words} reqid ${byNetwork.get(spi)! + 1} replay-window 32${esn(byNetwork.get(spi)!)}`);
  for (const line of rows(join(far.keylog, "ah_sa"))) {
    const [, src, dst, spi, auth, key] = line.split(",").map((cell) => cell.replaceAll('"', ""));
    const n = byNetwork.get(spi!)!;
    const [name, bits] = AUTHS[auth!]!;
    const mode = bundled(n) ? "transport" : "tunnel";
    states.push(`src ${src} dst ${dst} proto ah spi ${spi} mode ${mode} auth-trunc '${name}' ${key} ${bits} reqid ${n + 1} replay-window 32 flag align4${esn(n) ? " flag esn" : ""}`);
  }
  await inPlaceOfFar(pair, "ahstatic", async (guest) => {
    for (const words of states) await must(guest, `ip xfrm state add ${words}`);
    for (let n = 0; n < SETS.length; n++) {
      const one = (from: string, to: string, proto: string, mode: string) => `tmpl src ${from} dst ${to} proto ${proto} reqid ${n + 1} mode ${mode}`;
      // The first template is applied first: ESP is inside.
      await addPolicies(guest, n, (from, to) => (bundled(n) ? `${one(from, to, "esp", "tunnel")} ${one(from, to, "ah", "transport")}` : one(from, to, "ah", "tunnel")));
    }
    await pingBothWays(pair, guest, SETS);
    const around = pair.wan.seen.filter(({ frame: { ip } }) => ip?.protocol === 51);
    if (around.length < 12 * SETS.length) throw new Error(`${around.length} AH packets for ${12 * SETS.length} inner ones`);
    if (pair.wan.esp().length > 0) throw new Error("ESP of a bundle went without its AH");
  });
}

export const statics = [{
  name: "ah-static",
  about: `AH alone and around ESP, ${SETS.length} transform sets, against the kernel with static states (ip xfrm), pings both ways`,
  peer: "postern",
  with: "the Linux kernel's static states",
  tools: ["uml"],
  configurations: { near: configuration(SETS, true), far: configuration(SETS, false) },
  check,
}] satisfies PairScenario[];
