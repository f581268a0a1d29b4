/**
 * The worker's health in one of three states, read from its own report. The report comes from another process,
 * perhaps of another version, so nothing in it is taken for granted.
 */
export interface WorkerLine {
  readonly state: 'ok' | 'degraded' | 'silent';
  /** the worker's own words for what is wrong */
  readonly problem?: string;
}

const FINE = new Set(['ok', 'healthy', 'up', 'pass']);

export function workerLine(report: unknown): WorkerLine {
  if (typeof report !== 'object' || report === null) return { state: 'silent' };
  const status =
    'status' in report ? report.status : 'ok' in report ? (report.ok === true ? 'ok' : 'not ok') : '';
  if (typeof status === 'string' && FINE.has(status)) return { state: 'ok' };
  const problems =
    'problems' in report && Array.isArray(report.problems) ? report.problems.filter(isText) : [];
  return problems.length === 0
    ? { state: 'degraded' }
    : {
        state: 'degraded',
        problem: problems
          .map((each) => each.replace(/\.$/, ''))
          .join('; ')
          .slice(0, 300),
      };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
