import type { Static, TObject, TProperties, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ConfigProblem, Connector, ConnectorDefinition } from './connector.ts';
import { schemaProblems } from './schema-problems.ts';

/** A configuration that a connector cannot take. `problems` names every fault by its JSON pointer. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(protocol: string, problems: readonly ConfigProblem[]) {
    super(`${protocol}: ${problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ')}`);
    this.problems = problems;
  }
}

/** Makes a connector: from here on no config and no binding reaches it that its schemas and checks do not allow. */
export function defineConnector<
  Config extends TProperties,
  Binding extends TProperties,
  Source extends TProperties = Record<never, never>,
  From extends TProperties = Record<never, never>,
>(definition: ConnectorDefinition<Config, Binding, Source, From>): Connector {
  const { protocol, title, config, binding, source, discovery } = definition;
  const readConfig = reader(config, (value) => definition.checkConfig?.(value) ?? []);
  const readBinding = reader(binding, (value) => definition.checkBinding?.(value) ?? []);
  const readSource = source && reader(source, () => []);
  const readFrom = discovery && reader(discovery.from, () => []);
  const fittingConfig = (value: unknown): Static<TObject<Config>> => {
    const { fitting, problems } = readConfig(value);
    if (!fitting || problems.length > 0) throw new ConfigError(protocol, problems);
    return fitting.value;
  };
  return {
    protocol,
    title,
    config,
    binding,
    source,
    discoverFrom: discovery?.from,
    configProblems: (value) => readConfig(value).problems,
    bindingProblems: (value) => readBinding(value).problems,
    sourceProblems: (value) =>
      readSource ? readSource(value).problems : [{ pointer: '', message: `${protocol} has no messages to listen to` }],
    destination: (value) => {
      const fitting = fittingConfig(value);
      return definition.destination?.(fitting) ?? JSON.stringify(fitting);
    },
    at: (value, address) => definition.at?.(fittingConfig(value), address),
    async discover(value, host) {
      const { fitting, problems } = readFrom?.(value) ?? {
        problems: [{ pointer: '', message: `${protocol} services cannot be asked to describe themselves` }],
      };
      if (!fitting || !discovery) throw new ConfigError(protocol, problems);
      return discovery.discover(fitting.value, host);
    },
    async open(value, host) {
      const connection = await definition.open(fittingConfig(value), host);
      // The engine hands over no binding that bindingProblems() has not passed, so the narrower type holds.
      return connection as Awaited<ReturnType<Connector['open']>>;
    },
  };
}

interface Reading<Value> {
  /** Absent if the value does not fit the schema. */
  readonly fitting?: { readonly value: Value };
  readonly problems: readonly ConfigProblem[];
}

function reader<Properties extends TProperties>(
  schema: TObject<Properties>,
  check: (value: Static<TObject<Properties>>) => readonly ConfigProblem[],
): (value: unknown) => Reading<Static<TObject<Properties>>> {
  // Compiled late: most programs open few of the connectors that they know.
  let validator:
    | { Check(value: unknown): boolean; Errors(value: unknown): Parameters<typeof schemaProblems>[0] }
    | undefined;
  return (value) => {
    validator ??= Compile<TSchema>(schema);
    if (!validator.Check(value)) return { problems: schemaProblems(validator.Errors(value)) };
    const fitting = value as Static<TObject<Properties>>; // Check has just shown it
    return { fitting: { value: fitting }, problems: check(fitting) };
  };
}
