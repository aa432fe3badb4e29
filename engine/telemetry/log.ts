import { type DestinationStream, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogFields {
  readonly [name: string]: unknown;
}

/** What the engine asks of a log. Fields say what happened to what: ids, codes, durations. Never bodies, never secrets. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** The same log with fields that every line gets. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** Field names whose values are not written, wherever a caller's object has them: the last line of defence. */
const NEVER = ['body', 'input', 'output', 'payload', 'headers', 'authorization', 'password', 'secret', 'token'].flatMap(
  (name) => [name, `*.${name}`],
);

/** JSON lines with `level` as a word, `time` in ISO 8601 and `msg`. An `Error` goes under `err`. */
export function createLog({ level = 'info', destination }: LogOptions = {}): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: NEVER, remove: true },
    serializers: { err: errorFields },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** An error without its own properties, which may hold what was sent: name, code, message, stack, and its cause's. */
function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: errorFields(error.cause) };
  return { name: error.name, ...code, message: error.message, stack: error.stack, ...cause };
}

/** A log that drops everything. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
