import { connect, type Socket } from 'node:net';

/** Requests of one kind, sent at a fixed rate whatever the answers do (open loop). */
export interface Stream {
  readonly name: string;
  readonly path: string;
  /** JSON text. */
  readonly body: string;
  readonly headers?: { readonly [name: string]: string };
  /** Requests per second; with `closed`, as many at once as that number instead, each sent when one was answered. */
  readonly rate: number;
  readonly closed?: boolean;
  /** With `closed`: ends the phase when so many were taken; what is refused is sent again. */
  readonly total?: number;
}

export interface Phase {
  readonly seconds: number;
  readonly streams: readonly Stream[];
}

/** What came of a stream in a phase. Times in ms; the n-th of each list belong together. */
export interface Tally {
  readonly name: string;
  sent: number;
  /** Connections lost without an answer. */
  lost: number;
  readonly admitted: { readonly at: number[]; readonly ms: number[] };
  readonly refused: { readonly at: number[]; readonly ms: number[] };
  /** Refusals without Retry-After, and answers that are neither 2xx nor 429 or 503. */
  readonly faults: string[];
  /** How much later than planned the client itself was, worst of each 100 ms. */
  readonly lateness: number[];
}

const TICK_MS = 2;
/** Before a request that was refused is sent again, when a number of them is wanted. */
const AGAIN_MS = 20;
const MAX_CONNECTIONS = 1_500;
/** Opened beforehand: connections of callers do not come with the flood. */
const READY_CONNECTIONS = 300;

/** Sends phases one after the other over raw keep-alive connections: a few microseconds a request, so that it is not the bottleneck. */
export class Sender {
  private readonly host: string;
  private readonly port: number;
  private readonly idle: Connection[] = [];
  private readonly all = new Set<Connection>();

  /** @param url such as http://127.0.0.1:8080 */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
  }

  async run(phases: readonly Phase[]): Promise<Tally[][]> {
    for (let n = 0; n < READY_CONNECTIONS; n += 1) {
      const connection = this.open();
      await connection?.ready;
      if (connection) this.idle.push(connection);
    }
    const results: Tally[][] = [];
    for (const phase of phases) results.push(await this.phase(phase));
    return results;
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  /** Resolves when the time is over; answers that come later are still counted. */
  private phase({ seconds, streams }: Phase): Promise<Tally[]> {
    const begun = performance.now();
    const end = begun + seconds * 1_000;
    const tallies = streams.map(({ name }) => emptyTally(name));
    const texts = streams.map((stream) => requestText(stream, `${this.host}:${this.port}`));
    const isDone = ({ total }: Stream, { admitted }: Tally) => total !== undefined && admitted.ms.length >= total;
    const send = (index: number) => {
      const stream = streams[index];
      const tally = tallies[index];
      const text = texts[index];
      if (stream === undefined || tally === undefined || text === undefined) return;
      tally.sent += 1;
      this.send(text, tally, begun, (isRefused) => {
        if (!stream.closed || performance.now() >= end) return;
        // Those under way may all be taken.
        if (stream.total !== undefined && tally.sent - tally.refused.ms.length - tally.lost >= stream.total) return;
        if (isRefused) setTimeout(() => send(index), AGAIN_MS);
        else send(index);
      });
    };
    for (const [index, { closed, rate }] of streams.entries()) {
      if (closed) for (let n = 0; n < rate; n += 1) send(index);
    }
    return new Promise((resolve) => {
      let lateFrom = begun;
      let late = 0;
      const timer = setInterval(() => {
        const now = performance.now();
        for (const [index, { closed, rate }] of streams.entries()) {
          if (closed) continue;
          const due = (Math.min(now, end) - begun) * (rate / 1_000);
          for (let sent = tallies[index]?.sent ?? 0; sent + 1 <= due; sent += 1) {
            late = Math.max(late, now - begun - ((sent + 1) * 1_000) / rate);
            send(index);
          }
        }
        if (now - lateFrom > 100) {
          tallies[0]?.lateness.push(late);
          [lateFrom, late] = [now, 0];
        }
        const areDone = streams.every((stream, index) => isDone(stream, tallies[index] ?? emptyTally('')));
        if (now < end && !areDone) return;
        clearInterval(timer);
        resolve(tallies);
      }, TICK_MS);
    });
  }

  private send(text: string, tally: Tally, begun: number, done: (isRefused: boolean) => void): void {
    const connection = this.idle.pop() ?? this.open();
    if (connection === undefined) {
      tally.lost += 1;
      return;
    }
    const sentAt = performance.now();
    connection.send(text, (answer) => {
      if (answer === undefined) tally.lost += 1;
      else {
        this.idle.push(connection);
        count(tally, answer, sentAt - begun, performance.now() - sentAt);
      }
      done(answer === undefined || !answer.startsWith('2', 9));
    });
  }

  private open(): Connection | undefined {
    if (this.all.size >= MAX_CONNECTIONS) return undefined;
    const connection: Connection = new Connection(this.host, this.port, () => {
      this.all.delete(connection);
      const index = this.idle.indexOf(connection);
      if (index >= 0) this.idle.splice(index, 1);
    });
    this.all.add(connection);
    return connection;
  }
}

const emptyTally = (name: string): Tally => ({
  name,
  sent: 0,
  lost: 0,
  admitted: { at: [], ms: [] },
  refused: { at: [], ms: [] },
  faults: [],
  lateness: [],
});

function count(tally: Tally, answer: string, at: number, ms: number): void {
  const status = answer.slice(9, 12);
  const isRefused = status === '503' || status === '429';
  if (isRefused || status.startsWith('2')) {
    const list = isRefused ? tally.refused : tally.admitted;
    list.at.push(at);
    list.ms.push(ms);
  }
  const isFault = isRefused ? !/\r\nretry-after: [1-9]/i.test(answer) : !status.startsWith('2');
  if (isFault && tally.faults.length < 20) tally.faults.push(answer.slice(0, 600));
}

function requestText({ path, body, headers = {} }: Stream, host: string): string {
  const lines = Object.entries({ ...headers, 'content-type': 'application/json' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** One keep-alive connection with at most one request under way. */
class Connection {
  /** Resolves when it is open. */
  readonly ready: Promise<void>;
  private readonly socket: Socket;
  private taken: ((answer: string | undefined) => void) | undefined;
  private text = '';

  constructor(host: string, port: number, gone: () => void) {
    this.socket = connect({ host, port, noDelay: true });
    this.ready = new Promise((resolve) => this.socket.once('connect', () => resolve()));
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => this.read(text));
    // The answer is lost either way; `close` follows and says so.
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      gone();
      this.settle(undefined);
    });
  }

  /** @param taken called once with the whole answer, or undefined when the connection was lost */
  send(text: string, taken: (answer: string | undefined) => void): void {
    this.taken = taken;
    this.socket.write(text, 'utf8');
  }

  close(): void {
    this.socket.destroy();
  }

  private read(text: string): void {
    this.text += text;
    const head = this.text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.text.slice(0, head))?.[1];
    if (this.text.length < head + 4 + Number(length ?? 0)) return;
    const answer = this.text;
    this.text = '';
    this.settle(answer);
  }

  private settle(answer: string | undefined): void {
    const { taken } = this;
    this.taken = undefined;
    taken?.(answer);
  }
}
