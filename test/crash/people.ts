import type { Json } from '@heddle/engine/errors';

interface TaskView {
  readonly id: string;
  readonly assignees: readonly string[];
  readonly actions: readonly { readonly id: string }[];
  readonly responses: readonly { readonly by: string }[];
  readonly form?: FormSchema;
}

interface StepView {
  readonly id: string;
  readonly node: string;
  readonly type: string;
  readonly status: string;
}

/**
 * What becomes of an awaited event, by its name: somebody sends it, or does something that makes it come. An event that
 * is not named here comes by itself, or never.
 */
export type Counterparties = {
  readonly [eventName: string]: { readonly payload: Json } | { readonly act: (runId: string) => Promise<void> };
};

const ROUND_MS = 50;
const STAFF = ['ann', 'bob', 'cai', 'dan'];

/**
 * Plays the people and counterparties of a load: answers every open task with its first action, each person once, and
 * sends waiting runs the events they wait for. Every round may fail, because the engine may be down.
 */
export class People {
  private readonly url: string;
  private readonly counterparties: Counterparties;
  private readonly names = new Map<string, Promise<ReadonlyMap<string, string>>>();
  private stopped = false;
  private done: Promise<void> | undefined;

  constructor(url: string, counterparties: Counterparties) {
    this.url = url;
    this.counterparties = counterparties;
  }

  start(): void {
    this.done = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.answerTasks();
        await this.sendEvents();
      } catch {
        // Between a kill and a start nobody answers; there will be another round.
      }
      await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    }
  }

  private async answerTasks(): Promise<void> {
    const { tasks } = await this.get<{ tasks: TaskView[] }>('/tasks?status=open&limit=200');
    for (const task of tasks) {
      const answered = new Set(task.responses.map((response) => response.by));
      const by = (task.assignees.length > 0 ? task.assignees : STAFF).find((person) => !answered.has(person));
      if (by === undefined) continue;
      const body = { action: task.actions[0]?.id, ...(task.form === undefined ? {} : { data: sampleOf(task.form) }) };
      await this.post(`/tasks/${encodeURIComponent(task.id)}/complete`, body, { 'heddle-user': by });
    }
  }

  private async sendEvents(): Promise<void> {
    const { runs } = await this.get<{ runs: { id: string; flowId: string }[] }>('/runs?status=waiting&limit=200');
    for (const run of runs) {
      const names = await this.eventNames(run.flowId);
      if (![...names.values()].some((name) => Object.hasOwn(this.counterparties, name))) continue;
      const { steps } = await this.get<{ steps: StepView[] }>(`/runs/${run.id}`);
      for (const step of steps.filter(({ type, status }) => type === 'event' && status === 'running')) {
        const name = names.get(step.node) ?? '';
        const counterparty = Object.hasOwn(this.counterparties, name) ? this.counterparties[name] : undefined;
        if (counterparty === undefined) continue;
        // The step's id as the key: sent again after a crash, it is taken once.
        if ('act' in counterparty) await counterparty.act(run.id);
        else
          await this.post(`/runs/${run.id}/signals/${name}`, counterparty.payload, {
            'idempotency-key': `${run.id}${step.id}`,
          });
      }
    }
  }

  /** The event that each event node of a flow waits for. */
  private eventNames(flowId: string): Promise<ReadonlyMap<string, string>> {
    const known =
      this.names.get(flowId) ?? this.get<Json>(`/flows/${flowId}`).then((flow) => new Map(eventNodes(flow)));
    this.names.set(flowId, known);
    known.catch(() => this.names.delete(flowId));
    return known;
  }

  private async get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  }

  private async post(path: string, body: unknown, headers: Record<string, string>): Promise<void> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body ?? null),
      signal: AbortSignal.timeout(5_000),
    });
    await response.arrayBuffer();
  }
}

function eventNodes(value: Json): [string, string][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const node = member as { type?: Json; name?: Json } | null;
    if (node !== null && typeof node === 'object' && node.type === 'event' && typeof node.name === 'string')
      return [[key, node.name] as [string, string]];
    return eventNodes(member as Json);
  });
}

interface FormSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly properties?: { readonly [name: string]: FormSchema };
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly pattern?: string;
}

/** The smallest instance of a form: required members, the first of an enumeration, text or an amount. */
function sampleOf(schema: FormSchema): Json {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.enum) return schema.enum[0] ?? null;
  if (type === 'object') {
    return Object.fromEntries((schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]));
  }
  if (type === 'array') return [];
  if (type === 'boolean') return true;
  if (type === 'number' || type === 'integer') return schema.minimum ?? 1;
  return schema.pattern !== undefined && new RegExp(schema.pattern).test('1.00') ? '1.00' : 'checked';
}
