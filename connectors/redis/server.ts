import { Redis } from 'ioredis';

export const PORT = 6379;

/** A connection beside the connector; `undefined` if there is no server, which one line on the console tells. */
export async function connectBeside(): Promise<Redis | undefined> {
  const redis = new Redis({ port: PORT, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined); // what fails by it is seen by the test
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    console.warn(`Redis cannot be reached on 127.0.0.1:${PORT}, so its tests are skipped: ${String(error)}`);
    return undefined;
  }
}

/** Removes all keys of a test. */
export async function removeKeys(redis: Redis, part: string): Promise<void> {
  const keys = await redis.keys(`*${part}*`);
  if (keys.length > 0) await redis.unlink(...keys);
}
