/** Aggressive Mode with pre-shared keys (RFC 2409, 5.4) and each type of identity; what it gives away to psk-crack. */
import { must } from "../../bench/peers/shell.ts";
import { bothRoles, type Scenario } from "../../bench/scenario.ts";

interface Kind { name: string; self: string; match: string; ours: string; theirs: string }

const hex = (text: string) => `"@#${Buffer.from(text).toString("hex")}"`;
const KINDS: Kind[] = [
  { name: "address", self: "address", match: "address 192.0.2.2", ours: "192.0.2.1", theirs: "192.0.2.2" },
  { name: "fqdn", self: "fqdn alpha.example.org", match: "host beta.example.org", ours: "@alpha.example.org", theirs: "@beta.example.org" },
  { name: "user-fqdn", self: "user-fqdn alice@example.org", match: "user-fqdn bob@example.org", ours: "alice@example.org", theirs: "bob@example.org" },
  { name: "key-id", self: "key-id gate7", match: "key-id gate8", ours: hex("gate7"), theirs: hex("gate8") },
];

const profile = (self: string, match: string, key: string) => `crypto isakmp profile PEER
 self-identity ${self}
 match identity ${match}
 pre-shared-key ${key}
 mode aggressive`;

const daemon = "i_dont_care_about_security_and_use_aggressive_mode_psk = yes";
const aggressive = { ike_proposal: "aes256-sha256-modp2048\n    aggressive = yes", set_pfs: "set isakmp-profile PEER" };

export default [
  ...KINDS.flatMap(({ name, self, match, ours, theirs }): Scenario[] => bothRoles(`aggressive-${name}`, (role) => ({
    about: `Aggressive Mode, both sides named by ${name.toUpperCase().replaceAll("-", "_")}`,
    peer: "kernel",
    daemon,
    values: { ...aggressive, identity: profile(self, match, "correct-horse-battery-staple"), their_id: `id = ${theirs}`, peer_id: `id = ${ours}` },
    standin: "no",
    check: async (bench) => {
      await bench.expectTunnel(role);
      if (bench.wan.isakmp().some(({ isakmp }) => isakmp.exchange === 2)) throw new Error("Main Mode was used");
    },
  }))),
  ...bothRoles("aggressive-natt", (role): Omit<Scenario, "name"> => ({
    about: role === "initiator" ? "Aggressive Mode, we are behind a translator" : "Aggressive Mode, the peer is behind a translator",
    peer: "libipsec",
    nat: role === "initiator" ? "ours" : "theirs",
    daemon,
    values: { ...aggressive, identity: profile("fqdn alpha.example.org", "host beta.example.org", "correct-horse-battery-staple"), their_id: "id = @beta.example.org", peer_id: "id = @alpha.example.org" },
    standin: "no",
    check: (bench) => bench.expectTunnel(role),
  })),
  ...bothRoles("aggressive-wrong-psk", (role): Omit<Scenario, "name"> => ({
    about: "Aggressive Mode with different pre-shared keys: no tunnel, and a sentence that says why",
    peer: "kernel",
    daemon,
    values: { ...aggressive, identity: profile("fqdn alpha.example.org", "host beta.example.org", "another-key-altogether"), their_id: "id = @beta.example.org", peer_id: "id = @alpha.example.org" },
    standin: "no",
    check: async (bench) => {
      await bench.tryInVain(role);
      await bench.expectSaid(/pre-shared keys of both sides/);
    },
  })),
  {
    name: "aggressive-psk-crack",
    about: "psk-crack finds a weak key in an Aggressive Mode handshake of ours, and has nothing to go on in Main Mode; strangers get no answer",
    peer: "kernel",
    tools: ["ikescan"],
    values: { ike_encryption: "aes 128", ike_hash: "sha", ike_group: "2", identity: profile("fqdn alpha.example.org", "host gate.example.org", "hunter2"), set_pfs: "set isakmp-profile PEER", ike_proposal: "aes128-sha1-modp1024" },
    standin: "no",
    check: async (bench) => {
      const scan = (mode: string, file: string) => `ike-scan -M ${mode} --sport=0 --retry=1 --trans='(1=7,14=128,2=2,3=1,4=2)' --pskcrack=/run/${file} 192.0.2.1`;
      const known = await must(bench.theirs.shell, scan("-A --dhgroup=2 --id=gate.example.org --idtype=2", "known"));
      if (!/Aggressive Mode Handshake returned/.test(known)) throw new Error(`ike-scan -A: ${known.trim()}`);
      const cracked = await must(bench.theirs.shell, "printf 'password\\nletmein\\nhunter2\\n' > /run/words; psk-crack -d /run/words /run/known");
      if (!/key "hunter2" matches/.test(cracked)) throw new Error(`psk-crack: ${cracked.trim()}`);
      const stranger = await must(bench.theirs.shell, scan("-A --dhgroup=2 --id=stranger.example.org --idtype=2", "stranger"));
      if (!/0 returned handshake; 0 returned notify/.test(stranger)) throw new Error(`a stranger got an answer: ${stranger.trim()}`);
      const main = await must(bench.theirs.shell, `ike-scan -M --sport=0 --trans='(1=7,14=128,2=2,3=1,4=2)' 192.0.2.1`);
      if (!/Main Mode Handshake returned/.test(main) || /Hash\(|KeyExchange|ID\(/.test(main)) throw new Error(`Main Mode gives more away than its proposal: ${main.trim()}`);
    },
  },
] satisfies Scenario[];
