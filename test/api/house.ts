import { readConfig } from '@heddle/engine/config';
import type { Json } from '@heddle/engine/errors';
import { type Engine, startEngine } from '@heddle/engine/server';
import { silentLog } from '@heddle/engine/telemetry/index';
import { expect } from 'vitest';
import { type Client, clientOf } from './client.ts';
import { type Desk, startDesk } from './desk.ts';

export interface House {
  readonly engine: Engine;
  readonly desk: Desk;
  readonly api: Client;
  /** Publishes a flow; fails the test if it is refused. */
  publish(definition: Json): Promise<void>;
  /** Waits until a run has the status. */
  reaches(runId: string, status: string): Promise<void>;
  close(): Promise<void>;
}

/** An engine in memory on a free port, with the desk in its catalogue. @param env settings beside the port */
export async function openHouse(env: Readonly<Record<string, string>> = {}): Promise<House> {
  const desk = await startDesk();
  const config = readConfig({ HEDDLE_PORT: '0', HEDDLE_DRAIN: '2000', ...env });
  const engine = await startEngine({ config, inMemory: true, log: silentLog });
  await engine.putService(desk.description);
  const api = clientOf(engine.url ?? '');
  return {
    engine,
    desk,
    api,
    async publish(definition) {
      const { id } = definition as { id: string };
      const { status, body } = await api.post(`/flows/${id}/versions`, { definition });
      expect([status, body.problems ?? []]).toEqual([201, []]);
    },
    async reaches(runId, status) {
      await expect.poll(async () => (await api.get(`/runs/${runId}`)).body.status, { interval: 5 }).toBe(status);
    },
    async close() {
      await engine.close();
      await desk.close();
    },
  };
}

/** A call of the desk. */
export const call = (operation: string, input: Json, more: { readonly [key: string]: Json } = {}) => ({
  type: 'call',
  service: 'desk',
  operation,
  input,
  ...more,
});

/** An expression that reads a path. */
export const read = (path: string) => ({ $: { var: path } });
