import { useEffect, useState } from 'preact/hooks';

/** What a change event may name. `connection` is said when the stream is back after a gap. */
export type Topic = 'vectors' | 'rollouts' | 'incidents' | 'actions' | 'connection';
export type LiveState = 'connecting' | 'live' | 'offline';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

type Listener = (topics: ReadonlySet<string>) => void;
const changeListeners = new Set<Listener>();
const stateListeners = new Set<(state: LiveState) => void>();
let state: LiveState = 'connecting';

function setState(next: LiveState): void {
  state = next;
  for (const listener of stateListeners) listener(next);
}

function announce(topics: ReadonlySet<string>): void {
  for (const listener of changeListeners) listener(topics);
}

function topicsOf(data: string): ReadonlySet<string> {
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed === 'object' && parsed !== null && 'topics' in parsed && Array.isArray(parsed.topics))
      return new Set(parsed.topics.filter((topic) => typeof topic === 'string'));
  } catch {
    // An event that cannot be read still says that something changed.
  }
  return new Set<Topic>(['vectors', 'rollouts', 'incidents', 'actions']);
}

/** Listens to `/api/v1/events` for as long as the page is open; reconnects with growing, jittered pauses. */
export function startLive(): void {
  let pause = FIRST_RETRY_MS;
  const connect = (): void => {
    const source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => {
      const returned = state === 'offline';
      pause = FIRST_RETRY_MS;
      setState('live');
      if (returned) announce(new Set<Topic>(['connection']));
    });
    source.addEventListener('change', (event) => announce(topicsOf(event.data)));
    source.addEventListener('error', () => {
      source.close();
      setState('offline');
      window.setTimeout(connect, pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_RETRY_MS);
    });
  };
  connect();
}

export function onChange(listener: Listener): () => void {
  changeListeners.add(listener);
  return () => changeListeners.delete(listener);
}

export function useLiveState(): LiveState {
  const [current, setCurrent] = useState(state);
  useEffect(() => {
    setCurrent(state);
    stateListeners.add(setCurrent);
    return () => {
      stateListeners.delete(setCurrent);
    };
  }, []);
  return current;
}
