import Type from 'typebox';
import { Duration, Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';
import { durationMs } from '../retry.ts';

/** Milliseconds that an event may come before its node is reached: `none` is 0, `forever` (the default) is Infinity. */
export function bufferMs(buffer: string | undefined): number {
  if (buffer === undefined || buffer === 'forever') return Infinity;
  return buffer === 'none' ? 0 : durationMs(buffer);
}

/**
 * Waits for a signal or message by name and, where given, by correlation. One that came earlier, within `buffer`, is
 * consumed at once; each is consumed once. Its output is the payload. After `timeout` it fails with `EVENT_TIMEOUT`.
 */
export const event = defineNode({
  label: {
    title: { en: 'Wait for event', zh: '等待事件' },
    description: { en: 'Waits for a signal or message', zh: '等待信号或消息' },
    group: 'time',
  },
  config: Type.Object({
    name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9._-]*$', maxLength: 100 }),
    correlation: Type.Optional(Value({ 'x-value': { type: 'string' } })),
    buffer: Type.Optional(
      Type.Union([Type.Enum(['none', 'forever']), Duration()], {
        default: 'forever',
        description: 'How long an event that comes early is kept',
      }),
    ),
    timeout: Type.Optional(Duration()),
  }),
  ports: () => ['next'],
  acts: true,
  durableOnly: true,
  compile: ({ config }) => ({
    activity: {
      kind: 'await-event',
      name: config.name,
      bufferMs: bufferMs(config.buffer),
      ...(config.correlation === undefined ? {} : { correlation: config.correlation }),
      ...(config.timeout === undefined ? {} : { timeoutMs: durationMs(config.timeout) }),
    },
  }),
});
