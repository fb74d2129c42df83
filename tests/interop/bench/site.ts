/** What a scenario says of its two sides; what it checks is scenario.ts's. */
import type { Ipv4 } from "../../support/world/frame.ts";
import type { Values } from "./configure.ts";
import type { Host } from "./hosts.ts";
import type { Tool } from "./packages.ts";
import type { DataPlane } from "./peers/charon.ts";
import type { HostConfig } from "./peers/host.ts";

export type Role = "initiator" | "responder";

/** What a scenario sets up with a peer of other people's. */
export interface Site {
  /** `<what>-initiator` or `<what>-responder` where the role of our side matters. */
  name: string;
  /** One line for the table: what is shown. */
  about: string;
  /** The peer: charon or pluto with the kernel's ESP and AH in a User-mode Linux guest, or charon's own data plane in a namespace (root). */
  peer: DataPlane | "libreswan";
  /** The host of our side, where it is not that of the run (`--host`). */
  host?: Host;
  /** Where a translator of addresses stands: before our side or before theirs. Needs root. */
  nat?: "ours" | "theirs";
  /** Programs beside those that the peer needs anyway. */
  tools?: Tool[];
  /** A second network behind our side. */
  secondLan?: boolean;
  /** Templates in place of the common ones, as text. */
  oursTemplate?: string;
  theirsTemplate?: string;
  /** Values for both sides; then those that only one of the two sides sees. */
  values?: Values;
  ours?: Values;
  theirs?: Values;
  /** What a strongSwan on our side needs instead of `ours`, or why it cannot stand in. */
  standin?: Values | "no";
  /** What `postern run --fault` is told. */
  faults?: string;
  /** Lines added to charon's daemon settings; words that pluto is told by whack before it begins. */
  daemon?: string;
  /** Keys and certificates of the peer's, by their names in its directory (x509ca/root.pem); made when the scenario runs. */
  files?(): Record<string, string>;
  /** Seconds that the scenario may take on a machine that does nothing else (90); it fails after twice as many. */
  seconds?: number;
}

/** And with Postern in Node as the peer. */
export interface PairSite extends Pick<Site, "name" | "about" | "host" | "values" | "seconds"> {
  peer: "postern";
  /** False: frames are not recorded, because there are very many. */
  record?: boolean;
  /** Programs beside those that our side needs anyway. */
  tools?: Tool[];
  /** Who the table says it works with, where that is somebody else in the end. */
  with?: string;
  /** The two configurations, where the common one will not do. */
  configurations?: { near: string; far: string };
}

/** One of several peers, in a User-mode Linux guest of its own. */
export interface OtherSite {
  name: string;
  daemon: "charon" | "pluto";
  /** Behind which translator it is, by number; outside without. */
  nat?: number;
  address: string;
  /** Further addresses, with prefix lengths. */
  inner?: string[];
  configuration: string;
  /** Lines added to charon's daemon settings; words that pluto is told by whack before it begins. */
  options?: string;
  /** Its keys and certificates, by their names in its directory. */
  files?(): Record<string, string>;
}

/** And with several peers at once. */
export interface NetworkSite extends Pick<Site, "name" | "about" | "host" | "seconds" | "tools"> {
  peer: "network";
  /** Translators, by number: the address outside, and whom inside IKE from outside is forwarded to. Inside is 198.18.NUMBER.0/24. Needs root. */
  nats?: { address: string; forward?: string }[];
  /** Stations in network namespaces beside the peers: needs root. */
  root?: boolean;
  /** Who the table says it works with, where there are no peers. */
  with?: string;
  /** `segment`: the first network inside is a switch for stations that the scenario brings along, and has no host of its own. */
  ours: { nat?: number; address: string; lans?: HostConfig[]; segment?: boolean; configuration: string };
  others: OtherSite[];
  /** Pairs of networks between which nothing may be seen in the clear; 10.0.0.0/8 and anything, unless said otherwise. */
  sealed?: [string, string][];
  /** What peers send in plain on purpose, beside Network.leak: it may neither arrive nor be answered. */
  leaks?(packet: Ipv4): boolean;
}
