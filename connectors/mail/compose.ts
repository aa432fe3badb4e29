import { createHash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { type CallContext, type Json, refused, schemaProblems } from '../sdk/index.ts';
import { addressProblem, lineProblem } from './address.ts';
import { type Binding, Input } from './schemas.ts';

/** A mail, ready to be sent. */
export interface Mail {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly messageId: string;
  readonly bytes: Buffer;
}

export interface Limits {
  readonly maxBytes: number;
  readonly recipientDomains: readonly string[] | undefined;
}

const validator = Compile(Input);

/** The same for the same key, so that a mail that comes twice can be told by whoever gets it. */
export function messageIdOf(idempotencyKey: string, from: string): string {
  const digest = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40);
  return `<${digest}@${from.slice(from.indexOf('@') + 1)}>`;
}

/** @throws {CallError} `refused` if no mail can be made of the input. */
export async function compose(binding: Binding, given: Json, context: CallContext, limits: Limits): Promise<Mail> {
  const input = readInput(given);
  const to = listOf('to', binding.to, input.to);
  const cc = listOf('cc', binding.cc, input.cc);
  const bcc = listOf('bcc', binding.bcc, input.bcc);
  const recipients = [...new Set([...to, ...cc, ...bcc])];
  if (recipients.length === 0) throw refused('the mail has no recipient: name one in to, cc or bcc');
  for (const recipient of recipients) checkDomain(recipient, limits.recipientDomains);
  if (binding.subject !== undefined && input.subject !== undefined) throw placed('subject');
  const subject = line('subject', binding.subject ?? input.subject ?? '');
  if (input.text === undefined && input.html === undefined) throw refused('the mail has neither text nor html');
  const serial = context.serialNumber;
  const options = {
    from: { name: binding.fromName ?? '', address: binding.from },
    to: [...to],
    cc: [...cc],
    ...(binding.replyTo !== undefined && { replyTo: binding.replyTo }),
    subject,
    messageId: messageIdOf(line('the idempotency key', context.idempotencyKey), binding.from),
    headers: {
      'X-Attempt': String(context.attempt),
      'Auto-Submitted': 'auto-generated',
      ...(serial !== undefined && { 'X-Serial-Number': line('the serial number', serial) }),
    },
    ...(input.text !== undefined && { text: input.text }),
    ...(input.html !== undefined && { html: input.html }),
    attachments: (input.attachments ?? []).map(({ filename, contentType, base64 }) => ({
      filename: line('the name of an attachment', filename),
      content: Buffer.from(base64, 'base64'),
      ...(contentType !== undefined && { contentType }),
    })),
    // Nothing in a mail comes from files or addresses of this machine.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  const size = Buffer.byteLength(JSON.stringify(given));
  if (size > limits.maxBytes) throw refused(`the mail has about ${size} bytes, more than ${limits.maxBytes}`);
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const bytes = await new MailComposer(options).compile().build();
  return { from: binding.from, recipients, messageId: options.messageId, bytes };
}

function readInput(given: Json): Input {
  if (validator.Check(given)) return given as Input; // Check has just shown it
  const [problem] = schemaProblems(validator.Errors(given));
  throw refused(`the input is no mail: ${problem?.pointer || '/'} ${problem?.message}`);
}

function listOf(
  field: string,
  bound: readonly string[] | undefined,
  given: string | readonly string[] | undefined,
): readonly string[] {
  if (bound !== undefined && given !== undefined) throw placed(field);
  const list = bound ?? (typeof given === 'string' ? [given] : (given ?? []));
  for (const address of list) {
    const problem = addressProblem(address);
    if (problem) throw refused(`${field} ${problem}`);
  }
  return list;
}

function checkDomain(recipient: string, domains: readonly string[] | undefined): void {
  const domain = recipient.slice(recipient.indexOf('@') + 1).toLowerCase();
  if (!domains || domains.some((allowed) => allowed.toLowerCase() === domain)) return;
  throw refused(`mail may not go to ${domain}: see recipientDomains`);
}

function line(what: string, text: string): string {
  const problem = lineProblem(text);
  if (problem) throw refused(`${what} ${problem}`);
  return text;
}

function placed(field: string) {
  return refused(`${field} is fixed by the operation: leave it out of the input`);
}
