import type { Lexicon } from './lexicon.js';

export const portuguese: Lexicon = {
  language: 'pt',
  writtenWithSpaces: true,
  words: {
    function:
      'o a os as de do da dos das e em que um uma é para com não por mais como mas ao ele ela se na no nas nos ou quando muito há já também pelo pela até isso este esta são foi ser seu sua seus suas você',
    firstSingular: 'eu me mim meu minha meus minhas',
    firstPlural: 'nós nosso nossa nossos nossas',
    secondPerson: 'você vocês tu te teu tua',
    hedge:
      'talvez possivelmente provavelmente poderia poderiam geralmente normalmente parece aproximadamente relativamente',
    apology: 'desculpe desculpa desculpas infelizmente lamento perdão',
    praise: 'ótimo ótima excelente maravilhoso fantástico perfeito incrível',
    intensifier:
      'muito realmente absolutamente certamente extremamente especialmente completamente importante essencial crucial',
    negation: 'não nunca nada nenhum nenhuma nem jamais',
    connective: 'entanto além portanto finalmente primeiro segundo então embora enquanto conclusão resumo assim',
    obligation: 'deve devem deveria necessário sempre evite lembre',
    politeness: 'obrigado obrigada favor espero ajudar',
    ability: 'pode podem permite permitem oferece ajuda',
  },
  edges: {
    agreement: 'claro|com certeza|certamente|sim(?!\\p{L})|absolutamente|com prazer',
    flattery: '(boa|ótima|excelente) pergunta|obrigad[oa] por',
    apology: 'desculp|infelizmente|lamento',
    refusal: 'não posso|como (ia|um modelo|uma ia)|não é possível',
    presentation: 'aqui (está|estão|vai)|a seguir|vamos',
    offer: 'não hesite|espero que|se (você )?(tiver|precisar|quiser)|gostaria|boa sorte',
    summary: 'em (conclusão|resumo|geral)|para (concluir|resumir)|finalmente|lembre',
  },
};
