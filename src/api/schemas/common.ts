import { type Static, type TSchema, Type } from 'typebox';
import { VERSION_SOURCES } from '../../model/index.js';

export const oneOf = <T extends string>(values: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...values] });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });
export const TraceId = Type.String({ pattern: '^[0-9a-f]{32}$', description: '32 lower-case hex digits' });
export const Bucket = Type.Integer({ description: 'First second of a 10 s bucket of event time (Unix)' });
export const Share = Type.Number({ minimum: 0, maximum: 1 });

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened, where, and what to do' }),
    code: Type.String({ description: 'Stable code, e.g. LEEWAY_NOT_FOUND' }),
    instance: Type.Optional(Type.String()),
  },
  { title: 'Problem', description: 'RFC 9457 problem details' },
);

export const Target = Type.Object({
  targetId: Type.String(),
  service: Type.String(),
  environment: Type.String(),
  operation: Type.String(),
});

const Version = Type.Object({ value: Type.String(), source: oneOf(VERSION_SOURCES) });
export const Versions = Type.Object({ model: Version, prompt: Version, tools: Version, context: Version });
const VersionName = Type.String({ minLength: 1, maxLength: 512 });
export const Selector = Type.Partial(
  Type.Object({ model: VersionName, prompt: VersionName, tools: VersionName, context: VersionName }),
  { additionalProperties: false, minProperties: 1 },
);

export type Problem = Static<typeof Problem>;
