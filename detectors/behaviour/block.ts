/** One output of one arm. */
export interface Output {
  /** What the caller knows it by; handed back in examples. */
  readonly id: string;
  /** From fingerprintOf; all of one test have the same length. */
  readonly fingerprint: ArrayLike<number>;
}

/** Outputs of both arms that were exchangeable before they were seen: same stratum, same time; or one request, answered twice. */
export interface BehaviourBlock {
  readonly baseline: readonly Output[];
  readonly candidate: readonly Output[];
}

/** Larger blocks are cut: a block costs the product of its size and its candidates. */
export const MAX_BLOCK_UNITS = 64;
/** More baseline outputs a candidate's add less than a tenth to what the candidate's alone tell. */
export const MAX_BASELINE_PER_CANDIDATE = 10;

/** @throws RangeError naming the output whose fingerprint has another length or a number that is not finite. */
export function requireFingerprints(block: BehaviourBlock, featureCount: number): void {
  for (const { id, fingerprint } of [...block.baseline, ...block.candidate]) {
    if (fingerprint.length !== featureCount) {
      throw new RangeError(`fingerprint of ${id} has ${fingerprint.length} features, expected ${featureCount}`);
    }
    for (let index = 0; index < featureCount; index++) {
      if (!Number.isFinite(fingerprint[index]))
        throw new RangeError(`feature ${index} of ${id} is not a finite number`);
    }
  }
}

/**
 * Blocks of limited size and imbalance. Looks at numbers of outputs and their order only, never at what they are, so that
 * outputs stay exchangeable within each part. A block without one of the arms has no parts: it tells nothing.
 */
export function partsOf(block: BehaviourBlock): BehaviourBlock[] {
  if (block.baseline.length === 0 || block.candidate.length === 0) return [];
  const candidate = thinned(block.candidate, MAX_BASELINE_PER_CANDIDATE * block.baseline.length);
  const baseline = thinned(block.baseline, MAX_BASELINE_PER_CANDIDATE * candidate.length);
  const wanted = Math.ceil((baseline.length + candidate.length) / MAX_BLOCK_UNITS);
  const parts = Math.min(wanted, baseline.length, candidate.length);
  return Array.from({ length: parts }, (_, part) => ({
    baseline: share(baseline, part, parts),
    candidate: share(candidate, part, parts),
  }));
}

/** At most `limit` outputs, evenly spread over the order of arrival. */
function thinned(outputs: readonly Output[], limit: number): readonly Output[] {
  if (outputs.length <= limit) return outputs;
  return outputs.filter(
    (_, index) => Math.floor(((index + 1) * limit) / outputs.length) > Math.floor((index * limit) / outputs.length),
  );
}

function share(outputs: readonly Output[], part: number, parts: number): readonly Output[] {
  return outputs.slice(Math.floor((part * outputs.length) / parts), Math.floor(((part + 1) * outputs.length) / parts));
}
