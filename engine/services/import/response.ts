import { pointer } from '../../errors.ts';
import type { JsonSchema } from '../schema.ts';
import { mediaType, pickJson } from './body.ts';
import { CannotImport } from './fields.ts';
import { examplesOf, type ImportContext } from './parameters.ts';
import { isTree, type Tree, treeOf } from './tree.ts';

/**
 * The schema of the first answer that means success.
 *
 * @throws {CannotImport} if it is neither JSON nor text.
 */
export function readResponse(operation: Tree, at: string, context: ImportContext): JsonSchema {
  const responses = treeOf(operation['responses']);
  const good = Object.keys(responses)
    .filter((status) => /^2(\d\d|xx)$/i.test(status))
    .sort();
  const candidates = good.length === 0 && 'default' in responses ? ['default'] : good;
  const withBody = candidates.find((status) => contentTypes(responses[status], context).length > 0);
  const status = withBody ?? candidates[0];
  if (status === undefined) return true;
  const here = `${at}/responses${pointer(status)}`;
  const others = candidates.filter((each) => each !== status);
  if (others.length > 0 && withBody !== undefined) {
    context.report.skip(
      `${at}/responses`,
      'response',
      `${others.join(', ')}: answers are checked by the schema of ${status}`,
    );
  }
  return schemaOf(responses[status], here, context);
}

function contentTypes(response: unknown, { references }: ImportContext): string[] {
  const found = references.follow(response, '');
  return found.ok ? Object.keys(treeOf(treeOf(found.value)['content'])) : [];
}

function schemaOf(response: unknown, at: string, context: ImportContext): JsonSchema {
  const found = context.references.follow(response, at);
  if (!found.ok) {
    context.report.skip(at, 'response', `${found.reason}. Any answer is taken`);
    return true;
  }
  const content = treeOf(treeOf(found.value)['content']);
  const types = Object.keys(content);
  if (types.length === 0) return true;
  const type = pickJson(types);
  if (type === undefined) {
    if (types.some((each) => mediaType(each).startsWith('text/'))) return { type: 'string' };
    throw new CannotImport(
      `${found.pointer}/content`,
      `an answer of ${types.join(', ')} cannot be read, only JSON and text`,
    );
  }
  const media = treeOf(content[type]);
  if (media['schema'] === undefined) return withExamples(true, examplesOf(media));
  const converted = context.schemas.convert(
    media['schema'],
    `${found.pointer}/content${pointer(type)}/schema`,
    'response',
  );
  return withExamples(context.schemas.complete(converted), examplesOf(media));
}

/** Large examples would weigh more than all the rest. */
const MAX_EXAMPLE_LENGTH = 4_096;

export function withExamples(schema: JsonSchema, examples: readonly unknown[] | undefined): JsonSchema {
  const small = (examples ?? []).filter((each) => JSON.stringify(each).length <= MAX_EXAMPLE_LENGTH);
  if (small.length === 0 || schema === false || (isTree(schema) && schema['examples'] !== undefined)) return schema;
  return { ...(schema === true ? {} : schema), examples: small };
}
