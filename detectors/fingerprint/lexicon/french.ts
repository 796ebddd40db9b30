import type { Lexicon } from './lexicon.js';

export const french: Lexicon = {
  language: 'fr',
  writtenWithSpaces: true,
  words: {
    function:
      "le la les de des du et est en un une que qui dans pour pas sur au aux avec il elle ce cette ces se sont plus par ne ou mais comme son sa ses leur leurs être été a ont aussi peut si c'est qu'il d'un d'une l'on",
    firstSingular: "je me moi mon ma mes j'ai j'aime",
    firstPlural: 'nous notre nos',
    secondPerson: 'vous votre vos tu te toi ton ta tes',
    hedge:
      'peut-être pourrait pourraient probablement possiblement généralement souvent parfois semble environ relativement sans',
    apology: 'désolé désolée excuses excusez malheureusement regrette pardon',
    praise: 'excellent excellente super génial merveilleux magnifique parfait fantastique formidable',
    intensifier:
      'très vraiment absolument certainement extrêmement particulièrement complètement clairement important essentiel crucial',
    negation: "ne pas jamais rien aucun aucune ni n'est",
    connective:
      'cependant donc ensuite enfin ainsi toutefois néanmoins finalement premièrement deuxièmement conclusion résumé outre',
    obligation: 'doit devez faut devrait nécessaire toujours évitez assurez',
    politeness: 'merci plaît bienvenue heureux espère aider',
    ability: 'peut pouvez peuvent permet permettent offre aide',
  },
  edges: {
    agreement: 'bien sûr|certainement|absolument|oui(?!\\p{L})|tout à fait|avec plaisir|évidemment|bien entendu',
    flattery: '(bonne|excellente|très bonne) question|merci (pour|de)',
    apology: 'désolé|malheureusement|excuse|navré',
    refusal: "je ne (peux|puis|suis) pas|en tant qu'ia|en tant que modèle|il m'est impossible",
    presentation: 'voici|voilà|ci-dessous|commençons',
    offer: "n'hésitez pas|j'espère|si vous (avez|souhaitez|voulez)|souhaitez-vous|voulez-vous|bonne chance",
    summary: 'en (conclusion|résumé|somme)|pour (conclure|résumer)|finalement|globalement',
  },
};
