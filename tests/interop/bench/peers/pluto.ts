/**
 * libreswan's pluto in a User-mode Linux guest: an IKEv1 of its own descent, on the kernel's ESP and AH. Its package can't
 * be installed beside strongSwan's, so that it is unpacked (tools/package/debian.mjs) and mounted where it expects to be.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unpacked } from "../../../../tools/package/debian.mjs";
import { run } from "../process.ts";
import { Peer, type ChildSa, type IkeSa } from "./peer.ts";
import { ip, must, type Outcome } from "./shell.ts";

const WHACK = "/usr/libexec/ipsec/whack --ctlsocket /run/pluto/pluto.ctl";
/** Where the guest finds the unpacked package; first on PATH, since strongSwan has an `ipsec` too. */
const PLACE = "/run/libreswan";
/** Its keys and certificates. */
export const NSS = "/run/nss";
/** The head of a state in `ip -s xfrm state`, which gives numbers twice: 0x1234(4660). */
const STATE = /^src (\S+) dst (\S+)\n\s*proto (esp|ah) spi 0x([0-9a-f]+)\S* reqid \S+ mode (\w+)/;

interface KernelSa { src: string; dst: string; protocol: string; spi: string; mode: string; bytes: number; packets: number; udp: boolean }

/** Reads `ip -s xfrm state`. */
export function parseStates(text: string): KernelSa[] {
  return text.split(/^(?=src )/m).flatMap((part) => {
    const m = STATE.exec(part);
    if (!m) return [];
    const current = /lifetime current:\s+(\d+)\(bytes\), (\d+)\(packets\)/.exec(part);
    return [{ src: m[1]!, dst: m[2]!, protocol: m[3]!, spi: m[4]!, mode: m[5]!, bytes: Number(current?.[1] ?? 0), packets: Number(current?.[2] ?? 0), udp: /encap type espinudp/.test(part) }];
  });
}

/**
 * Reads `whack --showstates`: phase 1 and, below it, phase 2 SAs, each with the pair of SPIs that pluto names for it, or
 * two pairs where AH stands around ESP. The kernel's counters are added by SPI.
 */
export function parseStatus(text: string, kernel: KernelSa[]): IkeSa[] {
  const sas = new Map<number, IkeSa>();
  const children = new Map<number, ChildSa>();
  for (const line of text.split("\n")) {
    let m = /#(\d+): "([^"]+)"\S* ?\S*:\d+ STATE_(\w+) \(([^)]*)\)/.exec(line);
    if (m) {
      const [number, name, state] = [Number(m[1]), m[2]!, m[3]!];
      if (state.startsWith("QUICK")) {
        const parent = /isakmp#(\d+)/.exec(line);
        const child: ChildSa = { name, state: /^QUICK_(I2|R2)$/.test(state) ? "INSTALLED" : state, spiIn: "", spiOut: "", bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0, suite: "", udp: false, local: "", remote: "" };
        children.set(number, child);
        const sa = sas.get(Number(parent?.[1])) ?? [...sas.values()].at(-1);
        sa?.children.push(child);
      } else if (/MAIN|AGGR|INFO/.test(state)) {
        sas.set(number, { name, number, state: /^(MAIN_(I4|R3)|AGGR_(I2|R2))$/.test(state) ? "ESTABLISHED" : state, suite: "", cookies: `#${number}`, remoteHost: "", children: [] });
      }
      continue;
    }
    m = /#(\d+): "[^"]+"\S* (.*)$/.exec(line);
    const child = m && children.get(Number(m[1]));
    if (!m || !child) continue;
    // The peer's SPI comes first, then ours: `esp.1234@192.0.2.1 esp.5678@192.0.2.2`.
    const named = [...m[2]!.matchAll(/(?:esp|ah)\.([0-9a-f]+)@([0-9.]+)/g)];
    const [out, own] = named.slice(-2);
    child.spiOut ||= out?.[1] ?? "";
    child.spiIn ||= own?.[1] ?? "";
  }
  const counted = (spi: string): KernelSa | undefined => kernel.find((k) => spi !== "" && parseInt(k.spi, 16) === parseInt(spi, 16));
  for (const child of children.values()) {
    const out = counted(child.spiOut), own = counted(child.spiIn);
    child.packetsOut = out?.packets ?? 0;
    child.bytesOut = out?.bytes ?? 0;
    child.packetsIn = own?.packets ?? 0;
    child.bytesIn = own?.bytes ?? 0;
    child.udp = out?.udp ?? false;
    child.suite = out ? `${out.protocol}/${out.mode}` : "";
  }
  return [...sas.values()];
}

export class Pluto extends Peer {
  readonly logFile = "pluto.log";

  /**
   * Keys and certificates lie in a store of NSS, which is made on this side, where programs start faster: those of private/NAME.key and x509/NAME.pem
   * under that name, authorities, other certificates and CRLs under the names of their files.
   */
  override put(files: Record<string, string>): void {
    super.put(files);
    const { here } = this.shell, store = join(here, "nss"), place = ["-d", `sql:${store}`];
    rmSync(store, { recursive: true, force: true });
    const names = (folder: string): string[] => Object.keys(files).flatMap((name) => (name.startsWith(`${folder}/`) ? [name] : []));
    if (names("x509").length === 0) return;
    mkdirSync(store);
    run("certutil", ["-N", ...place, "--empty-password"]);
    const nick = (name: string): string => basename(name).replace(/\.\w+$/, "");
    const keys = new Set(names("private").map(nick));
    for (const name of [...names("x509ca"), ...names("x509")]) {
      if (!keys.has(nick(name))) run("certutil", ["-A", ...place, "-n", nick(name), "-t", name.startsWith("x509ca/") ? "CT,C,C" : ",,", "-a", "-i", join(here, name)]);
      else {
        const p12 = join(store, "one.p12");
        run("openssl", ["pkcs12", "-export", "-in", join(here, name), "-inkey", join(here, `private/${nick(name)}.key`), "-name", nick(name), "-passout", "pass:postern", "-out", p12]);
        run("pk12util", ["-i", p12, ...place, "-W", "postern"]);
      }
    }
    for (const name of names("x509crl")) {
      const crl = join(store, "one.crl");
      run("openssl", ["crl", "-in", join(here, name), "-outform", "DER", "-out", crl]);
      run("crlutil", ["-I", ...place, "-i", crl]);
    }
  }

  /** Configuration and secrets in one text, apart by a line of `---`; `words` are told to it before it begins. */
  async start(configuration: string, words = ""): Promise<void> {
    await this.stop();
    const { here, there } = this.shell;
    const [conf, secrets] = configuration.split(/^---\n/m);
    writeFileSync(join(here, "ipsec.conf"), conf!);
    writeFileSync(join(here, "ipsec.secrets"), secrets ?? "");
    writeFileSync(join(here, this.logFile), "");
    await must(this.shell, `[ -d ${PLACE}/usr ] || { mkdir -p ${PLACE} && mount -t hostfs none ${PLACE} -o ${unpacked("libreswan")} && mount --bind ${PLACE}/usr/libexec /usr/libexec; }`);
    // Its own route to the other side, for the daemon looks for one; and an empty store of certificates, made once.
    await must(this.shell, `mkdir -p /run/pluto /run/ipsec.d; rm -rf ${NSS}; if [ -d ${there}/nss ]; then cp -r ${there}/nss ${NSS}; else ` +
      `[ -d /run/empty ] || { mkdir /run/empty; certutil -N -d sql:/run/empty --empty-password; }; cp -r /run/empty ${NSS}; fi; ` +
      `cp ${there}/ipsec.conf ${there}/ipsec.secrets /run/; ip route show default | grep -q . || ip route add default dev eth0`);
    await must(this.shell, `export PATH=${PLACE}/usr/sbin:$PATH IPSEC_CONF=/run/ipsec.conf; /usr/libexec/ipsec/pluto --config /run/ipsec.conf --rundir /run/pluto --nssdir ${NSS} ` +
      `--secretsfile /run/ipsec.secrets --ipsecdir /run/ipsec.d --logfile ${there}/${this.logFile}; n=0; until [ -S /run/pluto/pluto.ctl ] || [ $n -ge 1200 ]; do n=$((n+1)); sleep 0.05; done; ` +
      `${WHACK} --listen${words === "" ? "" : `; ${WHACK} ${words}`}`);
    const names = [...conf!.matchAll(/^conn (\S+)/gm)].map((m) => m[1]!).filter((name) => !name.startsWith("%"));
    for (const name of names) await must(this.shell, `/usr/libexec/ipsec/addconn --config /run/ipsec.conf --ctlsocket /run/pluto/pluto.ctl ${name}`);
  }

  async stop(): Promise<void> {
    await this.shell.exec("[ -f /run/pluto/pluto.pid ] && kill -9 $(cat /run/pluto/pluto.pid); rm -rf /run/pluto; " +
      `${ip("xfrm state flush", "xfrm policy flush", "route flush table 220", "route del default dev eth0", "route del 10.1.0.0/16")}; true`, 10);
  }

  async initiate(name: string, seconds = 25): Promise<Outcome> {
    const done = await this.shell.exec(`timeout ${seconds} ${WHACK} --initiate --name ${name} 2>&1`, seconds + 10);
    return { status: /IPsec SA established/.test(done.output) ? 0 : done.status || 1, output: done.output };
  }

  /** Phase 2 alone: pluto has no word for the other ("cannot force rekey of IKEv1 connection"). A second start of a connection that is up is another Quick Mode. */
  renew(phase: 1 | 2): Promise<Outcome> { return phase === 2 ? this.initiate("net") : Promise.resolve({ status: 1, output: "pluto renews no phase 1 on command" }); }

  terminate(): Promise<Outcome> { return this.shell.exec(`${WHACK} --terminate --name net`); }

  async sas(): Promise<IkeSa[]> {
    const states = await must(this.shell, "ip -s xfrm state");
    const { output } = await this.shell.exec(`${WHACK} --showstates`);
    return parseStatus(output, parseStates(states));
  }
}
