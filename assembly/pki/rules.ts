/** What is asked of each certificate of a path by itself (RFC 5280, 6.1.3 (a), 6.1.4 (k), (n), (o); RFC 4945, 5.1.3): dates, keys, algorithms, uses. */
import { HashAlg } from "../crypto/hash";
import { Scheme } from "./algorithm";
import { Attempt, Rank, Step, Warning, refusal, refuse } from "./attempt";
import { Certificate, KeyKind, Usage } from "./certificate";
import * as constraints from "./constraints";
import { Rule } from "./refusal";

/** RSA keys: below the first refused, below the second warned of, above the third refused. */
const RSA_LEAST: u32 = 1024;
const RSA_WARNED: u32 = 2048;
const RSA_MOST: u32 = 8192;

/** Whether a signature of that scheme can be by that key. */
export function fits(scheme: Scheme, key: KeyKind): bool {
  switch (scheme) {
    case Scheme.RSA_PKCS1: return key == KeyKind.RSA;
    case Scheme.RSA_PSS: return key == KeyKind.RSA || key == KeyKind.RSA_PSS;
    case Scheme.ECDSA: return key == KeyKind.EC;
    case Scheme.ED25519: return key == KeyKind.ED25519;
    default: return false;
  }
}

/** Whether signatures of that kind are accepted. */
export function accepts(a: Attempt, scheme: Scheme, hash: u32): bool {
  if (scheme == Scheme.UNKNOWN || !((a.schemes >> <u32>scheme) & 1)) return false;
  if (scheme == Scheme.ED25519) return true;
  return hash == HashAlg.SHA256 || hash == HashAlg.SHA384 || hash == HashAlg.SHA512 || (hash == HashAlg.SHA1 && a.sha1);
}

/** The size of a key; Rule.NONE: accepted. */
export function keyRule(a: Attempt, c: Certificate): Rule {
  if (c.key == KeyKind.UNKNOWN) return Rule.KEY_KIND;
  if (c.key == KeyKind.RSA || c.key == KeyKind.RSA_PSS) {
    if (c.keyBits < max(a.rsaBits, RSA_LEAST)) return Rule.KEY_SMALL;
    if (c.keyBits > RSA_MOST) return Rule.KEY_LARGE;
    if (c.keyBits < RSA_WARNED) a.warnings |= Warning.SMALL_KEY;
  }
  return Rule.NONE;
}

/** Dates; Rule.NONE: within them. */
export function dateRule(a: Attempt, c: Certificate): Rule {
  if (a.now == 0) a.warnings |= Warning.NO_CLOCK;
  else if (a.now > c.notAfter) return Rule.EXPIRED;
  else if (a.now < c.notBefore) return Rule.NOT_YET;
  return Rule.NONE;
}

// @ts-ignore: decorator
@inline
export function addressOf(c: Certificate): usize {
  return changetype<usize>(c);
}

function refuseDate(a: Attempt, c: Certificate, rule: Rule): Step {
  return refuse(a, Rank.RULES, rule, addressOf(c), 0, rule == Rule.EXPIRED ? c.notAfter : c.notBefore, a.now);
}

function refuseKey(a: Attempt, c: Certificate, rule: Rule): Step {
  return refuse(a, Rank.RULES, rule, addressOf(c), 0, c.keyBits, rule == Rule.KEY_SMALL ? max(a.rsaBits, RSA_LEAST) : RSA_MOST);
}

/** What is asked of every certificate, an anchor too. Step.ACCEPTED: nothing is wrong. */
export function plain(a: Attempt, c: Certificate): Step {
  let rule = dateRule(a, c);
  if (rule != Rule.NONE) return refuseDate(a, c, rule);
  rule = keyRule(a, c);
  if (rule != Rule.NONE) return refuseKey(a, c, rule);
  if (c.unknownCritical) {
    const fresh = refusal(a).rank < <u32>Rank.RULES;
    refuse(a, Rank.RULES, Rule.CRITICAL, addressOf(c), 0, 0, 0);
    if (fresh) {
      refusal(a).at = c.unknownCritical;
      refusal(a).atLen = c.unknownCriticalLen;
    }
    return Step.REFUSED;
  }
  return Step.ACCEPTED;
}

/** What is asked of a CA (6.1.4 (k), (n)); an anchor of version 1 is one because it was configured. */
export function authority(a: Attempt, c: Certificate, isAnchor: bool): Step {
  const wants = !isAnchor || c.hasBasicConstraints;
  if (wants && !c.isCa) return refuse(a, Rank.RULES, Rule.NOT_CA, addressOf(c), 0, 0, 0);
  if (c.hasUsage && !(c.usage & Usage.KEY_CERT_SIGN)) return refuse(a, Rank.RULES, Rule.NOT_CERT_SIGN, addressOf(c), 0, 0, 0);
  return Step.ACCEPTED;
}

/** What is asked of the peer's own certificate (RFC 4945, 5.1.3). */
export function endEntity(a: Attempt, c: Certificate): Step {
  if (c.hasUsage && a.usage != 0 && !(c.usage & a.usage)) return refuse(a, Rank.RULES, Rule.KEY_USAGE, addressOf(c), 0, c.usage, a.usage);
  if (c.purposes && a.purposes != 0 && !(c.purposes & a.purposes)) return refuse(a, Rank.RULES, Rule.PURPOSE, addressOf(c), 0, c.purposes, a.purposes);
  return Step.ACCEPTED;
}

/** The names of a certificate against what one above allows. */
export function allowed(a: Attempt, c: Certificate, above: Certificate): Step {
  const verdict = constraints.check(c, above);
  if (verdict == constraints.Verdict.ALLOWED) return Step.ACCEPTED;
  const fresh = refusal(a).rank < <u32>Rank.NAMES;
  const rule = verdict == constraints.Verdict.EXCLUDED ? Rule.NAME_EXCLUDED : verdict == constraints.Verdict.NOT_PERMITTED ? Rule.NAME_NOT_PERMITTED : Rule.NAMES_TOO_MANY;
  refuse(a, Rank.NAMES, rule, addressOf(c), addressOf(above), 0, 0);
  if (fresh) {
    refusal(a).tag = constraints.badTag;
    refusal(a).at = constraints.bad;
    refusal(a).atLen = constraints.badLen;
  }
  return Step.REFUSED;
}
