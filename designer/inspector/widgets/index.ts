import { ConditionWidget } from '../condition/condition-widget.tsx';
import type { Widget } from '../scene.ts';
import { ValueWidget } from '../value/value-widget.tsx';
import { BranchesWidget } from './branches.tsx';
import { BrokerWidget, SourceWidget } from './broker.tsx';
import { DurationWidget } from './duration.tsx';
import { CodeWidget, FlowWidget, NodeWidget, OperationWidget, ServiceWidget } from './pickers.tsx';
import { ChoiceWidget, EitherWidget, NumberWidget, SwitchWidget, TextWidget, WordsWidget } from './plain.tsx';
import { SchemaWidget } from './schema-widget.tsx';
import { GroupWidget, JsonWidget, ListWidget, NamedWidget } from './structure.tsx';
import { TranslatedWidget } from './translated.tsx';
import { DateWidget, MappingWidget, PathWidget, ScriptWidget, TimeWidget } from './values.tsx';

/**
 * The widgets by name. A schema asks for one by `x-widget`; without that its meaning or its type does (`widgetOf` in
 * `model/fields.ts`). One line here adds a widget; a name that is not here is shown as JSON.
 */
export const widgets: Readonly<Record<string, Widget>> = {
  branches: BranchesWidget,
  broker: BrokerWidget,
  choice: ChoiceWidget,
  code: CodeWidget,
  condition: ConditionWidget,
  date: DateWidget,
  duration: DurationWidget,
  either: EitherWidget,
  flow: FlowWidget,
  group: GroupWidget,
  javascript: ScriptWidget,
  json: JsonWidget,
  list: ListWidget,
  mapping: MappingWidget,
  named: NamedWidget,
  node: NodeWidget,
  number: NumberWidget,
  operation: OperationWidget,
  path: PathWidget,
  schema: SchemaWidget,
  service: ServiceWidget,
  source: SourceWidget,
  switch: SwitchWidget,
  text: TextWidget,
  time: TimeWidget,
  translated: TranslatedWidget,
  value: ValueWidget,
  words: WordsWidget,
};
