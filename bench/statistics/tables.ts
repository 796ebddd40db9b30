import type { FalseAlarm } from './alarm-log.js';
import type { StatisticsReport } from './run.js';

/** The report as people read it in a terminal. */
export function tablesOf(report: StatisticsReport): string {
  return [
    'False alarms: share of runs in which a method ever raises an alarm, although there is nothing to find',
    table(
      ['scenario', 'p', 'share', 'method', 'α', 'rate', 's.e.', 'runs', 'looks', ''],
      report.falseAlarms.map(alarmRow),
    ),
    'Mean candidate units to a rollback, beside the sequential probability ratio test that knows both rates',
    table(
      ['change', 'share', 'α', 'units', 'p80', 'oracle', 'ratio', 's.e.', 'runs'],
      report.delays.map((row) => [
        ...[row.change, percent(row.share), String(row.alpha), units(row.units), units(row.unitsP80)],
        ...[units(row.oracleUnits), row.ratioToOracle.toFixed(3), row.standardError.toFixed(3), String(row.runs)],
      ]),
    ),
    'Candidate units to a rollback with the default thresholds of compliance',
    table(
      ['change', 'share', 'α', 'mean', 's.e.', 'p80', 'runs'],
      report.rollbacks.map((row) => [
        ...[row.change, percent(row.share), String(row.alpha), units(row.mean), row.standardError.toFixed(1)],
        ...[units(row.p80), String(row.runs)],
      ]),
    ),
    'Candidate units until a healthy candidate passes',
    table(
      ['p', 'share', 'margin', 'α', 'mean', 's.e.', 'p80', 'runs'],
      report.promotions.map((row) => [
        ...[String(row.p), percent(row.share), String(row.margin), String(row.alpha), units(row.mean)],
        ...[row.standardError.toFixed(1), units(row.p80), String(row.runs)],
      ]),
    ),
    'Small harms at 98 % and 1 % of the traffic: share of runs that are acted on',
    table(
      ['odds ratio', 'difference', 'units', 'α', 'evidence', 'rollback', 's.e.', 'runs'],
      report.smallEffects.map((row) => [
        ...[String(row.oddsRatio), `+${(row.difference * 100).toFixed(2)} pp`, String(row.units), String(row.alpha)],
        ...[percent(row.evidenceRate), percent(row.rollbackRate), percent(row.standardError), String(row.runs)],
      ]),
    ),
    'Shown 95 % intervals: share of runs in which one ever misses the truth',
    table(
      ['interval', 'change', 'share', 'α', 'rate', 's.e.', 'runs', 'looks'],
      report.intervals.map((row) => [
        ...[row.interval, row.change, percent(row.share), String(row.alpha), percent(row.rate)],
        ...[percent(row.standardError), String(row.runs), String(row.looks)],
      ]),
    ),
    'Updates a second on one core, by units of a block (baseline + candidate)',
    table(
      ['block', 'kernel A', 'kernel B'],
      Object.entries(report.updatesPerSecond.kernelA).map(([block, perSecond]) => [
        ...[block, perSecond.toLocaleString('en-US')],
        (report.updatesPerSecond.kernelB[block] ?? 0).toLocaleString('en-US'),
      ]),
    ),
  ].join('\n');
}

function alarmRow(row: FalseAlarm): string[] {
  return [
    ...[row.scenario, String(row.p), row.share === 'ramp' ? 'ramp' : percent(row.share), row.method, String(row.alpha)],
    ...[percent(row.rate), percent(row.standardError), String(row.runs), String(row.looks)],
    row.ok === undefined ? '' : row.ok ? 'ok' : 'TOO MANY',
  ];
}

function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(1))} %`;
}

function units(value: number): string {
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[line(head), ...rows.map(line)].join('\n')}\n`;
}
