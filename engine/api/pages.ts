import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import statics from '@fastify/static';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

const hidden = { schema: { hide: true } as object };

/** What a browser shows, under a content security policy. Routes that answer machines go without: it costs each request. */
export async function pageRoutes(
  pages: FastifyInstance,
  { designerDir }: { readonly designerDir: string | undefined },
): Promise<void> {
  await underPolicy(pages);
  await pages.register(swaggerUi, { routePrefix: '/docs' });
  await designerRoutes(pages, designerDir);
}

export async function underPolicy(pages: FastifyInstance): Promise<void> {
  await pages.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        upgradeInsecureRequests: null,
      },
    },
    hsts: false,
  });
}

/**
 * The built designer, or without one a page that says how to build it. Its entry is asked for anew each time; what that
 * names carries a hash and is kept for ever.
 */
export async function designerRoutes(pages: FastifyInstance, dir: string | undefined): Promise<void> {
  if (dir === undefined) {
    pages.get('/', hidden, async (_request, reply) => reply.type('text/html; charset=utf-8').send(NOT_BUILT));
    return;
  }
  await pages.register(statics, {
    root: join(dir, 'assets'),
    prefix: '/assets/',
    maxAge: '365d',
    immutable: true,
    preCompressed: true,
    index: false,
  });
  const entry = { root: dir, cacheControl: false, preCompressed: false };
  for (const path of ['/', '/app', '/app/*'])
    pages.get(path, hidden, async (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile('index.html', dir, entry),
    );
  const besides = readdirSync(dir, { withFileTypes: true }).filter(
    (file) => file.isFile() && file.name !== 'index.html',
  );
  for (const { name } of besides)
    pages.get(`/${name}`, hidden, async (_request, reply) => reply.sendFile(name, dir, { maxAge: '1h' }));
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="color-scheme" content="light dark" />
  <title>Heddle 织云</title>
  <body style="font: 16px/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem">
    <h1>Heddle 织云</h1>
    <p>The engine runs, but the designer is not built. Start with <code>npm start</code>, which builds it.</p>
    <p lang="zh">引擎已在运行，但设计器尚未构建。请用 <code>npm start</code> 启动，它会一并构建设计器。</p>
    <p><a href="/docs">API</a> · <a href="/health">health</a> · <a href="/metrics">metrics</a></p>
  </body>
</html>
`;
