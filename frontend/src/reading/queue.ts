/**
 * Saves changes one after another, each on top of the revision that the one before has made.
 *
 * A change keeps its idempotency key over all retries, so that an answer lost on the way is never applied twice.
 * What waits is kept in a store and survives a reload. When the server has moved on (412), fields that only the
 * other side changed are taken over; a field that both changed is put before the reader.
 */
import type { Reading } from '../scheme/index.ts';
import { answerAt, sameAnswer, type Change } from './changes.ts';

export interface Entry {
  readonly key: string;
  readonly changes: readonly Change[];
}

export interface Pending {
  readonly revision: number;
  readonly entries: readonly Entry[];
}

export interface Saved {
  readonly revision: number;
  readonly savedAt: string;
  readonly data: Reading;
}

export type SendResult =
  | { kind: 'saved'; saved: Saved }
  | { kind: 'stale'; current: Saved }
  | { kind: 'later' }
  | { kind: 'refused'; detail: string };

export type QueueState = 'saved' | 'saving' | 'waiting' | 'conflict' | 'refused';

export interface QueuePorts {
  send(entry: Entry, revision: number): Promise<SendResult>;
  store: { load(): Pending | null; save(pending: Pending | null): void };
  newKey(): string;
  sleep(ms: number): Promise<void>;
  onState(state: QueueState, detail: { savedAt?: string; text?: string }): void;
  /** The server's answers, after everything that waited has gone out or has been merged. */
  onMerged(data: Reading, pending: readonly Change[]): void;
  /** Asks the reader; resolves with whose values stay. */
  onConflict(fields: readonly Conflict[]): Promise<'mine' | 'theirs'>;
}

export interface Conflict {
  readonly path: string;
  readonly mine: Change['value'];
  readonly theirs: Change['value'];
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

export class SaveQueue {
  readonly #ports: QueuePorts;
  #revision: number;
  #entries: Entry[];
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;
  #refused = false;

  constructor(revision: number, ports: QueuePorts) {
    this.#ports = ports;
    const left = ports.store.load();
    this.#entries = [...(left?.entries ?? [])];
    this.#revision = this.#entries.length > 0 && left ? left.revision : revision;
  }

  get revision(): number {
    return this.#revision;
  }

  get waiting(): readonly Change[] {
    return this.#entries.flatMap((entry) => entry.changes);
  }

  add(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#entries.push({ key: this.#ports.newKey(), changes });
    this.#remember();
    void this.drain();
  }

  /** Sends what waits; resolves when nothing waits or the server has refused. */
  drain(): Promise<void> {
    this.#running ??= this.#run().finally(() => { this.#running = null; });
    return this.#running;
  }

  /** Ends the pause between two tries, for instance when the connection is back. */
  retryNow(): void {
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (this.#entries.length > 0 && !this.#refused) {
      const entry = this.#entries[0] as Entry;
      this.#ports.onState('saving', {});
      const result = await this.#ports.send(entry, this.#revision);
      if (result.kind === 'later') {
        this.#ports.onState('waiting', {});
        await Promise.race([this.#ports.sleep(pause), new Promise<void>((resolve) => { this.#wake = resolve; })]);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        continue;
      }
      pause = FIRST_PAUSE_MS;
      await this.#settle(result);
    }
  }

  async #settle(result: Exclude<SendResult, { kind: 'later' }>): Promise<void> {
    if (result.kind === 'saved') this.#accept(result.saved);
    else if (result.kind === 'stale') await this.#merge(result.current);
    else {
      this.#refused = true;
      this.#ports.onState('refused', { text: result.detail });
    }
  }

  #accept(saved: Saved): void {
    this.#entries.shift();
    this.#revision = saved.revision;
    this.#remember();
    if (this.#entries.length === 0) this.#ports.onState('saved', { savedAt: saved.savedAt });
  }

  async #merge(current: Saved): Promise<void> {
    const conflicts = conflictsBetween(this.waiting, current.data);
    let keep: 'mine' | 'theirs' = 'mine';
    if (conflicts.length > 0) {
      this.#ports.onState('conflict', {});
      keep = await this.#ports.onConflict(conflicts);
    }
    const given = new Set(keep === 'theirs' ? conflicts.map(({ path }) => path) : []);
    // An answer goes with everything that it had hidden. A new key: under the old one the server refused another revision.
    this.#entries = this.#entries
      .filter((entry) => !entry.changes.some(({ path }) => given.has(path)))
      .map((entry) => ({ key: this.#ports.newKey(), changes: entry.changes }));
    this.#revision = current.revision;
    this.#remember();
    this.#ports.onMerged(current.data, this.waiting);
    if (this.#entries.length === 0) this.#ports.onState('saved', { savedAt: current.savedAt });
  }

  #remember(): void {
    this.#ports.store.save(this.#entries.length > 0 ? { revision: this.#revision, entries: this.#entries } : null);
  }
}

/** The fields that the server holds otherwise than the reader saw them and otherwise than the reader wants them. */
export function conflictsBetween(waiting: readonly Change[], theirs: Reading): Conflict[] {
  const first = new Map<string, Change>();
  const last = new Map<string, Change>();
  for (const change of waiting) {
    if (!first.has(change.path)) first.set(change.path, change);
    last.set(change.path, change);
  }
  return [...last.values()]
    .map((change) => ({ path: change.path, mine: change.value, theirs: answerAt(theirs, change.path), base: first.get(change.path)?.base ?? null }))
    .filter(({ mine, theirs: other, base }) => !sameAnswer(other, base) && !sameAnswer(other, mine))
    .map(({ path, mine, theirs: other }) => ({ path, mine, theirs: other }));
}
