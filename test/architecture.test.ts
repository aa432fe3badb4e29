import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom, types too. A row is a folder or a file; what it may import is the public face of a folder (its
 * `index.ts`) or a file that is named. Inside a row imports are free, except in circles. Everybody may import
 * `connectors/sdk`, a leaf. Why some rows are as they are: docs/decisions/001-layers.md.
 */
const EVERYTHING = '*';
const layers: Readonly<Record<string, readonly string[] | typeof EVERYTHING>> = {
  'connectors/sdk': [],
  'connectors/grpc': [],
  'connectors/http': [],
  'connectors/kafka': [],
  'connectors/mail': [],
  'connectors/mqtt': [],
  'connectors/nats': [],
  'connectors/rabbitmq': [],
  'connectors/redis': [],
  'connectors/sql': [],
  connectors: [
    'connectors/grpc',
    'connectors/http',
    'connectors/kafka',
    'connectors/mail',
    'connectors/mqtt',
    'connectors/nats',
    'connectors/rabbitmq',
    'connectors/redis',
    'connectors/sql',
  ],
  'engine/errors': [],
  'engine/thread': [],
  'engine/telemetry': [],
  'engine/expression': ['engine/errors'],
  'engine/definition': ['engine/errors', 'engine/expression'],
  'engine/compile/program': ['engine/errors', 'engine/definition'],
  'engine/nodes': ['engine/errors', 'engine/expression', 'engine/definition', 'engine/compile/program'],
  'engine/compile': ['engine/errors', 'engine/definition', 'engine/nodes', 'engine/compile/program'],
  'engine/kernel': ['engine/errors', 'engine/expression', 'engine/compile/program'],
  'engine/store': ['engine/errors', 'engine/definition', 'engine/thread'],
  'engine/services': ['engine/errors', 'engine/thread', 'engine/definition', 'engine/telemetry'],
  'engine/secrets': ['engine/errors', 'engine/store/store'],
  'engine/runtime': [
    'engine/errors',
    'engine/thread',
    'engine/definition',
    'engine/compile',
    'engine/kernel',
    'engine/services',
    'engine/store/sqlite/protocol',
    'engine/store/sqlite/sqlite',
    'engine/telemetry',
  ],
  'engine/triggers': ['engine/errors', 'engine/expression', 'engine/definition', 'engine/runtime/runtime'],
  'engine/messages': [
    'engine/errors',
    'engine/expression',
    'engine/definition',
    'engine/services',
    'engine/store/store',
    'engine/runtime/runtime',
    'engine/triggers/caller',
    'engine/triggers/start-flow',
    'engine/telemetry',
  ],
  'engine/api': [
    'engine/errors',
    'engine/expression',
    'engine/definition',
    'engine/nodes',
    'engine/compile',
    'engine/kernel',
    'engine/services',
    'engine/store/store',
    'engine/runtime/runtime',
    'engine/triggers/caller',
    'engine/triggers/http',
    'engine/triggers/start-flow',
    'engine/messages/consumers',
    'engine/messages/content',
    'engine/messages/intake',
    'engine/messages/letters',
    'engine/messages/publisher',
    'engine/secrets/vault',
    'engine/telemetry',
  ],
  'engine/connectors': ['engine/errors', 'connectors'],
  'engine/config': ['engine/errors', 'engine/definition', 'engine/compile', 'engine/secrets/suite'],
  'engine/server': EVERYTHING,
  'engine/commands': EVERYTHING,
  'engine/cli': EVERYTHING,
  flows: [],
  designer: [
    'engine/errors',
    'engine/expression',
    'engine/definition',
    'engine/nodes',
    'engine/compile',
    'engine/kernel',
    'engine/api/contract',
    'engine/api/history',
  ],
};

/** Packages that only one part of the project may know. Keys end a package's name: `@fastify/` stands for all of them. */
const owners: Readonly<Record<string, readonly string[]>> = {
  xstate: ['engine/compile', 'engine/kernel'],
  fastify: ['engine/api', 'engine/triggers', 'flows/bank'],
  '@fastify/': ['engine/api', 'flows/bank'],
  kysely: ['engine/store', 'engine/runtime/embedded'],
  '@photostructure/sqlite': ['engine/store', 'engine/runtime/embedded', 'flows/bank', 'connectors/sql'],
  pg: ['connectors/sql'],
  mysql2: ['connectors/sql'],
  undici: ['connectors/http'],
  '@grpc/': ['connectors/grpc', 'flows/bank'],
  protobufjs: ['connectors/grpc', 'flows/bank'],
  kafkajs: ['connectors/kafka'],
  nodemailer: ['connectors/mail'],
  mqtt: ['connectors/mqtt'],
  '@nats-io/': ['connectors/nats'],
  'rabbitmq-client': ['connectors/rabbitmq'],
  ioredis: ['connectors/redis'],
  cockatiel: ['engine/services/governance'],
  'rate-limiter-flexible': ['engine/services/governance'],
  '@scalar/openapi-parser': ['engine/services/import'],
  'quickjs-emscripten': ['engine/runtime/script'],
  '@opentelemetry/': ['engine/telemetry'],
  'lru-cache': ['engine/services/governance'],
  pino: ['engine/telemetry'],
  'prom-client': ['engine/telemetry'],
  commander: ['engine/cli'],
  '@xyflow/react': ['designer/canvas'],
  'monaco-editor': ['designer/formula'],
};

/** The part that replays and runs in a browser. */
const pureLayers = ['engine/definition', 'engine/expression', 'engine/nodes', 'engine/compile', 'engine/kernel'];
const impure =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bset(?:Timeout|Interval)\b|\bprocess\b/;

interface Source {
  /** From the root of the project, without `.ts`. */
  readonly path: string;
  readonly code: string;
  /** Files of the project that it imports, as `path` names them. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['connectors', 'engine', 'flows', 'designer'].flatMap((folder) => filesBelow(join(root, folder)));
const byPath = new Map(sources.map((source) => [source.path, source]));

function filesBelow(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : filesBelow(path);
    return /\.tsx?$/.test(entry.name) && !/\.(test|d)\.tsx?$/.test(entry.name) ? [read(path)] : [];
  });
}

function read(file: string): Source {
  const path = named(relative(root, file));
  const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const targets = [...code.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g)].map((match) =>
    targetOf(match[1] ?? '', path),
  );
  return {
    path,
    code,
    imports: targets.flatMap((target) => ('file' in target ? [target.file] : [])),
    packages: targets.flatMap((target) => ('npm' in target ? [target.npm] : [])),
  };
}

function targetOf(specifier: string, from: string): { readonly file: string } | { readonly npm: string } {
  if (specifier.startsWith('.')) return { file: named(normalize(join(dirname(from), specifier))) };
  const own = /^@heddle\/(connectors|engine|flows)(?:\/(.*))?$/.exec(specifier);
  return own ? { file: `${own[1]}/${own[2] ?? 'index'}` } : { npm: specifier };
}

function named(path: string): string {
  return path.replace(/\?worker$/, '').replace(/\.tsx?$/, '');
}

/** What a bundler or Node reads as it is, not as a module of ours. */
const isAsset = (target: string) => /\.(json|css|md)(\?raw)?$/.test(target);

const isWithin = (path: string, part: string) => path === part || path.startsWith(`${part}/`);

/** The most exact row that a file belongs to. */
function layerOf(path: string): string | undefined {
  return Object.keys(layers)
    .filter((layer) => isWithin(path, layer))
    .sort((a, b) => b.length - a.length)[0];
}

function mayImport(layer: string, target: string): boolean {
  const allowed = layers[layer] ?? [];
  if (allowed === EVERYTHING || layerOf(target) === layer || target === 'connectors/sdk/index') return true;
  return allowed.some((face) => target === face || target === `${face}/index`);
}

/** A way through imports that comes back to where it began; undefined if there is none. */
function circle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of byPath.get(path)?.imports ?? []) {
      const found = visit(next, [...way, path]);
      if (found) return found;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of sources) {
    const found = visit(path, []);
    if (found) return found;
  }
  return undefined;
}

describe('the shape of the project', () => {
  test('every source file belongs to a row of the table', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.map(({ path }) => path).filter((path) => layerOf(path) === undefined)).toEqual([]);
  });

  test('every import of the project’s own files leads to a file that is there', () => {
    const lost = sources.flatMap(({ path, imports }) =>
      imports.filter((target) => !byPath.has(target) && !isAsset(target)).map((target) => `${path} → ${target}`),
    );
    expect(lost).toEqual([]);
  });

  test('imports point down the table, through public faces', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.filter((target) => !mayImport(layerOf(path) ?? '', target)).map((target) => `${path} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no file imports itself, by whatever way', () => {
    expect(circle()).toBeUndefined();
  });

  test.each(pureLayers)('%s knows no Node, no clock, no randomness and no environment', (layer) => {
    const wrong = sources
      .filter(({ path }) => isWithin(path, layer))
      .filter(({ code, packages }) => impure.test(code) || packages.some((name) => name.startsWith('node:')))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('the designer’s model knows neither React nor a browser nor the rest of the designer', () => {
    const wrong = sources
      .filter(({ path }) => isWithin(path, 'designer/model'))
      .flatMap(({ path, code, imports, packages }) => [
        ...imports.filter((target) => isWithin(target, 'designer') && !isWithin(target, 'designer/model')),
        ...packages.filter((name) => !name.startsWith('@heddle/')),
        ...(/\b(?:window|document)\.(?:addEventListener|querySelector|createElement)|\blocalStorage\b/.test(code)
          ? [path]
          : []),
      ]);
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(owners))('%s is imported only by its owners', (name, parts) => {
    const users = sources.filter(({ packages }) =>
      packages.some((used) => used === name || used.startsWith(name.endsWith('/') ? name : `${name}/`)),
    );
    expect(users.map(({ path }) => path).filter((path) => !parts.some((part) => isWithin(path, part)))).toEqual([]);
  });

  test('each node type has a README in two languages and an example', () => {
    const missing = readdirSync(join(root, 'engine/nodes'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const files = readdirSync(join(root, 'engine/nodes', name));
        return ['README.md', 'example.json'].filter((file) => !files.includes(file)).map((file) => `${name}/${file}`);
      });
    expect(missing).toEqual([]);
  });
});
