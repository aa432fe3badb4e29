import Type, { type Static } from 'typebox';
import { CustomerId, Identifier } from '../../fields.ts';
import { change, type Operation, query, type Safety } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';
import type { Title } from '../../title.ts';

const DEFAULT_RECEIPT_MS = 200;

interface Stored {
  readonly messageId: string;
  readonly customerId: string;
  readonly final: 'delivered' | 'undeliverable';
  readonly finalAt: number;
}

const SendInput = Type.Object({
  customerId: CustomerId,
  template: Type.String({ minLength: 1, maxLength: 64, description: '`fail…` is undeliverable' }),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  callbackUrl: Type.Optional(Type.String({ maxLength: 512, description: 'Where the receipt goes; this machine only' })),
  correlation: Type.Optional(
    Type.String({ ...Identifier, description: 'Comes back in the receipt; default is the message id' }),
  ),
  receiptDelayMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 86_400_000, description: `Default ${DEFAULT_RECEIPT_MS}` }),
  ),
});

const Receipt = Type.Object({ messageId: Identifier, status: Type.Enum(['sent', 'delivered', 'undeliverable']) });

/** Sends one message over a channel, with a receipt to come. */
export function sendOperation({ title, safety = 'idempotent' }: { title: Title; safety?: Safety }): Operation {
  return change({
    title,
    safety,
    method: 'POST',
    path: '/messages',
    input: SendInput,
    output: Type.Object({ messageId: Identifier, status: Type.Literal('sent') }),
    handle: ({ customerId, template, callbackUrl, correlation, receiptDelayMs = DEFAULT_RECEIPT_MS }, context) => {
      const { derivedId: messageId, records, now, sendReceipt } = context;
      const final = template.startsWith('fail') ? 'undeliverable' : 'delivered';
      const stored: Stored = { messageId, customerId, final, finalAt: now + receiptDelayMs };
      records.put('message', messageId, stored, customerId);
      if (callbackUrl !== undefined) {
        const payload: Static<typeof Receipt> = { messageId, status: final };
        const to = { url: callbackUrl, correlation: correlation ?? messageId };
        sendReceipt({ id: `${messageId}-receipt`, ...to, payload, delayMs: receiptDelayMs });
      }
      return { messageId, status: 'sent' as const };
    },
  });
}

/** What has become of a message. */
export const getMessageReceipt = query({
  title: { en: 'Get the receipt of a message', zh: '查询消息回执' },
  method: 'GET',
  path: '/messages/{messageId}',
  input: Type.Object({ messageId: Identifier }),
  output: Receipt,
  handle: ({ messageId }, { records, now }) => {
    const stored = records.get<Stored>('message', messageId);
    if (stored === undefined) throw new Refusal('NOT_FOUND', `no message ${messageId}`);
    return { messageId, status: now >= stored.finalAt ? stored.final : ('sent' as const) };
  },
});
