import type { RunDetail } from '@heddle/engine/api/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Button } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useNow } from '../ui/use-format.ts';
import { isFinal } from './allowed.ts';
import { stateOf } from './node-status.ts';
import { evenScale, type Scale, workScale } from './scale.ts';
import { toneOf, useStatusWord } from './status.tsx';
import { type Bar, timelineOf } from './timeline.ts';

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
  const [isEven, setEven] = useState(false);
  const short = useMemo(() => workScale(timeline), [timeline]);
  const scale = isEven ? evenScale(timeline) : short;
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: timeline.bars.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  return (
    <section className="heddle-timeline" aria-label={t('timeline.label')}>
      <div className="heddle-timeline-scale">
        <span className="heddle-timeline-name">
          {t('timeline.title')}
          {short.breaks.length > 0 ? (
            <Button size="small" type="link" aria-pressed={!isEven} onClick={() => setEven(!isEven)}>
              {isEven ? t('timeline.shorten') : t('timeline.toScale')}
            </Button>
          ) : null}
        </span>
        <span className="heddle-timeline-track" aria-hidden>
          {scale.marks
            .filter(({ at }) => at <= 0.94)
            .map(({ at, ms }) => (
              <span key={ms} style={{ insetInlineStart: `${at * 100}%` }}>
                {format.duration(ms)}
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
                scale={scale}
                startedAt={timeline.from}
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
  readonly scale: Scale;
  /** Of the run, epoch ms. */
  readonly startedAt: number;
  readonly top: number;
  readonly isSelected: boolean;
  readonly onSelect: (stepId: string) => void;
}) {
  const { bar, scale, startedAt, top, isSelected, onSelect } = props;
  const { step } = bar;
  const { t } = useTranslation('runs');
  const format = useFormat();
  const word = useStatusWord();
  const took = format.duration(bar.to - bar.from);
  const label = t('timeline.bar', {
    status: word(stateOf(step)),
    after: format.duration(bar.from - startedAt),
    took,
  });
  const left = scale.at(bar.from) * 100;
  const width = scale.at(bar.to) * 100 - left;
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
        {scale.breaks.map(({ from, to }) => (
          <span
            key={from}
            className="heddle-timeline-break"
            style={{ insetInlineStart: `${from * 100}%`, width: `${(to - from) * 100}%` }}
          />
        ))}
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
