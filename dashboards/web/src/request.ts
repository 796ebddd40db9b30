/** A request that did not give its answer: RFC 9457 problem details, or what the network said. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

const BASE = '/api/v1';

/** The path of a list with only the parameters that have a value. */
export function listPath(path: string, parameters: Record<string, string | number>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** @throws ApiError when the answer is not a success or nothing answers */
export async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  return request<T>(path, { signal, headers: { accept: 'application/json' } });
}

/** @throws ApiError when the answer is not a success or nothing answers */
export async function postJson<T>(path: string, body: Record<string, string>): Promise<T> {
  return request<T>(path, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(BASE + path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'Leeway does not answer. Is the service running?');
  }
  if (!response.ok) throw new ApiError(response.status, await problemText(response));
  const body: T = await response.json();
  return body;
}

async function problemText(response: Response): Promise<string> {
  try {
    const problem: { title?: string; detail?: string } = await response.json();
    return problem.detail ?? problem.title ?? `HTTP ${response.status}`;
  } catch {
    return `HTTP ${response.status} ${response.statusText}`.trim();
  }
}
