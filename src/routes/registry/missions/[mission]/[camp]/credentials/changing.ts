/** Issuing and revoking a credential, by plain forms that work without script. */
import { fail, type RequestEvent } from '@sveltejs/kit';
import { deviceSettings, portalsOf } from '#lib/registry/device-settings.ts';
import { isAuthor } from '#lib/registry/note.ts';
import { brokerAddress, signedBy, withCredentials } from '#lib/server/context.ts';
import type { CredentialStore } from '#lib/server/broker/credential-store.ts';
import { AppError } from '#lib/server/errors.ts';
import { ask } from '../../../../../ask.ts';
import { typedText } from '../../../../../asker.ts';
import { campPlace } from '../../../../place.ts';

type CampEvent = RequestEvent<{ mission: string; camp: string }>;
type Field = 'author' | 'reason' | 'id';

const OLDEST_LINES = 200;

/** The form as it was sent, and the fields that are wrong. */
async function readForm({ request, locals }: CampEvent) {
  const form = await request.formData();
  const typed = { author: typedText(form, 'author'), reason: typedText(form, 'reason') };
  const author = signedBy(typed.author);
  const wrong: Field[] = [
    ...(locals.access.person !== undefined || isAuthor(author) ? [] : ['author' as const]),
    ...(typed.reason === '' ? ['reason' as const] : []),
  ];
  return {
    typed,
    wrong,
    id: Number(typedText(form, 'id')),
    signature: { ...typed, author, madeAt: Date.now() },
  };
}

/** What `change` gives; a fault of disk or database, or a credential that is not there any more, by its code. */
function changing<T>(change: (store: CredentialStore) => T): { made: T } | { code: string } {
  try {
    return { made: withCredentials(change) };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    console.error(JSON.stringify({ level: 'error', message: 'credential not changed', code: cause.code }));
    return { code: cause.code };
  }
}

function statusOf(code: string): 409 | 503 {
  return code === 'CREDENTIAL_INVALID' ? 409 : 503;
}

export async function issue(event: CampEvent) {
  const { params } = event;
  const { registry, meter } = await ask(async (ctx) => {
    const { camp } = await campPlace(params);
    return { registry: ctx.registry, meter: Object.keys(camp.meters)[0] ?? 'genset-1' };
  });
  const { typed, wrong, signature } = await readForm(event);
  if (wrong.length > 0) return fail(422, { form: 'issue' as const, typed, wrong, code: null });
  const outcome = changing((store) => store.issue(params, signature));
  if ('code' in outcome)
    return fail(statusOf(outcome.code), { form: 'issue' as const, typed, wrong, code: outcome.code });
  const { credential, password } = outcome.made;
  // Whoever sits here later must not find it by going back.
  event.setHeaders({ 'cache-control': 'no-store' });
  const { username } = credential;
  const lines = registry.sources.filter(
    ({ mission, camp }) => mission === params.mission && camp === params.camp,
  );
  const settings = deviceSettings({
    ...{ ...brokerAddress(), ...params, username, password, meter, now: Date.now() },
    portals: portalsOf(lines.slice(0, OLDEST_LINES).map(({ topic }) => topic)),
  });
  return { issued: { username, password, settings } };
}

export async function revoke(event: CampEvent) {
  const { params } = event;
  await ask(() => campPlace(params));
  const { typed, wrong, id, signature } = await readForm(event);
  if (wrong.length > 0) return fail(422, { form: 'revoke' as const, typed, wrong, code: null });
  const outcome = changing((store) => store.revoke(params, id, signature));
  if ('code' in outcome)
    return fail(statusOf(outcome.code), { form: 'revoke' as const, typed, wrong, code: outcome.code });
  return { revoked: outcome.made.username };
}
