import fastify from 'fastify';
import { Pool } from 'undici';

/** What a good engineer would write by hand: the same three calls, two in parallel, keep-alive. Prints its port. */
const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 64 });
const headers = { 'content-type': 'application/json' };

async function call(path: string, body: object): Promise<unknown> {
  const response = await pool.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
  return response.body.json();
}

const app = fastify();
app.post(
  '/flow',
  {
    schema: {
      body: {
        type: 'object',
        required: ['customerId', 'amount'],
        properties: { customerId: { type: 'string' }, amount: { type: 'number' } },
      },
    },
  },
  async (request) => {
    const { customerId, amount } = request.body as { customerId: string; amount: number };
    const [customer, credit] = (await Promise.all([
      call('/customer', { id: customerId }),
      call('/score', { id: customerId }),
    ])) as [{ level: string }, { score: number }];
    if (credit.score < 650) return { decision: 'reject' };
    const decision = (await call('/decide', { customerId, amount, level: customer.level, score: credit.score })) as {
      decision: string;
    };
    return { decision: decision.decision };
  },
);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ port: Number(new URL(address).port) }));
