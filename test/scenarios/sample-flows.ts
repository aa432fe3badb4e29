import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '@heddle/engine/errors';
import type { Case } from './case.ts';

const flowsDir = new URL('../../flows/', import.meta.url.replace('/test/dist/', '/test/'));
const notFlows = ['bank', 'dist', 'node_modules'];

/** Where the sample flows tell services to call back; the engine's default address. */
const CALLBACK_BASE = 'http://127.0.0.1:8080';

/** Folders of `flows/` that should hold a flow. */
export const flowFolders = readdirSync(flowsDir).filter(
  (name) => !notFlows.includes(name) && statSync(new URL(name, flowsDir)).isDirectory(),
);

export const fileOf = (flow: string, file: string): string => fileURLToPath(new URL(`${flow}/${file}`, flowsDir));
const textOf = (flow: string, file: string): string => readFileSync(fileOf(flow, file), 'utf8');

export const readmeOf = (flow: string): string => textOf(flow, 'README.md');
export const casesOf = (flow: string): readonly Case[] => JSON.parse(textOf(flow, 'cases.json')) as Case[];

/** The definition as it stands, or for an engine at another address. */
export function definitionOf(flow: string, engineUrl = CALLBACK_BASE): Json {
  return JSON.parse(textOf(flow, 'flow.json').replaceAll(CALLBACK_BASE, engineUrl)) as Json;
}
