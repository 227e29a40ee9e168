/** The page's dialogs: open, close, and the questions that they ask. */
import { word } from '../lib/words.ts';
import type { Answer } from '../scheme/index.ts';
import type { Conflict } from './queue.ts';

export function dialog(id: string): HTMLDialogElement {
  const element = document.getElementById(id);
  if (!(element instanceof HTMLDialogElement)) throw new Error(`The page has no dialog "${id}".`);
  return element;
}

export function wireCloseButtons(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest('[data-close]');
    button?.closest('dialog')?.close();
  });
}

export function answerWords(answer: Answer): string {
  if (answer === null) return word('unanswered');
  if (typeof answer === 'boolean') return word(answer ? 'yes' : 'no');
  if (Array.isArray(answer)) return answer.length === 0 ? word('none') : answer.join(', ');
  return String(answer);
}

/** Shows both values of each field; the dialog cannot be left without a choice. */
export function askConflict(conflicts: readonly Conflict[], label: (path: string) => string): Promise<'mine' | 'theirs'> {
  const element = dialog('conflict-dialog');
  const rows = conflicts.map(({ path, mine, theirs }) => row([label(path), answerWords(mine), answerWords(theirs)]));
  element.querySelector('tbody')?.replaceChildren(...rows);
  element.addEventListener('cancel', (event) => event.preventDefault());
  element.showModal();
  return new Promise((resolve) => {
    element.addEventListener('close', () => resolve(element.returnValue === 'theirs' ? 'theirs' : 'mine'), { once: true });
  });
}

function row(texts: string[]): HTMLTableRowElement {
  const line = document.createElement('tr');
  texts.forEach((text, index) => {
    const cell: HTMLTableCellElement = document.createElement(index === 0 ? 'th' : 'td');
    if (index === 0) cell.scope = 'row';
    cell.textContent = text;
    line.append(cell);
  });
  return line;
}
