/** The reading on the screen with its undo history. Knows the rules, not the page and not the network. Pure. */
import { complete, fieldsOf, normalFilm, validate, visiblePaths, type Answer, type Draft, type Reading } from '../scheme/index.ts';
import { answerAt, difference, editablePaths, withAnswers, type Change, type Rules } from './changes.ts';

export class ReadingModel {
  readonly rules: Rules;
  #current: Draft;
  #undo: Draft[] = [];
  #redo: Draft[] = [];

  constructor(rules: Rules, data: Reading) {
    this.rules = rules;
    this.#current = complete(rules.scheme, data);
  }

  get data(): Draft {
    return this.#current;
  }

  answer(path: string): Answer {
    return answerAt(this.#current, path);
  }

  /** The fields to show: those of the scheme, but the rest of a section waits for the answer of its first field. */
  visible(): Set<string> {
    const waiting = new Set(this.rules.scheme.sections.flatMap(({ fields: [first, ...rest] }) =>
      first && this.answer(first.path) === null ? rest.map(({ path }) => path).filter((path) => this.answer(path) === null) : []));
    return new Set(visiblePaths(this.rules.scheme, this.#current, this.rules.settings).filter((path) => !waiting.has(path)));
  }

  /** Answers fields; returns every change that follows, hidden answers dropped included. */
  set(answers: Readonly<Record<string, Answer>>): Change[] {
    return this.#move(withAnswers(this.rules, this.#current, answers), this.#undo, true);
  }

  /** Answers every field as on a normal film of good quality; what else was marked goes. */
  setNormal(): Change[] {
    const normal = normalFilm(this.rules.scheme);
    return this.set(Object.fromEntries(editablePaths(this.rules.scheme).map((path) => [path, answerAt(normal, path)])));
  }

  /**
   * Gives "none" to the visible unanswered fields below `prefix` that have such an answer, but not where a rule
   * says that it would be wrong there (extent O on a side with a plaque): those stay open.
   */
  setRestNone(prefix: string): Change[] {
    const shown = this.visible();
    const open = fieldsOf(this.rules.scheme).filter(({ path, none_answer: none }) =>
      path.startsWith(prefix) && shown.has(path) && none !== undefined && this.answer(path) === null);
    const filled = open.map((field): [string, Answer] => [field.path, field.none_answer as Answer]);
    const trial = withAnswers(this.rules, this.#current, Object.fromEntries(filled));
    const wrong = new Set(validate(this.rules.scheme, trial, this.rules.settings).errors.filter(({ paths }) => paths.every((path) => path.startsWith(prefix))).flatMap(({ paths }) => paths));
    return this.set(Object.fromEntries(filled.filter(([path]) => !wrong.has(path))));
  }

  undo(): Change[] {
    const target = this.#undo.pop();
    return target ? this.#move(target, this.#redo, false) : [];
  }

  redo(): Change[] {
    const target = this.#redo.pop();
    return target ? this.#move(target, this.#undo, false) : [];
  }

  /** Takes what the server holds; what was undone or redone before is of another reading. */
  adopt(data: Reading): void {
    this.#current = complete(this.rules.scheme, data);
    this.#undo = [];
    this.#redo = [];
  }

  #move(next: Draft, remember: Draft[], fresh: boolean): Change[] {
    const changes = difference(this.rules.scheme, this.#current, next);
    if (changes.length === 0) return [];
    remember.push(this.#current);
    if (fresh) this.#redo = [];
    this.#current = next;
    return changes;
  }
}
