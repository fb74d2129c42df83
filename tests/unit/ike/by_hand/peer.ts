// A peer of the engine's, written out by hand: it makes every message octet by octet, so that specs can say what each one of
// the engine's must be. SHA-1, AES-128, group 1, the key "gurgle"; 192.0.2.2 to our 192.0.2.1.
import { CipherAlg } from "../../../../assembly/crypto/cipher";
import { cipherById, hashById } from "../../../../assembly/crypto/registry";
import * as ike from "../../../../assembly/ike/ike";
import * as keys from "../../../../assembly/ike/settings/keys";
import * as policies from "../../../../assembly/ike/settings/policy";
import { Exchange } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import { DhGroup, dhGroupById, dhResult, dhStart, dhStep } from "../../../../assembly/oakley/dh_group";
import { prfFinal, prfStart, prfUpdate } from "../../../../assembly/oakley/prf";
import { put16, put32 } from "../../../../assembly/util/bytes";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { fromHex, fromText, toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { begin as beginWorld, established } from "./world";

export const MAIN: u32 = 2;
export const INFORMATIONAL: u32 = 5;
export const QUICK: u32 = 32;
export const SA: u32 = 1;
export const KE: u32 = 4;
export const ID: u32 = 5;
export const HASH: u32 = 8;
export const NONCE: u32 = 10;
export const N: u32 = 11;
export const VID: u32 = 13;
export const NAT_D: u32 = 20;
/** ID bodies: ID_IPV4_ADDR, protocol and port 0. */
export const ID_ALPHA: string = "01000000c0000201";
export const ID_BETA: string = "01000000c0000202";
/** Octets of a public value of group 1, and of the peer's nonce. */
export const KE_BYTES: u32 = 96;
const NONCE_BYTES: u32 = 20;
/** An offer of one transform: AES-128, SHA-1, pre-shared key, group 1, an hour. */
export const OFFER: string =
  "0000000100000001" + "0000003001010001" + "0000002801010000" + "80010007" + "800e0080" + "80020002" + "80030001" + "80040001" + "800b0001" + "000c000400000e10";
export const DPD: string = "afcad71368a1f1c96b8696fc77570100";
export const POSTERN: string = "cf159dbcb21dee3ab296f6b07fc9ed97";
export const FRAGMENTATION: string = "4048b7d56ebce88525e7de7f00d6c2d3";
export const NATT_RFC: string = "4a131c81070358455c5728f20e95452f";
export const NATT_03: string = "7d9419a65310ca6f2c179d9215529d56";
export const NATT_02N: string = "90cb80913ebb696e086381b5ec427b1f";
export const NATT_02: string = "cd60464335df21f87cfdb2fc68b6a448";

/** Cookies, one behind the other. */
export const cookies: usize = memory.data(16, 8);
export const nonceI: usize = memory.data(64, 8);
export let nonceILen: u32 = NONCE_BYTES;
export const nonceR: usize = memory.data(64, 8);
export let nonceRLen: u32 = NONCE_BYTES;
export const g_xi: usize = memory.data(96, 8);
export const g_xr: usize = memory.data(96, 8);
export const g_xy: usize = memory.data(96, 8);
export const SKEYID: usize = memory.data(20, 8);
export const SKEYID_d: usize = memory.data(20, 8);
export const SKEYID_a: usize = memory.data(20, 8);
export const SKEYID_e: usize = memory.data(20, 8);
/** The IV of phase 1's chain, or of the exchange of phase 2 that `phase2` has begun. */
export const iv: usize = memory.data(16, 8);
export const SAi_b: usize = memory.data(512, 8);
export let SAi_bLen: u32 = 0;
const lastBlock: usize = memory.data(16, 8);
const exponent: usize = memory.data(96, 8);
const schedule: usize = memory.data(384, 8);
const scratch: usize = memory.data(512, 8);
const word: usize = memory.data(4, 4);

/** The message that is made, and the last one that was taken. */
export const out: usize = memory.data(4096, 8);
export let outLen: u32 = 0;
let link: usize = 0;
export const got: usize = memory.data(4096, 8);
export let gotLen: u32 = 0;
export let gotSrcPort: u32 = 0;
export let gotDstPort: u32 = 0;
export let gotDst: u32 = 0;
export let gotSrc: u32 = 0;

function group1(): DhGroup {
  return dhGroupById(1) as DhGroup;
}

/** Fresh rooms with the key and the policy of the offer. `as` is who begins: the peer, or we. */
export function begin(peerInitiates: bool): void {
  beginWorld();
  keys.addAddress(BETA, 0xffffffff, scratch, fromText(scratch, "gurgle"));
  const policy = policies.add(10)!;
  policy.keyBits = 128;
  policy.hash = 2;
  policy.group = 1;
  policy.lifetimeSeconds = 3600;
  memory.fill(cookies, 0, 16);
  for (let i: u32 = 0; i < 8; i++) store<u8>(cookies + i + (peerInitiates ? 0 : 8), <u8>(0xc0 + i));
  nonceILen = nonceRLen = NONCE_BYTES;
  for (let i: u32 = 0; i < NONCE_BYTES; i++) store<u8>((peerInitiates ? nonceI : nonceR) + i, <u8>(0x30 + i));
  memory.fill(exponent, 0, 96);
  for (let i = 0; i < 32; i++) store<u8>(exponent + i, <u8>(0x51 + i * 7));
  power(0, peerInitiates ? g_xi : g_xr);
  SAi_bLen = fromHex(SAi_b, OFFER);
}

function power(base: usize, to: usize): void {
  assert(dhStart(group1(), base, exponent), "no other job runs");
  while (!dhStep()) continue;
  assert(dhResult(to), "a good value");
}

/** Begins a message of this type, with the cookies. */
export function start(type: u32, flags: u32 = 0, M_ID: u32 = 0): void {
  memory.fill(out, 0, 4096);
  memory.copy(out, cookies, 16);
  store<u8>(out + 17, 0x10);
  store<u8>(out + 18, <u8>type);
  store<u8>(out + 19, <u8>flags);
  put32(out + 20, M_ID);
  link = out + 16;
  outLen = 28;
  put32(out + 24, outLen);
}

/** Adds a payload. */
export function add(type: u32, body: usize, len: u32): void {
  const p = out + <usize>outLen;
  store<u8>(link, <u8>type);
  link = p;
  put16(p + 2, len + 4);
  memory.copy(p + 4, body, <usize>len);
  outLen += len + 4;
  put32(out + 24, outLen);
}

export function addHex(type: u32, body: string): void {
  add(type, scratch, fromHex(scratch, body));
}

/** Pads and encrypts what was made, with the chain of `iv`. */
export function encrypt(): void {
  while ((outLen - 28) & 15) outLen++;
  put32(out + 24, outLen);
  cipherById(CipherAlg.AES)!.cbcEncrypt(schedule, iv, out + 28, outLen - 28);
}

/** Decrypts what was taken, with the same chain. */
export function decrypt(): void {
  cipherById(CipherAlg.AES)!.cbcDecrypt(schedule, iv, got + 28, gotLen - 28);
}

/** Gives the message to the engine. */
export function give(srcPort: u16 = 500, dstPort: u16 = 500, src: u32 = BETA): void {
  const packet = packets.alloc() as Packet;
  packet.src = src;
  packet.dst = ALPHA;
  packet.srcPort = srcPort;
  packet.dstPort = dstPort;
  packet.len = outLen;
  memory.copy(packet.ptr, out, <usize>outLen);
  ike.receive(packet);
}

/** Lets the engine compute, and nothing else happen. */
export function settle(): void {
  for (let i = 0; i < 2000 && exchange.jobsWanted; i++) ike.poll();
  assert(!exchange.jobsWanted, "the jobs are done");
}

/** Takes the engine's next datagram. False: it says nothing. */
export function take(): bool {
  const packet = ike.nextOutput();
  if (!packet) return false;
  gotLen = packet.len;
  memory.fill(got, 0, 4096);
  memory.copy(got, packet.ptr, <usize>gotLen);
  gotSrc = packet.src;
  gotDst = packet.dst;
  gotSrcPort = <u32>packet.srcPort;
  gotDstPort = <u32>packet.dstPort;
  packets.free(packet);
  return true;
}

/** Takes the engine's one datagram; more than one, or none, is none. */
export function takeOne(): bool {
  return take() && ike.nextOutput() == null;
}

export function given(): string {
  return toHex(out, outLen);
}

export function taken(): string {
  return toHex(got, gotLen);
}

/** Body of the payload at a place of what was taken (in plain): its address; `bodyLen` says how long it is. */
export let bodyLen: u32 = 0;
export function body(place: u32): usize {
  let p = got + 28;
  for (let i: u32 = 0; i < place; i++) p += <usize>((<u32>load<u8>(p + 2) << 8) | <u32>load<u8>(p + 3));
  bodyLen = ((<u32>load<u8>(p + 2) << 8) | <u32>load<u8>(p + 3)) - 4;
  return p + 4;
}

/** The types of the payloads of what was taken (in plain), in hexadecimal. */
export function types(): string {
  let text = "";
  let type = <u32>load<u8>(got + 16);
  let p = got + 28;
  for (let i = 0; type && i < 24; i++) {
    store<u8>(word, <u8>type);
    text += toHex(word, 1);
    type = <u32>load<u8>(p);
    p += <usize>((<u32>load<u8>(p + 2) << 8) | <u32>load<u8>(p + 3));
  }
  return text;
}

/** All keys of phase 1, from what both sides have shown. @param theirs the engine's public value */
export function derive(theirs: usize, psk: string = "gurgle"): void {
  const hash = hashById(2)!;
  power(theirs, g_xy);
  prfStart(hash, scratch, fromText(scratch, psk));
  prfUpdate(hash, nonceI, nonceILen);
  prfUpdate(hash, nonceR, nonceRLen);
  prfFinal(hash, SKEYID);
  one(0, SKEYID_d, 0);
  one(SKEYID_d, SKEYID_a, 1);
  one(SKEYID_a, SKEYID_e, 2);
  cipherById(CipherAlg.AES)!.setKey(schedule, SKEYID_e, 16);
  hash.init(scratch);
  hash.update(scratch, g_xi, KE_BYTES);
  hash.update(scratch, g_xr, KE_BYTES);
  hash.final(scratch, scratch + 256);
  memory.copy(iv, scratch + 256, 16);
}

function one(before: usize, to: usize, n: u8): void {
  const hash = hashById(2)!;
  prfStart(hash, SKEYID, 20);
  if (before) prfUpdate(hash, before, 20);
  prfUpdate(hash, g_xy, KE_BYTES);
  prfUpdate(hash, cookies, 16);
  store<u8>(word, n);
  prfUpdate(hash, word, 1);
  prfFinal(hash, to);
}

/** HASH_I of an ID's body, or HASH_R. */
export function proof(initiators: bool, ID: usize, len: u32, to: usize): void {
  const hash = hashById(2)!;
  prfStart(hash, SKEYID, 20);
  prfUpdate(hash, initiators ? g_xi : g_xr, KE_BYTES);
  prfUpdate(hash, initiators ? g_xr : g_xi, KE_BYTES);
  prfUpdate(hash, initiators ? cookies : cookies + 8, 8);
  prfUpdate(hash, initiators ? cookies + 8 : cookies, 8);
  prfUpdate(hash, SAi_b, SAi_bLen);
  prfUpdate(hash, ID, len);
  prfFinal(hash, to);
}

/** Adds ID and its proof. @param ID body in hexadecimal */
export function addIdentity(initiators: bool, ID: string): void {
  const p = scratch + 128;
  const len = fromHex(p, ID);
  add(5, p, len);
  proof(initiators, p, len, scratch + 256);
  add(8, scratch + 256, 20);
}

/** Phase 1 has come to its end: its last block is what phase 2's IVs are made of. */
export function phase1Done(): void {
  memory.copy(lastBlock, iv, 16);
}

/** Begins the chain of an exchange of phase 2. */
export function phase2(M_ID: u32): void {
  const hash = hashById(2)!;
  hash.init(scratch);
  hash.update(scratch, lastBlock, 16);
  put32(word, M_ID);
  hash.update(scratch, word, 4);
  hash.final(scratch, scratch + 256);
  memory.copy(iv, scratch + 256, 16);
}

/** Begins a message with a place for a HASH in it. */
export function startHashed(type: u32, M_ID: u32): void {
  start(type, 1, M_ID);
  memory.fill(scratch, 0, 20);
  add(8, scratch, 20);
}

/** Fills in HASH(1), or HASH(2) with the initiator's nonce, over what follows it; then encrypts. */
export function finishHashed(Ni: usize = 0, NiLen: u32 = 0): void {
  hashOf(out, outLen, Ni, NiLen, out + 32);
  encrypt();
}

/** What HASH(1) of a message in plain must be (HASH(2) with Ni). */
export function hashOf(message: usize, end: u32, Ni: usize, NiLen: u32, to: usize): void {
  const hash = hashById(2)!;
  prfStart(hash, SKEYID_a, 20);
  prfUpdate(hash, message + 20, 4);
  if (Ni) prfUpdate(hash, Ni, NiLen);
  prfUpdate(hash, message + 52, end - 52);
  prfFinal(hash, to);
}

/** HASH(3). */
export function hash3(M_ID: u32, Ni: usize, NiLen: u32, Nr: usize, NrLen: u32, to: usize): void {
  const hash = hashById(2)!;
  prfStart(hash, SKEYID_a, 20);
  store<u8>(word, 0);
  prfUpdate(hash, word, 1);
  put32(word, M_ID);
  prfUpdate(hash, word, 4);
  prfUpdate(hash, Ni, NiLen);
  prfUpdate(hash, Nr, NrLen);
  prfFinal(hash, to);
}

/** Our ISAKMP SA: that of the cookies. */
export function ours(): IsakmpSa {
  return isakmpSa.byCookies(cookies, cookies + 8) as IsakmpSa;
}

export function exchanges(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < exchange.slots(); i++) if (exchange.at(i)) n++;
  return n;
}

export function sas(): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) if (isakmpSa.at(i)) n++;
  return n;
}

export function theExchange(): Exchange {
  for (let i: u32 = 0; i < exchange.slots(); i++) if (exchange.at(i)) return exchange.at(i) as Exchange;
  return changetype<Exchange>(0);
}

/** The peer's first message. @param vendors bodies of vendor IDs, in hexadecimal */
export function first(vendors: StaticArray<string> = []): void {
  start(MAIN);
  add(SA, SAi_b, SAi_bLen);
  for (let i = 0; i < vendors.length; i++) addHex(VID, vendors[i]);
  give();
}

/** Message 2 as it was taken: the engine's cookie. */
export function takeCookie(initiators: bool = false): void {
  take();
  const at: usize = initiators ? 0 : 8;
  memory.copy(cookies + at, got + at, 8);
}

/** The message with the peer's public value and nonce; `give` it. */
export function exchangeKeys(initiators: bool): void {
  start(MAIN);
  add(KE, initiators ? g_xi : g_xr, KE_BYTES);
  if (initiators) add(NONCE, nonceI, nonceILen);
  else add(NONCE, nonceR, nonceRLen);
}

/** Takes the engine's message with these. */
export function takeKeys(initiators: bool): void {
  take();
  memory.copy(initiators ? g_xi : g_xr, body(0), KE_BYTES);
  memory.copy(initiators ? nonceI : nonceR, body(1), <usize>bodyLen);
  if (initiators) nonceILen = bodyLen;
  else nonceRLen = bodyLen;
}

/** Messages 1 to 4, the peer initiating; both sides have all keys afterwards. */
export function toKeys(): void {
  first();
  takeCookie();
  exchangeKeys(true);
  give();
  settle();
  takeKeys(false);
  derive(g_xr);
}

/** Messages 1 to 5, the engine initiating; message 5 is what was taken, decrypted. */
export function toIdentity(): void {
  startPhase1(BETA, ALPHA, 0, 0);
  fromFirst();
}

/** As `toIdentity`, when message 1 has gone out. */
export function fromFirst(): void {
  takeCookie(true);
  memory.copy(SAi_b, body(0), <usize>bodyLen);
  SAi_bLen = bodyLen;
  answer();
  settle();
  takeKeys(true);
  exchangeKeys(false);
  give();
  settle();
  derive(g_xi);
  take();
  decrypt();
}

/** Message 2: the offer of one transform chosen. */
export function answer(vendors: StaticArray<string> = []): void {
  start(MAIN);
  addHex(SA, OFFER);
  for (let i = 0; i < vendors.length; i++) addHex(VID, vendors[i]);
  give();
}

/** An ISAKMP SA that is up between both, without a negotiation. @param initiator whether it is the engine's own */
export function adopt(initiator: bool): IsakmpSa {
  const sa = established(initiator);
  for (let i: u32 = 0; i < 8; i++) store<u8>((initiator ? sa.CKY_R : sa.CKY_I) + i, <u8>(0xc0 + i));
  memory.copy(cookies, sa.CKY_I, 16);
  if (!initiator) {
    // It is found by what stands there now.
    memory.fill(sa.CKY_I, 0, 8);
    sa.takeCookies(cookies, 16);
  }
  memory.fill(SKEYID_a, 0xa1, 20);
  memory.copy(sa.SKEYID_a, SKEYID_a, 20);
  memory.fill(sa.SKEYID_d, 0xd1, 20);
  memory.fill(lastBlock, 0x11, 16);
  memory.copy(sa.lastIv, lastBlock, 16);
  memory.fill(scratch, 0, 16);
  cipherById(CipherAlg.AES)!.setKey(schedule, scratch, 16);
  return sa;
}

/** ESP with AES-128 and HMAC-SHA, tunnel mode, an hour: the SA payload's body, with this SPI. */
export function offerOfEsp(spi: string): string {
  return "0000000100000001" + "0000002801030401" + spi + "0000001c010c0000" + "80040001" + "80050002" + "80060080" + "80010001" + "80020e10";
}

/** 10.1/16 and 10.2/16 as IDs. */
export const NET_OF_ALPHA: string = "040000000a010000ffff0000";
export const NET_OF_BETA: string = "040000000a020000ffff0000";

/** Message 1 of Quick Mode, of which nothing is left out; encrypted, not yet given. */
export function quickFirst(M_ID: u32, sa: string = ""): void {
  phase2(M_ID);
  startHashed(QUICK, M_ID);
  addHex(SA, sa.length ? sa : offerOfEsp("00001234"));
  add(NONCE, nonceI, nonceILen);
  addHex(ID, NET_OF_BETA);
  addHex(ID, NET_OF_ALPHA);
  finishHashed();
}

/** Length of the engine's nonce. */
export function setNonceR(len: u32): void {
  nonceRLen = len;
}

export function setIv(hex: string): void {
  fromHex(iv, hex);
}

export function setCookieR(value: u64): void {
  store<u64>(cookies + 8, value);
}

export function setNonceI(len: u32): void {
  nonceILen = len;
}

export function setOffer(len: u32): void {
  SAi_bLen = len;
}

/** Takes the non-ESP marker off what was taken. */
export function pull(): void {
  gotLen -= 4;
  memory.copy(got, got + 4, <usize>gotLen);
}

/** Cuts what was made, whatever its header says. */
export function setLength(len: u32): void {
  outLen = len;
}

/** Pads what was made, without encrypting it. */
export function padded(): void {
  while ((outLen - 28) & 15) outLen++;
  put32(out + 24, outLen);
}
