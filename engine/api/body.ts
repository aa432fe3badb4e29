import { readJson } from '@heddle/connectors/sdk/index';
import type { FastifyInstance } from 'fastify';
import { FlowError } from '../errors.ts';

/**
 * Reads request bodies as strict JSON: duplicate keys, `__proto__`, depth over `maxDepth` and numbers out of range are refused,
 * and integers past 2^53 keep every digit (as text). Other content types are answered 415.
 */
export function registerJsonBody(app: FastifyInstance, maxDepth: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    if (text === '') return done(null, undefined);
    const read = readJson(text as string, { maxDepth });
    if (read.ok) return done(null, read.value);
    const { pointer, offset, message } = read.problem;
    done(
      new FlowError('MALFORMED_JSON', `the body ${message}`, {
        details: { problems: [{ pointer, code: 'MALFORMED_JSON', message, offset }] },
      }),
    );
  });
}
