import type { Answer, OutboundResult } from './outbound.js';

/** What became of one attempt to tell a notifier or a registry something. */
export type Delivery = DeliveryOutcome & {
  /** What was answered, for people; never a secret. */
  readonly detail: string;
  /** SHA-256 of the body that was sent, 64 hex digits; empty when nothing was sent. */
  readonly payloadDigest: string;
};

type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  /** Worth another attempt, not before `afterSeconds` if the destination asked for it. */
  | { readonly kind: 'retry'; readonly afterSeconds?: number }
  /** Another attempt would be answered alike. */
  | { readonly kind: 'rejected' };

/** Answers below 500 after which the same request may still succeed: timeout, too early, too many requests. */
const TRANSIENT_STATUSES: readonly number[] = [408, 425, 429];

const MAX_EXCERPT_LENGTH = 200;

/** 2xx is delivered; other 4xx are final; timeouts, rate limits, redirects, server and network errors are tried again. */
export function deliveryOf(result: OutboundResult): Delivery {
  const { payloadDigest } = result;
  if (result.kind === 'unreachable') return { kind: 'retry', detail: result.detail, payloadDigest };
  const { status } = result;
  if (status >= 200 && status < 300) return { kind: 'delivered', detail: describe(result, false), payloadDigest };
  if (status >= 400 && status < 500 && !TRANSIENT_STATUSES.includes(status))
    return { kind: 'rejected', detail: describe(result, true), payloadDigest };
  const after = result.retryAfterSeconds;
  return {
    kind: 'retry',
    detail: describe(result, true),
    payloadDigest,
    ...(after === undefined ? {} : { afterSeconds: after }),
  };
}

/** Nothing was sent, and nothing would change that. */
export function rejectedUnsent(detail: string): Delivery {
  return { kind: 'rejected', detail, payloadDigest: '' };
}

function describe({ host, status, body }: Answer, withBody: boolean): string {
  const redirect = status >= 300 && status < 400 ? ' (redirects are not followed)' : '';
  const excerpt = withBody ? body.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_EXCERPT_LENGTH) : '';
  return `${host} answered ${status}${redirect}${excerpt ? `: ${excerpt}` : ''}`;
}
