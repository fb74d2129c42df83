/**
 * Every transform that scapy has: two of ours negotiate a tunnel for each, scapy decrypts what the one sends, and what
 * scapy makes in the other's place arrives behind it, once. (scapy has no AES-XCBC, and GCM with ICVs of 16 octets only.)
 */
import type { Pair } from "../../bench/pair.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import { until } from "../../bench/process.ts";
import type { PairScenario } from "../../bench/scenario.ts";
import { configuration, NEAR, networks } from "../static/sets.ts";
import { echo, ETHERNET_IPV4, ethernet, ipv4, parseEcho, parseIpv4 } from "../../../support/world/frame.ts";
import { askAll, exported, type Asked } from "./oracle.ts";

const SETS = [
  "esp-des esp-md5-hmac", "esp-3des esp-sha-hmac", "esp-aes 128 esp-sha-hmac", "esp-aes 192 esp-sha384-hmac", "esp-aes 256 esp-sha512-hmac", "esp-aes 128",
  "esp-null esp-sha-hmac", "esp-null esp-sha256-hmac", "esp-aes-ctr 128 esp-sha-hmac", "esp-aes-ctr 192 esp-sha256-hmac", "esp-aes-ctr 256 esp-sha512-hmac",
  "esp-gcm 128", "esp-gcm 192", "esp-gcm 256", "esp-gcm 128 ESN", "esp-gcm 256 ESN",
];
const SIZES = [0, 1, 2, 3, 17, 56, 400, 1300];

const authenticated = (n: number): boolean => /-hmac|gcm/.test(SETS[n]!);
const mark = (n: number, size: number): Buffer => Buffer.from(`made by scapy for ${n} `.repeat(80).slice(0, size));

async function checkTransforms(pair: Pair): Promise<void> {
  const [near, far] = [pair.near as Postern, pair.far as Postern];
  for (let n = 0; n < SETS.length; n++) void pair.nearLan.ping(`10.2.${n}.10`, 1);
  await until("all tunnels", 40, () => networks(far.events).size === 2 * SETS.length);
  for (let n = 0; n < SETS.length; n++) for (const size of SIZES) void pair.nearLan.echo(`10.2.${n}.10`, 500 + n, size, 1, size);
  await until("our pings of all sizes", 20, () => pair.wan.esp("out").length >= SETS.length * (SIZES.length + 1));
  const byNetwork = networks(far.events);
  const setOf = (spi: number): number => byNetwork.get(`0x${spi.toString(16).padStart(8, "0")}`)!;
  const asked: Asked[] = exported(near).map((sa) => {
    const n = setOf(sa.spi);
    const esn = SETS[n]!.endsWith(" ESN");
    if (sa.src === NEAR) return { sa: { ...sa, esn }, packets: pair.wan.esp("out").filter(({ esp }) => esp.spi === sa.spi).map(({ bytes }) => bytes.toString("hex", 14)) };
    return { sa: { ...sa, esn }, seq: 1000, make: SIZES.map((size, seq) => Buffer.from(ipv4(`10.2.${n}.10`, "10.1.0.10", 1, echo(8, 900 + n, seq, mark(n, size)), { id: seq + 1 })).toString("hex")) };
  });
  const answers = askAll(asked);
  const frame = pair.wan.esp("out").at(-1)!.frame;
  const arrived = (n: number): number => pair.nearLan.received.filter((ip) => { const e = parseEcho(ip); return e?.id === 900 + n && e.data.equals(mark(n, SIZES[e.seq]!)); }).length;
  for (const [k, { sa, packets }] of asked.entries()) {
    const n = setOf(sa.spi);
    const { inner, made } = answers[k]!;
    if (packets) {
      if (inner.length < SIZES.length) throw new Error(`${SETS[n]}: ${inner.length} packets only`);
      for (const hex of inner) {
        const ip = parseIpv4(Buffer.from(hex, "hex"));
        if (ip?.src !== "10.1.0.10" || ip.dst !== `10.2.${n}.10` || !parseEcho(ip)) throw new Error(`${SETS[n]}: what scapy decrypts is no ping of our host: ${hex.slice(0, 80)}`);
      }
      continue;
    }
    const inject = (bytes: Buffer): void => pair.wan.inject("in", Buffer.from(ethernet(frame.src, frame.dst, ETHERNET_IPV4, bytes, true)));
    // Without an ICV whatever decrypts is taken, as often as it comes.
    if (!authenticated(n)) {
      for (const hex of made) inject(Buffer.from(hex, "hex"));
      await until(`${SETS[n]}: our host receives what scapy made`, 5, () => arrived(n) === made.length);
      continue;
    }
    // One with a bit changed comes first, and its number must still be free for the right one.
    for (const hex of made) { const bytes = Buffer.from(hex, "hex"); bytes[bytes.length - 14]! ^= 0x10; inject(bytes); }
    for (const hex of made) inject(Buffer.from(hex, "hex"));
    await until(`${SETS[n]}: our host receives what scapy made`, 5, () => arrived(n) === made.length);
    for (const hex of made) inject(Buffer.from(hex, "hex"));
  }
  const refused = async (): Promise<number> => [...(await near.ask("show crypto ipsec sa")).matchAll(/#recv errors (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  const wanted = 2 * SETS.filter((_, n) => authenticated(n)).length * SIZES.length;
  // More are refused where the far side says that a host does not answer: its numbers are those that scapy has used up.
  await until(`${wanted} changed and replayed packets refused`, 10, async () => (await refused()) >= wanted);
  for (let n = 0; n < SETS.length; n++) if (arrived(n) !== SIZES.length) throw new Error(`${SETS[n]}: ${arrived(n)} of ${SIZES.length} arrived: a replay was taken`);
}

export const transforms = {
  name: "scapy-transforms",
  about: `${SETS.length} transform sets, NULL, AES-CTR, AES-GCM and extended numbers among them: scapy and ours open each other's ESP`,
  peer: "postern",
  tools: ["scapy"],
  configurations: { near: configuration(SETS, true), far: configuration(SETS, false) },
  check: checkTransforms,
} satisfies PairScenario;
