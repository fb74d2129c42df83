/** `crypto key`: pairs of keys of our own, made here or brought, exported, zeroized; and how NVRAM holds them. */
import { KEY_PAIRS, NAME_MAX } from "../../limits";
import * as keyWork from "../../pki/key_work";
import { Work } from "../../pki/key_work";
import * as password from "../../pki/password";
import * as pem from "../../pki/pem";
import { Label } from "../../pki/pem";
import * as privateKey from "../../pki/private_key";
import * as keyForms from "../../pki/key_forms";
import { KeyPair, KeyUse, PairKind } from "../../pki/store";
import * as store from "../../pki/store";
import * as wrapping from "../../pki/wrapping";
import * as writer from "../../pki/der_writer";
import * as ct from "../../util/ct";
import * as blob from "../blob";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say, tooLong } from "../output";
import * as paste from "../paste";
import * as session from "../session";
import * as startup from "../startup";
import * as words from "../words";
import * as work from "../work";

export function rows(): void {
  paste.forgetWith(forgetPassword);
  row("c:crypto key generate rsa {general-keys|usage-keys|signature|encryption|label WORD|modulus <1024-4096>|exportable}", generateRsa);
  row("c:crypto key generate ec {label WORD|keysize (256|384|521)|exportable}", generateEc);
  row("c:crypto key import (rsa|ec) WORD [general-purpose|signature|encryption] pem [exportable] terminal [WORD]", importPem);
  row("c:crypto key export (rsa|ec) WORD pem terminal aes WORD", exportPem);
  row("c:crypto key zeroize (rsa|ec) [WORD]", zeroize);
  row("c:crypto key wrapped (rsa|ec) WORD (general-purpose|signature|encryption) [exportable]", wrapped);
}

/** Bits that are made where nothing is said. */
const MODULUS: u32 = 2048;

/** What the key under way is to be: its label, use and whether it may be exported. */
const label: usize = memory.data(32, 4);
let labelLen: u32 = 0;
let use: KeyUse = KeyUse.GENERAL;
let exportable: bool = false;
let kind: PairKind = PairKind.NONE;
/** usage-keys: one for encryption comes behind the one for signatures. */
let another: bool = false;
let bits: u32 = 0;
/** Where SubjectPublicKeyInfo, and whatever else is written, is put together. */
const box: usize = memory.data(8192, 8);
const BOX: u32 = 8192;

/** Takes word `k` as the label. False: it is too long. */
export function takeLabel(k: u32): bool {
  labelLen = words.wordLen(k);
  if (labelLen > NAME_MAX) return tooLong("label", NAME_MAX);
  memory.copy(label, words.word(k), <usize>labelLen);
  return true;
}

/** The label given behind `label`, else the router's name. */
function labelOrHostname(): bool {
  const k = matcher.find("label");
  if (k != 0xffffffff) return takeLabel(k + 1);
  out.clear();
  session.putHostname(out);
  labelLen = min<u32>(out.len, NAME_MAX);
  memory.copy(label, out.base, <usize>labelLen);
  out.clear();
  return true;
}

function given(keyword: string): bool {
  return matcher.find(keyword, matcher.base + 3) != 0xffffffff;
}

/** A label is never given to a second key by itself. */
function isTaken(ec: bool, u: KeyUse): bool {
  if (!store.pairOf(label, labelLen, ec, u)) return false;
  refuse("There is a key ").ascii(label, labelLen).put(" already: zeroize it first.");
  nl();
  return true;
}

function generateRsa(no: bool): bool {
  if (!labelOrHostname()) return false;
  another = given("usage-keys");
  use = another || given("signature") ? KeyUse.SIGNATURE : given("encryption") ? KeyUse.ENCRYPTION : KeyUse.GENERAL;
  exportable = given("exportable");
  const k = matcher.find("modulus");
  bits = k == 0xffffffff ? MODULUS : matcher.number(k + 1);
  if (bits & 127) return refused("A modulus has a multiple of 128 bits.");
  if (isTaken(false, use) || (another && isTaken(false, KeyUse.ENCRYPTION))) return false;
  if (bits < 2048) {
    refuse("Warning: an RSA key of ").u32(bits).put(" bits is weak.");
    nl();
  }
  keyWork.generateRsa(bits);
  out.put("% Generating ").u32(bits).put(" bit RSA keys...");
  nl();
  work.begin(generated, keyWork.abort);
  return true;
}

function generateEc(no: bool): bool {
  if (!labelOrHostname()) return false;
  use = KeyUse.GENERAL;
  another = false;
  exportable = given("exportable");
  const k = matcher.find("keysize");
  bits = k == 0xffffffff ? 256 : matcher.keywordValue(k + 1);
  kind = bits == 256 ? PairKind.EC_256 : bits == 384 ? PairKind.EC_384 : PairKind.EC_521;
  if (isTaken(true, use)) return false;
  if (!keyWork.generateCurve(kind)) return refused("The host gives no entropy: no key can be made.");
  work.begin(generated, keyWork.abort);
  return true;
}

function generated(): bool {
  const state = keyWork.step();
  if (state == Work.RUNNING) return false;
  if (state == Work.FAILED) return refused("The key could not be made.") || true;
  if (!keep()) return true;
  say("[OK]");
  if (!another) return true;
  another = false;
  use = KeyUse.ENCRYPTION;
  keyWork.generateRsa(bits);
  return false;
}

/** Keeps the key at private_key.secret under what was given. False: no room, and it has said so. */
function keep(): bool {
  return keepAs(label, labelLen, use, exportable) != null;
}

/** Keeps the key at private_key.secret, whose point is known, and wipes it there. Null: no room, and it has said so. */
export function keepAs(name: usize, len: u32, u: KeyUse, mayLeave: bool): KeyPair | null {
  writer.begin(box, BOX);
  if (privateKey.kind == PairKind.RSA) keyForms.writeRsaInfo(privateKey.secret);
  else keyForms.writeCurveInfo(privateKey.kind, privateKey.pointInFull(), privateKey.pointLen + 1);
  const pair = store.addPair(
    name, len, privateKey.kind, u, privateKey.bits, mayLeave, writer.at, <u32>(box + BOX - writer.at), privateKey.secret, privateKey.secretLen,
  );
  privateKey.forget();
  if (pair) return pair;
  refuse("There is no room for another key: ").u32(KEY_PAIRS).put(" are the most, and certificates share the memory.");
  nl();
  return null;
}

/** What was pasted is no key of the kind; says so. */
export function refuseKey(why: string): bool {
  privateKey.forget();
  paste.wipe();
  refuse("The private key can't be used: ").put(why).char(46);
  nl();
  return false;
}

/** The password of what is to be pasted. */
const secret: usize = memory.data(64, 4);
let secretLen: u32 = 0;

/** Takes word `k` as the password; 0 octets where there is none. False: too long. */
export function takePassword(k: u32): bool {
  secretLen = k < matcher.argCount() ? words.wordLen(k) : 0;
  if (secretLen > password.PASSWORD_MAX) return refused("A password has up to 64 characters.");
  memory.copy(secret, words.word(k), <usize>secretLen);
  return true;
}

export function passwordAt(): usize {
  return secret;
}

export function passwordLength(): u32 {
  return secretLen;
}

export function forgetPassword(): void {
  ct.wipe(secret, 64);
  secretLen = 0;
}

function importPem(no: bool): bool {
  const k = matcher.base + 4;
  if (!takeLabel(k)) return false;
  kind = matcher.isKeyword(k - 1, "ec") ? PairKind.EC_256 : PairKind.RSA;
  use = given("signature") ? KeyUse.SIGNATURE : given("encryption") ? KeyUse.ENCRYPTION : KeyUse.GENERAL;
  exportable = given("exportable");
  if (!takePassword(matcher.find("terminal", k + 1) + 1)) return false;
  if (isTaken(kind != PairKind.RSA, use)) return false;
  say("% Enter PEM-formatted private key.");
  say("% End with a blank line or \"quit\" on a line by itself.");
  paste.begin(pasted, true);
  return true;
}

/** The encrypted key that `readKey` has found. */
let sealed: usize = 0;
let sealedLen: u32 = 0;

/**
 * Finds the first private key in the text pasted from `from` on, decrypts and parses it. "": it is at private_key.secret. While password.deriving:
 * it is to be read on with `readOn`, in slices.
 */
export function readKey(from: usize, end: usize): string {
  password.forget();
  for (let p = from; pem.next(p, end); p = pem.rest) {
    if (pem.label == Label.PRIVATE_KEY) return privateKey.parse(pem.der, pem.derLen);
    if (pem.label != Label.ENCRYPTED_PRIVATE_KEY) continue;
    if (!secretLen) return "it is encrypted, and the command gave no password";
    sealed = pem.der;
    sealedLen = pem.derLen;
    return readOn();
  }
  return pem.fault.length ? pem.fault : "there is no PEM block of a private key";
}

/** EncryptedPrivateKeyInfo. */
export function readOn(): string {
  if (!privateKey.splitEncrypted(sealed, sealedLen)) return "it is no encrypted PKCS#8";
  const fault = password.open(privateKey.algorithm, privateKey.algorithmEnd, privateKey.encrypted, privateKey.encryptedLen, secret, secretLen);
  return fault.length ? fault : privateKey.parse(privateKey.encrypted, password.plainLen);
}

/** Says that the console works on a password, where it takes a while. */
export function sayDeriving(): void {
  if (password.rounds < LONG) return;
  out.put("% Deriving the key from the password, in ").u32(password.rounds).put(" rounds ...");
  nl();
}
const LONG: u32 = 20000;

/** The operator has ended it. */
function dropped(): void {
  password.forget();
  keyWork.abort();
  paste.wipe();
  forgetPassword();
}

function pasted(): bool {
  const fault = readKey(paste.text, paste.end);
  if (!password.deriving) return take(fault);
  sayDeriving();
  work.begin(derive, dropped);
  return true;
}

function derive(): bool {
  if (!password.step()) return false;
  const fault = readOn();
  if (password.deriving) return false;
  take(fault);
  return true;
}

/** The key was read, or not. */
function take(fault: string): bool {
  password.forget();
  paste.wipe();
  forgetPassword();
  if (fault.length) return refuseKey(fault);
  if ((privateKey.kind == PairKind.RSA) != (kind == PairKind.RSA)) return refuseKey(kind == PairKind.RSA ? "it is an EC key" : "it is an RSA key");
  if (privateKey.bits < 2048 && privateKey.kind == PairKind.RSA) {
    refuse("Warning: an RSA key of ").u32(privateKey.bits).put(" bits is weak.");
    nl();
  }
  keyWork.check();
  work.begin(checked, keyWork.abort);
  return true;
}

function checked(): bool {
  const state = keyWork.step();
  if (state == Work.RUNNING) return false;
  if (state == Work.FAILED) refuseKey("its private part does not belong to its public one");
  else if (keep()) say("% Key pair import succeeded.");
  return true;
}

function find(k: u32, ec: bool): KeyPair | null {
  for (let u: u32 = 0; u < 3; u++) {
    const pair = store.pairOf(words.word(k), words.wordLen(k), ec, u);
    if (pair) return pair;
  }
  refuse("There is no such key.");
  nl();
  return null;
}

function exportPem(no: bool): bool {
  const k = matcher.base + 4;
  const pair = find(k, matcher.isKeyword(k - 1, "ec"));
  return pair ? writePem(pair, k + 4) : false;
}

/** Prints a pair's private key, encrypted with the password at word `k`. False: refused, and it has said why. */
export function writePem(pair: KeyPair, k: u32): bool {
  if (!pair.exportable) return refused("The key is not exportable.");
  if (words.wordLen(k) < 8) return refused("The password must have 8 characters or more.");
  if (words.wordLen(k) > password.PASSWORD_MAX) return refused("A password has up to 64 characters.");
  writer.begin(box, BOX);
  const good = privateKey.writeInfo(pair) && password.sealWritten(box + BOX, words.word(k), words.wordLen(k));
  if (good) blob.pem("ENCRYPTED PRIVATE KEY", writer.at, <u32>(box + BOX - writer.at));
  ct.wipe(box, BOX);
  return good || refused("The key can't be written: its exponent is not 65537, or the host gives no entropy.");
}

function zeroize(no: bool): bool {
  const k = matcher.base + 3;
  kind = matcher.isKeyword(k, "ec") ? PairKind.EC_256 : PairKind.RSA;
  if (matcher.argCount() > k + 1) return takeLabel(k + 1) && removeKeys(label, labelLen);
  paste.ask(kind == PairKind.RSA ? "% All RSA keys will be removed for good. Do you want that? [yes/no]: " : "% All EC keys will be removed for good. Do you want that? [yes/no]: ", removeAll);
  return true;
}

function removeAll(): bool {
  return removeKeys(label, 0);
}

/** Removes the keys of the kind and that label; 0 octets: of any. False: there is none, and that has been said. */
function removeKeys(name: usize, len: u32): bool {
  let any = false;
  for (let i: u32 = 0; i < store.pairSlots(); i++) {
    const pair = store.pairAt(i);
    if (!pair || (pair.kind != PairKind.RSA) != (kind != PairKind.RSA)) continue;
    if (len && (pair.labelLen != len || memory.compare(pair.label, name, <usize>len) != 0)) continue;
    store.removePair(pair);
    any = true;
  }
  return any || refused("There is no such key.");
}

function wrapped(no: bool): bool {
  const k = matcher.base + 4;
  if (!takeLabel(k)) return false;
  kind = matcher.isKeyword(k - 1, "ec") ? PairKind.EC_256 : PairKind.RSA;
  use = given("signature") ? KeyUse.SIGNATURE : given("encryption") ? KeyUse.ENCRYPTION : KeyUse.GENERAL;
  exportable = given("exportable");
  paste.begin(unwrapped, false);
  return true;
}

function unwrapped(): bool {
  const n = keyForms.hexOctets(paste.text, <u32>(paste.end - paste.text));
  let good = false;
  let k = kind;
  if (n != 0xffffffff) {
    // The line says RSA or EC; which curve, the key itself.
    if (kind == PairKind.RSA) good = wrapping.unwrap(paste.text, n, PairKind.RSA, use, exportable, label, labelLen);
    else {
      for (k = PairKind.EC_256; k <= PairKind.EC_521 && !good; k++) {
        good = wrapping.unwrap(paste.text, n, k, use, exportable, label, labelLen);
        if (good) break;
      }
    }
  }
  if (!good) {
    paste.wipe();
    if (startup.applying) startup.showLine();
    refuse("Key ").ascii(label, labelLen).put(wrapping.present() ? " was not wrapped by this device, under these words." : " is wrapped, and the host gives no device key.");
    nl();
    return false;
  }
  const size: u32 = k == PairKind.RSA ? privateKey.bitsOfRsa(wrapping.secret) : keyForms.curveBits(k);
  const kept = store.addPair(label, labelLen, k, use, size, exportable, wrapping.spki, wrapping.spkiLen, wrapping.secret, wrapping.secretLen);
  paste.wipe();
  return kept != null || refused("There is no room for another key.");
}

/** The keys' lines of the configuration. Without a device key none is written, and that is said. */
export function write(): void {
  let any = false;
  for (let i: u32 = 0; i < store.pairSlots(); i++) {
    const pair = store.pairAt(i);
    if (!pair) continue;
    if (!wrapping.present()) {
      out.put("! key ").ascii(pair.label, pair.labelLen).put(" is not kept: the host gives no device key");
      nl();
      continue;
    }
    any = true;
    out.put("crypto key wrapped ").put(pair.kind == PairKind.RSA ? "rsa " : "ec ").ascii(pair.label, pair.labelLen);
    out.put(pair.use == KeyUse.GENERAL ? " general-purpose" : pair.use == KeyUse.SIGNATURE ? " signature" : " encryption");
    if (pair.exportable) out.put(" exportable");
    nl();
    wrapping.wrap(pair, box);
    blob.hex(box, wrapping.wrappedLength(pair), 2);
    ct.wipe(box, BOX);
  }
  if (any) {
    out.char(33);
    nl();
  }
}
