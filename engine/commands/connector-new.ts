import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FlowError } from '../errors.ts';
import { besideEngine } from '../server.ts';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * Begins a connector in a folder of its own: one that works and passes the contract test, to be changed into another.
 *
 * @param folder a new one; its name becomes the package's
 * @param protocol default: the folder's name without `heddle-connector-`
 * @returns where it is
 * @throws {FlowError} `INVALID_REQUEST`: the folder is there already, or a name is none; nothing was written
 */
export function newConnector(folder: string, protocol?: string): string {
  const target = resolve(folder);
  const name = basename(target);
  const word = protocol ?? name.replace(/^heddle-connector-/, '');
  for (const each of [name, word])
    if (!NAME.test(each))
      throw new FlowError(
        'INVALID_REQUEST',
        `${JSON.stringify(each)} is no name: use a-z, 0-9 and -, such as fix-gateway`,
      );
  if (existsSync(target)) throw new FlowError('INVALID_REQUEST', `${target} is there already; name a new folder`);
  const template = besideEngine('connectors/sdk/template', 'index.js');
  if (template === undefined) throw new FlowError('INTERNAL', 'the template is not part of this installation');
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(template)) {
    const text = readFileSync(join(template, file), 'utf8');
    // Some have another name in the template, or tools would take them for parts of the project itself.
    const written = join(target, file.replace(/\.txt$/, ''));
    writeFileSync(written, text.replaceAll('__NAME__', name).replaceAll('__PROTOCOL__', word));
  }
  return target;
}
