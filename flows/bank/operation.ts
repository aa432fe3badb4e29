import type { Static, TObject, TProperties } from 'typebox';
import Type from 'typebox';
import type { Ledger } from './ledger/ledger.ts';
import type { ReceiptRequest } from './receipts.ts';
import type { Effect } from './store/effects.ts';
import type { RecordReader, Records } from './store/records.ts';
import type { Title } from './title.ts';

/**
 * What a caller may do after an unknown outcome: call again (`idempotent`), ask first (`query`), or stop for a person
 * (`once`).
 */
export type Safety = 'idempotent' | 'query' | 'once';

/** What a query may use: nothing that changes. */
export interface QueryContext {
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The `Idempotency-Key` header if there was one: a question about an earlier call may name it so. */
  readonly headerKey: string | undefined;
  readonly ledger: Ledger;
  readonly records: RecordReader;
  /** What has become of the call with this key to the same service. */
  effectOf(key: string): Effect | undefined;
}

/** What a change may use. It runs inside the transaction that also records its answer under its key. */
export interface ChangeContext extends QueryContext {
  readonly key: string;
  /** Unique and always the same for this key, for use as an id or a serial number. */
  readonly derivedId: string;
  readonly records: Records;
  /** Sends a receipt to the caller later; it is committed with the change and repeated until it is taken. */
  sendReceipt(receipt: ReceiptRequest): void;
  /** Holds the answer back until the receipts that are due have been tried: the early receipt of a quick counterparty. */
  answerAfterReceipts(): void;
}

/** Where the members of the flat input travel; those not named are in the path or else in the JSON body. */
interface Mapping {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the service's prefix, members in braces: `/accounts/{accountNo}/debit`. */
  readonly path: string;
  readonly query?: readonly string[];
  /** Input member → header. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Common<I extends TProperties, O extends TProperties> extends Mapping {
  readonly title: Title;
  readonly input: TObject<I>;
  readonly output: TObject<O>;
}

interface QuerySpec<I extends TProperties, O extends TProperties> extends Common<I, O> {
  readonly handle: (input: Static<TObject<I>>, context: QueryContext) => Static<TObject<O>>;
}

interface ChangeSpec<I extends TProperties, O extends TProperties> extends Common<I, O> {
  readonly safety?: Safety;
  readonly movesMoney?: boolean;
  readonly handle: (input: Static<TObject<I>>, context: ChangeContext) => Static<TObject<O>>;
}

/** The operation behind one route, its types forgotten. */
export interface Operation extends Mapping {
  readonly title: Title;
  readonly input: TObject;
  readonly output: TObject;
  readonly safety: Safety;
  readonly readOnly: boolean;
  readonly movesMoney: boolean;
  /** Whatever `method` says: a POST may be a mere question. */
  readonly run: (input: unknown, context: ChangeContext) => object;
}

/** A question; may be asked at any time and needs no key. */
export function query<I extends TProperties, O extends TProperties>(spec: QuerySpec<I, O>): Operation {
  const { handle, ...rest } = spec;
  return { ...rest, ...strict(spec), safety: 'idempotent', readOnly: true, movesMoney: false, run: typed(handle) };
}

/** A change; refused without an `Idempotency-Key`, and executed once for each. */
export function change<I extends TProperties, O extends TProperties>(spec: ChangeSpec<I, O>): Operation {
  const { handle, safety = 'idempotent', movesMoney = false, ...rest } = spec;
  return { ...rest, ...strict(spec), safety, readOnly: false, movesMoney, run: typed(handle) };
}

export interface Service {
  readonly id: string;
  readonly title: Title;
  /** The department that answers for it. */
  readonly owner: string;
  /** By operation id. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Unknown members of an input are mistakes of the caller, so they are refused. */
function strict({ input }: { readonly input: TObject }): { readonly input: TObject } {
  return { input: Type.Object(input.properties, { additionalProperties: false }) };
}

/** The one place where an input gets its type: `http/` has checked it against the schema before. */
function typed<I extends TProperties, C, O extends object>(handle: (input: Static<TObject<I>>, context: C) => O) {
  return (input: unknown, context: C): O => handle(input as Static<TObject<I>>, context);
}
