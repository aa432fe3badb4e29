import type { Static, TObject, TProperties } from 'typebox';
import type { StateRule } from '../compile/program.ts';
import type { Node, NodeShape, ScopeRule } from '../definition/index.ts';
import type { JsonObject, Problem } from '../errors.ts';

export type Label = {
  readonly title: { readonly en: string; readonly zh: string };
  readonly description: { readonly en: string; readonly zh: string };
  /** Section of the palette. */
  readonly group: 'service' | 'control' | 'time' | 'people' | 'data';
};

/** One node type: what it is called, what it is configured with, where it leads, and what it compiles to. */
export interface NodeType<P extends TProperties = TProperties> {
  readonly label: Label;
  /** Properties beside the common ones (`title`, `note`, `next`, `onError`); `Value()`, `Condition()`, … say what they mean. */
  readonly config: TObject<P>;
  /** Exits in drawing order, beside error routes. */
  readonly ports: (config: Static<TObject<P>>) => readonly string[];
  /** True when it lets time pass, so that a cycle through it does not spin. */
  readonly acts?: boolean;
  /** True, or a rule, when it cannot stand in an `express` flow. */
  readonly durableOnly?: boolean | ((config: Static<TObject<P>>) => boolean);
  readonly noNext?: boolean;
  readonly setsVars?: (config: Static<TObject<P>>) => readonly string[];
  readonly scopeRule?: (config: Static<TObject<P>>, path: readonly (string | number)[]) => ScopeRule;
  readonly check?: (config: Static<TObject<P>>) => readonly Problem[];
  readonly compile: (node: { readonly id: string; readonly config: Static<TObject<P>> }) => StateRule;
}

/** A node type whose configuration type has been forgotten, as the registry holds it. */
export interface AnyNodeType extends NodeShape {
  readonly label: Label;
  readonly ports: (config: JsonObject) => readonly string[];
  readonly compile: (node: { readonly id: string; readonly config: Node }) => StateRule;
}

/**
 * Defines a node type. The configuration has been checked against `config` before any of its functions is called,
 * which is what makes forgetting its type safe.
 */
export function defineNode<P extends TProperties>(type: NodeType<P>): AnyNodeType {
  const { durableOnly, acts, ...rest } = type;
  return {
    ...rest,
    acts: acts ?? false,
    durableOnly: typeof durableOnly === 'function' ? durableOnly : () => durableOnly ?? false,
  } as unknown as AnyNodeType;
}
