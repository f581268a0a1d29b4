/**
 * Makes a broker look as old as many are: refuses MQTT 5 and passes 3.1.1 on. Mosquitto then keeps to its own
 * window of 20 messages in flight, which a subscriber can't raise.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** CONNACK, MQTT 5: unsupported protocol version. */
const REFUSAL = Uint8Array.of(0x20, 0x03, 0x00, 0x84, 0x00);
const MQTT_5 = 5;

export interface OldBroker {
  readonly url: string;
  stop(): void;
}

export async function startOldBroker(port: number): Promise<OldBroker> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    keep(client);
    client.once('data', (first: Buffer) => {
      if (protocolVersionOf(first) === MQTT_5) {
        client.end(REFUSAL);
        return;
      }
      const broker = connect(port, '127.0.0.1');
      keep(broker);
      client.setNoDelay(true);
      broker.setNoDelay(true);
      broker.write(first);
      client.pipe(broker).pipe(client);
    });
  });

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** CONNECT: type, remaining length (one byte, at most 127, for our short ones), 00 04 'M' 'Q' 'T' 'T', version. */
function protocolVersionOf(packet: Buffer): number | undefined {
  const name = packet.indexOf('MQTT');
  return name < 0 ? undefined : packet[name + 4];
}
