/**
 * The direction a meter's role serves. A current transformer clamped backwards tells everything the other way
 * round; the registry says so (`invert`), and whoever shows its readings turns them round with this.
 */
import type { Values } from './reading.ts';

/** What the meter would have said with its transformer the right way round: registers change places, power its sign. */
export function turnedRound(values: Values): Values {
  const { energyForwardWh, energyReverseWh, activePowerW, reactivePowerVar, ...rest } = values;
  return {
    ...rest,
    // 0 − x rather than −x: there is no power of −0 W.
    ...(activePowerW !== undefined && { activePowerW: 0 - activePowerW }),
    ...(reactivePowerVar !== undefined && { reactivePowerVar: 0 - reactivePowerVar }),
    ...(energyReverseWh !== undefined && { energyForwardWh: energyReverseWh }),
    ...(energyForwardWh !== undefined && { energyReverseWh: energyForwardWh }),
  };
}
