import type { Problem } from '@heddle/engine/errors';
import { createStore } from 'zustand/vanilla';
import { validate } from '../api/flows.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import { joinProblems } from '../model/problems.ts';
import CheckWorker from './check.worker.ts?worker';

export interface ChecksState {
  readonly problems: readonly Problem[];
  /** The document that both checks have seen; another one on the screen is still being checked. */
  readonly checked: FlowDocument | undefined;
}

const SERVER_QUIET_MS = 350;

/**
 * Checks a document while it changes: shape and soundness at once, in a worker; what only the engine knows (the
 * services, the flow's own schemas) as soon as there is a pause. The two are shown as one list.
 */
export function createChecks() {
  const store = createStore<ChecksState>()(() => ({ problems: [], checked: undefined }));
  const worker = new CheckWorker();
  let ticket = 0;
  let latest: FlowDocument | undefined;
  let local: readonly Problem[] = [];
  let remote: readonly Problem[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  const show = (checked: FlowDocument | undefined) =>
    store.setState({ problems: joinProblems(local, remote), checked });

  worker.onmessage = ({ data }: MessageEvent<{ ticket: number; problems: readonly Problem[] }>) => {
    if (data.ticket !== ticket) return;
    local = data.problems;
    // What the engine said of an earlier document may be mended by now; it is asked again in a moment.
    if (local.length === 0 || remote.length > 0) show(store.getState().checked === latest ? latest : undefined);
    else show(undefined);
  };

  const ask = async (document: FlowDocument): Promise<void> => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    try {
      const { problems } = await validate(document, mine.signal);
      if (mine.signal.aborted || document !== latest) return;
      remote = problems;
      local = [];
      show(document);
    } catch {
      // Not to be had now: what the worker found stands, and the draft's own status says that the engine is away.
      if (!mine.signal.aborted && document === latest) show(document);
    }
  };

  return {
    state: store,
    /** Checks this document; an earlier one that is still being checked is forgotten. */
    check(document: FlowDocument): void {
      if (document === latest) return;
      latest = document;
      ticket += 1;
      worker.postMessage({ ticket, document });
      clearTimeout(timer);
      timer = setTimeout(() => void ask(document), SERVER_QUIET_MS);
    },
    close(): void {
      clearTimeout(timer);
      asking?.abort();
      worker.terminate();
    },
  };
}

export type Checks = ReturnType<typeof createChecks>;
