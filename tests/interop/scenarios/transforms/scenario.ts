/** What ESP can do besides CBC with HMAC, negotiated with charon and carried by the kernel's own ESP. */
import { BASE, transformValues, type Values } from "../../bench/configure.ts";
import { bothRoles } from "../../bench/scenario.ts";

interface Transform { name: string; about: string; /** the peer's word for phase 1's cipher, where it is not the usual one */ ike?: string; ours: string; theirs: string; /** what the peer says that it uses */ suite: RegExp }

const TRANSFORMS: Transform[] = [
  { name: "esp-null", about: "ESP without encryption: NULL with HMAC-SHA-256", ours: "esp-null esp-sha256-hmac", theirs: "null-sha256", suite: /^NULL\/HMAC_SHA2_256_128$/ },
  { name: "esp-ctr", about: "ESP with AES-CTR-128 and HMAC-SHA-1", ours: "esp-aes-ctr 128 esp-sha-hmac", theirs: "aes128ctr-sha1", suite: /^AES_CTR-128\/HMAC_SHA1_96$/ },
  { name: "esp-ctr256", about: "ESP with AES-CTR-256 and HMAC-SHA-512", ours: "esp-aes-ctr 256 esp-sha512-hmac", theirs: "aes256ctr-sha512", suite: /^AES_CTR-256\/HMAC_SHA2_512_256$/ },
  { name: "esp-gcm8", about: "ESP with AES-GCM-128 and an ICV of 8 octets", ours: "esp-gcm 128 icv 8", theirs: "aes128gcm8", suite: /^AES_GCM_8-128$/ },
  { name: "esp-gcm12", about: "ESP with AES-GCM-192 and an ICV of 12 octets", ours: "esp-gcm 192 icv 12", theirs: "aes192gcm12", suite: /^AES_GCM_12-192$/ },
  { name: "esp-gcm16", about: "ESP with AES-GCM-256 and an ICV of 16 octets", ours: "esp-gcm 256", theirs: "aes256gcm16", suite: /^AES_GCM_16-256$/ },
  { name: "esp-ccm8", about: "ESP with AES-CCM-128 and an ICV of 8 octets", ours: "esp-ccm 128 icv 8", theirs: "aes128ccm8", suite: /^AES_CCM_8-128$/ },
  { name: "esp-ccm12", about: "ESP with AES-CCM-192 and an ICV of 12 octets", ours: "esp-ccm 192 icv 12", theirs: "aes192ccm12", suite: /^AES_CCM_12-192$/ },
  { name: "esp-ccm16", about: "ESP with AES-CCM-256 and an ICV of 16 octets", ours: "esp-ccm 256", theirs: "aes256ccm16", suite: /^AES_CCM_16-256$/ },
  { name: "esp-gmac", about: "ESP without encryption, authenticated by AES-GMAC-128", ours: "esp-gmac 128", theirs: "aes128gmac", suite: /^NULL_AES_GMAC-128$/ },
  { name: "esp-gmac256", about: "ESP without encryption, authenticated by AES-GMAC-256", ours: "esp-gmac 256", theirs: "aes256gmac", suite: /^NULL_AES_GMAC-256$/ },
  { name: "camellia128", about: "IKE and ESP with Camellia-CBC-128, ESP with HMAC-SHA-1", ike: "camellia128", ours: "esp-camellia 128 esp-sha-hmac", theirs: "camellia128-sha1", suite: /^CAMELLIA_CBC-128\/HMAC_SHA1_96$/ },
  { name: "camellia192", about: "IKE and ESP with Camellia-CBC-192, ESP with HMAC-SHA-384", ike: "camellia192", ours: "esp-camellia 192 esp-sha384-hmac", theirs: "camellia192-sha384", suite: /^CAMELLIA_CBC-192\/HMAC_SHA2_384_192$/ },
  { name: "camellia256", about: "IKE and ESP with Camellia-CBC-256, ESP with HMAC-SHA-256", ike: "camellia256", ours: "esp-camellia 256 esp-sha256-hmac", theirs: "camellia256-sha256", suite: /^CAMELLIA_CBC-256\/HMAC_SHA2_256_128$/ },
  { name: "esp-xcbc", about: "ESP with AES-CBC-128 and AES-XCBC-MAC-96", ours: "esp-aes 128 esp-aes-xcbc-mac", theirs: "aes128-aesxcbc", suite: /^AES_CBC-128\/AES_XCBC_96$/ },
  { name: "esn-hmac", about: "extended sequence numbers with AES-CBC-256 and HMAC-SHA-256", ours: "esp-aes 256 esp-sha256-hmac\n esn", theirs: "aes256-sha256-esn", suite: /^AES_CBC-256\/HMAC_SHA2_256_128\/ESN$/ },
  { name: "esn-gcm", about: "extended sequence numbers with AES-GCM-256", ours: "esp-gcm 256\n esn", theirs: "aes256gcm16-esn", suite: /^AES_GCM_16-256\/ESN$/ },
];

/** The values with another cipher in phase 1. */
function inIke(values: Values, cipher: string): Values {
  return { ...values, ike_encryption: cipher.replace(/\d+$/, " $&"), ike_proposal: BASE.ike_proposal!.replace(/^\w+/, cipher) };
}

export default TRANSFORMS.flatMap(({ name, about, ike, ours, theirs, suite }) => bothRoles(name, (role) => ({
  about,
  peer: "kernel",
  values: ike ? inIke(transformValues(ours, theirs), ike) : transformValues(ours, theirs),
  check: async (bench) => {
    await bench.expectTunnel(role);
    const child = (await bench.theirs.sas())[0]!.children[0]!;
    if (!suite.test(child.suite)) throw new Error(`the peer says ${child.suite}`);
  },
})));
