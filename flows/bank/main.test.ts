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

test('killed at random under load, it loses no answer that it gave and repeats no effect', async () => {
  const accountNo = '1001000000015101';
  const answers = new Map<number, string>();
  const amount = '0.01';
  const total = 600;
  let sent = 0;
  for (let round = 0; round < 3; round += 1) {
    const child = launch(0);
    const url = await ready(child);
    const one = async (number: number) => {
      const { status, text } = await callService(`${url}/core-ledger/accounts/${accountNo}/debit`, {
        key: `k${number}`,
        body: { amount },
      });
      if (status !== 200) throw new Error(text);
      expect(text).toBe(answers.get(number) ?? text);
      answers.set(number, text);
    };
    // Eight callers; each goes over all numbers that came before as well, so most are repeated across the kills.
    const callers = Promise.allSettled(
      Array.from({ length: 8 }, async (_, caller) => {
        for (let number = caller; number < total; number += 8) {
          sent += 1;
          await one(number);
        }
      }),
    );
    const answeredBefore = answers.size;
    await expect.poll(() => answers.size, { interval: 5, timeout: 10_000 }).toBeGreaterThan(answeredBefore + 100);
    await stop(child, 'SIGKILL');
    const outcomes = await callers;
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  }
  const url = await ready(launch(0));
  for (let number = 0; number < total; number += 1) {
    const { text, status } = await callService(`${url}/core-ledger/accounts/${accountNo}/debit`, {
      key: `k${number}`,
      body: { amount },
    });
    expect(status).toBe(200);
    expect(text).toBe(answers.get(number) ?? text);
  }
  const { body: audit } = await callService(`${url}/_bank/audit`);
  expect(audit).toMatchObject({
    ok: true,
    findings: [],
    internalBalances: { 'INT-CLEARING': '6.00' },
    entries: { debit: total },
  });
  expect(audit['effects']).toMatchObject({ 'core-ledger.debit': { executions: total, keys: total } });
  expect(sent).toBeGreaterThan(total / 2);
});
