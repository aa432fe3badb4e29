import { describe, test } from 'vitest';
import { connectorContract, type PeerBehaviour } from '../sdk/contract.ts';
import { http } from './index.ts';
import { sendJson, startPeer } from './peer.ts';

connectorContract({ describe, test }, 'http', async () => {
  let behaviour: PeerBehaviour = 'answer';
  let from = 0;
  const peer = await startPeer((_request, response) => {
    switch (behaviour) {
      case 'answer':
        return sendJson(response, 200, '{"ok":true}');
      case 'refuse':
        return sendJson(response, 422, '{"code":"NO"}');
      case 'hang-up':
        return response.socket?.destroy();
      case 'flood':
        return sendJson(response, 200, JSON.stringify('x'.repeat(8_000_000)));
      case 'trickle': {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(timer));
        return undefined;
      }
    }
  });
  return {
    connector: http,
    config: { baseUrl: peer.baseUrl, headers: { 'X-Channel': 'test' } },
    unreachableConfig: { baseUrl: 'http://127.0.0.1:1' },
    badConfigs: [
      { config: {}, pointer: '' },
      { config: { baseUrl: 'not a url' }, pointer: '/baseUrl' },
      { config: { baseUrl: peer.baseUrl, extra: 1 }, pointer: '' },
      { config: { baseUrl: peer.baseUrl, allowAddresses: ['10.0.0.0/33'] }, pointer: '/allowAddresses/0' },
      { config: { baseUrl: peer.baseUrl, headers: { Host: 'elsewhere' } }, pointer: '/headers/Host' },
      { config: { baseUrl: peer.baseUrl, headers: { authorization: 'Bearer x' } }, pointer: '/headers/authorization' },
      { config: { baseUrl: peer.baseUrl, headers: { 'x-a': 'a\r\nb: c' } }, pointer: '/headers/x-a' },
    ],
    binding: { method: 'POST', path: '/x/{id}', headers: { note: 'X-Note' } },
    input: { id: '1', note: 'a', amount: '1.00' },
    hostileInputs: [
      { id: '1', note: 'a\r\nIdempotency-Key: other' },
      { id: '1', note: 'a\nX-Attempt: 9' },
      { id: '1', note: '\u0000' },
      { id: '1', note: '张三' },
      { id: '../../admin', note: 'a' },
      { id: '1 HTTP/1.1\r\nX-Attempt: 9\r\n', note: 'a' },
      { id: '..', note: 'a' },
      { id: '\ud800', note: 'a' },
    ],
    peer: {
      behave(next) {
        behaviour = next;
        from = peer.requests.length;
      },
      received: () =>
        peer.requests.slice(from).map(({ headers }) => ({
          idempotencyKey: headers['idempotency-key']?.toString(),
          attempt: headers['x-attempt']?.toString(),
        })),
    },
    close: peer.close,
  };
});
