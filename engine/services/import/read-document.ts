import { readJson } from '@heddle/connectors/sdk/index';
import { FlowError, messageOf } from '../../errors.ts';
import { isTree, type Tree, treeOf } from './tree.ts';

/** Objects, arrays and values of a document, aliases counted as often as they are used. */
const MAX_NODES = 5_000_000;
const MAX_DEPTH = 200;

export const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace', 'query'] as const;

/**
 * Reads an OpenAPI document of 2.0, 3.0 or 3.1 and brings 2.0 into the form of 3. Nothing but the text is looked at:
 * no file, no network.
 *
 * @throws {FlowError} `IMPORT_INVALID` naming the place and the cure.
 */
export async function readDocument(text: string): Promise<Tree> {
  const document = plainCopy(await parseText(text));
  if (!isTree(document)) throw refused('the text is a single value or a list, not an OpenAPI document');
  const version = String(document['openapi'] ?? document['swagger'] ?? '');
  if (!isTree(document['paths']))
    throw refused(
      version === ''
        ? 'the document has neither `openapi` nor `swagger` at its top, so it is no OpenAPI document'
        : 'the document has no `paths` object, so there is nothing to import',
    );
  if (/^3(\.[01](\.|$)|$)/.test(version)) return document;
  if (/^2(\.0|$)/.test(version) && document['openapi'] === undefined) return await fromSwagger(document);
  throw refused(`the version of OpenAPI is ${JSON.stringify(version)}; 2.0, 3.0 and 3.1 can be imported`);
}

/** @param place pointer into the request */
export function refused(message: string, place = '/text'): FlowError {
  return new FlowError('IMPORT_INVALID', message, {
    details: { problems: [{ pointer: place, code: 'IMPORT_INVALID', message }] },
  });
}

async function parseText(text: string): Promise<unknown> {
  const content = text.replace(/^\ufeff/, '');
  if (content.trim() === '') throw refused('the text is empty: paste or choose an OpenAPI document');
  if (/^\s*[{[]/.test(content)) {
    const read = readJson(content, { maxDepth: MAX_DEPTH });
    if (read.ok) return read.value;
    // Braces also begin YAML in its flow style.
    const parsed = await parseYaml(content).catch(() => undefined);
    if (isTree(parsed) && isTree(parsed['paths'])) return parsed;
    const { pointer, offset, message } = read.problem;
    const line = content.slice(0, offset).split('\n').length;
    throw refused(`the text is not JSON that can be read: line ${line}${pointer && `, at ${pointer}`}: ${message}`);
  }
  if (/^\s*</.test(content)) throw refused('the text begins like HTML or XML: give the OpenAPI document itself');
  try {
    return await parseYaml(content);
  } catch (error) {
    throw refused(`the text is neither JSON nor YAML that can be read: ${messageOf(error).split('\n')[0]}`);
  }
}

async function parseYaml(content: string): Promise<unknown> {
  const { normalize } = await import('@scalar/openapi-parser');
  // Counts aliases and refuses bombs. It takes what begins with a brace for JSON, so a comment goes before that.
  return normalize(/^\s*[{[]/.test(content) ? `# yaml:\n${content}` : content);
}

/** A tree of its own without shared parts, circles, keys that no object should have, and numbers that JSON has not. */
function plainCopy(root: unknown): unknown {
  let nodes = 0;
  const copy = (value: unknown, depth: number): unknown => {
    nodes += 1;
    if (nodes > MAX_NODES) throw refused(`the document has more than ${MAX_NODES} values, aliases counted each time`);
    if (depth > MAX_DEPTH) throw refused(`the document is nested deeper than ${MAX_DEPTH} levels, or holds itself`);
    if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value !== 'object' || value === null) return null;
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      if (key !== '__proto__') result[key] = copy(item, depth + 1);
    }
    return result;
  };
  return copy(root, 0);
}

async function fromSwagger(document: Tree): Promise<Tree> {
  const { upgrade } = await import('@scalar/openapi-parser');
  const paths = Object.entries(treeOf(document['paths'])).map(([path, item]) => [path, cleanPathItem(treeOf(item))]);
  try {
    const { specification } = upgrade({ ...document, swagger: '2.0', paths: Object.fromEntries(paths) });
    if (isTree(specification) && isTree(specification['paths'])) return specification;
  } catch (error) {
    throw refused(
      `the document of OpenAPI 2.0 cannot be brought to 3.0: ${messageOf(error)}. Mend it, or convert it first`,
    );
  }
  throw refused('the document of OpenAPI 2.0 cannot be brought to 3.0. Mend it, or convert it first');
}

/** Without what makes the upgrade stumble: a path item has operations, parameters and a reference, nothing else. */
function cleanPathItem(item: Tree): Tree {
  const parameters = (value: unknown) => (Array.isArray(value) ? value.filter(isUsableParameter) : []);
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    if (!isTree(operation)) return [];
    const responses = Object.entries(treeOf(operation['responses'])).filter(([, response]) => isTree(response));
    const clean: Record<string, unknown> = { ...operation, responses: Object.fromEntries(responses) };
    if ('parameters' in operation) clean['parameters'] = parameters(operation['parameters']);
    for (const list of ['consumes', 'produces']) if (!Array.isArray(clean[list])) delete clean[list];
    return [[method, clean] as const];
  });
  return {
    ...(typeof item['$ref'] === 'string' && { $ref: item['$ref'] }),
    ...('parameters' in item && { parameters: parameters(item['parameters']) }),
    ...Object.fromEntries(operations),
  };
}

const isUsableParameter = (value: unknown) =>
  isTree(value) &&
  (typeof value['$ref'] === 'string' || (typeof value['in'] === 'string' && typeof value['name'] === 'string'));
