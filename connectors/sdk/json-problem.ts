/** Why a text is not read as JSON. */
export interface JsonProblem {
  /** Where the value is (RFC 6901), as far as it is known; `''` for the whole text. */
  readonly pointer: string;
  /** Index into the text, in UTF-16 units. */
  readonly offset: number;
  readonly message: string;
}
