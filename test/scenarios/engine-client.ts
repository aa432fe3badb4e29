import type { RunDetail } from '@heddle/engine/api/contract';

export type Run = RunDetail;
export interface Task {
  readonly id: string;
  readonly node: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The engine as its callers see it: by REST alone, so that it may be in another process, or be several. */
export class EngineClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const reply: Reply = {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    return reply;
  }

  async run(runId: string): Promise<Run> {
    return (await this.#required('GET', `/runs/${runId}`)) as Run;
  }

  async runs(): Promise<readonly { readonly id: string; readonly status: string }[]> {
    const page = (await this.#required('GET', '/runs?limit=20')) as { runs: { id: string; status: string }[] };
    return page.runs;
  }

  async openTask(runId: string, node: string): Promise<Task | undefined> {
    const { tasks } = (await this.#required('GET', `/tasks?run=${runId}`)) as {
      tasks: readonly (Task & { status: string })[];
    };
    return tasks.find((task) => task.node === node && (task.status === 'open' || task.status === 'claimed'));
  }

  async completeTask(taskId: string, { by, ...answer }: { action: string; by: string; data?: unknown }): Promise<void> {
    await this.#required('POST', `/tasks/${encodeURIComponent(taskId)}/complete`, answer, { 'heddle-user': by });
  }

  async signal(runId: string, name: string, payload: unknown, correlation?: string): Promise<void> {
    const query = correlation === undefined ? '' : `?correlation=${encodeURIComponent(correlation)}`;
    await this.#required('POST', `/runs/${runId}/signals/${name}${query}`, payload);
  }

  async act(runId: string, action: 'cancel' | 'terminate' | 'retry', body: object): Promise<void> {
    await this.#required('POST', `/runs/${runId}/${action}`, body);
  }

  async #required(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) {
    const reply = await this.call(method, path, body, headers);
    if (reply.status >= 300)
      throw new Error(`${method} ${path} answered ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }
}
