import { type Static, Type } from 'typebox';
import { type ConfigProblem, SecretRef } from '../sdk/index.ts';
import { dialects } from './dialect.ts';
import { compileStatement, StatementError } from './statement.ts';

const closed = { additionalProperties: false };
const Names = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 200, description }));

export const Config = Type.Object(
  {
    dialect: Type.Enum(['postgresql', 'mysql', 'sqlite'], {
      title: 'Database',
      description: 'mysql stands for MariaDB too.',
    }),
    url: Type.Optional(
      Type.String({
        title: 'URL',
        description: 'Of a server: user, host, port and database; without a password.',
        examples: ['postgresql://heddle@db.bank.internal:5432/core', 'mysql://heddle@db.bank.internal:3306/core'],
      }),
    ),
    password: Type.Optional(SecretRef),
    tls: Type.Optional(
      Type.Object(
        { ca: Type.Optional(SecretRef) },
        { ...closed, title: 'TLS', description: 'Encrypts, and checks the certificate; ca is a PEM text.' },
      ),
    ),
    file: Type.Optional(
      Type.String({
        title: 'File',
        description: 'Of SQLite: a path inside the folder HEDDLE_SQLITE_FOLDER of the engine, or :memory: for tests.',
        examples: ['branches.db'],
      }),
    ),
    readOnly: Type.Optional(
      Type.Boolean({ title: 'Read only', default: false, description: 'The database itself refuses to write.' }),
    ),
    maxConnections: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description: 'Calls beyond it wait, within their deadline. Default 10; of SQLite 1, each a process.',
      }),
    ),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    statement: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100_000,
        title: 'Statement',
        description: ':name is bound to the input field of that name, never spliced into the text.',
        examples: ['SELECT no, balance FROM account WHERE customer_id = :customerId'],
      }),
    ),
    statements: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100_000 }), {
        minItems: 1,
        maxItems: 50,
        title: 'Statements',
        description: 'Run in this order in one transaction: all or none. The answer is that of the last one.',
      }),
    ),
    result: Type.Optional(
      Type.Enum(['rows', 'first', 'affected'], {
        default: 'rows',
        description: 'All rows as objects, the first row as an object, or { "affected": count }.',
      }),
    ),
    whenNone: Type.Optional(
      Type.Enum(['null', 'error'], { default: 'null', description: 'What first answers if there is no row.' }),
    ),
    maxRows: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 1_000,
        description: 'More rows are an error, never a cut.',
      }),
    ),
    idempotencyTable: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Keeps the answer with the key of the call in heddle_calls, in the same transaction: a repeat acts once.',
      }),
    ),
    jsonParameters: Names('Input fields that are sent as JSON text whatever they are, for json columns.'),
    jsonColumns: Names('Columns whose text is JSON, where the database does not say so (MariaDB, SQLite).'),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export function checkConfig(config: Config): readonly ConfigProblem[] {
  if (config.dialect === 'sqlite') {
    const wrong = (['url', 'password', 'tls'] as const).filter((field) => config[field] !== undefined);
    const problems = wrong.map((field) => ({ pointer: `/${field}`, message: 'is not for sqlite' }));
    const message = fileProblem(config);
    return message === undefined ? problems : [...problems, { pointer: '/file', message }];
  }
  const message = urlProblem(config);
  const problems = message === undefined ? [] : [{ pointer: '/url', message }];
  return config.file === undefined ? problems : [...problems, { pointer: '/file', message: 'is only for sqlite' }];
}

function fileProblem({ file, maxConnections = 1 }: Config): string | undefined {
  if (file === undefined) return 'is missing: a path such as branches.db';
  if (file === ':memory:') return maxConnections > 1 ? ':memory: allows one connection only' : undefined;
  const isInside =
    /^[\p{L}\p{N}._ /-]+$/u.test(file) &&
    !/^[/ ]/.test(file) &&
    !file.split('/').some((part) => /^\.{0,2}$/.test(part));
  return isInside ? undefined : 'must be a path inside the folder, such as branches.db, without .. and :';
}

function urlProblem({ url, dialect }: Config): string | undefined {
  const example = `${dialect}://heddle@db.bank.internal/core`;
  if (url === undefined) return `is missing: a URL such as ${example}`;
  if (!URL.canParse(url) || /[\s\\]/.test(url)) return `must be a URL such as ${example}`;
  const { protocol, username, password, search, hash, hostname, pathname } = new URL(url);
  const schemes = dialect === 'mysql' ? ['mysql:', 'mariadb:'] : ['postgresql:', 'postgres:'];
  if (!schemes.includes(protocol)) return `must start with ${dialect}://`;
  if (password !== '') return 'must not contain a password; put it into password as a secret';
  if (search !== '' || hash !== '') return 'must not contain ? or #';
  if (hostname === '' || username === '') return 'must name a user and a host';
  if (!/^\/[^/]+$/.test(pathname) || !isDecodable(url)) return 'must end with the name of one database';
  return undefined;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The database is not known here: a statement is refused if no dialect could take it. */
export function checkBinding(binding: Binding): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { statement, statements } = binding;
  if ((statement === undefined) === (statements === undefined)) {
    problems.push({ pointer: '', message: 'needs either statement or statements' });
  }
  const texts = [
    ...(statement === undefined ? [] : [{ pointer: '/statement', text: statement }]),
    ...(statements ?? []).map((text, index) => ({ pointer: `/statements/${index}`, text })),
  ];
  const inTransaction = statements !== undefined || binding.idempotencyTable === true;
  for (const { pointer, text } of texts) {
    const message = statementProblem(text, inTransaction);
    if (message !== undefined) problems.push({ pointer, message });
  }
  if (binding.whenNone !== undefined && binding.result !== 'first') {
    problems.push({ pointer: '/whenNone', message: 'is only for the result first' });
  }
  return problems;
}

function statementProblem(text: string, inTransaction: boolean): string | undefined {
  let problem: string | undefined;
  for (const dialect of dialects) {
    try {
      compileStatement(text, { dialect, inTransaction });
      return undefined;
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      problem ??= error.message;
    }
  }
  return problem;
}
