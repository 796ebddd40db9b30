import { parseArgs } from 'node:util';
import { errorMessage, wordList } from '../../model/index.js';
import type { Command, CommandIo } from '../command.js';
import { FleetVoice } from '../demo/fleet-voice.js';
import { play } from '../demo/play.js';
import { proof } from '../demo/proof.js';
import { type DemoEvidence, type DemoResult, unmetExpectations } from '../demo/result.js';
import { SCENARIOS, type Scenario } from '../demo/scenario.js';
import { type Cleanups, cleanUp, setStage } from '../demo/stage.js';
import { Timeline } from '../demo/timeline.js';
import { Watch } from '../demo/watch.js';

/** Whatever happens, it is over then. The demo promises two minutes; a machine that is busy elsewhere may take longer. */
const DEADLINE_MS = 200_000;

const USAGE = `Usage: leeway demo [--scenario NAME] [--json]

Plays an incident on this machine, with processes of its own and no account: a fleet, a prompt registry, Leeway.

  --scenario NAME   ${SCENARIOS.map(({ name }) => name).join(', ')}
  --json            the timeline on standard error, one line with the result on standard output

Exit codes: 0 as expected, 1 something is missing (and said), 2 usage, 130 interrupted`;

const EXIT = { held: 0, missed: 1, usage: 2, interrupted: 130 } as const;

/** Plays a whole incident on this machine: traffic, a bad prompt, the verdict, the rollback and its proof. */
export const demo: Command = {
  async run(args, io) {
    const options = parse(args);
    if ('help' in options) {
      io.out(USAGE);
      return EXIT.held;
    }
    if ('problem' in options) {
      io.err(`demo: ${options.problem}`);
      return EXIT.usage;
    }
    const { scenario, json } = options;
    const timeline = new Timeline(json ? io.err : io.out, Date.now);
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const cleanups: Cleanups = [];
    try {
      return await perform(scenario, { io, json, timeline, cleanups, signal: AbortSignal.any([io.signal, deadline]) });
    } catch (error) {
      const interrupted = io.signal.aborted;
      const reason = deadline.aborted ? `not finished after ${DEADLINE_MS / 1_000} s` : errorMessage(error);
      timeline.say('demo', interrupted ? 'Interrupted; cleaning up.' : `Failed: ${reason}`);
      return interrupted ? EXIT.interrupted : EXIT.missed;
    } finally {
      await cleanUp(cleanups, (problem) => io.err(`demo: ${problem}`));
    }
  },
};

async function perform(
  scenario: Scenario,
  options: { io: CommandIo; json: boolean; timeline: Timeline; cleanups: Cleanups; signal: AbortSignal },
): Promise<number> {
  const { io, json, timeline, cleanups, signal } = options;
  timeline.say('demo', `Scenario ${scenario.name}: ${scenario.story}`);
  let held = false;
  const fleet = new FleetVoice(timeline);
  const stage = await setStage(scenario, { env: io.env, timeline, signal, cleanups, onFleetLine: fleet.hear });
  timeline.say('demo', `Leeway is ready. Watch it at ${stage.api.url}/`);
  // Whatever goes wrong from here on, the service's log says more about it.
  cleanups.push(async () => {
    if (!held && !io.signal.aborted) timeline.say('leeway', `its last log lines:\n${stage.leeway.output}`);
  });
  const watch = new Watch(stage.api, timeline, scenario.blame);
  const report = await play({ scenario, stage, watch, timeline, report: fleet.report, signal });
  const { result, evidence, problems } = await proof({ scenario, stage, watch, timeline, report, signal });
  const unmet = unmetExpectations(scenario, result, evidence);
  held = unmet.length === 0;
  await cleanUp(cleanups, (problem) => io.err(`demo: ${problem}`));
  if (held) timeline.say('demo', lesson(result, evidence));
  else for (const problem of problems) timeline.say('leeway', problem);
  for (const problem of unmet) timeline.say('demo', `Missing: ${problem}.`);
  if (json) io.out(JSON.stringify(result));
  return held ? EXIT.held : EXIT.missed;
}

/** What the run has proven, in words. */
function lesson(result: DemoResult, evidence: DemoEvidence): string {
  const kept = `All ${result.spansStored} spans that the fleet sent are in the store, each once.`;
  if (result.verdict !== 'rollback')
    return (
      `Proven: ${result.candidateGenerations} generations of a healthy candidate were judged at every bucket, the ` +
      `verdict is ${result.verdict}, and nobody was called.\n${kept}`
    );
  const retries = evidence.webhookCalls - result.rollbackCalls;
  const calls = retries > 0 ? `after ${retries} refused attempts with the same idempotency key, ` : '';
  const seconds = result.secondsFromFirstBadBucketClosed ?? 0;
  const when =
    seconds > 0 ? `${seconds} s after its first bad bucket was closed` : 'as soon as a bad bucket was closed';
  return (
    `Proven: ${wordList(evidence.blame)} showed the harm within ${result.candidateGenerations} generations of ` +
    `the candidate, ${when}.\nThe registry was told once, ${calls}and the traffic showed that the old version is back.\n` +
    kept
  );
}

type Options = { readonly scenario: Scenario; readonly json: boolean };

function parse(args: readonly string[]): Options | { help: true } | { problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: SCENARIOS[0].name },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return { help: true };
    const scenario = SCENARIOS.find(({ name }) => name === values.scenario);
    const names = SCENARIOS.map(({ name }) => name).join(', ');
    return scenario
      ? { scenario, json: values.json }
      : { problem: `there is no scenario ${values.scenario}: ${names}` };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}
