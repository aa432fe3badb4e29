/** Something of a document that the import left out or changed. */
export interface Skipped {
  /** JSON pointer (RFC 6901) into the document. */
  readonly pointer: string;
  /** What it is, in a word or two: `operation`, `parameter`, `$ref`. */
  readonly what: string;
  readonly reason: string;
}

/** Collects what could not be imported; the same thing at the same place is told once. */
export class Report {
  readonly skipped: Skipped[] = [];
  readonly warnings: string[] = [];
  readonly #told = new Set<string>();

  skip(pointer: string, what: string, reason: string): void {
    const key = `${pointer}\n${what}\n${reason}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.skipped.push({ pointer, what, reason });
  }

  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text);
  }
}
