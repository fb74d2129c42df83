/**
 * Paths from a peer's certificate to a trust anchor: found, validated by RFC 5280, 6.1, and their certificates looked up in CRLs by
 * 6.3 (pki/revocation.ts). Nothing here computes: `step` says which signature is to be checked next, somebody checks it in slices,
 * `checked` takes the answer, and `step` goes on.
 *
 *      begin(attempt, leaf) ... add(attempt, intermediate) ...
 *      while (step(attempt) == Step.CHECK) checked(attempt, verify(attempt.request...))
 *      Step.ACCEPTED: attempt.warnings, path;  Step.REFUSED: attempt's refusal
 *
 * Each step looks at everything anew with what is known of signatures by then; so there is no state but those answers. A path is
 * asked about only when the rules that are cheap to look at hold for it, from the trust anchor downwards: a signature is checked with a
 * key that is trusted already. Names, policies and CRLs come behind the signatures: a stranger can't make us compare. All is bounded: CHAIN certificates, CHECKS signatures of certificates, PATHS paths, NODES steps of search,
 * COMPARISONS of name constraints.
 */
import { HashAlg } from "../crypto/hash";
import { ANCHORS, Attempt, CHAIN, CHECKS, Rank, Step, Warning, anchorOf, answer, ask, inPath, mayIssue, node, pathAt, presented, refusal, refuse } from "./attempt";
import { Certificate } from "./certificate";
import * as constraints from "./constraints";
import * as der from "./der";
import * as names from "./name";
import * as policy from "./policy";
import { Rule } from "./refusal";
import * as revocation from "./revocation";
import { accepts, addressOf, allowed, authority, endEntity, fits, plain } from "./rules";

const PATHS: u32 = 24;
const NODES: u32 = 256;
const COMPARISONS: u32 = 8192;

/** Whether two certificates are of the same subject and key: no path needs both. */
function sameParty(a: Certificate, b: Certificate): bool {
  return der.same(a.spki, a.spkiLen, b.spki, b.spkiLen) && names.equal(a.subject, a.subjectLen, b.subject, b.subjectLen);
}

/** Who may have issued whom, once: nodes have bits for anchors (at 4) and presented certificates (at 8). */
function relate(a: Attempt): void {
  const anchors = min(a.anchorCount, ANCHORS);
  for (let i: u32 = 0; i <= a.presentedCount; i++) {
    const c = presented(a, i);
    let bits: u32 = 0;
    for (let k: u32 = 0; k < anchors; k++) {
      if (mayIssue(anchorOf(a, k), c.issuer, c.issuerLen, c.authorityKeyId, c.authorityKeyIdLen)) bits |= 1 << k;
    }
    store<u32>(node(a, i), bits, 4);
    bits = 0;
    for (let k: u32 = 1; k <= a.presentedCount; k++) {
      if (k != i && mayIssue(presented(a, k), c.issuer, c.issuerLen, c.authorityKeyId, c.authorityKeyIdLen)) bits |= 1 << k;
    }
    store<u32>(node(a, i), bits, 8);
  }
  store<u32>(node(a, 0), 1, 12);
}

/** What is cheap to look at and needs no trust: dates, keys, algorithms, CAs, the path's length, uses; from the anchor down. */
function validate(a: Attempt): Step {
  const n = a.length;
  const anchor = changetype<Certificate>(a.anchor);
  if (plain(a, anchor) == Step.REFUSED || authority(a, anchor, true) == Step.REFUSED) return Step.REFUSED;
  let room: i32 = anchor.pathLength >= 0 ? anchor.pathLength : <i32>n;
  let limiter = anchor;
  for (let k: u32 = 0; k < n; k++) {
    const i = n - 1 - k;
    const c = inPath(a, i);
    const signer = inPath(a, i + 1);
    if (plain(a, c) == Step.REFUSED) return Step.REFUSED;
    if (!accepts(a, c.scheme, c.hash)) return refuse(a, Rank.RULES, Rule.ALGORITHM, addressOf(c), 0, c.scheme, c.hash);
    if (!fits(c.scheme, signer.key)) return refuse(a, Rank.RULES, Rule.SIGNATURE, addressOf(c), addressOf(signer), 0, 0);
    if (c.hash == HashAlg.SHA1) a.warnings |= Warning.SHA1;
    if (i == 0) break;
    if (authority(a, c, false) == Step.REFUSED) return Step.REFUSED;
    if (!c.selfIssued) {
      if (room == 0) return refuse(a, Rank.RULES, Rule.PATH_LENGTH, addressOf(c), addressOf(limiter), max(limiter.pathLength, 0), 0);
      room--;
    }
    if (c.pathLength >= 0 && c.pathLength < room) {
      room = c.pathLength;
      limiter = c;
    }
  }
  return endEntity(a, changetype<Certificate>(a.leaf));
}

/** Name constraints and policies: work for which the certificates' own issuers answer, so it is done when their signatures are good. */
function constrained(a: Attempt): Step {
  const n = a.length;
  constraints.allow(COMPARISONS);
  policy.begin(n, a.policies, a.policyCount, a.explicitPolicy, a.inhibitMapping, a.inhibitAnyPolicy);
  for (let k: u32 = 0; k < n; k++) {
    const i = n - 1 - k;
    const c = inPath(a, i);
    if (i == 0 || !c.selfIssued) {
      for (let above: u32 = i + 1; above <= n; above++) if (allowed(a, c, inPath(a, above)) == Step.REFUSED) return Step.REFUSED;
    }
    if (!(i ? policy.intermediate(c) : policy.final(c))) return refuse(a, Rank.NAMES, Rule.POLICY, addressOf(c), 0, 0, 0);
  }
  return Step.ACCEPTED;
}

/** A whole path: `a.length`, `a.anchor` and the path are set. */
function judge(a: Attempt): Step {
  if (a.paths == PATHS) return refuse(a, Rank.SEARCH, Rule.PATHS, a.leaf, 0, 0, 0);
  a.paths++;
  a.warnings = 0;
  if (validate(a) == Step.REFUSED) return Step.REFUSED;
  for (let k: u32 = 0; k < a.length; k++) {
    const i = a.length - 1 - k;
    const c = inPath(a, i);
    const signer = inPath(a, i + 1);
    const known = answer(a, addressOf(c), addressOf(signer));
    if (known == 2 || c.signatureLen == 0) return refuse(a, Rank.SIGNATURE, Rule.SIGNATURE, addressOf(c), addressOf(signer), 0, 0);
    if (known == 1) continue;
    if (a.checks == CHECKS) return refuse(a, Rank.SIGNATURE, Rule.CHECKS, addressOf(c), 0, 0, 0);
    a.checks++;
    return ask(a, c, signer);
  }
  if (constrained(a) == Step.REFUSED) return Step.REFUSED;
  return revocation.check(a);
}

/** Whether a trust anchor has the issuer's name, though not its key. */
function isNamed(a: Attempt, c: Certificate): bool {
  for (let k: u32 = 0; k < min(a.anchorCount, ANCHORS); k++) {
    const anchor = anchorOf(a, k);
    if (names.equal(anchor.subject, anchor.subjectLen, c.issuer, c.issuerLen)) return true;
  }
  return false;
}

/** All paths that go on from `i`, which is at `depth`. @param used presented certificates in the path, as bits */
function climb(a: Attempt, i: u32, depth: u32, used: u32): Step {
  if (a.nodes == NODES) return refuse(a, Rank.SEARCH, Rule.PATHS, a.leaf, 0, 0, 0);
  a.nodes++;
  const path = changetype<usize>(a) + pathAt();
  store<u32>(path + 4 * <usize>depth, i);
  const c = presented(a, i);
  const anchors = load<u32>(node(a, i), 4);
  for (let k: u32 = 0; k < min(a.anchorCount, ANCHORS); k++) {
    if (!((anchors >> k) & 1)) continue;
    a.length = depth + 1;
    a.anchor = load<usize>(a.anchors + <usize>k * sizeof<usize>());
    const result = judge(a);
    if (result != Step.REFUSED) return result;
  }
  const issuers = load<u32>(node(a, i), 8) & ~used;
  if (anchors == 0 && issuers == 0) return refuse(a, Rank.SEARCH + 1 + depth, Rule.ISSUER_UNKNOWN, addressOf(c), 0, isNamed(a, c) ? 1 : 0, 0);
  for (let k: u32 = 1; k <= a.presentedCount; k++) {
    if (!((issuers >> k) & 1)) continue;
    if (depth + 1 == CHAIN) return refuse(a, Rank.SEARCH + 1 + depth, Rule.CHAIN_LENGTH, addressOf(c), 0, 0, CHAIN);
    let again = false;
    for (let d: u32 = 0; d <= depth && !again; d++) again = sameParty(presented(a, load<u32>(path + 4 * <usize>d)), presented(a, k));
    if (again) continue;
    const result = climb(a, k, depth + 1, used | (1 << k));
    if (result != Step.REFUSED) return result;
  }
  return Step.REFUSED;
}

/** Goes on. Step.CHECK: the signature in `signed`, `signature`, `signer`, `scheme`, `hash`, `salt` is to be checked, then `checked`. */
export function step(a: Attempt): Step {
  const r = refusal(a);
  if (load<u32>(node(a, 0), 12) == 0) relate(a);
  r.rule = Rule.NONE;
  r.rank = 0;
  a.paths = 0;
  a.nodes = 0;
  // A certificate that is itself configured as trusted needs nobody's signature.
  const leaf = changetype<Certificate>(a.leaf);
  for (let k: u32 = 0; k < min(a.anchorCount, ANCHORS); k++) {
    const anchor = anchorOf(a, k);
    if (!der.same(anchor.der, anchor.derLen, leaf.der, leaf.derLen)) continue;
    a.length = 0;
    a.anchor = addressOf(anchor);
    return pinned(a, leaf);
  }
  return climb(a, 0, 0, 1);
}

/** The peer's own certificate is the trust anchor. */
function pinned(a: Attempt, leaf: Certificate): Step {
  a.warnings = 0;
  if (plain(a, leaf) == Step.REFUSED) return Step.REFUSED;
  return endEntity(a, leaf);
}
