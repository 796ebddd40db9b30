import { type Finding, isoTime, type Severity } from '../../model/index.js';
import type { Database } from '../database.js';

/** Rows that one list answers at most. */
const MAX_LISTED_FINDINGS = 500;

/** Causes that detectors have open at once, over all targets; those beyond it are not ended by themselves. */
const MAX_ONGOING_FINDINGS = 10_000;

export interface FindingFilter {
  readonly targetId?: string;
  readonly rolloutId?: string;
  readonly incidentId?: string;
  readonly detector?: string;
  readonly ongoing?: boolean;
  readonly limit?: number;
}

interface FindingRow {
  readonly id: string;
  readonly target_id: string;
  readonly rollout_id: string;
  readonly incident_id: string;
  readonly detector: string;
  readonly metric: string;
  readonly subject: string;
  readonly episode: number;
  readonly severity: Severity;
  readonly sentence: string;
  readonly evidence: string;
  readonly at_ms: number;
  readonly last_seen_ms: number;
  readonly ended_ms: number | null;
}

const FINDING_COLUMNS =
  'id, target_id, rollout_id, incident_id, detector, metric, subject, episode, severity, sentence, evidence, ' +
  'toUnixTimestamp64Milli(at) AS at_ms, toUnixTimestamp64Milli(last_seen_at) AS last_seen_ms, ' +
  'toUnixTimestamp64Milli(ended_at) AS ended_ms';

/** Writes findings; the same finding again replaces itself. */
export async function recordFindings(database: Database, findings: readonly Finding[]): Promise<void> {
  await database.insert(
    'findings',
    findings.map((finding) => ({
      id: finding.id,
      target_id: finding.targetId,
      rollout_id: finding.rolloutId,
      incident_id: finding.incidentId,
      detector: finding.detector,
      metric: finding.metric,
      subject: finding.subject,
      episode: finding.episode,
      severity: finding.severity,
      sentence: finding.sentence,
      evidence: finding.evidence,
      at: isoTime(finding.at),
      last_seen_at: isoTime(finding.lastSeenAt),
      ended_at: finding.endedAt === null ? null : isoTime(finding.endedAt),
      // An end wins over a look that another process took before it.
      revision: Math.max(finding.lastSeenAt, finding.endedAt ?? 0),
    })),
  );
}

/** Newest first, each once. Reads all findings (a few per incident). */
export async function listFindings(database: Database, filter: FindingFilter = {}): Promise<Finding[]> {
  const { targetId = '', rolloutId = '', incidentId = '', detector = '', limit = MAX_LISTED_FINDINGS } = filter;
  const rows = await database.query<FindingRow>(
    `SELECT * FROM (
       SELECT ${FINDING_COLUMNS} FROM findings
       WHERE ({targetId:String} = '' OR target_id = {targetId:String})
         AND ({rolloutId:String} = '' OR rollout_id = {rolloutId:String})
         AND ({incidentId:String} = '' OR incident_id = {incidentId:String})
         AND ({detector:String} = '' OR detector = {detector:String})
       ORDER BY revision DESC LIMIT 1 BY id
     ) WHERE {ongoing:String} IN ('', if(ended_ms IS NULL, 'true', 'false'))
     ORDER BY at_ms DESC, id LIMIT {limit:UInt32}`,
    {
      ...{ targetId, rolloutId, incidentId, detector },
      ongoing: filter.ongoing === undefined ? '' : String(filter.ongoing),
      limit: Math.min(limit, MAX_LISTED_FINDINGS),
    },
  );
  return rows.map(toFinding);
}

/** The newest episode of every cause that a detector has found on some targets. Reads all findings. */
export async function newestEpisodes(
  database: Database,
  detector: string,
  targetIds: readonly string[],
): Promise<Finding[]> {
  if (targetIds.length === 0) return [];
  const rows = await database.query<FindingRow>(
    `SELECT * FROM (
       SELECT ${FINDING_COLUMNS} FROM findings
       WHERE detector = {detector:String} AND target_id IN {targetIds:Array(String)}
       ORDER BY revision DESC LIMIT 1 BY id
     ) ORDER BY episode DESC LIMIT 1 BY target_id, metric, subject`,
    { detector, targetIds },
  );
  return rows.map(toFinding);
}

/** Findings of these detectors that go on. Reads all findings. */
export async function ongoingFindings(database: Database, ...detectors: readonly string[]): Promise<Finding[]> {
  const rows = await database.query<FindingRow>(
    `SELECT * FROM (
       SELECT ${FINDING_COLUMNS} FROM findings WHERE detector IN {detectors:Array(String)}
       ORDER BY revision DESC LIMIT 1 BY id
     ) WHERE ended_ms IS NULL ORDER BY at_ms, id LIMIT {limit:UInt32}`,
    { detectors, limit: MAX_ONGOING_FINDINGS },
  );
  return rows.map(toFinding);
}

/** Those of the findings whose incident nobody has resolved. Reads the incidents' own index ranges. */
export async function unresolvedOf(database: Database, ongoing: readonly Finding[]): Promise<Finding[]> {
  const incidentIds = ongoing.map(({ incidentId }) => incidentId).filter((id) => id !== '');
  if (incidentIds.length === 0) return [];
  const resolved = await database.query<{ incident_id: string }>(
    `SELECT DISTINCT incident_id FROM incident_events
     WHERE incident_id IN {incidentIds:Array(String)} AND kind = 'resolved'`,
    { incidentIds },
  );
  const over = new Set(resolved.map(({ incident_id }) => incident_id));
  return ongoing.filter(({ incidentId }) => incidentId !== '' && !over.has(incidentId));
}

function toFinding(row: FindingRow): Finding {
  return {
    id: row.id,
    targetId: row.target_id,
    rolloutId: row.rollout_id,
    incidentId: row.incident_id,
    detector: row.detector,
    metric: row.metric,
    subject: row.subject,
    episode: row.episode,
    severity: row.severity,
    sentence: row.sentence,
    evidence: row.evidence,
    at: row.at_ms,
    lastSeenAt: row.last_seen_ms,
    endedAt: row.ended_ms,
  };
}
