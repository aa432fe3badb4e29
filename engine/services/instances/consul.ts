import { Type } from 'typebox';
import { askJson, below, objectIn, objectsIn, portIn, textIn, urlProblems } from './ask.ts';
import { closed, common, defineSource, Secret } from './source.ts';

/** Instances that pass their checks, by Consul's HTTP API (`/v1/health/service`). */
export const consul = defineSource({
  kind: 'consul',
  settings: Type.Object(
    {
      kind: Type.Literal('consul'),
      /** Of an agent, such as `http://127.0.0.1:8500`. */
      url: Type.String(),
      service: Type.String({ minLength: 1, maxLength: 200 }),
      tag: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      datacenter: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      token: Type.Optional(Secret),
      ...common,
    },
    closed,
  ),
  problems: ({ url }) => urlProblems(url),
  async find({ url, service, tag, datacenter, token }, { secret }) {
    const value = token && secret(token.secret);
    if (token && value === undefined) throw new Error(`there is no secret ${token.secret} for this service`);
    const path = `/v1/health/service/${encodeURIComponent(service)}`;
    const headers = value === undefined ? {} : { 'x-consul-token': value };
    const entries = objectsIn(await askJson(below(url, path, { passing: 'true', tag, dc: datacenter }), headers));
    return entries.flatMap((entry) => {
      const found = objectIn(entry['Service']);
      // A service that names no address of its own is at its node's.
      const host = textIn(found['Address']) ?? textIn(objectIn(entry['Node'])['Address']);
      const port = portIn(found['Port']);
      if (host === undefined || port === undefined) return [];
      const weight = objectIn(found['Weights'])['Passing'];
      const tags = Array.isArray(found['Tags']) ? found['Tags'].filter((each) => typeof each === 'string') : [];
      return [
        {
          id: textIn(found['ID']) ?? `${host}:${port}`,
          host,
          port,
          weight: typeof weight === 'number' && weight > 0 ? weight : 1,
          tags,
        },
      ];
    });
  },
});
