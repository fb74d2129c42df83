/**
 * NIST's PKITS (vectors/x509/pkits): what it calls valid is accepted under the settings that its test names, with CRLs required; where
 * a test has settings under which a path is not valid, it is refused. `UPDATE_DOCS=1` writes the table of docs/PKI.md.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Pki, type Settings, type Verdict } from "../support/primitives/pki.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(process.env.VECTORS_DIR ?? join(root, "../shared/vectors"), "x509/pkits");
const skip = existsSync(folder) ? false : "no vectors/x509/pkits";

/** NIST-test-policy-n. */
const P = (n: number) => `608648016503020130${n.toString(16).padStart(2, "0")}`;
const wants = (...n: number[]): Partial<Settings> => ({ policies: n.map(P), explicitPolicy: true });

interface Row {
  /** PKITS's number. */
  test: string;
  leaf: string;
  settings?: Partial<Settings>;
  /** What is asked, in words. */
  asked?: string;
  /** Expected; true where it is left out. */
  valid?: boolean;
  /** Why the outcome is otherwise here. */
  otherwise?: string;
}

const explicit = { explicitPolicy: true };
const DSA = "DSA keys are not accepted";

const ROWS: Row[] = [
  { test: "4.1.1", leaf: "ValidCertificatePathTest1EE" },
  { test: "4.1.4", leaf: "ValidDSASignaturesTest4EE", otherwise: DSA },
  { test: "4.1.5", leaf: "ValidDSAParameterInheritanceTest5EE", otherwise: DSA },
  { test: "4.2.3", leaf: "Validpre2000UTCnotBeforeDateTest3EE" },
  { test: "4.2.4", leaf: "ValidGeneralizedTimenotBeforeDateTest4EE" },
  { test: "4.2.8", leaf: "ValidGeneralizedTimenotAfterDateTest8EE" },
  { test: "4.3.3", leaf: "ValidNameChainingWhitespaceTest3EE" },
  { test: "4.3.4", leaf: "ValidNameChainingWhitespaceTest4EE" },
  { test: "4.3.5", leaf: "ValidNameChainingCapitalizationTest5EE" },
  { test: "4.3.6", leaf: "ValidNameUIDsTest6EE" },
  { test: "4.3.7", leaf: "ValidRFC3280MandatoryAttributeTypesTest7EE" },
  { test: "4.3.8", leaf: "ValidRFC3280OptionalAttributeTypesTest8EE" },
  { test: "4.3.9", leaf: "ValidUTF8StringEncodedNamesTest9EE" },
  { test: "4.3.10", leaf: "ValidRolloverfromPrintableStringtoUTF8StringTest10EE" },
  { test: "4.3.11", leaf: "ValidUTF8StringCaseInsensitiveMatchTest11EE" },
  { test: "4.4.7", leaf: "ValidTwoCRLsTest7EE" },
  { test: "4.4.13", leaf: "ValidGeneralizedTimeCRLnextUpdateTest13EE" },
  { test: "4.4.14", leaf: "ValidNegativeSerialNumberTest14EE" },
  { test: "4.4.16", leaf: "ValidLongSerialNumberTest16EE" },
  { test: "4.4.17", leaf: "ValidLongSerialNumberTest17EE" },
  { test: "4.4.19", leaf: "ValidSeparateCertificateandCRLKeysTest19EE" },
  { test: "4.5.1", leaf: "ValidBasicSelfIssuedOldWithNewTest1EE" },
  { test: "4.5.3", leaf: "ValidBasicSelfIssuedNewWithOldTest3EE" },
  { test: "4.5.4", leaf: "ValidBasicSelfIssuedNewWithOldTest4EE" },
  { test: "4.5.6", leaf: "ValidBasicSelfIssuedCRLSigningKeyTest6EE" },
  { test: "4.6.4", leaf: "ValidbasicConstraintsNotCriticalTest4EE" },
  ...[7, 8, 13, 14].map((n) => ({ test: `4.6.${n}`, leaf: `ValidpathLenConstraintTest${n}EE` })),
  ...[15, 17].map((n) => ({ test: `4.6.${n}`, leaf: `ValidSelfIssuedpathLenConstraintTest${n}EE` })),
  { test: "4.7.3", leaf: "ValidkeyUsageNotCriticalTest3EE" },
  { test: "4.8.1", leaf: "ValidCertificatePathTest1EE", settings: explicit, asked: "explicit policy" },
  { test: "4.8.1", leaf: "ValidCertificatePathTest1EE", settings: wants(1), asked: "policy 1" },
  { test: "4.8.1", leaf: "ValidCertificatePathTest1EE", settings: wants(2), asked: "policy 2", valid: false },
  { test: "4.8.1", leaf: "ValidCertificatePathTest1EE", settings: wants(1, 2), asked: "policy 1 or 2" },
  { test: "4.8.2", leaf: "AllCertificatesNoPoliciesTest2EE" },
  { test: "4.8.2", leaf: "AllCertificatesNoPoliciesTest2EE", settings: explicit, asked: "explicit policy", valid: false },
  { test: "4.8.3", leaf: "DifferentPoliciesTest3EE" },
  { test: "4.8.3", leaf: "DifferentPoliciesTest3EE", settings: explicit, asked: "explicit policy", valid: false },
  { test: "4.8.3", leaf: "DifferentPoliciesTest3EE", settings: wants(1, 2), asked: "policy 1 or 2", valid: false },
  ...[4, 5, 7, 8, 9, 12].map((n) => ({ test: `4.8.${n}`, leaf: `DifferentPoliciesTest${n}EE`, valid: false })),
  { test: "4.8.6", leaf: "OverlappingPoliciesTest6EE" },
  { test: "4.8.6", leaf: "OverlappingPoliciesTest6EE", settings: wants(1), asked: "policy 1" },
  { test: "4.8.6", leaf: "OverlappingPoliciesTest6EE", settings: wants(2), asked: "policy 2", valid: false },
  { test: "4.8.10", leaf: "AllCertificatesSamePoliciesTest10EE" },
  { test: "4.8.10", leaf: "AllCertificatesSamePoliciesTest10EE", settings: wants(1), asked: "policy 1" },
  { test: "4.8.10", leaf: "AllCertificatesSamePoliciesTest10EE", settings: wants(2), asked: "policy 2" },
  { test: "4.8.11", leaf: "AllCertificatesanyPolicyTest11EE" },
  { test: "4.8.11", leaf: "AllCertificatesanyPolicyTest11EE", settings: wants(1), asked: "policy 1" },
  ...[1, 2, 3].map((n) => ({ test: "4.8.13", leaf: "AllCertificatesSamePoliciesTest13EE", settings: wants(n), asked: `policy ${n}` })),
  { test: "4.8.14", leaf: "AnyPolicyTest14EE", settings: wants(1), asked: "policy 1" },
  { test: "4.8.14", leaf: "AnyPolicyTest14EE", settings: wants(2), asked: "policy 2", valid: false },
  ...[15, 16, 17, 18, 19].map((n) => ({ test: `4.8.${n}`, leaf: `UserNoticeQualifierTest${n}EE` })),
  { test: "4.8.18", leaf: "UserNoticeQualifierTest18EE", settings: wants(1), asked: "policy 1" },
  { test: "4.8.18", leaf: "UserNoticeQualifierTest18EE", settings: wants(2), asked: "policy 2" },
  { test: "4.8.20", leaf: "CPSPointerQualifierTest20EE", settings: explicit, asked: "explicit policy" },
  ...[1, 2, 4].map((n) => ({ test: `4.9.${n}`, leaf: `ValidrequireExplicitPolicyTest${n}EE` })),
  { test: "4.9.6", leaf: "ValidSelfIssuedrequireExplicitPolicyTest6EE" },
  { test: "4.10.1", leaf: "ValidPolicyMappingTest1EE", settings: wants(1), asked: "policy 1" },
  { test: "4.10.1", leaf: "ValidPolicyMappingTest1EE", settings: wants(2), asked: "policy 2", valid: false },
  { test: "4.10.1", leaf: "ValidPolicyMappingTest1EE", settings: { inhibitMapping: true, explicitPolicy: true }, asked: "no mapping, explicit policy", valid: false },
  { test: "4.10.3", leaf: "ValidPolicyMappingTest3EE", settings: wants(1), asked: "policy 1", valid: false },
  { test: "4.10.3", leaf: "ValidPolicyMappingTest3EE", settings: wants(2), asked: "policy 2" },
  ...[5, 6].flatMap((n) => [
    { test: `4.10.${n}`, leaf: `ValidPolicyMappingTest${n}EE`, settings: wants(1), asked: "policy 1" },
    { test: `4.10.${n}`, leaf: `ValidPolicyMappingTest${n}EE`, settings: wants(6), asked: "policy 6", valid: false },
  ]),
  ...[9, 11, 13, 14].map((n) => ({ test: `4.10.${n}`, leaf: `ValidPolicyMappingTest${n}EE` })),
  ...[1, 2].map((n) => ({ test: "4.10.12", leaf: "ValidPolicyMappingTest12EE", settings: wants(n), asked: `policy ${n}` })),
  ...[2, 4].map((n) => ({ test: `4.11.${n}`, leaf: `ValidinhibitPolicyMappingTest${n}EE` })),
  { test: "4.11.7", leaf: "ValidSelfIssuedinhibitPolicyMappingTest7EE" },
  { test: "4.12.2", leaf: "ValidinhibitAnyPolicyTest2EE" },
  { test: "4.12.3", leaf: "inhibitAnyPolicyTest3EE" },
  { test: "4.12.3", leaf: "inhibitAnyPolicyTest3EE", settings: { inhibitAnyPolicy: true, explicitPolicy: true }, asked: "no anyPolicy, explicit policy", valid: false },
  ...[7, 9].map((n) => ({ test: `4.12.${n}`, leaf: `ValidSelfIssuedinhibitAnyPolicyTest${n}EE` })),
  ...[1, 4, 5, 6, 11, 14, 18, 19].map((n) => ({ test: `4.13.${n}`, leaf: `ValidDNnameConstraintsTest${n}EE` })),
  ...[21, 23, 25].map((n) => ({ test: `4.13.${n}`, leaf: `ValidRFC822nameConstraintsTest${n}EE` })),
  { test: "4.13.27", leaf: "ValidDNandRFC822nameConstraintsTest27EE" },
  ...[30, 32].map((n) => ({ test: `4.13.${n}`, leaf: `ValidDNSnameConstraintsTest${n}EE` })),
  ...[34, 36].map((n) => ({ test: `4.13.${n}`, leaf: `ValidURInameConstraintsTest${n}EE` })),
  ...[1, 4, 5, 7].map((n) => ({ test: `4.14.${n}`, leaf: `ValiddistributionPointTest${n}EE` })),
  { test: "4.14.10", leaf: "ValidNoissuingDistributionPointTest10EE" },
  { test: "4.14.13", leaf: "ValidonlyContainsCACertsTest13EE" },
  ...[18, 19].map((n) => ({ test: `4.14.${n}`, leaf: `ValidonlySomeReasonsTest${n}EE` })),
  ...[22, 24, 25].map((n) => ({ test: `4.14.${n}`, leaf: `ValidIDPwithindirectCRLTest${n}EE` })),
  ...[28, 29, 30, 33].map((n) => ({ test: `4.14.${n}`, leaf: `ValidcRLIssuerTest${n}EE` })),
  ...[2, 5, 7, 8].map((n) => ({ test: `4.15.${n}`, leaf: `ValiddeltaCRLTest${n}EE` })),
  { test: "4.16.1", leaf: "ValidUnknownNotCriticalCertificateExtensionTest1EE" },
];

const files = skip ? [] : readdirSync(join(folder, "certs")).sort();
const lists = skip ? [] : readdirSync(join(folder, "crls")).sort();
const read = (kind: string, name: string) => readFileSync(join(folder, kind, name));

/** Which certificates may matter to a leaf: who issued it and so on, and who issues CRLs for those, by name; at most sixteen. */
class World {
  private readonly all = new Map<string, number>();
  private readonly issuers = new Map<string, Buffer>();
  readonly crls: number[] = [];
  readonly anchor: number;

  constructor(readonly pki: Pki) {
    for (const file of files) {
      const der = read("certs", file);
      const c = pki.certificate(der);
      assert.notEqual(c, 0, `${file}: ${pki.malformed()}`);
      this.all.set(file.replace(/\.crt$/, ""), c);
      this.issuers.set(file.replace(/\.crt$/, ""), issuerOf(der));
    }
    for (const file of lists) {
      const c = pki.crl(read("crls", file));
      assert.notEqual(c, 0, `${file}: ${pki.malformed()}`);
      this.crls.push(c);
    }
    this.anchor = this.all.get("TrustAnchorRootCertificate")!;
  }

  private subject(c: number): Buffer {
    return this.pki.octets(this.pki.exports.subjectAt(c), this.pki.exports.subjectLen(c));
  }

  presented(leaf: string): number[] {
    const found = new Set([leaf]);
    for (const name of found) {
      for (const [other, c] of this.all) {
        const signs = c !== this.anchor && /C(A|RL|A[0-9X]*|issuer)|CRLIssuer/i.test(other) && !/EE$/.test(other);
        if (signs && this.pki.sameName(this.subject(c), this.issuers.get(name)!) === 1) found.add(other);
      }
    }
    // Who issues indirect CRLs isn't in the names above a certificate.
    const extra = /cRLIssuerTest(28|29)/.test(leaf) ? ["indirectCRLCA3cRLIssuerCert"] : /cRLIssuerTest30/.test(leaf) ? ["indirectCRLCA4cRLIssuerCert"] : /cRLIssuerTest33|IDPwithindirectCRLTest(24|25)/.test(leaf) ? ["indirectCRLCA5Cert", "indirectCRLCA1Cert"] : [];
    for (const name of extra) found.add(name);
    found.delete(leaf);
    return [...found].map((name) => this.all.get(name)!);
  }

  judge(row: Row): Verdict {
    return this.pki.validate(this.all.get(row.leaf)!, this.presented(row.leaf), [this.anchor], this.crls, { crls: "required", ...row.settings });
  }
}

/** The issuer's Name of a certificate: behind version, serial number and signature algorithm. */
function issuerOf(der: Buffer): Buffer {
  const header = (at: number): [body: number, next: number] => {
    const first = der[at + 1]!;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    const len = octets === 0 ? first : der.readUIntBE(at + 2, octets);
    return [at + 2 + octets, at + 2 + octets + len];
  };
  let at = header(header(0)[0])[0];
  if (der[at] === 0xa0) at = header(at)[1];
  at = header(header(at)[1])[1];
  return der.subarray(at, header(at)[1]);
}

test("PKITS: each path is judged as its test says", { skip }, async () => {
  const pki = await Pki.load();
  const world = new World(pki);
  const wrong: string[] = [];
  const table: string[] = [];
  for (const row of ROWS) {
    const verdict = world.judge(row);
    const expected = row.otherwise ? false : row.valid ?? true;
    if (verdict.accepted !== expected) wrong.push(`${row.test} ${row.leaf} ${row.asked ?? ""}: ${verdict.accepted ? "accepted" : verdict.sentence}`);
    const outcome = verdict.accepted ? "accepted" : "refused";
    table.push(`| ${row.test} | ${row.leaf.replace(/EE$/, "")} | ${row.asked ?? "as it is"} | ${row.valid ?? true ? "valid" : "not valid"} | ${outcome}${row.otherwise ? `: ${row.otherwise}` : verdict.accepted ? "" : `: ${verdict.sentence.replace(/.*\(serial [0-9a-f]+\) /, "")}`} |`);
  }
  assert.deepEqual(wrong, []);
  const named = new Set(ROWS.map((row) => `${row.leaf}.crt`));
  assert.deepEqual(files.filter((file) => /EE\.crt$/.test(file) && !named.has(file)), [], "every end entity has a row");

  const page = join(root, "docs/PKI.md");
  const text = existsSync(page) ? readFileSync(page, "utf8") : "";
  const [before, after] = [text.split("<!-- PKITS -->")[0] ?? "", text.split("<!-- /PKITS -->")[1] ?? ""];
  const made = `${before}<!-- PKITS -->\n| test | certificate | asked | PKITS says | here |\n|---|---|---|---|---|\n${table.join("\n")}\n<!-- /PKITS -->${after}`;
  if (process.env.UPDATE_DOCS) writeFileSync(page, made);
  else assert.equal(text, made, "docs/PKI.md is what this test writes (UPDATE_DOCS=1)");
});
