/**
 * What a peer with a certificate may send in CERT, CERTREQ and SIG: certificates changed and signed again by an authority that the hub trusts, wrapped, too many, in
 * circles, of other encodings; requests with odd names; signatures of other lengths.
 */
import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { certificate, nameOf, pem, pkcs7 } from "../support/second/certificates.ts";
import { P, concat, type Payload } from "../support/second/ike_peer.ts";
import type { Random } from "../support/world/random.ts";
import { HUB_RSA, THIRTEEN_RSA, TWELVE_KEY } from "./credentials.ts";
import { elements, encodedOne, mutateDer, mutateElements, type Element } from "./der.ts";
import { mutateBytes } from "./mutate.ts";

/** Keys that are there already serve again: RSA, whose signatures are the same each time. */
const ROOT_KEY = createPrivateKey(THIRTEEN_RSA);
const MIDDLE_KEY = createPrivateKey(HUB_RSA);
const ROOT = { subject: "C=CH, O=Loose, CN=Root", key: ROOT_KEY };
const MIDDLE = { subject: "C=CH, O=Loose, CN=Middle", key: MIDDLE_KEY };

const root = certificate({ ...ROOT, ca: true, serial: 1 });
const middle = certificate({ ...MIDDLE, issuer: ROOT, ca: true, serial: 2 });
/** The authority of intruders, as the hub's trustpoint LOOSE has it. */
export const LOOSE = pem(root);

/** What an intruder has: its key, and its certificate with the one between. */
export interface Forge { key: KeyObject; certificates: Uint8Array[] }
export const forgeOf = (name: string, key: KeyObject, serial: number, address: string): Forge => ({
  key,
  certificates: [certificate({ subject: `C=CH, O=Loose, CN=${name}`, key, issuer: MIDDLE, names: [`${name}.example.org`, `${name}@example.org`, address], serial }), middle],
});
export const CURVE_KEY = createPrivateKey(TWELVE_KEY);
export const RSA_KEY = createPrivateKey(THIRTEEN_RSA);

const signer = (der: Uint8Array): KeyObject => (Buffer.from(der).equals(middle) || Buffer.from(der).equals(root) ? ROOT_KEY : MIDDLE_KEY);

/** A certificate with its TBSCertificate changed and a signature that is right for what came of it; or changed as it is. */
export function mutateCertificate(r: Random, der: Uint8Array): Uint8Array {
  const tree = elements(der);
  const [tbs, algorithm, signature] = tree?.[0]?.within ?? [];
  if (!tree || !tbs?.within || !algorithm || !signature || r.chance(0.25)) return mutateDer(r, der);
  mutateElements(r, tbs.within);
  return signedAgain(tree[0]!, signer(der));
}

function signedAgain(whole: Element, key: KeyObject): Uint8Array {
  const [tbs, algorithm, signature] = whole.within! as [Element, Element, Element];
  signature.body = concat([0], sign("sha256", encodedOne(tbs), key));
  delete signature.within;
  return encodedOne({ ...whole, within: [tbs, algorithm, signature] });
}

/** Two that issue each other, with the names and keys of the two that there are. */
const circle = [certificate({ ...ROOT, issuer: MIDDLE, ca: true, serial: 3 }), certificate({ ...MIDDLE, issuer: ROOT, ca: true, serial: 4 })];
const ENCODINGS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 255];
const X509_SIGNATURE = 4, PKCS7 = 1;

const CERT = (der: Uint8Array, encoding = X509_SIGNATURE): Payload => ({ type: P.CERT, body: concat([encoding], der) });
const CERTREQ = (name: Uint8Array, encoding = X509_SIGNATURE): Payload => ({ type: P.CERTREQ, body: concat([encoding], name) });
const dersOf = (payloads: readonly Payload[]): Uint8Array[] => payloads.filter(({ type }) => type === P.CERT).map(({ body }) => body.slice(1));

/** The same payloads with other certificates, in the place of the first. */
function withCertificates(payloads: readonly Payload[], others: readonly Payload[]): Payload[] {
  const at = payloads.findIndex(({ type }) => type === P.CERT);
  const rest = payloads.filter(({ type }) => type !== P.CERT);
  rest.splice(Math.max(0, at), 0, ...others);
  return rest;
}

function certificates(r: Random, payloads: readonly Payload[]): Payload[] {
  const ders = dersOf(payloads);
  const all = ders.length ? ders : [middle, root];
  const some = r.below(all.length);
  switch (r.below(10)) {
    case 0: {
      const wrapped = pkcs7(all);
      return withCertificates(payloads, [CERT(r.chance(0.3) ? wrapped : mutateDer(r, wrapped), PKCS7)]);
    }
    case 1: // changed within a good wrapping, or some beside it
      return withCertificates(payloads, [CERT(pkcs7(all.map((der) => (r.chance(0.5) ? mutateCertificate(r, der) : der))), PKCS7), ...(r.chance(0.3) ? [CERT(root)] : [])]);
    case 2:
      return withCertificates(payloads, all.map((der) => CERT(der, r.chance(0.5) ? r.pick(ENCODINGS) : X509_SIGNATURE)));
    case 3: { // more than anybody looks at
      const many = Array.from({ length: r.pick([3, 8, 15, 16, 17, 18]) }, () => r.pick([...all, ...circle, root]));
      return withCertificates(payloads, r.chance(0.3) ? [CERT(pkcs7(many), PKCS7)] : [...(r.chance(0.7) ? [CERT(all[0]!)] : []), ...many.map((der) => CERT(der))]);
    }
    case 4: // the one between is missing, comes first, or goes in a circle
      return withCertificates(payloads, r.pick([[all[0]!], [...all].reverse(), [all[0]!, ...circle], [root], [], [all[0]!, root, middle]]).map((der) => CERT(der)));
    default:
      return withCertificates(payloads, all.map((der, i) => CERT(i === some || r.chance(0.2) ? mutateCertificate(r, der) : der)));
  }
}

const NAMES = [new Uint8Array(), nameOf(ROOT.subject), nameOf(MIDDLE.subject), nameOf("C=CH, O=Example, CN=Root"), nameOf("C=CH, O=Example, CN=Between"), nameOf("CN=nobody")];

function requests(r: Random, payloads: readonly Payload[]): Payload[] {
  const out = [...payloads];
  for (let n = r.chance(0.1) ? 20 : 1 + r.below(4); n > 0; n--) {
    const name = r.pick(NAMES);
    const odd = r.below(4) === 0 ? r.fill(new Uint8Array(r.below(40))) : r.chance(0.5) ? mutateDer(r, name, 1400) : name;
    const one = CERTREQ(odd, r.chance(0.2) ? r.pick(ENCODINGS) : X509_SIGNATURE);
    if (r.chance(0.1)) one.body = one.body.subarray(0, r.below(2));
    out.splice(r.below(out.length + 1), 0, one);
  }
  return out;
}

const LENGTHS = [0, 1, 2, 20, 32, 63, 64, 65, 66, 96, 97, 127, 128, 129, 132, 133, 255, 256, 257, 1024, 1025, 4096];

function signatures(r: Random, payloads: readonly Payload[]): Payload[] {
  return payloads.flatMap((one) => {
    if (one.type !== P.SIG) return [one];
    const { body } = one;
    const length = r.pick(LENGTHS);
    const other = [
      () => mutateBytes(r, body),
      () => r.fill(new Uint8Array(length)),
      () => new Uint8Array(length),
      () => new Uint8Array(length).fill(255),
      () => concat(new Uint8Array(r.below(3)), body, new Uint8Array(r.below(3))),
      () => body.subarray(0, Math.min(length, body.length)),
      () => concat(body.subarray(0, body.length / 2), new Uint8Array(body.length / 2)),
      () => concat(new Uint8Array(body.length / 2), body.subarray(body.length / 2)),
      () => body.slice().reverse(),
    ];
    const changed = { ...one, body: r.pick(other)() };
    return r.chance(0.9) ? [changed] : r.chance(0.5) ? [one, changed] : [];
  });
}

/** The payloads of a message that proves, or asks for proof, with certificates, requests or signature changed. Each is small enough to be sent. */
export function hostile(r: Random, payloads: readonly Payload[]): Payload[] {
  const proves = payloads.some(({ type }) => type === P.SIG);
  let out: Payload[] = proves ? r.pick([certificates, certificates, certificates, signatures, requests])(r, payloads) : requests(r, payloads);
  if (proves && r.chance(0.1)) out = signatures(r, out);
  if (r.chance(0.1)) out = requests(r, out);
  if (r.chance(0.05)) out = certificates(r, out);
  return out;
}
