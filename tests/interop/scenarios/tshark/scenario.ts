/**
 * tshark opens the capture that our side wrote, with the keys that our side exported as Wireshark's own preference files:
 * nine ISAKMP messages before the first ESP, the encrypted ones decrypted, every ICV good, the pings inside.
 */
import { tshark } from "../../bench/capture.ts";
import { SUITES, suiteValues, transformValues, type Values } from "../../bench/configure.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import type { Bench } from "../../bench/bench.ts";
import type { Scenario } from "../../bench/scenario.ts";

async function check(bench: Bench): Promise<void> {
  await bench.expectTunnel("initiator");
  const ours = bench.ours as Postern;
  const messages = tshark(ours, "isakmp", ["frame.number", "isakmp.exchangetype", "isakmp.flag_e", "isakmp.typepayload", "_ws.malformed"]);
  const esp = tshark(ours, "esp", ["frame.number", "esp.icv_good", "esp.icv_bad", "icmp.type"]);
  const first = Number(esp[0]?.[0] ?? 0);
  const before = messages.filter(([frame]) => Number(frame) < first);
  if (before.length !== 9) throw new Error(`${before.length} ISAKMP messages before the first ESP, not 9`);
  for (const [frame, , encrypted, payloads = "", malformed = ""] of before) {
    const types = payloads.split(",");
    if (malformed !== "") throw new Error(`frame ${frame}: tshark finds it malformed`);
    if (/1|True/.test(encrypted!) && !types.includes("5") && !types.includes("8")) throw new Error(`frame ${frame} was not decrypted: payloads ${payloads}`);
  }
  if (esp.length < 20) throw new Error(`${esp.length} ESP packets in our capture`);
  const bad = esp.filter(([, good, wrong]) => !/1|True/.test(good ?? "") || /1|True/.test(wrong ?? ""));
  if (bad.length > 0) throw new Error(`${bad.length} of ${esp.length} ICVs not good, the first in frame ${bad[0]![0]}`);
  const closed = esp.filter(([, , , icmp]) => icmp === undefined || icmp === "");
  if (closed.length > 0) throw new Error(`${closed.length} of ${esp.length} ESP packets not decrypted to a ping, the first in frame ${closed[0]![0]}`);
}

const scenario = (name: string, what: string, values: Values): Scenario => ({
  name, about: `tshark decrypts our capture with our exported keys, ICVs good (${what})`, peer: "kernel", tools: ["tshark"], values, standin: "no", check,
});

export default [
  ...SUITES.filter(({ name }) => ["3des-sha1", "aes256-sha256", "aes256-sha512"].includes(name))
    .map((suite) => scenario(suite.name === "aes256-sha256" ? "tshark" : `tshark-${suite.name}`, suite.name, suiteValues(suite))),
  scenario("tshark-null", "NULL with HMAC-SHA-256", transformValues("esp-null esp-sha256-hmac", "null-sha256")),
  scenario("tshark-ctr", "AES-CTR-256 with HMAC-SHA-1", transformValues("esp-aes-ctr 256 esp-sha-hmac", "aes256ctr-sha1")),
  scenario("tshark-gcm8", "AES-GCM-128, ICVs of 8 octets", transformValues("esp-gcm 128 icv 8", "aes128gcm8")),
  scenario("tshark-gcm12", "AES-GCM-192, ICVs of 12 octets", transformValues("esp-gcm 192 icv 12", "aes192gcm12")),
  scenario("tshark-gcm16", "AES-GCM-256, ICVs of 16 octets", transformValues("esp-gcm 256", "aes256gcm16")),
] satisfies Scenario[];
