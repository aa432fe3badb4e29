import type { Flow } from '../definition/index.ts';
import type { ServiceRegistry } from '../services/index.ts';
import { Consumer, type ConsumerDeps, type ConsumerFigures } from './consumer.ts';
import type { Origin } from './intake.ts';

/** A consumer for every message trigger of every published flow. */
export class Consumers {
  private readonly deps: ConsumerDeps;
  private readonly byFlow = new Map<string, Consumer[]>();
  private readonly closing = new Set<Promise<void>>();
  private readonly stopWatching: () => void;

  constructor(deps: ConsumerDeps & { readonly registry: ServiceRegistry }) {
    this.deps = deps;
    this.stopWatching = deps.registry.onChange(({ id }) => {
      this.restart(id);
    });
  }

  /** Reads for a flow's triggers from now on, in place of those of its last version; those that are the same go on. */
  put(flow: Flow): void {
    const before = this.byFlow.get(flow.id) ?? [];
    const origins = (flow.triggers ?? []).flatMap((trigger): Origin[] =>
      trigger.type === 'message' ? [{ flowId: flow.id, trigger }] : [],
    );
    const kept = new Set<Consumer>();
    const consumers = origins.map((origin) => {
      const same = before.find((consumer) => !kept.has(consumer) && textOf(consumer.origin) === textOf(origin));
      if (same) kept.add(same);
      return same ?? new Consumer(origin, this.deps);
    });
    for (const consumer of before) if (!kept.has(consumer)) this.close(consumer);
    if (consumers.length > 0) this.byFlow.set(flow.id, consumers);
    else this.byFlow.delete(flow.id);
  }

  /** Begins to read anew from a service: where it is, or what opens it, has changed. */
  restart(service: string): void {
    for (const consumer of this.all()) if (consumer.origin.trigger.service === service) consumer.restart();
  }

  /** The trigger that a message of this source came by, as it is now; undefined if the flow has none any more. */
  origin(flowId: string, service: string, source: object | undefined): Origin | undefined {
    const origins = (this.byFlow.get(flowId) ?? [])
      .map((consumer) => consumer.origin)
      .filter(({ trigger }) => trigger.service === service);
    const text = JSON.stringify(source);
    return origins.find(({ trigger }) => JSON.stringify(trigger.source) === text) ?? origins[0];
  }

  figures(): Promise<ConsumerFigures[]> {
    return Promise.all([...this.all()].map((consumer) => consumer.figures()));
  }

  /** Takes no more, and waits for messages in hand. */
  async stop(): Promise<void> {
    this.stopWatching();
    for (const consumer of this.all()) this.close(consumer);
    this.byFlow.clear();
    await Promise.all(this.closing);
  }

  private all(): readonly Consumer[] {
    return [...this.byFlow.values()].flat();
  }

  private close(consumer: Consumer): void {
    const done = consumer.close();
    this.closing.add(done);
    void done.then(() => this.closing.delete(done));
  }
}

const textOf = (origin: Origin) => JSON.stringify(origin.trigger);
