/** The part of a reading that consensus looks at; the twin of annotator/domain/consensus/summary.py and outcome.py. */

import { valueAt } from "./conditions.ts";
import type { Reading } from "./types.ts";

export const PROFUSION: readonly string[] = [
  "0/-", "0/0", "0/1", "1/0", "1/1", "1/2", "2/1", "2/2", "2/3", "3/2", "3/3", "3/+",
];
export const LARGE: readonly string[] = ["O", "A", "B", "C"];
const IMPUTED = "0/0";
export const UNREADABLE = "unreadable (U/R): does not count";

export type State =
  | "PENDING" | "REQUEST_THIRD" | "REQUEST_TWO_MORE" | "REQUEST_REPLACEMENT" | "ADJUDICATE" | "UNCLASSIFIABLE" | "FINAL";

/** One reader's answer: exactly one of unreadable, negative (2A NO), or a profusion with a large-opacity letter. */
export interface ReadingSummary {
  readonly id: string;
  readonly profusion: string | null;
  readonly large: string;
  readonly unreadable: boolean;
  readonly negative: boolean;
}

export interface ConsensusOutcome {
  readonly rule: string;
  readonly ruleVersion: string;
  readonly state: State;
  readonly text: string;
  readonly value: string | null;
  readonly used: readonly number[];
  readonly excluded: Readonly<Record<number, string>>;
  readonly flags: readonly string[];
}

/** A reading that cannot be summarized for consensus. */
export class InvalidSummaryError extends Error {}

export function effective(reading: ReadingSummary): string {
  return reading.profusion ?? IMPUTED;
}

/** 0 (0/-) to 11 (3/+); a negative reading counts as 0/0. */
export function indexOf(reading: ReadingSummary): number {
  return PROFUSION.indexOf(effective(reading));
}

export function isComplicated(reading: ReadingSummary): boolean {
  return reading.large !== "O";
}

/** The summary of a signed canonical reading. Throws InvalidSummaryError when the reading is incomplete. */
export function summarize(reading: Reading, id: string): ReadingSummary {
  const base = { id, profusion: null, large: "O", unreadable: false, negative: false };
  if (valueAt(reading, "image_quality.grade") === "UR") return { ...base, unreadable: true };
  if (valueAt(reading, "parenchymal.any") === false) return { ...base, negative: true };
  const profusion = valueAt(reading, "parenchymal.profusion");
  const large = valueAt(reading, "parenchymal.large");
  if (typeof profusion !== "string" || typeof large !== "string") {
    throw new InvalidSummaryError(`Reading ${id}: profusion or large opacities are unanswered. Complete the reading.`);
  }
  return { ...base, profusion, large };
}

/** `NO`, `UR`, `1/1` or `1/1 A`. Throws InvalidSummaryError for anything else. */
export function parseShortNotation(text: string, id: string): ReadingSummary {
  const base = { id, profusion: null, large: "O", unreadable: false, negative: false };
  if (text === "UR") return { ...base, unreadable: true };
  if (text === "NO") return { ...base, negative: true };
  const match = /^([0-3]\/[0-3+-])(?:,? *([OABC]))?$/.exec(text);
  if (match === null || !PROFUSION.includes(match[1] as string)) {
    throw new InvalidSummaryError(`Reading ${id}: ${text} came; expected NO, UR, a profusion like 1/1, or 1/1 A.`);
  }
  return { ...base, profusion: match[1] as string, large: match[2] ?? "O" };
}

/** Index -> reason for every unreadable reading. */
export function unreadableOf(readings: readonly ReadingSummary[]): Record<number, string> {
  const entries = readings.map((reading, place) => [place, reading] as const).filter(([, reading]) => reading.unreadable);
  return Object.fromEntries(entries.map(([place]) => [place, UNREADABLE]));
}
