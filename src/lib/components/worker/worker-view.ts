/** What the components say of the worker; the server's report has this shape. */
export interface ProblemView {
  readonly code: string;
  readonly detail: string | null;
}

export interface WorkerView {
  readonly state: 'ok' | 'degraded' | 'failing' | 'silent';
  readonly problems: readonly ProblemView[];
  readonly broker: { readonly connected: boolean; readonly embedded: boolean } | null;
  readonly delivery: {
    readonly state: 'direct' | 'waiting' | 'spooling' | 'held';
    readonly unacknowledged: number;
    readonly oldestAt: number | null;
  } | null;
  readonly spool: {
    readonly readings: number;
    readonly bytes: number;
    readonly oldestAt: number | null;
  } | null;
  readonly deadLetters: { readonly letters: number; readonly bytes: number } | null;
}

export interface RejectionView {
  readonly topic: string;
  readonly reason: string;
  readonly detail: string;
  readonly count: number;
  /** epoch ms */
  readonly firstAt: number;
  readonly lastAt: number;
}
