/** Keys and certificates as the gateway makes them at start. The rooms above use store.ts, certificate_map.ts, path.ts and the like by themselves. */
import * as workspace from "../number/workspace";
import * as certificateMap from "./certificate_map";
import * as keyWork from "./key_work";
import * as peerCertificate from "./peer_certificate";
import * as privateKey from "./private_key";
import * as store from "./store";

export function init(): void {
  workspace.init();
  store.init();
  certificateMap.init();
  keyWork.init();
  peerCertificate.init();
  privateKey.forget();
}
