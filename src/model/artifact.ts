/** The kinds of content that are kept under their digest. */
export const ARTIFACT_KINDS = ['prompt', 'tools', 'context', 'output_schema'] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** The content of a version, stored once under the SHA-256 of its canonical form (RFC 8785), immutable. */
export interface Artifact {
  /** 64 hex digits. */
  readonly digest: string;
  readonly kind: ArtifactKind;
  readonly content: string;
}
