/** The reading API as the queue and the sign dialog need it. */
import { HttpError, NetworkError, requestJson } from '../lib/http.ts';
import type { Reading } from '../scheme/index.ts';
import type { Entry, Pending, Saved, SendResult } from './queue.ts';

interface ReadingBody {
  revision: number;
  saved_at: string;
  data: Reading;
}

export interface SignedBody {
  state: 'signed';
  signed_at: string;
  sha256: string;
  next_url: string;
}

export interface FindingBody {
  rule: string;
  text: string;
}

function savedFrom(body: ReadingBody): Saved {
  return { revision: body.revision, savedAt: body.saved_at, data: body.data };
}

/** Sends one entry; says whether it is saved, stale, to be tried again or refused. */
export async function sendEntry(url: string, entry: Entry, revision: number): Promise<SendResult> {
  const changes = entry.changes.map(({ path, value }) => ({ path, value }));
  const headers = { 'If-Match': `"${revision}"`, 'Idempotency-Key': entry.key };
  try {
    const { data } = await requestJson<ReadingBody>(url, { method: 'PATCH', body: { changes }, headers });
    return { kind: 'saved', saved: savedFrom(data) };
  } catch (error) {
    return resultOf(error);
  }
}

function resultOf(error: unknown): SendResult {
  if (error instanceof NetworkError) return { kind: 'later' };
  if (!(error instanceof HttpError)) throw error;
  if (error.passing) return { kind: 'later' };
  if (error.status === 412) return { kind: 'stale', current: savedFrom(error.body.current as ReadingBody) };
  return { kind: 'refused', detail: error.message };
}

export async function signReading(url: string, revision: number, password: string, acknowledged: string[]): Promise<SignedBody> {
  const body = { password, acknowledged_warnings: acknowledged };
  return (await requestJson<SignedBody>(url, { method: 'POST', body, headers: { 'If-Match': `"${revision}"` } })).data;
}

/** What waits to be saved, in the browser's local storage; one key for each reading. */
export function localStore(readingId: string): { load(): Pending | null; save(pending: Pending | null): void } {
  const key = `pneumoscope.reading.${readingId}`;
  return {
    load() {
      const text = localStorage.getItem(key);
      return text ? (JSON.parse(text) as Pending) : null;
    },
    save(pending) {
      if (pending) localStorage.setItem(key, JSON.stringify(pending));
      else localStorage.removeItem(key);
    },
  };
}
