import { defaultLimits, type Limits } from './compile/index.ts';
import { type DefinitionLimits, definitionLimits } from './definition/index.ts';
import { FlowError } from './errors.ts';
import { isSuite, type SuiteId, suites } from './secrets/suite.ts';

/** Settings of a running engine; every one has a default. Durations in milliseconds, sizes in bytes. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Directory of the embedded store. */
  readonly dataDir: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly maxActiveRuns: number;
  readonly maxPayloadBytes: number;
  readonly maxResponseBytes: number;
  readonly definition: DefinitionLimits;
  readonly runs: Limits;
  readonly drainMs: number;
  /** Directory of service descriptions to register at start; undefined: none. */
  readonly servicesDir: string | undefined;
  /** Directory of flow definitions to publish at start; undefined: none. */
  readonly flowsDir: string | undefined;
  readonly insecure: boolean;
  /** No failures are rehearsed, nothing that moves money is mocked. */
  readonly production: boolean;
  /** Packages or modules with further connectors. */
  readonly connectors: readonly string[];
  /** Folder that connectors may open files in; undefined: none. */
  readonly filesDir: string | undefined;
  /** Where OpenAPI documents may be fetched from, such as https://api.bank.internal. */
  readonly importOrigins: readonly string[];
  readonly secretKeys: string | undefined;
  readonly secretKeyFile: string | undefined;
  readonly secretSuite: SuiteId;
  /** Where spans are sent (OTLP over HTTP); undefined: nowhere. */
  readonly otlpUrl: string | undefined;
  readonly bankPort: number;
  readonly bankDataDir: string;
}

interface Setting {
  readonly meaning: string;
  readonly fallback: string;
}

/** Every variable that is read, with its default. Anything else that begins with HEDDLE_ is refused at start. */
export const settings = {
  HEDDLE_HOST: { meaning: 'address to listen on', fallback: '127.0.0.1' },
  HEDDLE_PORT: { meaning: 'port of the engine; 0 for any free one', fallback: '8080' },
  HEDDLE_DATA: { meaning: 'directory of the embedded store', fallback: './data' },
  HEDDLE_LOG: { meaning: 'debug, info, warn, error or silent', fallback: 'info' },
  HEDDLE_MAX_ACTIVE_RUNS: {
    meaning:
      'runs with work in flight, at most; beyond what the engine carries without delay starts are refused with 503',
    fallback: '2000',
  },
  HEDDLE_MAX_PAYLOAD: { meaning: 'bytes of a request body', fallback: '262144' },
  HEDDLE_MAX_DEFINITION: {
    meaning: 'bytes of a flow or service definition',
    fallback: String(definitionLimits.maxBytes),
  },
  HEDDLE_MAX_NODES: { meaning: 'nodes of a flow', fallback: String(definitionLimits.maxNodes) },
  HEDDLE_MAX_JSON_DEPTH: {
    meaning: 'objects and arrays within each other, in bodies and definitions',
    fallback: String(definitionLimits.maxDepth),
  },
  HEDDLE_MAX_RESPONSE: { meaning: 'bytes of the answer of a service', fallback: '2097152' },
  HEDDLE_MAX_TRANSITIONS: {
    meaning: 'node transitions that one event may cause',
    fallback: String(defaultLimits.maxTransitions),
  },
  HEDDLE_MAX_HISTORY: {
    meaning: 'events in the history of a run, beside what its fan-outs add',
    fallback: String(defaultLimits.maxEvents),
  },
  HEDDLE_MAX_FAN_OUT: { meaning: 'items of a forEach', fallback: String(defaultLimits.maxItems) },
  HEDDLE_MAX_SUBFLOW_DEPTH: { meaning: 'how deep sub-flows nest', fallback: String(defaultLimits.maxDepth) },
  HEDDLE_DRAIN: { meaning: 'ms to finish steps in flight after SIGTERM', fallback: '10000' },
  HEDDLE_SERVICES: { meaning: 'directory of service descriptions (*.json) to register at start', fallback: '' },
  HEDDLE_FLOWS: {
    meaning: 'directory of flows (*.json, or folders with a flow.json) to publish at start',
    fallback: '',
  },
  HEDDLE_INSECURE: { meaning: '1 allows an address other than loopback without access control', fallback: '0' },
  HEDDLE_PRODUCTION: {
    meaning: '1 refuses rehearsed failures, and mocks of what moves money',
    fallback: '0',
  },
  HEDDLE_CONNECTORS: { meaning: 'packages or modules with further connectors, separated by commas', fallback: '' },
  HEDDLE_SQLITE_FOLDER: { meaning: 'folder of the SQLite files that services may name', fallback: '' },
  HEDDLE_IMPORT_ORIGINS: {
    meaning: 'origins that OpenAPI documents may be fetched from, by commas, such as https://api.bank.internal',
    fallback: '',
  },
  HEDDLE_SECRET_KEY: {
    meaning: 'keys of 32 bytes for secrets, in hexadecimal or base64: the one in use, then older ones, by commas',
    fallback: '',
  },
  HEDDLE_SECRET_KEY_FILE: {
    meaning: 'file with such keys, one in a line; without either, one is made in the data directory',
    fallback: '',
  },
  HEDDLE_SECRET_SUITE: {
    meaning: `how secrets are sealed: ${Object.keys(suites).join(' or ')}`,
    fallback: 'aes-256-gcm',
  },
  HEDDLE_OTLP_URL: {
    meaning: 'where spans are sent, by OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces',
    fallback: '',
  },
  HEDDLE_BANK_PORT: { meaning: 'port of the sample bank; 0 for any free one', fallback: '8090' },
  HEDDLE_BANK_DATA: { meaning: 'directory of the sample bank', fallback: './data/bank' },
} as const satisfies Record<string, Setting>;

type Name = keyof typeof settings;

/**
 * Reads the settings from environment variables.
 *
 * @throws {FlowError} `CONFIG_INVALID` naming every variable that is unknown or has no usable value.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems = Object.keys(env)
    .filter((name) => name.startsWith('HEDDLE_') && !Object.hasOwn(settings, name))
    .map((name) => `${name} is no setting; known are ${Object.keys(settings).join(', ')}`);
  const text = (name: Name) => env[name] ?? settings[name].fallback;
  const integer = (name: Name, min: number, max: number) => {
    const value = /^\d+$/.test(text(name)) ? Number(text(name)) : Number.NaN;
    if (!(value >= min && value <= max))
      problems.push(`${name}=${text(name)} is not a whole number from ${min} to ${max} (${settings[name].meaning})`);
    return value;
  };
  const importOrigins = text('HEDDLE_IMPORT_ORIGINS')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  for (const each of importOrigins) {
    const isOrigin = URL.canParse(each) && /^https?:$/.test(new URL(each).protocol) && new URL(each).origin === each;
    if (!isOrigin)
      problems.push(`HEDDLE_IMPORT_ORIGINS: ${each} is no origin (${settings.HEDDLE_IMPORT_ORIGINS.meaning})`);
  }
  const logLevel = text('HEDDLE_LOG');
  if (!['debug', 'info', 'warn', 'error', 'silent'].includes(logLevel))
    problems.push(`HEDDLE_LOG=${logLevel}: ${settings.HEDDLE_LOG.meaning}`);
  for (const name of ['HEDDLE_INSECURE', 'HEDDLE_PRODUCTION'] as const) {
    if (!['0', '1'].includes(text(name)))
      problems.push(`${name}=${text(name)} is neither 0 nor 1 (${settings[name].meaning})`);
  }
  const secretSuite = text('HEDDLE_SECRET_SUITE');
  if (!isSuite(secretSuite))
    problems.push(`HEDDLE_SECRET_SUITE=${secretSuite}: ${settings.HEDDLE_SECRET_SUITE.meaning}`);
  const otlpUrl = text('HEDDLE_OTLP_URL') || undefined;
  if (otlpUrl !== undefined && !/^https?:\/\//.test(otlpUrl))
    problems.push(`HEDDLE_OTLP_URL=${otlpUrl} is no URL (${settings.HEDDLE_OTLP_URL.meaning})`);
  const config: Config = {
    host: text('HEDDLE_HOST'),
    port: integer('HEDDLE_PORT', 0, 65_535),
    dataDir: text('HEDDLE_DATA'),
    logLevel: logLevel as Config['logLevel'],
    maxActiveRuns: integer('HEDDLE_MAX_ACTIVE_RUNS', 1, 1_000_000),
    maxPayloadBytes: integer('HEDDLE_MAX_PAYLOAD', 1_024, 64 * 1_048_576),
    maxResponseBytes: integer('HEDDLE_MAX_RESPONSE', 1_024, 64 * 1_048_576),
    definition: {
      maxBytes: integer('HEDDLE_MAX_DEFINITION', 1_024, 64 * 1_048_576),
      maxNodes: integer('HEDDLE_MAX_NODES', 1, 10_000),
      maxDepth: integer('HEDDLE_MAX_JSON_DEPTH', 8, 512),
    },
    runs: {
      maxTransitions: integer('HEDDLE_MAX_TRANSITIONS', 10, 1_000_000),
      maxEvents: integer('HEDDLE_MAX_HISTORY', 10, 10_000_000),
      maxItems: integer('HEDDLE_MAX_FAN_OUT', 1, 1_000_000),
      maxDepth: integer('HEDDLE_MAX_SUBFLOW_DEPTH', 1, 64),
    },
    drainMs: integer('HEDDLE_DRAIN', 0, 600_000),
    servicesDir: text('HEDDLE_SERVICES') || undefined,
    flowsDir: text('HEDDLE_FLOWS') || undefined,
    insecure: text('HEDDLE_INSECURE') === '1',
    production: text('HEDDLE_PRODUCTION') === '1',
    connectors: text('HEDDLE_CONNECTORS')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    filesDir: text('HEDDLE_SQLITE_FOLDER') || undefined,
    importOrigins,
    secretKeys: text('HEDDLE_SECRET_KEY') || undefined,
    secretKeyFile: text('HEDDLE_SECRET_KEY_FILE') || undefined,
    secretSuite: secretSuite as SuiteId,
    otlpUrl,
    bankPort: integer('HEDDLE_BANK_PORT', 0, 65_535),
    bankDataDir: text('HEDDLE_BANK_DATA'),
  };
  if (!isLoopback(config.host) && !config.insecure) {
    problems.push(
      `HEDDLE_HOST=${config.host} would let anybody in: there is no access control yet. Listen on 127.0.0.1, or set HEDDLE_INSECURE=1 to accept that`,
    );
  }
  if (problems.length > 0) throw new FlowError('CONFIG_INVALID', problems.join('\n'));
  return config;
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
