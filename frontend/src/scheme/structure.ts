/** The shape of a reading (pseudo rule S1); the twin of annotator/domain/structure.py. */

import { isGroup } from "./conditions.ts";
import { fieldsOf } from "./types.ts";
import type { Answer, Code, Field, Reading, Scheme } from "./types.ts";

export type Draft = { [key: string]: Answer | Draft };

export interface Fault {
  readonly path: string;
  readonly text: string;
}

/** A reading that holds something which the scheme does not know. */
export class MisshapenReadingError extends Error {}

/** A reading with every field present and unanswered (null). */
export function blankReading(scheme: Scheme): Draft {
  const reading: Draft = {};
  for (const field of fieldsOf(scheme)) put(reading, field.path, null);
  return reading;
}

/** Sets the value at a dotted path, making the groups on the way. */
export function put(reading: Draft, path: string, value: Answer): void {
  const steps = path.split(".");
  const last = steps.pop() as string;
  let node = reading;
  for (const step of steps) {
    node[step] ??= {};
    node = node[step] as Draft;
  }
  node[last] = value;
}

/** Each unknown field, wrong type or unknown option; empty for a well-shaped reading. */
export function faults(scheme: Scheme, reading: unknown): Fault[] {
  const fields = new Map(fieldsOf(scheme).map((field) => [field.path, field]));
  return walk(fields, blankReading(scheme), reading, "");
}

/** A copy with every field present, null where the reading says nothing. Throws MisshapenReadingError. */
export function complete(scheme: Scheme, reading: unknown): Draft {
  const found = faults(scheme, reading);
  if (found.length > 0) throw new MisshapenReadingError(found.map((fault) => fault.text).join(" "));
  return fill(blankReading(scheme), reading as Reading);
}

function fill(blank: Draft, reading: Reading): Draft {
  for (const [key, value] of Object.entries(reading)) {
    const slot = blank[key];
    if (isGroup(slot)) fill(slot as Draft, (value ?? {}) as Reading);
    else blank[key] = structuredClone(value) as Answer;
  }
  return blank;
}

function walk(fields: ReadonlyMap<string, Field>, shape: Answer | Draft, value: unknown, path: string): Fault[] {
  if (!isGroup(shape)) {
    const wanted = value === null || value === undefined ? null : problem(fields.get(path) as Field, value);
    return wanted === null ? [] : [{ path, text: `${path}: expected ${wanted}, but ${shown(value)} came.` }];
  }
  if ((value === null || value === undefined) && path !== "") return [];
  const names = Object.keys(shape).join(", ");
  if (!isGroup(value)) {
    const place = path === "" ? "the reading" : path;
    return [{ path, text: `${place}: expected a mapping of ${names}, but ${shown(value)} came.` }];
  }
  return Object.entries(value).flatMap(([key, part]) => {
    const place = path === "" ? key : `${path}.${key}`;
    if (Object.hasOwn(shape, key)) return walk(fields, shape[key] as Answer | Draft, part, place);
    return [{ path: place, text: `${place}: unknown field; expected one of ${names}. Correct or remove it.` }];
  });
}

/** What was expected, when the value is not it. */
function problem(field: Field, value: unknown): string | null {
  if (field.type === "bool") return typeof value === "boolean" ? null : "true or false";
  if (field.type === "text") return textProblem(value, field.max_length);
  if (field.type === "date") return isDate(value) ? null : "a date YYYY-MM-DD";
  const codes = (field.options ?? []).map((option) => option.code);
  if (field.type === "multi") return multiProblem(value, codes);
  return codes.includes(value as Code) ? null : `one of ${codes.join(", ")}`;
}

function textProblem(value: unknown, longest: number | undefined): string | null {
  if (typeof value !== "string") return "a text";
  return longest !== undefined && [...value].length > longest ? `at most ${longest} characters` : null;
}

function multiProblem(value: unknown, codes: readonly Code[]): string | null {
  const fits =
    Array.isArray(value) && value.every((item) => codes.includes(item as Code)) && new Set(value).size === value.length;
  return fits ? null : `a list of different codes out of ${codes.join(", ")}`;
}

/** Whether the value is a real day as YYYY-MM-DD. */
export function isDate(value: unknown): boolean {
  if (typeof value !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) || value.startsWith("0000")) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
