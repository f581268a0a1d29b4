/** Every route has its rule: a route added without one fails here, and is refused by the running dashboard. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROLES, RIGHTS_OF, toGrant, type Role } from '#lib/access/roles.ts';
import { ANONYMOUS, OPEN, personAccess, tokenAccess, type Access } from '#lib/server/auth/access.ts';
import { isAllowed } from '#lib/server/auth/guard.ts';
import { RULES, ruleFor } from '#lib/server/auth/rules.ts';

const ROUTES = join(import.meta.dirname, '../../../src/routes');
const files = globSync('**/+{page.svelte,page.server.ts,server.ts}', { cwd: ROUTES });
const routeOf = (file: string): string => (dirname(file) === '.' ? '/' : `/${dirname(file)}`);
const source = (file: string): string => readFileSync(join(ROUTES, file), 'utf8');
const READS = /export const (?:GET|HEAD)\b|export (?:async )?function (?:GET|HEAD)\b/;
const CHANGES =
  /export const (?:POST|PUT|PATCH|DELETE|fallback|actions)\b|export (?:async )?function (?:POST|PUT|PATCH|DELETE|fallback)\b/;

describe('the rules', () => {
  it('hold for every route of src/routes, and for nothing else', () => {
    expect(Object.keys(RULES).sort()).toEqual([...new Set(files.map(routeOf))].sort());
  });

  it('say who may change where something can be changed, and only there', () => {
    const changing = files.filter((file) => CHANGES.test(source(file))).map(routeOf);
    const ruled = Object.entries(RULES).flatMap(([route, { change }]) =>
      change === undefined ? [] : [route],
    );
    expect(ruled.sort()).toEqual([...new Set(changing)].sort());
  });

  it('find each server file doing something that is ruled', () => {
    const idle = files.filter(
      (file) => file.endsWith('+server.ts') && !READS.test(source(file)) && !CHANGES.test(source(file)),
    );
    expect(idle).toEqual([]);
  });

  it('refuse a route without a line and a method without a rule, to everybody', () => {
    expect(ruleFor('/not/a/route', 'GET')).toBeUndefined();
    expect(ruleFor('constructor', 'GET')).toBeUndefined();
    expect(ruleFor('/api/v1/missions', 'DELETE')).toBeUndefined();
    expect(isAllowed(undefined, OPEN, undefined)).toBe(false);
  });

  it('ask the right of the mission in the address where something is changed in one', () => {
    const changing = Object.entries(RULES).filter(([route]) => route.includes('[mission]'));
    for (const [route, { change }] of changing)
      if (change !== undefined) expect(change, route).toMatchObject({ of: 'mission' });
  });
});

const PERSON = { id: 'p', name: 'P', email: 'p@example.org' };
const inSavanna = (role: Role): Access => personAccess(PERSON, [toGrant(role, 'savanna')]);

/** What everybody may, by route; the columns are nobody, somebody without a role, and the roles in `savanna`. */
function rowOf(route: string, method: 'GET' | 'POST', mission: string): string {
  const who = [
    ANONYMOUS,
    personAccess(PERSON, []),
    ...ROLES.map(inSavanna),
    tokenAccess(inSavanna('administrator'), undefined),
  ];
  return who.map((access) => (isAllowed(ruleFor(route, method), access, mission) ? 'x' : '-')).join('');
}

describe('the matrix of routes and roles', () => {
  const READERS = '--xxxxxx';
  const PUBLIC = 'xxxxxxxx';
  const publicReads = [
    '/health',
    '/methodology',
    '/preferences',
    '/auth/callback/organisation',
    '/refused',
    '/sign-in',
    '/sign-in/[link]',
    '/sign-in/code',
    '/sign-in/organisation',
  ];
  const special: Record<string, string> = {
    '/account': '-xxxxxx-',
    '/people': '------x-',
    '/audit': '------x-',
    '/audit/csv': '------x-',
    '/onboarding': '------x-',
    '/onboarding/device': '------x-',
    '/registry': '---xxxx-',
    '/registry/drafts/[draft]': '---xxxx-',
    '/registry/missions/[mission]': '---xxxx-',
    '/registry/missions/[mission]/[camp]': '---xx-x-',
    '/registry/missions/[mission]/[camp]/credentials': '---x--x-',
    '/registry/missions/[mission]/[camp]/[meter]': '---x--x-',
    '/registry/missions/[mission]/meters.csv': '---x--x-',
    '/registry/changes': '------x-',
    '/registry/changes/[version]': '------x-',
    '/registry/file': '------x-',
    '/registry/file.yaml': '------x-',
    '/registry/meters.csv': '------x-',
    '/registry/pledges': '-----xx-',
    '/registry/factors': '-----xx-',
    '/registry/sources': '------x-',
  };

  it('lets nobody read but who has a role, except what is for everybody', () => {
    for (const route of Object.keys(RULES)) {
      const expected = special[route] ?? (publicReads.includes(route) ? PUBLIC : READERS);
      expect(rowOf(route, 'GET', 'savanna'), route).toBe(expected);
    }
  });

  it('lets registering be done by engineers of that mission and administrators', () => {
    const assign = '/meters/[mission]/[camp]/[meter]';
    expect(rowOf(assign, 'POST', 'savanna')).toBe('---x--x-');
    // Elsewhere the engineer of savanna is nobody.
    expect(rowOf(assign, 'POST', 'cedar')).toBe('------x-');
  });

  it('lets devices of no mission be connected by whoever registers in all of them', () => {
    const everywhere = personAccess(PERSON, [toGrant('engineer', '*')]);
    for (const access of [everywhere, inSavanna('engineer'), tokenAccess(everywhere, undefined)])
      expect(isAllowed(ruleFor('/onboarding/device', 'POST'), access, undefined)).toBe(access === everywhere);
  });

  it('lets a token change nothing at all', () => {
    for (const route of Object.keys(RULES).filter((each) => ruleFor(each, 'POST') !== 'public'))
      expect(rowOf(route, 'POST', 'savanna').at(-1), route).toBe('-');
  });
});

describe('roles', () => {
  it('give headquarters and administrators all missions, whatever was typed', () => {
    expect(toGrant('hq', 'savanna').mission).toBe('*');
    expect(toGrant('engineer', 'savanna').mission).toBe('savanna');
  });

  it('let nobody but the administrator decide who else may', () => {
    const may = ROLES.filter((role) => RIGHTS_OF[role].includes('administer'));
    expect(may).toEqual(['administrator']);
  });

  it('narrow a token to the missions it names, and to what its person still may', () => {
    const owner = personAccess(PERSON, [toGrant('officer', 'savanna'), toGrant('viewer', 'cedar')]);
    const token = tokenAccess(owner, ['cedar', 'highland']);
    expect(['savanna', 'cedar', 'highland'].filter((mission) => token.may('read', mission))).toEqual([
      'cedar',
    ]);
    expect(token.may('read')).toBe(false);
    expect(tokenAccess(owner, undefined).may('exact-place', 'savanna')).toBe(false);
  });
});
