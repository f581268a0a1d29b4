/**
 * What a Sparkplug host says of itself, in the two forms that edge nodes wait for: since 3.0 a JSON object below the
 * namespace, with a timestamp; until 2.2 one word at the top. Retained, at QoS 1, and as the will of its session.
 * Source: Eclipse Sparkplug 3.0.0, sections 4.2.3 and 5.2; Sparkplug 2.2, sections 7.5 and 8.4.
 */

/** One form of the message. */
export interface HostStateForm {
  readonly name: string;
  readonly topic: string;
  /** @param at epoch ms: the same in a birth certificate and in the will of its session */
  readonly payload: (isOnline: boolean, at: number) => string;
  /** What a payload says; undefined when it is none of this form. */
  readonly isOnline: (payload: string) => boolean | undefined;
}

export function hostStateForms(hostId: string): HostStateForm[] {
  return [
    {
      name: 'v3',
      topic: `spBv1.0/STATE/${hostId}`,
      payload: (online, timestamp) => JSON.stringify({ online, timestamp }),
      isOnline: onlineIn,
    },
    {
      name: 'v2',
      topic: `STATE/${hostId}`,
      payload: (online) => (online ? 'ONLINE' : 'OFFLINE'),
      isOnline: (payload) => (payload === 'ONLINE' ? true : payload === 'OFFLINE' ? false : undefined),
    },
  ];
}

function onlineIn(payload: string): boolean | undefined {
  try {
    const said = JSON.parse(payload) as { online?: unknown } | null;
    return typeof said?.online === 'boolean' ? said.online : undefined;
  } catch {
    return undefined;
  }
}
