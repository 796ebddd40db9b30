import { setTimeout } from 'node:timers/promises';
import { exceptionText } from './exceptions.mjs';

/**
 * @typedef {object} Fault
 * @property {'none' | 'refuse' | 'error' | 'late' | 'cut'} kind
 *   refuse: the connection is destroyed before anything is done; error: an exception is answered and nothing is done;
 *   late: it is done and answered after `delayMs`; cut: it is done, and the connection is destroyed within the answer
 * @property {'inserts' | 'everything'} [of] which statements (default everything)
 * @property {string} [table] only inserts into this one
 * @property {number} [code] of the exception (default 241)
 * @property {number} [delayMs]
 * @property {number} [times] how often before it ends by itself (default: until changed)
 */

const DEFAULT_CODE = 241;
const DEFAULT_DELAY_MS = 1000;

export function createFaults() {
  /** @type {Fault} */
  let fault = { kind: 'none' };

  return {
    /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
    async change(request, response) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      fault = JSON.parse(Buffer.concat(chunks).toString());
      response.end();
    },
    /** Whether every connection is refused, whatever it asks. */
    isAway: () => fault.kind === 'refuse' && fault.of !== 'inserts' && fault.times === undefined,
    /** @param {string} query @returns {Fault} */
    for(query) {
      const [, table] = /^\s*INSERT\s+INTO\s+([\w.]+)/i.exec(query) ?? [];
      const isMeant = fault.of !== 'inserts' || (table !== undefined && (fault.table ?? table) === table);
      if (!isMeant) return { kind: 'none' };
      const meant = fault;
      if (fault.times !== undefined) fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : { kind: 'none' };
      return meant;
    },
    /** @param {Fault} meant */
    exception: ({ code }) => exceptionText(code ?? DEFAULT_CODE),
    /** @param {Fault} meant */
    delay: async ({ kind, delayMs }) => {
      if (kind === 'late') await setTimeout(delayMs ?? DEFAULT_DELAY_MS);
    },
  };
}
