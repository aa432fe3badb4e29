import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Json } from '@heddle/engine/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, read } from '../api/house.ts';
import { hasPrism, type Prism, startPrism } from './prism.ts';

// A document that somebody else wrote, served by a mock that somebody else wrote: what a flow makes of its answers and
// of its refusals, and how often the service is asked. `Prefer` is how Prism is told what to answer.

const require = createRequire(import.meta.url);
const examples = dirname(require.resolve('@readme/oas-examples/package.json'));
const documents = {
  trains: join(examples, '3.1/yaml/train-travel.yaml'),
  // Its 429 says no `Retry-After`.
  statuses: join(examples, '3.0/json/http-status-codes.json'),
};
const policy = { timeoutMs: 5_000, retry: { attempts: 3, delayMs: 10 }, breaker: false };

let house: House;
let prisms: Prism[] = [];

const calling = (operation: string, input: Json, next: string) => ({
  type: 'call',
  service: 'trains',
  operation,
  input,
  next,
  onError: [
    { code: 'SERVICE_REFUSED', next: 'refused' },
    { code: 'SERVICE_OVERLOADED', next: 'later' },
    { code: 'SERVICE_ERROR', next: 'broken' },
    { code: '*', next: 'away' },
  ],
});
const ends = Object.fromEntries(
  ['refused', 'later', 'broken', 'away'].map((outcome) => [
    outcome,
    {
      type: 'end',
      outcome,
      output: {
        code: read('error.code'),
        ...Object.fromEntries(
          ['status', 'retryAfterMs', 'attempts'].map((name) => [name, { $: { var: [`error.details.${name}`, null] } }]),
        ),
      },
    },
  ]),
);

/** The service as it was imported, with a header that every call carries and a policy. */
async function set(prefer: string | undefined, more: { readonly [part: string]: Json } = policy): Promise<void> {
  for (const id of ['trains', 'statuses']) {
    const { revision: _revision, usedBy: _usedBy, ...description } = (await house.api.get(`/services/${id}`)).body;
    const headers = {
      // Of the one only: a secret goes to the service that it was granted to.
      ...(id === 'trains' && { Authorization: { secret: 'TRAINS' } }),
      ...(prefer !== undefined && { Prefer: prefer }),
    };
    const { status, body } = await house.api.put(`/services/${id}`, {
      ...description,
      config: { ...description.config, headers },
      policy: more,
    });
    expect([status, body.problems ?? [], body.breaks]).toEqual([200, [], []]);
  }
}

describe.skipIf(!hasPrism())('a service that Prism mocks', () => {
  beforeAll(async () => {
    prisms = await Promise.all([startPrism(documents.trains), startPrism(documents.statuses)]);
    house = await openHouse();
    expect((await house.api.put('/secrets/TRAINS', { value: 'Bearer t' })).status).toBeLessThan(300);
    for (const [index, [id, file]] of Object.entries(documents).entries()) {
      const baseUrl = prisms[index]?.url ?? '';
      const text = readFileSync(file, 'utf8');
      const { status, body } = await house.api.post('/services/import', { id, text, baseUrl, dryRun: false });
      expect([status, body.problems ?? []]).toEqual([200, []]);
    }
    await house.publish({
      id: 'journey',
      start: 'stations',
      nodes: {
        stations: calling('get-stations', {}, 'trips'),
        trips: calling(
          'get-trips',
          {
            origin: read('steps.stations.data.0.id'),
            destination: read('steps.stations.data.1.id'),
            date: read('input.date'),
          },
          'book',
        ),
        book: calling(
          'create-booking',
          { trip_id: read('steps.trips.data.0.id'), passenger_name: read('input.name') },
          'pay',
        ),
        pay: calling(
          'create-booking-payment',
          {
            bookingId: read('steps.book.id'),
            amount: read('steps.trips.data.0.price'),
            currency: 'gbp',
            source: {
              object: 'card',
              name: 'J. Doe',
              number: '4242424242424242',
              cvc: 123,
              exp_month: 12,
              exp_year: 2030,
              address_country: 'gb',
            },
          },
          'done',
        ),
        done: {
          type: 'end',
          outcome: 'paid',
          output: { booking: read('steps.book.id'), paid: read('steps.pay.amount') },
        },
        ...ends,
      },
    });
    await house.publish({
      id: 'asks',
      start: 'ask',
      nodes: { ask: { ...calling('getStatus429', {}, 'done'), service: 'statuses' }, done: { type: 'end' }, ...ends },
    });
  }, 90_000);
  afterAll(async () => {
    await house?.close();
    await Promise.all(prisms.map((prism) => prism.stop()));
  });

  const travel = async () =>
    (await house.api.post('/flows/journey?wait=15s', { date: '2026-03-01T09:00:00Z', name: 'Wang' })).body;
  const asked = async (index = 0) => (await prisms[index]?.asked()) ?? [];

  test('a flow goes through it by what its answers say', async () => {
    await set(undefined);
    const body = await travel();
    expect([body.status, body.outcome, body.output, body.detail]).toEqual([
      'completed',
      'paid',
      { booking: expect.stringMatching(/^[0-9a-f-]{36}$/), paid: 49.99 },
      undefined,
    ]);
    expect(await asked()).toEqual([
      'get /stations',
      'get /trips',
      'post /bookings',
      `post /bookings/${body.output.booking}/payment`,
    ]);
  });

  test('401 is a refusal: asked once, and the flow takes its route', async () => {
    await set('code=401');
    expect(await travel()).toMatchObject({
      outcome: 'refused',
      output: { code: 'SERVICE_REFUSED', status: 401, attempts: 1 },
    });
    expect(await asked()).toEqual(['get /stations']);
  });

  test('429 that asks for more time than there is: asked once, and the flow is told how long', async () => {
    await set('code=429');
    expect(await travel()).toMatchObject({
      outcome: 'later',
      output: { code: 'SERVICE_OVERLOADED', status: 429, retryAfterMs: 120_000, attempts: 1 },
    });
    expect(await asked()).toEqual(['get /stations']);
  });

  test('429 that asks for no time: asked as often as the policy says', async () => {
    await set(undefined);
    const { body } = await house.api.post('/flows/asks?wait=15s', {});
    expect(body).toMatchObject({ outcome: 'later', output: { code: 'SERVICE_OVERLOADED', status: 429, attempts: 3 } });
    expect(await asked(1)).toEqual(['get /status/429', 'get /status/429', 'get /status/429']);
  });

  test('500 is never repeated, and the breaker keeps calls away that would fail', async () => {
    await set('code=500', { ...policy, breaker: { minimumCalls: 2, failureRatio: 0.5, openMs: 600_000 } });
    const outcomes: Json[] = [];
    for (let run = 0; run < 4; run += 1) outcomes.push((await travel()).outcome);
    expect(outcomes).toEqual(['broken', 'broken', 'away', 'away']);
    expect((await travel()).output).toMatchObject({ code: 'SERVICE_UNAVAILABLE', attempts: 0 });
    expect(await asked()).toEqual(['get /stations', 'get /stations']);
  });

  test('500 of an operation that may have acted, once only, waits for an operator', async () => {
    await set('code=500');
    await house.publish({
      id: 'books',
      start: 'book',
      nodes: { book: calling('create-booking', { passenger_name: 'Wang' }, 'done'), done: { type: 'end' }, ...ends },
    });
    const { body } = await house.api.post('/flows/books?wait=1ms', {});
    await house.reaches(body.runId, 'needs-operator');
    expect(await asked()).toEqual(['post /bookings']);
  });
});
