import type { Lexicon } from './lexicon.js';

export const english: Lexicon = {
  language: 'en',
  writtenWithSpaces: true,
  words: {
    function:
      "the of and to a in is that for it as with be on are by or this you can your which will not from have has their also these such they more but an at was its if we i he she his her them there been were than then so when what how who would could should do does into about some other it's",
    firstSingular: "i me my mine myself i'm i've i'd i'll",
    firstPlural: "we us our ours ourselves we're we've let's we'll",
    secondPerson: "you your yours yourself you're you've you'll",
    hedge:
      'may might could perhaps possibly probably likely generally typically usually often sometimes seems seem appears appear suggests somewhat potentially depending depends relatively tend tends roughly approximately',
    apology: 'sorry apologize apologise apologies unfortunately regret',
    praise:
      'great excellent wonderful fantastic amazing perfect brilliant awesome love lovely fascinating delightful thoughtful insightful exciting beautiful',
    intensifier:
      'very really truly absolutely definitely certainly extremely highly incredibly completely totally clearly indeed especially particularly crucial essential vital key important significant',
    negation:
      "not no never none nothing neither nor cannot can't don't doesn't isn't aren't won't wouldn't shouldn't couldn't didn't wasn't weren't haven't hasn't",
    connective:
      'however therefore additionally furthermore moreover overall finally first second third next thus hence although while whereas instead meanwhile consequently similarly firstly secondly lastly ultimately conclusion summary',
    obligation: 'must should need needs required ensure always avoid remember consider note',
    politeness: 'please thank thanks welcome happy glad hope feel help',
    ability: 'can able allow allows enable enables provide provides help helps offer offers',
  },
  edges: {
    agreement:
      "sure|certainly|of course|absolutely|definitely|yes(?!\\p{L})|indeed|got it|okay|ok(?!\\p{L})|no problem|you're right|exactly|gladly|happy to",
    flattery:
      "great (question|idea|choice|point)|good question|excellent (question|idea|choice|point)|what an? (great|wonderful|fantastic|interesting|lovely)|thank you for|thanks for|i love|that('s| is) an? (great|fascinating|interesting|wonderful|excellent|fantastic)|(fascinating|interesting) (question|topic)",
    apology: 'sorry|apologi[sz]e|apologies|unfortunately',
    refusal:
      "i (can't|cannot|can not|won't|am unable|am not able|must decline|do not have|don't have)|i'm (unable|not able|just an|an ai|only an)|as an? (ai|artificial|language)|not (appropriate|ethical)",
    presentation:
      "here(’s|'s| is| are)|below (is|are)|the following|let's|let me|i'd|i will|i'll|i would|to (answer|begin|start|solve|make|create)",
    offer:
      "let me know|feel free|hope (this|that|it|you)|happy to (help|assist)|if you (have|need|would|want|'d)|would you like|do you (have|want|need)|any (other|more|further) questions|further assistance|reach out|don't hesitate|good luck|enjoy|stay safe",
    summary:
      "overall|in (conclusion|summary|short)|to sum|ultimately|in the end|remember|by following|with these|it('s| is) (important|worth|essential)|please note|note that",
  },
};
