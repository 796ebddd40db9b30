/** Addresses that mean "this machine". */
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']);

/**
 * Leeway's own traces, sent where the standard `OTEL_*` variables say; off without an endpoint, and never to itself: its
 * spans about its spans would never end.
 * @param endpoint value of OTEL_EXPORTER_OTLP_ENDPOINT
 * @param own where Leeway listens
 * @returns stops the export; `null` when there is none
 */
export async function startOwnTelemetry(
  endpoint: string | undefined,
  own: { host: string; port: number },
  log: (message: string) => void,
): Promise<(() => Promise<void>) | null> {
  if (!endpoint) return null;
  if (isOwn(endpoint, own)) {
    log(`OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint} is Leeway itself: its own telemetry stays off`);
    return null;
  }
  // Loaded only here: it is half of what the service would load at its start.
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  const sdk = new NodeSDK({ serviceName: 'leeway', traceExporter: new OTLPTraceExporter(), instrumentations: [] });
  sdk.start();
  return () => sdk.shutdown();
}

export function isOwn(endpoint: string, own: { host: string; port: number }): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname, port, protocol } = new URL(endpoint);
  const effectivePort = Number(port) || (protocol === 'https:' ? 443 : 80);
  return effectivePort === own.port && (hostname === own.host || LOOPBACK.has(hostname));
}
