import type { ReactNode } from 'react';

/** What a page shows when it has nothing: what would be here, and what to do now. */
export function Empty(props: { readonly title: string; readonly body?: ReactNode; readonly children?: ReactNode }) {
  return (
    <div style={{ padding: '12vh 24px', textAlign: 'center', maxWidth: 520, margin: '0 auto' }}>
      <h2 style={{ fontSize: 17, fontWeight: 600, margin: '0 0 6px' }}>{props.title}</h2>
      {props.body === undefined ? null : (
        <p style={{ color: 'var(--ant-color-text-secondary)', margin: '0 0 16px' }}>{props.body}</p>
      )}
      {props.children}
    </div>
  );
}
