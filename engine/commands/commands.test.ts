import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../config.ts';
import type { Json } from '../errors.ts';
import type { Note } from '../kernel/index.ts';
import { type Engine, startEngine } from '../server.ts';
import { silentLog } from '../telemetry/index.ts';
import { loadFiles } from './load-files.ts';
import { pathLine } from './path.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';

let engine: Engine;
let url: string;
let folder: string;
const printed: string[] = [];

beforeAll(async () => {
  engine = await startEngine({ config: readConfig({ HEDDLE_PORT: '0' }), inMemory: true, log: silentLog });
  url = engine.url ?? '';
});
afterAll(() => engine.close());

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(String(line)));
  folder = mkdtempSync(join(tmpdir(), 'heddle-commands-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const graded = (limit: number): Json => ({
  id: 'graded',
  start: 'grade',
  nodes: {
    grade: {
      type: 'choice',
      when: [{ if: { '>=': [{ var: 'input.score' }, limit] }, next: 'good' }],
      otherwise: 'bad',
    },
    good: { type: 'end', outcome: 'good', output: { grade: 'A' } },
    bad: { type: 'fail', code: 'TOO_LOW', message: 'not enough' },
  },
});

const write = (name: string, value: unknown) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
};
const load = (part: 'flowsDir' | 'servicesDir', dir = folder) => loadFiles(engine, { ...readConfig({}), [part]: dir });

describe('run', () => {
  test('prints the path taken and the output, and succeeds', async () => {
    expect(await runCommand(graded(650), { score: 700 }, url)).toBe(0);
    expect(printed.join('\n')).toMatch(/grade#1 took when:0[\s\S]*completed \(good\)[\s\S]*"grade": "A"/);
  });

  test('prints why a run failed, and fails', async () => {
    expect(await runCommand(graded(650), { score: 600 }, url)).toBe(1);
    expect(printed.join('\n')).toMatch(/✗ .*TOO_LOW: not enough[\s\S]*failed/);
  });

  test('prints all problems of a definition, and fails', async () => {
    expect(await runCommand({ id: 'Bad', start: 'x', nodes: {} }, {}, url)).toBe(1);
    expect(printed.length).toBeGreaterThan(1);
    expect(printed[0]).toMatch(/^error \//);
  });

  test('says so when no engine answers', async () => {
    await expect(runCommand(graded(1), {}, 'http://127.0.0.1:9')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });
});

describe('replay', () => {
  const runOf = async (score: number) => {
    const { flow } = engine.check(graded(650));
    if (flow === undefined) throw new Error('unsound');
    await engine.store.definitions.publish(flow, { note: '', by: 'test' });
    const { runId } = await engine.runtime.start({ flow: { flowId: 'graded', version: 'latest' }, input: { score } });
    await engine.runtime.result(runId, 1_000);
    return runId;
  };

  test('agrees with what happened', async () => {
    expect(await replayCommand(await runOf(700), undefined, url)).toBe(0);
    expect(printed.at(-1)).toContain('completed; the store says completed');
  });

  test('shows where another version takes another path', async () => {
    const runId = await runOf(700);
    expect(await replayCommand(runId, graded(800), url)).toBe(1);
    expect(printed.some((line) => line.startsWith('- ') && line.includes('took when:0'))).toBe(true);
    expect(printed.some((line) => line.startsWith('+ ') && line.includes('took otherwise'))).toBe(true);
    expect(await replayCommand(runId, graded(600), url)).toBe(0);
    expect(printed.at(-1)).toBe('both versions take the same path');
  });

  test('refuses what it cannot replay', async () => {
    await expect(replayCommand('none', undefined, url)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(replayCommand(await runOf(1), { id: 'x' }, url)).rejects.toMatchObject({ code: 'FLOW_INVALID' });
  });
});

describe('files at start', () => {
  test('flows are published from files and from folders', async () => {
    write('plain.json', { id: 'plain', start: 'end', nodes: { end: { type: 'end' } } });
    write('folded/flow.json', { id: 'folded', start: 'end', nodes: { end: { type: 'end' } } });
    write('README.md', 'not a flow');
    await load('flowsDir');
    expect(engine.store.definitions.list().map(({ id }) => id)).toEqual(expect.arrayContaining(['plain', 'folded']));
  });

  test.each([
    { name: 'text that is no JSON', value: '{"id": ', says: 'wrong.json' },
    { name: 'a flow that is unsound', value: { id: 'x', start: 'y', nodes: {} }, says: '/start' },
  ])('$name stops the start and is named', async ({ value, says }) => {
    write('wrong.json', value);
    await expect(load('flowsDir')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(says),
    });
  });

  test('a service that is described wrongly stops the start and is named', async () => {
    write('odd.json', { id: 'odd' });
    await expect(load('servicesDir')).rejects.toMatchObject({ message: expect.stringContaining('odd.json') });
  });

  test('a directory that is not there stops the start', async () => {
    await expect(load('flowsDir', join(folder, 'none'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

test.each<{ note: Note; line: RegExp }>([
  {
    note: { kind: 'entered', id: '/a#1', node: 'a', type: 'call', at: 0 },
    line: /^00:00:00\.000 {2}→ \/a#1 \(call\)$/,
  },
  { note: { kind: 'cancelled', id: '/a#1', node: 'a', at: 0 }, line: /– \/a#1 cancelled$/ },
  { note: { kind: 'undone', id: '/a#1', node: 'a', at: 0 }, line: /↶ \/a#1 undone$/ },
  { note: { kind: 'completed', id: '/a#1', node: 'a', at: 0, output: 'x'.repeat(500) }, line: /^.{0,140}…$/ },
])('$note.kind has its line in a terminal', ({ note, line }) => {
  expect(pathLine(note)).toMatch(line);
});
