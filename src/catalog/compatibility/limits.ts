/**
 * Limits of one comparison. Schemas come from traces and pull requests, so from anyone; beyond a limit the answer is
 * "unknown", never a guess. They bound steps and sizes, not time, so that the answer does not depend on the machine.
 */

/** Characters of a schema as JSON. */
export const MAX_SCHEMA_CHARACTERS = 256 * 1024;
/** Objects and arrays inside one another in a schema. */
export const MAX_SCHEMA_DEPTH = 128;
/** States and branches that one comparison looks at. */
export const MAX_STEPS = 30_000;
/** Objects and arrays inside one another in a counterexample. */
export const MAX_VALUE_DEPTH = 30;
/** Elements of an array, and members of an object, of a counterexample. */
export const MAX_VALUE_MEMBERS = 256;
/** Code points of a string of a counterexample. */
export const MAX_VALUE_CHARACTERS = 10_000;
/** Alternatives of one `oneOf`: each is compared with each. */
export const MAX_ONE_OF = 48;
/** Conditions (`anyOf`, `if`, …) beside one `unevaluated…`: every combination of them is a case. */
export const MAX_UNEVALUATED_CONDITIONS = 6;
/** Patterns of one object's names: every combination of them is a kind of name. */
export const MAX_NAME_PATTERNS = 6;
/** Placements of what an array or an object must have, tried for one branch. */
export const MAX_PLACEMENTS = 2_000;
/** Values tried one by one: of an `enum`, or multiples between two limits. */
export const MAX_ENUMERATED = 5_000;

/** Characters of a regular expression that is analysed; a longer one is only ever compared for equality. */
export const MAX_PATTERN_CHARACTERS = 1_000;
/** A repetition `{n,m}` that is analysed. */
export const MAX_PATTERN_REPEAT = 1_000;
/** States of the automaton of one question about strings. */
export const MAX_LANGUAGE_STATES = 2_000;
/** Parts of regular expressions looked at in one comparison, over all questions about strings. */
export const MAX_LANGUAGE_WORK = 400_000;

/** Instances that are tried where a comparison was not decided. */
export const MAX_SEARCHED_INSTANCES = 600;
/** Instances that are tried against a proof: it must survive the validator. */
export const MAX_DOUBTING_INSTANCES = 150;
