import { useEffect, useState } from 'preact/hooks';

const TICK_MS = 1_000;
const listeners = new Set<(now: number) => void>();
let timer = 0;

function tick(): void {
  const now = Date.now();
  for (const listener of listeners) listener(now);
}

/** The time, once a second, from one timer for the whole page. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    listeners.add(setNow);
    if (listeners.size === 1) timer = window.setInterval(tick, TICK_MS);
    return () => {
      listeners.delete(setNow);
      if (listeners.size === 0) window.clearInterval(timer);
    };
  }, []);
  return now;
}
