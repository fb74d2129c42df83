/**
 * Keys, certificates and CRLs of scenarios: authorities that issue them, how our side is given them on its console, and the files in which a peer finds
 * them. RSA keys are kept beside this file, because those of 4096 bits take seconds to make; they are worth nothing. Certificates are new in each run.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { certificate, pem, revocationList, type Wanted } from "../../support/second/certificates.ts";
import type { Gateway } from "../bench/peers/gateway.ts";

export type Kind = number | "P-256" | "P-384" | "P-521";

const keys = new Map<string, KeyObject>();

/** The key of a name: from its file with RSA, made once a run with ECDSA. */
export function keyOf(name: string, kind: Kind): KeyObject {
  const id = `${name}-${kind}`;
  let key = keys.get(id);
  if (!key) {
    key = typeof kind === "number" ? createPrivateKey(readFileSync(fileURLToPath(new URL(`keys/${id}.pem`, import.meta.url)))) : generateKeyPairSync("ec", { namedCurve: kind }).privateKey;
    keys.set(id, key);
  }
  return key;
}

export const privatePem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
export const publicPem = (key: KeyObject): string => createPublicKey(key).export({ type: "spki", format: "pem" }).toString();

/** What libreswan has for a public key: 0s and base64 of RFC 3110, length of the exponent, exponent, modulus. */
export function rfc3110(key: KeyObject): string {
  const { n, e } = createPublicKey(key).export({ format: "jwk" });
  const exponent = Buffer.from(e!, "base64url");
  return `0s${Buffer.concat([Buffer.from([exponent.length]), exponent, Buffer.from(n!, "base64url")]).toString("base64")}`;
}

/** A certificate and its key. */
export interface Credential { name: string; key: KeyObject; certificate: string; serial: number; above: Authority }

let serials = 1;

/** Who issues certificates: a root, or an intermediate below another one. */
export class Authority {
  readonly name: string;
  readonly key: KeyObject;
  readonly above: Authority | undefined;
  readonly pem: string;

  /** @param name its DN, like "C=CH, O=Example, CN=Root" */
  constructor(name: string, key: KeyObject, above?: Authority, changes: Partial<Wanted> = {}) {
    this.name = name;
    this.key = key;
    this.above = above;
    this.pem = pem(certificate({ subject: name, key, ca: true, identifiers: true, serial: serials++, ...(above ? { issuer: above.signer, pathLength: 0 } : {}), ...changes }));
  }

  get signer(): { subject: string; key: KeyObject } { return { subject: this.name, key: this.key }; }

  issue(name: string, key: KeyObject, names: string[], changes: Partial<Wanted> = {}): Credential {
    const serial = serials++;
    return { name, key, serial, above: this, certificate: pem(certificate({ subject: name, key, issuer: this.signer, names, serial, identifiers: true, ...changes })) };
  }

  /** Its CRL, in which these stand. */
  crl(revoked: Credential[] = []): string { return pem(revocationList(this.signer, revoked.map(({ serial }) => serial)), "X509 CRL"); }

  /** The intermediates from this one up, without the root. */
  get intermediates(): Authority[] { return this.above ? [this, ...this.above.intermediates] : []; }
  get root(): Authority { return this.above?.root ?? this; }
}

/** A trustpoint of ours: whom it trusts, and what it has of its own. */
export interface Trust {
  name: string;
  anchor: Authority;
  own?: Credential;
  /** CRLs, asked for even if there are none; left out, they are not asked for. */
  crls?: string[];
}

/** Gives our side what it needs on its console, as a user would. */
export async function enter(ours: Gateway, points: Trust[]): Promise<void> {
  await ours.ask("configure terminal");
  for (const { name, anchor, own, crls } of points) {
    for (const line of [`crypto pki trustpoint ${name}`, ...(crls ? [] : ["revocation-check none"]), "exit"]) await ours.ask(line);
    if (own) {
      const chain = own.above.intermediates.map((one) => one.pem).join("");
      await expect(ours, `crypto pki import ${name} pem terminal\n${anchor.pem}quit\n${privatePem(own.key)}quit\n${own.certificate}${chain}quit`, /import succeeded/);
    } else await expect(ours, `crypto pki authenticate ${name}\n${anchor.pem}quit\nyes`, /successfully imported/);
    for (const crl of crls ?? []) await expect(ours, `crypto pki crl import ${name}\n${crl}quit`, /successfully imported|succeeded/);
  }
  await ours.ask("end");
}

/** Gives our side a key of its own without a certificate, and the peer's, which is known as `who`: `addressed-key 192.0.2.2`, `named-key NAME`. */
export async function enterRaw(ours: Gateway, own: KeyObject, who: string, peer: string): Promise<void> {
  await ours.ask("configure terminal");
  await expect(ours, `crypto key import rsa alpha general-purpose pem terminal\n${privatePem(own)}quit`, /import succeeded/);
  await ours.ask(`crypto key pubkey-chain rsa\n${who}\nkey-string\n${peer.trimEnd()}\nquit`);
  await ours.ask("end");
}

async function expect(ours: Gateway, lines: string, pattern: RegExp): Promise<void> {
  const from = ours.said.length;
  await ours.ask(lines);
  // Checks of keys are done in slices, and packets flow meanwhile.
  for (let i = 0; i < 50 && !pattern.test(ours.said.slice(from)); i++) await ours.ask("!");
  if (!pattern.test(ours.said.slice(from))) throw new Error(`our console has not said ${pattern} to ${lines.slice(0, 60)}: ${ours.said.slice(from).slice(-600)}`);
}

/** The files of a peer: its certificate and key, whom it trusts, intermediates that it sends, CRLs that it knows. */
export function filesOf(own: Credential, trusted: Authority[], { sent = own.above.intermediates, crls = [] as string[] } = {}): Record<string, string> {
  return {
    "x509/beta.pem": own.certificate, "private/beta.key": privatePem(own.key),
    ...Object.fromEntries(sent.map((one, i) => [`x509/between${i}.pem`, one.pem])),
    ...Object.fromEntries(trusted.map((one, i) => [`x509ca/ca${i}.pem`, one.pem])),
    ...Object.fromEntries(crls.map((one, i) => [`x509crl/crl${i}.pem`, one])),
  };
}
