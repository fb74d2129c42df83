/** What tshark makes of the capture that our side wrote, with the keys that our side exported as Wireshark's own preference files. */
import { Postern } from "./peers/postern.ts";
import { INFORMATIONAL } from "./link/isakmp.ts";
import { run } from "./process.ts";
import type { Gateway } from "./peers/gateway.ts";

/**
 * What tells messages apart: one that is sent again has the same, also where it came whole and then in fragments, whose last has the length of both. Of what is
 * plain, and of the other fragments, the octets.
 */
const TELLING = ["frame.number", "ip.src", "isakmp.flag_e", "isakmp.ispi", "isakmp.exchangetype", "isakmp.messageid", "isakmp.length", "isakmp.typepayload", "udp.payload"];

/**
 * Our capture without what was sent again: tshark opens each message with the IV that the one before it leaves, and a message that is sent again behind its
 * answer leaves the wrong one to the next exchange.
 */
function once(ours: Postern): string {
  const seen = new Set<string>();
  const again = columns(ours, ours.pcap, "isakmp", TELLING).filter(([, from, encrypted = "", cookie = "", exchange = "", id = "", lengths = "", payloads = "", octets = ""]) => {
    const last = (text: string): string => text.split(",").at(-1)!;
    const piece = payloads.split(",").includes(String(FRAGMENT)) && !lengths.includes(",");
    const key = piece || !/1|True/.test(encrypted) && !lengths.includes(",") ? octets : [from, cookie, exchange, id, lengths].map((text) => last(text!)).join();
    return key !== "" && (seen.has(key) || !seen.add(key));
  });
  const path = `${ours.pcap}.once`;
  run("editcap", [ours.pcap, path, ...again.map(([frame]) => frame!)]);
  return path;
}

function columns(ours: Postern, pcap: string, filter: string, fields: string[]): string[][] {
  const text = run("tshark", ["-r", pcap, "-o", "esp.enable_encryption_decode:TRUE", "-o", "esp.enable_authentication_check:TRUE",
    "-Y", filter, "-T", "fields", "-E", "occurrence=a", ...fields.flatMap((f) => ["-e", f])], { env: { ...process.env, WIRESHARK_CONFIG_DIR: ours.keylog, HOME: ours.directory } });
  return text.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
}

/** tshark's columns, a row a frame of what was sent for the first time. */
export const tshark = (ours: Postern, filter: string, fields: string[]): string[][] => columns(ours, once(ours), filter, fields);

/** An ISAKMP message as tshark has opened it: one that came in fragments once it is whole. */
export interface Message { frame: number; from: string; exchange: number; encrypted: boolean; payloads: number[]; /** Their encodings. */ certificates: number[]; requests: number; malformed: boolean }

const FRAGMENT = 132, SIG = 9;

/** The messages that our capture has, in their order. */
export function messages(ours: Postern): Message[] {
  return tshark(ours, "isakmp", ["frame.number", "ip.src", "isakmp.exchangetype", "isakmp.flag_e", "isakmp.typepayload", "isakmp.cert.encoding", "isakmp.certreq.type", "_ws.malformed"])
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
