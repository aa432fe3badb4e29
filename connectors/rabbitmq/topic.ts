/** AMQP keeps names in texts of 255 bytes at most. */
const MAX_BYTES = 255;

/** Where a message goes: an exchange and a routing key. The exchange named '' is the one that leads to queues by their names. */
export interface Destination {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Reads `exchange/routing.key`; without a slash it is the name of a queue. Exchanges with a slash in their name cannot be named. */
export function destinationOf(topic: string): Destination {
  const slash = topic.indexOf('/');
  return slash < 0
    ? { exchange: '', routingKey: topic }
    : { exchange: topic.slice(0, slash), routingKey: topic.slice(slash + 1) };
}

/** The other way round. */
export function topicOf({ exchange, routingKey }: Destination): string {
  return exchange === '' ? routingKey : `${exchange}/${routingKey}`;
}

/** What is wrong with a destination; `undefined` if nothing is. */
export function destinationProblem({ exchange, routingKey }: Destination): string | undefined {
  if (exchange === '' && routingKey === '') return 'must name a queue, or exchange/routing.key';
  if (routingKey.split('.').some((word) => word === '*' || word === '#')) return 'must not contain the words * and #';
  return nameProblem(exchange) ?? nameProblem(routingKey);
}

/** What is wrong with the name of a queue or an exchange. */
function nameProblem(name: string): string | undefined {
  if (Buffer.byteLength(name) > MAX_BYTES) return `must not be longer than ${MAX_BYTES} bytes`;
  if (/\p{C}/u.test(name)) return 'must not contain line breaks or control characters';
  return undefined;
}
