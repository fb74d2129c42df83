/** strongSwan's alg-*: carol at moon with RSA certificates, and algorithms of both phases as these scenarios have them; those that we don't do are left out. */
import type { NetworkScenario } from "../../bench/scenario.ts";
import { once } from "../../signed/site.ts";
import { onTheRoad, people, type Algorithms } from "../../signed/warriors.ts";

const all = once(() => people());

const row = (policy: [encryption: string, hash: string, group: number], ike: string, transform: string, esp: string, pfs?: number): Algorithms =>
  ({ policy: [`encryption ${policy[0]}`, `hash ${policy[1]}`, `group ${policy[2]}`], ike, transform, esp, ...(pfs && { pfs }) });

const ROWS: Record<string, Algorithms> = {
  "alg-3des-md5": row(["3des", "md5", 2], "3des-md5-modp1024", "esp-3des esp-md5-hmac", "3des-md5-modp1024", 2),
  "alg-sha256": row(["aes", "sha256", 14], "aes128-sha256-modp2048", "esp-aes 128 esp-sha256-hmac", "aes128-sha256-modp2048", 14),
  "alg-sha384": row(["aes 192", "sha384", 15], "aes192-sha384-modp3072", "esp-aes 192 esp-sha384-hmac", "aes192-sha384-modp3072", 15),
  "alg-sha512": row(["aes 256", "sha512", 16], "aes256-sha512-modp4096", "esp-aes 256 esp-sha512-hmac", "aes256-sha512-modp4096", 16),
  "alg-ecp-low": row(["aes", "sha256", 19], "aes128-sha256-ecp256", "esp-aes 128 esp-sha256-hmac", "aes128-sha256-ecp256", 19),
  "alg-ecp-high": row(["aes 256", "sha512", 21], "aes256-sha512-ecp521", "esp-aes 256 esp-sha512-hmac", "aes256-sha512-ecp521", 21),
  "esp-alg-aes-ccm": row(["aes", "sha256", 14], "aes128-sha256-modp2048", "esp-ccm 128 icv 12", "aes128ccm12-modp2048", 14),
  "esp-alg-aes-ctr": row(["aes", "sha256", 14], "aes128-sha256-modp2048", "esp-aes-ctr 256 esp-sha256-hmac", "aes256ctr-sha256-modp2048", 14),
  "esp-alg-aes-gcm": row(["aes", "sha256", 14], "aes128-sha256-modp2048", "esp-gcm 256", "aes256gcm16-modp2048", 14),
  "esp-alg-null": row(["aes 256", "sha256", 14], "aes256-sha256-modp2048", "esp-null esp-sha256-hmac", "null-sha256-modp2048", 14),
};

export default Object.entries(ROWS).flatMap(([name, carol]) => onTheRoad({
  name, about: `a road warrior with an RSA certificate: ${carol.ike}, ${carol.esp}`, people: all, who: ["carol"], algorithms: { carol },
})) satisfies NetworkScenario[];
