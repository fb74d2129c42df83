/** libreswan's pluto opposite: an IKEv1 of another descent than strongSwan's. */
import type { Bench } from "../../bench/bench.ts";
import { AH, betweenHosts, ESP, HOSTS, throughTunnel } from "../ah/scenario.ts";
import { template, type Values } from "../../bench/configure.ts";
import { bothRoles, type Role, type Scenario } from "../../bench/scenario.ts";

interface Case { name: string; about: string; values: Values; /** Our transform set and its mode. */ set?: [transforms: string, mode: string]; check?(bench: Bench, role: Role): Promise<void> }

const OURS = template("../../bench/configurations/ours.cfg", import.meta.url), THEIRS = template("../../bench/configurations/libreswan.conf", import.meta.url);

const PROFILE = `crypto isakmp profile PEER
 self-identity fqdn alpha.example.org
 match identity host beta.example.org
 pre-shared-key correct-horse-battery-staple
 mode aggressive`;

const CASES: Case[] = [
  { name: "main", about: "Main Mode and ESP with aes256-sha256, group 14", values: {} },
  { name: "pfs", about: "Main Mode with 3des-sha1 in group 5, ESP with aes128-sha1 and PFS in group 14", values: {
    ike_encryption: "3des", ike_hash: "sha", ike_group: "5", pluto_ike: "3des-sha1-modp1536", esp_cipher: "esp-aes 128", esp_hash: "esp-sha-hmac", pluto_esp: "aes128-sha1-modp2048", pluto_pfs: "yes", set_pfs: "set pfs group14" } },
  { name: "sha512", about: "Main Mode and ESP with aes256-sha512, group 16", values: {
    ike_hash: "sha512", ike_group: "16", pluto_ike: "aes256-sha2_512-modp4096", esp_hash: "esp-sha512-hmac", pluto_esp: "aes256-sha2_512" } },
  ...([[19, "dh19"], [20, "dh20"], [21, "dh21"], [31, "dh31"]] as const).map(([group, word]) => ({
    name: `group-${group}`, about: `Main Mode in group ${group}`, values: { ike_group: String(group), pluto_ike: `aes256-sha2_256-${word}` },
  })),
  { name: "aggressive", about: "Aggressive Mode, both sides named by FQDN", values: {
    identity: PROFILE, set_pfs: "set isakmp-profile PEER", pluto_aggressive: "yes", pluto_id: "@beta.example.org", pluto_peer_id: "@alpha.example.org" } },
  { name: "gcm", about: "ESP with AES-GCM", values: { pluto_esp: "aes_gcm256-null" }, set: ["esp-gcm 256", "tunnel"] },
  ...([["sha", "sha1"], ["sha256", "sha2_256"], ["sha512", "sha2_512"]] as const).map(([ours, theirs]): Case => ({
    name: `ah-${ours}`, about: `AH in tunnel mode with HMAC-${theirs.toUpperCase()}`, values: { pluto_phase2: "ah", pluto_esp: theirs }, set: [`ah-${ours}-hmac`, "tunnel"], check: throughTunnel,
  })),
  { name: "ah-transport", about: "AH in transport mode", values: { ...HOSTS, pluto_phase2: "ah", pluto_esp: "sha2_256", pluto_type: "transport" }, set: ["ah-sha256-hmac", "transport"],
    check: (bench, role) => betweenHosts(bench, role, AH) },
  { name: "esp-transport", about: "ESP in transport mode", values: { ...HOSTS, pluto_type: "transport" }, set: ["esp-aes 256 esp-sha256-hmac", "transport"],
    check: (bench, role) => betweenHosts(bench, role, ESP) },
];

export default CASES.flatMap(({ name, about, values, set, check }) => bothRoles(`libreswan-${name}`, (role): Omit<Scenario, "name"> => ({
  about,
  peer: "libreswan",
  values,
  ...(set && { oursTemplate: OURS.replace("${esp_cipher} ${esp_hash}\n mode tunnel", `${set[0]}\n mode ${set[1]}`) }),
  // In transport mode the networks are the two ends themselves, which pluto takes from left and right.
  ...(set?.[1] === "transport" && { theirsTemplate: THEIRS.replace(/\t(leftsubnet|leftsourceip|rightsubnet)=.*\n/g, "") }),
  check: (bench) => (check ? check(bench, role) : bench.expectTunnel(role)),
})));
