import http from 'node:http';

/** Three small services on one port: reads the body, answers a small JSON object. Prints its port. */
const bodies: Record<string, string> = {
  '/customer': JSON.stringify({ id: 'C0001', name: 'Li Wei', level: 'gold' }),
  '/score': JSON.stringify({ score: 712, source: 'bureau' }),
  '/decide': JSON.stringify({ decision: 'approve', limit: '50000.00' }),
};

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const body = bodies[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': 'application/json',
      'content-length': String(body?.length ?? 0),
    });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as { port: number }).port })));
