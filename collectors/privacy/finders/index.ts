import { email } from './email.js';
import type { Finder } from './finder.js';
import { iban } from './iban.js';
import { ipAddress } from './ip-address.js';
import { paymentCard } from './payment-card.js';
import { phoneNumber } from './phone-number.js';
import { secret } from './secret.js';

/** All that Leeway finds by itself. To add one: a file like its siblings, its name in the model and a line here. */
export const FINDERS: readonly Finder[] = [secret, email, iban, paymentCard, phoneNumber, ipAddress];

/** Those that no random id is taken for: an id that holds one is no mere id. */
export const DISTINCTIVE_FINDERS: readonly Finder[] = [secret, email];
