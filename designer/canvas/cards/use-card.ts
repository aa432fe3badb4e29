import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { GraphNode } from '../../model/graph.ts';
import { typeOf } from '../../model/graph-node.ts';
import { detailOf, titleOf } from '../../model/graph-text.ts';
import { usePreferences } from '../../ui/preferences.ts';
import { type Canvas, useCanvas, useMoment } from '../canvas-context.ts';

/** What every card does: takes the keyboard's focus when it is its turn, and shows what is dragged above it. */
export function useCard(id: string) {
  const ref = useRef<HTMLDivElement>(null);
  const isFocused = useMoment((state) => state.focused === id);
  const call = useMoment((state) => (state.focused === id ? state.focusCall : 0));
  const dropKind = useMoment((state) => (state.drop?.shown === id ? state.drop.spot.kind : undefined));
  const isDim = useMoment((state) => state.targets !== undefined && !state.targets.has(id));
  useEffect(() => {
    if (call > 0) ref.current?.focus({ preventScroll: true });
  }, [call]);
  return {
    ref,
    isFocused,
    dropKind,
    attributes: {
      tabIndex: isFocused ? 0 : -1,
      ...(dropKind ? { 'data-drop': dropKind } : {}),
      ...(isDim ? { 'data-dim': true } : {}),
    },
  };
}

/** What a screen reader says of a node; where it stands and what comes next only of the one that has the focus. */
export function useSpoken(node: GraphNode, isFocused: boolean): string {
  const { t } = useTranslation('canvas');
  const language = usePreferences((state) => state.language);
  const canvas = useCanvas();
  if (node.kind !== 'step' && node.kind !== 'container') return '';
  const { draft } = node;
  const type = typeOf(draft.type)?.label.title[language] ?? t('card.unknown', { type: String(draft.type) });
  const title = titleOf(draft, language);
  const detail = detailOf(draft);
  const name = detail === '' ? t('card.label', { type, title }) : t('card.detail', { type, title, detail });
  if (!isFocused) return name;
  return [name, ...placeOf(node, canvas, { t, language })].join(', ');
}

function placeOf(
  node: GraphNode,
  canvas: Canvas,
  { t, language }: { readonly t: ReturnType<typeof useTranslation<'canvas'>>['t']; readonly language: 'en' | 'zh' },
): string[] {
  const { graph } = canvas.view.getState();
  const steps = [...graph.nodes.values()].filter(({ kind }) => kind === 'step' || kind === 'container');
  const next = graph.edges.flatMap(({ source, target, exit }) => {
    const to = graph.nodes.get(target);
    return source === node.id && exit !== 'start' && to && 'draft' in to && to.kind !== 'lane'
      ? [titleOf(to.draft, language)]
      : [];
  });
  return [
    t('card.place', { at: steps.findIndex(({ id }) => id === node.id) + 1, count: steps.length }),
    next.length === 0 ? t('card.end') : t('card.next', { next: next.join(', ') }),
  ];
}
