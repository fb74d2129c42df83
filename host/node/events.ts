/** EVENT lines (host/abi.md, "EVENT"): the typed form of what machines read. */

/** `event=NAME t=MILLISECONDS key=value ...`, any event: values as text, escapes undone. */
export interface AnyEvent {
  event: string;
  /** milliseconds since `init` */
  t: number;
  [key: string]: string | number;
}

export interface IkeMessage {
  event: "ike.message";
  t: number;
  dir: "in" | "out";
  exchange: string;
  /** which message of its exchange: 1 and up */
  number: number;
  peer: string;
  local: string;
  cky_i: string;
  cky_r: string;
  mid: string;
  payloads: string[];
  encrypted: boolean;
  /** octets */
  length: number;
  retransmission: boolean;
}

/** An SA of either phase came up, was replaced or went away. */
export interface SaEvent {
  event: "ike.sa" | "ipsec.sa";
  t: number;
  state: "up" | "rekeyed" | "down";
  peer: string;
  reason: string;
  [key: string]: string | number;
}

export interface Refused {
  event: "refused";
  t: number;
  where: string;
  peer: string;
  reason: string;
  detail: string;
}

/** Undoes `\xNN`. */
const unescape = (text: string): string => text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** Parses one line; undefined for a line that is not an event. Words without `=` are ignored. */
export function parseEvent(line: string): AnyEvent | undefined {
  const out: AnyEvent = { event: "", t: 0 };
  for (const word of line.trim().split(" ")) {
    const at = word.indexOf("=");
    if (at <= 0) continue;
    const key = word.slice(0, at);
    const value = unescape(word.slice(at + 1));
    out[key] = key === "t" ? Number(value) : value;
  }
  return out.event === "" || !Number.isFinite(out.t) ? undefined : out;
}

const text = (event: AnyEvent, key: string): string => String(event[key] ?? "");

export function asIkeMessage(event: AnyEvent): IkeMessage | undefined {
  if (event.event !== "ike.message") return undefined;
  const number = Number(event.number);
  return {
    event: "ike.message",
    t: event.t,
    dir: event.dir === "in" ? "in" : "out",
    exchange: text(event, "exchange"),
    number: Number.isFinite(number) ? number : 0,
    peer: text(event, "peer"),
    local: text(event, "local"),
    cky_i: text(event, "cky_i"),
    cky_r: text(event, "cky_r"),
    mid: text(event, "mid"),
    payloads: text(event, "payloads").split(",").filter((p) => p !== ""),
    encrypted: event.encrypted === "1",
    length: Number(event.length) || 0,
    retransmission: event.retransmission === "1",
  };
}

export function asSaEvent(event: AnyEvent): SaEvent | undefined {
  return event.event === "ike.sa" || event.event === "ipsec.sa" ? (event as SaEvent) : undefined;
}

export function asRefused(event: AnyEvent): Refused | undefined {
  if (event.event !== "refused") return undefined;
  return { event: "refused", t: event.t, where: text(event, "where"), peer: text(event, "peer"), reason: text(event, "reason").replaceAll("-", " "), detail: text(event, "detail") };
}

/** Cuts a stream into its lines; what has no end yet waits for it. */
export class Lines {
  private rest = "";

  constructor(private readonly take: (line: string) => void) {}

  write(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop()!;
    for (const line of lines) if (line !== "") this.take(line);
  }
}
