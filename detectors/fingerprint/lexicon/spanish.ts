import type { Lexicon } from './lexicon.js';

export const spanish: Lexicon = {
  language: 'es',
  writtenWithSpaces: true,
  words: {
    function:
      'el la los las de del y en que un una es se por con para no como más pero sus le al lo su o este esta estos estas ha son fue ser si sobre entre cuando también muy sin hasta hay donde quien desde todo nos',
    firstSingular: 'yo me mi mí mis conmigo',
    firstPlural: 'nosotros nosotras nuestro nuestra nuestros nuestras',
    secondPerson: 'tú te ti tu tus usted ustedes vosotros',
    hedge:
      'quizás quizá tal posiblemente probablemente podría podrían generalmente normalmente menudo parece aproximadamente relativamente',
    apology: 'siento perdón disculpa disculpas disculpe lamentablemente desafortunadamente',
    praise: 'excelente genial maravilloso fantástico perfecto increíble estupendo',
    intensifier:
      'muy realmente absolutamente ciertamente extremadamente especialmente completamente claramente importante esencial crucial',
    negation: 'no nunca nada ningún ninguna ni jamás',
    connective: 'embargo además finalmente primero segundo luego entonces aunque mientras conclusión resumen asimismo',
    obligation: 'debe debes deben debería necesario siempre evita asegúrate recuerda',
    politeness: 'gracias favor espero ayudar bienvenido',
    ability: 'puede puedes pueden permite permiten ofrece ayuda',
  },
  edges: {
    agreement: '(claro|por supuesto|desde luego|sí(?!\\p{L})|ciertamente|absolutamente|con gusto)',
    flattery: '(buena|excelente|gran) pregunta|gracias por',
    apology: 'lo siento|lamentablemente|disculp|desafortunadamente',
    refusal: 'no puedo|como (ia|modelo|inteligencia)|no me es posible',
    presentation: 'aquí (está|están|tienes|hay)|a continuación|veamos',
    offer: 'no dudes|espero que|si (tienes|necesitas|quieres|desea)|¿(te|le) gustaría|¿quieres|buena suerte',
    summary: 'en (conclusión|resumen|general)|para (concluir|resumir)|finalmente|recuerda',
  },
};
