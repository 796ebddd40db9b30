import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import {
  createReceiver,
  inflate,
  type Receiver,
  type RevisedGeneration,
  recogniseBody,
} from '../../../collectors/index.js';
import { OUTPUT_READER } from '../../../detectors/index.js';
import { errorMessage, type Generation, LeewayError, systemClock } from '../../model/index.js';
import type { Command, CommandIo } from '../command.js';
import { inspectionJson, inspectionLines } from '../inspect/report.js';

const USAGE = `Usage: leeway inspect FILE…|- [--json]

Reads OTLP bodies exactly as the collector would and shows each generation in them. Protobuf or JSON, traces or logs,
compressed by gzip or not, also JSON Lines as the Collector's file exporter writes them: all told apart by content, and
read together, so that log records join their spans. "-" is standard input.

  --json   one JSON object a line
  --help   this text

Exit codes: 0 read, 1 an input cannot be read, 2 usage`;

const EXIT_OK = 0;
const EXIT_UNREADABLE = 1;
const EXIT_USAGE = 2;

/** `leeway inspect`: what Leeway makes of OTLP bodies. */
export const inspect: Command = {
  async run(args, io) {
    const options = parseOptions(args);
    if (options === null) {
      io.err('inspect: expected FILE… or - and at most --json');
      io.err('Run "leeway inspect --help" for the options.');
      return EXIT_USAGE;
    }
    if (options.help) {
      io.out(USAGE);
      return EXIT_OK;
    }
    return await inspectFiles(options.files, options.json, io);
  },
};

interface Options {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
}

function parseOptions(args: readonly string[]): Options | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
    return positionals.length > 0 || values.help ? { files: positionals, json: values.json, help: values.help } : null;
  } catch {
    return null; // An unknown option: the caller explains the usage.
  }
}

async function inspectFiles(files: readonly string[], json: boolean, io: CommandIo): Promise<number> {
  const receiver = createReceiver({
    userSalt: '',
    promptFlag: '',
    outputReader: OUTPUT_READER,
    outputSchema: () => null,
  });
  const newest = new Map<string, RevisedGeneration>();
  for (const file of files) {
    try {
      for (const body of await bodiesOf(file)) receive(body, file, receiver, newest, io);
    } catch (error) {
      io.err(`inspect: ${file === '-' ? 'standard input' : file}: ${errorMessage(error)}`);
      return EXIT_UNREADABLE;
    }
  }
  const generations = [...newest.values()].map((revised) => revised.generation);
  show(generations, json, io);
  return EXIT_OK;
}

/** @throws {LeewayError} when nothing of the body can be read */
function receive(
  body: Uint8Array,
  file: string,
  receiver: Receiver,
  newest: Map<string, RevisedGeneration>,
  io: CommandIo,
): void {
  const { encoding, signal } = recogniseBody(body);
  const received = receiver[signal](body, encoding, systemClock.now());
  if (!received.ok) throw received.error;
  if (received.rejected.count > 0) io.err(`inspect: ${file}: ${received.rejected.message}`);
  for (const revised of received.batch.generations) {
    const key = revised.generation.traceId + revised.generation.spanId;
    if (revised.revision >= (newest.get(key)?.revision ?? 0)) newest.set(key, revised);
  }
}

function show(generations: readonly Generation[], json: boolean, io: CommandIo): void {
  if (json) {
    for (const generation of generations) io.out(JSON.stringify(inspectionJson(generation)));
    return;
  }
  if (generations.length === 0) io.out('No generation: none of the spans is a call of a model.');
  for (const generation of generations) for (const line of inspectionLines(generation)) io.out(line);
}

const GZIP_MAGIC = [0x1f, 0x8b];

/** The bodies in a file: one, or one a line. */
async function bodiesOf(file: string): Promise<Uint8Array[]> {
  const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file);
  const isGzip = GZIP_MAGIC.every((byte, index) => bytes[index] === byte);
  const inflated = await inflate(bytes, isGzip ? 'gzip' : '');
  if (!inflated.ok) throw inflated.error;
  const lines = jsonLines(Buffer.from(inflated.body));
  const [only] = lines;
  if (lines.length === 0 || only === undefined) throw new LeewayError('LEEWAY_MALFORMED', 'the input is empty');
  return lines;
}

function jsonLines(body: Buffer): Uint8Array[] {
  if (body.length === 0) return [];
  const isJsonLines = /^\s*\{"resource/.test(body.toString('utf8', 0, 64)) && body.includes('}\n{"resource');
  if (!isJsonLines) return [body];
  return body
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Buffer.from(line));
}
