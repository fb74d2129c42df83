/** The keys and certificates of a scenario: a root, an intermediate where one is wanted, and one certificate a side; made once a run. */
import type { KeyObject } from "node:crypto";
import { certificate, pem } from "../../../support/second/certificates.ts";
import { keyOf, pemOf, publicPemOf } from "../../../support/second/signed_negotiation.ts";

export type Kind = number | "P-256" | "P-384" | "P-521";

export interface Pki {
  root: string;
  between: string | undefined;
  ours: { certificate: string; key: string; public: string };
  theirs: { certificate: string; key: string; public: string };
}

const ROOT = "C=CH, O=Example, CN=Root", BETWEEN = "C=CH, O=Example, CN=Between";

export function pki(kind: Kind, { intermediate = false, until = "491231235959Z" } = {}): Pki {
  const rootKey = keyOf("interop root", kind), betweenKey = keyOf("interop between", kind);
  const issuer = intermediate ? { subject: BETWEEN, key: betweenKey } : { subject: ROOT, key: rootKey };
  const side = (name: string, names: string[], expires = "491231235959Z") => {
    const key: KeyObject = keyOf(`interop ${name}`, kind);
    return { certificate: pem(certificate({ subject: `C=CH, O=Example, CN=${name}`, key, issuer, names, until: expires })), key: pemOf(key), public: publicPemOf(key) };
  };
  return {
    root: pem(certificate({ subject: ROOT, key: rootKey, ca: true })),
    between: intermediate ? pem(certificate({ subject: BETWEEN, key: betweenKey, issuer: { subject: ROOT, key: rootKey }, ca: true, pathLength: 0 })) : undefined,
    ours: side("alpha", ["alpha.example.org", "192.0.2.1"]),
    theirs: side("beta", ["beta.example.org", "192.0.2.2"], until),
  };
}
