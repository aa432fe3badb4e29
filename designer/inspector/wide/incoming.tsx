import { CaretDownOutlined, CaretRightOutlined, HolderOutlined } from '@ant-design/icons';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { placesOf } from '../../model/data-place.ts';
import { sampleAt } from '../../model/data-sample.ts';
import { entriesBelow, type PathEntry } from '../../model/reach-tree.ts';
import { useText } from '../../ui/text.ts';
import { usePlace } from '../scene.ts';
import { shortJson } from '../value/resolved.tsx';
import { DRAGGED_PATH } from '../value/value-widget.tsx';

/** What this step can read, with types and the data of the last run. Lines can be dragged into fields. */
export function Incoming({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation('inspector');
  const place = usePlace(atNode);
  const entries = useMemo(() => entriesBelow(place.reach), [place.reach]);
  return (
    <>
      <p className="heddle-i-hint">{t(place.samples.input === undefined ? 'wide.samples' : 'wide.lastRun')}</p>
      <ul className="heddle-i-incoming">
        {entries.map((entry) => (
          <Line key={entry.path} entry={entry} nodeId={nodeId} open />
        ))}
      </ul>
    </>
  );
}

const atNode: readonly string[] = [];

function Line(props: { readonly entry: PathEntry; readonly nodeId: string; readonly open?: boolean }) {
  const { t } = useTranslation('inspector');
  const text = useText();
  const place = usePlace(atNode);
  const { entry, nodeId } = props;
  const isStep = /^steps\.[^.]+$/.test(entry.path);
  const isNearest = isStep && entry.name === place.reach.steps[0];
  const [open, setOpen] = useState((props.open ?? false) || isNearest);
  const inner = useMemo(
    () => (open && entry.hasChildren ? entriesBelow(place.reach, entry.path) : []),
    [open, entry, place.reach],
  );
  const title = isStep ? text(placesOf(place.document).get(entry.name)?.node['title']) : entry.title;
  const isGroup = entry.path === 'steps' || entry.path === 'vars';
  return (
    <li>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dragging is a shortcut; fields have a picker for the keyboard */}
      <div
        className="heddle-i-incoming-line"
        draggable={!isGroup}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED_PATH, entry.path);
          event.dataTransfer.setData('text/plain', entry.path);
          event.dataTransfer.effectAllowed = 'copyLink';
        }}
        title={entry.path}
      >
        {entry.hasChildren ? (
          <button
            type="button"
            className="heddle-i-icon"
            aria-expanded={open}
            aria-label={t('wide.expand', { path: entry.path })}
            onClick={() => setOpen(!open)}
          >
            {open ? <CaretDownOutlined aria-hidden="true" /> : <CaretRightOutlined aria-hidden="true" />}
          </button>
        ) : (
          <span className="heddle-i-incoming-grip">
            <HolderOutlined aria-hidden="true" />
          </span>
        )}
        <span className="heddle-i-path-name">
          {entry.name}
          {entry.certain ? null : <span title={t('path.maybe')}>{'?'}</span>}
        </span>
        <span className="heddle-i-path-type">
          {t(`types.${entry.type}` as 'types.any', { defaultValue: entry.type })}
        </span>
        <span className="heddle-i-path-sample">
          {title ?? (open && entry.hasChildren ? '' : shortJson(sampleAt(entry.path, place)))}
        </span>
      </div>
      {inner.length > 0 ? (
        <ul>
          {inner.map((child) => (
            <Line key={child.path} entry={child} nodeId={nodeId} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}
