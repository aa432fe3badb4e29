import type { NatsConnection } from '@nats-io/transport-node';
import type { Message } from '../sdk/index.ts';
import { messageOf } from './incoming.ts';
import type { Source } from './schemas.ts';
import { matches } from './subject.ts';

/** A subject that is rare in its stream is looked for so far back. */
const MAX_LOOKS = 1_000;

/** The newest messages of the stream that the source would read, taken already or not. */
export async function peekStream(connection: NatsConnection, source: Source, limit: number): Promise<Message[]> {
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const { streams } = await jetstreamManager(connection, { checkAPI: false });
  const { state } = await streams.info(source.stream);
  const found: Message[] = [];
  const end = Math.max(state.first_seq, state.last_seq - MAX_LOOKS + 1, 1);
  for (let sequence = state.last_seq; sequence >= end && found.length < limit; sequence -= 1) {
    const stored = await streams.getMessage(source.stream, { seq: sequence });
    if (!stored || !matches(source.subject ?? '>', stored.subject)) continue;
    found.push(
      messageOf({
        stream: source.stream,
        sequence,
        subject: stored.subject,
        headers: stored.header,
        data: stored.data,
        delivery: 1,
        publishedAt: stored.time.getTime(),
      }),
    );
  }
  return found;
}
