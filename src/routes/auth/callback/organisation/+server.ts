/** The way back from an organisation's own sign-in. */
import { accessSystem } from '#lib/server/context.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ request, getClientAddress }) =>
  accessSystem().accounts.finishOrganisation(request, getClientAddress());
