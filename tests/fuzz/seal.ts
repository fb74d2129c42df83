/**
 * ESP and AH into the hub under the keys that it really has: it tells them by KEYLOG and EVENT (host/abi.md). What is inside is
 * the fuzzer's choice, so that the parsers behind the ICV see it.
 */
import { icvOf, sealText, suites, type Suite } from "../support/second/esp.ts";
import { checksum, ipv4 } from "../support/world/frame.ts";
import type { Event, Router } from "../support/world/world.ts";

/** An inbound SA of the hub's. */
export interface Inbound {
  spi: number;
  peer: string;
  /** Absent where AH is all there is. */
  esp?: { suite: Suite; keymat: Uint8Array };
  ah?: { spi: number; suite: Suite; key: Uint8Array };
  esn: boolean;
  transport: boolean;
  encapsulated: boolean;
  /** First addresses of what is here and there. */
  local: string;
  remote: string;
  /** The highest number that was used with it. */
  sequence: number;
}

const CIPHERS: Record<string, (key: number) => string> = {
  "AES-CBC [RFC3602]": (key) => `aes-${8 * key}`,
  "TripleDES-CBC [RFC2451]": () => "3des",
  "DES-CBC [RFC2405]": () => "des",
  NULL: () => "null",
  "AES-CTR [RFC3686]": (key) => `ctr-${8 * (key - 4)}`,
  "AES-GCM with 8 octet ICV [RFC4106]": (key) => `gcm-${8 * (key - 4)}/8`,
  "AES-GCM with 12 octet ICV [RFC4106]": (key) => `gcm-${8 * (key - 4)}/12`,
  "AES-GCM with 16 octet ICV [RFC4106]": (key) => `gcm-${8 * (key - 4)}/16`,
  "AES-CCM with 8 octet ICV [RFC4309]": (key) => `ccm-${8 * (key - 3)}/8`,
  "AES-CCM with 12 octet ICV [RFC4309]": (key) => `ccm-${8 * (key - 3)}/12`,
  "AES-CCM with 16 octet ICV [RFC4309]": (key) => `ccm-${8 * (key - 3)}/16`,
  "Camellia-CBC [RFC4312]": (key) => `camellia-${8 * key}`,
  "AES-GMAC [RFC4543]": (key) => `gmac-${8 * (key - 4)}/16`,
  "ChaCha20-Poly1305 [RFC7634]": () => "chacha/16",
};
const HASHES: Record<string, string> = {
  "HMAC-MD5-96 [RFC2403]": "md5",
  "HMAC-SHA-1-96 [RFC2404]": "sha1",
  "HMAC-SHA-256-128 [RFC4868]": "sha256",
  "HMAC-SHA-384-192 [RFC4868]": "sha384",
  "HMAC-SHA-512-256 [RFC4868]": "sha512",
  "ANY 96 bit authentication [no checking]": "aes-xcbc",
  "AES-XCBC-MAC-96 [RFC3566]": "aes-xcbc",
};
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

/** A KEYLOG line as keys: of `esp`, or of `ah`, whose suite has no cipher. Undefined for other lines and unknown words. */
export function readKeys(line: string): { protocol: "esp" | "ah"; src: string; dst: string; spi: number; suite: Suite; keymat: Uint8Array } | undefined {
  const m = /^(esp|ah) (\S+) (\S+) 0x([0-9a-f]+) (?:"([^"]+)" 0x([0-9a-f]*) )?"([^"]+)" 0x([0-9a-f]*)$/i.exec(line);
  if (!m) return undefined;
  const [, protocol, src, dst, spi, cipher, key = "", auth, authKey] = m;
  const hash = HASHES[auth!];
  const cipherName = cipher === undefined ? "null" : CIPHERS[cipher]?.(key.length / 2);
  const suite = suites.find(({ name }) => name === (cipherName?.includes("/") ? cipherName : `${cipherName}/${hash}`));
  return suite && { protocol: protocol as "esp" | "ah", src: src!, dst: dst!, spi: parseInt(spi!, 16), suite, keymat: bytes(key + authKey!) };
}

/** The inbound SAs that a router has now, the newest last. It must run with `keylog`. */
export class Keys {
  readonly inbound: Inbound[] = [];
  private known = new Map<number, NonNullable<ReturnType<typeof readKeys>>>();

  constructor(private router: Router) {}

  /** Takes what the router has told since. */
  take(events: readonly Event[]): void {
    for (const line of this.router.keylog.splice(0)) {
      const keys = readKeys(line);
      if (keys) this.known.set(keys.spi, keys);
    }
    for (const event of events) if (event.event === "ipsec.sa") this.sa(event);
    if (this.inbound.length > 64) this.inbound.splice(0, this.inbound.length - 64);
    if (this.known.size > 4096) this.known = new Map([...this.known].slice(-1024));
  }

  private sa(event: Event): void {
    const number = (key: string): number => parseInt(String(event[key] ?? "0").replace(/^0x/, ""), 16);
    const spi = number("spi_in");
    const at = this.inbound.findIndex((one) => one.spi === spi);
    if (event.state === "down") {
      if (at >= 0) this.inbound.splice(at, 1);
      return;
    }
    const keys = this.known.get(spi);
    if (!keys || at >= 0) return;
    const outer = event.ah_spi_in === undefined ? undefined : this.known.get(number("ah_spi_in"));
    const first = (key: string): string => String(event[key] ?? "0.0.0.0").split("-")[0]!;
    const one: Inbound = {
      spi,
      peer: keys.src,
      esn: event.esn === "1",
      transport: event.mode === "transport",
      encapsulated: event.encapsulated === "1",
      local: first("local"),
      remote: first("remote"),
      sequence: 0,
    };
    if (keys.protocol === "esp") one.esp = keys;
    const ah = keys.protocol === "ah" ? keys : outer;
    if (ah) one.ah = { spi: ah.spi, suite: ah.suite, key: ah.keymat };
    this.inbound.push(one);
  }
}

/** Options that AH covers as they stand; all others it takes as zeros (RFC 4302, appendix A1). */
const IMMUTABLE = [1, 130, 133, 134, 148, 149];

/** The outer header as AH covers it: TOS, flags, TTL and checksum are zero (RFC 4302, 3.3.3.1.1). */
export function covered(datagram: Uint8Array): Uint8Array {
  const out = datagram.slice();
  out[1] = out[8] = 0;
  out.fill(0, 6, 8);
  out.fill(0, 10, 12);
  const end = (out[0]! & 15) * 4;
  for (let at = 20; at < end && out[at] !== 0; ) {
    const length = out[at] === 1 ? 1 : Math.max(2, out[at + 1] ?? 2);
    if (!IMMUTABLE.includes(out[at]!)) out.fill(0, at, Math.min(end, at + length));
    at += length;
  }
  return out;
}

const numbering = (sa: Inbound, sequence: number) => ({ sequence, esn: sa.esn });

/** What goes into an SA: octets behind the IP header, and their protocol. */
export interface Inside { payload: Uint8Array; next: number }

/** The padding and trailer that RFC 4303 wants behind a payload. */
export function trailer(sa: Inbound, length: number, next: number): Uint8Array {
  const block = sa.esp!.suite.block;
  const pad = (block - ((length + 2) % block)) % block;
  return Uint8Array.from([...Array.from({ length: pad }, (_, i) => i + 1), pad, next]);
}

/**
 * A payload under an SA, with the next number. `text` is what ESP encrypts, trailer included, cut to whole blocks; under AH
 * alone it is what follows the header. The result is a datagram to `dst`, ESP in UDP from `port` where that is given; AH may have
 * IP options before it.
 */
export function seal(sa: Inbound, dst: string, text: Uint8Array, next: number, iv: Uint8Array, port?: number, options: number[] = []): Uint8Array {
  const sequence = ++sa.sequence;
  let payload = text;
  let protocol = next;
  if (sa.esp) {
    const { suite, keymat } = sa.esp;
    payload = sealText(suite, keymat, sa.spi, numbering(sa, sequence), text.subarray(0, text.length - (text.length % suite.block)), iv.subarray(0, suite.iv));
    protocol = 50;
  }
  if (sa.ah) {
    const { spi, suite, key } = sa.ah;
    const head = new Uint8Array(12 + suite.icv);
    const view = new DataView(head.buffer);
    head[0] = protocol;
    head[1] = head.length / 4 - 2;
    view.setUint32(4, spi);
    view.setUint32(8, sequence);
    const datagram = ipv4(sa.peer, dst, 51, Buffer.concat([Buffer.from(options), head, payload]), { id: sequence & 0xffff });
    datagram[0] = 0x45 + options.length / 4;
    datagram[10] = datagram[11] = 0;
    const sum = checksum(datagram.subarray(0, 20 + options.length));
    datagram.set([sum >> 8, sum & 255], 10);
    datagram.set(icvOf({ ...suite, key: 0, salt: 0 }, key, covered(datagram), numbering(sa, sequence)), 20 + options.length + 12);
    return datagram;
  }
  if (port === undefined) return ipv4(sa.peer, dst, protocol, payload, { id: sequence & 0xffff });
  const udp = new Uint8Array(8 + payload.length);
  new DataView(udp.buffer).setUint16(0, port);
  new DataView(udp.buffer).setUint16(2, 4500);
  new DataView(udp.buffer).setUint16(4, udp.length);
  udp.set(payload, 8);
  return ipv4(sa.peer, dst, 17, udp, { id: sequence & 0xffff });
}

