import type { FileDescriptor } from './descriptors.ts';

const known = new WeakMap<FileDescriptor, ReadonlyMap<string, string>>();
const MAX_LENGTH = 1_000;

/** What was written above a place of a file, or else behind it; `undefined` if nothing, as servers mostly have it. */
export function commentsOf(file: FileDescriptor, path: readonly number[]): string | undefined {
  const { source_code_info: info } = file;
  if (!info) return undefined;
  let comments = known.get(file);
  if (!comments) {
    comments = new Map(
      info.location.flatMap((location) => {
        const text = tidy(location.leading_comments) || tidy(location.trailing_comments);
        return text === '' ? [] : [[location.path.join('.'), text]];
      }),
    );
    known.set(file, comments);
  }
  return comments.get(path.join('.'));
}

export const tidy = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
    .slice(0, MAX_LENGTH);
