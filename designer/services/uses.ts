export interface Use {
  readonly flowId: string;
  readonly node: string;
}

/** The nodes of flows that call an operation, compensations and status queries included. */
export function usesOf(flows: readonly object[], service: string, operation: string): Use[] {
  return flows.flatMap((flow) => {
    const flowId = String((flow as { readonly id?: unknown }).id);
    return [...callers(flow, service, operation)].map((node) => ({ flowId, node }));
  });
}

function* callers(scope: object, service: string, operation: string): Generator<string> {
  const { nodes } = scope as { readonly nodes?: unknown };
  for (const [id, node] of Object.entries((nodes ?? {}) as { readonly [id: string]: object })) {
    if (calls(node, service, operation)) yield id;
    for (const inner of scopesIn(node)) yield* callers(inner, service, operation);
  }
}

function calls(node: object, service: string, operation: string): boolean {
  const own = node as { readonly [field: string]: unknown };
  const query = (own['onUnknown'] as { readonly query?: unknown } | undefined)?.query;
  return [own, own['compensate'], query].some((part) => {
    if (part === null || typeof part !== 'object') return false;
    const reference = part as { readonly service?: unknown; readonly operation?: unknown };
    return (reference.service ?? own['service']) === service && reference.operation === operation;
  });
}

/** Scopes that a node holds: objects with `nodes`, at any depth of its fields. */
function scopesIn(value: unknown): object[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((member: unknown) =>
    member !== null && typeof member === 'object' && 'nodes' in member ? [member] : scopesIn(member),
  );
}
