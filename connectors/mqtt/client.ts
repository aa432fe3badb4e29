import type { IClientOptions, IConnackPacket, IDisconnectPacket, MqttClient } from 'mqtt';
import { reasonOf, unavailable } from '../sdk/index.ts';

const TAKEN_OVER = 142;

/** A connection to the broker. It is never made again: who needs another opens another, so nothing is sent late or twice. */
export interface Client {
  readonly mqtt: MqttClient;
  readonly connack: IConnackPacket;
  /** Resolves with the reason when the connection is gone. */
  readonly gone: Promise<string>;
  close(): void;
}

/** @throws {CallError} `unavailable`: nothing has been sent. */
export async function openClient(options: IClientOptions, prepare = (_: MqttClient) => {}): Promise<Client> {
  const { connect } = await import('mqtt');
  const mqtt = connect({ ...options, protocolVersion: 5, reconnectPeriod: 0, keepalive: 10, manualConnect: true });
  prepare(mqtt);
  let reason = 'the connection was lost';
  mqtt.on('disconnect', ({ reasonCode }: IDisconnectPacket) => {
    reason =
      reasonCode === TAKEN_OVER ? 'another reader uses this client id' : `the broker said goodbye: ${reasonCode}`;
  });
  const gone = new Promise<string>((resolve) => {
    mqtt.on('error', (error) => {
      reason = reasonOf(error);
      mqtt.end(true);
      resolve(reason);
    });
    mqtt.on('close', () => resolve(reason));
  });
  const connected = new Promise<IConnackPacket>((resolve) => mqtt.once('connect', resolve));
  mqtt.connect();
  const first = await Promise.race([connected, gone]);
  if (typeof first === 'string') {
    mqtt.end(true);
    throw unavailable(`no connection: ${first}`, false);
  }
  return { mqtt, connack: first, gone, close: () => mqtt.end(true) };
}
