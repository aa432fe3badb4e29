import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { type CallContext, CallError, isCallError, reasonOf, refused, unavailable, unreadable } from '../sdk/index.ts';
import type { Mail } from './compose.ts';

export interface Transport {
  readonly options: SMTPConnection.Options;
  readonly login: { readonly user: string; readonly pass: string } | undefined;
}

export interface Sent {
  readonly accepted: readonly string[];
  /** Recipients that the server refused although it took the mail for the others. */
  readonly rejected: readonly string[];
  readonly response: string;
}

/** What has left: without its last line no server may deliver a mail. */
type Phase = 'unsent' | 'sent';

/** Sends one mail by one connection, within the deadline, greeting and goodbye included. */
export async function sendMail(
  { options, login }: Transport,
  mail: Mail,
  { deadline, maxResponseBytes }: Pick<CallContext, 'deadline' | 'maxResponseBytes'>,
): Promise<Sent> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const connection = new Connection({ ...options, maxResponseSize: Math.min(maxResponseBytes, 1_000_000) });
  let phase: Phase = 'unsent';
  let withdraw = () => {};
  const failed = new Promise<never>((_, reject) => {
    connection.on('error', (error: unknown) => reject(judge(error, phase)));
    connection.once('end', () => reject(unavailable('the server closed the connection', phase === 'sent')));
    withdraw = deadline.onExpire(() => reject(late(phase)));
  });
  failed.catch(() => undefined); // heard by the race below; late ones have nobody to tell
  try {
    if (deadline.remainingMs() === 0) return await failed;
    await Promise.race([step((done) => connection.connect(done)), failed]);
    if (login) await Promise.race([step((done) => connection.login({ credentials: login }, done)), failed]);
    const message = Readable.from([mail.bytes]);
    message.once('end', () => {
      phase = 'sent';
    });
    const envelope = { from: mail.from, to: [...mail.recipients], size: mail.bytes.length };
    const sending = new Promise<Sent>((resolve, reject) => {
      connection.send(envelope, message, (error, info) => {
        if (error) reject(error);
        else resolve({ accepted: [...info.accepted], rejected: [...info.rejected], response: info.response });
      });
    });
    const sent = await Promise.race([sending, failed]);
    connection.quit();
    return sent;
  } catch (error) {
    throw isCallError(error) ? error : judge(error, phase);
  } finally {
    withdraw();
    if (phase === 'unsent') connection.close();
    else setImmediate(() => connection.close());
  }
}

/** Only whether the server greets us and lets us in. */
export async function greet({ options, login }: Transport): Promise<void> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const connection = new Connection(options);
  const failed = new Promise<never>((_, reject) => connection.on('error', reject));
  failed.catch(() => undefined); // heard by the race below
  try {
    await Promise.race([step((done) => connection.connect(done)), failed]);
    if (login) await Promise.race([step((done) => connection.login({ credentials: login }, done)), failed]);
    connection.quit();
  } catch (error) {
    throw judge(error, 'unsent');
  } finally {
    connection.close();
  }
}

/**
 * | what happened | kind | may have acted | retryable |
 * |---|---|---|---|
 * | a reply 4xx | unavailable | no | yes |
 * | a reply 5xx | rejected | no | no |
 * | no reply, the mail was not out as a whole | unavailable | no | yes |
 * | no reply, it was | unavailable | yes | yes |
 * | a reply that cannot be read, is too large | too-large, invalid-response | once it was out | no |
 */
function judge(error: unknown, phase: Phase): CallError {
  const message = reasonOf(error);
  const status = codeOf(error);
  if (status !== undefined && status >= 500) {
    return new CallError(message, { kind: 'rejected', retryable: false, mayHaveActed: false, status });
  }
  if (status !== undefined && status >= 400) {
    return new CallError(message, { kind: 'unavailable', retryable: true, mayHaveActed: false, status });
  }
  if (/too large|maximum.*size|response size/i.test(message) && phase === 'sent') {
    return new CallError(message, { kind: 'too-large', retryable: false, mayHaveActed: true });
  }
  if (has(error, 'code', 'EENVELOPE') || (has(error, 'code', 'EMESSAGE') && phase === 'unsent'))
    return refused(message);
  if (has(error, 'code', 'EPROTOCOL') && phase === 'sent') return unreadable(message);
  return unavailable(message, phase === 'sent');
}

function late(phase: Phase): CallError {
  const when = phase === 'sent' ? 'the server confirmed the mail' : 'the mail was out';
  return new CallError(`the deadline passed before ${when}`, {
    kind: 'timeout',
    retryable: true,
    mayHaveActed: phase === 'sent',
  });
}

function step(act: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => (error ? reject(error) : resolve()));
  });
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'responseCode' in error ? Number(error.responseCode) || undefined : undefined;
}

function has(error: unknown, name: string, value: string): boolean {
  return error instanceof Error && (error as unknown as { readonly [key: string]: unknown })[name] === value; // any field may be there
}
