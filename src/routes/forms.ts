/** What pages with a form share. They work without script. */

/**
 * The same page under the dashboard's own address, when it was opened under another one: the check against requests
 * from other sites refuses a form sent from here, and somebody should know before they fill it in.
 */
export function ownAddress({ url, request }: { url: URL; request: Request }): string | null {
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host');
  return host === null || host === url.host ? null : url.href;
}

/** Longer than any field may be; what is typed comes back to the form, so it must not be a novel. */
const LONGEST_TEXT = 1_000;

/** What was typed into the named fields of a form. */
export async function typedFields<Field extends string>(
  request: Request,
  fields: readonly Field[],
): Promise<Partial<Record<Field, string>>> {
  const form = await request.formData();
  const typed: Partial<Record<Field, string>> = {};
  for (const field of fields) {
    const value = form.get(field);
    if (typeof value === 'string') typed[field] = value.slice(0, LONGEST_TEXT);
  }
  return typed;
}
