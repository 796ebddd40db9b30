import type { Attributes, Scope } from '../otlp/types.js';
import { attributeText, type RowBinaryWriter } from './row-binary.js';

/** ServiceName and ResourceAttributes, which stand side by side in otel_traces. */
export function writeResource(to: RowBinaryWriter, resource: Attributes): void {
  writeServiceName(to, resource);
  to.attributes(resource);
}

export function writeServiceName(to: RowBinaryWriter, resource: Attributes): void {
  to.string(attributeText(resource.get('service.name') ?? ''));
}

/** ScopeName and ScopeVersion. */
export function writeScope(to: RowBinaryWriter, scope: Scope): void {
  to.string(scope.name);
  to.string(scope.version);
}
