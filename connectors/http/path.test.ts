import { expect, test } from 'vitest';
import { parsePath, pathProblem } from './path.ts';

test.each([
  ['/a/{id}', { id: 'x y/z?#' }, '/a/x%20y%2Fz%3F%23'],
  ['/a/{id}', { id: '../../etc' }, '/a/..%2F..%2Fetc'],
  ['/a/{id}', { id: '%2e%2e' }, '/a/%252e%252e'],
  ['/a/{id}', { id: '@evil.example' }, '/a/%40evil.example'],
  ['/a/{id}', { id: '\r\nHost: x' }, '/a/%0D%0AHost%3A%20x'],
  ['/a/{id}', { id: '张三' }, '/a/%E5%BC%A0%E4%B8%89'],
  ['/a/{id}', { id: 42 }, '/a/42'],
  ['/a/{x}-{y}.json', { x: 1, y: true }, '/a/1-true.json'],
  ['/a/.{x}', { x: 'well-known' }, '/a/.well-known'],
  ['/', {}, '/'],
  ['/a/b/', {}, '/a/b/'],
])('%s with %j is %s', (template, input, path) => {
  expect(parsePath(template).fill(input)).toBe(path);
});

test.each([
  ['/a/{id}/b', { id: '..' }, 'segment'],
  ['/a/{id}', { id: '.' }, 'segment'],
  ['/a/.{id}', { id: '.' }, 'segment'],
  ['/{x}{y}', { x: '.', y: '.' }, 'segment'],
  ['/a/{id}', { id: '' }, 'id is empty'],
  ['/a/{id}', {}, 'id must be'],
  ['/a/{id}', { id: null }, 'id must be'],
  ['/a/{id}', { id: ['x'] }, 'id must be'],
  ['/a/{id}', { id: '\ud800' }, 'Unicode'],
  ['/a/{constructor}', {}, 'constructor must be'],
])('%s refuses %j', (template, input, message) => {
  expect(() => parsePath(template).fill(input)).toThrow(message);
});

test.each([
  'a',
  '',
  '//evil.example/x',
  '/a//b',
  '/a/../b',
  '/..',
  '/./a',
  '/%2e%2e/a',
  '/a/%2E',
  '/a/%2fb',
  '/a?x=1',
  '/a#b',
  '/a\\b',
  '/a b',
  '/a\r\nHost: x',
  '/a/{id',
  '/a/id}',
  '/a/{}',
  '/a/{{id}}',
  '/ä',
  '/%zz',
  '/%00',
  'http://evil.example/',
])('the template %j is refused', (template) => {
  expect(pathProblem(template)).toEqual(expect.any(String));
});
