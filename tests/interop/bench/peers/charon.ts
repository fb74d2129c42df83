/** strongSwan's charon in a place that has a shell: started, given one swanctl.conf, asked, ended. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Peer, type IkeSa } from "./peer.ts";
import { ip, must, type Outcome, type Shell } from "./shell.ts";

/** Which data plane: the kernel's own ESP, or charon's in user space, which speaks ESP in UDP only. */
export type DataPlane = "kernel" | "libipsec";

const PLUGINS = "random nonce openssl gcrypt gmp aes des md5 sha1 sha2 hmac kdf pem pkcs1 pkcs7 pkcs8 x509 pubkey constraints revocation";

function daemonConf(plane: DataPlane, there: string, options: string): string {
  return `charon {
  load = ${PLUGINS} ${plane === "libipsec" ? "kernel-libipsec " : ""}kernel-netlink socket-default vici updown counters
  retransmit_timeout = 2
  retransmit_base = 1.5
  retransmit_tries = 5
  half_open_timeout = 60
  delete_rekeyed_delay = 2
  install_virtual_ip = no
  ${options}
  filelog {
    main {
      path = ${there}/charon.log
      default = 1
      ike = 2
      cfg = 2
      chd = 2
      enc = 1
      flush_line = yes
      time_format = %T
    }
  }
  plugins {
    kernel-libipsec { load = yes }
    vici { socket = unix:///run/charon.vici }
  }
}
# It asks and has no use for more; to load everything took longer than its work.
swanctl { load = random }
`;
}

/** Reads what `swanctl --list-sas` prints for people. */
export function parseSas(text: string): IkeSa[] {
  const sas: IkeSa[] = [];
  for (const line of text.split("\n")) {
    let m = /^(\S+): #(\d+), (\w+), IKEv1, ([0-9a-f]{16}_i)\*? ([0-9a-f]{16}_r)/.exec(line.replace("_i*", "_i").replace("_r*", "_r"));
    if (m) {
      sas.push({ name: m[1]!, number: Number(m[2]), state: m[3]!, suite: "", cookies: m[4]!.slice(0, 16) + m[5]!.slice(0, 16), remoteHost: "", children: [] });
      continue;
    }
    const sa = sas.at(-1);
    if (!sa) continue;
    m = /^ {2}(\S+): #\d+, reqid \d+, (\w+), (TUNNEL|TRANSPORT)(-in-UDP)?, (?:ESP|AH):(\S+)/.exec(line);
    if (m) {
      sa.children.push({ name: m[1]!, state: m[2]!, spiIn: "", spiOut: "", bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0, suite: m[5]!, udp: m[4] !== undefined, local: "", remote: "" });
      continue;
    }
    const child = sa.children.at(-1);
    if (child && (m = /^ {4}(in|out) +([0-9a-f]{8})[^,]*,\s*(\d+) bytes,\s*(\d+) packets/.exec(line))) {
      if (m[1] === "in") { child.spiIn = m[2]!; child.bytesIn = Number(m[3]); child.packetsIn = Number(m[4]); }
      else { child.spiOut = m[2]!; child.bytesOut = Number(m[3]); child.packetsOut = Number(m[4]); }
    } else if (child && (m = /^ {4}(local|remote) +(\S+)/.exec(line))) child[m[1] as "local" | "remote"] = m[2]!;
    else if (!child && (m = /^ {2}remote .*@ (\S+)/.exec(line))) sa.remoteHost = m[1]!;
    else if (!child && sa.suite === "" && (m = /^ {2}(\S+_\S+\/\S+)/.exec(line))) sa.suite = m[1]!;
  }
  return sas;
}

export class Charon extends Peer {
  readonly logFile = "charon.log";
  readonly plane: DataPlane;
  constructor(shell: Shell, plane: DataPlane) {
    super(shell);
    this.plane = plane;
  }

  async start(swanctlConf: string, options = ""): Promise<void> {
    await this.stop();
    const { here, there } = this.shell;
    writeFileSync(join(here, "strongswan.conf"), daemonConf(this.plane, there, options));
    writeFileSync(join(here, "swanctl.conf"), swanctlConf);
    writeFileSync(join(here, "charon.log"), "");
    await must(this.shell, `export STRONGSWAN_CONF=${there}/strongswan.conf; /usr/lib/ipsec/charon >${there}/charon.out 2>&1 & ` +
      "n=0; until [ -S /run/charon.vici ] || [ $n -ge 1200 ]; do n=$((n+1)); sleep 0.05; done; [ -S /run/charon.vici ]");
    await this.reload();
  }

  /** Replaces the configuration of the running daemon; what is up stays up. */
  async reload(swanctlConf?: string): Promise<void> {
    if (swanctlConf !== undefined) writeFileSync(join(this.shell.here, "swanctl.conf"), swanctlConf);
    await must(this.shell, this.#swanctl(`--load-all --clear --noprompt --file ${this.shell.there}/swanctl.conf`));
  }

  async stop(): Promise<void> {
    await this.shell.exec("[ -f /run/charon.pid ] && kill -9 $(cat /run/charon.pid); rm -f /run/charon.*; " +
      `${ip("xfrm state flush", "xfrm policy flush", "route flush table 220", "addr flush dev ipsec0")}; true`);
  }

  initiate(child: string, seconds = 25): Promise<Outcome> {
    return this.shell.exec(this.#swanctl(`--initiate --child ${child} --timeout ${seconds} 2>&1`), seconds + 10);
  }

  renew(phase: 1 | 2): Promise<Outcome> { return this.swanctl(phase === 1 ? "--rekey --ike tunnel" : "--rekey --child net"); }

  terminate(): Promise<Outcome> { return this.swanctl("--terminate --ike tunnel"); }

  swanctl(words: string, seconds = 60): Promise<Outcome> { return this.shell.exec(this.#swanctl(words), seconds); }

  #swanctl(words: string): string { return `STRONGSWAN_CONF=${this.shell.there}/strongswan.conf SWANCTL_DIR=${this.shell.there} swanctl ${words}`; }

  async sas(): Promise<IkeSa[]> { return parseSas(await must(this.shell, this.#swanctl("--list-sas"))); }

  configuration(): string { return readFileSync(join(this.shell.here, "swanctl.conf"), "utf8"); }
}
