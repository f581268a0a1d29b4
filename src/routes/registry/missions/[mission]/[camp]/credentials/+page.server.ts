/** The broker's credentials of one camp: issued here, shown once, and revoked; beside them what their devices may publish, and what was refused. */
import { campTopics } from '#lib/registry/camp-topics.ts';
import { brokerAddress, registryVersions, withCredentials, workerHealth } from '#lib/server/context.ts';
import type { Credential } from '#lib/server/broker/credential-store.ts';
import { readWorkerReport } from '#lib/server/live/worker-report.ts';
import { ask } from '../../../../../ask.ts';
import { campPlace } from '../../../../place.ts';
import { issue, revoke } from './changing.ts';
import type { Actions, PageServerLoad } from './$types';

/** Revoked ones are kept for ever; the newest tell enough here, and `/audit` has all. */
const REVOKED_SHOWN = 20;

/** What a page may show: never the hash. */
function shown({ id, username, author, reason, madeAt, revoked, usedAt }: Credential) {
  return { id, username, author, reason, madeAt, revoked, usedAt };
}

export const load: PageServerLoad = ({ params }) =>
  ask(async () => {
    const { mission, camp } = await campPlace(params);
    const { refusals } = readWorkerReport(await workerHealth());
    const all = withCredentials((store) =>
      store.all().filter((each) => each.mission === params.mission && each.camp === params.camp),
    );
    const { registry } = (await registryVersions()).current();
    return {
      mission: { slug: params.mission, name: mission.name },
      camp: { slug: params.camp, name: camp.name },
      zone: mission.zone,
      address: brokerAddress(),
      topics: campTopics(registry, params),
      inForce: all.filter(({ revoked }) => revoked === null).map(shown),
      revoked: all
        .filter(({ revoked }) => revoked !== null)
        .slice(-REVOKED_SHOWN)
        .reverse()
        .map(shown),
      refusals: refusals.filter(({ guest }) => guest.startsWith(`${params.mission}.${params.camp}.`)),
    };
  });

export const actions: Actions = { issue, revoke };
