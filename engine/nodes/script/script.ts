import Type from 'typebox';
import { Duration, Value } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';
import { durationMs } from '../retry.ts';

/**
 * Runs JavaScript in a sandbox without I/O: the source is a function body with `input`, and what it returns is the
 * output. Limits: time (default 1 s), 16 MiB of memory, 256 KiB of output.
 */
export const script = defineNode({
  label: {
    title: { en: 'Script', zh: '脚本' },
    description: { en: 'Computes with sandboxed JavaScript', zh: '用沙箱中的 JavaScript 计算' },
    group: 'data',
  },
  config: Type.Object({
    source: Type.String({ minLength: 1, maxLength: 65_536, 'x-widget': 'javascript' }),
    input: Type.Optional(Value({ default: {}, 'x-widget': 'mapping' })),
    timeout: Type.Optional(Duration({ default: '1s' })),
  }),
  ports: () => ['next'],
  acts: true,
  compile: ({ config }) => ({
    activity: {
      kind: 'script',
      source: config.source,
      input: config.input ?? {},
      timeoutMs: durationMs(config.timeout ?? '1s'),
    },
  }),
});
