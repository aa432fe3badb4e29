import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Started } from '../triggers/start-flow.ts';
import { outcomeProblem, sendProblem } from './problem.ts';

/**
 * Answers the caller of a flow: with its output (`body`, for triggers) or an envelope around it (`envelope`, for the
 * engine's own API); 202 with `Location` while it runs; a problem when it did not complete.
 */
export function sendStarted(
  { runId, outcome, created }: Started,
  reply: FastifyReply,
  form: 'body' | 'envelope',
): unknown {
  reply.header('heddle-run-id', runId);
  if (!created) reply.header('idempotent-replayed', 'true');
  if (outcome === 'pending')
    return reply.code(202).header('location', `/runs/${runId}`).send({ runId, status: 'running' });
  if (outcome.status === 'responded' && outcome.response) {
    const { status, body, headers } = outcome.response;
    const own = Object.entries(headers).filter(([name]) => !FORBIDDEN_HEADERS.has(name.toLowerCase()));
    const wrong = own.find(([name, value]) => !isSendable(name, value));
    if (wrong) {
      const message = `the header ${JSON.stringify(wrong[0])} that the flow responds with cannot be sent`;
      return sendProblem(reply, outcomeProblem({ ...outcome, error: { code: 'EXPRESSION_TYPE', message } }));
    }
    for (const [name, value] of own) reply.header(name, value);
    return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
  }
  if (outcome.status !== 'completed') return sendProblem(reply, outcomeProblem(outcome));
  if (outcome.outcome !== undefined) reply.header('heddle-outcome', outcome.outcome);
  const output = outcome.output ?? null;
  if (form === 'body')
    return reply.code(200).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(output));
  return reply.code(200).send({
    runId,
    status: outcome.status,
    ...(outcome.outcome === undefined ? {} : { outcome: outcome.outcome }),
    output,
  });
}

/** Line breaks, letters beyond Latin 1 and the like would break the answer, or let a value forge another header. */
function isSendable(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Headers that a flow may not set: they belong to the transport. */
const FORBIDDEN_HEADERS = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'host',
  'content-type',
  'keep-alive',
  'upgrade',
  'trailer',
  'te',
]);
