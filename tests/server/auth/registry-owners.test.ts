/** Who owns which part of the registry: meters, what people and grids are, and what is aimed at. */
import { describe, expect, it } from 'vitest';
import { ownerOf, rightsNeeded } from '#lib/access/registry-owners.ts';
import { toGrant, type Role } from '#lib/access/roles.ts';
import { editPart, textsOf } from '#lib/registry/edit.ts';
import { campShape, CAMP_FORM, missionShape, MISSION_FORM } from '#lib/registry/form-shapes.ts';
import type { Camp, Mission, Registry } from '#lib/registry/types.ts';
import { personAccess } from '#lib/server/auth/access.ts';
import { assertMayChange, registryRights } from '#lib/server/auth/changes.ts';
import { seedRegistry } from '../../web/seed.ts';

const before = seedRegistry();
const PERSON = { id: 'p', name: 'P', email: 'p@example.org' };
const of = (role: Role, mission = 'savanna') => personAccess(PERSON, [toGrant(role, mission)]);

function withMission(slug: string, change: (mission: Mission) => Mission): Registry {
  const mission = before.missions[slug];
  if (mission === undefined) throw new Error(slug);
  return { ...before, missions: { ...before.missions, [slug]: change(mission) } };
}
function withCamp(change: (camp: Camp) => Camp): Registry {
  return withMission('savanna', (mission) => {
    const camp = mission.camps['river-house'];
    if (camp === undefined) throw new Error('river-house');
    return { ...mission, camps: { ...mission.camps, 'river-house': change(camp) } };
  });
}
const GRID = [{ from: '2026-01-01', renewableFraction: 0.1 }];

const CHANGES: Readonly<Record<string, Registry>> = {
  headcount: withCamp((camp) => ({ ...camp, headcount: [{ from: '2026-01-01', people: 640 }] })),
  'grid of the mission': withMission('savanna', (mission) => ({ ...mission, grid: GRID })),
  'grid of a camp': withCamp((camp) => ({ ...camp, grid: GRID })),
  target: withMission('savanna', (mission) => ({
    ...mission,
    targets: [{ year: 2030, renewableShare: 0.9 }],
  })),
  pledges: { ...before, pledges: before.pledges.slice(1) },
  factors: {
    ...before,
    factors: [
      {
        version: 'own-2027',
        from: '2027-01-01',
        source: 'ministry',
        vintage: 2027,
        gwp: 'IPCC AR6',
        dieselKgCo2PerL: 2.6,
        dieselKgCo2ePerL: 2.65,
      },
    ],
  },
  name: withMission('savanna', (mission) => ({ ...mission, name: 'Other' })),
  meter: withCamp((camp) => ({
    ...camp,
    meters: Object.fromEntries(Object.entries(camp.meters).filter(([slug]) => slug !== 'solar-1')),
  })),
  device: {
    ...before,
    sources: [
      {
        profile: 'victron-gx',
        topic: 'N/c0619ab1/#',
        mission: 'savanna',
        camp: 'river-house',
        meter: '{service}-{instance}',
      },
    ],
  },
  'name of another mission': withMission('cedar', (mission) => ({ ...mission, name: 'Other' })),
};

function mayOf(role: Role, mission?: string): string[] {
  return Object.entries(CHANGES).flatMap(([name, after]) => {
    try {
      assertMayChange(of(role, mission), before, after);
      return [name];
    } catch {
      return [];
    }
  });
}

describe('the registry’s owners', () => {
  it('are engineers for meters and devices, officers for people and grids, headquarters for targets and pledges', () => {
    const facts = ['headcount', 'grid of the mission', 'grid of a camp'];
    expect(mayOf('viewer')).toEqual([]);
    expect(mayOf('engineer')).toEqual([...facts, 'name', 'meter', 'device']);
    expect(mayOf('officer')).toEqual(facts);
    expect(mayOf('hq')).toEqual(['target', 'pledges', 'factors']);
    expect(mayOf('administrator')).toEqual(Object.keys(CHANGES));
    expect(mayOf('officer', 'cedar')).toEqual([]);
    expect(mayOf('engineer', 'cedar')).toEqual(['name of another mission']);
  });

  it('do not set the target that they are measured by, not even with a mission that they bring along whole', () => {
    const { savanna } = before.missions;
    if (savanna === undefined) throw new Error('savanna');
    const added = (targets: Mission['targets']): Registry => ({
      ...before,
      missions: { ...before.missions, other: { ...savanna, targets } },
    });
    expect(rightsNeeded(before, added([]))).toEqual([{ right: 'register', mission: 'other' }]);
    const withTargets = added([{ year: 2030, renewableShare: 0.1 }]);
    const both = ['register', 'targets'].map((right) => ({ right, mission: 'other' }));
    expect(rightsNeeded(before, withTargets)).toEqual(both);
    expect(rightsNeeded(withTargets, before)).toEqual(both);
  });

  it('are not mistaken by what things are called', () => {
    expect(ownerOf(['missions', 'targets', 'name'])).toBe('register');
    expect(ownerOf(['missions', 'm', 'camps', 'grid', 'name'])).toBe('register');
    expect(ownerOf(['missions', 'm', 'camps', 'c', 'meters', 'headcount', 'ratedW'])).toBe('register');
    expect(ownerOf(['sources', 'grid topic', 'meter'])).toBe('register');
  });

  it('find in a form what is theirs, and change nothing else by what they send', () => {
    const typed = {
      ...textsOf(before.missions['savanna'] ?? {}, MISSION_FORM),
      name: 'Taken over',
      'targets[0].year': '2030',
      'targets[0].renewableShare': '90',
      'grid[0].from': '2026-01-01',
      'grid[0].renewableFraction': '10',
    };
    const sent = (role: Role): string[] => {
      const shape = missionShape(registryRights(of(role), 'savanna'));
      const edited = editPart(before, ['missions', 'savanna'], shape, typed);
      if (!edited.ok) throw new Error(JSON.stringify(edited.problems));
      return rightsNeeded(before, edited.registry)
        .map(({ right }) => right)
        .sort();
    };
    expect(sent('viewer')).toEqual([]);
    expect(sent('engineer')).toEqual(['facts', 'register']);
    expect(sent('officer')).toEqual(['facts']);
    expect(sent('hq')).toEqual(['targets']);
    expect(sent('administrator')).toEqual(['facts', 'register', 'targets']);
    const all = registryRights(of('administrator'), 'savanna');
    expect([missionShape(all), campShape(all)]).toEqual([MISSION_FORM, CAMP_FORM]);
  });
});
