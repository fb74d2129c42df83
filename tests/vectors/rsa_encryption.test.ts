/**
 * A Main Mode by RSA encryption with a Cisco router as responder, recorded by D. Felsch (RUB-NDS/IPsec-StateMachineExtractor, IKEv1HandshakeIT: AES-128,
 * SHA-1, group 5), with the initiator's RSA key, Diffie-Hellman exponent and nonce: what message 4 holds, and SKEYID as the router computed it.
 */
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { test } from "node:test";
import { EncryptedPeer } from "../support/second/encrypted_peer.ts";
import { Signatures } from "../support/primitives/signatures.ts";
import { Random } from "../support/world/random.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ""), "hex"));
const [CKY_I, CKY_R] = [hex("11e79c308ebbd717"), hex("2ca4eb67438cfda9")];
const SAi_b = hex("00000001000000010000002c00010001000000240001000080010007800e0080800200028004000580030004800b0001800c7080");
const Ni_b = hex("ba4994b250a8d49f"), Nr_b = hex("a94233221932229b8db685d5a8b518307429a276");
const x = hex(`df80749b2b68e33c17f3d8fde49610d0552ca742a5c259c9917c438eed3a5f0f0eb090f1d2b6b1d85b1c4a56aea92cd5636d5f26fb7f7a931b5d4827b8d1d30e
  59fe2fead91afa3f668ee2336808cb008b11a1e22705683b444b4f64c6f6e2d725ccb204aa4b59dffb9a1647222f7d4d586c0873a051c675fc3170d26f4c051a
  b976626f5aa9d76a12e727fcfb75cf0c02d06a90475b5a553c8a1db196affdf8579e874ababe9a83a7fa23b0676c103ea31ab6d34c97603a305e281ddc021e61`);
const g_xi = hex(`d80834a1a206a359e404a57acc4be0e38a0c6db735be27af0ffd4ad3326b52a68175cc115fbc25e73909d9ee7502facbb4138794500a9c727d98d56bcb440852
  0384ad5ea70a9d1f49cdff13bd757943131360882e2e1fd580b8e5fc147617aa215fc641cd80f21ae86c663ed1e8694f537a302e6f4efe56b78533670752661b
  a948ec053b6681a1fa9b6fa49a79a503b915cc56d10fd56b6cb13d5238ee63ddd0a7101ad9a470dd0410e94a051559ac7430cc0910304f30c62c65e0ef0ba7e9`);
const g_xr = hex(`4d6ecaebe4b7fa975986ef3d3f8d388ee36db125522746c4dfe46fc9761346864eaa9d06dac26c14b5b09ba747086b838cbb2b61a19d406629718dc715ac5c00
  7252c582d6777a969d8625e41ce3714229eb21718afb28ad0970e6ccdc5418730592782d16bd5b1c4935d106ce44e50e012b04f4985515c4a7e4dcbc42174c21
  4e5b8bfd9afe24760994ee3a78273a8401bbd509200dc7373708b6144a22649fd26664e11ade7c77aaaa83f540046cd624957abf9bfb3228163c0d4577ca75e2`);
const ID = hex(`1038f5264c034a43e27212bcc09de98d114e0da9cc48557fadfe158459c88114f6598bbc21d7da3a83c75554b4af20013b0f2656f40f8cbf973de66ca508ba21
  1d3b2997edb548c13ef5c703ec0ea42d1d665b7812dc688eef15c1d2a4a5a3aac7244217218112e551866efa2fc99e8ff374e280cfe06123c7bce04b40ee4d3a
  ce40a28b30d94c4bb7b2f0e73fb3c63dcbcb92189a77007cd47503931e105574e63ed539cb59cf7e58caf397d008a6f44c98b16ff38bd213b6e69fbb3549b0e1
  a1cc470b9e49d15822f8a2711a97ee99eee86ffcbf5ae4101b6b431bc15d9e7c5704a229b25cad6944a944fecacd64cbc4cd1e572c7bcbf0eea60be3bdd9329f`);
const NONCE = hex(`344f0110a60875607a8aa32174cfc927041b6eafae96ab71f41c89e198e7a504e81f061ecc3081a6037ad305fc6643b0f6de34307f50ffc65a3e55bde6f44abb
  d5d4d058b650a7472a148d84170542600fb078ad6050789b86993606bbe4d373b82f178699cdde87d473b7f55217204a1432536bcf5549f190d0031440a9781c
  5408d9635a8066f3e3e3646258a49163c3de5d0c8aea1b883b6e4221ee172c2d759d00831fe80e8cfa1fef53effdef82ab46177135cf5b565b49ad52b5c7c8ae
  2562084fdc19e853c2929aedcd61c732fdf07b73af354ee3dcea9da4efe22ed5aa93f3c4f280aafa3584f8ac190d5e64a1eafd7b63c1eed919dde27c354d4630`);
/** Messages 5 and 6 behind their headers. */
const m5 = hex("0df555de66de25f39d478c3cd255317c921cd654deb2536da810b7010ecfc5ef"), m6 = hex("73102555db62ef260456cb5495b84d91c72ab84294f57f7f0e472744ebfcd47f");
const IDir_b = hex("011101f40a000302"), IDii_b = hex("010000000a000301");
const key = createPrivateKey(`-----BEGIN RSA PRIVATE KEY-----
MIIEpQIBAAKCAQEA1VnMrbauriqEy+hGC8HvXJRnoIu7lIOERAg7gQXh/4PN1zvNvtSKbndOCCBL2eH6U+NYu8wMy9zButuiVALq45HHdnklPuViQTLZK8VO11xOBKZ2
f8G0RJUtWfWTArFjaKI0t4DXuEXewyEDyYuuz5WKiTSFTNhEoyGKrkWne31nwJiDn7oKm/b/UQ55NYDHa/9gVU6CNl+0KRqeuFRFnWpHX+MqpMSN4DNgfDkiDC1Knas5
QNwvteZMTV6PP1zBMbX2rCa5QoEypy2S8DKLZqsJ12zNvbjmOOpLXblOU6ZlHsxPzF2kfhSQrv2E2/B/Mlv3PyPmbuq/4NKAxHrifQIDAQABAoIBAF55xn5CQDYV0/pr
n+EC/xjTCtR4LBeG6aIqtxbaYQqB9jvSWrifa7GhGSfWDWCthelx6lA2+o+n8Q3qxoZHSHZ/joEzAkBI2WqftrWASPprAI1knWLThx07pfqJGZF+tdOWyJtd7ajHH+7u
hrvQJBf+U3uQi1rNBg/rAXtMku7GeO9HQT8PKLlT4hrRDAMrXySd0mIpHbFMVZdP0Uz5d55KlXcddg9R1s4wZ4wUSjaUI8GK4AJ9KavAsnglO0rEkrCUW4U2qMZIkF42
4bGah8xuVr/SqjwSD+GDCpx0dZOmA2nnzqL36+pRzV88Dp5SA9QDti8wnvZRQGQpj1wlra0CgYEA17jXwblWZ13qlwrlZtvKzJslHwVMUNRJYHf5BM6r/G8f/hXzhkRw
rdezebaDI0/kCKCQowlbY50AeA/350IyD8qiq7ZTOHIuHMNuB47jBfPoQWT1BFRVD2Ukmv3xR40gry9Vw/kto483P/aCR0G4iCGmjd+3t8sN/FaNNoBowDsCgYEA/S+d
QZxJnfaHl29RnYwKjf0iohBHonngtC5qRg9sR2IoNAzOS+JKjxAsFbJilopoclKlcfnisYmRVC8T+KQitu6jnZVY3vjESoBQP4o9L/HbASF30A5ul7cfJMY4p75mzzn7
jCT9ieFKisgMCrosFygSPD6OeAYwvEJMhxc0tKcCgYEAu/oiaHksRZ6dEUk5ZUwZh/mZe1KOkdCqsBlbMUk2rR3YbvyJ3HI/Df1sM59K3rZ7Ktlfr/IzZLYm9nhTuX0B
Sql03tRd6E32yLGza3qjcUh9Fp72svMZu/SS1Ux7t7HOzVkeD0tO7bualW4lUBqAxn8sN2y/FrUmVsDFBL0YiokCgYEA7cKRAtQprdWdb3ByTGj+YGie5WI0Yzfg9FPC
KRjCriZXasm70TconUCqpZVnT8eaXgGOrIHliKOPfmbXcl9w2ikwLQPa+UjTzMLCmWjQHP4ak+1B/ngPExo8fORIv/3lviTNPMZf8eNHhRxncotybCyNM1XrpHrruV7p
TtNUA3ECgYEAwLrD4dKcotJFcx1DEqU9FOOQVeujgzW8b+cpX8y/Czq1CImFPbqT8CwcNhgDHLCa3gOvHWptQeM4iG6aAty1F0dVXS+QGLBFq9HFPBn5Nj0eWjCV6+QZ
YuuKKgdda6kh4/eFa7Ko9uCSmCJyNouo6l21a3I4LeKfsSuddZK6sio=
-----END RSA PRIVATE KEY-----
`);

function peer(cisco: boolean): EncryptedPeer {
  const p = new EncryptedPeer(new Random(1), "", { cipher: 7, keyBits: 128, hash: 2, group: 5 }, 0);
  p.begin(true);
  Object.assign(p, { own: key, cisco, ckyI: CKY_I, ckyR: CKY_R, Ni_b, g_xi, SAi_b });
  // The exponent that was recorded.
  p.shared = (theirs) => p.dh.shared(theirs, x);
  return p;
}

test("the second implementation reads message 4, and both last messages under Cisco's SKEYID alone", () => {
  const p = peer(true);
  p.takeSealed([{ type: 4, body: g_xr }, { type: 5, body: ID }, { type: 10, body: NONCE }]);
  assert.deepEqual(p.Nr_b, Nr_b);
  assert.deepEqual(p.theirIdentity, IDir_b);
  p.derive();
  const fifth = p.decrypt(p.iv, m5), sixth = p.decrypt(m5.slice(-16), m6);
  assert.deepEqual(fifth.slice(0, 24), new Uint8Array([0, 0, 0, 24, ...p.HASH_I(IDii_b)]));
  assert.deepEqual(sixth.slice(0, 24), new Uint8Array([0, 0, 0, 24, ...p.HASH_R(IDir_b)]));
  const rfc = peer(false);
  Object.assign(rfc, { Nr_b, g_xr });
  rfc.derive();
  assert.notDeepEqual(rfc.decrypt(rfc.iv, m5).slice(0, 4), new Uint8Array([0, 0, 0, 24]));
});

test("so does the module", async () => {
  const s = await Signatures.load();
  s.takeKey(key.export({ format: "jwk" }));
  const room = (octets: Uint8Array): Uint8Array => Uint8Array.from({ ...octets, length: 256 } as ArrayLike<number>, (octet) => octet ?? 0);
  const other = new Uint8Array(245).fill(0xee);
  const opened = (sealed: Uint8Array, least: number) => s.derive("rsaDecryptAll", s.key, sealed, sealed.length, least, 245, other, 20);
  assert.deepEqual(new Uint8Array(opened(ID, 5)), IDir_b);
  assert.deepEqual(new Uint8Array(opened(NONCE, 8)), Nr_b);
  const p = peer(true);
  Object.assign(p, { Nr_b, g_xr });
  for (const cisco of [true, false]) {
    p.cisco = cisco;
    p.derive();
    const cookies = new Uint8Array([...CKY_I, ...CKY_R]);
    assert.deepEqual(new Uint8Array(s.derive("skeyidEncryption", 2, room(Ni_b), Ni_b.length, room(Nr_b), Nr_b.length, cookies, cisco ? 1 : 0)), p.SKEYID);
  }
});
