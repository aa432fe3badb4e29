import Type from 'typebox';
import { Parse } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bank, startBank } from './bank.ts';
import { describeServices } from './describe.ts';
import { callService } from './testing/call-service.ts';

const expected = [
  ...['cif', 'core-ledger', 'limit', 'aml', 'antifraud', 'paygate-hvps', 'paygate-beps', 'paygate-ibps', 'bill-shcpe'],
  ...['credit-line', 'loan-core', 'credit-bureau', 'score', 'esign', 'notify-app', 'notify-wechat', 'notify-sms'],
  ...['notify-mail', 'recon-store', 'swift-gw', 'fx', 'calendar', 'partner-callback', 'agent-desk', 'bot-nlu'],
];

/** The part of an OpenAPI document that is compared; the rest of it may be anything. */
const Document = Type.Object({
  openapi: Type.Literal('3.1.0'),
  paths: Type.Record(
    Type.String(),
    Type.Record(
      Type.String(),
      Type.Object({
        operationId: Type.String(),
        parameters: Type.Optional(Type.Array(Type.Object({ in: Type.String(), name: Type.String() }))),
        requestBody: Type.Optional(Type.Unknown()),
        'x-heddle': Type.Object({ safety: Type.String(), readOnly: Type.Boolean(), movesMoney: Type.Boolean() }),
      }),
    ),
  ),
});

let bank: Bank;
beforeAll(async () => {
  bank = await startBank({ port: 0, dataDir: ':memory:' });
});
afterAll(() => bank.close());

test('there is every service of the scenarios', () => {
  expect(
    describeServices('http://x')
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(expected.toSorted());
});

test.each(describeServices('http://x'))(
  'the document of $id and its description say the same',
  async ({ id, operations }) => {
    const document = Parse(Document, (await callService(`${bank.url}/${id}/openapi.json`)).body);
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, 'x-heddle': marks }]) => {
        const members = parameters
          .map((parameter) => `${parameter.in} ${parameter.name}`)
          .filter((name) => name !== 'header Idempotency-Key');
        const hasKey = members.length < parameters.length;
        return {
          operationId,
          path,
          method,
          members: members.toSorted(),
          hasBody: requestBody !== undefined,
          hasKey,
          ...marks,
        };
      }),
    );
    const described = Object.entries(operations).map(
      ([operationId, { binding: http, request, safety, readOnly, movesMoney }]) => {
        const inPath = [...http.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `path ${name}`);
        const inQuery = (http.query ?? []).map((name) => `query ${name}`);
        const inHeaders = Object.values(http.headers ?? {}).map((name) => `header ${name}`);
        const members = [...inPath, ...inQuery, ...inHeaders].toSorted();
        const hasBody = Object.keys(Object(request['properties'])).length > members.length;
        const marks = { hasKey: !readOnly, safety, readOnly, movesMoney };
        return { operationId, path: http.path, method: http.method.toLowerCase(), members, hasBody, ...marks };
      },
    );
    expect(documented.toSorted(byId)).toEqual(described.toSorted(byId));
  },
);

test('money is moved, and left unknown, only by what says so', () => {
  const marked = describeServices('http://x').flatMap(({ id, operations }) =>
    Object.entries(operations).map(([name, operation]) => ({ name: `${id}.${name}`, ...operation })),
  );
  const names = (keep: (operation: (typeof marked)[number]) => boolean) => marked.filter(keep).map(({ name }) => name);
  expect(names(({ safety }) => safety === 'once')).toEqual(['notify-mail.sendMail']);
  expect(names(({ safety }) => safety === 'query')).toEqual([
    ...['paygate-hvps.sendPayment', 'paygate-beps.sendPayment', 'paygate-ibps.sendPayment'],
    'swift-gw.sendCreditTransfer',
  ]);
  expect(names(({ readOnly, movesMoney }) => readOnly && movesMoney)).toEqual([]);
  expect(names(({ movesMoney }) => movesMoney)).toContain('core-ledger.debit');
});

function byId(a: { operationId: string }, b: { operationId: string }): number {
  return a.operationId < b.operationId ? -1 : 1;
}
