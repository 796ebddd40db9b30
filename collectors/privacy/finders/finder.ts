import type { RedactionDetector } from '../../../src/model/index.js';

/** Takes a piece of a text that must not be kept: from `start` up to `end`, in UTF-16 code units. */
export type Report = (start: number, end: number, label: string) => void;

/**
 * Finds one kind of sensitive text in plain text and in JSON alike. Time is linear in the length for any input. What it
 * reports holds no quote, and no backslash but those of whole JSON escapes: it lies inside one JSON string or is a number.
 */
export interface Finder {
  readonly name: RedactionDetector;
  find(text: string, report: Report): void;
}
