import helmet from '@fastify/helmet';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** What a browser shows, under a content security policy. Routes that answer machines go without: it costs each request. */
export async function pageRoutes(pages: FastifyInstance, { home }: { readonly home: string }): Promise<void> {
  await pages.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        workerSrc: ["'self'", 'blob:'],
        upgradeInsecureRequests: null,
      },
    },
    hsts: false,
  });
  await pages.register(swaggerUi, { routePrefix: '/docs' });
  pages.get('/', { schema: { hide: true } as object }, async (_request, reply) => reply.type('text/html').send(home));
}
