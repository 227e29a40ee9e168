/** 42 CFR 37.53; the twin of annotator/domain/consensus/niosh.py, where the decisions are explained. */

import { effective, indexOf, isComplicated, LARGE, PROFUSION, unreadableOf } from "./summary.ts";
import type { ConsensusOutcome, ReadingSummary, State } from "./summary.ts";

export const RULE_ID = "niosh_42cfr37_53";
export const RULE_VERSION = "1.0.0";
const NOT_NEEDED = "came after the rule had settled the case";
const NOT_IN_PAIR = "not of the pair that agrees";

type Readings = readonly ReadingSummary[];
type Excluded = Record<number, string>;
type Pair = readonly [number, number];

const STAGES: readonly (readonly [wanted: number, request: State])[] = [
  [2, "PENDING"], [3, "REQUEST_THIRD"], [5, "REQUEST_TWO_MORE"],
];

/** Whether two readable readings agree; the one exception is 0/1 against 1/0. */
export function agree(first: ReadingSummary, second: ReadingSummary): boolean {
  if (isComplicated(first) || isComplicated(second)) return isComplicated(first) && isComplicated(second);
  const [a, b] = [indexOf(first), indexOf(second)];
  const border = [effective(first), effective(second)].sort().join(" ");
  if (border === "0/1 1/0") return false;
  return Math.floor(a / 3) === Math.floor(b / 3) || Math.abs(a - b) <= 1;
}

/** The outcome of the readings in the order received. */
export function niosh42Cfr3753(readings: Readings): ConsensusOutcome {
  const usable = readings.flatMap((reading, place) => (reading.unreadable ? [] : [place]));
  const excluded = unreadableOf(readings);
  if (readings.slice(0, 3).filter((reading) => reading.unreadable).length >= 2) return open("UNCLASSIFIABLE", excluded);
  let settled = 0;
  for (const [wanted, request] of STAGES) {
    if (usable.length < wanted) return open(waiting(readings, usable, settled, request), excluded);
    const pair = wanted < 5 ? closestPair(readings, usable.slice(0, wanted)) : null;
    if (pair !== null) return final(readings, usable, excluded, pair, usable[wanted - 1] as number);
    settled = wanted;
  }
  return median(readings, usable, excluded);
}

function waiting(readings: Readings, usable: readonly number[], settled: number, request: State): State {
  const fresh = readings.slice(settled > 0 ? (usable[settled - 1] as number) + 1 : 0);
  if (fresh.some((reading) => reading.unreadable)) return "REQUEST_REPLACEMENT";
  return fresh.length > 0 ? "PENDING" : request;
}

function closestPair(readings: Readings, places: readonly number[]): Pair | null {
  let best: Pair | null = null;
  for (const [position, first] of places.entries()) {
    for (const second of places.slice(position + 1)) {
      const pair: Pair = [first, second];
      if (!agree(at(readings, first), at(readings, second))) continue;
      if (best === null || isCloser(preference(readings, pair), preference(readings, best))) best = pair;
    }
  }
  return best;
}

function preference(readings: Readings, [first, second]: Pair): Pair {
  const [a, b] = [indexOf(at(readings, first)), indexOf(at(readings, second))];
  return [Math.abs(a - b), -Math.max(a, b)];
}

function isCloser(one: Pair, other: Pair): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}

function final(
  readings: Readings, usable: readonly number[], unreadable: Excluded, used: Pair, last: number,
): ConsensusOutcome {
  const pair = used.map((place) => at(readings, place));
  const simple = !isComplicated(at(readings, used[0]));
  const scale = simple ? PROFUSION : LARGE;
  const codes = pair.map((reading) => (simple ? effective(reading) : reading.large));
  const value = scale[Math.max(...codes.map((code) => scale.indexOf(code)))] as string;
  const excluded: Excluded = { ...unreadable };
  for (const place of usable) if (!used.includes(place)) excluded[place] = place <= last ? NOT_IN_PAIR : NOT_NEEDED;
  return closed(value, used, excluded, !simple && codes[0] !== codes[1] ? ["letters_differ"] : [], pair);
}

function median(readings: Readings, usable: readonly number[], unreadable: Excluded): ConsensusOutcome {
  const scale = [...PROFUSION, ...LARGE.slice(1)];
  const used = usable.slice(0, 5);
  const five = used.map((place) => at(readings, place));
  const ranks = five.map((reading) => scale.indexOf(isComplicated(reading) ? reading.large : effective(reading)));
  ranks.sort((a, b) => a - b);
  const excluded: Excluded = { ...unreadable };
  for (const place of usable.slice(5)) excluded[place] = NOT_NEEDED;
  return closed(scale[ranks[2] as number] as string, used, excluded, ["median_of_five"], five);
}

function at(readings: Readings, place: number): ReadingSummary {
  return readings[place] as ReadingSummary;
}

function open(state: State, excluded: Excluded): ConsensusOutcome {
  return { rule: RULE_ID, ruleVersion: RULE_VERSION, state, text: state, value: null, used: [], excluded, flags: [] };
}

function closed(
  value: string, used: readonly number[], excluded: Excluded, flags: readonly string[], readings: Readings,
): ConsensusOutcome {
  const imputed = readings.some((reading) => reading.negative) ? ["imputed"] : [];
  const text = `FINAL ${value}`;
  return {
    rule: RULE_ID, ruleVersion: RULE_VERSION, state: "FINAL", text, value, used, excluded, flags: [...flags, ...imputed],
  };
}
