import { describe, test } from 'vitest';
import { connectorContract, type PeerBehaviour, type Received } from '../sdk/contract.ts';
import { writeFiles } from './descriptors.ts';
import { grpc } from './index.ts';
import { type AnyCall, startGrpcPeer } from './peer.ts';
import { readProtos } from './proto-text.ts';

const proto = `syntax = "proto3";
package test;
service Desk {
  rpc Ask(Question) returns (Answer);
  rpc Watch(Question) returns (stream Answer);
}
message Question { string text = 1; int64 cents = 2; map<string, string> notes = 3; }
message Answer { string text = 1; bytes padding = 2; }
`;
const { base64 } = await readProtos({ 'desk.proto': proto }).then((files) => ({ base64: writeFiles(files) }));

for (const method of ['Ask', 'Watch']) {
  connectorContract({ describe, test }, `grpc, ${method}`, async () => {
    let behaviour: PeerBehaviour = 'answer';
    let received: Received[] = [];
    const text = (call: AnyCall, name: string) => call.metadata.get(name)[0]?.toString();
    const note = (call: AnyCall) =>
      received.push({ idempotencyKey: text(call, 'idempotency-key'), attempt: text(call, 'x-attempt') });
    const peer = await startGrpcPeer({
      proto,
      handlers: {
        'test.Desk': {
          Ask(call, answer) {
            note(call);
            if (behaviour === 'hang-up') return peer.cut();
            if (behaviour === 'refuse') return answer({ code: 9, details: 'not today' });
            if (behaviour === 'flood') return answer(null, { padding: Buffer.alloc(8_000_000) });
            if (behaviour === 'trickle') peer.slow();
            return answer(null, { text: 'yes'.repeat(1_000) });
          },
          Watch(call) {
            note(call);
            if (behaviour === 'hang-up') return peer.cut();
            if (behaviour === 'refuse') return call.emit('error', { code: 9, details: 'not today' });
            if (behaviour === 'answer') {
              call.write({ text: 'yes' });
              return call.end();
            }
            const padding = behaviour === 'flood' ? Buffer.alloc(5_000) : Buffer.alloc(0);
            const timer = setInterval(() => call.write({ padding }), behaviour === 'flood' ? 1 : 5);
            call.on('cancelled', () => clearInterval(timer));
            call.on('close', () => clearInterval(timer));
          },
        },
      },
    });
    const config = { address: peer.address, metadata: { 'x-channel': 'test' }, descriptors: base64 };
    return {
      connector: grpc,
      config,
      unreachableConfig: { ...config, address: '127.0.0.1:1' },
      badConfigs: [
        { config: {}, pointer: '' },
        { config: { ...config, address: 'https://bank' }, pointer: '/address' },
        { config: { ...config, address: '127.0.0.1:99999' }, pointer: '/address' },
        { config: { ...config, extra: 1 }, pointer: '' },
        { config: { ...config, descriptors: 'AAAA' }, pointer: '/descriptors' },
        { config: { ...config, descriptors: '%%%' }, pointer: '/descriptors' },
        { config: { ...config, allowAddresses: ['10.0.0.0/33'] }, pointer: '/allowAddresses/0' },
        { config: { ...config, metadata: { host: 'elsewhere' } }, pointer: '/metadata/host' },
        { config: { ...config, metadata: { authorization: 'Bearer x' } }, pointer: '/metadata/authorization' },
        { config: { ...config, metadata: { 'x-a': 'a\r\nb: c' } }, pointer: '/metadata/x-a' },
        { config: { ...config, metadata: { 'grpc-timeout': '1H' } }, pointer: '/metadata/grpc-timeout' },
        { config: { ...config, tls: { cert: { secret: 'C' } } }, pointer: '/tls' },
      ],
      binding: { service: 'test.Desk', method, metadata: { note: 'x-note' } },
      input: { note: 'a', text: 'may I?', cents: '9007199254740993' },
      hostileInputs: [
        { note: 'a\r\nidempotency-key: other', text: '1' },
        { note: 'a\nx-attempt: 9', text: '1' },
        { note: '\u0000', text: '1' },
        { note: '张三', text: '1' },
        { note: 'a', text: '\ud800' },
        { note: 'a', text: 'x', unknown: 1 },
        { note: 'a', text: 'x\r\n\u0000张三' },
        { note: 'a', text: 'x', cents: 2 ** 53 },
        JSON.parse('{"note":"a","notes":{"__proto__":"x"}}'),
        JSON.parse('{"note":"a","__proto__":{"text":"x"}}'),
      ],
      peer: {
        behave(next) {
          behaviour = next;
          received = [];
        },
        received: () => received,
      },
      close: peer.close,
    };
  });
}
