/** All rows of the grammar, room by room. The order decides which of two rows that fit the same words is taken. */
import * as accessList from "./commands/access_list";
import * as basic from "./commands/basic";
import * as clear from "./commands/clear";
import * as cryptoMap from "./commands/crypto_map";
import * as files from "./commands/files";
import * as interfaces from "./commands/interface";
import * as ipsec from "./commands/ipsec";
import * as isakmp from "./commands/isakmp";
import * as isakmpGroup from "./commands/isakmp_group";
import * as isakmpProfile from "./commands/isakmp_profile";
import * as route from "./commands/route";
import * as grammar from "./grammar";
import * as ping from "./ping";
import * as crypto from "./show/crypto";
import * as diagnose from "./show/diagnose";
import * as ipsecSa from "./show/ipsec_sa";
import * as isakmpStats from "./show/isakmp_stats";
import * as network from "./show/network";
import * as peers from "./show/peers";
import * as profile from "./show/profile";
import * as system from "./show/system";

export function init(): void {
  grammar.clear();
  basic.rows();
  files.rows();
  interfaces.rows();
  route.rows();
  isakmp.rows();
  isakmpProfile.rows();
  isakmpGroup.rows();
  ipsec.rows();
  accessList.rows();
  cryptoMap.rows();
  ping.rows();
  crypto.rows();
  diagnose.rows();
  peers.rows();
  profile.rows();
  ipsecSa.rows();
  isakmpStats.rows();
  network.rows();
  clear.rows();
  system.rows();
}
