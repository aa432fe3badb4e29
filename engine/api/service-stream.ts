import type { FastifyReply } from 'fastify';

const EVERY_MS = 1_000;
/** Somebody who does not read is let go before much waits for him. */
const MAX_WAITING_BYTES = 1_048_576;

/** Live figures over server-sent events. They are written once a second for everybody together, and only if anybody is there. */
export class ServiceStream {
  private readonly read: () => string;
  private readonly ends = new Map<FastifyReply['raw'], () => void>();
  private timer: NodeJS.Timeout | undefined;

  /** @param read the figures, as JSON */
  constructor(read: () => string) {
    this.read = read;
  }

  open(reply: FastifyReply): void {
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const end = () => {
      this.ends.delete(raw);
      if (this.ends.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
      raw.end();
    };
    raw.on('close', end);
    this.ends.set(raw, end);
    raw.write(this.event());
    this.timer ??= setInterval(() => this.tell(), EVERY_MS);
  }

  get listeners(): number {
    return this.ends.size;
  }

  get isReading(): boolean {
    return this.timer !== undefined;
  }

  close(): void {
    for (const end of this.ends.values()) end();
  }

  private tell(): void {
    const event = this.event();
    for (const [raw, end] of this.ends) {
      if (raw.writableLength > MAX_WAITING_BYTES) {
        end();
        // What waits to be sent to it would wait for ever.
        raw.destroy();
      } else raw.write(event);
    }
  }

  private event(): string {
    return `event: stats\ndata: ${this.read()}\n\n`;
  }
}
