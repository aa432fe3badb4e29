import { createStore, type StoreApi } from 'zustand/vanilla';

/** What is to be seen on a node beside the flow itself: how a run went there, what differs, what is wrong. */
export interface NodeMark {
  readonly status?: 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled' | 'compensated' | 'skipped' | 'mocked';
  readonly attempts?: number;
  readonly change?: 'added' | 'removed' | 'changed';
  readonly problem?: 'error' | 'warning';
  readonly breakpoint?: boolean;
  readonly current?: boolean;
  /** JSON pointer of the exit by which it was left; default: `/next` once it is completed. */
  readonly exit?: string;
}

export type NodeMarks = { readonly [nodeId: string]: NodeMark };

/** Marks live outside of the document, and a card follows only its own. */
export type Marks = StoreApi<{ readonly marks: NodeMarks }> & {
  /** Replaces all marks, at the next frame: of what comes within one frame only the last is shown. */
  readonly show: (marks: NodeMarks) => void;
};

export function createMarks(marks: NodeMarks = {}): Marks {
  const store = createStore<{ readonly marks: NodeMarks }>()(() => ({ marks }));
  let next: NodeMarks | undefined;
  const show = (marks: NodeMarks): void => {
    const isWaiting = next !== undefined;
    next = marks;
    if (isWaiting) return;
    requestAnimationFrame(() => {
      const known = store.getState().marks;
      if (next) store.setState({ marks: kept(known, next) });
      next = undefined;
    });
  };
  return Object.assign(store, { show });
}

/** The new marks, in which those that are as before keep their identity, so that their cards are left alone. */
function kept(before: NodeMarks, after: NodeMarks): NodeMarks {
  return Object.fromEntries(
    Object.entries(after).map(([id, mark]) => {
      const known = before[id];
      return [id, known && JSON.stringify(known) === JSON.stringify(mark) ? known : mark];
    }),
  );
}

/** The exit that a run calls `when:0`, `otherwise` or `next`, as a JSON pointer. */
export function exitOfPort(port: string): string {
  if (port.startsWith('/')) return port;
  const [list, at] = port.split(':');
  return at === undefined ? `/${port}` : `/${list}/${at}/next`;
}
