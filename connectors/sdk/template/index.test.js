// @ts-check
import { describe, test } from 'node:test';
import { connectorContract } from '@heddle/connectors/sdk/contract';
import { connector } from './index.js';
import { startPeer } from './peer.js';

connectorContract({ describe, test }, connector.protocol, async () => {
  const { address, peer, close } = await startPeer();
  return {
    connector,
    config: { address },
    unreachableConfig: { address: '127.0.0.1:1' },
    badConfigs: [{ config: { address: 'nowhere' }, pointer: '/address' }],
    binding: { command: 'get' },
    input: { id: 1 },
    hostileInputs: ['a\nb', '{"key":"x"}', '\u0000', 'é😀'].map((id) => ({ id })),
    peer,
    close: async () => void (await close()),
  };
});
