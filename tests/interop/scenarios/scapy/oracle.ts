/** Keys that our side exported, in scapy's words, and scapy's ESP as a program beside (oracle.py). */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Postern } from "../../bench/peers/postern.ts";
import { readText } from "../../bench/process.ts";

export interface Sa { spi: number; src: string; dst: string; cipher: string; key: string; auth: string; authkey: string; esn?: boolean }

const CIPHERS: Record<string, string> = {
  "AES-CBC [RFC3602]": "AES-CBC", "TripleDES-CBC [RFC2451]": "3DES", "DES-CBC [RFC2405]": "DES", "AES-CTR [RFC3686]": "AES-CTR",
  "AES-GCM with 16 octet ICV [RFC4106]": "AES-GCM",
};
const AUTHS: Record<string, string> = {
  "HMAC-MD5-96 [RFC2403]": "HMAC-MD5-96", "HMAC-SHA-1-96 [RFC2404]": "HMAC-SHA1-96", "HMAC-SHA-256-128 [RFC4868]": "SHA2-256-128",
  "HMAC-SHA-384-192 [RFC4868]": "SHA2-384-192", "HMAC-SHA-512-256 [RFC4868]": "SHA2-512-256",
};

/** The keys that our side exported, newest last. */
export function exported(ours: Postern): Sa[] {
  return readText(join(ours.keylog, "esp_sa")).split("\n").filter((line) => line.startsWith('"')).map((line) => {
    const [, src, dst, spi, cipher, key, auth, authkey] = line.split(",").map((cell) => cell.replaceAll('"', ""));
    return { src: src!, dst: dst!, spi: Number(spi), cipher: CIPHERS[cipher!] ?? cipher!, key: key!.replace("0x", ""), auth: AUTHS[auth!] ?? auth!, authkey: authkey!.replace("0x", "") };
  });
}

export interface Asked { sa: Sa; packets?: string[]; make?: string[]; seq?: number }

export function askAll(asked: Asked[]): { inner: string[]; made: string[] }[] {
  const input = asked.map(({ sa, ...more }) => ({ ...sa, outer: [sa.src, sa.dst], ...more }));
  const done = spawnSync("/usr/bin/python3", [fileURLToPath(new URL("oracle.py", import.meta.url))], { input: JSON.stringify(input), encoding: "utf8", timeout: 40000 });
  if (done.status !== 0) throw new Error(`scapy: ${(done.stderr ?? "").trim().split("\n").at(-1)}`);
  return JSON.parse(done.stdout) as { inner: string[]; made: string[] }[];
}
