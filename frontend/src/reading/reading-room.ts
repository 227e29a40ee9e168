/** The reading page: brings model, form, keyboard, queue and dialogs together. */
import { word } from '../lib/words.ts';
import { missingItems, validate, type Answer, type Finding, type Scheme } from '../scheme/index.ts';
import type { Change } from './changes.ts';
import type { ReadingConfig } from './config.ts';
import { answerWords, askConflict, dialog } from './dialogs.ts';
import { FormView } from './form-view.ts';
import { openHelp } from './help-dialog.ts';
import { Keyboard } from './keyboard.ts';
import type { Command } from './keys.ts';
import { ReadingModel } from './model.ts';
import { SaveQueue } from './queue.ts';
import { SignDialog } from './sign-dialog.ts';
import { StatusView, type Verdict } from './status-view.ts';
import { localStore, sendEntry } from './transport.ts';

export class ReadingRoom {
  readonly #config: ReadingConfig;
  readonly #scheme: Scheme;
  readonly #model: ReadingModel;
  readonly #form: FormView;
  readonly #status = new StatusView();
  readonly #queue: SaveQueue;
  readonly #keyboard: Keyboard;
  readonly #sign: SignDialog;
  #active = '';

  constructor(config: ReadingConfig, scheme: Scheme, form: HTMLFormElement, film: (action: string) => void) {
    this.#config = config;
    this.#scheme = scheme;
    this.#model = new ReadingModel({ scheme, settings: config.settings ?? {} }, config.data);
    this.#form = new FormView(form, scheme, config.language);
    this.#queue = this.#makeQueue();
    this.#sign = new SignDialog({ url: config.signUrl, revision: () => this.#queue.revision, onSigned: (body) => location.assign(body.next_url) });
    this.#keyboard = new Keyboard({
      run: (command) => this.run(command),
      film,
      activeField: () => this.#form.field(this.#active) ?? null,
      answerOf: (path) => this.#model.answer(path),
      answer: (path, value, advance) => this.#answer(path, value, advance),
      typed: (text) => this.#hint(text),
    });
    this.#form.onAnswer((path, value) => this.#answer(path, value, false));
    this.#form.onFocus((path) => this.#activate(path, false));
  }

  start(): void {
    this.#model.set(Object.fromEntries(this.#queue.waiting.map(({ path, value }) => [path, value])));
    this.#show();
    const first = missingItems(this.#scheme, this.#model.data, this.#config.settings, this.#config.language)[0]?.path;
    this.#activate(first ?? this.#form.order()[0] ?? '', true);
    window.addEventListener('online', () => this.#queue.retryNow());
    void this.#queue.drain();
  }

  run(command: Command): void {
    const actions: Record<Command, () => void> = {
      undo: () => this.#after(this.#model.undo()),
      redo: () => this.#after(this.#model.redo()),
      normal: () => this.#after(this.#model.setNormal()),
      clear: () => this.#after(this.#model.set({ [this.#active]: null })),
      rest_none: () => this.restNone(groupOf(this.#active)),
      next: () => this.#step(1),
      previous: () => this.#step(-1),
      zone: () => this.#switchZone(),
      help: openHelp,
      defer: () => dialog('defer-dialog').showModal(),
      sign: () => void this.#openSign(),
    };
    actions[command]();
  }

  restNone(prefix: string): void {
    if (prefix) this.#after(this.#model.setRestNone(prefix));
  }

  #makeQueue(): SaveQueue {
    return new SaveQueue(this.#config.revision, {
      send: (entry, revision) => sendEntry(this.#config.readingUrl, entry, revision),
      store: localStore(this.#config.readingId),
      newKey: () => crypto.randomUUID(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      onState: (state, detail) => this.#status.showSave(state, detail),
      onMerged: (data, waiting) => {
        this.#model.adopt(data);
        this.#model.set(Object.fromEntries(waiting.map(({ path, value }) => [path, value])));
        this.#show();
      },
      onConflict: (conflicts) => askConflict(conflicts, (path) => this.#form.label(path)),
    });
  }

  #answer(path: string, value: Answer, advance: boolean): void {
    this.#after(this.#model.set({ [path]: value }));
    if (advance) this.#step(1);
  }

  #after(changes: readonly Change[]): void {
    this.#show();
    this.#queue.add(changes);
  }

  #show(): void {
    this.#form.show(this.#model);
    const verdict = this.#verdict();
    this.#form.markMissing(new Set(verdict.missing.map(({ path }) => path)));
    this.#status.showVerdict(verdict, (path) => this.#activate(path, true));
  }

  /** What the server fills in by itself is not the reader's to answer. */
  #verdict(): Verdict {
    const { settings, language } = this.#config;
    const mine = ({ paths }: Finding) => paths.some((path) => !path.startsWith('reader.'));
    const outcome = validate(this.#scheme, this.#model.data, settings, language);
    const missing = missingItems(this.#scheme, this.#model.data, settings, language).filter(({ path }) => !path.startsWith('reader.'));
    // An unanswered field is told once, as missing; only what is answered wrongly is an error here.
    const open = new Set(missing.map(({ path }) => path));
    const errors = outcome.errors.filter((finding) => mine(finding) && !finding.paths.every((path) => open.has(path)));
    return { missing, errors, warnings: outcome.warnings, summary: this.#model.answer('parenchymal.any') === true ? String(outcome.derived.short_notation ?? '') : '' };
  }

  #activate(path: string, focus: boolean): void {
    if (path !== this.#active) this.#keyboard.clear();
    this.#active = path;
    this.#form.activate(path, { focus });
    if (focus && this.#keyboard.zone === 'film') this.#switchZone();
    this.#hint('');
  }

  #hint(typed: string): void {
    this.#status.showHint(this.#form.label(this.#active), this.#form.field(this.#active) ?? null, typed);
  }

  #step(direction: 1 | -1): void {
    const visible = this.#model.visible();
    const order = this.#form.order().filter((path) => visible.has(path) || path === this.#active);
    const next = order[order.indexOf(this.#active) + direction];
    if (next) this.#activate(next, true);
  }

  #switchZone(): void {
    this.#keyboard.zone = this.#keyboard.zone === 'form' ? 'film' : 'form';
    this.#status.showZone(this.#keyboard.zone);
    if (this.#keyboard.zone === 'form') this.#form.activate(this.#active, { focus: true });
    else document.querySelector<HTMLElement>('#film')?.focus({ preventScroll: true });
  }

  async #openSign(): Promise<void> {
    (document.activeElement as HTMLElement | null)?.blur();
    if (document.body.dataset.filmReady === undefined) return this.#status.showHint(word('no_film'), null, '');
    const verdict = this.#verdict();
    const obstacle = verdict.missing[0]?.path ?? this.#firstWrong();
    if (obstacle) return this.#activate(obstacle, true);
    if (this.#queue.waiting.length > 0) this.#queue.retryNow();
    await Promise.race([this.#queue.drain(), new Promise((resolve) => setTimeout(resolve, 4000))]);
    if (this.#queue.waiting.length > 0) return this.#status.showSave('waiting', { text: word('unsaved') });
    this.#sign.open(this.#summary(verdict.summary), verdict.warnings);
  }

  /** One line a section: what is about to be signed, in few words. */
  #summary(notation: string): string[][] {
    const symbols = this.#model.answer('other.symbols');
    const answers: Record<string, string> = {
      image_quality: answerWords(this.#model.answer('image_quality.grade')),
      parenchymal: this.#model.answer('parenchymal.any') === true ? notation : answerWords(this.#model.answer('parenchymal.any')),
      pleural: answerWords(this.#model.answer('pleural.any')),
      other: Array.isArray(symbols) ? answerWords(symbols) : answerWords(this.#model.answer('other.any')),
    };
    const sections = this.#scheme.sections.filter(({ id }) => id in answers);
    return sections.map(({ id, number, label }) => [`${number ?? ''} ${label[this.#config.language]}`.trim(), answers[id] as string]);
  }

  #firstWrong(): string | undefined {
    const outcome = validate(this.#scheme, this.#model.data, this.#config.settings, this.#config.language);
    return outcome.errors.flatMap((finding) => finding.paths).find((path) => !path.startsWith('reader.'));
  }
}

/** "pleural.plaques." for any field of that table; empty outside of tables. */
function groupOf(path: string): string {
  const steps = path.split('.');
  return steps.length > 3 || ['extent', 'width'].includes(steps[2] ?? '') ? `${steps[0]}.${steps[1]}.` : '';
}
