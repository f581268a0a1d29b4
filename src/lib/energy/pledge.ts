/**
 * A pledge followed from promise to kilowatt-hours: pledged → deployed → delivering, or overdue. What stands
 * is the rated power of the unit's meters in service; what it delivers is compared with what the same rated
 * power would give at the mission's own specific yield.
 */

export type PledgeStatus = 'pledged' | 'deployed' | 'delivering' | 'overdue';

export interface PledgeThresholds {
  /** 0..1 of the pledged rating that has to stand for the pledge to be deployed: nameplates are rounded */
  readonly deployedShare: number;
  /** 0..1 of the expected energy from which on it is delivering: a month is cloudier or dustier than a year */
  readonly deliveringShare: number;
}

/** No published standard was found: these are this project's own, and stated on the methodology page. */
export const PLEDGE_THRESHOLDS: PledgeThresholds = { deployedShare: 0.95, deliveringShare: 0.5 };

/** Complete local days before today over which delivery is judged. */
export const DELIVERY_DAYS = 30;

export interface PledgeFacts {
  readonly pledgedW: number;
  /** local date by which it was promised, inclusive */
  readonly due: string;
  /** local date of the mission */
  readonly today: string;
  /** rated W in service today that count for this pledge */
  readonly deployedW: number;
  /** over the last {@link DELIVERY_DAYS} days */
  readonly deliveredWh: number;
  /** what the same plant should have given in its days of service among them; null where no yield is known */
  readonly expectedWh: number | null;
}

/**
 * Overdue means that the due date has passed and less than was pledged stands; equipment that stands is deployed,
 * and delivering when it gives its part of what is expected (any energy at all where no yield is known).
 */
export function pledgeStatus(
  facts: PledgeFacts,
  thresholds: PledgeThresholds = PLEDGE_THRESHOLDS,
): PledgeStatus {
  if (facts.deployedW < facts.pledgedW * thresholds.deployedShare) {
    return facts.due < facts.today ? 'overdue' : 'pledged';
  }
  const { deliveredWh, expectedWh } = facts;
  const isDelivering =
    expectedWh === null
      ? deliveredWh > 0
      : deliveredWh > 0 && deliveredWh >= expectedWh * thresholds.deliveringShare;
  return isDelivering ? 'delivering' : 'deployed';
}

/** One contributor's plant of one source in one mission. */
export interface Plant {
  /** rated W in service today */
  readonly ratedW: number;
  readonly deliveredWh: number;
  readonly expectedWh: number | null;
}

export interface PledgeClaim<P extends Plant> {
  readonly pledgedW: number;
  readonly due: string;
  /** the plants that may fulfil it */
  readonly plants: readonly P[];
}

export interface PledgePart {
  readonly deployedW: number;
  readonly deliveredWh: number;
  readonly expectedWh: number | null;
}

/**
 * Divides plants among the pledges that may claim them, so that no watt fulfils two: the narrower claim first
 * (a pledge of one unit before one of a whole country), then the earlier due date. Energy goes with the watts.
 * The result is in the order of `claims`.
 */
export function dividePlants<P extends Plant>(claims: readonly PledgeClaim<P>[]): PledgePart[] {
  const freeW = new Map<P, number>();
  const parts = claims.map((): PledgePart => ({ deployedW: 0, deliveredWh: 0, expectedWh: null }));
  const order = claims
    .map((claim, place) => ({ claim, place }))
    .sort(
      (a, b) =>
        a.claim.plants.length - b.claim.plants.length ||
        (a.claim.due < b.claim.due ? -1 : a.claim.due > b.claim.due ? 1 : a.place - b.place),
    );
  for (const { claim, place } of order) parts[place] = takeWatts(claim, freeW);
  return parts;
}

function takeWatts<P extends Plant>({ pledgedW, plants }: PledgeClaim<P>, freeW: Map<P, number>): PledgePart {
  let deployedW = 0;
  let deliveredWh = 0;
  let expectedWh: number | null = null;
  for (const plant of plants) {
    const free = freeW.get(plant) ?? plant.ratedW;
    const taken = Math.min(free, pledgedW - deployedW);
    if (taken <= 0) continue;
    freeW.set(plant, free - taken);
    deployedW += taken;
    const part = taken / plant.ratedW;
    deliveredWh += plant.deliveredWh * part;
    if (plant.expectedWh !== null) expectedWh = (expectedWh ?? 0) + plant.expectedWh * part;
  }
  return { deployedW, deliveredWh, expectedWh };
}
