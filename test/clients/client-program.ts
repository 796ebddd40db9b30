import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { packageFile } from '../../src/package-file.js';
import type { Receivers } from './receivers.js';

/** The protocols of OTLP as the standard variable names them. */
export type Protocol = 'grpc' | 'http/protobuf' | 'http/json';

/**
 * Runs one of the programs to its end, with its telemetry sent here and its provider the stub.
 * @throws Error with what it said, when it fails
 */
export async function runClient(
  program: string,
  protocol: Protocol,
  { httpUrl, grpcUrl }: Receivers,
  providersUrl: string,
): Promise<void> {
  const child = spawn(process.execPath, [packageFile(`test/clients/programs/${program}.mjs`)], {
    env: {
      PATH: process.env['PATH'],
      OTEL_SERVICE_NAME: 'support-bot',
      OTEL_RESOURCE_ATTRIBUTES:
        'deployment.environment.name=production,service.version=1.4.2,k8s.pod.name=support-bot-7c9,cloud.region=eu-north-1',
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? grpcUrl : httpUrl,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: `${providersUrl}/v1`,
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: providersUrl,
      ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE: 'content',
      PROVIDERS_URL: providersUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${said}`);
}
