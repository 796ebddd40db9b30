import type { Lexicon } from './lexicon.js';

export const german: Lexicon = {
  language: 'de',
  writtenWithSpaces: true,
  words: {
    function:
      'der die das und ist in zu den von mit sich des auf für nicht ein eine einen einem einer als auch es an werden aus er hat dass sie nach wird bei um am sind noch wie über so zum war haben nur oder aber vor zur bis mehr durch man sein wurde wenn',
    firstSingular: 'ich mich mir mein meine meinen meiner meinem',
    firstPlural: 'wir uns unser unsere unseren unserer',
    secondPerson: 'du dich dir dein deine ihr euch ihnen ihre ihren',
    hedge:
      'vielleicht möglicherweise eventuell könnte könnten wahrscheinlich vermutlich meist oft manchmal scheint etwa ungefähr relativ tendenziell grundsätzlich',
    apology: 'entschuldigung entschuldige entschuldigen leider bedaure verzeihung',
    praise: 'toll großartig wunderbar ausgezeichnet fantastisch hervorragend perfekt super spannend schön',
    intensifier:
      'sehr wirklich absolut definitiv sicherlich äußerst besonders völlig klar wichtig entscheidend wesentlich',
    negation: 'nicht kein keine keinen nie niemals nichts weder',
    connective:
      'jedoch daher außerdem zudem insgesamt schließlich zunächst dann somit obwohl während stattdessen folglich zusammenfassend erstens zweitens',
    obligation: 'muss müssen sollte sollten notwendig immer vermeiden beachten',
    politeness: 'bitte danke gern gerne hoffe helfen',
    ability: 'kann können ermöglicht bietet hilft',
  },
  edges: {
    agreement: 'natürlich|klar|gerne|sicher|selbstverständlich|ja(?!\\p{L})|genau|absolut',
    flattery: '(gute|tolle|großartige|ausgezeichnete|spannende) frage|danke für|vielen dank',
    apology: 'entschuldig|leider|tut mir leid',
    refusal: 'ich kann (das |dies |ihnen |dir )?nicht|als ki|als sprachmodell|nicht möglich',
    presentation: 'hier (ist|sind|findest|ein)|im folgenden|lass uns',
    offer:
      'lass mich wissen|ich hoffe|melde dich|bei (weiteren )?fragen|möchten sie|möchtest du|viel (erfolg|spaß)|gerne weiter',
    summary: 'insgesamt|zusammenfassend|abschließend|fazit|letztlich',
  },
};
