/**
 * Tells the texts that an editor has sent from those that come from elsewhere. What was sent comes back as a property, and
 * late: by then more may have been typed, which must not be overwritten.
 */
export class Echo {
  #sent: string[] = [];

  send(text: string): void {
    this.#sent.push(text);
  }

  /** Whether a text that has arrived was sent from here. What was sent before it will not come any more. */
  returns(text: string): boolean {
    const at = this.#sent.lastIndexOf(text);
    if (at < 0) {
      this.#sent = [];
      return false;
    }
    this.#sent = this.#sent.slice(at);
    return true;
  }
}
