import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FlowViewer, type NodeMark } from '../canvas/index.ts';
import { diff, type FieldChange, type FlowDiff } from '../model/diff.ts';
import type { FlowDocument } from '../model/flow-document.ts';

interface DiffViewProps {
  readonly before: FlowDocument;
  readonly after: FlowDocument;
  readonly beforeLabel: string;
  readonly afterLabel: string;
}

/** Two states of a flow side by side: added, removed and changed nodes coloured, their fields below. */
export function DiffView({ before, after, beforeLabel, afterLabel }: DiffViewProps) {
  const { t } = useTranslation('publish');
  const found = useMemo(() => diff(before, after), [before, after]);
  const [chosen, setChosen] = useState<string>();
  const isSame = found.added.length + found.removed.length + found.changed.size + found.flow.length === 0;
  if (isSame) return <p className="heddle-faint">{t('same')}</p>;
  const choose = (id: string | undefined) => setChosen(id === chosen ? undefined : id);
  return (
    <div className="heddle-diff">
      <div className="heddle-diff-canvases">
        {(
          [
            [beforeLabel, before],
            [afterLabel, after],
          ] as const
        ).map(([label, document]) => (
          <figure key={label} aria-label={label}>
            <figcaption>{label}</figcaption>
            <FlowViewer
              document={document}
              marks={marksOf(found)}
              {...(chosen ? { selected: chosen } : {})}
              onSelect={choose}
            />
          </figure>
        ))}
      </div>
      <ul className="heddle-diff-nodes">
        {found.flow.length > 0 ? <NodeChanges title={t('flow')} how="changed" fields={found.flow} /> : null}
        {found.added.map((id) => (
          <NodeChanges key={id} title={id} how="added" />
        ))}
        {found.removed.map((id) => (
          <NodeChanges key={id} title={id} how="removed" />
        ))}
        {[...found.changed].map(([id, fields]) => (
          <NodeChanges key={id} title={id} how="changed" fields={fields} isChosen={id === chosen} />
        ))}
      </ul>
    </div>
  );
}

function marksOf({ added, removed, changed }: FlowDiff): Readonly<Record<string, NodeMark>> {
  return Object.fromEntries([
    ...added.map((id) => [id, { change: 'added' }] as const),
    ...removed.map((id) => [id, { change: 'removed' }] as const),
    ...[...changed.keys()].map((id) => [id, { change: 'changed' }] as const),
  ]);
}

interface NodeChangesProps {
  readonly title: string;
  readonly how: 'added' | 'removed' | 'changed';
  readonly fields?: readonly FieldChange[];
  readonly isChosen?: boolean;
}

function NodeChanges({ title, how, fields = [], isChosen = false }: NodeChangesProps) {
  const { t } = useTranslation('publish');
  return (
    <li className={`heddle-change heddle-change-${how}`} aria-current={isChosen}>
      <b>{title}</b> <span className="heddle-faint">{t(how)}</span>
      {fields.length === 0 ? null : (
        <table>
          <tbody>
            {fields.map((field) => (
              <tr key={field.pointer}>
                <th scope="row">{field.pointer === '' ? '/' : field.pointer}</th>
                <td className="heddle-was">{shown(field.before)}</td>
                <td className="heddle-is">{shown(field.after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </li>
  );
}

function shown(value: unknown): string {
  const text = value === undefined ? '—' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
