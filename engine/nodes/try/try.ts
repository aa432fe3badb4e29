import Type from 'typebox';
import { Duration, ErrorCodePattern, NodeRef, ScopeField } from '../../definition/index.ts';
import { defineNode } from '../node-type.ts';
import { durationMs } from '../retry.ts';

/**
 * A region with its own error handling, time limit and, with `saga`, its own compensation: an error that leaves it
 * first undoes the completed steps inside, in reverse, then takes the matching `catch`. Leaving it cancels everything inside.
 */
export const tryRegion = defineNode({
  label: {
    title: { en: 'Try', zh: '异常区域' },
    description: { en: 'Handles the errors and the time limit of the steps inside', zh: '处理内部步骤的异常与超时' },
    group: 'control',
  },
  config: Type.Object({
    do: ScopeField(),
    timeout: Type.Optional(Duration()),
    saga: Type.Optional(Type.Boolean({ default: false })),
    catch: Type.Optional(
      Type.Array(Type.Object({ code: ErrorCodePattern(), next: NodeRef() }, { additionalProperties: false }), {
        maxItems: 50,
      }),
    ),
  }),
  ports: (config) => ['next', ...(config.catch ?? []).map((_, index) => `catch:${index}`)],
  durableOnly: (config) => config.saga === true,
  scopeRule: () => ({ visible: true, certain: true }),
  compile: ({ id, config }) => {
    const routes = (config.catch ?? []).map((route, index) => ({
      code: route.code,
      port: `catch:${index}`,
      next: route.next,
    }));
    return {
      activity: {
        kind: 'region',
        scope: `${id}.do`,
        saga: config.saga ?? false,
        catch: routes.map(({ code, port }) => ({ code, port })),
        ...(config.timeout === undefined ? {} : { timeoutMs: durationMs(config.timeout) }),
      },
      exits: Object.fromEntries(routes.map(({ port, next }) => [port, next])),
    };
  },
});
