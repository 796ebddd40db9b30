import type { Lexicon } from './lexicon.js';

/** Written without spaces: each character counts as a word. */
export const chinese: Lexicon = {
  language: 'zh',
  writtenWithSpaces: false,
  words: {
    function: '的 是 了 在 和 有 不 人 这 那 们 也 就 都 与 以 为 对 到 会 可 要 而 其 或 及 等 将 从',
    firstSingular: '我',
    secondPerson: '你 您',
    negation: '不 没 无 非',
    obligation: '须 应 需 必',
    politeness: '请 谢',
    ability: '能 可',
    intensifier: '很 最 极 非',
  },
  edges: {
    agreement: '当然|好的|没问题|是的|可以',
    flattery: '(好|很好的|非常好的)问题|谢谢你的|感谢您',
    apology: '抱歉|对不起|遗憾',
    refusal: '我(不能|无法)|作为(一个|一名)?(ai|人工智能|语言模型)',
    presentation: '以下|下面|这是|让我们',
    offer: '如果(你|您)|希望|请告诉我|随时|祝',
    summary: '总之|总的来说|综上|总结',
  },
};
