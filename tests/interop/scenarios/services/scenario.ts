/** The services that a gateway stands on: time from chrony, names from dnsmasq, the log at rsyslog. They run in the peer's place, outside the tunnel. */
import { readFileSync } from "node:fs";
import { unpacked } from "../../../../tools/package/debian.mjs";
import { until } from "../../bench/process.ts";
import { template } from "../../bench/configure.ts";
import type { Bench } from "../../bench/bench.ts";
import type { Scenario } from "../../bench/scenario.ts";

const COMMON = template("../../bench/configurations/ours.cfg", import.meta.url);
const PEER = "192.0.2.2";
/** A server in the peer's namespace for as long as the scenario runs. It ends with the shell's parent: its place is taken away. */
async function running<T>(bench: Bench, command: string, use: () => Promise<T>): Promise<T> {
  const { shell } = bench.theirs;
  const file = `${shell.there}/server.pid`;
  await shell.exec(`(${command}) >${shell.there}/server.log 2>&1 & echo $! >${file}`);
  try {
    return await use();
  } finally {
    await shell.exec(`kill $(cat ${file}) 2>/dev/null; sleep 0.2`);
  }
}
const site = { peer: "libipsec" as const, standin: "no" as const };
/** Asks until an answer has what is wanted. */
async function asked(bench: Bench, line: string, wanted: RegExp, seconds = 30): Promise<void> {
  let answer = "";
  await until(`${line}: ${wanted}`, seconds, async () => wanted.test((answer = await bench.ours.ask(line)))).catch((error: Error) => {
    throw new Error(`${error.message}; it says: ${answer.trim()}`);
  });
}

const chronyd = (here: string): string => `${unpacked("chrony")}/usr/sbin/chronyd -x -d -u root -f ${here}/chrony.conf`;
const chronyConf = (here: string, local: boolean): string => `${local ? "local stratum 8\n" : ""}allow 192.0.2.0/24\nbindaddress ${PEER}\nbindcmdaddress /\ncmdport 0\nkeyfile ${here}/chrony.keys\npidfile ${here}/chrony.pid\n`;

export default [
  {
    ...site,
    name: "services-ntp",
    about: "chrony tells us the time; without `local stratum` it does not know it itself, and is not believed",
    tools: ["chrony"],
    oursTemplate: `${COMMON}\nntp server ${PEER}\n`,
    check: async (bench) => {
      const { there } = bench.theirs.shell;
      bench.theirs.put({ "chrony.conf": chronyConf(there, false) });
      await running(bench, chronyd(there), async () => {
        await asked(bench, "show ntp associations", /192\.0\.2\.2 .* 16 .* [1-7]\d* +\d/);
        await asked(bench, "show ntp status", /unsynchronized/);
      });
      bench.theirs.put({ "chrony.conf": chronyConf(there, true) });
      await running(bench, chronyd(there), async () => {
        await asked(bench, "show ntp status", /Clock is synchronized, stratum 9, reference is 192\.0\.2\.2/, 90);
        const shown = /(\d\d):(\d\d):(\d\d)\.\d+ UTC \w+ (\w+ \d+ \d+)/.exec(await bench.ours.ask("show clock"))!;
        const ours = Date.parse(`${shown[4]} ${shown[1]}:${shown[2]}:${shown[3]} UTC`);
        if (Math.abs(ours - Date.now()) > 3000) throw new Error(`our clock is ${ours - Date.now()} ms off: ${shown[0]}`);
      });
    },
  },
  {
    ...site,
    name: "services-ntp-key",
    about: "chrony checks our MAC under an MD5 key and proves itself with it; one with another key under that number has no answer for us",
    tools: ["chrony"],
    oursTemplate: `${COMMON}\nntp authentication-key 5 md5 time-is-ours\nntp authenticate\nntp trusted-key 5\nntp server ${PEER} key 5\n`,
    check: async (bench) => {
      const { there } = bench.theirs.shell;
      bench.theirs.put({ "chrony.conf": chronyConf(there, true), "chrony.keys": "5 MD5 ASCII:time-is-theirs\n" });
      await running(bench, chronyd(there), async () => {
        await asked(bench, "show logging", /%NTP-4-UNSYNC: no server answers with the time/, 60);
        await asked(bench, "show ntp status", /unsynchronized/);
      });
      bench.theirs.put({ "chrony.keys": "5 MD5 ASCII:time-is-ours\n" });
      await running(bench, chronyd(there), async () => {
        await asked(bench, "show ntp status", /Clock is synchronized, stratum 9, reference is 192\.0\.2\.2/, 90);
      });
    },
  },
  {
    ...site,
    name: "services-dns",
    about: "dnsmasq tells us addresses by name: found, absent, refused; ping by name",
    tools: ["dnsmasq"],
    oursTemplate: `${COMMON}\nip name-server ${PEER}\nip domain name example.org\n`,
    check: async (bench) => {
      const lines = `--no-daemon --conf-file=/dev/null --user=root --listen-address=${PEER} --bind-interfaces --no-resolv --no-hosts --address=/host.example.org/${PEER} --address=/absent.example.org/ --host-record=real.example.org,${PEER} --cname=alias.example.org,real.example.org --log-facility=-`;
      await running(bench, `dnsmasq ${lines}`, async () => {
        await asked(bench, "ping host repeat 1", /Success rate is 100 percent \(1\/1\)|Translating/);
        await asked(bench, "show hosts", /host\.example\.org +None +\(temp, OK\) .*192\.0\.2\.2/);
        await bench.ours.ask("ping alias.example.org repeat 1");
        await asked(bench, "show hosts", /alias\.example\.org +None +\(temp, OK\) .*192\.0\.2\.2/);
        await bench.ours.ask("ping absent.example.org repeat 1");
        await asked(bench, "show hosts", /absent\.example\.org +None +\(temp, UN\)/);
        await bench.ours.ask("ping elsewhere.example.net repeat 1");
        await asked(bench, "show hosts", /elsewhere\.example\.net +None +\(temp, UN\)/);
      });
    },
  },
  {
    ...site,
    name: "services-log",
    about: "rsyslog takes our lines as RFC 5424: facility, severity, host, program, kind",
    tools: ["rsyslog"],
    oursTemplate: `${COMMON}\nlogging host ${PEER}\n`,
    check: async (bench) => {
      const { here, there } = bench.theirs.shell;
      const modules = `${unpacked("rsyslog")}/usr/lib/x86_64-linux-gnu/rsyslog`;
      bench.theirs.put({
        "rsyslog.conf": [
          `module(load="imudp")`,
          `template(name="t" type="string" string="%pri% %protocol-version% %hostname% %app-name% %msgid% %msg%\\n")`,
          `ruleset(name="r") { action(type="omfile" file="${there}/lines" template="t") }`,
          `input(type="imudp" address="${PEER}" port="514" ruleset="r")`,
          "",
        ].join("\n"),
      });
      await running(bench, `${unpacked("rsyslog")}/usr/sbin/rsyslogd -n -M ${modules} -f ${there}/rsyslog.conf -i ${there}/rsyslog.pid`, async () => {
        const lines = (): string => {
          try {
            return readFileSync(`${here}/lines`, "utf8");
          } catch {
            return "";
          }
        };
        await until("a line at rsyslog", 60, async () => {
          await bench.ours.ask("configure terminal\ninterface Ethernet2\nshutdown\nno shutdown\nend");
          return /^189 1 \S+ postern LINK-5-CHANGED +%LINK-5-CHANGED: Interface Ethernet2, changed state to administratively down$/m.test(lines());
        }).catch((error: Error) => {
          throw new Error(`${error.message}; rsyslog has: ${lines().trim()}`);
        });
      });
    },
  },
] satisfies Scenario[];
