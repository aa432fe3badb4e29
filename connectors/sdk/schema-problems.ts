import type { ConfigProblem } from './connector.ts';

/** What TypeBox says of a value that does not fit; the part that is used here. */
interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** Says which, where TypeBox only says that. A property that is not allowed is reported once, at the object. */
export function schemaProblems(faults: Iterable<Fault>): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const { keyword, instancePath, message, params } of faults) {
    if (keyword === 'boolean' && message === 'schema is false') continue;
    problems.push({ pointer: instancePath, message: `${message}${particulars(params)}` });
  }
  return problems;
}

function particulars(params: object): string {
  if ('additionalProperties' in params) return `: ${String(params.additionalProperties)}`;
  if ('allowedValues' in params) return `: ${JSON.stringify(params.allowedValues)}`;
  return '';
}
