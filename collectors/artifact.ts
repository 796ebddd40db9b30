import { ARTIFACT_KINDS, type Artifact, type ArtifactKind } from '../src/model/index.js';
import { canonicalJson, sha256 } from './canonical.js';

/** Characters of content that are remembered with their digests, of each kind. */
const MAX_REMEMBERED_CHARACTERS = 4_000_000;

/** Artifacts by their content: the same comes with every call. Forgets everything when it is full. */
class RememberedArtifacts {
  readonly #byContent = new Map<string, Artifact>();
  readonly #kind: ArtifactKind;
  #characters = 0;

  constructor(kind: ArtifactKind) {
    this.#kind = kind;
  }

  of(content: string): Artifact {
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    this.#characters += content.length;
    if (this.#characters > MAX_REMEMBERED_CHARACTERS) {
      this.#byContent.clear();
      this.#characters = content.length;
    }
    const artifact = { digest: sha256(content), kind: this.#kind, content };
    this.#byContent.set(content, artifact);
    return artifact;
  }
}

const BY_KIND = new Map(ARTIFACT_KINDS.map((kind) => [kind, new RememberedArtifacts(kind)]));

/** Content under the SHA-256 of itself; structures must come in canonical form. */
export function artifactOf(kind: ArtifactKind, content: string): Artifact {
  return BY_KIND.get(kind)?.of(content) ?? { digest: sha256(content), kind, content };
}

const schemas = new WeakMap<object, Artifact>();

/** A JSON Schema as an artifact; the same object must not be changed and given again. */
export function schemaArtifact(schema: object): Artifact {
  const known = schemas.get(schema);
  if (known !== undefined) return known;
  const artifact = artifactOf('output_schema', canonicalJson(schema));
  schemas.set(schema, artifact);
  return artifact;
}
