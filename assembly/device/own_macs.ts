/**
 * MAC addresses that stay: made of the host's device key, so that the neighbours' ARP tables and DHCP servers know the router again after a
 * restart. Without a key they are drawn at each start (device.ts). Nothing of the key can be had of them: an HMAC lies between.
 */
import { hmac } from "../crypto/hmac";
import { sha256 } from "../crypto/sha2_32";
import { PORTS } from "../limits";
import * as interfaces from "../net/interface";
import { DEVICE_KEY, deviceKey, present } from "../pki/wrapping";
import { putString } from "../util/bytes";

// @ts-ignore: decorator
@lazy
const label: usize = memory.data(32, 8);
// @ts-ignore: decorator
@lazy
const mac: usize = memory.data(32, 8);
let looked: bool = false;

export function init(): void {
  looked = false;
}

/** Called with whatever comes first at the console: behind the device key, before the configuration (host/abi.md). */
export function settle(): void {
  if (looked) return;
  looked = true;
  if (!present()) return;
  for (let port: u32 = 0; port < PORTS; port++) {
    const n = putString(label, "postern port ");
    store<u8>(label + n, <u8>(48 + port));
    hmac(sha256, deviceKey, DEVICE_KEY, label, n + 1, mac);
    interfaces.seedMac(port, mac);
  }
}
