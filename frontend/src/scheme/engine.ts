/** Executes a scheme on a reading: rules, skip logic, missing items. The twin of annotator/domain/engine.py and missing.py. */

import { holds, isAnswered, isEmpty, valueAt } from "./conditions.ts";
import type { Context } from "./conditions.ts";
import { derive } from "./derived.ts";
import { blankReading, complete, faults, isDate, put } from "./structure.ts";
import type { Draft } from "./structure.ts";
import { fieldsOf } from "./types.ts";
import type { Field, Finding, Language, MissingItem, Outcome, Rule, Scheme, Settings } from "./types.ts";

export const STRUCTURE = "S1";

/** A setting that the scheme does not have, or a value that it does not allow. */
export class UnknownSettingError extends Error {}

/** Every rule of the scheme on one reading; a reading of the wrong shape gives only S1 errors. */
export function validate(scheme: Scheme, reading: unknown, settings: Settings = {}, language: Language = "en"): Outcome {
  const chosen = resolveSettings(scheme, settings);
  const found = faults(scheme, reading);
  if (found.length > 0) {
    const errors = found.map(({ path, text }): Finding => ({ rule: STRUCTURE, severity: "E", text, paths: [path] }));
    return { errors, warnings: [], derived: {} };
  }
  const full = complete(scheme, reading);
  const context = { reading: full, settings: chosen };
  const findings = scheme.rules.map((rule) => apply(rule, context, language)).filter((finding) => finding !== null);
  return {
    errors: findings.filter((finding) => finding.severity === "E"),
    warnings: findings.filter((finding) => finding.severity === "W"),
    derived: derive(scheme, full),
  };
}

/** The defaults of the scheme with the given values over them. */
export function resolveSettings(scheme: Scheme, settings: Settings = {}): Settings {
  const defaults = Object.entries(scheme.settings).map(([name, setting]) => [name, setting.default] as const);
  for (const [name, value] of Object.entries(settings)) {
    const known = Object.hasOwn(scheme.settings, name) ? scheme.settings[name] : undefined;
    if (known === undefined) throw new UnknownSettingError(`${scheme.id} has no setting ${name}.`);
    if (known.choices !== undefined && !known.choices.includes(value as string | boolean)) {
      throw new UnknownSettingError(`The setting ${name} got ${value}, but allows ${known.choices.join(", ")}.`);
    }
    if (known.type === "date" && value !== null && !isDate(value)) {
      throw new UnknownSettingError(`The setting ${name} got ${value}, but expects a date YYYY-MM-DD.`);
    }
  }
  return { ...Object.fromEntries(defaults), ...settings };
}

/** The fields that the form shows for this reading, in the order of the form. */
export function visiblePaths(scheme: Scheme, reading: unknown, settings: Settings = {}): string[] {
  return visible(scheme, contextOf(scheme, reading, settings));
}

/** A complete copy in which hidden fields are unanswered, repeated until nothing changes. */
export function prune(scheme: Scheme, reading: unknown, settings: Settings = {}): Draft {
  const full = complete(scheme, reading);
  const context = { reading: full, settings: resolveSettings(scheme, settings) };
  for (;;) {
    const shown = new Set(visible(scheme, context));
    const hidden = fieldsOf(scheme).filter(({ path }) => !shown.has(path) && valueAt(full, path) !== null);
    if (hidden.length === 0) return full;
    for (const { path } of hidden) put(full, path, null);
  }
}

/** The reading of a normal film of good quality, reader block still unanswered. */
export function normalFilm(scheme: Scheme): Draft {
  const reading = blankReading(scheme);
  for (const [path, value] of Object.entries(scheme.normal_film)) put(reading, path, value);
  return reading;
}

/** The required, visible, unanswered fields in words, in the order of the form. */
export function missingItems(
  scheme: Scheme, reading: unknown, settings: Settings = {}, language: Language = "en",
): MissingItem[] {
  const context = contextOf(scheme, reading, settings);
  const shown = new Set(visible(scheme, context));
  return fieldsOf(scheme)
    .filter((field) => shown.has(field.path) && isMissing(field, context))
    .map((field) => ({ path: field.path, text: words(field, language) }));
}

function contextOf(scheme: Scheme, reading: unknown, settings: Settings): Context {
  return { reading: complete(scheme, reading), settings: resolveSettings(scheme, settings) };
}

function apply(rule: Rule, context: Context, language: Language): Finding | null {
  if (!holds(rule.when ?? true, context)) return null;
  const broken = rule.checks.filter((check) => !holds(check.require, context));
  if (broken.length === 0) return null;
  const paths = [...new Set(broken.flatMap((check) => check.paths))];
  return { rule: rule.id, severity: rule.severity, text: rule.text[language], paths };
}

function visible(scheme: Scheme, context: Context): string[] {
  return scheme.sections
    .filter((section) => holds(section.visible_if ?? true, context))
    .flatMap((section) => section.fields.filter((field) => holds(field.visible_if ?? true, context)))
    .map((field) => field.path);
}

function isMissing(field: Field, context: Context): boolean {
  if (!holds(field.required_if ?? false, context)) return false;
  const value = valueAt(context.reading, field.path);
  return field.at_least_one === true ? isEmpty(value) : !isAnswered(value);
}

function words(field: Field, language: Language): string {
  const item = [field.number, field.label[language]].filter((part) => part !== undefined).join(" ");
  if (field.at_least_one === true) return language === "en" ? `${item}: mark at least one` : `${item}:1つ以上選択してください`;
  return language === "en" ? `${item}: not answered` : `${item}:未回答です`;
}
