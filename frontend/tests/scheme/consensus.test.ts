import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { agree, InvalidSummaryError, niosh42Cfr3753, panelMedian, parseShortNotation, PROFUSION, RULES, summarize } from "../../src/scheme/consensus.ts";
import type { ReadingSummary } from "../../src/scheme/consensus.ts";
import { domain, ROOT } from "./python.ts";

interface Case {
  id: string;
  readings: string[];
  outcome: string;
  n?: number;
}

const cases = domain(
  "export-cases", ...["consensus.yaml", "consensus_more.yaml"].map((name) => join(ROOT, "tests", "vectors", name)),
) as Record<string, Case[]>;

function summaries(texts: readonly string[]): ReadingSummary[] {
  return texts.map((text, place) => parseShortNotation(text, String(place)));
}

test("every NIOSH case gives the listed outcome", () => {
  assert.ok((cases.niosh ?? []).length >= 31);
  for (const each of cases.niosh ?? []) assert.equal(niosh42Cfr3753(summaries(each.readings)).text, each.outcome, each.id);
});

test("every panel case gives the listed outcome", () => {
  assert.ok((cases.panel_median ?? []).length >= 9);
  for (const each of cases.panel_median ?? []) assert.equal(panelMedian(summaries(each.readings), each.n).text, each.outcome, each.id);
});

test("40 of 144 ordered pairs agree, and agreement is symmetric", () => {
  const scale = summaries(PROFUSION);
  const pairs = scale.flatMap((first) => scale.map((second) => [first, second] as const));
  assert.equal(pairs.filter(([first, second]) => agree(first, second)).length, 40);
  assert.ok(pairs.every(([first, second]) => agree(first, second) === agree(second, first)));
});

test("of 1728 ordered triples the third settles 672 and 576 need two more", () => {
  const scale = summaries(PROFUSION);
  const count: Record<string, number> = {};
  for (const first of scale) for (const second of scale) for (const third of scale) {
    if (agree(first, second)) continue;
    const { state } = niosh42Cfr3753([first, second, third]);
    count[state] = (count[state] ?? 0) + 1;
  }
  assert.deepEqual(count, { FINAL: 672, REQUEST_TWO_MORE: 576 });
});

test("both rules are registered by name", () => {
  assert.deepEqual(Object.keys(RULES), ["niosh_42cfr37_53", "panel_median"]);
});

test("an incomplete reading and a foreign notation are refused", () => {
  assert.throws(() => summarize({ image_quality: { grade: "1" }, parenchymal: { any: true } }, "r1"), InvalidSummaryError);
  assert.throws(() => parseShortNotation("0/2", "r1"), InvalidSummaryError);
});
