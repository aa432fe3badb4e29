import { type Static, type TObject, type TProperties, Type } from 'typebox';

/** Where one instance of a service is, as a registry says. */
export interface Instance {
  /** The same for as long as it is the same instance. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Above 0. */
  readonly weight: number;
  readonly tags: readonly string[];
}

export interface SourceHost {
  secret(name: string): string | undefined;
}

export interface SettingProblem {
  readonly pointer: string;
  readonly message: string;
}

/** Asks registries of one kind. Settings are of this kind, and fit its schema: whoever calls has looked. */
export interface InstanceSource<Schema extends TObject = TObject> {
  readonly kind: string;
  readonly settings: Schema;
  /** What cannot be told by the schema. */
  problems(settings: unknown): readonly SettingProblem[];
  /** All instances that may be called now. @throws if the registry cannot be asked, or its answer cannot be read. */
  find(settings: unknown, host: SourceHost): Promise<readonly Instance[]>;
}

interface SourceDefinition<Properties extends TProperties> {
  readonly kind: string;
  readonly settings: TObject<Properties>;
  problems(settings: Static<TObject<Properties>>): readonly SettingProblem[];
  find(settings: Static<TObject<Properties>>, host: SourceHost): Promise<readonly Instance[]>;
}

export function defineSource<Properties extends TProperties>(
  source: SourceDefinition<Properties>,
): InstanceSource<TObject<Properties>> {
  // Settings come here by their kind, and only after the schema of that kind has taken them.
  const fitting = (settings: unknown) => settings as Static<TObject<Properties>>;
  return {
    kind: source.kind,
    settings: source.settings,
    problems: (settings) => source.problems(fitting(settings)),
    find: (settings, host) => source.find(fitting(settings), host),
  };
}

/** How long one question to a registry may take. */
export const ASK_MS = 5_000;

export const closed = { additionalProperties: false };

/** Settings that all kinds have. */
export const common = {
  /** How often the registry is asked. Default 10,000. */
  refreshMs: Type.Optional(Type.Integer({ minimum: 500, maximum: 3_600_000 })),
  /** Instances that appear take their full share of calls only after this time. Default 0. */
  warmUpMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
};

export const Secret = Type.Object({ secret: Type.String({ minLength: 1 }) }, closed);
