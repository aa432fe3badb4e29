import type { Json } from '@heddle/engine/errors';
import type { Random } from '../simulation/random.ts';

type Container = Json[] | { [key: string]: Json };

/** Words that mean something to a definition, to JavaScript, or to nobody. */
const WORDS: readonly Json[] = [
  'call',
  'choice',
  'parallel',
  'forEach',
  'try',
  'subflow',
  'start',
  'next',
  '*',
  '',
  '__proto__',
  'constructor',
  'toString',
  'P1000Y',
  '-1s',
  '1e9h',
  '$',
  'input',
  'steps.a.b',
  'vars',
  '\u0000',
  '\u202eevil',
  '\ud800',
  '𝕏\u200b',
  'a/b~1c#2',
  '{{input.x}}',
  '^(a+)+$',
  { $: { var: 'input.x' } },
  { $: { var: '__proto__.x' } },
  { $: { '+': [1, 'x'] } },
  { $: { map: [{ var: 'input.list' }, { var: '' }] } },
  { $: 1 },
  { $: {}, more: 1 },
  {},
  [],
  null,
  true,
  0,
  -1,
  0.1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
];
const KEYS = [
  'type',
  'next',
  'start',
  'nodes',
  'do',
  'branches',
  'onError',
  'retry',
  'compensate',
  'input',
  'output',
  '$',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'then',
  'toJSON',
  '',
  ' ',
  'ключ',
  '键',
  '\u202e',
  'a.b',
  'a/b',
];

/** A document, given as JSON, with some damage: members and items swapped, deleted, doubled, moved, of wrong types, huge or deep. */
export function mutate(text: string, random: Random): Json {
  const copy = JSON.parse(text) as Json; // several times as fast as structuredClone
  const times = 1 + random.below(random.chance(0.2) ? 8 : 2);
  for (let time = 0; time < times; time += 1) damage(copy as Container, random);
  return copy;
}

function damage(root: Container, random: Random): void {
  const places = containersIn(root);
  const place = pick(places, random);
  const keys = Object.keys(place);
  const key = keys[random.below(keys.length)];
  if (key === undefined) return put(place, pick(KEYS, random), word(random));
  const other = pick(places, random);
  const otherKeys = Object.keys(other);
  const otherKey = otherKeys[random.below(otherKeys.length)];
  const taken = get(place, key);
  switch (random.below(8)) {
    case 0:
      return drop(place, key);
    case 1:
      return put(place, key, word(random));
    case 2:
      return put(place, pick(KEYS, random), structuredClone(taken));
    case 3:
      if (otherKey !== undefined) put(place, key, structuredClone(get(other, otherKey)));
      return;
    case 4:
      if (otherKey === undefined) return;
      put(place, key, structuredClone(get(other, otherKey)));
      return put(other, otherKey, structuredClone(taken));
    case 5:
      drop(place, key);
      return put(place, Array.isArray(place) ? String(place.length) : oddKey(random), structuredClone(taken));
    case 6:
      return put(place, key, deep(taken, random));
    default:
      return put(place, key, mangled(taken, random));
  }
}

/** Another value of the same type. */
function mangled(value: Json, random: Random): Json {
  if (typeof value === 'string') {
    if (random.chance(0.01)) return value.repeat(1 + random.below(20_000)).slice(0, 50_000);
    const at = random.below(value.length + 1);
    return value.slice(0, at) + String(word(random)) + value.slice(at + random.below(3));
  }
  if (typeof value === 'number') return pick([-value, value * 1e9, value / 3, 0, Number.MAX_SAFE_INTEGER], random);
  if (Array.isArray(value)) return random.chance(0.5) ? value.toReversed() : [...value, ...value];
  return word(random);
}

function deep(value: Json, random: Random): Json {
  const levels = 1 + random.below(random.chance(0.05) ? 80 : 5);
  const key = pick(['$', 'do', '!', 'x', 'map'], random);
  let made = value;
  for (let level = 0; level < levels; level += 1) made = random.chance(0.5) ? [made] : { [key]: made };
  return made;
}

const word = (random: Random): Json => structuredClone(pick(WORDS, random));
const oddKey = (random: Random): string =>
  random.chance(0.5) ? pick(KEYS, random) : String.fromCharCode(random.below(0xffff), random.below(0xffff));

function containersIn(root: Container): Container[] {
  const found: Container[] = [root];
  for (const container of found) {
    for (const value of Object.values(container)) {
      if (value !== null && typeof value === 'object') found.push(value as Container);
    }
  }
  return found;
}

const get = (place: Container, key: string): Json => (place as { [key: string]: Json })[key] ?? null;

function put(place: Container, key: string, value: Json): void {
  // A member of a list that is no item would not be written as JSON, and could stand in the way of its methods.
  const at = Array.isArray(place) && !(Number(key) >= 0) ? String(place.length) : key;
  (place as { [key: string]: Json })[at] = value;
}

function drop(place: Container, key: string): void {
  if (Array.isArray(place)) place.splice(Number(key), 1);
  else delete place[key];
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random.below(items.length)] as Item; // none of the lists is empty
}
