export const CATEGORIES = ['billing', 'bug', 'account', 'other'] as const;
export type Category = (typeof CATEGORIES)[number];

/** A customer's message, and how a person would have triaged it. */
export interface Ticket {
  readonly message: string;
  readonly category: Category;
  readonly priority: 1 | 2 | 3;
  readonly reply: string;
}

export const TICKETS: readonly [Ticket, ...Ticket[]] = [
  {
    message: 'We were charged twice for November. Where do I get the second payment back?',
    category: 'billing',
    priority: 2,
    reply: 'I have passed both charges to our billing team. You will have the second one back within three days.',
  },
  {
    message: 'Since this morning the export button does nothing. Our month-end report is due tonight!',
    category: 'bug',
    priority: 1,
    reply: 'An engineer is looking at the export now. We will write to you within the hour.',
  },
  {
    message: 'How do I add a colleague to our workspace? The invite never arrives.',
    category: 'account',
    priority: 2,
    reply: 'I have sent the invitation again. If it is not there in ten minutes, please check the spam folder.',
  },
  {
    message: 'Is there a discount for non-profits?',
    category: 'billing',
    priority: 3,
    reply: 'There is: I have asked our plans team to write to you with the details.',
  },
  {
    message: 'The page is blank after I log in, on two different computers.',
    category: 'bug',
    priority: 1,
    reply: 'We can see the error and are working on it. You will hear from us as soon as it is fixed.',
  },
  {
    message: 'Please change the owner of our account, our founder has left.',
    category: 'account',
    priority: 3,
    reply: 'I have started the change of ownership. You will get a form to sign by e-mail.',
  },
  {
    message: 'Just wanted to say that the new search is wonderful.',
    category: 'other',
    priority: 3,
    reply: 'Thank you, I have passed it on to the people who built it.',
  },
  {
    message: 'Search is slow since the update, a query takes ten seconds.',
    category: 'bug',
    priority: 2,
    reply: 'Thank you for telling us. I have opened a case with our search team and will keep you posted.',
  },
];
