import Type from 'typebox';
import { FlowError } from '../../errors.ts';
import { Draft, DraftSummary } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';

const params = Type.Object({ flowId: Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 64 }) });

/** Drafts: definitions in the making, sound or not, saved with optimistic locking. */
export function draftRoutes(app: App, deps: ApiDeps): void {
  const { definitions } = deps.store;

  app.get(
    '/drafts',
    {
      schema: {
        operationId: 'listDrafts',
        summary: 'List drafts',
        tags: ['drafts'],
        response: {
          200: Type.Object({ drafts: Type.Array(DraftSummary) }),
          ...errorResponses(500),
        },
      },
    },
    async () => ({ drafts: await definitions.drafts() }),
  );

  app.get(
    '/drafts/:flowId',
    {
      schema: {
        operationId: 'getDraft',
        summary: 'One draft',
        tags: ['drafts'],
        params,
        response: { 200: Draft, ...errorResponses(404) },
      },
    },
    async ({ params: { flowId } }) => {
      const draft = await definitions.draft(flowId);
      if (draft === undefined) throw new FlowError('DRAFT_NOT_FOUND', `there is no draft of ${flowId}`);
      return draft;
    },
  );

  app.put(
    '/drafts/:flowId',
    {
      bodyLimit: deps.limits.maxDefinitionBytes,
      schema: {
        operationId: 'saveDraft',
        summary: 'Save a draft',
        description: 'Names the revision that it replaces (0 for a new draft); 409 if somebody else has saved since.',
        tags: ['drafts'],
        params,
        body: Type.Object({ definition: Type.Unknown(), revision: Type.Integer({ minimum: 0 }) }),
        response: { 200: Draft, ...errorResponses(409, 413) },
      },
    },
    async (request) =>
      definitions.saveDraft(request.params.flowId, request.body.definition, request.body.revision, userOf(request)),
  );

  app.delete(
    '/drafts/:flowId',
    {
      schema: {
        operationId: 'deleteDraft',
        summary: 'Discard a draft',
        tags: ['drafts'],
        params,
        response: { 204: Type.Null(), ...errorResponses(404) },
      },
    },
    async ({ params: { flowId } }, reply) => {
      if (!(await definitions.deleteDraft(flowId)))
        throw new FlowError('DRAFT_NOT_FOUND', `there is no draft of ${flowId}`);
      return reply.code(204).send(null);
    },
  );
}
