/** Median of a panel; the twin of annotator/domain/consensus/panel.py (profusion and large opacities). */

import { indexOf, isComplicated, LARGE, PROFUSION, unreadableOf } from "./summary.ts";
import type { ConsensusOutcome, ReadingSummary, State } from "./summary.ts";

export const RULE_ID = "panel_median";
export const RULE_VERSION = "1.0.0";
const WIDE_SPREAD = 3;

/** The panel's outcome once `n` readable readings are there; all readable readings count. */
export function panelMedian(readings: readonly ReadingSummary[], n = 3): ConsensusOutcome {
  const excluded = unreadableOf(readings);
  const used = readings.flatMap((reading, place) => (reading.unreadable ? [] : [place]));
  const unreadableFirst = readings.slice(0, n).filter((reading) => reading.unreadable).length;
  const base = { rule: RULE_ID, ruleVersion: RULE_VERSION, excluded };
  const open = (state: State): ConsensusOutcome => ({ ...base, state, text: state, value: null, used: [], flags: [] });
  if (unreadableFirst > 0 && unreadableFirst > Math.floor(n / 2)) return open("UNCLASSIFIABLE");
  if (used.length < n) return open(Object.keys(excluded).length > 0 ? "REQUEST_REPLACEMENT" : "PENDING");
  const panel = readings.filter((reading) => !reading.unreadable);
  const value = valueOf(panel);
  return { ...base, state: "FINAL", text: value, value, used, flags: flagsOf(panel) };
}

function valueOf(panel: readonly ReadingSummary[]): string {
  const profusion = PROFUSION[upperMedian(panel.map(indexOf))] as string;
  const large = LARGE[upperMedian(panel.map((reading) => LARGE.indexOf(reading.large)))] as string;
  return large === "O" ? profusion : `${profusion} ${large}`;
}

function upperMedian(ranks: readonly number[]): number {
  return [...ranks].sort((a, b) => a - b)[Math.floor(ranks.length / 2)] as number;
}

function flagsOf(panel: readonly ReadingSummary[]): string[] {
  const indexes = panel.map(indexOf);
  const marks: [string, boolean][] = [
    ["even_median", panel.length % 2 === 0],
    ["wide_spread", Math.max(...indexes) - Math.min(...indexes) >= WIDE_SPREAD],
    ["complicated_split", new Set(panel.map(isComplicated)).size > 1],
    ["imputed", panel.some((reading) => reading.negative)],
  ];
  return marks.filter(([, applies]) => applies).map(([name]) => name);
}
