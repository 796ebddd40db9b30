import { type Static, Type } from 'typebox';
import { REMOVAL_STATES } from '../../catalog/index.js';
import { REMOVABLE_KINDS } from '../../model/index.js';
import { nullable, oneOf, Share, Target, Time } from './common.js';

export const RemovalReadiness = Type.Object({
  target: Target,
  kind: oneOf(REMOVABLE_KINDS),
  name: Type.String(),
  state: oneOf(REMOVAL_STATES),
  ready: Type.Boolean({ description: 'Unused for the hold time, and enough was seen to know; never without data' }),
  missing: Type.Array(Type.String(), { description: 'What is missing, in sentences; empty exactly when ready' }),
  holdSeconds: Type.Integer(),
  generations: Type.Integer({ description: 'Of the target, within the hold time' }),
  uses: Type.Integer(),
  usesLastHour: Type.Integer(),
  lastUse: nullable(Time),
  usageUpperBound: nullable(Share),
  pods: Type.Array(Type.Object({ pod: Type.String(), uses: Type.Integer(), lastUse: Time })),
  openSessions: Type.Integer(),
  straddlingSessions: Type.Integer(),
  offeredBy: Type.Array(Type.String(), { description: 'For tools: live tools versions that hold it' }),
  elsewhere: Type.Array(Target, { description: 'Other targets that were seen with the same within the hold time' }),
  readers: Type.Array(Type.Object({ reader: Type.String(), comment: Type.String(), since: Time })),
});

const Readable = {
  target: Type.String({ minLength: 1, maxLength: 64 }),
  kind: oneOf(REMOVABLE_KINDS),
  name: Type.String({ minLength: 1, maxLength: 512 }),
};

export const ReaderInput = Type.Object(
  {
    ...Readable,
    reader: Type.String({ minLength: 1, maxLength: 256, description: 'A service, a team, a person' }),
    reading: Type.Boolean({ default: true, description: 'false: no longer' }),
    comment: Type.String({ default: '', maxLength: 4096 }),
  },
  { additionalProperties: false },
);

export const DeclaredReader = Type.Object({
  ...Readable,
  reader: Type.String(),
  comment: Type.String(),
  since: Time,
});

export type RemovalReadiness = Static<typeof RemovalReadiness>;
