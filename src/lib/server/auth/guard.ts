/**
 * Stands before every route: finds out who asks, refuses what the rules do not allow, and answers the rest with that
 * person's access, which `context.ts` narrows the data by. Refusals are JSON for scripts, the sign-in page for people.
 */
import { redirect, type RequestEvent } from '@sveltejs/kit';
import { AppError } from '../errors.ts';
import { ANONYMOUS, type Access } from './access.ts';
import { keepCookies } from './cookies.ts';
import { withAccess } from './current.ts';
import { endsWithAccess } from './ends-with-access.ts';
import { ruleFor, type Rule } from './rules.ts';

export type AccessCode = 'SIGN_IN_NEEDED' | 'TOKEN_INVALID' | 'NOT_ALLOWED' | 'CROSS_SITE';

const WORDS: Readonly<Record<AccessCode, string>> = {
  SIGN_IN_NEEDED: 'Sign in, or send a token: Authorization: Bearer bluewatt_...',
  TOKEN_INVALID: 'The token is unknown, was revoked or has expired.',
  NOT_ALLOWED: 'Your roles do not allow this.',
  CROSS_SITE: 'This was sent from a page of another site.',
};
const STATUS: Readonly<Record<AccessCode, number>> = {
  SIGN_IN_NEEDED: 401,
  TOKEN_INVALID: 401,
  NOT_ALLOWED: 403,
  CROSS_SITE: 403,
};
const READING = ['GET', 'HEAD', 'OPTIONS'];

export interface Guard {
  /** Who sends these headers; undefined when their token is none. */
  identify(headers: Headers): Promise<{ access: Access; setCookie: readonly string[] } | undefined>;
}

export function isAllowed(rule: Rule | undefined, access: Access, mission: string | undefined): boolean {
  if (rule === undefined) return false;
  if (rule === 'public') return true;
  if (rule === 'signed-in') return access.kind === 'person';
  const rights = typeof rule.right === 'string' ? [rule.right] : rule.right;
  return rights.some((right) => {
    if (!('of' in rule)) return access.mayAnywhere(right);
    return rule.of === 'all' ? access.may(right) : access.may(right, mission ?? '');
  });
}

function problem(code: AccessCode): Response {
  const status = STATUS[code];
  const headers = { 'cache-control': 'no-store', ...(status === 401 && { 'www-authenticate': 'Bearer' }) };
  return Response.json({ error: { code, message: WORDS[code], field: null } }, { status, headers });
}

/** Whether a person looks at the answer, as against a script. */
function isForPerson({ request, route, isDataRequest }: RequestEvent): boolean {
  if (route.id?.startsWith('/api/') === true) return false;
  return isDataRequest || (request.headers.get('accept') ?? '').includes('text/html');
}

async function refuse(event: RequestEvent, code: AccessCode): Promise<Response> {
  if (!isForPerson(event) || code === 'TOKEN_INVALID') return problem(code);
  if (code === 'SIGN_IN_NEEDED') {
    const { pathname, search } = event.url;
    const back = READING.includes(event.request.method) ? pathname + search : pathname;
    redirect(303, `/sign-in?back=${encodeURIComponent(back)}`);
  }
  // What a page in the browser asks for is answered as Kit's own script expects a fault.
  if (event.isDataRequest) return Response.json({ message: WORDS[code], code }, { status: STATUS[code] });
  const page = await event.fetch('/refused');
  return new Response(page.body, { status: STATUS[code], headers: page.headers });
}

/** A form of another site is Kit's to refuse; this is for all else that changes something, whatever it says it is. */
function isCrossSite({ request, url }: RequestEvent): boolean {
  const origin = request.headers.get('origin');
  if (READING.includes(request.method)) return false;
  return (origin !== null && origin !== url.origin) || request.headers.get('sec-fetch-site') === 'cross-site';
}

async function whoAsks(guard: Guard, event: RequestEvent): Promise<Access | Response> {
  try {
    const found = await guard.identify(event.request.headers);
    if (found === undefined) return await refuse(event, 'TOKEN_INVALID');
    keepCookies(event.cookies, found.setCookie);
    return found.access;
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const error = { code: cause.code, message: 'Who asks cannot be told at the moment.', field: null };
    return Response.json({ error }, { status: 503, headers: { 'cache-control': 'no-store' } });
  }
}

/** Answers `event` by `resolve`, or refuses. What it found out is in `event.locals.access`; nobody's, where it could not. */
export async function guarded(
  guard: Guard,
  event: RequestEvent,
  resolve: () => Promise<Response>,
): Promise<Response> {
  event.locals.access = ANONYMOUS;
  if (isCrossSite(event)) return problem('CROSS_SITE');
  const access = await whoAsks(guard, event);
  if (access instanceof Response) return access;
  event.locals.access = access;
  const { route, params, request } = event;
  const mission = params['mission'];
  const rule = route.id === null ? 'public' : ruleFor(route.id, request.method);
  if (!isAllowed(rule, access, mission))
    return refuse(event, access.person === undefined ? 'SIGN_IN_NEEDED' : 'NOT_ALLOWED');

  const response = await withAccess(access, resolve);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || access.kind === 'open') return response;
  return endsWithAccess(response, async () => {
    const now = (await guard.identify(request.headers))?.access;
    return now !== undefined && isAllowed(rule, now, mission) && now.may('read', mission ?? '');
  });
}
