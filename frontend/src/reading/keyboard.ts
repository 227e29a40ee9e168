/** Turns key presses into answers and commands, in the FORM or the FILM zone. */
import type { Answer, Code, Field } from '../scheme/index.ts';
import { inFormOrder } from './changes.ts';
import { filmAction, formCommand, globalCommand, KeyBuffer, keysOf, type Command, type Typed } from './keys.ts';

const SINGLE_KEYS_OFF = 'pneumoscope.reading.single-keys-off';

export type Zone = 'form' | 'film';

export interface KeyboardPorts {
  run(command: Command): void;
  film(action: string): void;
  activeField(): Field | null;
  answerOf(path: string): Answer;
  /** `advance` says that the field is answered for good and the next one may take over. */
  answer(path: string, value: Answer, advance: boolean): void;
  typed(text: string): void;
}

/** WCAG 2.1.4: single keys can be turned off; those with Ctrl stay. */
export function singleKeysOn(): boolean {
  return localStorage.getItem(SINGLE_KEYS_OFF) === null;
}

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(SINGLE_KEYS_OFF);
  else localStorage.setItem(SINGLE_KEYS_OFF, '1');
}

export class Keyboard {
  readonly #ports: KeyboardPorts;
  readonly #buffer = new KeyBuffer();
  zone: Zone = 'form';

  constructor(ports: KeyboardPorts) {
    this.#ports = ports;
    // While capturing: the film's element keeps the keys that it is given after a click.
    document.addEventListener('keydown', (event) => this.#press(event), { capture: true });
  }

  clear(): void {
    this.#buffer.clear();
    this.#ports.typed('');
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    if (isText(event.target) && !leavesText(event)) return;
    const command = globalCommand({ ...pressOf(event), ctrlKey: event.ctrlKey || event.metaKey });
    const handled = command ? this.#command(command) : this.#single(event);
    if (handled) event.preventDefault();
  }

  #single(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn()) return false;
    if (isButton(event.target) && (event.key === 'Enter' || event.key === ' ')) return false;
    if (event.key === 'Escape') return this.#command('zone');
    if (event.key === '?') return this.#command('help');
    return this.zone === 'film' ? this.#film(event.key) : this.#form(event);
  }

  #film(key: string): boolean {
    const action = filmAction(key);
    if (action) this.#ports.film(action);
    return action !== null;
  }

  #form(event: KeyboardEvent): boolean {
    const field = this.#ports.activeField();
    if (event.key === '/' && this.#buffer.text !== '') return true;
    const command = formCommand(pressOf(event));
    if (command) return this.#command(command);
    if (!field || event.key.length !== 1 || event.key === ' ') return false;
    const match = this.#buffer.type(event.key, keysOf(field));
    this.#ports.typed(this.#buffer.text);
    if (match.kind === 'hit') this.#answer(field, match.typed);
    return match.kind !== 'none';
  }

  #command(command: Command): boolean {
    this.clear();
    this.#ports.run(command);
    return true;
  }

  #answer(field: Field, typed: Typed): void {
    if ('none' in typed) this.#ports.answer(field.path, [], true);
    else if (field.type === 'multi') this.#ports.answer(field.path, this.#toggled(field, typed.code as Code), false);
    else this.#ports.answer(field.path, typed.code, true);
  }

  #toggled(field: Field, code: Code): Answer {
    const answer = this.#ports.answerOf(field.path);
    const before = Array.isArray(answer) ? (answer as Code[]) : [];
    const after = before.includes(code) ? before.filter((each) => each !== code) : [...before, code];
    return after.length === 0 ? null : inFormOrder((field.options ?? []).map((option) => option.code), after);
  }
}

function pressOf({ key, ctrlKey, shiftKey, altKey }: KeyboardEvent) {
  return { key, ctrlKey, shiftKey, altKey };
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !['radio', 'checkbox'].includes(target.type));
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, summary') !== null;
}

/** Keys that leave a text field; Ctrl+Z stays the text's own, and Enter makes a new line only where there is room for one. */
function leavesText(event: KeyboardEvent): boolean {
  const withCtrl = (event.ctrlKey || event.metaKey) && ['Enter', 'ArrowDown'].includes(event.key);
  const oneLine = event.target instanceof HTMLInputElement && event.key === 'Enter';
  return withCtrl || oneLine || event.key === 'F6' || event.key === 'Escape';
}
