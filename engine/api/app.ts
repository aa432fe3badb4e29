import swagger from '@fastify/swagger';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { FlowError } from '../errors.ts';
import { registerHttpTriggers } from '../triggers/http.ts';
import { registerJsonBody } from './body.ts';
import type { ApiDeps, App } from './deps.ts';
import { refuseEarly } from './early-refusal.ts';
import { pageRoutes } from './pages.ts';
import { sendError, sendProtocolError } from './problem.ts';
import { sendStarted } from './reply.ts';
import { caseRoutes } from './routes/cases.ts';
import { connectorRoutes } from './routes/connectors.ts';
import { draftRoutes } from './routes/drafts.ts';
import { flowRoutes } from './routes/flows.ts';
import { governanceRoutes } from './routes/governance.ts';
import { messageRoutes } from './routes/messages.ts';
import { runRoutes } from './routes/runs.ts';
import { secretRoutes } from './routes/secrets.ts';
import { serviceLiveRoutes } from './routes/service-live.ts';
import { serviceRoutes } from './routes/services.ts';
import { systemRoutes } from './routes/system.ts';
import { taskRoutes } from './routes/tasks.ts';
import { tryRoutes } from './routes/tries.ts';
import { workerRoutes } from './routes/workers.ts';

/** Builds the HTTP face of the engine. Requests are not logged on the way through: errors are. */
export async function createApp(deps: ApiDeps): Promise<App> {
  const app = fastify({
    logger: false,
    bodyLimit: deps.limits.maxPayloadBytes,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    forceCloseConnections: 'idle',
    // Refused by the hook below instead, in the form of every other refusal.
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => void sendError(reply as never, error),
    clientErrorHandler: sendProtocolError,
  }) as unknown as App;
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    // A connection whose answer is under way now must not be kept for another request: closing would wait for it.
    app.server.keepAliveTimeout = 1;
    done();
  });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    if (closing) reply.header('connection', 'close');
    done(closing ? new FlowError('NOT_READY', 'the engine is stopping') : undefined);
  });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  // Answers are built by the routes from typed values; a serializer that drops what a schema forgot would hide it.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  registerJsonBody(app as never, deps.limits.maxJsonDepth);
  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof FlowError && error.code !== 'INTERNAL';
    const clientFault =
      typeof (error as { statusCode?: number }).statusCode === 'number' &&
      (error as { statusCode: number }).statusCode < 500;
    if (!known && !clientFault) deps.onInternalError(error, request);
    return sendError(reply as never, error);
  });
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply as never,
      new FlowError('NOT_FOUND', `nothing is at ${request.method} ${request.url.split('?', 1)[0]}`),
    ),
  );

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Heddle',
        version: '0.1.0',
        description: 'Compose services into flows, run them, and look after them.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      security: [],
      tags: [
        { name: 'flows', description: 'Published flows and their versions' },
        { name: 'drafts', description: 'Flows in the making' },
        { name: 'tries', description: 'Flows and operations tried out, test cases' },
        { name: 'runs', description: 'Runs of flows' },
        { name: 'tasks', description: 'What people are asked' },
        { name: 'messages', description: 'Messages of brokers: readers, topics, dead letters' },
        { name: 'workers', description: 'Programs in any language that perform operations' },
        { name: 'services', description: 'The service catalogue' },
        { name: 'system', description: 'The engine itself' },
      ],
    },
  });
  await app.register(pageRoutes as never, { designerDir: deps.designerDir } as never);

  app.get('/openapi.json', { schema: { hide: true } as object }, async () => app.swagger() as never);
  systemRoutes(app, deps);
  flowRoutes(app, deps);
  draftRoutes(app, deps);
  runRoutes(app, deps);
  taskRoutes(app, deps);
  messageRoutes(app, deps);
  secretRoutes(app, deps);
  workerRoutes(app, deps);
  connectorRoutes(app, deps);
  serviceRoutes(app, deps);
  governanceRoutes(app, deps);
  serviceLiveRoutes(app, deps);
  tryRoutes(app, deps);
  caseRoutes(app, deps);
  registerHttpTriggers(app as never, deps.triggers, deps.start, (started, reply) =>
    sendStarted(started, reply, 'body'),
  );
  refuseEarly(app.server, deps);
  return app;
}
