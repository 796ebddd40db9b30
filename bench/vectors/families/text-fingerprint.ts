import { entropy } from '../../../detectors/statistics/distances/entropy.js';
import { cosineSimilarity, shingleSimilarity } from '../../../detectors/statistics/distances/text-similarity.js';
import { commonLanguageEffect } from '../../../detectors/statistics/reference/mann-whitney.js';
import { type Family, quantities } from '../family.js';

export const textFingerprint: Family = {
  name: 'text_fingerprint',
  kinds: [
    {
      needs: ['a', 'b', 'k'],
      answer: (input) =>
        quantities({ jaccard: () => shingleSimilarity(input.text('a'), input.text('b'), input.number('k')) }),
    },
    {
      needs: ['a', 'b'],
      answer: (input) => quantities({ cosine: () => cosineSimilarity(input.numbers('a'), input.numbers('b')) }),
    },
    {
      needs: ['scores_ref', 'scores_cur'],
      answer: (input) =>
        quantities({ auc: () => commonLanguageEffect(input.numbers('scores_cur'), input.numbers('scores_ref')) }),
    },
    {
      needs: ['counts'],
      answer: (input) =>
        quantities({
          entropy_nats: () => entropy(input.numbers('counts')),
          entropy_bits: () => entropy(input.numbers('counts'), 2),
        }),
    },
  ],
};
