import type { Detector } from '../src/model/index.js';
import { compliance } from './compliance.js';
import { errors } from './errors.js';
import { success } from './success.js';

/** Every detector that judges rollouts. To add one, add its file and a line here; the default weights must sum to 1. */
export const DETECTORS: readonly Detector[] = [compliance, success, errors];

/** The metric whose units are all generations: what traffic and its shares are read from. */
export const TRAFFIC_METRIC = 'errors';
