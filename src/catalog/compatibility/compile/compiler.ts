import { type Dialect, type ReadSchema, withoutAnnotations } from '../dialect.js';
import { isCheckedFormat } from '../formats.js';
import { type Formula, type Formulas, JSON_TYPES, type JsonType } from '../formula.js';
import { identityOf, isJsonObject, type JsonObject, member } from '../json.js';
import { MAX_ONE_OF } from '../limits.js';
import { compileArrayKeywords } from './arrays.js';
import { countOf } from './keywords.js';
import { compileObjectKeywords } from './objects.js';
import { References } from './references.js';
import { compileUnevaluated } from './unevaluated.js';

/** Compiles one schema document into a {@link Formula}. What is not analysed becomes an opaque constraint. */
export class SchemaCompiler {
  readonly formulas: Formulas;
  readonly dialect: Dialect;
  /** Whether the formula records which names the schema declares at each place (for the writer under LENIENT). */
  readonly marksDeclaredNames: boolean;
  readonly #root: unknown;
  readonly #side: string;
  readonly #references: References;
  readonly #compiled = new Map<JsonObject, Formula>();
  readonly #underway = new Map<JsonObject, number>();

  /** @param side tells the references of the two documents of a comparison apart */
  constructor(read: ReadSchema, formulas: Formulas, side: string, marksDeclaredNames: boolean) {
    this.formulas = formulas;
    this.dialect = read.dialect;
    this.marksDeclaredNames = marksDeclaredNames;
    this.#root = read.schema;
    this.#side = side;
    this.#references = new References(read.schema);
  }

  compileRoot(): Formula {
    return this.compile(this.#root);
  }

  compile(schema: unknown): Formula {
    if (schema === false) return this.formulas.never;
    if (!isJsonObject(schema)) return this.formulas.always;
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    if (this.#underway.has(schema)) return this.#recursive(schema);
    this.#underway.set(schema, this.#underway.size);
    const formula = this.formulas.all([
      ...this.#generalKeywords(schema),
      ...numberKeywords(schema, this.formulas),
      ...stringKeywords(schema, this.formulas),
      ...compileArrayKeywords(schema, this),
      ...compileObjectKeywords(schema, this),
      ...compileUnevaluated(schema, this),
    ]);
    this.#compiled.set(schema, formula);
    return formula;
  }

  /** A schema inside itself: followed only as far as an instance is nested. */
  #recursive(schema: JsonObject): Formula {
    const key = `${this.#side}${this.#underway.get(schema)}`;
    return this.formulas.reference(key, () => this.#compiled.get(schema) ?? this.formulas.always);
  }

  /** @returns what a reference in the schema points to; `undefined` when it is not in this document */
  target(reference: string, from: JsonObject): unknown {
    return this.#references.find(reference, from);
  }

  /** @param schema what is not analysed: it equals the same words in the other document, if they mean the same there */
  opaque(reason: string, schema: unknown): Formula {
    const words = withoutAnnotations(schema);
    const isOfItsOwn = !/"\$(?:ref|dynamicRef|recursiveRef)":/.test(JSON.stringify(words));
    const identity = identityOf(isOfItsOwn ? words : [words, withoutAnnotations(this.#root)]);
    return this.formulas.holds({ kind: 'opaque', reason, identity: `${this.dialect} ${identity}` });
  }

  /** Is it an object with a member of this name? (`required` alone also holds for what is no object.) */
  hasProperty(name: string): Formula {
    return this.formulas.all([this.formulas.types('object'), this.formulas.holds({ kind: 'required', name })]);
  }

  #generalKeywords(schema: JsonObject): Formula[] {
    const { formulas } = this;
    const parts = [...typeKeyword(schema, formulas), ...this.#referenceKeywords(schema)];
    const allowed = member(schema, 'enum');
    if (Array.isArray(allowed)) parts.push(formulas.holds({ kind: 'values', values: allowed }));
    if (Object.hasOwn(schema, 'const')) parts.push(formulas.holds({ kind: 'values', values: [schema['const']] }));
    parts.push(...this.#list(schema, 'allOf'));
    const anyOf = this.#list(schema, 'anyOf');
    if (anyOf.length > 0) parts.push(formulas.any(anyOf));
    const oneOf = this.#list(schema, 'oneOf');
    if (oneOf.length > 0) parts.push(this.#exactlyOne(oneOf, schema));
    if (Object.hasOwn(schema, 'not')) parts.push(formulas.not(this.compile(schema['not'])));
    parts.push(...this.#conditional(schema));
    return parts;
  }

  #list(schema: JsonObject, keyword: string): Formula[] {
    const list = member(schema, keyword);
    return Array.isArray(list) ? list.map((one) => this.compile(one)) : [];
  }

  #exactlyOne(of: readonly Formula[], schema: JsonObject): Formula {
    if (of.length > MAX_ONE_OF)
      return this.opaque(`oneOf with more than ${MAX_ONE_OF} alternatives`, { oneOf: schema['oneOf'] });
    const { formulas } = this;
    const atMostOne = of.flatMap((one, index) =>
      of.slice(index + 1).map((other) => formulas.any([formulas.not(one), formulas.not(other)])),
    );
    return formulas.all([formulas.any(of), ...atMostOne]);
  }

  #conditional(schema: JsonObject): Formula[] {
    if (!Object.hasOwn(schema, 'if')) return [];
    const condition = this.compile(schema['if']);
    const parts: Formula[] = [];
    if (Object.hasOwn(schema, 'then')) parts.push(this.formulas.implies(condition, this.compile(schema['then'])));
    if (Object.hasOwn(schema, 'else')) {
      parts.push(this.formulas.implies(this.formulas.not(condition), this.compile(schema['else'])));
    }
    return parts;
  }

  #referenceKeywords(schema: JsonObject): Formula[] {
    const parts: Formula[] = [];
    const reference = member(schema, '$ref');
    if (typeof reference === 'string') parts.push(this.#reference(reference, schema));
    if (this.dialect === 'draft-07') return parts;
    for (const keyword of ['$dynamicRef', '$recursiveRef']) {
      const dynamic = member(schema, keyword);
      // Where it leads may depend on the way that led here; within one document of its own it does not.
      if (typeof dynamic === 'string') parts.push(this.#dynamicReference(dynamic, keyword, schema));
    }
    return parts;
  }

  #reference(reference: string, from: JsonObject): Formula {
    const found = this.target(reference, from);
    if (found === undefined) return this.opaque(`$ref ${reference} is not in the schema`, { $ref: reference });
    return this.compile(found);
  }

  #dynamicReference(reference: string, keyword: string, from: JsonObject): Formula {
    const { $id: _own, ...inner } = { $id: '', ...(isJsonObject(this.#root) ? this.#root : {}) };
    const hasResources = JSON.stringify(inner).includes('"$id":');
    return hasResources
      ? this.opaque(`${keyword} across schemas`, { $dynamicRef: reference })
      : this.#reference(reference, from);
  }
}

function typeKeyword(schema: JsonObject, formulas: Formulas): Formula[] {
  const type = member(schema, 'type');
  const named = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (named.length === 0) return [];
  const types = JSON_TYPES.filter((known) => named.includes(known));
  if (!named.includes('integer') || named.includes('number')) return [formulas.types(...types)];
  const withNumber: JsonType[] = [...types, 'number'];
  return [formulas.types(...withNumber), formulas.holds({ kind: 'integer' })];
}

const INT32_LIMIT = 2 ** 31;

function numberKeywords(schema: JsonObject, formulas: Formulas): Formula[] {
  const parts: Formula[] = [];
  for (const [keyword, kind, exclusive] of NUMBER_LIMITS) {
    const limit = member(schema, keyword);
    if (typeof limit === 'number') parts.push(formulas.holds({ kind, limit, exclusive }));
  }
  const divisor = member(schema, 'multipleOf');
  if (divisor === 1) parts.push(formulas.holds({ kind: 'integer' }));
  else if (typeof divisor === 'number') parts.push(formulas.holds({ kind: 'multipleOf', divisor }));
  const format = member(schema, 'format');
  if (format === 'int32' || format === 'int64') parts.push(formulas.holds({ kind: 'integer' }));
  if (format === 'int32') {
    parts.push(formulas.holds({ kind: 'minimum', limit: -INT32_LIMIT, exclusive: false }));
    parts.push(formulas.holds({ kind: 'maximum', limit: INT32_LIMIT - 1, exclusive: false }));
  }
  return parts;
}

const NUMBER_LIMITS = [
  ['minimum', 'minimum', false],
  ['exclusiveMinimum', 'minimum', true],
  ['maximum', 'maximum', false],
  ['exclusiveMaximum', 'maximum', true],
] as const;

function stringKeywords(schema: JsonObject, formulas: Formulas): Formula[] {
  const parts: Formula[] = [];
  const minLength = countOf(schema, 'minLength');
  if (minLength !== null) parts.push(formulas.holds({ kind: 'minLength', limit: minLength }));
  const maxLength = countOf(schema, 'maxLength');
  if (maxLength !== null) parts.push(formulas.holds({ kind: 'maxLength', limit: maxLength }));
  const pattern = member(schema, 'pattern');
  if (typeof pattern === 'string') parts.push(formulas.holds({ kind: 'pattern', pattern }));
  const format = member(schema, 'format');
  if (typeof format === 'string' && isCheckedFormat(format)) parts.push(formulas.holds({ kind: 'format', format }));
  return parts;
}
