const MAX_LENGTH = 64;

/** A name for each method: its own; with its service where two have the same; with a number where that is too long. */
export function operationNames(
  methods: readonly { readonly service: string; readonly method: string }[],
): readonly string[] {
  const times = (names: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  };
  const short = methods.map(({ service, method }) => `${service.slice(service.lastIndexOf('.') + 1)}.${method}`);
  const [byMethod, byShort] = [times(methods.map(({ method }) => method)), times(short)];
  const taken = new Set<string>();
  return methods.map(({ service, method }, index) => {
    const ownName = byMethod.get(method) === 1 ? method : (short[index] ?? method);
    const name = byMethod.get(method) !== 1 && byShort.get(ownName) !== 1 ? `${service}.${method}` : ownName;
    return free(usable(name), taken);
  });
}

/** Ids begin with a letter. */
const usable = (name: string) => name.replace(/^[^a-zA-Z]+/, '').slice(0, MAX_LENGTH) || 'method';

function free(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted.slice(0, MAX_LENGTH - 6)}_${number}`;
  taken.add(name);
  return name;
}
