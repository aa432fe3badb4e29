import type { ReactNode } from 'react';

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'plain';

/** A word in a coloured box, with enough contrast in both themes (antd's tags have not). */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className="heddle-tag" data-tone={tone}>
      {children}
    </span>
  );
}
