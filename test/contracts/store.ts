import type { Flow } from '@heddle/engine/definition/index';
import type { Database } from '@heddle/engine/store/database';
import { openStore, type Store } from '@heddle/engine/store/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { flowOf } from './examples.ts';

/** A database of its own for each test; `reopen` gives the same one as another process would find it. */
export interface StoreSubject {
  readonly database: Database;
  reopen(): Promise<Database>;
  close(): Promise<void>;
}

/** The tests that the store has to pass on every database. Call it in a test file of its own. */
export function storeContract(name: string, open: () => Promise<StoreSubject>): void {
  describe(`the store on ${name}`, () => {
    let subject: StoreSubject;
    let store: Store;
    let now: number;

    beforeEach(async () => {
      now = 1_000;
      subject = await open();
      store = await openStore(subject.database, () => now);
    });
    afterEach(() => subject.close());

    const reopened = async () => openStore(await subject.reopen(), () => now);
    const publish = (flow: Flow, by = 'li') => store.definitions.publish(flow, { note: 'n', by });

    test('a published flow is current, also for who comes later', async () => {
      const version = await publish(flow('one'));
      expect(version).toMatchObject({ number: 1, current: true, publishedAt: 1_000, publishedBy: 'li' });
      const later = await reopened();
      expect(later.definitions.currentFlow('one')).toEqual(flow('one'));
      expect(later.definitions.currentVersion('one')).toBe(version.version);
    });

    test('versions are numbered, and the same content again is the same version', async () => {
      const first = await publish(flow('one', 'a'));
      const second = await publish(flow('one', 'b'));
      expect((await publish(flow('one', 'a'))).version).toBe(first.version);
      const versions = await store.definitions.versionsOf('one');
      expect(versions.map(({ number, current }) => [number, current])).toEqual([
        [2, false],
        [1, true],
      ]);
      expect(await store.definitions.definition('one', second.version)).toEqual(flow('one', 'b'));
      expect(await store.definitions.definition('one', 'none')).toBeUndefined();
    });

    test('who listens hears of every publishing', async () => {
      const heard: string[] = [];
      store.definitions.onPublish(({ id }) => heard.push(id));
      await publish(flow('one'));
      await publish(flow('two'));
      expect(heard).toEqual(['one', 'two']);
      expect(store.definitions.list().map(({ id }) => id)).toEqual(['one', 'two']);
    });

    test('a draft is saved only over the revision that its author has seen', async () => {
      const save = (revision: number, by: string) => store.definitions.saveDraft('one', { by }, revision, by);
      expect((await save(0, 'li')).revision).toBe(1);
      await expect(save(0, 'wu')).rejects.toMatchObject({ code: 'DRAFT_CONFLICT', details: { revision: 1 } });
      expect((await save(1, 'wu')).revision).toBe(2);
      await expect(save(1, 'li')).rejects.toMatchObject({ details: { revision: 2, updatedBy: 'wu' } });
      expect(await store.definitions.draft('one')).toMatchObject({ definition: { by: 'wu' }, updatedAt: 1_000 });
      expect(await store.definitions.deleteDraft('one')).toBe(true);
      expect(await store.definitions.deleteDraft('one')).toBe(false);
    });

    test('of many who save over one revision, one wins', async () => {
      const saves = Array.from({ length: 10 }, (_, index) =>
        store.definitions.saveDraft('one', { index }, 0, `u${index}`),
      );
      const settled = await Promise.allSettled(saves);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('services are kept until they are removed', async () => {
      await store.services.save('b', { id: 'b' });
      await store.services.save('a', { id: 'a', v: 1 });
      await store.services.save('a', { id: 'a', v: 2 });
      const later = await reopened();
      expect(await later.services.all()).toEqual([{ id: 'a', v: 2 }, { id: 'b' }]);
      await later.services.remove('a');
      expect(await later.services.all()).toEqual([{ id: 'b' }]);
    });

    test('the audit is in order, newest first, page by page', async () => {
      for (const subjectName of ['a', 'b', 'c'])
        await store.audit.write({ actor: 'li', action: 'thing.do', subject: subjectName, details: { n: 1 } });
      const page = await store.audit.list(2);
      expect(page.map(({ subject: name }) => name)).toEqual(['c', 'b']);
      expect((await store.audit.list(2, page.at(-1)?.id)).map(({ subject: name }) => name)).toEqual(['a']);
      expect(page[0]).toMatchObject({ actor: 'li', action: 'thing.do', at: 1_000, details: { n: 1 } });
    });

    test('publishing is audited in the same commit', async () => {
      await publish(flow('one'), 'wu');
      expect(await store.audit.list(1)).toMatchObject([{ actor: 'wu', action: 'flow.publish', subject: 'one' }]);
    });

    test('writes that belong together fail together', async () => {
      const insert = (key: string) => subject.database.query.insertInto('meta').values({ key, value: '1' }).compile();
      await expect(subject.database.atomic([insert('x'), insert('y'), insert('x')])).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      });
      const found = await subject.database.query
        .selectFrom('meta')
        .select('key')
        .where('key', 'in', ['x', 'y'])
        .execute();
      expect(found).toEqual([]);
    });

    test('texts come back as they were, whatever is in them', async () => {
      const text = '织云 \u0000 \u{1F9F5} \' " \\ ; DROP TABLE flows; --';
      await store.services.save('odd', { text });
      expect(await store.services.all()).toEqual([{ text }]);
    });

    test('opening again migrates nothing twice', async () => {
      await publish(flow('one'));
      const schema = (database: Database) =>
        database.query.selectFrom('meta').select('value').where('key', '=', 'schema').execute();
      const before = await schema(subject.database);
      const database = await subject.reopen();
      await openStore(database, () => now);
      expect(await schema(database)).toEqual(before);
    });

    test('a closed database refuses at once, and can be closed again', async () => {
      await subject.database.close();
      await subject.database.close();
      await expect(store.services.all()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(store.services.save('a', {})).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });

    test('what nobody has made is not there', async () => {
      await expect(store.tasks.get('none')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
      await expect(store.tasks.claim('none', 'li')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
      expect(await store.runs.get('none')).toBeUndefined();
      expect(await store.runs.list({ limit: 10 })).toEqual([]);
      expect(await store.definitions.draft('none')).toBeUndefined();
    });
  });
}

const flow = (id: string, title = 'x') => flowOf({ id, title, start: 'end', nodes: { end: { type: 'end' } } });
