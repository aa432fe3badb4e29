/** One figure of a flood beside its bound. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
}

export const isMet = ({ value, bound }: Figure) => ('atMost' in bound ? value <= bound.atMost : value >= bound.atLeast);

export const atMost = (name: string, value: number, unit: string, limit: number): Figure => ({
  name,
  value,
  unit,
  bound: { atMost: limit },
});

export const atLeast = (name: string, value: number, unit: string, limit: number): Figure => ({
  name,
  value,
  unit,
  bound: { atLeast: limit },
});

/** A row of the table that `npm run flood` prints. */
export function rowOf(figure: Figure): string {
  const { name, value, unit, bound } = figure;
  const text = (number: number) => (Math.abs(number) < 10 ? number.toFixed(2) : number.toFixed(0)).replace(/\.00$/, '');
  const limit = 'atMost' in bound ? bound.atMost : bound.atLeast;
  const wanted = Number.isFinite(limit) ? `${'atMost' in bound ? '≤' : '≥'} ${text(limit)}` : 'for comparison';
  return `| ${name} | ${text(value)} ${unit} | ${wanted} | ${isMet(figure) ? 'met' : '**missed**'} |`;
}
