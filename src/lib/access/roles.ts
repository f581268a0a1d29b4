/**
 * Who may do what: a right is asked for by a route, a role gives rights, a grant gives somebody a role in one
 * mission or in all of them. Pure. Whatever is not given is refused.
 */
export const RIGHTS = [
  /** figures, meters, exports, the live stream */
  'read',
  /** where exactly a camp lies */
  'exact-place',
  /** say what a meter is, and which device is whose */
  'register',
  /** how many people a camp has, how renewable the grid is */
  'facts',
  /** what missions are measured against, what countries pledged, what emissions are counted with */
  'targets',
  /** what happened on site: fuel deliveries, stocks, notes */
  'record',
  /** what holds where a meter was wrong; what is reported */
  'correct',
  /** people, their roles, what was changed by whom */
  'administer',
] as const;
export type Right = (typeof RIGHTS)[number];

export const ROLES = ['viewer', 'engineer', 'officer', 'hq', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['read'],
  engineer: ['read', 'exact-place', 'register', 'facts', 'record'],
  officer: ['read', 'exact-place', 'facts', 'record', 'correct'],
  hq: ['read', 'targets'],
  administrator: RIGHTS,
};

/** In place of a mission: every mission there is and will be. */
export const ALL_MISSIONS = '*';
/** These make no sense for one mission. */
const EVERYWHERE: readonly Role[] = ['hq', 'administrator'];

export interface Grant {
  readonly role: Role;
  /** a mission's slug, or {@link ALL_MISSIONS} */
  readonly mission: string;
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** Headquarters and administrators have all missions, whatever was typed. */
export function toGrant(role: Role, mission: string): Grant {
  return { role, mission: EVERYWHERE.includes(role) ? ALL_MISSIONS : mission };
}
