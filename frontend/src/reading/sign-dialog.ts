/** Asks for the warnings to be confirmed and the password, signs, and says in words why it did not work. */
import { HttpError, NetworkError } from '../lib/http.ts';
import { word } from '../lib/words.ts';
import type { Finding } from '../scheme/index.ts';
import { dialog } from './dialogs.ts';
import { signReading, type FindingBody, type SignedBody } from './transport.ts';

export interface SignPorts {
  url: string;
  revision(): number;
  onSigned(body: SignedBody): void;
}

export class SignDialog {
  readonly #element = dialog('sign-dialog');
  readonly #ports: SignPorts;

  constructor(ports: SignPorts) {
    this.#ports = ports;
    this.#element.querySelector('form')?.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  open(summary: readonly string[][], warnings: readonly Pick<Finding, 'rule' | 'text'>[]): void {
    this.#part('[data-sign-summary]').replaceChildren(...summary.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
    this.#password().value = '';
    this.#say([]);
    this.#ask(warnings);
    this.#element.showModal();
    (this.#element.querySelector<HTMLInputElement>('[data-warning]') ?? this.#password()).focus();
  }

  #ask(warnings: readonly FindingBody[]): void {
    const box = this.#part('[data-sign-warnings]');
    box.hidden = warnings.length === 0;
    box.querySelector('ul')?.replaceChildren(...warnings.map(warningItem));
  }

  async #submit(): Promise<void> {
    const boxes = [...this.#element.querySelectorAll<HTMLInputElement>('[data-warning]')];
    const acknowledged = boxes.filter((box) => box.checked).map((box) => box.dataset.warning as string);
    const button = this.#element.querySelector<HTMLButtonElement>('[type="submit"]');
    if (button) button.disabled = true;
    try {
      this.#ports.onSigned(await signReading(this.#ports.url, this.#ports.revision(), this.#password().value, acknowledged));
    } catch (error) {
      this.#explain(error);
    } finally {
      if (button) button.disabled = false;
    }
  }

  #explain(error: unknown): void {
    if (error instanceof NetworkError) return this.#say([word('network')]);
    if (!(error instanceof HttpError)) throw error;
    if (error.status === 412) return this.#say([word('moved')]);
    const errors = (error.body.errors ?? []) as FindingBody[];
    const warnings = (error.body.warnings ?? []) as FindingBody[];
    if (warnings.length > 0) this.#ask(warnings);
    this.#say([error.message, ...errors.map(({ rule, text }) => `${rule}: ${text}`)]);
    if (error.status === 403) this.#password().select();
  }

  #say(lines: readonly string[]): void {
    const box = this.#part('[data-sign-error]');
    box.hidden = lines.length === 0;
    box.replaceChildren(...lines.map((line) => element('p', line)));
  }

  #password(): HTMLInputElement {
    return this.#element.querySelector('input[type="password"]') as HTMLInputElement;
  }

  #part(selector: string): HTMLElement {
    return this.#element.querySelector(selector) as HTMLElement;
  }
}

function warningItem({ rule, text }: FindingBody): HTMLLIElement {
  const item = document.createElement('li');
  const label = document.createElement('label');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
  box.dataset.warning = rule;
  label.append(box, ` ${rule}: ${text}`);
  item.append(label);
  return item;
}

function element(tag: string, text = ''): HTMLElement {
  return Object.assign(document.createElement(tag), { textContent: text });
}
