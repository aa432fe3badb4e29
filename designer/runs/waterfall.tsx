import type { RunDetail } from '@heddle/engine/api/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useNow } from '../ui/use-format.ts';
import { isFinal } from './allowed.ts';
import { stateOf } from './node-status.ts';
import { toneOf, useStatusWord } from './status.tsx';
import { type Bar, type Timeline, timelineOf } from './timeline.ts';

const ROW_PX = 26;

/** The steps of a run to scale: what ran beside what, and how long it took. Only rows in sight are drawn. */
export function Waterfall(props: {
  readonly run: RunDetail;
  readonly selected: string | undefined;
  readonly onSelect: (stepId: string) => void;
}) {
  const { run, selected, onSelect } = props;
  const { t } = useTranslation('runs');
  const format = useFormat();
  const isOpen = !isFinal(run.status);
  const now = useNow(isOpen ? 1_000 : 0);
  const timeline = useMemo(() => timelineOf(run, isOpen ? now : undefined), [run, isOpen, now]);
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: timeline.bars.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  return (
    <section className="heddle-timeline" aria-label={t('timeline.label')}>
      <div className="heddle-timeline-scale" aria-hidden>
        <span className="heddle-timeline-name">{t('timeline.title')}</span>
        <span className="heddle-timeline-track">
          {timeline.ticks
            .filter((tick) => tick <= 0.94 * (timeline.to - timeline.from))
            .map((tick) => (
              <span key={tick} style={{ insetInlineStart: `${(tick / (timeline.to - timeline.from)) * 100}%` }}>
                {format.duration(tick)}
              </span>
            ))}
        </span>
      </div>
      <div className="heddle-timeline-rows" ref={scroll}>
        {timeline.bars.length === 0 ? <p className="heddle-faint">{t('timeline.empty')}</p> : null}
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const bar = timeline.bars[index];
            return bar === undefined ? null : (
              <Row
                key={bar.step.id}
                bar={bar}
                timeline={timeline}
                top={start}
                isSelected={bar.step.id === selected}
                onSelect={onSelect}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

function Row(props: {
  readonly bar: Bar;
  readonly timeline: Timeline;
  readonly top: number;
  readonly isSelected: boolean;
  readonly onSelect: (stepId: string) => void;
}) {
  const { bar, timeline, top, isSelected, onSelect } = props;
  const { step } = bar;
  const { t } = useTranslation('runs');
  const format = useFormat();
  const word = useStatusWord();
  const length = timeline.to - timeline.from;
  const took = format.duration(bar.to - bar.from);
  const label = t('timeline.bar', {
    status: word(stateOf(step)),
    after: format.duration(bar.from - timeline.from),
    took,
  });
  const left = ((bar.from - timeline.from) / length) * 100;
  const width = ((bar.to - bar.from) / length) * 100;
  return (
    <button
      type="button"
      className="heddle-timeline-row"
      style={{ transform: `translateY(${top}px)` }}
      aria-pressed={isSelected}
      title={label}
      onClick={() => onSelect(step.id)}
    >
      <span className="heddle-timeline-name" style={{ paddingInlineStart: 16 + bar.depth * 10 }}>
        {step.node}
        <span className="heddle-unseen">{label}</span>
        {step.attempts > 1 ? <small>{t('timeline.attempts', { count: step.attempts })}</small> : null}
      </span>
      <span className="heddle-timeline-track">
        <span
          className="heddle-timeline-bar"
          data-tone={toneOf(stateOf(step))}
          data-open={bar.isOpen}
          style={{ insetInlineStart: `${left}%`, width: `max(${width}%, 3px)` }}
        />
        <span
          className="heddle-timeline-took"
          style={left + width > 80 ? { insetInlineEnd: `${100 - left}%` } : { insetInlineStart: `${left + width}%` }}
        >
          {took}
        </span>
      </span>
    </button>
  );
}
