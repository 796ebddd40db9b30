import type { Clock } from '../../model/index.js';
import type { Delivery } from '../delivery.js';
import type { NotifierMessage } from '../message.js';
import type { Outbound } from '../outbound.js';

/** Tells people. One message is one attempt; whoever calls repeats it with the same idempotency key. */
export interface Notifier {
  /** As configured; the `destination` of its actions. */
  readonly name: string;
  readonly type: string;
  /** @throws LeewayError LEEWAY_DESTINATION_REFUSED */
  notify(message: NotifierMessage): Promise<Delivery>;
}

/** What every notifier is built with. */
export interface NotifierParts {
  readonly outbound: Outbound;
  readonly clock: Clock;
  /** Where people reach the page. */
  readonly publicUrl: string;
}
