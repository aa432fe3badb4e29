import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callService } from './testing/call-service.ts';

const main = new URL('main.ts', import.meta.url).pathname;
let dataDir: string;
let running: ChildProcess[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bank-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(
    running
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .map((child) => stop(child, 'SIGKILL')),
  );
  rmSync(dataDir, { recursive: true });
});

function launch(port: number, data = dataDir): ChildProcess {
  const args = ['--conditions=source', '--import', 'tsx', main, '--port', String(port), '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  return child;
}

async function ready(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(line).url;
}

async function stop(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = await exited;
  return code;
}

test('says when it is ready, and ends in order on SIGTERM even while a call hangs', async () => {
  const child = launch(0);
  const url = await ready(child);
  await callService(`${url}/_bank/faults`, { method: 'PUT', body: { '*': { mode: 'hang' } } });
  const hanging = callService(`${url}/cif/customers/C0001`).catch((error: Error) => error.name);
  await expect.poll(async () => (await callService(`${url}/_bank/calls`)).body).toEqual({ 'cif.getCustomer': 1 });
  expect(await stop(child, 'SIGTERM')).toBe(0);
  expect(await hanging).toBe('TypeError');
});

test('a taken port is one line and exit code 1', async () => {
  const url = await ready(launch(0));
  const second = launch(Number(new URL(url).port), ':memory:');
  let errors = '';
  second.stderr?.on('data', (part) => {
    errors += part;
  });
  expect((await once(second, 'close'))[0]).toBe(1);
  expect(errors).toBe(`bank: port ${new URL(url).port} is taken\n`);
});

const CALLS = 400;
const CALLERS = 8;
const KILLS = 3;

test('killed at random under load, it loses no answer that it gave and repeats no effect', {
  timeout: 120_000,
}, async () => {
  const answers = new Map<number, Set<string>>();
  const debit = async (url: string, number: number) => {
    const target = `${url}/core-ledger/accounts/1001000000015101/debit`;
    const { status, text } = await callService(target, { key: `k${number}`, body: { amount: '0.01' } });
    expect(status).toBe(200);
    answers.set(number, (answers.get(number) ?? new Set()).add(text));
  };
  /** Every caller goes over all its numbers again each time, so most are repeated after a kill. */
  const load = (url: string) =>
    Promise.allSettled(
      Array.from({ length: CALLERS }, async (_, caller) => {
        for (let number = caller; number < CALLS; number += CALLERS) await debit(url, number);
      }),
    );
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = launch(0);
    const goal = answers.size + CALLS / (KILLS + 1);
    const callers = load(await ready(child));
    await expect.poll(() => answers.size, { interval: 5, timeout: 20_000 }).toBeGreaterThan(goal);
    await stop(child, 'SIGKILL');
    expect((await callers).some(({ status }) => status === 'rejected')).toBe(true);
  }
  const url = await ready(launch(0));
  expect((await load(url)).filter(({ status }) => status === 'rejected')).toEqual([]);
  expect([...answers.values()].map(({ size }) => size)).toEqual(Array.from({ length: CALLS }, () => 1));
  const { body: audit } = await callService(`${url}/_bank/audit`);
  const books = { internalBalances: { 'INT-CLEARING': '4.00' }, entries: { debit: CALLS } };
  expect(audit).toMatchObject({ ok: true, findings: [], executedMoreThanOnce: [], ...books });
  expect(audit['effects']).toMatchObject({ 'core-ledger.debit': { executions: CALLS, keys: CALLS } });
});
