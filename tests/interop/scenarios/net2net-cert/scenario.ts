/** strongSwan's net2net-cert, host2host-cert and host2host-transport: moon and sun with RSA certificates, named by FQDN; we are moon. */
import { betweenHosts, ESP, HOSTS } from "../ah/scenario.ts";
import { expectDecrypted } from "../../bench/capture.ts";
import { template, type Values } from "../../bench/configure.ts";
import { Authority, enter, filesOf, keyOf } from "../../signed/credentials.ts";
import { bothRoles, type Scenario } from "../../bench/scenario.ts";
import { CHARON_CERTIFICATES, once, OURS_SIGNED } from "../../signed/site.ts";
import { PROJECT } from "../../signed/warriors.ts";

const THEIRS = template("../../bench/configurations/theirs.conf", import.meta.url);
const keys = once(() => {
  const root = new Authority(`${PROJECT}CN=strongSwan Root CA`, keyOf("root", 2048));
  return { root, moon: root.issue(`${PROJECT}CN=moon.strongswan.org`, keyOf("alpha", 2048), ["moon.strongswan.org"]), sun: root.issue(`${PROJECT}CN=sun.strongswan.org`, keyOf("beta", 2048), ["sun.strongswan.org"]) };
});

const VALUES: Values = {
  hostname: "moon", ike_authentication: "rsa-sig", ...CHARON_CERTIFICATES,
  identity: "crypto isakmp profile SUN\n match identity host sun.strongswan.org\n self-identity fqdn moon.strongswan.org", set_pfs: "set pfs group31\n set isakmp-profile SUN",
  their_id: "id = sun.strongswan.org", peer_id: "id = moon.strongswan.org",
  ike_encryption: "aes 128", ike_hash: "sha256", ike_group: "31", ike_proposal: "aes128-sha256-x25519", esp_cipher: "esp-gcm 128", esp_hash: "", esp_proposal: "aes128gcm16-x25519",
};

const ROWS = [
  { name: "net2net-cert", about: "two networks, RSA certificates, named by FQDN", hosts: false, mode: "tunnel" },
  { name: "host2host-cert", about: "two hosts in tunnel mode, RSA certificates, named by FQDN", hosts: true, mode: "tunnel" },
  { name: "host2host-transport", about: "two hosts in transport mode, RSA certificates, named by FQDN", hosts: true, mode: "transport" },
];

export default ROWS.flatMap(({ name, about, hosts, mode }) => bothRoles(name, (role): Omit<Scenario, "name"> => ({
  about, peer: "kernel", standin: "no", tools: ["tshark"],
  values: { ...VALUES, ...(hosts && HOSTS) },
  oursTemplate: OURS_SIGNED.replace("mode tunnel", `mode ${mode}`),
  theirsTemplate: THEIRS.replace("mode = tunnel", `mode = ${mode}`),
  files: () => filesOf(keys().sun, [keys().root]),
  check: async (bench) => {
    await enter(bench.ours, [{ name: "ROOT", anchor: keys().root, own: keys().moon }]);
    if (hosts) await betweenHosts(bench, role, ESP);
    else await bench.expectTunnel(role);
    expectDecrypted(bench.ours);
  },
})));
