import Type from 'typebox';
import { query, type Service } from '../operation.ts';

/** The first intent of which a word occurs wins. */
const intents = [
  { intent: 'human', words: ['人工', '投诉', 'agent', 'human'] },
  { intent: 'balance', words: ['余额', '多少钱', 'balance'] },
  { intent: 'payment', words: ['转账', '汇款', 'transfer', 'pay'] },
  { intent: 'loan', words: ['贷款', '借钱', 'loan'] },
  { intent: 'greeting', words: ['你好', '您好', 'hello'] },
] as const;

const classify = query({
  title: { en: 'Find the intent of a sentence', zh: '意图识别' },
  method: 'POST',
  path: '/classify',
  input: Type.Object({ text: Type.String({ minLength: 1, maxLength: 1_000 }) }),
  output: Type.Object({
    intent: Type.Enum(['balance', 'payment', 'loan', 'human', 'greeting', 'unknown']),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    entities: Type.Object({ amount: Type.Optional(Type.String()), accountNo: Type.Optional(Type.String()) }),
  }),
  handle: ({ text }) => {
    const lower = text.toLowerCase();
    const found = intents.find(({ words }) => words.some((word) => lower.includes(word)));
    const accountNo = /\d{16,19}/.exec(text)?.[0];
    const amount = /(\d{1,12}(?:\.\d{1,2})?)\s*(?:元|yuan)/.exec(text)?.[1];
    const entities = { ...(accountNo !== undefined && { accountNo }), ...(amount !== undefined && { amount }) };
    return { intent: found?.intent ?? ('unknown' as const), confidence: found === undefined ? 0.2 : 0.92, entities };
  },
});

/** 意图识别. */
export const botNlu: Service = {
  id: 'bot-nlu',
  title: { en: 'Language understanding', zh: '意图识别' },
  owner: 'channels',
  operations: { classify },
};
