/** The running configuration, written by walking the rooms in order: whatever a room holds is read from it, here and now. */
import { NO_INTERFACE } from "../net/interface";
import * as table from "../net/interface";
import * as accessList from "./commands/access_list";
import * as certificateMap from "./commands/certificate_map";
import * as clock from "./commands/clock";
import * as cryptoKey from "./commands/crypto_key";
import * as cryptoMap from "./commands/crypto_map";
import * as filter from "./commands/filter";
import * as dhcpPool from "./commands/dhcp_pool";
import * as dhcpServer from "./commands/dhcp_server";
import * as interfaces from "./commands/interface";
import * as ipsec from "./commands/ipsec";
import * as ipsecProfile from "./commands/ipsec_profile";
import * as keyring from "./commands/keyring";
import * as isakmp from "./commands/isakmp";
import * as isakmpGroup from "./commands/isakmp_group";
import * as isakmpMore from "./commands/isakmp_more";
import * as isakmpProfile from "./commands/isakmp_profile";
import * as nat from "./commands/nat";
import * as natLimits from "./commands/nat_limits";
import * as logging from "./commands/logging";
import * as names from "./commands/names";
import * as ntp from "./commands/ntp";
import * as pki from "./commands/pki";
import * as pkiChain from "./commands/pki_chain";
import * as pubkeyChain from "./commands/pubkey_chain";
import * as objectGroup from "./commands/object_group";
import * as route from "./commands/route";
import * as routeMap from "./commands/route_map";
import * as ignored from "./ios/ignored";
import { out, nl, say } from "./output";
import * as session from "./session";

/** @param brief without certificates */
export function writeConfiguration(brief: bool = false): void {
  say("!");
  ignored.writeGlobal(false);
  out.put("hostname ");
  session.putHostname(out);
  nl();
  logging.writeStamps();
  clock.write();
  say("!");
  dhcpServer.write();
  dhcpPool.write();
  cryptoKey.write();
  pki.write();
  certificateMap.write();
  if (!brief) pkiChain.write();
  pubkeyChain.write();
  isakmp.write();
  isakmpMore.write();
  keyring.write();
  isakmpProfile.write();
  isakmpGroup.write();
  ipsec.write();
  ipsecProfile.write();
  objectGroup.write();
  accessList.write();
  routeMap.write();
  filter.write();
  cryptoMap.write();
  for (let port = table.following(NO_INTERFACE); port != NO_INTERFACE; port = table.following(port)) {
    interfaces.write(port);
    say("!");
  }
  cryptoMap.writeLocalAddresses();
  route.write();
  natLimits.write();
  nat.write();
  names.write();
  logging.write();
  ntp.write();
  ignored.writeGlobal(true);
  say("end");
}
