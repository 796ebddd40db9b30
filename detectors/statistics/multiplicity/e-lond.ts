import { requireBetween } from '../counts.js';

/** Where a stream of hypotheses stands: how many were tested and how many were rejected. */
export interface ELond {
  readonly alpha: number;
  readonly tested: number;
  readonly rejected: number;
}

/** Σ 1/t² = π²/6, so that the shares 6/(π² t²) sum to 1. */
const SHARE = 6 / Math.PI ** 2;

/** @throws RangeError unless 0 < alpha < 1. */
export function startELond(alpha: number): ELond {
  requireBetween('alpha', alpha, 0, 1);
  return { alpha, tested: 0, rejected: 0 };
}

/**
 * e-LOND for the stream of releases: tests the next one at α_t = α · 6/(π² t²) · (rejections so far + 1).
 *
 * Guarantee: at any time the expected share of false rejections among all releases so far is at most α, under any
 * dependence. Source: Xu & Ramdas, AISTATS 2024.
 * @param logE ln of the e-value of the release, at whatever moment it was decided
 */
export function testNextRelease(state: ELond, logE: number): { readonly state: ELond; readonly rejected: boolean } {
  if (Number.isNaN(logE)) throw new RangeError('logE must be a number, got NaN');
  const tested = state.tested + 1;
  const level = (state.alpha * SHARE * (state.rejected + 1)) / tested ** 2;
  const rejected = logE >= -Math.log(level);
  return { state: { ...state, tested, rejected: state.rejected + (rejected ? 1 : 0) }, rejected };
}
