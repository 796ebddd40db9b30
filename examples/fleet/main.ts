import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { Fleet } from './fleet.js';
import { BEHAVIOURS } from './model.js';

/**
 * Usage: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_EXPORTER_OTLP_COMPRESSION=gzip \
 *          node main.js --registry URL [--leeway URL] [--behaviour schema-break] [--rate 100] [--pods 3] [--seed 1]
 * Prints JSON lines: `pointer` whenever a pod begins to serve by a new pointer, and after SIGTERM or a line `stop` on
 * standard input (or its end) a `report` of what was really sent. With `--wait` it begins at a line `start`.
 */
const { values } = parseArgs({
  options: {
    registry: { type: 'string', default: 'http://127.0.0.1:4400' },
    leeway: { type: 'string', default: '' },
    behaviour: { type: 'string', default: 'schema-break' },
    rate: { type: 'string', default: '100' },
    pods: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    'cache-seconds': { type: 'string', default: '2' },
    wait: { type: 'boolean', default: false },
  },
});
const behaviour = BEHAVIOURS.find((name) => name === values.behaviour);
if (!behaviour) {
  console.error(`fleet: --behaviour must be one of ${BEHAVIOURS.join(', ')}`);
  process.exit(2);
}

diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
const print = (line: object) => console.log(JSON.stringify(line));
const fleet = new Fleet({
  registryUrl: values.registry,
  leewayUrl: values.leeway,
  behaviour,
  pods: Number(values.pods),
  requestsPerSecond: Number(values.rate),
  seed: Number(values.seed),
  cacheMs: Number(values['cache-seconds']) * 1_000,
  now: Date.now,
  onMove: (pod, pointer) => print({ event: 'pointer', pod, ...pointer }),
  onProblem: (problem) => console.error(`fleet: ${problem}`),
});

function start(): void {
  fleet.start();
  print({ event: 'started', pods: Number(values.pods), requestsPerSecond: Number(values.rate) });
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  print({ event: 'report', ...(await fleet.stop()) });
  process.exit(0);
}

process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
const control = createInterface({ input: process.stdin });
control.on('line', (line) => {
  if (line.trim() === 'start' && values.wait) start();
  if (line.trim() === 'stop') void stop();
});
// A parent that dies takes the fleet with it: its end of the pipe closes.
control.on('close', () => void stop());
if (!values.wait) start();
