import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api/client.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import { createDraftSaver, type SavedDraft } from './draft-saver.ts';

const flow = (title: string): FlowDocument => ({ id: 'f', title, start: '', nodes: {} });

/** A server that keeps one draft with optimistic locking. */
function server(first: SavedDraft) {
  let kept = first;
  const refusals: ApiError[] = [];
  return {
    kept: () => kept,
    put: (definition: FlowDocument) => {
      kept = { ...kept, definition, revision: kept.revision + 1 };
    },
    refuseNext: (error: ApiError) => refusals.push(error),
    save: async (definition: FlowDocument, revision: number) => {
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      if (revision !== kept.revision) throw new ApiError(409, { code: 'DRAFT_CONFLICT' });
      kept = { ...kept, definition, revision: revision + 1 };
      return kept;
    },
    load: async () => kept,
  };
}

function setup() {
  const remote = server({ definition: flow('a'), revision: 3, updatedAt: 1, updatedBy: 'li' });
  const backups: (FlowDocument | undefined)[] = [];
  const saver = createDraftSaver({
    document: flow('a'),
    revision: 3,
    save: remote.save,
    load: remote.load,
    backup: (document) => backups.push(document),
  });
  return { remote, saver, backups };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('saves the latest document once, after a pause', async () => {
  const { remote, saver } = setup();
  saver.changed(flow('b'));
  saver.changed(flow('c'));
  expect(saver.state.getState().kind).toBe('unsaved');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saver.state.getState()).toMatchObject({ kind: 'saved', revision: 4 });
  expect(remote.kept()).toMatchObject({ revision: 4, definition: { title: 'c' } });
});

test('stops at a conflict, shows the other side, and overwrites only when told to', async () => {
  const { remote, saver, backups } = setup();
  remote.put(flow('theirs'));
  saver.changed(flow('mine'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saver.state.getState()).toMatchObject({ kind: 'conflict', theirs: { definition: { title: 'theirs' } } });
  saver.changed(flow('mine, more'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(remote.kept().definition['title']).toBe('theirs');
  expect(backups.at(-1)).toMatchObject({ title: 'mine, more' });
  await saver.settle('mine');
  expect(remote.kept()).toMatchObject({ revision: 5, definition: { title: 'mine, more' } });
  expect(saver.state.getState().kind).toBe('saved');
});

test('goes on from the other side when that is chosen', async () => {
  const { remote, saver } = setup();
  remote.put(flow('theirs'));
  saver.changed(flow('mine'));
  await vi.advanceTimersByTimeAsync(1_000);
  await saver.settle('theirs');
  saver.changed(flow('theirs, then mine'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(remote.kept()).toMatchObject({ revision: 5, definition: { title: 'theirs, then mine' } });
});

test('tries again when the engine was away, and keeps a copy until it is saved', async () => {
  const { remote, saver, backups } = setup();
  remote.refuseNext(new ApiError(0, { detail: 'refused' }));
  saver.changed(flow('b'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saver.state.getState()).toMatchObject({ kind: 'unsaved', error: 'NETWORK: refused' });
  expect(backups.at(-1)).toMatchObject({ title: 'b' });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(saver.state.getState().kind).toBe('saved');
  expect(backups.at(-1)).toBeUndefined();
});
