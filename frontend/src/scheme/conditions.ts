/** Evaluates the conditions of a scheme; the twin of annotator/domain/conditions.py, held together by shared vectors. */

import type { Condition, Reading, Settings } from "./types.ts";

export interface Context {
  readonly reading: Reading;
  readonly settings: Settings;
}

type Node = { readonly [key: string]: unknown };

// Spelled out because trim() and Python's strip() disagree on some characters.
const NOT_BLANK = /[^ \t\n\r\u00a0\u3000]/;

export function isGroup(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, or null where a step is unanswered. */
export function valueAt(reading: Reading, path: string): unknown {
  let node: unknown = reading;
  for (const step of path.split(".")) {
    if (!isGroup(node) || !Object.hasOwn(node, step)) return null;
    node = node[step];
  }
  return node ?? null;
}

/** A group is answered when each of its fields is; a text when it is not blank; O and [] are answers. */
export function isAnswered(value: unknown): boolean {
  if (isGroup(value)) return Object.values(value).every(isAnswered);
  if (typeof value === "string") return NOT_BLANK.test(value);
  return value !== null && value !== undefined;
}

export function isUnanswered(value: unknown): boolean {
  return isGroup(value) ? Object.values(value).every(isUnanswered) : !isAnswered(value);
}

/** Nothing positive: unanswered, no option marked, or extent and width O. */
export function isEmpty(value: unknown): boolean {
  if (isGroup(value)) return Object.values(value).every(isEmpty);
  if (Array.isArray(value)) return value.length === 0;
  return !isAnswered(value) || value === 0;
}

/** Whether the condition is true of the context; a comparison with an unanswered value is false. */
export function holds(condition: Condition, context: Context): boolean {
  if (typeof condition === "boolean") return condition;
  const entries = Object.entries(condition);
  const [operator, operands] = entries[0] ?? ["nothing", null];
  if (entries.length !== 1) throw new Error(`A condition has one operator, but ${JSON.stringify(condition)} came.`);
  const logical = LOGICAL[operator];
  if (logical !== undefined) return logical(operands, context);
  const unary = UNARY[operator];
  if (unary !== undefined) return unary(left(operands, context));
  const binary = BINARY[operator];
  if (binary === undefined) throw new Error(`Unknown operator ${operator}.`);
  const pair = operands as readonly unknown[];
  return binary(left(pair[0], context), right(pair[1], context));
}

function left(node: unknown, context: Context): unknown {
  return typeof node === "string" ? valueAt(context.reading, node) : right(node, context);
}

function right(node: unknown, context: Context): unknown {
  if (!isGroup(node)) return node;
  if (typeof node.path === "string") return valueAt(context.reading, node.path);
  if (typeof node.setting === "string") return context.settings[node.setting] ?? null;
  if (Array.isArray(node.first)) {
    return node.first.map((part: unknown) => right(part, context)).find((value) => value !== null) ?? null;
  }
  throw new Error(`An operand names path, setting or first, but ${JSON.stringify(node)} came.`);
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function compared(test: (a: string | number, b: string | number) => boolean): (a: unknown, b: unknown) => boolean {
  return (a, b) => a !== null && b !== null && test(a as string | number, b as string | number);
}

type Conditions = readonly Condition[];

const LOGICAL: Readonly<Record<string, (operands: unknown, context: Context) => boolean>> = {
  all: (parts, context) => (parts as Conditions).every((part) => holds(part, context)),
  any: (parts, context) => (parts as Conditions).some((part) => holds(part, context)),
  not: (part, context) => !holds(part as Condition, context),
  implies: (parts, context) => {
    const [premise, conclusion] = parts as [Condition, Condition];
    return !holds(premise, context) || holds(conclusion, context);
  },
  iff: (parts, context) => {
    const [one, other] = parts as [Condition, Condition];
    return holds(one, context) === holds(other, context);
  },
};

const UNARY: Readonly<Record<string, (value: unknown) => boolean>> = {
  answered: isAnswered,
  unanswered: isUnanswered,
  empty: isEmpty,
};

const BINARY: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  eq: (a, b) => a !== null && a === b,
  in: (a, b) => a !== null && items(b).includes(a),
  has: (a, b) => items(a).includes(b),
  has_any: (a, b) => items(b).some((item) => items(a).includes(item)),
  subset: (a, b) => items(a).every((item) => items(b).includes(item)),
  lt: compared((a, b) => a < b),
  le: compared((a, b) => a <= b),
  gt: compared((a, b) => a > b),
  ge: compared((a, b) => a >= b),
};
