import { YEAR } from './seed.ts';

/** Every page there is, by its route, with an address of it in the seeded site: what all-pages tests go through. */
export const EVERY_PAGE: Readonly<Record<string, string>> = {
  '/': '/',
  '/compare': `/compare?m=savanna&m=cedar&m=harbour&from=${YEAR}-01-01&to=${YEAR}-12-31`,
  '/missions/[mission]': '/missions/savanna',
  '/missions/[mission]/[camp]': '/missions/savanna/river-house',
  '/missions/[mission]/[camp]/history': '/missions/savanna/river-house/history',
  '/meters': '/meters',
  '/meters/[mission]/[camp]': '/meters/savanna/north-gate',
  '/meters/[mission]/[camp]/[meter]': '/meters/savanna/north-gate/pv-9',
  '/methodology': '/methodology',
  '/onboarding': '/onboarding?saved=savanna/north-gate',
  '/onboarding/device': '/onboarding/device?shape=acme/%2B',
  '/lineage': `/lineage?mission=savanna&figure=renewableShare&from=${YEAR}-01-01&to=${YEAR}-12-31`,
  '/sign-in': '/sign-in',
  '/sign-in/code': '/sign-in/code?back=/meters',
  '/sign-in/[link]': '/sign-in/a-link-that-was-used',
  // Nobody is signed in there: it leads to the way in. tests/web/access-story.test.ts looks at the page itself.
  '/account': '/account',
  '/audit': '/audit',
  '/people': '/people',
  '/refused': '/refused',
  '/registry': '/registry',
  '/registry/changes': '/registry/changes',
  '/registry/changes/[version]': '/registry/changes/1',
  '/registry/drafts/[draft]': '/registry/drafts/seeded',
  '/registry/factors': '/registry/factors',
  '/registry/file': '/registry/file',
  '/registry/missions/[mission]': '/registry/missions/savanna',
  '/registry/missions/[mission]/[camp]': '/registry/missions/savanna/river-house',
  '/registry/missions/[mission]/[camp]/credentials': '/registry/missions/savanna/river-house/credentials',
  '/registry/missions/[mission]/[camp]/[meter]': '/registry/missions/savanna/river-house/solar-1',
  '/registry/pledges': '/registry/pledges',
  '/registry/sources': '/registry/sources',
};
/** The page that says that there is none. */
export const NO_PAGE = '/missions/nowhere';
