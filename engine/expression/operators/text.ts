import type { Json } from '../../errors.ts';
import { isList, isObject } from '../json.ts';
import { eager, type Operators, type Scope, typeName, wrongType } from '../scope.ts';
import { toNumber } from './number.ts';

/** Text as `Array.prototype.join` makes it, but counted while it grows: a list may hold itself many times over. */
function joined(value: Json, scope: Scope, separator: string): string {
  scope.budget.spend(1);
  if (isObject(value)) throw wrongType('"cat" cannot turn an object into text: name one of its fields', {});
  if (!isList(value)) return value === null ? '' : String(value);
  let text = '';
  value.forEach((part, index) => {
    text = scope.budget.text(`${text}${index > 0 ? separator : ''}${joined(part, scope, ',')}`);
  });
  return text;
}

/** The part of a text from `start` (from its end if negative), `length` long, or up to `-length` from its end. */
function part(text: string, start: number, length: number | undefined): string {
  const rest = text.slice(start);
  if (length === undefined) return rest;
  return rest.slice(0, length);
}

function isWithin(needle: Json | undefined, stack: Json | undefined, { budget }: Scope): boolean {
  if (typeof needle === 'object' && needle !== null) {
    throw wrongType('"in" cannot look for a list or an object', {});
  }
  if (isList(stack)) {
    budget.spend(stack.length >> 4);
    return stack.indexOf(needle ?? null) !== -1;
  }
  // An empty text holds nothing, not even an empty one: json-logic-js has it so.
  if (typeof stack !== 'string' || stack === '') return false;
  const text = String(needle);
  // Past 250 characters the search of V8 may compare every character with every other one: 2 s for half a megabyte.
  budget.spend(text.length > 250 ? (stack.length * text.length) / 1024 : stack.length >> 8);
  return stack.includes(text);
}

export const text: Operators = {
  cat: eager({
    args: [1, Number.POSITIVE_INFINITY],
    apply: (args, scope) => joined(args, scope, ''),
  }),
  substr: eager({
    args: [2, 3],
    apply: ([source = null, start, length], scope, name) => {
      if (source === null || typeof source === 'object') {
        throw wrongType(`"substr" needs a text, not ${typeName(source)}`, {});
      }
      const from = toNumber(start, scope, name);
      const long = length === undefined ? undefined : toNumber(length, scope, name);
      return scope.budget.text(part(String(source), from, long));
    },
  }),
  in: eager({ args: [2, 2], apply: ([needle, stack], scope) => isWithin(needle, stack, scope) }),
};
