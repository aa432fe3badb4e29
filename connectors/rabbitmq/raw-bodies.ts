import type { Channel } from 'rabbitmq-client';

/** The part of a header frame that the library reads to decide what to make of a body. */
interface HeaderFrame {
  readonly fields: { contentType?: string };
}

/**
 * Keeps bodies as they came. rabbitmq-client 5.0.8 parses what calls itself JSON by `JSON.parse`, which loses digits of
 * long numbers and doubled keys, and makes texts of what calls itself text; there is no option against it. Can go when
 * there is one.
 */
export function keepBodiesRaw(channel: Channel): Channel {
  const inside = channel as unknown as { _onHeader(frame: HeaderFrame): void }; // internal, so not in the types
  const onHeader = inside._onHeader.bind(channel);
  inside._onHeader = (frame) => {
    delete frame.fields.contentType;
    onHeader(frame);
  };
  return channel;
}
