import { clockTime, relative } from '../format.js';
import { useNow } from '../now.js';

/** A moment in local time, with how long ago that was. */
export function Time({ at, only }: { at: string; only?: 'clock' | 'relative' }) {
  const now = useNow();
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return <span class="muted">unknown</span>;
  const clock = clockTime(moment, now);
  const ago = relative(moment, now);
  return (
    <time class="time" dateTime={at} title={new Date(moment).toString()}>
      {only === 'relative' ? ago : clock}
      {only === undefined && <span class="muted"> {ago}</span>}
    </time>
  );
}
