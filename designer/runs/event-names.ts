/** Names of the events that the nodes of a flow wait for, scopes within scopes included. */
export function eventNames(definition: unknown): string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    const { type, name } = value as { readonly type?: unknown; readonly name?: unknown };
    if (type === 'event' && typeof name === 'string') names.add(name);
    for (const member of Object.values(value)) visit(member);
  };
  visit((definition as { readonly nodes?: unknown } | undefined)?.nodes);
  return [...names];
}

/** The node of this id, wherever it stands. */
export function nodeIn(definition: unknown, nodeId: string): { readonly [field: string]: unknown } | undefined {
  if (definition === null || typeof definition !== 'object') return undefined;
  const { nodes } = definition as { readonly nodes?: unknown };
  if (nodes !== null && typeof nodes === 'object' && Object.hasOwn(nodes, nodeId))
    return (nodes as { readonly [id: string]: { readonly [field: string]: unknown } })[nodeId];
  for (const member of Object.values(definition)) {
    const found = nodeIn(member, nodeId);
    if (found) return found;
  }
  return undefined;
}

/** Every node of a flow, scopes within scopes included. */
export function nodeIds(definition: unknown): string[] {
  if (definition === null || typeof definition !== 'object') return [];
  const { nodes } = definition as { readonly nodes?: unknown };
  const own = nodes !== null && typeof nodes === 'object' ? Object.keys(nodes) : [];
  return [...own, ...Object.values(definition).flatMap(nodeIds)];
}
