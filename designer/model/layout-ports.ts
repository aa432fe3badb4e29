import type { StepNode } from './graph.ts';
import { START_EXIT } from './graph.ts';
import type { ScopeEntry } from './graph-scope.ts';
import type { Frame, Frames, Point } from './layout.ts';

/** Where an edge leaves a node: within its box, and on which side. */
export interface Port extends Point {
  readonly exit: string;
  readonly side: 'bottom' | 'right';
}

/** The exits of a node side by side along its lower edge, routes for errors below each other at its right one. */
export function portsOf(node: StepNode, size: { readonly width: number; readonly height: number }): readonly Port[] {
  const down = node.exits.filter(({ kind }) => kind !== 'error');
  const errors = node.exits.filter(({ kind }) => kind === 'error');
  return [
    ...down.map(({ pointer }, at) => ({
      exit: pointer,
      side: 'bottom' as const,
      x: Math.round((size.width * (at + 0.5)) / down.length),
      y: size.height,
    })),
    ...errors.map(({ pointer }, at) => ({
      exit: pointer,
      side: 'right' as const,
      x: size.width,
      y: Math.round((size.height * (at + 1)) / (errors.length + 1)),
    })),
  ];
}

/** Where the edge to the first node leaves the head of a container or lane: straight above that node. */
export function entryPort(scope: ScopeEntry | undefined, frame: Frame, frames: Frames, head: number): Port {
  const first = frames.get(scope?.start ?? '');
  const x = first ? first.absolute.x - frame.absolute.x + first.width / 2 : frame.width / 2;
  return { exit: START_EXIT, side: 'bottom', x: Math.min(Math.max(x, 12), frame.width - 12), y: head };
}
