import Type from 'typebox';
import { ProblemDocument } from './contract.ts';

type ErrorStatus = 400 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 500 | 502 | 503 | 504;

const meanings: Record<ErrorStatus, string> = {
  400: 'The request is malformed',
  403: 'Not for you, or not here',
  404: 'There is no such thing',
  405: 'Not with this method',
  409: 'It conflicts with what is there',
  412: 'It has changed since',
  413: 'The body is too large',
  415: 'Only application/json is read',
  422: 'The body is well-formed but does not fit',
  500: 'The run failed, or the engine did',
  502: 'A service answered with an error',
  503: 'Nothing was accepted; see Retry-After',
  504: 'A service did not answer in time',
};

/** Documents error answers; every one is an RFC 9457 problem. */
export function errorResponses<S extends ErrorStatus>(...statuses: S[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: meanings[status],
        content: { 'application/problem+json': { schema: Type.Unsafe(ProblemDocument) } },
      },
    ]),
  ) as object as Record<S, never>;
}
