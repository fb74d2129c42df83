/**
 * RSA signatures with libreswan: keys without certificates, also one that its own rsasigkey has made and its showhostkey has printed; certificates, with and
 * without an intermediate that it sends, one by one or in a PKCS#7; a name that its certificate lacks, CRLs. Its certificate requests are empty, and stand before SIG.
 */
import type { Bench } from "../../bench/bench.ts";
import { expectDecrypted, messages } from "../../bench/capture.ts";
import { fill, template } from "../../bench/configure.ts";
import { Authority, enter, enterRaw, filesOf, keyOf, publicPem, rfc3110 } from "../../signed/credentials.ts";
import { NSS } from "../../bench/peers/pluto.ts";
import type { Postern } from "../../bench/peers/postern.ts";
import { must } from "../../bench/peers/shell.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";
import { DN, NAMES, once, pki, PLUTO_CERTIFICATES, plutoLines, plutoSite, refused, trustOf, tunnel, type Pki, type Signed } from "../../signed/site.ts";

const CERT = 6, CERTREQ = 7, SIG = 9;
const THEIRS = template("../../bench/configurations/libreswan.conf", import.meta.url).replace(/^---\n[\s\S]*/m, "");
const usual = once(() => pki(2048)), chain = once(() => pki(2048, { intermediate: true }));

interface Case extends Signed {
  name: string;
  about: string;
  keys?: () => Pki;
  lines?: string;
  /** Lines of pluto's connection. */
  theirs?: string[];
  unsent?: boolean;
  /** Words for whack. */
  words?: string;
  values?: Record<string, string>;
  check?: (bench: Bench, role: Role) => void;
}

/** The order of payloads in the peer's message with SIG: what it asks for stands before, and asks for nothing by name. */
function requestBeforeSig(bench: Bench, role: Role): void {
  if (role === "initiator") return;
  const signed = messages(bench.ours as Postern).find(({ from, payloads }) => from === "192.0.2.2" && payloads.includes(SIG));
  const [request, sig] = [signed?.payloads.indexOf(CERTREQ) ?? -1, signed?.payloads.indexOf(SIG) ?? -1];
  if (request < 0 || request > sig) throw new Error(`libreswan's payloads are ${signed?.payloads.join(" ")}: nothing was proved`);
}

/** Encodings of the peer's certificates: 1 is PKCS#7, 4 a certificate. */
const encodings = (...wanted: number[]) => (bench: Bench): void => {
  const signed = messages(bench.ours as Postern).find(({ from, payloads }) => from === "192.0.2.2" && payloads.includes(CERT));
  if (signed?.certificates.join() !== wanted.join()) throw new Error(`libreswan's certificates are encoded as ${signed?.certificates.join()}: nothing was proved`);
};

const CASES: Case[] = [
  { name: "certificates", about: "RSA certificates of 2048 bits; its certificate request is empty and stands before SIG", kind: 2048, check: requestBeforeSig },
  { name: "certificates-3072", about: "RSA certificates of 3072 bits", kind: 3072, keys: once(() => pki(3072)) },
  { name: "certificates-fqdn", about: "RSA certificates, both sides named by FQDN", kind: 2048, naming: "fqdn" },
  { name: "certificates-mail", about: "RSA certificates, both sides named by mail addresses", kind: 2048, naming: "mail" },
  { name: "certificates-dn", about: "RSA certificates, both sides named by their subjects", kind: 2048, naming: "dn" },
  { name: "certificates-sha512", about: "RSA certificates, SIG over SHA-512", kind: 2048, values: { ike_hash: "sha512", ike_group: "16", pluto_ike: "aes256-sha2_512-modp4096" } },
  { name: "certificates-sha1", about: "RSA certificates, SIG over SHA-1", kind: 2048, values: { ike_hash: "sha", ike_group: "5", pluto_ike: "aes256-sha1-modp1536" } },
  { name: "certificates-aggressive", about: "RSA certificates in Aggressive Mode, named by FQDN", kind: 2048, naming: "fqdn", aggressive: true },
  { name: "intermediate", about: "an intermediate that libreswan sends beside its certificate", kind: 2048, keys: chain, check: encodings(4, 4) },
  { name: "intermediate-unsent", about: "an intermediate that we have configured and libreswan does not send", kind: 2048, keys: chain, theirs: ["leftcert=beta", "sendca=none"], check: encodings(4) },
  { name: "pkcs7", about: "certificate and intermediate of libreswan's in one PKCS#7", kind: 2048, keys: chain, words: "--impair send-pkcs7-thingie", check: encodings(1) },
  { name: "fragments", about: "4096-bit chains in fragments of both sides", kind: 4096, keys: once(() => pki(4096, { intermediate: true })), theirs: [...PLUTO_CERTIFICATES, "fragmentation=force"] },
  { name: "whole-then-fragments", about: "4096-bit chains that libreswan sends whole, and again in fragments", kind: 4096, keys: once(() => pki(4096, { intermediate: true })), theirs: [...PLUTO_CERTIFICATES, "fragmentation=yes"] },
];

/** libreswan opens no trust for its own intermediate: it only sends it. */
const files = (keys: Pki): Record<string, string> => filesOf(keys.theirs, [keys.root]);

/** Its public key as its own showhostkey prints it. */
async function hostkey(bench: Bench, ckaid: string): Promise<string> {
  const said = await must(bench.theirs.shell, `/usr/libexec/ipsec/showhostkey --nssdir ${NSS} --left --ckaid ${ckaid}`);
  const found = /leftrsasigkey=(\S+)/.exec(said);
  if (!found) throw new Error(`showhostkey has not printed a key: ${said}`);
  return found[1]!;
}

/** What a key is called in the store. */
async function ckaid(bench: Bench): Promise<string> {
  const said = await must(bench.theirs.shell, `/usr/libexec/ipsec/showhostkey --nssdir ${NSS} --list`);
  const found = /ckaid: ([0-9a-f]+)/i.exec(said);
  if (!found) throw new Error(`showhostkey lists no key: ${said}`);
  return found[1]!;
}

/** A key in lines that a console takes. */
const folded = (key: string): string => key.replace(/.{400}/g, "$&\n");

/** The other side's key is told to the daemon by hand: addconn of this release gives it none from rightrsasigkey. */
const addKey = (id: string): string => `--keyid ${id} --pubkeyrsa ${rfc3110(keyOf("alpha", 2048))}`;
const rawValues = (theirs: string): Record<string, string> => ({ ...plutoLines(`leftrsasigkey=${theirs}`, `rightrsasigkey=${rfc3110(keyOf("alpha", 2048))}`) });
const RAW = { fqdn: ["named-key beta.example.org", "named by FQDN"], address: ["addressed-key 192.0.2.2", "named by addresses"] } as const;

export default [
  ...CASES.flatMap((one) => bothRoles(`libreswan-rsa-${one.name}`, (role): Omit<Scenario, "name"> => {
    const keys = one.keys ?? usual;
    return {
      ...plutoSite(one, keys, {
        files: () => files(keys()), ...(one.words && { daemon: one.words }),
        values: { ...plutoLines(...(one.theirs ?? PLUTO_CERTIFICATES)), ...one.values },
      }),
      about: one.about,
      check: async (bench) => {
        await tunnel(bench, role, [trustOf(keys())]);
        one.check?.(bench, role);
      },
    };
  })),
  ...(["address", "fqdn"] as const).flatMap((naming) => bothRoles(`libreswan-rsa-raw${naming === "fqdn" ? "-fqdn" : ""}`, (role): Omit<Scenario, "name"> => ({
    ...plutoSite({ kind: 2048, naming }, usual, { values: rawValues(rfc3110(keyOf("beta", 2048))), daemon: addKey(naming === "fqdn" ? "@alpha.example.org" : "192.0.2.1") }),
    about: `RSA keys without certificates, both sides ${RAW[naming][1]}; libreswan's as showhostkey prints it`,
    check: async (bench) => {
      await enterRaw(bench.ours, keyOf("alpha", 2048), RAW[naming][0], folded(await hostkey(bench, await ckaid(bench))));
      await bench.expectTunnel(role);
      expectDecrypted(bench.ours);
    },
  }))),
  ...bothRoles("libreswan-rsa-raw-aggressive", (role): Omit<Scenario, "name"> => ({
    ...plutoSite({ kind: 2048, naming: "fqdn", aggressive: true }, usual, { values: rawValues(rfc3110(keyOf("beta", 2048))), daemon: addKey("@alpha.example.org") }),
    about: "RSA keys without certificates in Aggressive Mode, named by FQDN",
    check: async (bench) => {
      await enterRaw(bench.ours, keyOf("alpha", 2048), RAW.fqdn[0], publicPem(keyOf("beta", 2048)));
      await bench.expectTunnel(role);
      expectDecrypted(bench.ours);
    },
  })),
  ...bothRoles("libreswan-rsa-rsasigkey", (role): Omit<Scenario, "name"> => ({
    ...plutoSite({ kind: 2048 }, usual, { files: () => ({}), values: rawValues("%cert") }),
    about: "a key that libreswan's rsasigkey has made now, as showhostkey prints it",
    check: async (bench) => {
      await must(bench.theirs.shell, `/usr/libexec/ipsec/rsasigkey --nssdir ${NSS} 2192 2>&1 && cp -r ${NSS} ${bench.theirs.shell.there}/nss`);
      const key = await hostkey(bench, await ckaid(bench));
      await bench.theirs.start(fill(THEIRS, { ...bench.values, ...rawValues(key) }), addKey("192.0.2.1"));
      await enterRaw(bench.ours, keyOf("alpha", 2048), RAW.address[0], folded(key));
      await bench.expectTunnel(role);
      expectDecrypted(bench.ours);
    },
  })),
  ...bothRoles("libreswan-rsa-lie", (role): Omit<Scenario, "name"> => ({
    ...plutoSite({ kind: 2048, naming: "fqdn" }, usual, { values: { pluto_id: "@gamma.example.org" } }),
    about: "libreswan calls itself what its certificate does not bear: no tunnel, and we say so",
    check: async (bench) => { await enter(bench.ours, [trustOf(usual())]); await refused(bench, role, /calls itself ID_FQDN "gamma\.example\.org", which its certificate .* does not bear: accepted is one of .*beta\.example\.org/); },
  })),
  ...bothRoles("libreswan-rsa-other-authority", (role): Omit<Scenario, "name"> => {
    const keys = once(() => ({ ...usual(), theirs: new Authority(`${DN}Other`, keyOf("gamma", 2048)).issue(`${DN}beta`, keyOf("beta", 2048), NAMES.beta) }));
    return {
      ...plutoSite({ kind: 2048 }, keys),
      about: "libreswan's certificate is of an authority that we don't know: no tunnel, and we say so",
      check: async (bench) => { await enter(bench.ours, [trustOf(usual())]); await refused(bench, role, /"CN=beta[^"]*" \(serial \S+\) was issued by "CN=Other[^"]*", which is unknown here/); },
    };
  }),
  ...bothRoles("libreswan-rsa-revoked", (role): Omit<Scenario, "name"> => ({
    ...plutoSite({ kind: 2048 }, usual),
    about: "libreswan's certificate stands in the CRL that we have: no tunnel, and we say since when",
    check: async (bench) => {
      await enter(bench.ours, [{ ...trustOf(usual()), crls: [usual().root.crl([usual().theirs])] }]);
      await refused(bench, role, /"CN=beta[^"]*" \(serial \S+\) .*revoked/);
    },
  })),
  ...bothRoles("libreswan-rsa-ours-revoked", (role): Omit<Scenario, "name"> => ({
    ...plutoSite({ kind: 2048 }, usual, {
      files: () => filesOf(usual().theirs, [usual().root], { crls: [usual().root.crl([usual().ours])] }),
      theirsTemplate: THEIRS.replace("uniqueids=yes", "uniqueids=yes\n\tcrl-strict=yes"),
    }),
    about: "our certificate stands in libreswan's CRL: it refuses us",
    check: async (bench) => {
      await enter(bench.ours, [trustOf(usual())]);
      await refused(bench, role, /./, /revoked/i);
    },
  })),
] satisfies Scenario[];
