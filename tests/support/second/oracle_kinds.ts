/** Ways in which a nonce or an identity that is encrypted by RSA can be wrong, none of which may be told from another (RFC 2409, 5.2; RFC 8017, 7.2.2). */
import { P, concat, u32, type Payload } from "./ike_peer.ts";

export type What = "ID" | "NONCE";
export interface Kind {
  name: string;
  /** Changes what is encrypted. */
  block?: (what: What, block: Uint8Array) => Uint8Array;
  /** Changes the payloads when they are made. */
  payload?: (list: Payload[]) => void;
  /** The ciphertext is not as long as the modulus, as anybody sees. */
  length?: true;
}

const spoil = (what: What, change: (block: Uint8Array) => void): Kind["block"] => (which, block) => {
  const copy = block.slice();
  if (which === what) change(copy);
  return copy;
};
const message = (what: What, octets: Uint8Array): Kind["block"] => (which, block) => (which === what ? concat([0, 2], new Uint8Array(block.length - 3 - octets.length).fill(0x55), [0], octets) : block);
const cipher = (type: number, change: (body: Uint8Array) => Uint8Array): Kind["payload"] => (list) => {
  const one = list.find((p) => p.type === type)!;
  one.body = change(one.body);
};

/** The first is what all others must look like: a nonce that any peer could send, and this one has not. */
export function kinds(revised: boolean): [Kind, ...Kind[]] {
  const whats: What[] = revised ? ["NONCE"] : ["NONCE", "ID"];
  return [
    { name: "a wrong nonce", block: message("NONCE", new Uint8Array(20).fill(0x77)) },
    ...whats.flatMap((what): Kind[] => [
      { name: `${what}: the padding's type is wrong`, block: spoil(what, (b) => void (b[1] = 3)) },
      { name: `${what}: the first octet is not 0`, block: spoil(what, (b) => void (b[0] = 1)) },
      { name: `${what}: a 0 in the padding`, block: spoil(what, (b) => void (b[5] = 0)) },
      { name: `${what}: no 0 behind the padding`, block: (which, b) => (which === what ? b.map((octet, i) => (i < 2 ? octet : octet || 9)) : b) },
      { name: `${what}: a message of no octets`, block: message(what, new Uint8Array()) },
      { name: `${what}: a message that is too short`, block: message(what, new Uint8Array(4)) },
      { name: `${what}: a long message`, block: message(what, new Uint8Array(117).fill(3)) },
      { name: `${what}: another message`, block: message(what, concat([1, 17, 1, 0xf4], u32(0xc0000209))) },
      { name: `${what}: a bit of the ciphertext changed`, payload: cipher(P[what], (b) => b.map((octet, i) => (i === 70 ? octet ^ 1 : octet))) },
      { name: `${what}: a ciphertext of zeros`, payload: cipher(P[what], (b) => b.map(() => 0)) },
      { name: `${what}: a ciphertext not less than the modulus`, payload: cipher(P[what], (b) => b.map(() => 255)) },
      { name: `${what}: a ciphertext an octet short`, payload: cipher(P[what], (b) => b.slice(1)), length: true },
      { name: `${what}: no ciphertext`, payload: cipher(P[what], () => new Uint8Array()), length: true },
    ]),
  ];
}
