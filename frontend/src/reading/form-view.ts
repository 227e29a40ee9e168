/** The form's HTML: shows a reading, reports what the reader marks, folds hidden fields, marks the active one. */
import { fieldsOf, type Answer, type Code, type Field, type Language, type Scheme } from '../scheme/index.ts';
import { inFormOrder } from './changes.ts';
import type { ReadingModel } from './model.ts';

type Control = HTMLInputElement | HTMLTextAreaElement;

/**
 * Expects `[data-field="PATH"]` around controls whose name is PATH. A checkbox with `data-none` stands for the
 * answer O: nothing on either side.
 */
export class FormView {
  readonly #form: HTMLFormElement;
  readonly #fields: Map<string, Field>;
  readonly #language: Language;
  #active: string | null = null;

  constructor(form: HTMLFormElement, scheme: Scheme, language: Language) {
    this.#form = form;
    this.#fields = new Map(fieldsOf(scheme).map((field) => [field.path, field]));
    this.#language = language;
  }

  onAnswer(report: (path: string, value: Answer) => void): void {
    this.#form.addEventListener('change', (event) => {
      const control = event.target as Control;
      if (this.#fields.has(control.name)) report(control.name, this.#read(control));
    });
    this.#form.addEventListener('submit', (event) => event.preventDefault());
  }

  onFocus(report: (path: string) => void): void {
    this.#form.addEventListener('focusin', (event) => {
      const path = (event.target as HTMLElement).closest<HTMLElement>('[data-field]')?.dataset.field;
      if (path) report(path);
    });
  }

  /** Paths in the order of the page. */
  order(): string[] {
    return [...this.#form.querySelectorAll<HTMLElement>('[data-field]')].map((box) => box.dataset.field as string);
  }

  field(path: string): Field | undefined {
    return this.#fields.get(path);
  }

  show(model: ReadingModel): void {
    const visible = model.visible();
    for (const box of this.#form.querySelectorAll<HTMLElement>('[data-field]')) {
      const path = box.dataset.field as string;
      box.hidden = !visible.has(path);
      this.#write(path, model.answer(path));
    }
    this.#fold();
  }

  markMissing(paths: ReadonlySet<string>): void {
    for (const box of this.#form.querySelectorAll<HTMLElement>('[data-field]')) {
      box.classList.toggle('is-missing', paths.has(box.dataset.field as string));
    }
  }

  activate(path: string | null, { focus }: { focus: boolean }): void {
    if (this.#active) this.#box(this.#active)?.classList.remove('is-active');
    this.#active = path;
    const box = path ? this.#box(path) : null;
    box?.classList.add('is-active');
    // Never on a click: a form that moves under the pointer loses the click.
    if (!focus || !path) return;
    box?.scrollIntoView({ block: 'nearest' });
    const controls = this.#controls(path);
    (controls.find((control) => (control as HTMLInputElement).checked) ?? controls[0])?.focus({ preventScroll: true });
  }

  freeze(): void {
    for (const control of this.#form.querySelectorAll<Control>('input, textarea')) control.disabled = true;
    for (const button of this.#form.querySelectorAll('button')) button.hidden = true;
  }

  label(path: string): string {
    const field = this.#fields.get(path);
    return [field?.number, field?.label[this.#language]].filter(Boolean).join(' ');
  }

  /** The words of an option, for hints and the list of chosen symbols. */
  optionLabel(path: string, code: Code): string {
    return this.#fields.get(path)?.options?.find((option) => option.code === code)?.label[this.#language] ?? String(code);
  }

  #read(control: Control): Answer {
    const field = this.#fields.get(control.name) as Field;
    if (field.type === 'bool') return control.value === 'true';
    if (field.type === 'text' || field.type === 'date') return control.value.trim() === '' ? null : control.value;
    if (field.type === 'multi') return this.#readMany(field, control as HTMLInputElement);
    return this.#code(field, control.value);
  }

  #readMany(field: Field, changed: HTMLInputElement): Answer {
    const boxes = this.#controls(field.path) as HTMLInputElement[];
    if (changed.dataset.none !== undefined) return changed.checked ? [] : null;
    const chosen = boxes.filter((box) => box.checked && box.dataset.none === undefined).map((box) => this.#code(field, box.value));
    return chosen.length === 0 ? null : inFormOrder((field.options ?? []).map(({ code }) => code), chosen);
  }

  #code(field: Field, text: string): Code {
    return field.options?.find((option) => String(option.code) === text)?.code ?? text;
  }

  #write(path: string, value: Answer): void {
    for (const control of this.#controls(path)) {
      if (control instanceof HTMLInputElement && (control.type === 'radio' || control.type === 'checkbox')) control.checked = isMarked(control, value);
      else if (control !== document.activeElement) control.value = value === null ? '' : String(value);
    }
    this.#writeNotes(path, value);
  }

  #writeNotes(path: string, value: Answer): void {
    const codes = Array.isArray(value) ? (value as Code[]) : [];
    const chosen = this.#form.querySelector(`[data-chosen="${path}"]`);
    if (chosen) chosen.textContent = codes.map((code) => `${code} ${this.optionLabel(path, code)}`).join(' · ');
    const count = this.#form.querySelector(`[data-count="${path}"]`);
    if (count) count.textContent = codes.length > 0 ? `(${codes.length})` : '';
  }

  /** Tables and sections without a visible field go; so do the empty rows of tables. */
  #fold(): void {
    for (const group of this.#form.querySelectorAll<HTMLElement>('[data-group], .opacities, [data-section]')) {
      group.hidden = group.querySelector('[data-field]:not([hidden])') === null;
    }
  }

  #controls(path: string): Control[] {
    return [...this.#form.querySelectorAll<Control>(`[name="${path}"]`)];
  }

  #box(path: string): HTMLElement | null {
    return this.#form.querySelector<HTMLElement>(`[data-field="${path}"]`);
  }
}

function isMarked(control: HTMLInputElement, value: Answer): boolean {
  if (control.dataset.none !== undefined) return Array.isArray(value) && value.length === 0;
  if (Array.isArray(value)) return value.map(String).includes(control.value);
  return value !== null && String(value) === control.value;
}
