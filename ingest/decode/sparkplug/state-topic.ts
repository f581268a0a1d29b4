/** Whether a topic is where hosts speak of themselves: no device, whoever says it. */
export function isHostState(levels: readonly string[]): boolean {
  const [first, second] = levels;
  return levels.length === 3
    ? first === 'spBv1.0' && second === 'STATE'
    : levels.length === 2 && first === 'STATE';
}
