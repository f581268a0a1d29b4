/** The proxy does to a connection what its faults say; a fault test is worth no more than that. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProxy, type Proxy } from './proxy.ts';

describe('the fault proxy', () => {
  let echo: Server;
  let proxy: Proxy;
  let heard: string;
  let ended: string | undefined;
  let client: Socket;

  beforeEach(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP address');
    proxy = await startProxy({ port: address.port });
    client = await join();
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    echo.close();
  });

  async function join(): Promise<Socket> {
    const socket = connect(proxy.port, '127.0.0.1');
    heard = '';
    ended = undefined;
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (ended = error.code));
    await once(socket, 'connect');
    socket.write('hello ');
    await expect.poll(() => heard).toBe('hello ');
    return socket;
  }

  it('cuts after exactly as many bytes, in the middle of what was said', async () => {
    proxy.strike({ kind: 'cut', direction: 'down', afterBytes: 3 });
    client.write('world');
    await expect.poll(() => ended).toBe('ECONNRESET');
    expect(heard).toBe('hello wor');
  });

  it('resets connections that stand, and lets new ones in', async () => {
    proxy.strike({ kind: 'reset' });
    await expect.poll(() => ended).toBe('ECONNRESET');
    client = await join();
  });

  it('keeps a half-open connection open and silent until it resets it', async () => {
    proxy.strike({ kind: 'half-open', forMs: 200 });
    client.write('world');
    await pause(100);
    expect([heard, ended]).toEqual(['hello ', undefined]);
    await expect.poll(() => ended).toBe('ECONNRESET');
    expect(heard).toBe('hello ');
  });

  it('stalls an answer after its head', async () => {
    proxy.strike({ kind: 'stall', headBytes: 2, forMs: 200 });
    client.write('world');
    await expect.poll(() => heard).toBe('hello wo');
    await expect.poll(() => ended).toBe('ECONNRESET');
    expect(heard).toBe('hello wo');
  });

  it('delays without changing the order, and healing loses nothing of it', async () => {
    proxy.strike({ kind: 'delay', byMs: 60_000, forMs: 60_000 });
    for (const letter of 'world') {
      client.write(letter);
      await pause(2);
    }
    await pause(50);
    expect(heard).toBe('hello ');
    // Once for the way there and once for the way back.
    proxy.heal();
    await expect.poll(() => heard).toBe('hello world');
    expect(ended).toBeUndefined();
  });

  it('answers in the server’s place, to those who stand and those who come, until it is healed', async () => {
    const before = client;
    proxy.strike({ kind: 'answer', status: 401, forMs: 60_000 });
    before.write('write something');
    await expect.poll(() => heard).toMatch(/^hello HTTP\/1\.1 401 .*"authorization failed"}$/s);
    heard = '';
    const other = connect(proxy.port, '127.0.0.1');
    other.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    other.write('write something');
    await expect.poll(() => heard).toMatch(/^HTTP\/1\.1 401 /);
    other.destroy();
    proxy.heal();
    client = await join();
  });

  it('lets nobody in while it refuses', async () => {
    proxy.strike({ kind: 'refuse', forMs: 60_000 });
    await expect.poll(() => ended).toBe('ECONNRESET');
    const turnedAway = connect(proxy.port, '127.0.0.1');
    const [error] = (await once(turnedAway, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    proxy.heal();
    client = await join();
  });
});
