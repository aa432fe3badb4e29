import type { FastifyReply } from 'fastify';
import type { Answer } from '../execute.ts';

/** The answer is text already: it is stored as it is sent. */
export function send(reply: FastifyReply, { body, isReplay }: Answer): FastifyReply {
  if (isReplay) reply.header('idempotent-replayed', 'true');
  return reply.header('content-type', 'application/json; charset=utf-8').send(body);
}
