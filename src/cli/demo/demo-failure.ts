/** Why the demo cannot go on, in words for the person who watches it. */
export class DemoFailure extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'DemoFailure';
  }
}
