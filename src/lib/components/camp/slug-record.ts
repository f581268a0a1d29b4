/** Values by slug, never changed in place. Without prototype: a meter may be called `constructor`. */
export type SlugRecord<T> = Readonly<Partial<Record<string, T>>>;

export function recordOf<T>(entries: Iterable<readonly [string, T]>): SlugRecord<T> {
  const record = Object.create(null) as Partial<Record<string, T>>;
  for (const [slug, value] of entries) record[slug] = value;
  return record;
}

/** A record of its own with the same values, to be filled further. */
export function copyOf<T>(record: SlugRecord<T>): Partial<Record<string, T>> {
  return Object.assign(Object.create(null) as Partial<Record<string, T>>, record);
}

/** The same record with one value more, or another one. */
export function withEntry<T>(record: SlugRecord<T>, slug: string, value: T): SlugRecord<T> {
  const next = copyOf(record);
  next[slug] = value;
  return next;
}
