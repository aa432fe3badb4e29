import Type, { type Static } from 'typebox';
import { CustomerId, Identifier, ShortText } from '../fields.ts';
import { change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import type { RecordReader } from '../store/records.ts';
import { getOutcome } from './outcome.ts';

const Conversation = Type.Object({
  conversationId: Identifier,
  customerId: CustomerId,
  topic: Type.String(),
  status: Type.Enum(['queued', 'assigned', 'closed']),
  agent: Type.Optional(Type.String()),
  resolution: Type.Optional(Type.String()),
});
type Conversation = Static<typeof Conversation>;

const openConversation = change({
  title: { en: 'Hand over to a person', zh: '转人工' },
  method: 'POST',
  path: '/conversations',
  input: Type.Object({ customerId: CustomerId, topic: ShortText }),
  output: Conversation,
  handle: ({ customerId, topic }, { records, derivedId }) => {
    const opened: Conversation = { conversationId: derivedId, customerId, topic, status: 'queued' };
    records.put('conversation', derivedId, opened, customerId);
    return opened;
  },
});

const assignAgent = change({
  title: { en: 'Assign an agent', zh: '分配坐席' },
  method: 'POST',
  path: '/conversations/{conversationId}/assign',
  input: Type.Object({ conversationId: Identifier, agent: Type.String({ minLength: 1, maxLength: 64 }) }),
  output: Conversation,
  handle: ({ conversationId, agent }, { records }) => {
    const assigned: Conversation = { ...requireOpen(conversationId, records), status: 'assigned', agent };
    records.put('conversation', conversationId, assigned, assigned.customerId);
    return assigned;
  },
});

const closeConversation = change({
  title: { en: 'Close a conversation', zh: '结束会话' },
  method: 'POST',
  path: '/conversations/{conversationId}/close',
  input: Type.Object({ conversationId: Identifier, resolution: ShortText }),
  output: Conversation,
  handle: ({ conversationId, resolution }, { records }) => {
    const closed: Conversation = { ...requireOpen(conversationId, records), status: 'closed', resolution };
    records.put('conversation', conversationId, closed, closed.customerId);
    return closed;
  },
});

const getConversation = query({
  title: { en: 'Get a conversation', zh: '查询会话' },
  method: 'GET',
  path: '/conversations/{conversationId}',
  input: Type.Object({ conversationId: Identifier }),
  output: Conversation,
  handle: ({ conversationId }, { records }) => requireConversation(conversationId, records),
});

function requireConversation(conversationId: string, records: RecordReader): Conversation {
  const found = records.get<Conversation>('conversation', conversationId);
  if (found === undefined) throw new Refusal('NOT_FOUND', `no conversation ${conversationId}`);
  return found;
}

function requireOpen(conversationId: string, records: RecordReader): Conversation {
  const found = requireConversation(conversationId, records);
  if (found.status === 'closed') throw new Refusal('STATE_CONFLICT', `conversation ${conversationId} is closed`);
  return found;
}

/** 人工坐席. */
export const agentDesk: Service = {
  id: 'agent-desk',
  title: { en: 'Agent desk', zh: '人工坐席' },
  owner: 'channels',
  operations: { openConversation, assignAgent, closeConversation, getConversation, getOutcome },
};
