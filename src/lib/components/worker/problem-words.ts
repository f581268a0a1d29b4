/** The worker's problems and states in the reader's language. */
import { m } from '#lib/paraglide/messages.js';
import type { ProblemView, WorkerView } from './worker-view.ts';

/** Undefined for one that this dashboard has no words for: its `detail` is the worker's own sentence. */
export function problemWords(code: string): string | undefined {
  switch (code) {
    case 'broker-away':
      return m.problem_broker_away();
    case 'delivery-held':
      return m.problem_delivery_held();
    case 'spool-full':
      return m.problem_spool_full();
    case 'disk-failing':
      return m.problem_disk_failing();
    case 'topics-refused':
      return m.problem_topics_refused();
    case 'store-away':
      return m.problem_store_away();
    case 'spool-draining':
      return m.problem_spool_draining();
    case 'session-lost':
      return m.problem_session_lost();
    case 'accounts-behind':
      return m.problem_accounts_behind();
    case 'profiles-broken':
      return m.problem_profiles_broken();
    default:
      return undefined;
  }
}

/** One sentence for a line: the worst problem in the reader's language, and how many more there are. */
export function problemLine(problems: readonly ProblemView[]): string {
  const [first] = problems;
  const words = first === undefined ? undefined : problemWords(first.code);
  if (words === undefined) return m.health_unknown_problem();
  return problems.length === 1 ? words : m.health_more({ first: words, count: problems.length - 1 });
}

export function stateWord(state: WorkerView['state']): string {
  switch (state) {
    case 'ok':
      return m.worker_ok();
    case 'degraded':
      return m.worker_degraded();
    case 'failing':
      return m.worker_failing();
    case 'silent':
      return m.worker_silent();
  }
}

export function stateMeaning(state: WorkerView['state']): string {
  switch (state) {
    case 'ok':
      return m.worker_ok_meaning();
    case 'degraded':
      return m.worker_degraded_meaning();
    case 'failing':
      return m.worker_failing_meaning();
    case 'silent':
      return m.health_silent();
  }
}

export function storeWords(state: NonNullable<WorkerView['delivery']>['state']): string {
  switch (state) {
    case 'direct':
      return m.worker_store_direct();
    case 'waiting':
      return m.worker_store_waiting();
    case 'spooling':
      return m.worker_store_spooling();
    case 'held':
      return m.worker_store_held();
  }
}
