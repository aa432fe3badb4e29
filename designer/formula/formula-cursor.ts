/** A path as it is written in a formula, with its parts in dots: `steps["risk-check"].rows[0]` is `steps.risk-check.rows.0`. */
const written = /[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\["[^"]*"\]|\[\d+\])*/g;

const dotted = (text: string): string =>
  text.replaceAll(/\["([^"]*)"\]|\[(\d+)\]/g, (_, key, index) => `.${key ?? index}`);

/** A path in the notation of formulas. */
export const pathText = (path: string): string =>
  path
    .split('.')
    .map((key, index) => {
      if (index === 0 || /^[A-Za-z_$][\w$]*$/.test(key)) return index === 0 ? key : `.${key}`;
      return /^\d+$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
    })
    .join('');

/** The path that is being typed at the end of a text, with dots, and where it begins. */
export function pathBefore(text: string): { readonly prefix: string; readonly start: number } {
  const typed = /[A-Za-z_$][\w$]*(?:\.[\w$-]*|\["[^"]*"?\]?|\[\d*\]?)*$/.exec(text);
  if (typed === null) return { prefix: '', start: text.length };
  return { prefix: dotted(typed[0]), start: typed.index };
}

/** The path or name at an offset. */
export function wordAround(text: string, offset: number): { readonly text: string; readonly path: string } | undefined {
  for (const match of text.matchAll(written)) {
    if (match.index <= offset && offset <= match.index + match[0].length) {
      // Pointing at `customer` in `input.customer.name` asks about the customer.
      const end = /^[\w$]*/.exec(text.slice(offset))?.[0].length ?? 0;
      const upTo = text.slice(match.index, Math.min(offset + end, match.index + match[0].length));
      return { text: match[0], path: dotted(upTo) };
    }
  }
  return undefined;
}

/** The function in whose brackets the end of a text stands, and at which of its arguments. */
export function functionAround(text: string): { readonly name: string; readonly argument: number } | undefined {
  let depth = 0;
  let argument = 0;
  const plain = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, (quoted) => '_'.repeat(quoted.length));
  for (let at = plain.length - 1; at >= 0; at -= 1) {
    const char = plain[at];
    if (char === ')' || char === ']') depth += 1;
    else if ((char === '(' || char === '[') && depth > 0) depth -= 1;
    else if (char === ',' && depth === 0) argument += 1;
    else if (char === '(') {
      const name = /[A-Za-z]\w*\s*$/.exec(plain.slice(0, at))?.[0].trim();
      if (name !== undefined) return { name, argument };
      argument = 0;
    } else if (char === '[') argument = 0;
  }
  return undefined;
}
