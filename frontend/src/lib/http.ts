/** JSON over fetch with the page's CSRF token; every failure is one of two named errors. */

/** The server answered, and the answer is a refusal. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>, url: string) {
    const detail = typeof body.detail === 'string' ? body.detail : `The server answered ${status} for ${url}.`;
    super(detail);
    this.name = 'HttpError';
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : '';
    this.body = body;
  }

  /** True when the same request may succeed later without any change. */
  get passing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** No answer came: offline, or the connection broke. */
export class NetworkError extends Error {
  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}; the connection is down or was cut.`, { cause });
    this.name = 'NetworkError';
  }
}

export interface JsonRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  keepalive?: boolean;
}

export interface JsonAnswer<T> {
  status: number;
  headers: Headers;
  data: T;
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

export async function requestJson<T>(url: string, request: JsonRequest = {}): Promise<JsonAnswer<T>> {
  const method = request.method ?? 'GET';
  const headers: Record<string, string> = { Accept: 'application/json', ...request.headers };
  if (request.body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken();
  const response = await answer(url, {
    method,
    headers,
    body: request.body === undefined ? undefined : JSON.stringify(request.body),
    credentials: 'same-origin',
    signal: request.signal,
    keepalive: request.keepalive,
  });
  const data = await readBody(response);
  if (!response.ok) throw new HttpError(response.status, data as Record<string, unknown>, url);
  return { status: response.status, headers: response.headers, data: data as T };
}

async function answer(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new NetworkError(url, error);
  }
}

async function readBody(response: Response): Promise<unknown> {
  if (!response.headers.get('Content-Type')?.includes('json')) return {};
  return response.json();
}
