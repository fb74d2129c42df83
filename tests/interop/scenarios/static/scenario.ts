/**
 * The Linux kernel's ESP without any IKE of its own: two of ours negotiate a tunnel for each transform, and then a User-mode
 * Linux guest takes the place of one of them, with the keys that it had exported as `ip xfrm` states. So every transform
 * that the kernel has meets ours, whatever its usual daemons can negotiate.
 */
import { join } from "node:path";
import type { Pair } from "../../bench/pair.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import { must } from "../../bench/peers/shell.ts";
import { readText, until } from "../../bench/process.ts";
import type { PairScenario } from "../../bench/scenario.ts";
import { addPolicies, inPlaceOfFar, pingBothWays } from "./guest.ts";
import { configuration, FAR, networks } from "./sets.ts";

/** Our transform sets, by words of the console; each gets a network 10.2.N.0/24. A set that ends in ESN has it on. */
const SETS = [
  "esp-des esp-md5-hmac", "esp-3des esp-sha-hmac", "esp-aes 128 esp-sha-hmac", "esp-aes 128 esp-sha256-hmac", "esp-aes 192 esp-sha384-hmac", "esp-aes 256 esp-sha256-hmac", "esp-aes 256 esp-sha512-hmac",
  "esp-null esp-sha-hmac", "esp-null esp-sha256-hmac", "esp-aes-ctr 128 esp-sha-hmac", "esp-aes-ctr 256 esp-sha256-hmac",
  ...["128", "192", "256"].map((bits) => `esp-gcm ${bits}`), "esp-gcm 256 icv 8", "esp-gcm 128 icv 12", "esp-aes 128 esp-aes-xcbc-mac", "esp-null esp-aes-xcbc-mac", "esp-aes 256",
  "esp-aes 256 esp-sha256-hmac ESN", "esp-gcm 256 ESN",
];
const NEWER = [
  "esp-ccm 128 icv 8", "esp-ccm 192 icv 12", "esp-ccm 256", "esp-gmac 128", "esp-gmac 256", "esp-chacha20-poly1305", "esp-ccm 128 ESN", "esp-gmac 192 ESN",
  "esp-chacha20-poly1305 ESN", "esp-camellia 128 esp-sha-hmac", "esp-camellia 192 esp-sha256-hmac", "esp-camellia 256 esp-aes-xcbc-mac", "esp-camellia 256 esp-sha512-hmac ESN",
];

/** The kernel's words for Wireshark's, and the bits of the ICV. */
const CIPHERS: Record<string, string> = {
  "AES-CBC [RFC3602]": "cbc(aes)", "TripleDES-CBC [RFC2451]": "cbc(des3_ede)", "DES-CBC [RFC2405]": "cbc(des)", "NULL": "ecb(cipher_null)", "Camellia-CBC [RFC4312]": "cbc(camellia)", "AES-CTR [RFC3686]": "rfc3686(ctr(aes))",
};
export const AUTHS: Record<string, [name: string, bits: number]> = {
  "HMAC-MD5-96 [RFC2403]": ["hmac(md5)", 96], "HMAC-SHA-1-96 [RFC2404]": ["hmac(sha1)", 96], "HMAC-SHA-256-128 [RFC4868]": ["hmac(sha256)", 128],
  "AES-XCBC-MAC-96 [RFC3566]": ["xcbc(aes)", 96], "HMAC-SHA-384-192 [RFC4868]": ["hmac(sha384)", 192], "HMAC-SHA-512-256 [RFC4868]": ["hmac(sha512)", 256], "ANY 96 bit authentication [no checking]": ["xcbc(aes)", 96],
};

/** The kernel's words for what authenticates itself; where Wireshark's don't name the ICV it has 16 octets. */
const COMBINED: [words: RegExp, name: string][] = [
  [/^AES-GCM with (\d+) octet ICV/, "rfc4106(gcm(aes))"], [/^AES-CCM with (\d+) octet ICV/, "rfc4309(ccm(aes))"],
  [/^AES-GMAC/, "rfc4543(gcm(aes))"], [/^ChaCha20-Poly1305/, "rfc7539esp(chacha20,poly1305)"],
];

/** What `ip xfrm state` is told of a direction's algorithms. */
function algorithms(cipher: string, key: string, auth: string, authKey: string): string {
  const combined = COMBINED.find(([words]) => words.test(cipher));
  if (combined) return `aead '${combined[1]}' ${key} ${8 * Number(combined[0].exec(cipher)![1] ?? 16)}`;
  const enc = CIPHERS[cipher];
  if (!enc) throw new Error(`no words of the kernel's for ${cipher}`);
  const encryption = `enc '${enc}' ${key === "0x" ? "''" : key}`;
  if (auth === "NULL") return encryption;
  const icv = AUTHS[auth];
  if (!icv) throw new Error(`no words of the kernel's for ${auth}`);
  return `${encryption} auth-trunc '${icv[0]}' ${authKey} ${icv[1]}`;
}

/** One exported direction as arguments of `ip xfrm state add`, but for what its transform set adds. */
export function state(line: string): { src: string; spi: string; words: string } {
  const [, src, dst, spi, cipher, key, auth, authKey] = line.split(",").map((cell) => cell.replaceAll('"', ""));
  return { src: src!, spi: spi!, words: `src ${src} dst ${dst} proto esp spi ${spi} mode tunnel ${algorithms(cipher!, key!, auth!, authKey!)}` };
}

async function check(pair: Pair, name: string, sets: readonly string[]): Promise<void> {
  const far = pair.far as Postern;
  // A packet to each network brings its tunnel up; nobody is there yet to answer.
  for (let n = 0; n < sets.length; n++) void pair.nearLan.ping(`10.2.${n}.10`, 1);
  await until("all tunnels", 40, () => networks(far.events).size === 2 * sets.length);
  const byNetwork = networks(far.events);
  const states = readText(join(far.keylog, "esp_sa")).split("\n").filter((line) => /^(# )?"/.test(line)).map(state);
  await inPlaceOfFar(pair, name, async (guest) => {
    for (const { src, spi, words } of states) {
      const n = byNetwork.get(spi);
      if (n === undefined) continue;
      await must(guest, `ip xfrm state add ${words} reqid ${n + 1} replay-window 32${sets[n]!.endsWith(" ESN") ? " flag esn" : ""}`);
      if (src === FAR) await addPolicies(guest, n, (from, to) => `tmpl src ${from} dst ${to} proto esp reqid ${n + 1} mode tunnel`);
    }
    await pingBothWays(pair, guest, sets);
    pair.sweep();
    const wanted = 12 * sets.length;
    if (pair.carried.out + pair.carried.in < wanted) throw new Error(`${pair.carried.out} and ${pair.carried.in} ESP packets for ${wanted} inner ones`);
  });
}

const scenario = (name: string, what: string, sets: readonly string[]): PairScenario => ({
  name,
  about: `${what} against the kernel's ESP with static states (ip xfrm), pings both ways`,
  peer: "postern",
  with: "the Linux kernel's static states",
  tools: ["uml"],
  configurations: { near: configuration(sets, true), far: configuration(sets, false) },
  check: (pair) => check(pair, name, sets),
});

export default [
  scenario("static", `${SETS.length} transform sets`, SETS),
  scenario("static-newer", `${NEWER.length} transform sets of AES-CCM, AES-GMAC, ChaCha20-Poly1305 and Camellia`, NEWER),
];
