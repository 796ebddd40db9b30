import type { Lexicon } from './lexicon.js';

export const italian: Lexicon = {
  language: 'it',
  writtenWithSpaces: true,
  words: {
    function:
      "il lo la i gli le di del della dei delle e è in che un una per con non si da come più ma al alla sono anche su nel nella questo questa o se ha dal dalla tra essere stato molto c'è quando",
    firstSingular: 'io mi me mio mia miei mie',
    firstPlural: 'noi ci nostro nostra nostri nostre',
    secondPerson: 'tu ti te tuo tua tuoi voi vi vostro',
    hedge:
      'forse potrebbe potrebbero probabilmente possibilmente generalmente spesso talvolta sembra circa relativamente',
    apology: 'scusa scusi spiacente dispiace purtroppo scuse',
    praise: 'ottimo ottima eccellente meraviglioso fantastico perfetto splendido',
    intensifier:
      'molto davvero assolutamente certamente estremamente particolarmente completamente importante essenziale cruciale',
    negation: 'non mai niente nulla nessun nessuno né',
    connective: 'tuttavia inoltre quindi infine primo secondo poi sebbene mentre conclusione sintesi pertanto',
    obligation: 'deve devi devono dovrebbe necessario sempre evita assicurati ricorda',
    politeness: 'grazie prego favore spero aiutare benvenuto',
    ability: 'può puoi possono permette permettono offre aiuta',
  },
  edges: {
    agreement: 'certo|certamente|sì(?!\\p{L})|assolutamente|ovviamente|volentieri',
    flattery: '(bella|ottima|buona) domanda|grazie per',
    apology: 'mi dispiace|purtroppo|scus',
    refusal: 'non posso|come (ia|modello)|non sono in grado',
    presentation: 'ecco|di seguito|vediamo',
    offer: 'non esitare|spero che|se (hai|vuoi|desideri)|vuoi che|ti piacerebbe|buona fortuna',
    summary: 'in (conclusione|sintesi|generale)|per (concludere|riassumere)|infine|ricorda',
  },
};
