// @ts-check
import { createConnection } from 'node:net';
import { CallError, defineConnector, readJson, Type } from '@heddle/connectors/sdk/index';

/** What went wrong, whether the service may have acted, whether it can help to call again: money rests on the second. */
const unsent = { mayHaveActed: false, retryable: true };
const maybe = { mayHaveActed: true, retryable: true };

export const connector = defineConnector({
  protocol: '__PROTOCOL__',
  title: { en: '__PROTOCOL__', zh: '__PROTOCOL__' },
  // Of a service. The designer draws its form from titles, descriptions, defaults and examples.
  config: Type.Object(
    {
      address: Type.String({ title: 'Address', description: 'host:port', examples: ['127.0.0.1:7070'] }),
      password: Type.Optional(
        Type.Object({ secret: Type.String() }, { title: 'Password', additionalProperties: false }),
      ),
    },
    { additionalProperties: false },
  ),
  // Of an operation.
  binding: Type.Object({ command: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  checkConfig: ({ address }) =>
    /^[^\s:]+:\d{1,5}$/.test(address) ? [] : [{ pointer: '/address', message: 'must be host:port' }],
  // Secrets go here and nowhere else.
  destination: ({ address }) => address,
  async open({ address, password }, host) {
    const [name = '', port] = address.split(':');
    const secret = password && host.secret(password.secret);
    if (password && secret === undefined)
      throw new CallError(`there is no secret ${password.secret}`, {
        kind: 'refused',
        mayHaveActed: false,
        retryable: false,
      });
    let closed = false;
    const underWay = new Set();

    /** One request, one line of answer. @param {string} line @param {import('@heddle/connectors/sdk/index').CallContext} context */
    function exchange(line, { deadline, maxResponseBytes }) {
      return new Promise((resolve, reject) => {
        const socket = createConnection({ host: name, port: Number(port) });
        let sent = false;
        let bytes = 0;
        /** @type {Buffer[]} */
        const chunks = [];
        /** @param {() => void} tell */
        const end = (tell) => {
          withdraw();
          socket.destroy();
          tell();
        };
        /** @param {string} message @param {import('@heddle/connectors/sdk/index').CallErrorFacts} facts */
        const fail = (message, facts) => end(() => reject(new CallError(message, facts)));
        const withdraw = deadline.onExpire(() =>
          fail('no answer within the deadline', { kind: 'timeout', ...(sent ? maybe : unsent) }),
        );
        socket.on('connect', () => {
          sent = true;
          socket.write(line);
        });
        socket.on('data', (chunk) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > maxResponseBytes)
            fail(`more than ${maxResponseBytes} bytes`, { kind: 'too-large', mayHaveActed: true, retryable: false });
          else if (chunk.includes(10)) end(() => resolve(Buffer.concat(chunks).toString('utf8')));
        });
        socket.on('error', (cause) => fail(cause.message, { kind: 'unavailable', cause, ...(sent ? maybe : unsent) }));
        socket.on('close', () =>
          fail('the connection was closed', { kind: 'unavailable', ...(sent ? maybe : unsent) }),
        );
      });
    }

    return {
      async call({ binding, input }, context) {
        if (closed) throw new CallError('the connection is closed', { kind: 'refused', ...unsent });
        if (context.deadline.remainingMs() <= 0)
          throw new CallError('the deadline has passed', { kind: 'timeout', ...unsent });
        const { idempotencyKey: key, attempt } = context;
        if (/[\r\n]/.test(key))
          throw new CallError('the key has a line break', { kind: 'refused', mayHaveActed: false, retryable: false });
        // JSON keeps hostile values in their place: a line break in it is two characters.
        const line = `${JSON.stringify({ command: binding.command, key, attempt, password: secret, input })}\n`;
        const calling = exchange(line, context).finally(() => underWay.delete(calling));
        underWay.add(calling);
        const read = readJson(await calling);
        if (!read.ok)
          throw new CallError(read.problem.message, { kind: 'invalid-response', mayHaveActed: true, retryable: false });
        const { error, value = null } = /** @type {{ error?: string, value?: any }} */ (read.value ?? {});
        if (error !== undefined)
          throw new CallError(error, { kind: 'rejected', mayHaveActed: false, retryable: false });
        return { body: value };
      },
      async close() {
        closed = true;
        await Promise.allSettled(underWay);
      },
    };
  },
});
