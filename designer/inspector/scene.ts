import type { Json, Problem } from '@heddle/engine/errors';
import { type ComponentType, createContext, useContext } from 'react';
import type { Catalogue } from '../model/catalogue.ts';
import type { Samples, TrialPlace } from '../model/data-sample.ts';
import type { FormField } from '../model/fields.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import type { Reach, Section } from '../model/reach.ts';
import type { PropertyPath } from '../model/value.ts';

/** What a widget is told. It changes its part of the node through `useScene().change`. */
export interface WidgetProps {
  readonly field: FormField;
  /** From the node, or from the flow, to the value. */
  readonly path: PropertyPath;
  readonly value: Json | undefined;
  readonly label: string;
  /** Of the control, for its label. */
  readonly id: string;
}

export type Widget = ComponentType<WidgetProps>;

/** What every part of a form knows: what is edited, what can be read there, and how to change it. */
export interface Scene {
  readonly document: FlowDocument;
  /** Undefined: the flow itself is edited. */
  readonly nodeId: string | undefined;
  readonly catalogue: Catalogue;
  readonly samples: Samples;
  readonly readOnly: boolean;
  /** Problems of what is edited, with pointers from it. */
  readonly problems: readonly Problem[];
  /** Pointers of values that are only suggested. */
  readonly suggested: ReadonlySet<string>;
  readonly widgets: Readonly<Record<string, Widget>>;
  readonly reach: (section?: Section) => Reach;
  /** Sets a part of what is edited, or removes it if the value is undefined: one step of undo. */
  readonly change: (path: PropertyPath, value: Json | undefined) => void;
  /** Takes a suggested value as it is. */
  readonly confirm: (pointer: string) => void;
}

const SceneContext = createContext<Scene | undefined>(undefined);
export const SceneProvider = SceneContext.Provider;

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (scene === undefined) throw new Error('this component stands outside of a SceneProvider');
  return scene;
}

/** The part of a node that is evaluated after its call, in which more can be read. */
const sectionOf = ([first]: PropertyPath): Section | undefined =>
  first === 'compensate' || first === 'onUnknown' ? first : undefined;

/** What can be read where a field stands, and the data to try it with. */
export function usePlace(path: PropertyPath): TrialPlace {
  const { document, nodeId, samples, reach } = useScene();
  return { document, nodeId, samples, reach: reach(sectionOf(path)), nowMs: Date.now() };
}
