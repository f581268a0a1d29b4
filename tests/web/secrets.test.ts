/** Whatever is secret stays out of every log and every answer, also when everything that can fail does. */
import { expect, it, describe, beforeAll, afterAll } from 'vitest';
import { freePorts } from '../support/free-port.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker.ts';
import { startSite, type Site } from './site.ts';

const SECRETS = {
  mqttPassword: 'mqtt-Secret-9f1c',
  influxPassword: 'influx-Secret-77ab',
  influxToken: 'influx-Token-c0de',
  oidcSecret: 'oidc-Secret-51ee',
  firstPassword: 'first password of the first one',
  wrongPassword: 'a password that was mistyped',
  nextPassword: 'second password, later on',
} as const;

let worker: WorkerProcess;
let site: Site;
/** All that anybody was answered, but the one page that hands a secret over. */
const answers: string[] = [];
const cookies: string[] = [];

beforeAll(async () => {
  // Nothing listens on these: broker, store and the organisation's sign-in are all away.
  const [broker = 0, store = 0, provider = 0] = await freePorts(3);
  const settings = {
    MQTT_URL: `mqtt://127.0.0.1:${String(broker)}`,
    MQTT_USERNAME: 'bluewatt-web',
    MQTT_PASSWORD: SECRETS.mqttPassword,
    INFLUX_URL: `http://bluewatt:${SECRETS.influxPassword}@127.0.0.1:${String(store)}/bluewatt`,
    INFLUX_TOKEN: SECRETS.influxToken,
    LOG_LEVEL: 'debug',
  };
  worker = await startWorkerProcess({ settings });
  const more = {
    ACCESS: 'accounts',
    OIDC_ISSUER: `http://127.0.0.1:${String(provider)}`,
    OIDC_CLIENT_ID: 'bluewatt',
    OIDC_CLIENT_SECRET: SECRETS.oidcSecret,
    OIDC_NAME: 'The Organisation',
    WORKER_PORT: worker.port,
    DATA_DIR: worker.dataDir,
  };
  site = await startSite(() => Promise.resolve(), { settings: { ...settings, ...more } });
});
afterAll(async () => {
  await site.stop();
  await worker.stop();
});

async function ask(path: string, options: { form?: Record<string, string>; headers?: HeadersInit } = {}) {
  const { form, headers } = options;
  const sent = new Headers({ accept: 'text/html', origin: site.url, ...headers });
  const answer = await fetch(site.url + path, {
    redirect: 'manual',
    headers: sent,
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const value = cookie.split(';')[0]?.split('=')[1];
    if (value !== undefined && value !== '') cookies.push(decodeURIComponent(value));
  }
  return { status: answer.status, text: await answer.text(), cookie: answer.headers.getSetCookie() };
}
const asking = async (...question: Parameters<typeof ask>) => {
  const answer = await ask(...question);
  answers.push(answer.text);
  return answer;
};
const sessionIn = (cookie: readonly string[]): string =>
  cookie.find((each) => each.includes('session_token'))?.split(';')[0] ?? '';

/** The one place where a link stands in a log: the first administrator's, at start. */
const firstLink = (): string => /\/sign-in\/([\w-]{20,})/.exec(site.log())?.[1] ?? '';

describe('a whole session while broker, store and the organisation’s sign-in are away', () => {
  it('leaves no secret in any log or answer, but the announced link once', async () => {
    const link = firstLink();
    expect(link).not.toBe('');
    const who = { name: 'Ada', email: 'ada@example.org' };
    await asking(`/sign-in/${link}`);
    await asking(`/sign-in/${link}`, { form: { ...who, password: 'short' } });
    const entered = await asking(`/sign-in/${link}`, { form: { ...who, password: SECRETS.firstPassword } });
    expect(entered.status).toBe(303);
    const cookie = sessionIn(entered.cookie);
    expect(cookie).not.toBe('');
    const headers = { cookie };

    const { email } = who;
    const wrong = await asking('/sign-in?/password', { form: { email, password: SECRETS.wrongPassword } });
    expect(wrong.status).toBe(401);
    await asking('/sign-in/organisation');
    await asking('/auth/callback/organisation?code=stolen&state=none');

    const made = await ask('/account?/makeToken', {
      form: { name: 'script', days: '1', mission: '' },
      headers,
    });
    const token = /bluewatt_[\w-]{20,}/.exec(made.text)?.[0] ?? '';
    const invited = await ask('/people?/invite', {
      form: { name: 'Bo', email: 'bo@example.org', role: 'hq', mission: '*' },
      headers,
    });
    const second = /\/sign-in\/([\w-]{20,})/.exec(invited.text)?.[1] ?? '';
    // Where there is no registry yet, the page with the token or the link must still come.
    expect([token === '', second === '']).toEqual([false, false]);

    // Everything that asks the store fails, by page and by script, with each kind of key.
    for (const path of ['/', '/meters', '/people', '/health', '/missions/a']) await asking(path, { headers });
    // Whose address is the secret itself, and which leads back to itself.
    await ask(`/sign-in/${second}`, { headers });
    const bearer = { authorization: `Bearer ${token}` };
    for (const path of ['/api/v1/missions', '/api/v1/meters', '/api/v1/live/a/b'])
      await asking(path, { headers: bearer });
    await asking('/api/v1/missions', { headers: { authorization: `Bearer ${token}x` } });
    await asking('/api/v1/missions', { headers: { cookie: `${cookie}x` } });
    await asking('/people?/remove', { form: {}, headers: { cookie, origin: 'https://evil.example' } });

    const next = { current: SECRETS.firstPassword, next: SECRETS.nextPassword };
    const changed = await asking('/account?/password', { form: next, headers });
    expect(changed.status).toBe(200);
    await asking('/account?/out', { form: {}, headers: { cookie: sessionIn(changed.cookie) } });
    const metrics = await (await fetch(`http://127.0.0.1:${String(worker.port)}/metrics`)).text();
    answers.push(JSON.stringify(await worker.health()), metrics);

    const logs = { dashboard: site.log(), worker: await worker.log() };
    // They do tell what happened.
    expect(logs.dashboard).toContain('sign-in failed');
    expect(logs.worker.length).toBeGreaterThan(100);
    const secrets = [...Object.values(SECRETS), token, second, ...cookies];
    expect(secrets.length).toBeGreaterThan(9);
    for (const secret of secrets) {
      for (const [name, text] of Object.entries(logs))
        expect(text.includes(secret), `${secret} in the log of the ${name}`).toBe(false);
      for (const text of answers)
        expect(text.includes(secret), `${secret} in ${text.slice(0, 200)}`).toBe(false);
    }
    expect(logs.dashboard.split(link).length - 1).toBe(1);
    expect(logs.worker).not.toContain(link);
  });
});
