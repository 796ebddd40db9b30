import { type Finding, isoTime, type Severity } from '../../model/index.js';
import type { Database } from '../database.js';

/** Rows that one list answers at most. */
const MAX_LISTED_FINDINGS = 500;

export interface FindingFilter {
  readonly targetId?: string;
  readonly rolloutId?: string;
  readonly incidentId?: string;
  readonly limit?: number;
}

interface FindingRow {
  readonly id: string;
  readonly target_id: string;
  readonly rollout_id: string;
  readonly incident_id: string;
  readonly detector: string;
  readonly metric: string;
  readonly severity: Severity;
  readonly sentence: string;
  readonly evidence: string;
  readonly at_ms: number;
}

const FINDING_COLUMNS =
  'id, target_id, rollout_id, incident_id, detector, metric, severity, sentence, evidence, ' +
  'toUnixTimestamp64Milli(at) AS at_ms';

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
      severity: finding.severity,
      sentence: finding.sentence,
      evidence: finding.evidence,
      at: isoTime(finding.at),
    })),
  );
}

/** Newest first, each once. Reads all findings (a few per incident). */
export async function listFindings(database: Database, filter: FindingFilter = {}): Promise<Finding[]> {
  const { targetId = '', rolloutId = '', incidentId = '', limit = MAX_LISTED_FINDINGS } = filter;
  const rows = await database.query<FindingRow>(
    `SELECT * FROM (
       SELECT ${FINDING_COLUMNS} FROM findings
       WHERE ({targetId:String} = '' OR target_id = {targetId:String})
         AND ({rolloutId:String} = '' OR rollout_id = {rolloutId:String})
         AND ({incidentId:String} = '' OR incident_id = {incidentId:String})
       ORDER BY at LIMIT 1 BY id
     ) ORDER BY at_ms DESC, id LIMIT {limit:UInt32}`,
    { targetId, rolloutId, incidentId, limit: Math.min(limit, MAX_LISTED_FINDINGS) },
  );
  return rows.map(toFinding);
}

function toFinding(row: FindingRow): Finding {
  return {
    id: row.id,
    targetId: row.target_id,
    rolloutId: row.rollout_id,
    incidentId: row.incident_id,
    detector: row.detector,
    metric: row.metric,
    severity: row.severity,
    sentence: row.sentence,
    evidence: row.evidence,
    at: row.at_ms,
  };
}
