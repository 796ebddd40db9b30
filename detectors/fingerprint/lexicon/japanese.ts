import type { Lexicon } from './lexicon.js';

/** Written without spaces: each character counts as a word. */
export const japanese: Lexicon = {
  language: 'ja',
  writtenWithSpaces: false,
  words: {
    function: 'の は が を に と で も へ や か ら な し て た す る ま',
    firstSingular: '私 僕',
    negation: '無 非',
    politeness: '願 様',
    ability: '能 可',
  },
  edges: {
    agreement: 'もちろん|はい|承知|かしこまりました|わかりました',
    flattery: '(良い|いい|素晴らしい)(質問|ご質問)|ありがとう',
    apology: '申し訳|すみません|残念',
    refusal: '(できません|出来ません|お答えできません)|aiとして|言語モデル',
    presentation: '以下|こちら|次の',
    offer: 'お気軽に|ご質問|ください|幸いです|頑張って',
    summary: 'まとめ|結論|以上|つまり',
  },
};
