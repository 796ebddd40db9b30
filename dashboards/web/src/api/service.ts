export interface ServiceStatus {
  version: string;
  startedAt: string;
  ready: boolean;
  problems: string[];
  spool: { segments: number; bytes: number; poisoned: number; lastError: string };
  evaluation: { lastRunAt: string | null; watermark: string | null; lagSeconds: number | null; lastError: string };
  actions: { pending: number; retrying: number; failed: number };
}
