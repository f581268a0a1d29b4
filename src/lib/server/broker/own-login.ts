/** How a process of ours gets in at the broker: as the settings say, or at an embedded one that asks for credentials, as what it is. */
import type { Settings } from '../settings.ts';
import { servicePassword, type ServiceUser } from './service-users.ts';

export interface BrokerLogin {
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
}

/** @param secret of `broker.db`, asked for only where it is needed */
export function ownLogin(
  { mqtt, broker }: Pick<Settings, 'mqtt' | 'broker'>,
  user: ServiceUser,
  secret: () => string,
): BrokerLogin {
  if (mqtt.url === undefined && broker.access === 'credentials')
    return { username: user, password: servicePassword(secret(), user) };
  const { username, password, caFile } = mqtt;
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(caFile !== undefined && { caFile }),
  };
}
