import { readJson } from '@heddle/connectors/sdk/index';
import Type from 'typebox';
import { FlowError, messageOf } from '../../errors.ts';
import { contentOf, maskedPreview } from '../../messages/content.ts';
import { redrive } from '../../messages/letters.ts';
import type { DeadLetter } from '../../store/store.ts';
import { Consumer, Letter, LetterDetail, PeekedMessage, ScheduledMessage, Topic } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';

const letterParams = Type.Object({ letterId: Type.Integer({ minimum: 1 }) });
const filter = {
  service: Type.Optional(Type.String()),
  flow: Type.Optional(Type.String()),
  code: Type.Optional(Type.String({ description: 'Of the reason' })),
  search: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Text that the body contains' })),
};
/** Letters sent or discarded by one request. */
const MAX_AT_ONCE = 1_000;
const PEEK = 50;

/** Messages of brokers: who reads, what was published, what could not be taken. */
export function messageRoutes(app: App, deps: ApiDeps): void {
  const { deadLetters, outbox, audit } = deps.store;
  const { consumers, publisher, intake } = deps.messages;
  const driving = { letters: deadLetters, consumers, intake, publisher, now: deps.now };

  app.get(
    '/messages',
    {
      schema: {
        operationId: 'messageFigures',
        summary: 'Readers, topics and backlog as they are now',
        tags: ['messages'],
        response: {
          200: Type.Object({
            consumers: Type.Array(Consumer),
            topics: Type.Array(Topic),
            dead: Type.Integer({ description: 'Dead letters that nobody has settled' }),
          }),
          ...errorResponses(500),
        },
      },
    },
    async () => ({
      consumers: (await consumers.figures()) as never[],
      topics: publisher.figures(),
      dead: await deadLetters.count(),
    }),
  );

  app.get(
    '/messages/scheduled',
    {
      schema: {
        operationId: 'listScheduledMessages',
        summary: 'Messages to be published later, the earliest first',
        tags: ['messages'],
        querystring: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })) }),
        response: { 200: Type.Object({ messages: Type.Array(ScheduledMessage) }), ...errorResponses(400) },
      },
    },
    async ({ query: { limit = 50 } }) => ({
      messages: (await outbox.list(limit)).map(({ payload, ...message }) => ({
        ...message,
        preview: maskedPreview({ encoding: 'utf8', body: JSON.stringify(payload) }),
      })),
    }),
  );

  app.delete(
    '/messages/scheduled/:messageId',
    {
      schema: {
        operationId: 'cancelScheduledMessage',
        summary: 'Do not publish a message after all',
        tags: ['messages'],
        params: Type.Object({ messageId: Type.String({ maxLength: 500 }) }),
        response: { 204: Type.Null(), ...errorResponses(404) },
      },
    },
    async (request, reply) => {
      const { messageId } = request.params;
      if (!(await outbox.remove(messageId))) throw new FlowError('NOT_FOUND', `no message ${messageId} is scheduled`);
      await audit.write({ actor: userOf(request), action: 'message.cancel', subject: messageId });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/messages/preview',
    {
      schema: {
        operationId: 'previewMessages',
        summary: 'Look at messages of a broker and leave them there',
        description: 'Long numbers are masked. With `search`, those among the latest whose text contains it.',
        tags: ['messages'],
        body: Type.Object(
          {
            service: Type.String(),
            source: Type.Record(Type.String(), Type.Unknown(), { description: 'As a message trigger names it' }),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: PEEK })),
            search: filter.search,
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ messages: Type.Array(PeekedMessage) }),
          ...errorResponses(400, 404, 422, 503),
        },
      },
    },
    async ({ body: { service, source, limit = PEEK, search } }) => {
      const messages = await deps.invoker.peek(service, source, search === undefined ? limit : 1_000);
      const wanted = search?.toLowerCase();
      const shown = messages.flatMap(({ body, ...message }) => {
        const content = contentOf(body);
        const fits = wanted === undefined || content.body.toLowerCase().includes(wanted);
        return fits ? [{ ...message, bytes: body.byteLength, preview: maskedPreview(content) }] : [];
      });
      return { messages: shown.slice(0, limit) };
    },
  );

  app.get(
    '/dead-letters',
    {
      schema: {
        operationId: 'listDeadLetters',
        summary: 'Messages that could not be taken or sent, newest first',
        tags: ['messages'],
        querystring: Type.Object({
          ...filter,
          status: Type.Optional(Type.Enum(['dead', 'redriven', 'discarded'])),
          direction: Type.Optional(Type.Enum(['in', 'out'])),
          before: Type.Optional(Type.Integer()),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        }),
        response: {
          200: Type.Object({ letters: Type.Array(Letter), next: Type.Optional(Type.Integer()) }),
          ...errorResponses(400),
        },
      },
    },
    async ({ query: { limit = 50, flow, ...rest } }) => {
      const letters = await deadLetters.list({ ...rest, flowId: flow }, limit);
      const next = letters.length === limit ? letters.at(-1)?.id : undefined;
      return { letters: letters.map(listed) as never[], ...(next !== undefined && { next }) };
    },
  );

  app.get(
    '/dead-letters/:letterId',
    {
      schema: {
        operationId: 'getDeadLetter',
        summary: 'One dead letter with its whole body, unmasked',
        description: 'Who reads it is written into the audit log.',
        tags: ['messages'],
        params: letterParams,
        response: { 200: LetterDetail, ...errorResponses(404) },
      },
    },
    async (request) => {
      const { letterId } = request.params;
      const letter = await deadLetters.get(letterId);
      if (letter === undefined) throw new FlowError('NOT_FOUND', `no dead letter ${letterId}`);
      await audit.write({ actor: userOf(request), action: 'dead-letter.read', subject: String(letterId) });
      return letter as never;
    },
  );

  app.post(
    '/dead-letters/:letterId/redrive',
    {
      schema: {
        operationId: 'redriveDeadLetter',
        summary: 'Send a dead letter on its way again, as it is or with another body',
        tags: ['messages'],
        params: letterParams,
        // No body at all reads as null.
        body: Type.Union([
          Type.Object(
            { body: Type.Optional(Type.String({ description: 'JSON text in place of the one that was kept' })) },
            { additionalProperties: false },
          ),
          Type.Null(),
        ]),
        response: { 200: Type.Object({ status: Type.Literal('redriven') }), ...errorResponses(404, 409, 422, 503) },
      },
    },
    async (request) => {
      const { letterId } = request.params;
      const edited = request.body?.body;
      if (edited !== undefined) checkJson(edited, deps.limits.maxJsonDepth);
      const by = userOf(request);
      await redrive(driving, letterId, by, edited === undefined ? undefined : { encoding: 'utf8', body: edited });
      await audit.write({
        actor: by,
        action: 'dead-letter.redrive',
        subject: String(letterId),
        details: { edited: edited !== undefined },
      });
      return { status: 'redriven' as const };
    },
  );

  app.post(
    '/dead-letters/redrive',
    {
      schema: {
        operationId: 'redriveDeadLetters',
        summary: 'Send many dead letters on their way again',
        description: `Those named, or all that fit the filter; at most ${MAX_AT_ONCE}, the newest first.`,
        tags: ['messages'],
        body: Type.Object(
          { ids: Type.Optional(Type.Array(Type.Integer(), { maxItems: MAX_AT_ONCE })), ...filter },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            redriven: Type.Integer(),
            failed: Type.Array(Type.Object({ id: Type.Integer(), code: Type.String(), reason: Type.String() })),
          }),
          ...errorResponses(400),
        },
      },
    },
    async (request) => {
      const { ids, flow, ...rest } = request.body;
      const by = userOf(request);
      const chosen =
        ids ?? (await deadLetters.list({ ...rest, flowId: flow, status: 'dead' }, MAX_AT_ONCE)).map(({ id }) => id);
      const failed: { id: number; code: string; reason: string }[] = [];
      // Oldest first: whatever order they had, they keep.
      for (const id of [...chosen].sort((a, b) => a - b)) {
        try {
          await redrive(driving, id, by);
        } catch (error) {
          const code = error instanceof FlowError ? error.code : 'INTERNAL';
          failed.push({ id, code, reason: messageOf(error) });
        }
      }
      const redriven = chosen.length - failed.length;
      await audit.write({
        actor: by,
        action: 'dead-letter.redrive',
        subject: `${redriven} letters`,
        details: { redriven },
      });
      return { redriven, failed };
    },
  );

  app.post(
    '/dead-letters/discard',
    {
      schema: {
        operationId: 'discardDeadLetters',
        summary: 'Settle dead letters without sending them; they stay readable',
        tags: ['messages'],
        body: Type.Object(
          { ids: Type.Array(Type.Integer(), { minItems: 1, maxItems: MAX_AT_ONCE }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ discarded: Type.Integer() }), ...errorResponses(400) },
      },
    },
    async (request) => {
      const by = userOf(request);
      let discarded = 0;
      for (const id of request.body.ids) if (await deadLetters.settle(id, 'discarded', by)) discarded += 1;
      await audit.write({
        actor: by,
        action: 'dead-letter.discard',
        subject: `${discarded} letters`,
        details: { ids: request.body.ids },
      });
      return { discarded };
    },
  );
}

/** A letter as lists show it: without its headers, its body masked. */
function listed({ body, encoding, headers, ...letter }: DeadLetter) {
  return { ...letter, preview: maskedPreview({ encoding, body }) };
}

function checkJson(text: string, maxDepth: number): void {
  const read = readJson(text, { maxDepth });
  if (!read.ok) throw new FlowError('MALFORMED_JSON', `the body is no JSON: ${read.problem.message}`);
}
