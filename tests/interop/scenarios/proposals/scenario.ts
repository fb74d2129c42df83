/** Both sides offer several suites, in different orders and with some that the other has not; they agree on a common one. */
import { template } from "../../bench/configure.ts";
import { bothRoles } from "../../bench/scenario.ts";

export default bothRoles("proposals", (role) => ({
  about: `several suites on both sides${role === "responder" ? "; ours decides, in its order" : ""}`,
  peer: "kernel",
  oursTemplate: template("ours.cfg", import.meta.url),
  values: { ike_proposal: "aes192-sha384-modp4096,aes128-sha1-modp1536,aes256-sha256-modp2048", esp_proposal: "aes192-sha384,aes128-sha256,aes256-sha512" },
  check: async (bench) => {
    await bench.expectTunnel(role);
    if (role === "initiator" || bench.ours.name !== "postern") return;
    const [sa] = await bench.theirs.sas();
    if (!/^AES_CBC-256.*MODP_2048$/.test(sa!.suite)) throw new Error(`phase 1: the peer says ${sa!.suite}; our policy 20 stands before 30`);
    if (!/^AES_CBC-256\/HMAC_SHA2_512/.test(sa!.children[0]!.suite)) throw new Error(`phase 2: the peer says ${sa!.children[0]!.suite}; our set B stands before C`);
  },
}));
