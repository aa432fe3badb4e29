import { type ReactNode, useId } from 'react';

/** A label above its control. The control gets the id that ties the two together. */
export function Labelled(props: {
  readonly label: ReactNode;
  readonly className?: string;
  readonly children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={`heddle-labelled ${props.className ?? ''}`}>
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
    </div>
  );
}
