import type { Run, WorkloadReport } from './run.js';

/** The report for people. */
export function tableOf(reports: readonly WorkloadReport[]): string {
  return reports.map(sectionOf).join('\n\n');
}

function sectionOf(report: WorkloadReport): string {
  const { limits, latency } = report;
  const sent = Math.round(report.sentBytesPerSpan);
  return [
    `${report.workload}: ${Math.round(report.bytesPerSpan)} bytes a span (${sent} as sent), requests of 512, 8 connections`,
    '                              spans/s     MB/s   CPU s/million   peak RSS MB   503',
    line('a  protobufjs, JSONEachRow', report.a),
    line('   of otel_traces only', report.a_traces_only),
    line('b  leeway serve', report.b),
    `c  engine alone            ${number(limits.engine, 10)}`,
    `d  decode alone            ${number(limits.decode, 10)}   (with generations: ${Math.round(limits.read)})`,
    `b/a ${report.b_over_a.toFixed(2)} (rounds: ${report.b_over_a_by_round.map((ratio) => ratio.toFixed(2)).join(', ')}; otel_traces only ${report.b_over_traces_only.toFixed(2)})   b/c ${report.b_over_c.toFixed(2)}   b/d ${report.b_over_d.toFixed(2)}`,
    `acknowledged at ${Math.round(latency.spansPerSecond)} spans/s: p50 ${latency.p50Ms.toFixed(1)} ms, p99 ${latency.p99Ms.toFixed(1)} ms`,
  ].join('\n');
}

function line(name: string, run: Run): string {
  const { spansPerSecond, megabytesPerSecond, cpuSecondsPerMillionSpans, peakRssMegabytes, refused } = run;
  return [
    name.padEnd(27),
    number(spansPerSecond, 10),
    number(megabytesPerSecond, 9),
    (cpuSecondsPerMillionSpans?.toFixed(1) ?? '-').padStart(16),
    String(peakRssMegabytes ?? '-').padStart(14),
    String(refused).padStart(6),
  ].join('');
}

function number(value: number, width: number): string {
  return String(Math.round(value)).padStart(width);
}
