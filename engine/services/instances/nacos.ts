import { Type } from 'typebox';
import { askJson, below, objectIn, objectsIn, portIn, textIn, urlProblems } from './ask.ts';
import { closed, common, defineSource, Secret } from './source.ts';

/** Healthy and enabled instances, by the HTTP API of Nacos 1 and 2 (`/v1/ns/instance/list`). */
export const nacos = defineSource({
  kind: 'nacos',
  settings: Type.Object(
    {
      kind: Type.Literal('nacos'),
      /** With its context path, such as `http://127.0.0.1:8848/nacos`. */
      url: Type.String(),
      service: Type.String({ minLength: 1, maxLength: 200 }),
      /** Default `DEFAULT_GROUP`. */
      group: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      /** The id of the namespace. Default: the public one. */
      namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      /** An access token, where Nacos wants one. */
      token: Type.Optional(Secret),
      ...common,
    },
    closed,
  ),
  problems: ({ url }) => urlProblems(url),
  async find({ url, service, group, namespace, token }, { secret }) {
    const accessToken = token && secret(token.secret);
    if (token && accessToken === undefined) throw new Error(`there is no secret ${token.secret} for this service`);
    const parameters = {
      serviceName: service,
      groupName: group,
      namespaceId: namespace,
      healthyOnly: 'true',
      accessToken,
    };
    const answer = objectIn(await askJson(below(url, '/v1/ns/instance/list', parameters), {}));
    return objectsIn(answer['hosts']).flatMap((found) => {
      const host = textIn(found['ip']);
      const port = portIn(found['port']);
      const weight = found['weight'] ?? 1;
      if (host === undefined || port === undefined || found['healthy'] === false || found['enabled'] === false)
        return [];
      if (typeof weight !== 'number' || weight <= 0) return []; // 0 is how Nacos takes an instance out
      const cluster = textIn(found['clusterName']);
      return [
        { id: textIn(found['instanceId']) ?? `${host}:${port}`, host, port, weight, tags: cluster ? [cluster] : [] },
      ];
    });
  },
});
