/**
 * Which right every route needs: the one table. A route that is not in it is refused, and a test that walks
 * src/routes fails. Which missions' data a reader then gets is not said here but by `scope.ts`: a mission that somebody may
 * not see is not found, like one that does not exist.
 */
import { REGISTRY_RIGHTS } from '../../access/registry-owners.ts';
import type { Right } from '../../access/roles.ts';

/** `public`: anybody. `signed-in`: anybody who signed in, roles or not. Else a right, or one of some, in some mission or in the one named. */
export type Rule =
  | 'public'
  | 'signed-in'
  | { readonly right: Right | readonly Right[] }
  /** in the mission that the route's parameter `[mission]` names */
  | { readonly right: Right | readonly Right[]; readonly of: 'mission' }
  /** in every mission there is */
  | { readonly right: Right | readonly Right[]; readonly of: 'all' };

export interface RouteRule {
  /** GET and HEAD */
  readonly read: Rule;
  /** POST, PUT, PATCH, DELETE; absent: nobody */
  readonly change?: Rule;
}

const READ = { right: 'read' } as const;
const REGISTER_HERE = { right: 'register', of: 'mission' } as const;
/** Whoever owns a part of it opens the registry; which part they may change, `changes.ts` tells. */
const OWN = { right: REGISTRY_RIGHTS } as const;
const OWN_HERE = { right: REGISTRY_RIGHTS, of: 'mission' } as const;
/** Whoever has to know where a camp lies. */
const OWN_CAMP_HERE = { right: ['register', 'facts'], of: 'mission' } as const;
const TARGETS_EVERYWHERE = { right: 'targets', of: 'all' } as const;
const REGISTER_EVERYWHERE = { right: 'register', of: 'all' } as const;

/** By the route's id, as Kit writes it. */
export const RULES: Readonly<Record<string, RouteRule>> = {
  '/': { read: READ },
  '/compare': { read: READ },
  '/compare/csv': { read: READ },
  '/health': { read: 'public' },
  '/lineage': { read: READ },
  '/meters': { read: READ },
  '/meters/[mission]/[camp]': { read: READ, change: REGISTER_HERE },
  '/meters/[mission]/[camp]/[meter]': {
    read: READ,
    change: REGISTER_HERE,
  },
  // Formulas and factors hold for everybody and tell of nobody.
  '/methodology': { read: 'public' },
  // Notes.
  '/missions/[mission]': { read: READ, change: { right: 'record', of: 'mission' } },
  // A genset's service, which stands in the registry.
  '/missions/[mission]/[camp]': { read: READ, change: REGISTER_HERE },
  '/missions/[mission]/[camp]/history': {
    read: READ,
    // Fuel that somebody wrote down.
    change: { right: 'record', of: 'mission' },
  },
  '/missions/[mission]/changes.csv': { read: READ },
  '/missions/[mission]/duration.csv': { read: READ },
  '/missions/[mission]/energy.csv': { read: READ },
  // What nobody reads yet is of no mission: it may come from any, and a profile serves all.
  '/onboarding': { read: REGISTER_EVERYWHERE },
  '/onboarding/device': { read: REGISTER_EVERYWHERE, change: REGISTER_EVERYWHERE },
  // Language and theme of this one browser.
  '/preferences': { read: 'public' },

  // Of the missions where one owns something; what is of all of them, for whoever registers in all.
  '/registry': { read: OWN, change: REGISTER_EVERYWHERE },
  '/registry/changes': { read: REGISTER_EVERYWHERE },
  '/registry/changes/[version]': { read: REGISTER_EVERYWHERE, change: REGISTER_EVERYWHERE },
  // A draft is found by whoever may make its change.
  '/registry/drafts/[draft]': { read: OWN, change: OWN },
  '/registry/factors': { read: TARGETS_EVERYWHERE, change: TARGETS_EVERYWHERE },
  '/registry/file': { read: REGISTER_EVERYWHERE, change: REGISTER_EVERYWHERE },
  '/registry/file.yaml': { read: REGISTER_EVERYWHERE },
  '/registry/meters.csv': { read: REGISTER_EVERYWHERE },
  '/registry/missions/[mission]': { read: OWN_HERE, change: OWN_HERE },
  '/registry/missions/[mission]/[camp]': { read: OWN_CAMP_HERE, change: OWN_CAMP_HERE },
  // Who may say what meters are may let their devices in.
  '/registry/missions/[mission]/[camp]/credentials': { read: REGISTER_HERE, change: REGISTER_HERE },
  '/registry/missions/[mission]/[camp]/[meter]': { read: REGISTER_HERE, change: REGISTER_HERE },
  '/registry/missions/[mission]/meters.csv': { read: REGISTER_HERE },
  '/registry/pledges': { read: TARGETS_EVERYWHERE, change: TARGETS_EVERYWHERE },
  '/registry/sources': { read: REGISTER_EVERYWHERE, change: REGISTER_EVERYWHERE },

  '/account': { read: 'signed-in', change: 'signed-in' },
  '/audit': { read: { right: 'administer' } },
  '/audit/csv': { read: { right: 'administer' } },
  '/auth/callback/organisation': { read: 'public' },
  '/people': { read: { right: 'administer' }, change: { right: 'administer' } },
  '/refused': { read: 'public' },
  '/sign-in': { read: 'public', change: 'public' },
  '/sign-in/code': { read: 'public', change: 'public' },
  '/sign-in/organisation': { read: 'public' },
  '/sign-in/[link]': { read: 'public', change: 'public' },

  '/api/v1/fuel': { read: READ },
  '/api/v1/lineage': { read: READ },
  '/api/v1/live/[mission]/[camp]': { read: READ },
  '/api/v1/meters': { read: READ },
  '/api/v1/missions': { read: READ },
  '/api/v1/missions/[mission]/camps': { read: READ },
  '/api/v1/missions/[mission]/energy': { read: READ },
  '/api/v1/pledges': { read: READ },
  '/api/v1/readings': { read: READ },
  '/api/v1/units': { read: READ },
};

const READING = ['GET', 'HEAD', 'OPTIONS'];

/** The rule for `method` on the route, or undefined: nobody may. */
export function ruleFor(route: string, method: string): Rule | undefined {
  const rule = Object.hasOwn(RULES, route) ? RULES[route] : undefined;
  return READING.includes(method) ? rule?.read : rule?.change;
}
