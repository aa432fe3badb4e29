/** Amounts travel as decimal strings in yuan and are kept as whole fen (分, 1/100 yuan), which is exact below 2^53. */
const FEN_PER_YUAN = 100;

/** @param amount - Decimal yuan with at most two places, as the schemas in `amount.ts` allow: `"12"`, `"12.5"`, `"-0.05"`. */
export function toFen(amount: string): number {
  const isNegative = amount.startsWith('-');
  const [yuan = '0', fraction = ''] = (isNegative ? amount.slice(1) : amount).split('.');
  const fen = Number(yuan) * FEN_PER_YUAN + Number(fraction.padEnd(2, '0'));
  return isNegative ? -fen : fen;
}

/** The canonical form, always with two places: `1250` → `"12.50"`. */
export function fromFen(fen: number): string {
  const absolute = Math.abs(fen);
  const fraction = String(absolute % FEN_PER_YUAN).padStart(2, '0');
  return `${fen < 0 ? '-' : ''}${Math.floor(absolute / FEN_PER_YUAN)}.${fraction}`;
}
