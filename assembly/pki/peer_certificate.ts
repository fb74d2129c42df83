/**
 * A peer's RSA key as it is pasted: alone, in the forms of key_forms.ts, or in its certificate, PEM or hexadecimal digits of DER. Nothing of such a
 * certificate is judged: whoever configures it trusts the key.
 */
import { rsaKeyFaultName, rsaPublicKey } from "../number/rsa/key";
import * as base64 from "./base64";
import { Certificate, KeyKind, Part } from "./certificate";
import * as certificates from "./certificate";
import * as keyForms from "./key_forms";
import * as pem from "./pem";
import * as x509 from "./x509";

/** The certificate that the last key came in, within what was read; 0: it came alone. */
export let certificate: usize = 0;
export let certificateLen: u32 = 0;

let own: Certificate = changetype<Certificate>(0);

export function init(): void {
  own = changetype<Certificate>(heap.alloc(certificates.size()));
}

/** Reads what was pasted, decoded in place: "", or why it is no RSA key. The key is laid out at key_forms.rsa. */
export function read(p: usize, end: usize): string {
  certificate = 0;
  certificateLen = 0;
  if (pem.begins(p, end)) {
    if (!pem.next(p, end)) return pem.fault;
    if (pem.label == pem.Label.CERTIFICATE) return take(pem.der, pem.derLen);
    return pem.label == pem.Label.PUBLIC_KEY ? info(pem.der, pem.derLen) : "it is no PEM block of a public key or a certificate";
  }
  while (p < end && (load<u8>(p) == 32 || load<u8>(p) == 10)) p++;
  // `0s` is no pair of hexadecimal digits.
  if (<u32>(end - p) > 1 && (<u32>load<u8>(p + 1) | 32) == 115) return keyForms.readText(p, <u32>(end - p));
  const n = keyForms.hexOctets(p, <u32>(end - p));
  if (n == base64.BAD) return "it is neither hexadecimal digits nor 0s and base64";
  return x509.parse(own, p, n) == Part.NONE ? take(p, n) : info(p, n);
}

function info(p: usize, len: u32): string {
  const fault = keyForms.readInfo(p, len);
  return fault.length == 0 && !keyForms.isRsa() ? "it is no RSA key" : fault;
}

function take(p: usize, len: u32): string {
  if (x509.parse(own, p, len) != Part.NONE) return "it is no certificate that can be read";
  if (own.key != KeyKind.RSA) return "the certificate has no RSA key";
  const fault = rsaPublicKey(keyForms.rsa, own.modulus, own.modulusLen, own.exponent, own.exponentLen);
  if (fault) return rsaKeyFaultName(fault);
  certificate = p;
  certificateLen = len;
  return "";
}
