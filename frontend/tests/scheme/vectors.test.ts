import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { missingItems, normalFilm, prune, UnknownSettingError, validate, visiblePaths } from "../../src/scheme/engine.ts";
import type { Derived, Finding, Reading, Scheme, Settings } from "../../src/scheme/types.ts";
import { domain, ROOT } from "./python.ts";

interface Vector {
  id: string;
  reading: Reading;
  settings: Settings;
  errors: string[];
  warnings: string[];
  derived: Derived;
}

const scheme = domain("export", "ilo") as Scheme;
const files = ["ilo_readings.yaml", "ilo_rules.yaml"].map((name) => join(ROOT, "tests", "vectors", name));
const vectors = domain("export-vectors", "ilo", ...files) as Vector[];

function ids(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => finding.rule))];
}

/** The ids of the vectors that the scheme does not answer as they say. */
function broken(candidate: Scheme): string[] {
  return vectors
    .filter((vector) => {
      const outcome = validate(candidate, vector.reading, vector.settings);
      const same = ids(outcome.errors).join() === vector.errors.join() && ids(outcome.warnings).join() === vector.warnings.join();
      return !same || Object.entries(vector.derived).some(([name, value]) => outcome.derived[name] !== value);
    })
    .map((vector) => vector.id);
}

test("every vector gives exactly the rule ids and derived values that it lists", () => {
  assert.ok(vectors.length > 90);
  assert.deepEqual(broken(scheme), []);
});

test("each of the 34 rules, dropped alone, is missed by a vector", () => {
  assert.equal(scheme.rules.length, 34);
  for (const { id } of scheme.rules) {
    const mutant = { ...scheme, rules: scheme.rules.filter((rule) => rule.id !== id) };
    assert.notDeepEqual(broken(mutant), [], `no vector needs rule ${id}`);
  }
});

test("a normal film lacks only the reader block", () => {
  const missing = missingItems(scheme, normalFilm(scheme)).map((item) => item.path);
  assert.deepEqual(missing, ["reader.reader_id", "reader.initials", "reader.type_of_reading", "reader.date_of_radiograph"]);
});

test("missing items are said in Japanese", () => {
  assert.equal(missingItems(scheme, {}, {}, "ja")[0]?.text, "画質の等級:未回答です");
});

test("an unreadable film shows only image quality and reader", () => {
  const shown = visiblePaths(scheme, { image_quality: { grade: "UR" } });
  assert.ok(shown.every((path) => path.startsWith("image_quality.") || path.startsWith("reader.")));
});

test("pruning drops what a NO hides and changes nothing the second time", () => {
  const reading = { image_quality: { grade: "1" }, parenchymal: { any: false, profusion: "1/1", zones: ["RU"] } };
  const once = prune(scheme, reading);
  assert.deepEqual(once.parenchymal, { any: false, primary: null, secondary: null, zones: null, profusion: null, large: null });
  assert.deepEqual(prune(scheme, once), once);
});

test("names of the object prototype are unknown fields", () => {
  const outcome = validate(scheme, JSON.parse('{"__proto__": {"any": true}, "constructor": 1}'));
  assert.deepEqual(ids(outcome.errors), ["S1"]);
  assert.equal(outcome.errors.length, 2);
});

test("a setting that the scheme does not have is refused", () => {
  assert.throws(() => validate(scheme, {}, { width: true }), UnknownSettingError);
  assert.throws(() => validate(scheme, {}, { require_4d: "never" }), UnknownSettingError);
});
