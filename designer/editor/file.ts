import type { FlowDocument } from '../model/flow-document.ts';

/** Gives the definition to the user as `<id>.flow.json`. */
export function exportFile(document: FlowDocument): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(document, null, 2)], { type: 'application/json' }));
  const link = window.document.createElement('a');
  link.href = url;
  link.download = `${document.id}.flow.json`;
  link.click();
  URL.revokeObjectURL(url);
}

/**
 * Asks for a file and reads a definition from it.
 *
 * @returns undefined when nothing was chosen
 * @throws {SyntaxError} if it holds no JSON object
 */
export function importFile(): Promise<FlowDocument | undefined> {
  return new Promise((resolve, reject) => {
    const input = window.document.createElement('input');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.oncancel = () => resolve(undefined);
    input.onchange = async () => {
      try {
        const file = input.files?.[0];
        resolve(file && readDocument(await file.text()));
      } catch (error) {
        reject(error);
      }
    };
    input.click();
  });
}

/** A definition from text. Anything that is a JSON object will do: the problems panel says what is wrong with it. */
export function readDocument(text: string): FlowDocument {
  const value: unknown = JSON.parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new SyntaxError('a flow is a JSON object');
  }
  const { id, start, nodes } = value as { readonly [member: string]: unknown };
  return {
    ...(value as FlowDocument),
    id: typeof id === 'string' ? id : '',
    start: typeof start === 'string' ? start : '',
    nodes: nodes !== null && typeof nodes === 'object' && !Array.isArray(nodes) ? (nodes as FlowDocument['nodes']) : {},
  };
}
