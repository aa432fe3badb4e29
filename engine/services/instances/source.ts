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

/** Asks registries of one kind. */
export interface InstanceSource<Settings extends TProperties = TProperties> {
  readonly settings: TObject<Settings>;
  /** What cannot be told by the schema. */
  problems(settings: Static<TObject<Settings>>): readonly { readonly pointer: string; readonly message: string }[];
  /** All instances that may be called now. @throws if the registry cannot be asked, or its answer cannot be read. */
  find(settings: Static<TObject<Settings>>, host: SourceHost): Promise<readonly Instance[]>;
}

export const defineSource = <Settings extends TProperties>(source: InstanceSource<Settings>) => source;

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
