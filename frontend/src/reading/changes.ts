/** Differences between two readings, field by field. Pure. */
import { complete, fieldsOf, prune, put, type Answer, type Draft, type Reading, type Scheme, type Settings } from '../scheme/index.ts';

/** One answered field: its value, and the value that the reader saw before. null means unanswered. */
export interface Change {
  readonly path: string;
  readonly value: Answer;
  readonly base: Answer;
}

export interface Rules {
  readonly scheme: Scheme;
  readonly settings: Settings;
}

/** The server fills this block when the reading is signed. */
const SERVER_BLOCK = 'reader.';

export function answerAt(reading: Reading, path: string): Answer {
  let node: unknown = reading;
  for (const step of path.split('.')) {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return null;
    node = (node as Record<string, unknown>)[step];
  }
  return (node ?? null) as Answer;
}

export function sameAnswer(one: Answer, other: Answer): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function editablePaths(scheme: Scheme): string[] {
  return fieldsOf(scheme).map((field) => field.path).filter((path) => !path.startsWith(SERVER_BLOCK));
}

export function difference(scheme: Scheme, before: Reading, after: Reading): Change[] {
  return editablePaths(scheme)
    .map((path) => ({ path, value: answerAt(after, path), base: answerAt(before, path) }))
    .filter(({ value, base }) => !sameAnswer(value, base));
}

/** A copy with the answers put in and every answer dropped whose field they hide. */
export function withAnswers({ scheme, settings }: Rules, reading: Reading, answers: Readonly<Record<string, Answer>>): Draft {
  const next = complete(scheme, reading);
  for (const [path, value] of Object.entries(answers)) put(next, path, value);
  return prune(scheme, next, settings);
}

/** Codes of a multiple choice in the order of the form, so that equal answers are equal lists. */
export function inFormOrder<T>(order: readonly T[], chosen: readonly T[]): T[] {
  return order.filter((code) => chosen.includes(code));
}
