import type { JsonSchema } from '../schema.ts';

/** One member of an operation's input, and where it travels. */
export interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly needs: ReadonlySet<string>;
  readonly required: boolean;
}

/** An operation cannot be imported at all, for this reason. */
export class CannotImport extends Error {
  override readonly name = 'CannotImport';
  readonly pointer: string;

  constructor(pointer: string, reason: string) {
    super(reason);
    this.pointer = pointer;
  }
}
