/** What tshark makes of the capture that our side wrote, with the keys that our side exported as Wireshark's own preference files. */
import { Postern } from "./peers/postern.ts";
import { INFORMATIONAL } from "./link/isakmp.ts";
import { run } from "./process.ts";
import type { Gateway } from "./peers/gateway.ts";

/** Octets of a frame that differ when a packet is sent again: Ethernet's header, and IP's before its addresses. */
const BEFORE_ADDRESSES = 14 + 12;

/**
 * tshark's columns, a row a frame. What was sent again is left out first: tshark opens each message with the IV that the one before it leaves, and a message
 * that is sent again after its answer leaves the wrong one to the next exchange.
 */
export function tshark(ours: Postern, filter: string, fields: string[]): string[][] {
  const once = `${ours.pcap}.once`;
  run("editcap", ["-I", String(BEFORE_ADDRESSES), "-D", "1000000", ours.pcap, once]);
  const text = run("tshark", ["-r", once, "-o", "esp.enable_encryption_decode:TRUE", "-o", "esp.enable_authentication_check:TRUE",
    "-Y", filter, "-T", "fields", "-E", "occurrence=a", ...fields.flatMap((f) => ["-e", f])], { env: { ...process.env, WIRESHARK_CONFIG_DIR: ours.keylog, HOME: ours.directory } });
  return text.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
}

/** An ISAKMP message as tshark has opened it: one that came in fragments once it is whole. */
export interface Message { frame: number; from: string; exchange: number; encrypted: boolean; payloads: number[]; /** Their encodings. */ certificates: number[]; requests: number; malformed: boolean }

const FRAGMENT = 132, SIG = 9;

/**
 * The messages that our capture has, in their order. What was sent again is one, also where it came whole and then in fragments: tshark has gone on by then.
 */
export function messages(ours: Postern): Message[] {
  const seen = new Set<string>();
  return tshark(ours, "isakmp", ["frame.number", "ip.src", "isakmp.exchangetype", "isakmp.flag_e", "isakmp.typepayload", "isakmp.cert.encoding", "isakmp.certreq.type",
    "_ws.malformed", "udp.payload", "isakmp.ispi", "isakmp.messageid", "isakmp.length"])
    .filter(([, from, exchange, encrypted = "", , , , , octets = "", cookie, id, length = ""]) => {
      const last = (text: string | undefined): string => text?.split(",").at(-1) ?? "";
      const key = /1|True/.test(encrypted) ? [from, ...[cookie, exchange, id, length].map(last)].join() : octets;
      return key === "" || !seen.has(key) && seen.add(key) !== undefined;
    })
    .map(([frame, from, exchange, encrypted = "", payloads = "", encodings = "", requests = "", malformed = ""]) => {
      const numbers = (text: string): number[] => text.split(",").filter((one) => one !== "").map(Number);
      const types = numbers(payloads);
      return {
        frame: Number(frame), from: from!.split(",")[0]!, exchange: numbers(exchange!)[0]!, encrypted: /1|True/.test(encrypted),
        payloads: types.filter((one) => one !== FRAGMENT), certificates: numbers(encodings), requests: numbers(requests).length, malformed: malformed !== "",
      };
    });
}

/** HASH, ID and SIG: what an encrypted message has shown when it was opened. */
const OPENED = [8, 5, SIG];

/**
 * tshark has opened every encrypted message of our capture, and finds none malformed. @param unread whose Informational messages nobody can read: libreswan has
 * an IV of its own for those before the end of phase 1
 */
export function expectDecrypted(ours: Gateway, unread = ""): void {
  if (!(ours instanceof Postern)) return;
  const all = messages(ours);
  if (!all.some(({ payloads }) => payloads.includes(SIG))) throw new Error("tshark has seen no signature");
  for (const { frame, from, exchange, encrypted, payloads, certificates, malformed } of all) {
    if (exchange === INFORMATIONAL && from === unread) continue;
    // It takes a PKCS#7 for a certificate.
    if (malformed && !certificates.includes(1)) throw new Error(`frame ${frame}: tshark finds it malformed`);
    if (encrypted && !payloads.some((type) => OPENED.includes(type))) throw new Error(`frame ${frame} was not decrypted: payloads ${payloads.join(" ")}`);
  }
}
