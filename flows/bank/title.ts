/** A text in both languages of the designer. */
export interface Title {
  readonly en: string;
  readonly zh: string;
}
