/**
 * What we call ourselves in phase 1 (RFC 2407, 4.6.2): `crypto isakmp identity address | dn | hostname | key-id TEXT | user-fqdn TEXT`.
 */

export const enum Identity {
  ADDRESS = 0,
  HOSTNAME = 1,
  KEY_ID = 2,
  USER_FQDN = 3,
  /** The subject of our certificate, with signatures. */
  DN = 4,
}

export const IDENTITY_MAX: u32 = 128;

export const text: usize = memory.data(128);

export const name: usize = memory.data(128);

export let kind: Identity = Identity.ADDRESS;

export let textLen: u32 = 0;

export let nameLen: u32 = 0;

export function init(): void {
  kind = Identity.ADDRESS;
  textLen = 0;
  nameLen = 0;
}

/** Sets what we call ourselves; text of KEY_ID and USER_FQDN, else unused. False: empty or too long. */
export function set(k: Identity, p: usize, len: u32): bool {
  const needsText = k == Identity.KEY_ID || k == Identity.USER_FQDN;
  if (needsText && (len == 0 || len > IDENTITY_MAX)) return false;
  kind = k;
  textLen = needsText ? len : 0;
  if (needsText) memory.copy(text, p, <usize>len);
  return true;
}

/** Told of every change of `hostname` (with its domain, if there is one). */
export function setHostname(p: usize, len: u32): void {
  nameLen = min(len, IDENTITY_MAX);
  memory.copy(name, p, <usize>nameLen);
}

export function current(): Identity {
  return kind;
}

/** Text of KEY_ID and USER_FQDN. */
export function textAt(): usize {
  return text;
}

export function textLength(): u32 {
  return textLen;
}
