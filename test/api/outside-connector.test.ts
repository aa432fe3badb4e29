import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newConnector } from '@heddle/engine/commands/connector-new';
import { afterAll, expect, test } from 'vitest';
import { openHouse } from './house.ts';

const outside = mkdtempSync(join(tmpdir(), 'heddle-outside-'));
const folder = join(outside, 'heddle-connector-line');
afterAll(() => rmSync(outside, { recursive: true, force: true }));

test('a connector begun from the template passes the contract test as it is', () => {
  expect(newConnector(folder)).toBe(folder);
  // What `npm install <heddle>/connectors` does.
  mkdirSync(join(folder, 'node_modules/@heddle'), { recursive: true });
  symlinkSync(
    fileURLToPath(new URL('../../connectors', import.meta.url)),
    join(folder, 'node_modules/@heddle/connectors'),
  );
  const { NODE_OPTIONS: _, ...env } = process.env;
  const output = execFileSync(process.execPath, ['--test', '--test-reporter=tap'], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  expect(output).toMatch(/^# pass 11$/m);
  expect(output).toMatch(/^# fail 0$/m);
  expect(() => newConnector(folder)).toThrow(/there already/);
  expect(() => newConnector(join(outside, 'No Name'))).toThrow(/is no name/);
});

test('an engine that is told of it calls its services', async () => {
  const { startPeer } = await import(join(folder, 'peer.js'));
  const { address, close } = await startPeer();
  const house = await openHouse({ HEDDLE_CONNECTORS: folder });
  const operation = { readOnly: true, request: true, response: true, binding: { command: 'get' } };
  await house.engine.putService({
    id: 'quotes',
    title: 'Quotes',
    connector: 'line',
    config: { address },
    operations: { get: operation },
  });
  await house.publish({
    id: 'quote',
    start: 'ask',
    nodes: { ask: { type: 'call', service: 'quotes', operation: 'get', input: { of: 'gold' } } },
  });
  expect((await house.api.post('/flows/quote', {})).body.output).toEqual({ echo: { of: 'gold' } });
  await house.close();
  await close();
});

test.each([
  ['nowhere-at-all', /nowhere-at-all cannot be used/],
  ['./empty.mjs', /exports no connector/],
  ['./twice.mjs', /there is a connector http already/],
])('a package %s that cannot be used stops the start, by its name', async (name, message) => {
  writeFileSync(join(outside, 'empty.mjs'), 'export const nothing = 1;');
  const none = 'open(){}, configProblems(){}, bindingProblems(){}';
  writeFileSync(join(outside, 'twice.mjs'), `export const http = { protocol: 'http', ${none} };`);
  const spec = name.startsWith('.') ? join(outside, name) : name;
  await expect(openHouse({ HEDDLE_CONNECTORS: spec })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(message),
  });
});
