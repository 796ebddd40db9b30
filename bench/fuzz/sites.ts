/** Something in a body that can be changed as a whole: a field of protobuf, a value or a member of JSON. */
export interface Site {
  readonly start: number;
  /** Where its content begins: after the tag and length of a field. */
  readonly content: number;
  readonly end: number;
  /** Where the lengths stand that count its content, innermost first: its own, if it has one, and those around it. */
  readonly lengths: readonly number[];
}
