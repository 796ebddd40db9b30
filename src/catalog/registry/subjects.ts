/** What a subject of the schema registry stands for: the arguments of a service's tool, or a schema of that name. */
export type SubjectName =
  | { readonly kind: 'tool'; readonly service: string; readonly tool: string }
  | { readonly kind: 'schema' };

/** `support-bot/get_weather`; a slash in a service's name is written `%2F`. */
export function toolSubject(service: string, tool: string): string {
  return `${encodeURIComponent(service)}/${tool}`;
}

export function readSubject(subject: string): SubjectName {
  const slash = subject.indexOf('/');
  if (slash <= 0 || slash === subject.length - 1) return { kind: 'schema' };
  try {
    return { kind: 'tool', service: decodeURIComponent(subject.slice(0, slash)), tool: subject.slice(slash + 1) };
  } catch {
    return { kind: 'schema' };
  }
}

/**
 * The number by which Confluent's clients ask for a schema: 31 bits of its digest, so that every process gives the same
 * without asking another. Two of a thousand schemas share one with a chance of 1 in 4,300.
 */
export function schemaId(digest: string): number {
  return Math.max(1, Number.parseInt(digest.slice(0, 8), 16) % 2 ** 31);
}
