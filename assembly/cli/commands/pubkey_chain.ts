/** `crypto key pubkey-chain rsa`: RSA keys of peers that have no certificate. */
import { PEER_ID_MAX, PEER_KEYS } from "../../limits";
import * as keyForms from "../../pki/key_forms";
import * as peerCertificate from "../../pki/peer_certificate";
import { KeyUse, PeerKey } from "../../pki/store";
import * as store from "../../pki/store";
import * as writer from "../../pki/der_writer";
import * as blob from "../blob";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as paste from "../paste";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("c:crypto key pubkey-chain rsa", enter);
  row("ky:addressed-key A.B.C.D~ [signature|encryption]", addressed);
  row("ky:named-key WORD~ [signature|encryption]", named);
  row("y:key-string", keyString);
  row("y:exit", leave);
  row("ue:show crypto key pubkey-chain rsa", show);
}

function enter(no: bool): bool {
  session.enter(Mode.PUBKEY_CHAIN, 0, 0, 0);
  return true;
}

/** One mode up, and not out of both. */
function leave(no: bool): bool {
  session.enter(Mode.PUBKEY_CHAIN, 0, 0, 0);
  return true;
}

/** The key that the mode is about. */
let address: u32 = 0;
const name: usize = memory.data(<i32>PEER_ID_MAX, 4);
let nameLen: u32 = 0;
let use: KeyUse = KeyUse.GENERAL;

function current(): PeerKey | null {
  const key = nameLen ? store.peerKeyByName(name, nameLen, use) : store.peerKeyByAddress(address, use);
  if (!key) refused("This key is gone.");
  return key;
}

function takeUse(k: u32): void {
  use = matcher.isKeyword(k, "signature") ? KeyUse.SIGNATURE : matcher.isKeyword(k, "encryption") ? KeyUse.ENCRYPTION : KeyUse.GENERAL;
}

function begin(no: bool): bool {
  if (no) {
    const key = nameLen ? store.peerKeyByName(name, nameLen, use) : store.peerKeyByAddress(address, use);
    if (!key) return refused("There is no such key.");
    store.removePeerKey(key);
    return true;
  }
  if (!store.addPeerKey(address, name, nameLen, use)) {
    refuse("There are ").u32(PEER_KEYS).put(" keys of peers already, which is the most.");
    nl();
    return false;
  }
  session.enter(Mode.PUBKEY, 0, 0, 0);
  return true;
}

function addressed(no: bool): bool {
  const k = matcher.base + 1;
  address = matcher.address(k);
  nameLen = 0;
  takeUse(k + 1);
  return begin(no);
}

function named(no: bool): bool {
  const k = matcher.base + 1;
  if (words.wordLen(k) > PEER_ID_MAX) return refused("The name is too long: up to 128 characters are allowed.");
  address = 0;
  nameLen = words.wordLen(k);
  memory.copy(name, words.word(k), <usize>nameLen);
  takeUse(k + 1);
  return begin(no);
}

function keyString(no: bool): bool {
  if (!current()) return false;
  paste.begin(pasted, false);
  return true;
}

function pasted(): bool {
  const fault = peerCertificate.read(paste.text, paste.end);
  if (fault.length) {
    paste.wipe();
    refuse("The key can't be used: ").put(fault).char(46);
    nl();
    return false;
  }
  const key = current();
  const kept = key != null && store.setPeerKey(key, keyForms.rsa, keyForms.rsaPublicOctets(keyForms.rsa), peerCertificate.certificate, peerCertificate.certificateLen);
  const bits = keyForms.rsaSize(keyForms.rsa);
  paste.wipe();
  if (!kept) return key != null && refused("There is no room for another key.");
  if (bits < 2048) {
    refuse("Warning: an RSA key of ").u32(bits).put(" bits is weak.");
    nl();
  }
  return true;
}

function putWho(key: PeerKey): void {
  if (key.nameLen) out.put("named-key ").ascii(key.name, key.nameLen);
  else out.put("addressed-key ").ip(key.address);
  if (key.use != KeyUse.GENERAL) out.put(key.use == KeyUse.SIGNATURE ? " signature" : " encryption");
}

const box: usize = memory.data(1104, 8);

export function write(): void {
  let any = false;
  for (let i: u32 = 0; i < store.peerKeySlots(); i++) {
    const key = store.peerKeyAt(i);
    if (!key) continue;
    if (!any) {
      any = true;
      say("crypto key pubkey-chain rsa");
    }
    out.char(32);
    putWho(key);
    nl();
    if (!key.key) continue;
    say("  key-string");
    if (key.certificate) {
      blob.hex(key.certificate, key.certificateLen, 3);
      continue;
    }
    writer.begin(box, 1104);
    keyForms.writeRsaInfo(key.key);
    blob.hex(writer.at, <u32>(box + 1104 - writer.at), 3);
  }
  if (any) say("!");
}

function show(no: bool): bool {
  say("Usage       Bits  Peer");
  for (let i: u32 = 0; i < store.peerKeySlots(); i++) {
    const key = store.peerKeyAt(i);
    if (!key) continue;
    out.put(key.use == KeyUse.GENERAL ? "General" : key.use == KeyUse.SIGNATURE ? "Signature" : "Encryption").to(12);
    if (key.key) out.u32(keyForms.rsaSize(key.key));
    else out.put("none");
    out.to(18);
    if (key.nameLen) out.ascii(key.name, key.nameLen);
    else out.ip(key.address);
    nl();
  }
  return true;
}
