import { createStore } from 'zustand/vanilla';
import { ApiError } from '../api/client.ts';
import type { FlowDocument } from '../model/flow-document.ts';

export interface SavedDraft {
  readonly definition: FlowDocument;
  readonly revision: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/**
 * - `saved`: the server has what is on the screen
 * - `unsaved`: a change waits to be saved, or saving failed and is tried again (`error` says why)
 * - `conflict`: somebody else has saved since (`theirs`); nothing is saved until one side is chosen
 */
export type DraftState =
  | { readonly kind: 'saved'; readonly revision: number; readonly at?: number }
  | { readonly kind: 'unsaved'; readonly revision: number; readonly saving: boolean; readonly error?: string }
  | { readonly kind: 'conflict'; readonly revision: number; readonly theirs: SavedDraft };

export interface DraftSaverOptions {
  readonly document: FlowDocument;
  /** Of the draft that was loaded; 0 when there is none yet. */
  readonly revision: number;
  /** Resolves to what the server keeps. @throws {ApiError} `DRAFT_CONFLICT` if `revision` is not the latest. */
  readonly save: (document: FlowDocument, revision: number) => Promise<SavedDraft>;
  readonly load: () => Promise<SavedDraft>;
  /** Keeps what is not saved yet in this browser, until it is. */
  readonly backup: (document: FlowDocument | undefined, revision: number) => void;
  /** Pause in typing after which a change is saved. Default 600. */
  readonly quietMs?: number;
}

const RETRY_MS = 3_000;

/** Saves a draft while it is edited: one request at a time, the latest document last, nothing overwritten unasked. */
export function createDraftSaver(options: DraftSaverOptions) {
  const { save, load, backup, quietMs = 600 } = options;
  const store = createStore<DraftState>()(() => ({ kind: 'saved', revision: options.revision }));
  let document = options.document;
  let saved = options.document;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void flush(), ms);
  };

  const send = async (): Promise<void> => {
    const sending = document;
    const { revision } = store.getState();
    store.setState({ kind: 'unsaved', revision, saving: true }, true);
    try {
      const answer = await save(sending, revision);
      saved = sending;
      if (document === sending) {
        backup(undefined, answer.revision);
        store.setState({ kind: 'saved', revision: answer.revision, at: answer.updatedAt }, true);
      } else {
        store.setState({ kind: 'unsaved', revision: answer.revision, saving: false }, true);
        schedule(quietMs);
      }
    } catch (error) {
      if (error instanceof ApiError && error.code === 'DRAFT_CONFLICT') {
        store.setState({ kind: 'conflict', revision, theirs: await load() }, true);
        return;
      }
      const message = error instanceof ApiError ? `${error.code}: ${error.message}` : String(error);
      store.setState({ kind: 'unsaved', revision, saving: false, error: message }, true);
      schedule(RETRY_MS);
    }
  };

  /** Saves now what waits to be saved. Resolves when it has been tried; `state` tells what came of it. */
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    await running;
    if (store.getState().kind === 'conflict' || document === saved) return;
    running = send().catch((error: unknown) => {
      const { revision } = store.getState();
      store.setState({ kind: 'unsaved', revision, saving: false, error: String(error) }, true);
      schedule(RETRY_MS);
    });
    await running;
    running = undefined;
  };

  return {
    state: store,
    /** Takes the document as it is now; it is saved after a pause. */
    changed(next: FlowDocument): void {
      if (next === document) return;
      document = next;
      const state = store.getState();
      backup(document, state.revision);
      if (state.kind === 'conflict') return;
      store.setState({ kind: 'unsaved', revision: state.revision, saving: running !== undefined }, true);
      schedule(quietMs);
    },
    flush,
    /** Ends a conflict: `mine` replaces what the others saved; `theirs` only goes on from it, the caller shows it. */
    async settle(choice: 'mine' | 'theirs'): Promise<void> {
      const state = store.getState();
      if (state.kind !== 'conflict') return;
      const { theirs } = state;
      if (choice === 'theirs') {
        document = theirs.definition;
        saved = theirs.definition;
        backup(undefined, theirs.revision);
        store.setState({ kind: 'saved', revision: theirs.revision, at: theirs.updatedAt }, true);
        return;
      }
      store.setState({ kind: 'unsaved', revision: theirs.revision, saving: false }, true);
      await flush();
    },
    close(): void {
      closed = true;
      clearTimeout(timer);
    },
  };
}

export type DraftSaver = ReturnType<typeof createDraftSaver>;
