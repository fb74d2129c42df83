/** libreswan's pluto opposite: an IKEv1 of another descent than strongSwan's. */
import { bothRoles, type Scenario } from "../scenario.ts";
import type { Values } from "../configure.ts";

interface Case { name: string; about: string; values: Values }

const CASES: Case[] = [
  { name: "main", about: "Main Mode and ESP with aes256-sha256, group 14", values: {} },
  { name: "pfs", about: "Main Mode with 3des-sha1 in group 5, ESP with aes128-sha1 and PFS in group 14", values: {
    ike_encryption: "3des", ike_hash: "sha", ike_group: "5", pluto_ike: "3des-sha1-modp1536", esp_cipher: "esp-aes 128", esp_hash: "esp-sha-hmac", pluto_esp: "aes128-sha1-modp2048", pluto_pfs: "yes", set_pfs: "set pfs group14" } },
  { name: "sha512", about: "Main Mode and ESP with aes256-sha512, group 16", values: {
    ike_hash: "sha512", ike_group: "16", pluto_ike: "aes256-sha2_512-modp4096", esp_hash: "esp-sha512-hmac", pluto_esp: "aes256-sha2_512" } },
  ...([[19, "dh19"], [20, "dh20"], [21, "dh21"], [31, "dh31"]] as const).map(([group, word]) => ({
    name: `group-${group}`, about: `Main Mode in group ${group}`, values: { ike_group: String(group), pluto_ike: `aes256-sha2_256-${word}` },
  })),
];

export default CASES.flatMap(({ name, about, values }) => bothRoles(`libreswan-${name}`, (role): Omit<Scenario, "name"> => ({
  about,
  peer: "libreswan",
  values,
  check: (bench) => bench.expectTunnel(role),
})));
