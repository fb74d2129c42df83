/** What `ping` and `traceroute` have in common: where they come from and go to, and the name that is looked up for it. */
import { HOSTNAME_MAX } from "../limits";
import * as interfaces from "../net/interface";
import { NO_INTERFACE } from "../net/interface";
import * as resolver from "../services/resolver";
import { State } from "../services/resolver";
import { noSuchPort } from "./ports";
import { Item } from "./grammar";
import * as matcher from "./matcher";
import { nl, out, refuse, refused } from "./output";
import * as words from "./words";

/** Goes on with the address of what was asked for. */
type Then = (address: u32) => bool;

/** The address of ours that was named; 0: none was. */
export let source: u32 = 0;
/** The name that was asked for; 0 octets: it was an address. */
export const name: usize = memory.data(<i32>HOSTNAME_MAX, 4);
export let nameLen: u32 = 0;
/** A name is being looked up. */
export let resolving: bool = false;
let then: Then | null = null;

export function init(): void {
  resolving = false;
}

/** The word of the destination of `ping [ip] A` and `traceroute [ip] A`. */
export function place(): u32 {
  return matcher.base + (matcher.isKeyword(matcher.base + 1, "ip") ? 2 : 1);
}

export function option(name: string, otherwise: u32): u32 {
  const k = matcher.find(name, matcher.base + 2);
  return k == 0xffffffff ? otherwise : matcher.number(k + 1);
}

/** Reads `source A.B.C.D|IF` behind word `k`. False: refused, and it has said why. */
export function readSource(k: u32): bool {
  source = 0;
  const from = matcher.find("source", k);
  if (from == 0xffffffff) return true;
  if (matcher.kindOf(from + 1) == Item.ADDRESS) {
    source = matcher.address(from + 1);
    if (interfaces.isOurs(source)) return true;
    refuse("").ip(source).put(" is no address of this router's interfaces that are up.");
  } else {
    const port = matcher.port(from + 1);
    if (port == NO_INTERFACE) return noSuchPort(port);
    source = interfaces.at(port).address;
    if (interfaces.at(port).usable) return true;
    interfaces.name(refuse(""), port).put(" is down or has no address.");
  }
  nl();
  return false;
}

/** Goes on with the address at word `k`, or with that of the name there when it is known. */
export function reach(k: u32, go: Then): bool {
  nameLen = 0;
  if (matcher.kindOf(k) == Item.ADDRESS) return go(matcher.address(k));
  const p = words.word(k);
  const len = words.wordLen(k);
  if (len > HOSTNAME_MAX) return unknown();
  const state = resolver.lookup(p, len);
  if (state != State.FOUND && state != State.ASKED) return unknown();
  memory.copy(name, p, <usize>len);
  nameLen = len;
  if (state == State.FOUND) return go(resolver.address);
  then = go;
  resolving = true;
  out.put('Translating "').escaped(p, len).put('"...domain server');
  for (let i: u32 = 0; i < resolver.count(); i++) out.put(i ? ", " : " (").ip(resolver.active(i));
  out.char(41);
  nl();
  return true;
}

/** Looks whether the name is known by now. */
export function progress(): void {
  const state = resolver.lookup(name, nameLen);
  if (state == State.ASKED) return;
  resolving = false;
  out.clear();
  const go = then;
  if (state == State.FOUND && go) go(resolver.address);
  else unknown();
}

/** The operator's break. */
export function abort(): void {
  resolving = false;
}

function unknown(): bool {
  return refused("Unrecognized host or address, or protocol not running.");
}
