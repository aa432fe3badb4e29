import type { ReactNode } from 'react';
import './monitor.css';

/** A page whose subject is not there yet: what will be here, and what serves until then. */
export function ToCome(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly body: string;
  readonly now: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="heddle-to-come">
      <span className="heddle-to-come-icon" aria-hidden>
        {props.icon}
      </span>
      <h1>{props.title}</h1>
      <p>{props.body}</p>
      <h2>{props.now}</h2>
      <ul>{props.children}</ul>
    </div>
  );
}
