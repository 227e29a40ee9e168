/** The data of a reading scheme, as `python -m annotator.domain export SCHEME` prints it. */

export type Language = "en" | "ja";
export type Words = Readonly<Record<Language, string>>;
export type Code = string | number;
export type Answer = null | boolean | Code | readonly Code[];
export type Reading = { readonly [key: string]: Answer | Reading };
export type Settings = Readonly<Record<string, string | boolean | null>>;
/** A JSON tree with one operator in each node; see conditions.ts. */
export type Condition = boolean | { readonly [operator: string]: unknown };

export interface Option {
  readonly code: Code;
  readonly label: Words;
  readonly group?: string;
}

export interface Field {
  readonly path: string;
  readonly type: "single" | "ordinal" | "multi" | "bool" | "text" | "date";
  readonly label: Words;
  readonly number?: string;
  readonly options?: readonly Option[];
  readonly visible_if?: Condition;
  readonly required_if?: Condition;
  readonly at_least_one?: boolean;
  readonly max_length?: number;
  readonly none_answer?: Answer;
}

export interface Section {
  readonly id: string;
  readonly label: Words;
  readonly number?: string;
  readonly visible_if?: Condition;
  readonly fields: readonly Field[];
}

export interface Check {
  readonly require: Condition;
  readonly paths: readonly string[];
}

export interface Rule {
  readonly id: string;
  readonly severity: "E" | "W";
  readonly text: Words;
  readonly when?: Condition;
  readonly checks: readonly Check[];
}

export interface Setting {
  readonly default: string | boolean | null;
  readonly choices?: readonly (string | boolean)[];
  readonly type?: "date";
}

export interface Scheme {
  readonly id: string;
  readonly version: string;
  readonly label: Words;
  readonly sections: readonly Section[];
  readonly rules: readonly Rule[];
  readonly settings: Readonly<Record<string, Setting>>;
  readonly normal_film: Readonly<Record<string, Answer>>;
}

export interface Finding {
  readonly rule: string;
  readonly severity: "E" | "W";
  readonly text: string;
  readonly paths: readonly string[];
}

export type Derived = Readonly<Record<string, string | number | boolean | null>>;

export interface Outcome {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly derived: Derived;
}

export interface MissingItem {
  readonly path: string;
  readonly text: string;
}

/** Every field of the scheme, in the order of the form. */
export function fieldsOf(scheme: Scheme): Field[] {
  return scheme.sections.flatMap((section) => section.fields);
}

/** The option codes of the field at a path, in the order of the form. */
export function codesOf(scheme: Scheme, path: string): Code[] {
  const field = fieldsOf(scheme).find((each) => each.path === path);
  return (field?.options ?? []).map((option) => option.code);
}
