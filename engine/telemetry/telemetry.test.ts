import { expect, test } from 'vitest';
import { childTrace, createLog, createMetrics, formatTraceparent, parseTraceparent, startTrace } from './index.ts';

function logInto(lines: string[], level?: 'debug' | 'info' | 'warn') {
  return createLog({ ...(level && { level }), destination: { write: (line: string) => void lines.push(line) } });
}

test('a line is JSON with level, time, fields and message', () => {
  const lines: string[] = [];
  logInto(lines).child({ runId: 'r1' }).warn({ code: 'SERVICE_ERROR', durationMs: 12 }, 'call failed');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    runId: 'r1',
    code: 'SERVICE_ERROR',
    durationMs: 12,
    msg: 'call failed',
  });
});

test('what is below the level is not written', () => {
  const lines: string[] = [];
  const log = logInto(lines, 'warn');
  log.debug({}, 'no');
  log.info({}, 'no');
  log.warn({}, 'yes');
  expect(lines).toHaveLength(1);
});

test('bodies and secrets do not get into the log, nor through an error that carries them', () => {
  const lines: string[] = [];
  const error = Object.assign(new Error('outer', { cause: Object.assign(new Error('inner'), { body: 'hunter2' }) }), {
    code: 'E1',
    details: { body: 'hunter2' },
  });
  logInto(lines).error(
    { err: error, body: 'hunter2', request: { headers: 'hunter2', path: '/x' }, password: 'hunter2' },
    'failed',
  );
  expect(lines[0]).not.toContain('hunter2');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: { name: 'Error', code: 'E1', message: 'outer', cause: { message: 'inner' } },
    request: { path: '/x' },
  });
});

test('metrics are read in the Prometheus format', async () => {
  const metrics = createMetrics();
  metrics.call('cif', 'get').done('ok', 12);
  metrics.call('cif', 'get').done('ok', 3_000);
  metrics.call('cif', 'get').done('SERVICE_ERROR', 1);
  metrics.run('loan').started();
  metrics.run('loan').finished('completed', 80);
  metrics.journalCommitted(17, 0.4);
  let depth = 3;
  metrics.queue('starts', () => depth);
  depth = 5;
  const { contentType, text } = await metrics.read();
  expect(contentType).toContain('text/plain');
  for (const line of [
    'heddle_call_duration_seconds_count{service="cif",operation="get",outcome="ok"} 2',
    'heddle_call_duration_seconds_bucket{le="0.025",service="cif",operation="get",outcome="ok"} 1',
    'heddle_call_duration_seconds_count{service="cif",operation="get",outcome="SERVICE_ERROR"} 1',
    'heddle_runs_started_total{flow="loan"} 1',
    'heddle_run_duration_seconds_count{flow="loan",status="completed"} 1',
    'heddle_journal_records_total 17',
    'heddle_journal_commit_duration_seconds_bucket{le="0.0005"} 1',
    'heddle_queue_depth{queue="starts"} 5',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test('meters are made once per label set', () => {
  const metrics = createMetrics();
  expect(metrics.call('a', 'b')).toBe(metrics.call('a', 'b'));
  expect(metrics.call('a', 'b')).not.toBe(metrics.call('ab', ''));
});

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('a traceparent is read and written back', () => {
  const trace = parseTraceparent(parent);
  expect(trace).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', isSampled: true });
  expect(trace && formatTraceparent(trace)).toBe(parent);
  expect(parseTraceparent(parent.replace(/^00/, 'cc').concat('-later'))).toEqual(trace);
});

test.each([
  '',
  'x',
  parent.toUpperCase(),
  `${parent}-more`,
  parent.replace(/^00/, 'ff'),
  parent.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
  parent.replace('b7ad6b7169203331', '0'.repeat(16)),
  ` ${parent}`,
])('%j is no traceparent', (header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test('a child keeps the trace and has its own id; ids come from the randomness that is passed in', () => {
  const random = (bytes: Uint8Array) => bytes.fill(0xab);
  const start = startTrace(random, true);
  expect(formatTraceparent(start)).toBe(`00-${'ab'.repeat(16)}-${'ab'.repeat(8)}-01`);
  const child = childTrace(start, (bytes) => bytes.fill(0));
  expect(child).toEqual({ traceId: 'ab'.repeat(16), spanId: '0000000000000001', isSampled: true });
});
