/** Signatures in phase 1 with strongSwan (RFC 2409, 5.1; RFC 4754; RFC 4945): certificates of RSA and ECDSA, intermediates, every kind of name, raw keys. */
import type { Bench } from "../../bench/bench.ts";
import { expectDecrypted } from "../../bench/capture.ts";
import { enterRaw, filesOf, keyOf, privatePem, publicPem } from "../../signed/credentials.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";
import { charonAuth, charonSite, once, pki, trustOf, tunnel, type Signed } from "../../signed/site.ts";

interface Case extends Signed { name: string; about: string; intermediate?: boolean; /** The peer does not send its intermediate: it knows none. */ unsent?: boolean; ours?: Record<string, string> }

const CASES: Case[] = [
  { name: "rsa", about: "RSA certificates of 2048 bits", kind: 2048 },
  { name: "rsa-3072", about: "RSA certificates of 3072 bits", kind: 3072 },
  { name: "rsa-4096", about: "RSA certificates of 4096 bits", kind: 4096 },
  { name: "ecdsa-256", about: "ECDSA certificates on P-256", kind: "P-256" },
  { name: "ecdsa-384", about: "ECDSA certificates on P-384", kind: "P-384" },
  { name: "ecdsa-521", about: "ECDSA certificates on P-521", kind: "P-521" },
  { name: "ecdsa-sha1", about: "ECDSA certificates on P-256 where SHA-1 was agreed on: SIG is of the curve's hash, all else of SHA-1", kind: "P-256", ours: { ike_hash: "sha", ike_proposal: "aes256-sha1-modp2048" } },
  { name: "intermediate", about: "RSA certificates below an intermediate that both sides send", kind: 2048, intermediate: true },
  { name: "intermediate-ecdsa", about: "ECDSA certificates below an intermediate that both sides send", kind: "P-256", intermediate: true },
  { name: "intermediate-unsent", about: "RSA certificates below an intermediate that we have configured and the peer does not send", kind: 2048, intermediate: true, unsent: true },
  { name: "dn", about: "both sides are named by their certificates' subjects", kind: 2048, naming: "dn" },
  { name: "fqdn", about: "both sides are named by FQDN", kind: 2048, naming: "fqdn" },
  { name: "mail", about: "both sides are named by mail addresses", kind: 2048, naming: "mail" },
  { name: "aggressive", about: "RSA certificates in Aggressive Mode", kind: 2048, naming: "fqdn", aggressive: true },
  { name: "aggressive-ecdsa", about: "ECDSA certificates in Aggressive Mode, named by mail addresses", kind: "P-384", naming: "mail", aggressive: true },
  { name: "aggressive-address", about: "RSA certificates below an intermediate in Aggressive Mode, named by addresses", kind: 2048, naming: "address", aggressive: true, intermediate: true },
];

async function raw(bench: Bench, role: Role): Promise<void> {
  await enterRaw(bench.ours, keyOf("alpha", 2048), "addressed-key 192.0.2.2", publicPem(keyOf("beta", 2048)));
  await bench.expectTunnel(role);
  expectDecrypted(bench.ours);
}

export default [
  ...CASES.flatMap((one) => {
    const keys = once(() => pki(one.kind, { intermediate: one.intermediate ?? false }));
    return bothRoles(`certificates-${one.name}`, (role): Omit<Scenario, "name"> => ({
      ...charonSite(one, keys, {
        ...(one.unsent && { files: () => filesOf(keys().theirs, [keys().root], { sent: [] }) }),
        values: one.ours ?? {},
      }),
      about: one.about,
      check: (bench) => tunnel(bench, role, [trustOf(keys())]),
    }));
  }),
  ...bothRoles("certificates-raw", (role): Omit<Scenario, "name"> => ({
    ...charonSite({ kind: 2048 }, once(() => pki(2048)), {
      files: () => ({ "private/beta.key": privatePem(keyOf("beta", 2048)), "pubkey/beta.pub": publicPem(keyOf("beta", 2048)), "pubkey/alpha.pub": publicPem(keyOf("alpha", 2048)) }),
      values: charonAuth(["pubkeys = beta.pub"], ["pubkeys = alpha.pub"]),
    }),
    about: "RSA keys without certificates",
    check: (bench) => raw(bench, role),
  })),
] satisfies Scenario[];
