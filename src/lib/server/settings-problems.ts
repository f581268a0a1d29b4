/** What is wrong with the settings, for a person at a terminal. */

export interface SettingsProblem {
  readonly name: string;
  readonly expected: string;
  /** as it was written; of secrets, only that there was something */
  readonly received: string;
}

/** All problems in one text, one a line. */
export function describeProblems(problems: readonly SettingsProblem[]): string {
  const lines = problems.map(
    ({ name, expected, received }) => `  ${name}: expected ${expected}; received ${received}`,
  );
  return ['Some settings are not usable:', ...lines, 'Mend or unset them and start again.'].join('\n');
}
