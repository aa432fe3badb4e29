import { Input } from 'antd';
import { inlineReferences } from '../../model/data-inline.ts';
import { placesOf } from '../../model/data-place.ts';
import { isObject } from '../../model/data-schema.ts';
import { operationOf } from '../../model/suggest-input.ts';
import { type PropertyPath, partOf } from '../../model/value.ts';
import { Row } from '../field.tsx';
import { type Scene, useScene, type WidgetProps } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';
import { ObjectFields } from '../value/object-fields.tsx';
import { ValueWidget } from '../value/value-widget.tsx';
import { DurationInput } from './duration.tsx';

/** A value that is nearly always a path, such as the list of a forEach. */
export function PathWidget(props: WidgetProps) {
  return <ValueWidget {...props} begin="path" />;
}

/** A duration: literal, or what an expression gives. A field that takes no expression has no switch for it. */
export function TimeWidget(props: WidgetProps) {
  return <ValueWidget {...props} literal={(inner) => <DurationInput {...inner} />} />;
}

/** A date or an instant: literal, or what an expression gives. */
export function DateWidget(props: WidgetProps) {
  return <ValueWidget {...props} literal={(inner) => <DateText {...inner} />} />;
}

function DateText({ path, value, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const { text, type, flush } = useTextDraft(typeof value === 'string' ? value : '', (next) =>
    change(path, next === '' ? undefined : next),
  );
  return (
    <Input
      id={id}
      value={text}
      disabled={readOnly}
      placeholder="2026-10-01T09:00:00+08:00"
      onChange={(event) => type(event.target.value)}
      onBlur={flush}
    />
  );
}

/** An object of values, row by row: for a call, the fields of the operation's request. */
export function MappingWidget(props: WidgetProps) {
  const scene = useScene();
  const schema = requestAt(props.path, scene) ?? { type: 'object' };
  const field = { ...props.field, schema };
  return (
    <ValueWidget
      {...props}
      field={field}
      literal={(inner) =>
        inner.value === undefined || isObject(inner.value) ? (
          <ObjectFields {...inner} field={field} />
        ) : (
          <Scalar {...inner} />
        )
      }
    />
  );
}

/** A body that is one plain value instead of an object. */
function Scalar({ path, value, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const { text, type, flush } = useTextDraft(
    value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value),
    (next) => change(path, next === '' ? undefined : next),
  );
  return (
    <Input id={id} value={text} disabled={readOnly} onChange={(event) => type(event.target.value)} onBlur={flush} />
  );
}

/** The request schema of the operation that stands beside a mapping; undefined if there is none. */
function requestAt(path: PropertyPath, { document, nodeId, catalogue }: Scene) {
  const node = nodeId === undefined ? undefined : placesOf(document).get(nodeId)?.node;
  if (node === undefined) return undefined;
  // A node is a JSON object.
  const beside = partOf(node as Parameters<typeof partOf>[0], path.slice(0, -1));
  const called = { type: node.type, service: node['service'], ...(isObject(beside) ? beside : {}) };
  const request = operationOf(catalogue, called)?.request;
  return request === undefined ? undefined : inlineReferences(request);
}

/** JavaScript. */
export function ScriptWidget({ field, path, value, label, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const { text, type, flush } = useTextDraft(typeof value === 'string' ? value : '', (next) => change(path, next));
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <textarea
        id={id}
        className="heddle-i-code-input"
        rows={Math.min(24, Math.max(8, text.split('\n').length + 1))}
        spellCheck={false}
        value={text}
        readOnly={readOnly}
        onChange={(event) => type(event.target.value)}
        onBlur={flush}
      />
    </Row>
  );
}
