// What exchanges live in, without the data path: for specs that need no tunnel (those have world.ts).
import * as drbg from "../../../../assembly/crypto/drbg";
import * as privateGroups from "../../../../assembly/ike/settings/private_groups";
import * as buffers from "../../../../assembly/ike/state/buffers";
import * as exchange from "../../../../assembly/ike/state/exchange";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as joinings from "../../../../assembly/ike/state/joinings";
import * as peers from "../../../../assembly/ike/state/peer";
import * as wanted from "../../../../assembly/ike/upkeep/wanted";
import * as clock from "../../../../assembly/util/clock";
import * as log from "../../../../assembly/util/log";

/** Fresh rooms, at time 0, with entropy. */
export function exchangeRooms(): void {
  clock.init(0, 0);
  log.init();
  drbg.seed();
  buffers.init();
  joinings.init();
  peers.init();
  isakmpSa.init();
  exchange.init();
  wanted.init();
  privateGroups.init();
}
