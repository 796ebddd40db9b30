import { useEffect, useState } from 'preact/hooks';
import { onChange, type Topic } from './live.js';
import { ApiError, getJson } from './request.js';

/** Something fetched: nothing yet, the newest answer, or why there is none (with the last answer, if there was one). */
export interface Resource<T> {
  data: T | null;
  error: ApiError | null;
  /** Fetches again now; resolves when the answer is shown. */
  refresh: () => Promise<void>;
}

/** Changes come in bursts; one view is fetched at most this often. */
const SHORTEST_REFETCH_MS = 1_000;

/**
 * The JSON at `path` under /api/v1, fetched again whenever one of `topics` changes.
 * @param path `null` fetches nothing
 * @param pollMs also fetched this often while the tab is visible; 0 never
 */
export function useResource<T>(path: string | null, topics: readonly Topic[], pollMs = 0): Resource<T> {
  const [answer, setAnswer] = useState<{ path: string | null; data: T | null; error: ApiError | null }>({
    path,
    data: null,
    error: null,
  });
  const topicList = topics.join(' ');
  const [refresh, setRefresh] = useState<() => Promise<void>>(() => async () => {});

  useEffect(() => {
    if (path === null) return;
    const control = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const data = await getJson<T>(path, control.signal);
        if (!control.signal.aborted) setAnswer({ path, data, error: null });
      } catch (error) {
        if (control.signal.aborted) return;
        const shown = error instanceof ApiError ? error : new ApiError(0, String(error));
        setAnswer((before) => ({ path, data: before.path === path ? before.data : null, error: shown }));
      }
    };
    setRefresh(() => load);
    const stop = refetchOnChange(load, new Set(topicList.split(' ')), pollMs);
    void load();
    return () => {
      control.abort();
      stop();
    };
  }, [path, topicList, pollMs]);

  const current = answer.path === path;
  return { data: current ? answer.data : null, error: current ? answer.error : null, refresh };
}

function refetchOnChange(load: () => Promise<void>, topics: ReadonlySet<string>, pollMs: number): () => void {
  let timer: number | undefined;
  let last = Date.now();
  const stopListening = onChange((changed) => {
    if (timer !== undefined) return;
    if (!changed.has('connection') && ![...changed].some((topic) => topics.has(topic))) return;
    const wait = Math.max(0, last + SHORTEST_REFETCH_MS - Date.now());
    timer = window.setTimeout(() => {
      timer = undefined;
      last = Date.now();
      void load();
    }, wait);
  });
  const poll = pollMs > 0 ? window.setInterval(() => document.visibilityState === 'visible' && void load(), pollMs) : 0;
  return () => {
    stopListening();
    window.clearTimeout(timer);
    window.clearInterval(poll);
  };
}
