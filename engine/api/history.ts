import { collectWords, type Flow, MASK, redactText } from '../definition/index.ts';
import type { Json, JsonObject } from '../errors.ts';
import type { ErrorInfo, Note, Run } from '../kernel/index.ts';

/** Values larger than this are shown cut. */
const MAX_VALUE_BYTES = 16 * 1024;

export interface StepView {
  /** Effect id, also the tail of the step's idempotency key. */
  readonly id: string;
  readonly node: string;
  readonly type: string;
  readonly status:
    | 'running'
    | 'completed'
    | 'failed'
    | 'cancelled'
    | 'retrying'
    | 'asking'
    | 'incident'
    | 'undoing'
    | 'undone';
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly undoneAt?: number;
  /** Set when a cache or a mock of the operation answered in place of its service. */
  readonly answeredBy?: 'cache' | 'mock';
  readonly attempts: number;
  /** As it was evaluated. */
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: ErrorInfo;
  /** For a choice: the exit taken. */
  readonly port?: string;
}

/** Turns history lines into one entry per step, large values cut and sensitive ones masked. */
export function stepViews(notes: readonly Note[], view: (note: Note) => Note): StepView[] {
  const steps = new Map<string, { -readonly [K in keyof StepView]: StepView[K] }>();
  for (const note of notes.map(view)) {
    if (note.kind === 'entered') {
      steps.set(note.id, {
        id: note.id,
        node: note.node,
        type: note.type,
        status: 'running',
        startedAt: note.at,
        attempts: 1,
        ...(note.input === undefined ? {} : { input: note.input }),
      });
      continue;
    }
    if (note.kind === 'chose') {
      steps.set(note.id, {
        id: note.id,
        node: note.node,
        type: 'choice',
        status: 'completed',
        startedAt: note.at,
        endedAt: note.at,
        attempts: 1,
        port: note.port,
      });
      continue;
    }
    const step = 'id' in note && note.id !== undefined ? steps.get(note.id.replace(/~undo$/, '')) : undefined;
    if (step === undefined) continue;
    switch (note.kind) {
      case 'stood-in':
        step.answeredBy = note.by;
        break;
      case 'completed':
        step.status = 'completed';
        step.endedAt = note.at;
        step.output = note.output;
        break;
      case 'failed':
        step.status = 'failed';
        step.endedAt = note.at;
        step.error = note.error;
        break;
      case 'retrying':
        if (!note.id.endsWith('~undo')) step.attempts = note.attempt;
        step.status = note.id.endsWith('~undo') ? 'undoing' : 'retrying';
        step.error = note.error;
        break;
      case 'asking':
      case 'incident':
        step.status = note.kind;
        step.error = note.error;
        break;
      case 'cancelled':
        step.status = 'cancelled';
        step.endedAt = note.at;
        break;
      case 'undone':
        step.status = 'undone';
        // It ended when it had answered; undoing it came later.
        step.endedAt ??= note.at;
        step.undoneAt = note.at;
        break;
      case 'undoing':
        step.status = 'undoing';
        break;
      default:
        break;
    }
  }
  return [...steps.values()];
}

/** What a run was given and what came of it, as history shows it. */
export function shownEnds(run: Run, flow: Flow): { readonly input: Json; readonly output?: Json } {
  const mask = masker(flow, new Set());
  const { output } = run.result ?? {};
  return {
    input: shown(mask('', 'run', run.input)),
    ...(output === undefined ? {} : { output: shown(mask('', 'input', output)) }),
  };
}

/** Makes the history of one run fit to be shown: large values cut, sensitive ones masked, also where errors quote them. */
export class HistoryView {
  private readonly flow: Flow;
  private readonly mask: Mask;
  /** What has been masked so far, to know it again in the words of an error. */
  private readonly words = new Set<string>();

  constructor(flow: Flow, run: Run) {
    this.flow = flow;
    this.mask = masker(flow, this.words);
    this.mask('', 'run', run.input);
  }

  readonly note = (note: Note): Note => {
    const { mask } = this;
    switch (note.kind) {
      case 'entered':
        return note.input === undefined ? note : { ...note, input: shown(mask(note.node, 'input', note.input)) };
      case 'undoing':
        return { ...note, input: shown(mask(note.node, 'input', note.input)) };
      case 'completed':
        return { ...note, output: shown(mask(note.node, 'output', note.output)) };
      case 'responded':
        return { ...note, body: shown(mask(note.node, 'input', note.body)) };
      case 'failed':
      case 'retrying':
      case 'asking':
      case 'incident':
        return { ...note, error: this.error(note.error) };
      case 'finished': {
        const { output, error } = note.result;
        return {
          ...note,
          result: {
            ...note.result,
            ...(output === undefined ? {} : { output: shown(mask('', 'input', output)) }),
            ...(error === undefined ? {} : { error: this.error(error) }),
          },
        };
      }
      default:
        return note;
    }
  };

  /** An error with its words masked, and its details, a service's answer among them, like what steps are given. */
  error(error: ErrorInfo): ErrorInfo {
    const { details } = error;
    const message = redactText(this.flow, error.message, this.words);
    if (details === undefined) return { ...error, message };
    return { ...error, message, details: shown(this.redact(this.mask('', 'input', details))) };
  }

  private redact(value: Json): Json {
    if (typeof value === 'string') return redactText(this.flow, value, this.words);
    if (Array.isArray(value)) return value.map((item: Json) => this.redact(item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value as JsonObject).map(([key, member]) => [key, this.redact(member)]));
  }
}

/** A value as history shows it: whole when small, else its beginning. */
function shown(value: Json): Json {
  const text = JSON.stringify(value);
  if (text.length <= MAX_VALUE_BYTES) return value;
  return { $truncated: { bytes: text.length, beginning: text.slice(0, 1_024) } };
}

type Mask = (node: string, part: 'run' | 'input' | 'output', value: Json) => Json;

/**
 * Masks what the flow names in `sensitive`: `/input/…` of the run, `/steps/<node>/…` in what a step answered, and the
 * members of the same names in what steps were given.
 *
 * @param words gets the words of every value that is masked
 */
function masker(flow: Flow, words: Set<string>): Mask {
  const pointers = (flow.sensitive ?? []).map((text) =>
    text
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
  );
  if (pointers.length === 0) return (_node, _part, value) => value;
  const names = new Set(pointers.map((path) => path.at(-1)).filter((name) => name !== undefined));
  return (node, part, value) => {
    if (part === 'input') return maskNames(value, names, words);
    const paths = pointers.filter((path) =>
      part === 'run' ? path[0] === 'input' : path[0] === 'steps' && path[1] === node,
    );
    const masked = paths.reduce((rest, path) => maskPath(rest, path.slice(part === 'run' ? 1 : 2), words), value);
    return part === 'output' ? maskNames(masked, names, words) : masked;
  };
}

function maskPath(value: Json, path: readonly string[], words: Set<string>): Json {
  const [head, ...tail] = path;
  if (head === undefined) {
    collectWords(value, words);
    return MASK;
  }
  if (Array.isArray(value))
    return value.map((item, index) => (head === '*' || head === String(index) ? maskPath(item, tail, words) : item));
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, head)) return value;
  const object = value as JsonObject;
  return { ...object, [head]: maskPath(object[head] ?? null, tail, words) };
}

function maskNames(value: Json, names: ReadonlySet<string>, words: Set<string>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => maskNames(item, names, words));
  if (value === null || typeof value !== 'object') return value;
  const masked = Object.entries(value as JsonObject).map(([key, member]): [string, Json] => {
    if (!names.has(key)) return [key, maskNames(member, names, words)];
    collectWords(member, words);
    return [key, MASK];
  });
  return Object.fromEntries(masked);
}
