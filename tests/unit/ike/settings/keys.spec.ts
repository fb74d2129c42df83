import * as drbg from "../../../../assembly/crypto/drbg";
import * as identity from "../../../../assembly/ike/proof/identity";
import * as keys from "../../../../assembly/ike/settings/keys";
import { Identity } from "../../../../assembly/ike/settings/own_identity";
import * as ownIdentity from "../../../../assembly/ike/settings/own_identity";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import { put32, putString } from "../../../../assembly/util/bytes";
import * as clock from "../../../../assembly/util/clock";
import { IdType } from "../../../../assembly/wire/ipsec_doi";

const text: usize = memory.data(256);
const name: usize = memory.data(256);
const body: usize = memory.data(256);

function addAddress(address: u32, mask: u32, secret: string): bool {
  return keys.addAddress(address, mask, text, putString(text, secret));
}

function addHostname(hostname: string, secret: string): bool {
  const n = putString(name, hostname);
  return keys.addHostname(name, n, text, putString(text, secret));
}

function secretIs(address: u32, secret: string): bool {
  const key = keys.byAddress(address);
  const n = putString(text, secret);
  return key ? key.secretLen == n && memory.compare(key.secret, text, n) == 0 : false;
}

function idBody(type: u32, protocol: u32, port: u32, data: string): u32 {
  store<u8>(body, <u8>type);
  store<u8>(body + 1, <u8>protocol);
  store<u16>(body + 2, bswap<u16>(<u16>port));
  return 4 + putString(body + 4, data);
}

function idAddress(address: u32): u32 {
  idBody(IdType.IPV4_ADDR, 17, 500, "");
  put32(body + 4, address);
  return 8;
}

let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeAll(() => {
  clock.init(0, 0);
  drbg.seed();
  keys.init();
  ownIdentity.init();
  isakmpSa.init();
  sa = isakmpSa.take(false)!;
  sa.configured = sa.peerAddress = 0xc0000201;
});

describe("pre-shared keys", () => {
  it("the longest mask counts", () => {
    expect<bool>(addAddress(0, 0, "anybody")).toBe(true);
    expect<bool>(addAddress(0xc0000200, 0xffffff00, "the-net")).toBe(true);
    expect<bool>(addAddress(0xc0000201, 0xffffffff, "the-host")).toBe(true);
    expect<bool>(secretIs(0xc0000201, "the-host")).toBe(true);
    expect<bool>(secretIs(0xc0000202, "the-net")).toBe(true);
    expect<bool>(secretIs(0x0a000001, "anybody")).toBe(true);
  });

  it("a second one for the same address replaces the first", () => {
    expect<bool>(addAddress(0xc0000201, 0xffffffff, "changed")).toBe(true);
    expect<bool>(secretIs(0xc0000201, "changed")).toBe(true);
    expect<bool>(keys.removeAddress(0xc0000201, 0xffffffff)).toBe(true);
    expect<bool>(keys.removeAddress(0xc0000201, 0xffffffff)).toBe(false);
    expect<bool>(secretIs(0xc0000201, "the-net")).toBe(true);
  });

  it("empty and overlong secrets are refused", () => {
    expect<bool>(keys.addAddress(1, 0xffffffff, text, 0)).toBe(false);
    expect<bool>(keys.addAddress(1, 0xffffffff, text, 129)).toBe(false);
    expect<bool>(keys.addAddress(1, 0xffffffff, text, 128)).toBe(true);
    expect<bool>(keys.removeAddress(1, 0xffffffff)).toBe(true);
    expect<bool>(keys.addHostname(name, 5, text, 0)).toBe(false);
    expect<bool>(keys.addHostname(name, 5, text, 129)).toBe(false);
  });

  it("host bits of a network do not count", () => {
    addAddress(0x0a0203ff, 0xffffff00, "masked");
    expect<bool>(secretIs(0x0a020301, "masked")).toBe(true);
    expect<bool>(keys.removeAddress(0x0a020377, 0xffffff00)).toBe(true);
    expect<bool>(secretIs(0x0a020301, "anybody")).toBe(true);
  });

  it("a name's key is no address's, and a name has 1 to 128 octets", () => {
    addHostname("only.example", "by-name");
    expect<bool>(addAddress(0, 0, "anybody-2")).toBe(true);
    expect<bool>(secretIs(0x0a000001, "anybody-2")).toBe(true);
    keys.removeAddress(0, 0);
    expect<bool>(keys.byAddress(0x0a000001) == null).toBe(true);
    expect<bool>(keys.removeHostname(name, putString(name, "only.exampl"))).toBe(false);
    expect<bool>(keys.removeHostname(name, putString(name, "only.example"))).toBe(true);
    expect<bool>(keys.byHostname(name, putString(name, "only.example")) == null).toBe(true);
    memory.fill(name, 0x61, 200);
    expect<bool>(keys.addHostname(name, 0, text, 1)).toBe(false);
    expect<bool>(keys.addHostname(name, 129, text, 1)).toBe(false);
    expect<bool>(keys.addHostname(name, 128, text, 1)).toBe(true);
    expect<bool>(keys.removeHostname(name, 128)).toBe(true);
  });

  it("end: the forty-eighth is the last, a known one is still changed", () => {
    let n: u32 = 0;
    for (let i: u32 = 0; i < keys.slots(); i++) if (keys.at(i)) n++;
    for (let i: u32 = n; i < 48; i++) expect<bool>(addAddress(0x0b000000 + i, 0xffffffff, "one")).toBe(true);
    expect<bool>(addAddress(0x0b0000ff, 0xffffffff, "one-more")).toBe(false);
    expect<bool>(addHostname("one-more.example", "one-more")).toBe(false);
    expect<bool>(addAddress(0x0b00002f, 0xffffffff, "changed")).toBe(true);
    expect<bool>(secretIs(0x0b00002f, "changed")).toBe(true);
    for (let i: u32 = n; i < 48; i++) keys.removeAddress(0x0b000000 + i, 0xffffffff);
  });
});

/** As who has shown the key of the address that it is reached at. */
function accepts(len: u32): bool {
  return identity.accepts(sa, body, len, keys.byAddress(sa.configured) as keys.PreSharedKey);
}

describe("identities of peers", () => {
  it("an address must be the one it is reached at, unless a NAT stands before it", () => {
    expect<bool>(accepts(idAddress(0xc0000201))).toBe(true);
    expect<bool>(accepts(idAddress(0xc0000202))).toBe(false);
    sa.peerNat = true;
    expect<bool>(accepts(idAddress(0x0a000001))).toBe(true);
    sa.peerNat = false;
  });

  it("a name with a key of its own belongs to that key", () => {
    expect<bool>(accepts(idBody(IdType.FQDN, 0, 0, "beta.example"))).toBe(true);
    addHostname("beta.example", "other");
    expect<bool>(accepts(idBody(IdType.FQDN, 0, 0, "beta.example"))).toBe(false);
    addHostname("beta.example", "the-net");
    expect<bool>(accepts(idBody(IdType.FQDN, 0, 0, "beta.example"))).toBe(true);
    // Strictly: neither a beginning, nor one octet more.
    addHostname("gamma", "other");
    expect<bool>(accepts(idBody(IdType.FQDN, 0, 0, "gamma"))).toBe(false);
    expect<bool>(accepts(idBody(IdType.FQDN, 0, 0, "gamma.example"))).toBe(true);
  });

  it("other types, and other ports than IKE's, are refused", () => {
    expect<bool>(accepts(idBody(IdType.DER_ASN1_DN, 0, 0, "x"))).toBe(false);
    expect<bool>(accepts(idBody(IdType.FQDN, 6, 0, "x"))).toBe(false);
    expect<bool>(accepts(idBody(IdType.FQDN, 17, 501, "x"))).toBe(false);
  });
});

describe("our identity", () => {
  it("wants a text where one is sent", () => {
    expect<bool>(ownIdentity.set(Identity.KEY_ID, text, 0)).toBe(false);
    expect<bool>(ownIdentity.set(Identity.KEY_ID, text, 5)).toBe(true);
    expect<u32>(ownIdentity.textLength()).toBe(5);
    expect<bool>(ownIdentity.set(Identity.ADDRESS, 0, 0)).toBe(true);
    expect<u32>(ownIdentity.textLength()).toBe(0);
  });
});
