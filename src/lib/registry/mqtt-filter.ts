/** MQTT topic filters as sets of topics: do they match, meet, or cover each other. MQTT 5, section 4.7. */

/** The filter of the topics that both filters match, or undefined when there are none. */
export function meet(left: string, right: string): string | undefined {
  const a = left.split('/');
  const b = right.split('/');
  const met: string[] = [];
  for (let level = 0; ; level++) {
    const one = a[level];
    const other = b[level];
    if (one === undefined && other === undefined) return met.join('/');
    // A trailing # stands for any further levels, also for none.
    if (one === '#') return [...met, ...b.slice(level)].join('/');
    if (other === '#') return [...met, ...a.slice(level)].join('/');
    if (one === undefined || other === undefined) return undefined;
    if (one !== other && one !== '+' && other !== '+') return undefined;
    met.push(one === '+' ? other : one);
  }
}

/** `filters` without repetitions and without those that another one covers, so that a broker delivers once. */
export function withoutCovered(filters: Iterable<string>): string[] {
  const all = [...new Set(filters)];
  const wide = all.filter((filter) => /[+#]/.test(filter));
  return all.filter((filter) => !wide.some((other) => other !== filter && covers(other, filter)));
}

/** Whether every topic of `narrow` is one of `wide`. */
export function covers(wide: string, narrow: string): boolean {
  const a = wide.split('/');
  const b = narrow.split('/');
  for (let level = 0; ; level++) {
    const one = a[level];
    const other = b[level];
    if (one === '#') return true;
    if (one === undefined || other === undefined) return one === other;
    if (other === '#') return false;
    if (one !== '+' && one !== other) return false;
  }
}

/** Whether `filter` is a valid MQTT topic filter: `+` alone in its level, `#` alone in the last. */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !/[+#]/.test(level);
  });
}
