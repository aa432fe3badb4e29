import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply } from 'fastify';
import { catalogue, type ErrorCode, FlowError, type Json, type JsonObject } from '../errors.ts';
import type { Outcome, Refusal } from '../runtime/runtime.ts';

const PROBLEM_TYPE = 'application/problem+json';

/** The body of every error answer (RFC 9457), with the stable code as an extension member. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [extension: string]: Json;
}

const title = (code: string) => code.toLowerCase().replaceAll('_', ' ');

function problemBody(code: string, status: number, detail: string, extensions: JsonObject = {}): ProblemBody {
  return { type: `urn:heddle:error:${code}`, title: title(code), status, detail, code, ...extensions };
}

export function sendProblem(reply: FastifyReply, body: ProblemBody, retryAfterMs?: number): FastifyReply {
  if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  return reply.code(body.status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(body));
}

/** The whole answer to a start that is refused before its request has been read. `headers`: names and values in turn. */
export const refusalProblem = ({ code, detail, retryAfterMs }: Refusal) => ({
  status: catalogue[code].status,
  headers: [
    ...['content-type', PROBLEM_TYPE, 'x-content-type-options', 'nosniff'],
    ...['retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000)))],
  ],
  text: JSON.stringify(problemBody(code, catalogue[code].status, detail)),
});

/** Turns whatever a route threw into a problem answer. Unknown errors say nothing of the inside. */
export function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof FlowError) {
    const { retryAfterMs, ...extensions } = error.details;
    const wait = typeof retryAfterMs === 'number' ? retryAfterMs : error.retryable ? 1_000 : undefined;
    return sendProblem(reply, problemBody(error.code, error.status, error.message, extensions), wait);
  }
  const code = codeOfFastify(error as FastifyError);
  if (code)
    return sendProblem(
      reply,
      problemBody(code, catalogue[code].status, (error as Error).message, validationOf(error as FastifyError)),
    );
  return sendProblem(reply, problemBody('INTERNAL', 500, 'an internal error; the log has it under this request id'));
}

function codeOfFastify(error: FastifyError): ErrorCode | undefined {
  const { statusCode } = error;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return undefined;
  switch (statusCode) {
    case 404:
      return 'NOT_FOUND';
    case 413:
      return 'PAYLOAD_TOO_LARGE';
    case 415:
      return 'UNSUPPORTED_MEDIA_TYPE';
    default:
      return 'INVALID_REQUEST';
  }
}

/** Answers what is no HTTP, before there is a request, and gives the connection up. */
export function sendProtocolError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { status } = catalogue.INVALID_REQUEST;
  const text = JSON.stringify(problemBody('INVALID_REQUEST', status, 'this is no HTTP request that can be read'));
  const head = `HTTP/1.1 ${status} Bad Request\r\ncontent-type: ${PROBLEM_TYPE}\r\nconnection: close`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function validationOf(error: FastifyError): JsonObject {
  if (!error.validation) return {};
  return {
    problems: error.validation.map((fault) => ({
      pointer: `/${error.validationContext ?? 'body'}${fault.instancePath}`,
      code: fault.keyword,
      message: fault.message ?? 'does not fit',
    })),
  };
}

/** The answer for a run that did not complete: its error's own status where the caller can act on it, else 500. */
export function outcomeProblem(outcome: Outcome): ProblemBody {
  const { error, runId } = outcome;
  const links = { instance: `/runs/${runId}`, runId, runStatus: outcome.status };
  if (error === undefined) return problemBody('RUN_CANCELLED', 409, outcome.reason ?? 'the run was cancelled', links);
  const serviceStatus = (error.details as JsonObject | undefined)?.['status'];
  const extensions: JsonObject = {
    ...links,
    ...(error.node === undefined ? {} : { node: error.node }),
    ...(typeof serviceStatus === 'number' ? { serviceStatus } : {}),
    ...(error.details === undefined ? {} : { details: error.details }),
  };
  return problemBody(error.code, statusOf(error.code), error.message, extensions);
}

function statusOf(code: string): number {
  // A code that the flow's author raised: a rule of the business, not a fault of the engine.
  if (!Object.hasOwn(catalogue, code)) return 422;
  const { status } = catalogue[code as ErrorCode];
  // An expression that fails inside a run is the flow's fault, not the caller's.
  return status >= 500 ? status : 500;
}
