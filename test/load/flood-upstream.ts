import { createServer } from 'node:net';

/**
 * A service that takes its time: answers any request with a JSON object of about 1 KB after so many ms. It speaks just
 * enough HTTP over raw sockets to leave the machine to the engine. Prints its port.
 */
const latencyMs = Number(process.argv[2] ?? 15);
const rows = Array.from({ length: 8 }, (_, n) => ({
  accountNo: `62220200000010${n}`,
  currency: 'CNY',
  balance: '120000.00',
  available: '118500.00',
  openedOn: '2019-04-01',
}));
const body = JSON.stringify({ ok: true, customerId: 'C0001', name: 'Li Wei', level: 'gold', accounts: rows });
const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.setEncoding('latin1');
  // A client that goes away takes its answer with it.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    const head = text.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0;
    if (head < 0 || text.length < head + 4 + Number(length)) return;
    text = '';
    setTimeout(() => socket.write(answer), latencyMs);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  console.log(JSON.stringify({ port: (server.address() as { port: number }).port })),
);
