/** The foot and the bar: what is missing or wrong, what the active field's keys are, whether all is saved. */
import { word } from '../lib/words.ts';
import type { Field, MissingItem } from '../scheme/index.ts';
import { keysOf } from './keys.ts';
import type { QueueState } from './queue.ts';

const MARKS: Readonly<Record<QueueState, string>> = { saved: '✓', saving: '…', waiting: '⚠', conflict: '⇄', refused: '✕' };

export interface Verdict {
  missing: readonly MissingItem[];
  errors: readonly { rule: string; text: string }[];
  warnings: readonly { rule: string; text: string }[];
  summary: string;
}

export class StatusView {
  showVerdict({ missing, errors, warnings, summary }: Verdict, jump: (path: string) => void): void {
    const box = document.querySelector<HTMLElement>('[data-state]');
    if (!box) return;
    box.dataset.complete = String(missing.length === 0 && errors.length === 0);
    const head = missing.length > 0 ? word('missing', { count: String(missing.length) }) : errors.length === 0 ? `✓ ${word('complete')}` : '';
    const lines = [...errors.map((each) => line('error', `✕ ${each.rule} ${each.text}`)), ...warnings.map((each) => line('warning', `! ${each.rule} ${each.text}`))];
    const first = Object.assign(document.createElement('p'), { className: 'foot__head', textContent: [head, summary].filter(Boolean).join('  ·  ') });
    box.replaceChildren(first, ...missing.slice(0, 1).map((item) => jumpButton(item, jump)), ...lines);
  }

  showHint(label: string, field: Field | null, typed: string): void {
    const hint = document.querySelector('[data-hint]');
    if (!hint) return;
    const keys = field ? [...keysOf(field).keys()] : [];
    const shown = keys.length > 0 && keys.length <= 12 ? `${word('keys')} ${keys.join(' ')}` : '';
    hint.textContent = [label, typed ? `${typed}_` : shown].filter(Boolean).join('  ·  ');
  }

  showSave(state: QueueState, detail: { savedAt?: string; text?: string }): void {
    const output = document.querySelector<HTMLElement>('[data-save-state]');
    if (!output) return;
    const time = detail.savedAt ? new Date(detail.savedAt).toLocaleTimeString([], { hourCycle: 'h23' }) : '';
    output.dataset.saveState = state;
    output.textContent = `${MARKS[state]} ${word(state, { time, text: detail.text ?? '' })}`;
  }

  showZone(zone: 'form' | 'film'): void {
    document.body.dataset.zone = zone;
  }
}

function line(kind: 'error' | 'warning', text: string): HTMLElement {
  return Object.assign(document.createElement('p'), { className: `foot__${kind}`, textContent: text });
}

function jumpButton({ path, text }: MissingItem, jump: (path: string) => void): HTMLElement {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'foot__missing', textContent: text });
  button.addEventListener('click', () => jump(path));
  return button;
}
