/** Why a film could not be shown, as a code that the page turns into words of the reader's language. */
export const FILM_FAULTS = ['offline', 'not_found', 'forbidden', 'server', 'metadata', 'decode'] as const;
export type FilmFault = (typeof FILM_FAULTS)[number];

export class FilmError extends Error {
  readonly fault: FilmFault;

  constructor(fault: FilmFault, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = 'FilmError';
    this.fault = fault;
  }
}

export function faultOfStatus(status: number): FilmFault {
  if (status === 404 || status === 410) return 'not_found';
  if (status === 401 || status === 403) return 'forbidden';
  return status === 0 ? 'offline' : 'server';
}

/** The loader rejects with an XHR, an Error, or an object that wraps one of them. */
export function faultOfLoader(error: unknown): FilmError {
  if (error instanceof FilmError) return error;
  const inner = (error as { error?: unknown } | null)?.error ?? error;
  const status = statusOf(inner);
  const detail = inner instanceof Error ? inner.message : String(inner);
  if (status === undefined) return new FilmError('decode', detail, error);
  return new FilmError(faultOfStatus(status), `The film's pixels were answered with status ${status}.`, error);
}

function statusOf(value: unknown): number | undefined {
  const holder = value as { status?: unknown; request?: { status?: unknown }; response?: { status?: unknown } } | null;
  const status = holder?.status ?? holder?.request?.status ?? holder?.response?.status;
  return typeof status === 'number' ? status : undefined;
}
