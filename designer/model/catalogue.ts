import type { JsonSchema } from '@heddle/engine/expression/index';

/** What the designer needs to know of a registered operation; `GET /services` tells it. */
export interface CatalogueOperation {
  readonly title?: string | { readonly en: string; readonly zh: string };
  readonly description?: string;
  readonly request: JsonSchema;
  readonly response: JsonSchema;
  readonly readOnly?: boolean;
  readonly movesMoney?: boolean;
  readonly safety?: 'idempotent' | 'query' | 'once';
  readonly query?: { readonly operation: string; readonly input?: unknown };
}

export interface CatalogueService {
  readonly id: string;
  readonly title: string | { readonly en: string; readonly zh: string };
  readonly description?: string;
  readonly connector: string;
  readonly operations: { readonly [name: string]: CatalogueOperation };
}

/** Every registered service, by id. */
export type Catalogue = ReadonlyMap<string, CatalogueService>;
