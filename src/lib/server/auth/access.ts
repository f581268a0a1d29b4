/**
 * What one request may see and do. Made once by `guard.ts`, asked by `context.ts` for every question to the store:
 * a page cannot forget to ask. Pure.
 */
import { ALL_MISSIONS, RIGHTS_OF, type Grant, type Right } from '../../access/roles.ts';

/** Somebody who signed in, or whose token it is. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** How somebody signs what they change. */
export function signatureOf({ name, email }: Person): string {
  return `${name} <${email}>`;
}

export interface Access {
  /** `open`: nobody signed in where nobody needs to */
  readonly kind: 'open' | 'anonymous' | 'person' | 'token';
  /** undefined when nobody signed in */
  readonly person: Person | undefined;
  readonly grants: readonly Grant[];
  /** Whether `right` is given in `mission`; without one, in all missions. */
  may(right: Right, mission?: string): boolean;
  /** Whether `right` is given in some mission. */
  mayAnywhere(right: Right): boolean;
}

export const OPEN: Access = {
  kind: 'open',
  person: undefined,
  grants: [{ role: 'administrator', mission: ALL_MISSIONS }],
  may: () => true,
  mayAnywhere: () => true,
};

export const ANONYMOUS: Access = {
  kind: 'anonymous',
  person: undefined,
  grants: [],
  may: () => false,
  mayAnywhere: () => false,
};

export function personAccess(person: Person, grants: readonly Grant[]): Access {
  const gives = (grant: Grant, right: Right) => RIGHTS_OF[grant.role].includes(right);
  return {
    kind: 'person',
    person,
    grants,
    may: (right, mission) =>
      grants.some(
        (grant) => gives(grant, right) && (grant.mission === ALL_MISSIONS || grant.mission === mission),
      ),
    mayAnywhere: (right) => grants.some((grant) => gives(grant, right)),
  };
}

/** A script reads what its person may read, in the missions the token names (undefined: all of the person's). */
export function tokenAccess(owner: Access, missions: readonly string[] | undefined): Access {
  const isOf = (mission: string | undefined) =>
    missions === undefined || (mission !== undefined && missions.includes(mission));
  return {
    kind: 'token',
    person: owner.person,
    grants: owner.grants,
    may: (right, mission) => right === 'read' && isOf(mission) && owner.may('read', mission),
    mayAnywhere: (right) => right === 'read' && owner.mayAnywhere('read'),
  };
}
