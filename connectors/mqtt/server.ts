import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';

export const PORT = 1883;

/** Whether there is a broker; one line on the console tells if there is none. */
export async function isBrokerUp(): Promise<boolean> {
  try {
    await (await connectBeside('')).endAsync(true);
    return true;
  } catch (error) {
    console.warn(`no MQTT broker can be reached on 127.0.0.1:${PORT}, so its tests are skipped: ${String(error)}`);
    return false;
  }
}

/** A connection beside the connector. @param clientId '' for one of its own */
export function connectBeside(clientId: string, isKept = false): Promise<MqttClient> {
  const options: IClientOptions = {
    host: '127.0.0.1',
    port: PORT,
    protocolVersion: 5,
    reconnectPeriod: 0,
    connectTimeout: 2_000,
    clean: !isKept,
  };
  if (clientId !== '') options.clientId = clientId;
  if (isKept) options.properties = { sessionExpiryInterval: 600 };
  return connectAsync(options);
}
