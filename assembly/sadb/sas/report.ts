/** What is said of SAs: EVENT lines, the key log, `debug crypto ipsec`. */
import * as log from "../../util/log";
import { Text } from "../../util/text";
import { Mode } from "../settings/transform_set";
import {
  AH, Integrity, ahWord, authKeyLength, authKeylogName, authWord, cipherKeyLength, cipherKeylogName, cipherWord, saltLength,
} from "../terms/suite";
import { SA } from "./sa";

/** EVENT `ipsec.sa` (host/abi.md) of a whole pair. @param state "up", "rekeyed" or "down" */
export function event(state: string, inbound: SA, reason: string): void {
  const outbound = inbound.pair;
  const policy = inbound.policy;
  const text = log.event("ipsec.sa").put(" state=").put(state).put(" policy=");
  if (policy) text.u32(policy.slot);
  else text.char(45);
  text.put(" peer=").ip(inbound.peerAddress).put(" spi_in=0x").hex32(inbound.spi).put(" spi_out=0x").hex32(outbound ? outbound.spi : 0);
  const ah = <u32>inbound.protocol == AH ? inbound : inbound.outer;
  if (ah !== inbound) cipher(text.put(" cipher="), inbound).put(" auth=").put(authWord(inbound.auth));
  else text.put(" cipher=none auth=none");
  text.put(" ah=").put(ah ? ahWord(ah.auth) : "none").put(inbound.mode == <u8>Mode.TRANSPORT ? " mode=transport" : " mode=tunnel");
  text.put(" pfs=").u32(inbound.pfsGroup);
  const s = inbound.selector;
  text.put(" esn=").u32(inbound.esn ? 1 : 0).put(" encapsulated=").u32(inbound.encapsulated ? 1 : 0);
  text.put(" local=").ip(s.localFirst).char(45).ip(s.localLast).put(" remote=").ip(s.remoteFirst).char(45).ip(s.remoteLast);
  const around = inbound.outer;
  if (around) {
    const pair = around.pair;
    text.put(" ah_spi_in=0x").hex32(around.spi).put(" ah_spi_out=0x").hex32(pair ? pair.spi : 0);
  }
  text.put(" lifetime=").u32(inbound.lifetimeSeconds).put(" reason=").put(reason);
  log.eventEnd();
  if (log.debugIpsec) {
    log.debug("IPSEC:").put(" SA pair ").put(state).put(", peer ").ip(inbound.peerAddress).put(", inbound spi 0x").hex32(inbound.spi)
      .put(", outbound spi 0x").hex32(outbound ? outbound.spi : 0).put(": ").put(reason);
    log.end();
  }
}

function cipher(text: Text, sa: SA): Text {
  text.put(cipherWord(sa.transform));
  if (sa.keyBits) text.char(45).u32(sa.keyBits);
  if (sa.integrity == <u8>Integrity.COMBINED) text.put("-icv").u32(sa.icvLength);
  return text;
}

/** KEYLOG `esp` or `ah` (host/abi.md): the keys of one direction. The caller has asked log.keylogAllowed. */
export function keys(sa: SA, keymat: usize): void {
  const ah = <u32>sa.protocol == AH;
  const length = cipherKeyLength(sa.transform, sa.keyBits) + saltLength(sa.transform);
  const text = log.keylog().put(ah ? "ah " : "esp ");
  if (sa.inbound) text.ip(sa.peerAddress).char(32).ip(sa.localAddress);
  else text.ip(sa.localAddress).char(32).ip(sa.peerAddress);
  text.put(" 0x").hex32(sa.spi);
  if (!ah) text.put(' "').put(cipherKeylogName(sa.transform)).put('" 0x').hexBytes(keymat, length);
  text.put(' "').put(ah && sa.integrity == <u8>Integrity.XCBC ? "AES-XCBC-MAC-96 [RFC3566]" : authKeylogName(sa.auth)).put('" 0x').hexBytes(keymat + <usize>length, authKeyLength(sa.auth));
  log.keylogEnd();
}
