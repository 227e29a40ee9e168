/** Which typed keys stand for which answer of a field. Pure. */
import type { Code, Field } from '../scheme/index.ts';

/** "none" is the answer O of a field that can be answered with no side at all. */
export type Typed = { readonly code: Code | boolean } | { readonly none: true };

/** The numeric pad as the film lies on it: the patient's right lung on the left side. */
const ZONE_KEYS: Readonly<Record<string, string>> = { 7: 'RU', 9: 'LU', 4: 'RM', 6: 'LM', 1: 'RL', 3: 'LL' };
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export function keysOf(field: Field): Map<string, Typed> {
  if (field.type === 'bool') return new Map<string, Typed>([['y', { code: true }], ['n', { code: false }]]);
  const codes = (field.options ?? []).map((option) => option.code);
  if (codes.includes('RU')) return new Map(Object.entries(ZONE_KEYS).map(([key, code]) => [key, { code }]));
  const keys = new Map(codes.map((code, index): [string, Typed] => [keyOf(code, index), { code }]));
  if (field.type === 'multi' && codes.includes('R')) keys.set('o', { none: true });
  if (codes.includes(0)) keys.set('o', { code: 0 });
  return keys;
}

/** The code as it is spoken: 1/1 is 11, U/R is u; a long word gets the letter of its place in the list. */
function keyOf(code: Code, index: number): string {
  if (code === 'UR') return 'u';
  const spoken = String(code).replace('/', '').toLowerCase();
  return spoken.length <= 2 ? spoken : LETTERS.charAt(index);
}

export type Match = { readonly kind: 'hit'; readonly typed: Typed } | { readonly kind: 'pending' } | { readonly kind: 'none' };

/** Collects keys until they name one answer; a key that fits nothing starts anew. */
export class KeyBuffer {
  #typed = '';

  get text(): string {
    return this.#typed;
  }

  clear(): void {
    this.#typed = '';
  }

  type(key: string, keys: ReadonlyMap<string, Typed>): Match {
    if (key === '/' && this.#typed !== '') return { kind: 'pending' };
    for (const candidate of [this.#typed + key.toLowerCase(), key.toLowerCase()]) {
      const longer = [...keys.keys()].some((name) => name.length > candidate.length && name.startsWith(candidate));
      const typed = keys.get(candidate);
      if (typed && !longer) {
        this.clear();
        return { kind: 'hit', typed };
      }
      if (longer) {
        this.#typed = candidate;
        return { kind: 'pending' };
      }
    }
    this.clear();
    return { kind: 'none' };
  }
}

export type Command =
  | 'undo' | 'redo' | 'sign' | 'help' | 'zone' | 'normal' | 'next' | 'previous' | 'clear' | 'rest_none' | 'defer';

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Commands with Ctrl and the function keys work everywhere, also in a text field. */
export function globalCommand({ key, ctrlKey, shiftKey, altKey }: Press): Command | null {
  if (altKey) return null;
  if (!ctrlKey) return key === 'F6' ? 'zone' : null;
  if (key === 'Enter') return 'sign';
  if (key === 'ArrowDown') return 'defer';
  if (key.toLowerCase() === 'z') return shiftKey ? 'redo' : 'undo';
  return key.toLowerCase() === 'y' ? 'redo' : null;
}

/** Single keys of the FORM zone that are not codes. */
export function formCommand({ key, shiftKey }: Press): Command | null {
  if (key === 'Enter') return shiftKey ? 'previous' : 'next';
  const commands: Readonly<Record<string, Command>> = { Escape: 'zone', '?': 'help', '.': 'normal', Backspace: 'clear', Delete: 'clear', '/': 'rest_none' };
  return commands[key] ?? null;
}

/** Single keys of the FILM zone, as in OHIF; the name is a film action. */
export function filmAction(key: string): string | null {
  const actions: Readonly<Record<string, string>> = {
    i: 'invert', h: 'flip', r: 'rotate', ' ': 'reset', f: 'fit', '+': 'zoom_in', '-': 'zoom_out', '=': 'fit',
    l: 'tool:length', m: 'tool:magnify', w: 'tool:window', p: 'tool:pan',
    1: 'preset:as_sent', 2: 'preset:soft', 3: 'preset:hard', 4: 'preset:bright', 5: 'preset:full',
  };
  return actions[key.toLowerCase()] ?? null;
}
