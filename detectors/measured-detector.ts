import type { Detector } from '../src/model/index.js';
import { MeasuredFold } from './measured-fold.js';

/** A detector that compares measured values (time, tokens, money) of the two arms within strata and buckets. */
export function measuredDetector(description: Omit<Detector, 'start'>): Detector {
  return { ...description, start: (question) => new MeasuredFold(description, question) };
}
