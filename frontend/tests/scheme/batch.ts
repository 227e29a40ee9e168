/** Answers many readings at once over stdin and stdout, for the comparison with the Python engine. */

import { readFileSync } from "node:fs";

import { parseShortNotation, RULES } from "../../src/scheme/consensus.ts";
import { missingItems, prune, validate, visiblePaths } from "../../src/scheme/engine.ts";
import type { Language, Scheme, Settings } from "../../src/scheme/types.ts";

interface Input {
  scheme: Scheme;
  language: Language;
  cases: { reading: unknown; settings: Settings }[];
  panels: string[][];
}

const input = JSON.parse(readFileSync(0, "utf8")) as Input;

function answer({ reading, settings }: Input["cases"][number]): unknown {
  const outcome = validate(input.scheme, reading, settings, input.language);
  if (outcome.errors.some((finding) => finding.rule === "S1")) return { outcome };
  return {
    outcome,
    visible: visiblePaths(input.scheme, reading, settings),
    pruned: prune(input.scheme, reading, settings),
    missing: missingItems(input.scheme, reading, settings, input.language),
  };
}

const panels = input.panels.map((texts) => {
  const readings = texts.map((text, place) => parseShortNotation(text, String(place)));
  return Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, rule(readings)]));
});

process.stdout.write(JSON.stringify({ cases: input.cases.map(answer), panels }));
