import { Component, type ReactNode } from 'react';
import { Failed } from './pending.tsx';

interface BoundaryProps {
  readonly children: ReactNode;
}

/** Keeps a fault in one panel from taking the page, and the work on it, along. */
export class Boundary extends Component<BoundaryProps, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? (
      this.props.children
    ) : (
      <Failed error={error} reset={() => this.setState({ error: undefined })} />
    );
  }
}
