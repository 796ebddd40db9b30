import type { Estimate } from '../api/index.js';
import { count, percent } from '../format.js';

/** `5.2 % (13 of 250)`; says so when there is nothing to divide by. */
export function Rate({ n, failures }: { n: number; failures: number }) {
  if (n === 0) return <span class="muted">no data</span>;
  return (
    <span class="rate">
      <b>{percent(failures / n)}</b>{' '}
      <span class="muted">
        {count(failures)} of {count(n)}
      </span>
    </span>
  );
}

/** A rate with its anytime-valid interval. */
export function RateWithInterval({ estimate }: { estimate: Estimate }) {
  return (
    <span class="rate">
      <Rate n={estimate.n} failures={estimate.failures} />
      {estimate.n > 0 && (
        <span class="interval">
          {percent(estimate.lower)} to {percent(estimate.upper)}
        </span>
      )}
    </span>
  );
}
